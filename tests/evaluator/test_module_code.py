"""Modules that are refused before any of them runs, and what is said of those that are not."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geowallet.evaluator.module_bytes import Bytes
from geowallet.evaluator.module_code import MAX_MODULE_BYTES, read_module
from geowallet.evaluator.module_instructions import ALLOWED, BULK, pass_expression
from geowallet.model.errors import (
    BadModuleError,
    GeowalletError,
    ModuleFeatureError,
    ModuleImportError,
    ModuleInterfaceError,
    ModuleMemoryError,
)
from tests.evaluator.modules import module, wasm

GOOD = module()

EVERY_WHOLE_NUMBER = """
(local $n i32) (local $w i64)
(block (result i64) (i64.const -9223372036854775808)) (local.set $w)
(if (i32.eqz (local.get $n)) (then (nop)) (else (unreachable)))
(block $a (block $b (block $c (br_table $a $b $c (local.get $n)))))
(drop (select (i32.const 1) (i32.const 2) (local.get $n)))
(i32.store8 offset=70000 (i32.const 0) (i32.load16_s align=1 (i32.const 2)))
(i64.store32 (i32.const 0) (i64.load8_u (i32.const 2)))
(memory.fill (i32.const 0) (i32.const 0) (i32.const 8))
(memory.copy (i32.const 0) (i32.const 8) (i32.const 8))
(memory.init 0 (i32.const 0) (i32.const 0) (i32.const 0)) (data.drop 0)
(drop (memory.grow (memory.size)))
(local.set $w (i64.extend32_s (i64.extend_i32_u (i32.wrap_i64 (local.get $w)))))
(local.set $w (i64.rotl (i64.clz (local.get $w)) (i64.rem_u (local.get $w) (i64.const 7))))
(i32.const 1) (i32.const 2) (call_indirect (type $pair) (i32.const 0)) (drop)
(i32.const 3) (loop (type $keep)) (drop)
(global.set $g (i32.ge_u (i32.const 1) (global.get $g)))
(return (local.get $w))
"""
REST = """
(type $pair (func (param i32 i32) (result i64))) (type $keep (func (param i32) (result i32)))
(global $g (mut i32) (i32.const -5)) (table 1 1 funcref) (elem (i32.const 0) $main)
(data "abcdefgh") (data (i32.const 0) "\\00\\01")
"""


def test_it_says_what_the_module_is() -> None:
    found = read_module(GOOD)
    assert found.sha256 == hashlib.sha256(GOOD).hexdigest()
    assert found.size_bytes == len(GOOD)
    assert found.memory_pages == 2
    assert found.outputs == ("score",)
    assert found.instructions == 25  # of the sum 23 with its three ends, of the place 2


def test_every_kind_of_instruction_on_whole_numbers_is_read() -> None:
    assert read_module(module(EVERY_WHOLE_NUMBER, rest=REST)).outputs == ("score",)


def test_only_functions_of_rows_are_outputs() -> None:
    rest = """(func (export "other") (param i32 i32) (result i64) (i64.const 0))
        (func (export "start") (result i64) (i64.const 0)) (table (export "table") 1 1 funcref)"""
    assert read_module(module(rest=rest)).outputs == ("other", "score")


WASI = "wasi_snapshot_preview1"
WAYS = {
    "read a file": (WASI, "fd_read", "(param i32 i32 i32 i32) (result i32)"),
    "open a file": (WASI, "path_open", "(param i32 i32 i32 i32 i32 i64 i64 i32 i32)"),
    "write a file": (WASI, "fd_write", "(param i32 i32 i32 i32) (result i32)"),
    "use a socket": (WASI, "sock_send", "(param i32 i32 i32 i32 i32) (result i32)"),
    "accept a connection": (WASI, "sock_accept", "(param i32 i32 i32) (result i32)"),
    "read the clock": (WASI, "clock_time_get", "(param i32 i64 i32) (result i32)"),
    "draw a number": (WASI, "random_get", "(param i32 i32) (result i32)"),
    "read the environment": (WASI, "environ_get", "(param i32 i32) (result i32)"),
    "read the command line": (WASI, "args_get", "(param i32 i32) (result i32)"),
    "end the process": (WASI, "proc_exit", "(param i32)"),
    "signal a process": (WASI, "proc_raise", "(param i32) (result i32)"),
    "call the host": ("env", "abort", "(param i32 i32 i32 i32)"),
}


class TestTwelveWaysOut:
    """Promise: "it wants something from outside": each way out of the sandbox is an import."""

    @pytest.mark.parametrize(("room", "name", "kind"), WAYS.values(), ids=WAYS)
    def test_is_refused(self, room: str, name: str, kind: str) -> None:
        text = f"""(module (import "{room}" "{name}" (func {kind}))
            (memory (export "memory") 1 1)
            (func (export "reserve") (param i32) (result i32) (i32.const 0)))"""
        with pytest.raises(ModuleImportError) as caught:
            read_module(wasm(text))
        assert caught.value.details == {"count": 1}

    @pytest.mark.parametrize(
        "what", ["(memory 1 1)", "(table 1 funcref)", "(global i32)", "(global (mut i64))"]
    )
    def test_a_shared_thing_is_refused_too(self, what: str) -> None:
        with pytest.raises(ModuleImportError):
            read_module(wasm(f'(module (import "host" "thing" {what}))'))


FEATURES = {
    "a constant": ("(drop (f64.const nan))", "", "floating"),
    "a small constant": ("(drop (f32.const 1))", "", "floating"),
    "a load": ("(drop (f32.load (i32.const 0)))", "", "floating"),
    "an addition": ("(drop (i64.trunc_f64_s (f64.add (f64.const 1) (f64.const 2))))", "", "float"),
    "a conversion": ("(drop (f64.convert_i64_s (i64.const 1)))", "", "floating"),
    "a local": ("(local f32)", "", "floating"),
    "a block": ("(drop (block (result f64) (unreachable)))", "", "floating"),
    "a parameter": ("", "(func (param f64))", "floating"),
    "a result": ("", "(func (result f32) (unreachable))", "floating"),
    "a global": ("", "(global f64 (f64.const 0))", "floating"),
    "a vector": ("(drop (v128.const i64x2 0 0))", "", "SIMD"),
    "a local vector": ("(local v128)", "", "SIMD"),
    "a load for threads": ("(drop (i32.atomic.load (i32.const 0)))", "", "threads"),
    "a fence": ("(atomic.fence)", "", "threads"),
    "a reference": ("(drop (ref.null func))", "", "references"),
    "an external reference": ("", "(func (param externref))", "references"),
    "a table of references": ("", "(table 1 externref)", "references"),
    "a table call": ("(drop (table.size 0))", "(table 1 1 funcref)", "references"),
    "a managed object": ("", "(type (struct (field i32)))", "references"),
    "a managed instruction": ("(drop (ref.i31 (i32.const 1)))", "", "references"),
    "a tail call": ("(return_call $main (i32.const 0) (i32.const 0))", "", "not on the list"),
    "a start": ("", "(func $s) (start $s)", "starts by itself"),
    "a second memory": ("", "(memory 1)", "more than one memory"),
}


@pytest.mark.parametrize(("body", "rest", "what"), FEATURES.values(), ids=FEATURES)
def test_what_could_differ_between_machines_is_refused(body: str, rest: str, what: str) -> None:
    data = module(f"{body} (i64.const 0)", rest=rest)
    with pytest.raises(ModuleFeatureError, match=what):
        read_module(data)


def test_a_rounding_conversion_is_a_float_too() -> None:
    with pytest.raises(ModuleFeatureError, match="floating"):
        pass_expression(Bytes(b"\xfc\x01\x0b"))


WHOLE_NUMBERS = (
    {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x10, 0x11, 0x1A, 0x1B}
    | {0x20, 0x21, 0x22, 0x23, 0x24}  # local.get to global.set
    | {0x28, 0x29} | set(range(0x2C, 0x36))  # i32.load, i64.load, the narrow loads
    | {0x36, 0x37} | set(range(0x3A, 0x3F))  # i32.store, i64.store, the narrow stores
    | {0x3F, 0x40, 0x41, 0x42}  # memory.size, memory.grow, i32.const, i64.const
    | set(range(0x45, 0x5B))  # i32.eqz to i64.ge_u; f32.eq is 0x5B
    | set(range(0x67, 0x8B))  # i32.clz to i64.rotr; f32.abs is 0x8B
    | {0xA7, 0xAC, 0xAD}  # i32.wrap_i64, i64.extend_i32_s and _u
    | set(range(0xC0, 0xC5))  # i32.extend8_s to i64.extend32_s
)  # fmt: skip
"""Written from the table of the specification, not from the code."""


@pytest.mark.parametrize("first", sorted({*range(256)} - WHOLE_NUMBERS - {0xFC}))
def test_every_other_first_byte_is_refused(first: int) -> None:
    with pytest.raises(ModuleFeatureError):
        pass_expression(Bytes(bytes([first]) + b"\x00" * 20 + b"\x0b"))


def test_the_list_of_instructions_is_that_of_the_specification() -> None:
    assert set(ALLOWED) == WHOLE_NUMBERS
    assert set(BULK) == {8, 9, 10, 11}


def test_a_global_that_is_a_float_is_refused_by_its_type_alone() -> None:
    with pytest.raises(ModuleFeatureError, match="floating"):
        read_module(HEADER + section(6, b"\x01\x7c\x00\x41\x00\x0b"))


def test_a_memory_that_is_shared_or_wide_is_refused() -> None:
    head = '(module (memory (export "memory") {kind})'
    for kind in ("1 2 shared", "i64 1 2"):
        with pytest.raises(ModuleFeatureError, match="threads"):
            read_module(wasm(head.format(kind=kind) + ")"))


def test_a_memory_without_a_maximum_could_take_all() -> None:
    with pytest.raises(ModuleMemoryError):
        read_module(wasm('(module (memory (export "memory") 1))'))


WITHOUT = {
    "a memory": '(module (func (export "reserve") (param i32) (result i32) (i32.const 0)))',
    "an exported memory": "(module (memory 1 1))",
    "a memory by that name": '(module (memory 1 1) (func (export "memory")))',
    "a place for rows": '(module (memory (export "memory") 1 1))',
    "a place of that type": '(module (memory (export "memory") 1 1) (func (export "reserve")))',
}


@pytest.mark.parametrize("text", WITHOUT.values(), ids=WITHOUT)
def test_a_module_without_what_it_must_have_is_refused(text: str) -> None:
    with pytest.raises(ModuleInterfaceError):
        read_module(wasm(text))


def test_what_the_contract_asks_must_be_there_and_fit() -> None:
    found = read_module(GOOD)
    found.check_fits(("score",), 2)
    with pytest.raises(ModuleInterfaceError, match="'risk'"):
        found.check_fits(("score", "risk"), 2)
    with pytest.raises(ModuleMemoryError, match="pages: 1"):
        found.check_fits(("score",), 1)


def test_a_large_file_is_not_read() -> None:
    with pytest.raises(BadModuleError, match="256 KiB"):
        read_module(GOOD + b"\0" * MAX_MODULE_BYTES)


def section(name: int, content: bytes) -> bytes:
    return bytes([name, len(content)]) + content


HEADER = b"\0asm\x01\0\0\0"
BROKEN = {
    "nothing": b"",
    "text": b"(module)",
    "a later version": b"\0asm\x02\0\0\0",
    "an unknown section": HEADER + section(13, b""),
    "a section twice": HEADER + section(1, b"\0") + section(1, b"\0"),
    "sections out of order": HEADER + section(3, b"\0") + section(1, b"\0"),
    "more than a section says": HEADER + section(1, b"\0\0"),
    "a count without items": HEADER + section(3, b"\xff\xff\xff\xff\x0f"),
    "a number too long": HEADER + section(3, b"\xff\xff\xff\xff\xff\x01"),
    "a number too large": HEADER + section(3, b"\xff\xff\xff\xff\x1f"),
    "a name that is no text": HEADER + section(7, b"\x01\x01\xff\0\0"),
    "a name twice": HEADER + section(7, b"\x02\x01a\0\0\x01a\0\0"),
    "a body without an end": HEADER + section(10, b"\x01\x02\0\x01"),
    "a body with a rest": HEADER + section(10, b"\x01\x03\0\x0b\x01"),
    "an endless number in code": HEADER + section(10, b"\x01\x08\0\x41\xff\xff\xff\xff\xff\x0b"),
    "an endless block type": HEADER + section(10, b"\x01\x08\0\x02\xff\xff\xff\xff\xff\x0b"),
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_bytes_that_are_no_module_are_named_so(data: bytes) -> None:
    with pytest.raises(BadModuleError):
        read_module(data)


def test_a_function_without_a_body_or_a_type_is_no_output() -> None:
    memory = section(5, b"\x01\x01\x01\x01")
    exports = section(7, b"\x03\x06memory\x02\0\x07reserve\0\0\x01x\0\x09")
    with pytest.raises(ModuleInterfaceError, match="reserve"):
        read_module(HEADER + section(3, b"\x01\x05") + memory + exports)


def test_a_global_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ModuleFeatureError):
        read_module(HEADER + section(6, b"\x01\x7f\x02\x41\0\x0b"))


def test_an_empty_list_of_imports_asks_for_nothing() -> None:
    with pytest.raises(ModuleInterfaceError):
        read_module(HEADER + section(2, b"\0"))


def test_a_block_may_name_a_type_by_a_long_number() -> None:
    assert pass_expression(Bytes(b"\x02\x81\x00\x0b\x0b")) == 3


def test_custom_sections_say_nothing_that_runs() -> None:
    extra = GOOD + section(0, b"\x04name\x01\x02\x03")
    assert read_module(extra).instructions == read_module(GOOD).instructions


def code_of(data: bytes) -> str:
    """Return the code of the refusal; ``module.good`` where there is none."""
    try:
        read_module(data)
    except GeowalletError as error:
        return error.code
    return "module.good"


class TestHostileBytes:
    """Promise: "if it is one that may run": anything else is one of five refusals."""

    @settings(max_examples=400, deadline=None)
    @given(st.integers(0, len(GOOD) - 1), st.integers(0, 255), st.integers(0, len(GOOD)))
    @example(at=len(GOOD) - 1, byte=0x0C, cut=len(GOOD))
    def test_a_damaged_byte_or_a_cut_is_never_a_crash(self, at: int, byte: int, cut: int) -> None:
        damaged = bytearray(GOOD)
        damaged[at] = byte
        assert code_of(bytes(damaged[:cut])).startswith("module.")

    @settings(max_examples=400, deadline=None)
    @given(st.binary(max_size=80))
    def test_bytes_after_the_header_are_never_a_crash(self, rest: bytes) -> None:
        assert code_of(HEADER + rest).startswith("module.")
