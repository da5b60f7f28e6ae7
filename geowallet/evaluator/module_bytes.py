"""Reads the bytes of a WebAssembly binary, none of which is trusted.

Source:
    W3C, WebAssembly Core Specification 2.0, chapter 5 (binary format).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.model.errors import BadModuleError
from geowallet.model.words import N_

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADER = b"\0asm\x01\0\0\0"
CUSTOM = 0
RANKS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7, 8: 8, 9: 9, 12: 10, 10: 11, 11: 12}
"""Section id to its place in the file; the count of data segments (12) stands before the code."""

BROKEN = N_("its bytes are not those of a WebAssembly module")


class Bytes:
    """A stretch of bytes that is read from its start to its end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def __bool__(self) -> bool:
        return self._at < len(self._data)

    def byte(self) -> int:
        """Return the next byte.

        Raises:
            BadModuleError: There is none.
        """
        if not self:
            raise broken()
        self._at += 1
        return self._data[self._at - 1]

    def number(self, bits: int = 32) -> int:
        """Return an unsigned LEB128 number of at most ``bits`` bits.

        Raises:
            BadModuleError: It ends too early, or is longer.
        """
        value = 0
        for shift in range(0, bits, 7):
            part = self.byte()
            value |= (part & 0x7F) << shift
            if part < 0x80:
                if value >> bits:
                    raise broken()
                return value
        raise broken()

    def skip_number(self, bits: int) -> None:
        """Pass over a LEB128 number, signed or not, of at most ``bits`` bits.

        Raises:
            BadModuleError: It ends too early, or is longer.
        """
        for _ in range(0, bits, 7):
            if self.byte() < 0x80:
                return
        raise broken()

    def take(self, count: int) -> bytes:
        """Return the next ``count`` bytes.

        Raises:
            BadModuleError: There are fewer.
        """
        part = self._data[self._at : self._at + count]
        if len(part) < count:
            raise broken()
        self._at += count
        return part

    def block(self) -> Bytes:
        """Return the bytes that a number announces, to be read on their own."""
        return Bytes(self.take(self.number()))

    def end(self) -> None:
        """Check that nothing is left.

        Raises:
            BadModuleError: Something is.
        """
        if self:
            raise broken()


@dataclass(frozen=True, slots=True)
class Limits:
    """How many pages of a memory, or elements of a table; ``most`` None where none is declared."""

    least: int
    most: int | None
    plain: bool


def sections(data: bytes) -> Iterator[tuple[int, Bytes]]:
    """Yield id and content of every section but the custom ones, which say nothing that runs.

    Raises:
        BadModuleError: No module, or its sections are not each once and in order.
    """
    if not data.startswith(HEADER):
        raise broken()
    rest = Bytes(data[len(HEADER) :])
    last = 0
    while rest:
        name = rest.byte()
        content = rest.block()
        if name == CUSTOM:
            continue
        if RANKS.get(name, 0) <= last:
            raise broken()
        last = RANKS[name]
        yield name, content


def limits(source: Bytes) -> Limits:
    """Return the limits of a memory or table; not ``plain`` where it is shared or of 64 bits."""
    flags = source.byte()
    least = source.number(64)
    most = source.number(64) if flags & 1 else None
    return Limits(least, most, plain=flags < 2)


def broken() -> BadModuleError:
    """Return the error for bytes that are no module."""
    return BadModuleError(reason=BROKEN)
