"""Compression with a bound: a small blob cannot become a large one."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import zstandard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_LEVEL = 3
"""Zstandard level of what repeats itself, as pages of trips do."""

_PART_LEVEL = 1
"""Of planes of numbers: 3 saves nothing more, 19 three hundredths (docs/performance.md)."""

_WINDOW_BYTES = 8 << 20
"""Memory a frame may ask for; level 3 asks for 2 MiB at most."""


_CHECKSUM_BYTES = 4

_LENGTH = struct.Struct(">H")
"""Of a part as it is stored; none is as long as 64 KiB."""

_MASK_BYTES = 8
"""One bit for each part, set where it is not all zeros."""


def pack(data: bytes) -> bytes:
    """Return ``data`` as its CRC-32 and one zstd frame that carries its size."""
    return _checksum(data) + zstandard.ZstdCompressor(level=_LEVEL).compress(data)


def unpack(blob: bytes, *, max_bytes: int) -> bytes:
    """Return what `pack` was given.

    Raises:
        ValueError: Not exactly one whole frame with its checksum, or larger
            than ``max_bytes`` (refused before anything is allocated).
    """
    return next(unpack_each((blob,), max_bytes=max_bytes))


def unpack_each(blobs: Iterable[bytes], *, max_bytes: int) -> Iterator[bytes]:
    """Yield what `pack` was given for each of ``blobs``: `unpack` with one reader for all.

    Raises:
        ValueError: As `unpack`.
    """
    reader = _reader()
    for blob in blobs:
        data = _decompressed(blob[_CHECKSUM_BYTES:], max_bytes, reader)
        # The frame's own checksum is skipped where a damaged header says "empty".
        _check(data, blob)
        yield data


def pack_parts(parts: Sequence[bytes], *, about: bytes) -> bytes:
    """Return the CRC-32 of ``about`` and ``parts``, and each part as a frame of its own.

    A frame has one code for all its bytes: what is spread differently is better apart.
    A part of zeros alone costs one bit, and one that zstd would make longer stays as it is.

    Args:
        parts: At most 64, all of one length below 64 KiB.
        about: What stands elsewhere and says how to read them.
    """
    mask, stored = 0, []
    compressor = zstandard.ZstdCompressor(level=_PART_LEVEL)
    for number, part in enumerate(parts):
        if part.strip(b"\0"):
            frame = compressor.compress(part)
            body = frame if len(frame) < len(part) else part
            mask |= 1 << number
            stored.append(_LENGTH.pack(len(body)) + body)
    head = _checksum(about + b"".join(parts)) + mask.to_bytes(_MASK_BYTES, "big")
    return head + b"".join(stored)


def unpack_parts(blob: bytes, *, count: int, part_bytes: int, about: bytes) -> list[bytes]:
    """Return what `pack_parts` was given: ``count`` parts of ``part_bytes`` each.

    Raises:
        ValueError: Not so many, of another length, cut short, longer, or without its checksum.
    """
    head = _CHECKSUM_BYTES + _MASK_BYTES
    mask = int.from_bytes(blob[_CHECKSUM_BYTES:head], "big")
    if len(blob) < head or mask >> count:
        raise ValueError("not so many parts")
    bodies, reader = _bodies(blob[head:]), _reader()
    parts = []
    for number in range(count):
        is_there = mask >> number & 1
        body = next(bodies, b"") if is_there else bytes(part_bytes)
        parts.append(_part(body, part_bytes, reader))
    if next(bodies, None) is not None:
        raise ValueError("more parts than there may be")
    _check(about + b"".join(parts), blob)
    return parts


def _bodies(data: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(data):
        stop = start + _LENGTH.size
        length = int.from_bytes(data[start:stop], "big")
        start = stop + length
        if start > len(data):
            raise ValueError("a part is cut short")
        yield data[stop:start]


def _part(body: bytes, part_bytes: int, reader: zstandard.ZstdDecompressor) -> bytes:
    part = body if len(body) == part_bytes else _decompressed(body, part_bytes, reader)
    if len(part) != part_bytes:
        raise ValueError("a part of another length")
    return part


def _reader() -> zstandard.ZstdDecompressor:
    return zstandard.ZstdDecompressor(max_window_size=_WINDOW_BYTES)


def _decompressed(frame: bytes, max_bytes: int, reader: zstandard.ZstdDecompressor) -> bytes:
    try:
        if zstandard.get_frame_parameters(frame).content_size > max_bytes:
            raise ValueError("the blob is larger than it may be")
        return reader.decompress(frame, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise ValueError("not a whole zstd frame") from error


def _check(data: bytes, blob: bytes) -> None:
    if _checksum(data) != blob[:_CHECKSUM_BYTES]:
        raise ValueError("the blob does not match its checksum")


def _checksum(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(_CHECKSUM_BYTES, "big")
