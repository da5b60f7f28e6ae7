"""Modules to run, well and badly behaved, from their text form."""

from __future__ import annotations

import wasmtime

FRAME = """
(module
  (memory (export "memory") 1 2)
  (func (export "reserve") (param i32) (result i32) {reserve})
  (func $main (export "score") (param $rows i32) (param $count i32) (result i64) {body})
  {rest})
"""

SUM = """
(local $sum i64)
(block $done
  (loop $next
    (br_if $done (i32.eqz (local.get $count)))
    (local.set $sum (i64.add (local.get $sum) (i64.load32_u (local.get $rows))))
    (local.set $rows (i32.add (local.get $rows) (i32.const 4)))
    (local.set $count (i32.sub (local.get $count) (i32.const 1)))
    (br $next)))
(local.get $sum)
"""
"""Adds up rows of one number of 32 bits."""


def wasm(text: str) -> bytes:
    return bytes(wasmtime.wat2wasm(text))


def module(body: str = SUM, *, reserve: str = "(i32.const 0)", rest: str = "") -> bytes:
    """A module whose only output, ``score``, is ``body``."""
    return wasm(FRAME.format(body=body, reserve=reserve, rest=rest))
