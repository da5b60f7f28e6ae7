"""The instructions that a scoring module may use: whole numbers, and no others.

What is not in this table is refused, whatever it is: floating-point numbers
(whose NaN may differ from one processor to another), vectors, threads,
references, and all that a later version of WebAssembly adds.

Source:
    W3C, WebAssembly Core Specification 2.0, section 5.4 (instructions).
"""

from __future__ import annotations

from enum import Enum, auto
from types import MappingProxyType
from typing import TYPE_CHECKING

from geowallet.model.errors import ModuleFeatureError
from geowallet.model.words import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from geowallet.evaluator.module_bytes import Bytes

I32, I64 = 0x7F, 0x7E
NO_VALUE = 0x40
FUNCREF = 0x70

FLOATS = N_("floating-point numbers")
VECTORS = N_("vectors (SIMD)")
THREADS = N_("threads or shared memory")
REFERENCES = N_("references or managed objects")
OTHER = N_("an instruction that is not on the list")

_VALUES = {0x7D: FLOATS, 0x7C: FLOATS, 0x7B: VECTORS}
_PREFIXES = {0xFD: VECTORS, 0xFE: THREADS, 0xFB: REFERENCES}


class Operand(Enum):
    """What follows an instruction."""

    NONE = auto()
    INDEX = auto()
    TWO_INDEXES = auto()
    TARGETS = auto()
    I32 = auto()
    I64 = auto()
    BLOCK = auto()
    END = auto()


def _each(numbers: Iterable[int], operand: Operand) -> dict[int, Operand]:
    return dict.fromkeys(numbers, operand)


ALLOWED: Mapping[int, Operand] = MappingProxyType(
    # unreachable, nop, else, return, drop, select
    _each((0x00, 0x01, 0x05, 0x0F, 0x1A, 0x1B), Operand.NONE)
    | _each((0x02, 0x03, 0x04), Operand.BLOCK)  # block, loop, if
    | _each((0x0B,), Operand.END)
    | _each((0x0C, 0x0D, 0x10), Operand.INDEX)  # br, br_if, call
    | _each((0x0E,), Operand.TARGETS)  # br_table
    | _each((0x11,), Operand.TWO_INDEXES)  # call_indirect
    | _each(range(0x20, 0x25), Operand.INDEX)  # locals and globals
    | _each((0x28, 0x29, *range(0x2C, 0x38), *range(0x3A, 0x3F)), Operand.TWO_INDEXES)  # memory
    | _each((0x3F, 0x40), Operand.INDEX)  # memory.size, memory.grow
    | _each((0x41,), Operand.I32)
    | _each((0x42,), Operand.I64)
    | _each((*range(0x45, 0x5B), *range(0x67, 0x8B)), Operand.NONE)  # compare, compute
    | _each((0xA7, 0xAC, 0xAD, *range(0xC0, 0xC5)), Operand.NONE)  # wrap, extend
)
"""Instructions of one byte, with what follows each."""

BULK: Mapping[int, Operand] = MappingProxyType(
    # memory.init, data.drop, memory.copy, memory.fill
    {8: Operand.TWO_INDEXES, 9: Operand.INDEX, 10: Operand.TWO_INDEXES, 11: Operand.INDEX}
)
"""Instructions after the prefix 0xFC; the others of that prefix convert floats or use tables."""

_FLOATS = frozenset(
    (
        *(0x2A, 0x2B, 0x38, 0x39, 0x43, 0x44),  # load, store, const
        *(*range(0x5B, 0x67), *range(0x8B, 0xA7)),  # compare, compute
        *(*range(0xA8, 0xAC), *range(0xAE, 0xC0)),  # convert
    )
)
_REFERENCES = frozenset((0x1C, 0x25, 0x26, *range(0xD0, 0xD7)))


def check_value(kind: int) -> None:
    """Check the type of a value.

    Raises:
        ModuleFeatureError: It is no whole number.
    """
    if kind not in {I32, I64}:
        raise ModuleFeatureError(what=_VALUES.get(kind, REFERENCES))


def pass_expression(code: Bytes) -> int:
    """Pass over one expression to its end, and return how many instructions it has.

    Raises:
        ModuleFeatureError: One is not allowed.
        BadModuleError: It has no end.
    """
    depth, count = 1, 0
    while depth:
        count += 1
        operand = _operand(code)
        if operand is Operand.BLOCK:
            depth += 1
            _block_type(code)
        elif operand is Operand.END:
            depth -= 1
        else:
            _pass_operand(code, operand)
    return count


def _operand(code: Bytes) -> Operand:
    number = code.byte()
    if number in ALLOWED:
        return ALLOWED[number]
    if number == 0xFC:
        below = code.number()
        if below in BULK:
            return BULK[below]
        raise ModuleFeatureError(what=FLOATS if below < 8 else REFERENCES)
    if number in _FLOATS:
        raise ModuleFeatureError(what=FLOATS)
    if number in _REFERENCES:
        raise ModuleFeatureError(what=REFERENCES)
    raise ModuleFeatureError(what=_PREFIXES.get(number, OTHER))


def _pass_operand(code: Bytes, operand: Operand) -> None:
    if operand is Operand.I64:
        code.skip_number(64)
    elif operand is Operand.I32:
        code.skip_number(32)
    else:
        for _ in range(_indexes(code, operand)):
            code.number()


def _indexes(code: Bytes, operand: Operand) -> int:
    if operand is Operand.TARGETS:
        return code.number() + 1
    return {Operand.INDEX: 1, Operand.TWO_INDEXES: 2}.get(operand, 0)


def _block_type(code: Bytes) -> None:
    """Pass over what a block returns: nothing, one value, or the number of a type."""
    first = code.byte()
    if first >= 0x80:
        code.skip_number(28)  # the rest of 33 bits
    elif first > NO_VALUE:
        check_value(first)
