"""Bytes by column, compression levels and sizes of blobs: why fixes are stored as they are.

Run with ``python -m benchmarks.bench_blobs``.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import zstandard

from benchmarks.timing import say, timed
from benchmarks.track_of import MONTH, fixes_in, trace_of
from geowallet.crypto.envelope import padded_length, seal
from geowallet.model.fixes import fixes_from
from geowallet.vault.blobs import unpack_parts
from geowallet.vault.columns import decode_fixes, encode_fixes, split_fixes

if TYPE_CHECKING:
    from geowallet.model.fixes import Fixes

FIXES = 250_000
LEVELS = (1, 3, 9, 19)
SIZES = (4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20)
SEALED_BYTES = 64 << 20
ROUNDS = 3

_HEAD_BYTES, _PLANES = 77, 34
_PARTS_FROM = 1025
"""Blobs of so many fixes keep each plane in a frame of its own."""


def main() -> None:
    """Print bytes by column of two traces, then speed by level and by size."""
    phone, watch = trace_of(FIXES), fixes_in(MONTH / "watch")
    for name, fixes in (("phone, a fix every 5 s while moving", phone), ("watch, 1 Hz", watch)):
        _say_columns(name, fixes)
    blobs = [encode_fixes(piece) for piece in split_fixes(phone)]
    for what, work in (
        ("encode", lambda: [encode_fixes(piece) for piece in split_fixes(phone)]),
        ("decode", lambda: [decode_fixes(blob) for blob in blobs]),
    ):
        say(f"{what}: {FIXES / timed(work, rounds=ROUNDS).cpu_s / 1e6:.1f} million fixes/s")
    planes = [plane for blob in blobs for plane in _planes(blob)]
    for level in LEVELS:
        packed = sum(map(len, _packed(planes, level)))
        taken = timed(partial(_packed, planes, level), rounds=ROUNDS)
        speed = FIXES / taken.cpu_s / 1e6
        say(f"zstd level {level:2}: {packed / FIXES:.2f} bytes a fix, {speed:.1f} million fixes/s")
    for size in SIZES:
        taken = timed(partial(_sealed, size), rounds=ROUNDS)
        say(f"seal {size >> 10:5} KiB at a time: {SEALED_BYTES / taken.cpu_s / 1e6:.0f} MB/s")


def _say_columns(name: str, fixes: Fixes) -> None:
    """Print what each column costs: what the blobs shrink by without it."""
    bare = fixes_from(fixes.time_us, fixes.lat_deg, fixes.lon_deg)
    nothing = np.full(len(fixes), np.nan)
    all_of_it = _bytes(fixes)
    say(f"{name}: {all_of_it:.2f} bytes a fix, {_bytes(fixes, padded=True):.2f} padded")
    say(f"  time and position alone: {_bytes(bare):.2f}")
    still = replace(fixes, time_us=np.arange(len(fixes)) * 1_000_000)
    say(f"  time: {all_of_it - _bytes(still):.2f}")
    here = np.zeros(len(fixes))
    for column in ("lat_deg", "lon_deg"):
        gone: dict[str, Any] = {column: here}
        say(f"  {column}: {all_of_it - _bytes(replace(fixes, **gone)):.2f}")
    for column in ("elevation_m", "accuracy_m", "speed_mps", "bearing_deg"):
        gone = {column: nothing}
        say(f"  {column}: {all_of_it - _bytes(replace(fixes, **gone)):.2f}")


def _bytes(fixes: Fixes, *, padded: bool = False) -> float:
    lengths = [len(encode_fixes(piece)) for piece in split_fixes(fixes)]
    return sum(map(padded_length, lengths) if padded else lengths) / len(fixes)


def _planes(blob: bytes) -> list[bytes]:
    head = blob[1:_HEAD_BYTES]
    n = int.from_bytes(head[:2], "big")
    if n < _PARTS_FROM:
        return unpack_parts(blob[_HEAD_BYTES:], count=1, part_bytes=_PLANES * n, about=head)
    return unpack_parts(blob[_HEAD_BYTES:], count=_PLANES, part_bytes=n, about=head)


def _packed(planes: list[bytes], level: int) -> list[bytes]:
    compressor = zstandard.ZstdCompressor(level=level)
    return [compressor.compress(data) for data in planes if data.strip(b"\0")]


def _sealed(size: int) -> None:
    data, key, nonce = bytes(size), bytes(32), bytes(24)
    for _ in range(SEALED_BYTES // size):
        seal(key, data, aad=b"", nonce24=nonce)


if __name__ == "__main__":
    main()
