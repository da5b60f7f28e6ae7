;; An insurer's scoring module, as a sample: how gently a car was driven in one period,
;; and what that period costs.
;;
;;   score          100 less the points lost: braking and acceleration (events for 100 km of
;;                  measured way, at most 60), and the share of the way by night (at most 40)
;;   premium_cents  9.90, and for each kilometre 3 cents at 100 points up to 6 cents at none
;;
;; Only rows by car count. docs/reference/modules.md says how rows lie in memory.
(module
  (memory (export "memory") 1 16)

  (global $metres (mut i64) (i64.const 0))
  (global $night (mut i64) (i64.const 0))
  (global $along (mut i64) (i64.const 0))
  (global $weight (mut i64) (i64.const 0))

  ;; Rows lie from address 0 on; the memory grows to hold them, within its maximum.
  (func (export "reserve") (param $bytes i32) (result i32)
    (local $missing i32)
    (local.set $missing
      (i32.sub
        (i32.shr_u (i32.add (local.get $bytes) (i32.const 65535)) (i32.const 16))
        (memory.size)))
    (if (i32.gt_s (local.get $missing) (i32.const 0))
      (then (drop (memory.grow (local.get $missing)))))
    (i32.const 0))

  ;; Adds up the rows by car. An event counts 1 (light), 2 (strong) or 4 (rough).
  (func $add (param $row i32) (param $rows i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $rows)))
        (if (i32.eq (i32.load offset=4 (local.get $row)) (i32.const 6))
          (then
            (global.set $metres
              (i64.add (global.get $metres) (i64.load32_u offset=20 (local.get $row))))
            (global.set $night
              (i64.add (global.get $night) (i64.load32_u offset=32 (local.get $row))))
            (global.set $along
              (i64.add (global.get $along) (i64.load32_u offset=48 (local.get $row))))
            (global.set $weight
              (i64.add (global.get $weight) (i64.load32_u offset=52 (local.get $row))))
            (call $events (i64.const 2) (i64.load32_u offset=56 (local.get $row)))
            (call $events (i64.const 4) (i64.load32_u offset=60 (local.get $row)))
            (call $events (i64.const 2) (i64.load32_u offset=64 (local.get $row)))
            (call $events (i64.const 4) (i64.load32_u offset=68 (local.get $row)))))
        (local.set $row (i32.add (local.get $row) (i32.const 80)))
        (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
        (br $next))))

  (func $events (param $each i64) (param $count i64)
    (global.set $weight
      (i64.add (global.get $weight) (i64.mul (local.get $each) (local.get $count)))))

  ;; part * times / whole, at most $most; 0 where there is no whole.
  (func $rate
    (param $part i64) (param $times i64) (param $whole i64) (param $most i64) (result i64)
    (local $rate i64)
    (if (i64.eqz (local.get $whole)) (then (return (i64.const 0))))
    (local.set $rate
      (i64.div_u (i64.mul (local.get $part) (local.get $times)) (local.get $whole)))
    (select
      (local.get $most)
      (local.get $rate)
      (i64.gt_u (local.get $rate) (local.get $most))))

  (func $points (result i64)
    (i64.sub
      (i64.sub
        (i64.const 100)
        (call $rate
          (global.get $weight) (i64.const 100000) (global.get $along) (i64.const 60)))
      (call $rate
        (global.get $night) (i64.const 100) (global.get $metres) (i64.const 40))))

  (func (export "score") (param $row i32) (param $rows i32) (result i64)
    (call $add (local.get $row) (local.get $rows))
    (call $points))

  (func (export "premium_cents") (param $row i32) (param $rows i32) (result i64)
    (call $add (local.get $row) (local.get $rows))
    (i64.add
      (i64.const 990)
      (i64.div_u
        (i64.mul
          (global.get $metres)
          (i64.mul (i64.sub (i64.const 200) (call $points)) (i64.const 3)))
        (i64.const 100000)))))
