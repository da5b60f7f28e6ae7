"""Compression levels and sizes of blobs: why a piece of a trace is stored as it is.

Run with ``python -m benchmarks.bench_blobs``.
"""

from __future__ import annotations

from functools import partial

import zstandard

from benchmarks.timing import say, timed
from benchmarks.track_of import trace_of
from geowallet.crypto.envelope import seal
from geowallet.model.fixes import fixes_from
from geowallet.vault.blobs import unpack
from geowallet.vault.columns import encode_fixes, split_fixes

FIXES = 250_000
LEVELS = (1, 3, 9, 19)
SIZES = (4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20)
SEALED_BYTES = 64 << 20
ROUNDS = 3


def main() -> None:
    """Print bytes and speed by level, then the speed of the cipher by size."""
    whole = trace_of(FIXES)
    bare = fixes_from(whole.time_us, whole.lat_deg, whole.lon_deg)
    for name, fixes in (("all columns", whole), ("time and position alone", bare)):
        size = sum(len(encode_fixes(piece)) for piece in split_fixes(fixes))
        say(f"{name}: {size / FIXES:.2f} bytes a fix")
    blobs = [encode_fixes(piece) for piece in split_fixes(whole)]
    planes = [unpack(blob[1:], max_bytes=1 << 20) for blob in blobs]
    for level in LEVELS:
        packed = sum(map(len, _packed(planes, level)))
        taken = timed(partial(_packed, planes, level), rounds=ROUNDS)
        speed = FIXES / taken.cpu_s / 1e6
        say(f"zstd level {level:2}: {packed / FIXES:.2f} bytes a fix, {speed:.1f} million fixes/s")
    for size in SIZES:
        taken = timed(partial(_sealed, size), rounds=ROUNDS)
        say(f"seal {size >> 10:5} KiB at a time: {SEALED_BYTES / taken.cpu_s / 1e6:.0f} MB/s")


def _packed(planes: list[bytes], level: int) -> list[bytes]:
    return [zstandard.ZstdCompressor(level=level).compress(data) for data in planes]


def _sealed(size: int) -> None:
    data, key, nonce = bytes(size), bytes(32), bytes(24)
    for _ in range(SEALED_BYTES // size):
        seal(key, data, aad=b"", nonce24=nonce)


if __name__ == "__main__":
    main()
