"""Compression with a bound: a small blob cannot become a large one."""

from __future__ import annotations

import zlib

import zstandard

_LEVEL = 3
"""Zstandard level: 19 would save a seventh and take fifty times as long (docs/performance.md)."""

_WINDOW_BYTES = 8 << 20
"""Memory a frame may ask for; level 3 asks for 2 MiB at most."""


_CHECKSUM_BYTES = 4


def pack(data: bytes) -> bytes:
    """Return ``data`` as its CRC-32 and one zstd frame that carries its size."""
    return _checksum(data) + zstandard.ZstdCompressor(level=_LEVEL).compress(data)


def unpack(blob: bytes, *, max_bytes: int) -> bytes:
    """Return what `pack` was given.

    Raises:
        ValueError: Not exactly one whole frame with its checksum, or larger
            than ``max_bytes`` (refused before anything is allocated).
    """
    frame = blob[_CHECKSUM_BYTES:]
    try:
        if zstandard.get_frame_parameters(frame).content_size > max_bytes:
            raise ValueError("the blob is larger than it may be")
        reader = zstandard.ZstdDecompressor(max_window_size=_WINDOW_BYTES)
        data = reader.decompress(frame, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise ValueError("not a whole zstd frame") from error
    # The frame's own checksum is skipped where a damaged header says "empty".
    if _checksum(data) != blob[:_CHECKSUM_BYTES]:
        raise ValueError("the blob does not match its checksum")
    return data


def _checksum(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(_CHECKSUM_BYTES, "big")
