"""Unpacking xz within a bound on memory, which `lzma.LZMAFile` cannot be given."""

from __future__ import annotations

import io
import lzma
from typing import BinaryIO, cast

from geowallet.connectors.streams import BLOCK_BYTES

MEMORY_BYTES = 72 << 20
"""A header of thirty bytes may ask for 4 GiB; the strongest preset, xz -9, needs 65 MiB.

Source:
    xz(1), XZ Utils 5.4: table of the presets.
"""


class UnpackedXz(io.RawIOBase):
    """What one or more xz streams hold, one after the other.

    Reading raises `lzma.LZMAError` where it is damaged or needs more than
    `MEMORY_BYTES`, and `EOFError` where it is cut short.
    """

    def __init__(self, packed: BinaryIO) -> None:
        self._packed = packed
        self._decoder = lzma.LZMADecompressor(memlimit=MEMORY_BYTES)

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: object) -> int:
        """Unpack into ``buffer`` and return how many bytes came."""
        view = memoryview(cast("bytearray", buffer))
        data = b""
        while not data:
            more = b""
            if self._decoder.eof:
                more = self._next_stream()
                if not more:
                    return 0
                self._decoder = lzma.LZMADecompressor(memlimit=MEMORY_BYTES)
            elif self._decoder.needs_input:
                more = self._packed.read(BLOCK_BYTES)
                if not more:
                    raise EOFError("xz data cut short")
            data = self._decoder.decompress(more, len(view))
        view[: len(data)] = data
        return len(data)

    def _next_stream(self) -> bytes:
        """Return the start of the next stream, without the padding before it."""
        rest = self._decoder.unused_data.lstrip(b"\x00")
        while not rest and (more := self._packed.read(BLOCK_BYTES)):
            rest = more.lstrip(b"\x00")
        return rest
