"""Modules in the real confinement, and answers of children that lie."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.evaluator import module as use
from geowallet.evaluator import visit as visits
from geowallet.evaluator.limits import Limits
from geowallet.evaluator.module import ModuleTask, Scored, run_module
from geowallet.model.errors import (
    BadModuleError,
    EvaluationFailedError,
    EvaluationTimeoutError,
    GeowalletError,
    MissingExtraError,
    ModuleFuelError,
    ModuleMemoryError,
    ModuleTrapError,
    SandboxError,
)
from tests.evaluator.modules import SUM, module, wasm


def task_of(data: bytes, *, fuel: int = 100_000, pages: int = 2) -> ModuleTask:
    return ModuleTask(data, ("score",), fuel, pages)


def number(value: int) -> bytes:
    return value.to_bytes(4, "little")


def run(data: bytes, *groups: list[int], **bounds: int) -> Scored:
    rows = [[number(value) for value in group] for group in groups]
    return run_module(task_of(data, **bounds), rows, row_bytes=4)


def test_each_group_is_scored_by_itself() -> None:
    assert run(module(), [1, 2, 3], [], [4_294_967_295, 1]).values == ((6,), (0,), (4_294_967_296,))


def test_the_same_rows_give_the_same_bytes_and_the_same_steps() -> None:
    first, again = (run(module(), [5, 6], [7]) for _ in range(2))
    assert first == again
    assert 0 < first.fuel < 100_000


def test_nothing_is_kept_from_one_group_to_the_next() -> None:
    counts = "(global.set $n (i64.add (global.get $n) (i64.const 1))) (global.get $n)"
    data = module(counts, rest="(global $n (mut i64) (i64.const 0))")
    assert run(data, [1], [1], [1]).values == ((1,), (1,), (1,))


def test_rows_lie_where_the_module_wants_them() -> None:
    here = module("(i64.extend_i32_u (local.get $rows))", reserve="(i32.const 4096)")
    assert run(here, [1]).values == ((4096,),)


TRAPS: dict[str, tuple[str, type[GeowalletError]]] = {
    "an endless loop": ("(loop $l (br $l)) (i64.const 0)", ModuleFuelError),
    "endless calls": (
        "(call $main (local.get $rows) (local.get $count)) (return)",
        ModuleTrapError,
    ),
    "a read beyond its memory": ("(i64.load (i32.const 0x7ffffff0))", ModuleTrapError),
    "a read before its memory": ("(i64.load (i32.const -8))", ModuleTrapError),
    "a write beyond its memory": (
        "(i64.store (i32.const 131072) (i64.const 1)) (i64.const 0)",
        ModuleTrapError,
    ),
    "a copy beyond its memory": (
        "(memory.copy (i32.const 0) (i32.const 65535) (i32.const 99)) (i64.const 0)",
        ModuleTrapError,
    ),
    "a division by zero": ("(i64.div_s (i64.const 1) (i64.const 0))", ModuleTrapError),
    "the quotient that does not exist": (
        "(i64.div_s (i64.const 0x8000000000000000) (i64.const -1))",
        ModuleTrapError,
    ),
    "a place that it says cannot be reached": ("(unreachable)", ModuleTrapError),
}


@pytest.mark.parametrize(("body", "error"), TRAPS.values(), ids=TRAPS)
def test_a_module_that_breaks_off_gives_nothing(body: str, error: type[GeowalletError]) -> None:
    with pytest.raises(error):
        run(module(body), [1])


def test_a_call_of_what_is_no_function_is_a_trap() -> None:
    body = "(call_indirect (result i64) (i32.const {at}))"
    for at in (0, 9):
        with pytest.raises(ModuleTrapError):
            run(module(body.format(at=at), rest="(table 1 1 funcref)"), [1])


def test_memory_grows_to_what_it_declares_and_no_further() -> None:
    grow = "(i64.extend_i32_s (memory.grow (i32.const {pages})))"
    assert run(module(grow.format(pages=1)), [1]).values == ((1,),)
    assert run(module(grow.format(pages=2)), [1]).values == ((-1,),)


def test_rows_that_get_no_room_are_not_written() -> None:
    for place in ("(i32.const 131068)", "(i32.const -1)", "(i32.const 65534)"):
        with pytest.raises(ModuleMemoryError):
            run(module(reserve=place), [1])


def test_a_memory_larger_than_the_contract_gives_is_not_made() -> None:
    with pytest.raises(ModuleMemoryError):
        run(module(), [1], pages=0)


def test_bytes_that_the_engine_does_not_take_are_no_module() -> None:
    with pytest.raises(BadModuleError):
        run(b"\0asm\x01\0\0\0\xff", [1])
    with pytest.raises(BadModuleError):
        run(module("(i64.const 0)")[:-1], [1])


def test_floats_and_references_are_all_that_the_engine_would_let_pass() -> None:
    """These are refused when the bytes are read; vectors, threads and the rest a second time."""
    assert run(module("(i64.reinterpret_f64 (f64.const 1))"), [1]).values
    assert run(module(rest="(func (drop (ref.null extern)))"), [1]).values
    for rest in (
        "(func (drop (v128.const i64x2 0 0)))",
        "(memory 1)",
        "(func (return_call $main (i32.const 0) (i32.const 0)) (drop))",
    ):
        with pytest.raises(BadModuleError):
            run(module(rest=rest), [1])


def test_a_module_with_an_import_never_starts() -> None:
    """The reading of its bytes refuses it first; here it is shown that the engine does too."""
    text = """(module (import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))
        (memory (export "memory") 1 1)
        (func (export "reserve") (param i32) (result i32) (i32.const 0))
        (func (export "score") (param i32 i32) (result i64) (i64.const 0)))"""
    with pytest.raises(ModuleMemoryError):
        run(wasm(text), [1])


def test_without_the_engine_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(use, "find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match="modules"):
        run(module(), [1])


def test_nothing_is_sent_where_a_layer_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "missing", lambda _: ("limits",))
    with pytest.raises(SandboxError, match="limits"):
        run(module(), [1])


def test_more_fuel_than_time_is_stopped_by_the_clock() -> None:
    loop = task_of(module("(loop $l (br $l)) (i64.const 0)"), fuel=10**15)
    with pytest.raises(EvaluationTimeoutError):
        run_module(loop, [[number(1)]], row_bytes=4, limits=Limits(seconds=1))


PROBE = """(module (memory (export "memory") 1 1)
    (func (export "reserve") (param i32) (result i32) (i32.const 0))
    (func (export "rows") (param i32 i32) (result i64) (i64.extend_i32_u (local.get 1))))"""


class TestProbe:
    def test_it_is_what_its_source_becomes_and_it_counts(self) -> None:
        assert wasm(PROBE) == use.PROBE
        use.probe()

    def test_a_wrong_count_is_no_engine(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(use, "run_module", lambda *_, **__: Scored(((3,), (1,)), 1))
        with pytest.raises(EvaluationFailedError):
            use.probe()


class TestAnswersOfALyingChild:
    """Promise: "what came back is no answer" is all that a false answer achieves."""

    FALSE = (
        b"",
        b"{}\n",
        b'{"values":[1]}\n',
        b'{"fuel":[1],"values":[1,2]}\n',
        b'{"fuel":[1],"values":["home"]}\n',
        b'{"fuel":[1],"values":[1.5]}\n',
        b'{"fuel":[1],"values":[true]}\n',
        b'{"fuel":[1],"values":{"a":1}}\n',
        b'{"fuel":[-1],"values":[1]}\n',
        b'{"fuel":[100001],"values":[1]}\n',
        b'{"fuel":[1],"values":[9223372036854775808]}\n',
        b'{"fuel":[1],"values":[1]}\n{"fuel":[1],"values":[1]}\n',
        b'{"refused":"48.85,2.35"}\n',
        b'{"refused":7}\n',
        b"not json\n",
        b"x" * (2 << 20),
    )

    @pytest.fixture
    def says(self, monkeypatch: pytest.MonkeyPatch) -> Any:
        def install(answer: bytes) -> None:
            def visit(*_: object, **__: object) -> Iterator[bytes]:
                yield answer

            monkeypatch.setattr(use, "visit", visit)

        return install

    @pytest.mark.parametrize("answer", FALSE)
    def test_is_refused(self, answer: bytes, says: Any) -> None:
        says(answer)
        with pytest.raises(EvaluationFailedError):
            run(module(), [1])

    def test_and_a_true_one_is_taken(self, says: Any) -> None:
        says(b'{"fuel":[3],"values":[-9223372036854775808]}\n')
        assert run(module(), [1]) == Scored(((-(1 << 63),),), 3)


class TestAgainstPython:
    """Promise: "what the module makes of each group of rows"."""

    @settings(max_examples=8, deadline=None)
    @given(st.lists(st.lists(st.integers(0, 2**32 - 1), max_size=40), max_size=12))
    def test_a_sum_is_the_sum(self, groups: list[list[int]]) -> None:
        assert run(module(SUM), *groups).values == tuple((sum(group),) for group in groups)
