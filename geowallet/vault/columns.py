"""Fix columns as bytes: rounded, differenced, split into byte planes, compressed.

Neighbouring fixes differ little, so the high bytes of the differences are
nearly all zero; put side by side they compress to almost nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geowallet.model.fixes import Fixes
from geowallet.vault.blobs import pack, unpack

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

BLOB_FIXES = 8192
"""Fixes a blob: 35 to 67 KB compressed, where the cipher is fastest (docs/performance.md)."""

_FORMAT = b"\x01"
_UNITS = (1e7, 1e7, 10.0, 10.0, 100.0, 10.0)
"""Steps a unit of latitude and longitude (1e-7 degree), elevation and accuracy (dm), speed (cm/s),
bearing (0.1 degree)."""

_UNKNOWN = -(2**31)
_MAX_MS = 2**52
"""About 142,000 years: no difference of two such times overflows."""

_FIX_BYTES = 8 + 4 * len(_UNITS) + 2


def encode_fixes(fixes: Fixes) -> bytes:
    """Return one blob of at most `BLOB_FIXES` fixes; see `split_fixes`.

    Times are cut to the millisecond, coordinates rounded to 1e-7 degree,
    elevation and accuracy to 0.1 m, speed to 0.01 m/s, bearing to 0.1 degree;
    what is beyond 2**31 such steps is held at that limit. Decoding and encoding
    again changes nothing.

    Raises:
        ValueError: More fixes, or times more than 142,000 years from 1970.
    """
    if len(fixes) > BLOB_FIXES:
        msg = f"{len(fixes)} fixes, a blob holds {BLOB_FIXES}"
        raise ValueError(msg)
    time_ms = fixes.time_us // 1000
    _check_times(time_ms)
    planes = [_planes(np.diff(time_ms, prepend=0))]
    for column, steps in zip(fixes.columns()[1:-1], _UNITS, strict=True):
        planes.append(_planes(_differences(_steps(column, steps))))
    planes.append(_planes(fixes.flags))
    return _FORMAT + pack(b"".join(planes))


def decode_fixes(blob: bytes) -> Fixes:
    """Return the fixes of one blob.

    Raises:
        ValueError: Not such a blob, cut short, or larger than a blob may be.
    """
    if blob[:1] != _FORMAT:
        msg = "unknown format of fix columns"
        raise ValueError(msg)
    data = unpack(blob[1:], max_bytes=BLOB_FIXES * _FIX_BYTES)
    n, rest = divmod(len(data), _FIX_BYTES)
    if rest:
        msg = "fix columns of different length"
        raise ValueError(msg)
    raw = np.frombuffer(data, dtype=np.uint8)
    time_ms = np.cumsum(_whole(raw[: 8 * n], n, np.dtype("<i8")))
    _check_times(time_ms)
    columns: list[NDArray[Any]] = [time_ms * 1000]
    for place, steps in enumerate(_UNITS):
        part = raw[(8 + 4 * place) * n : (12 + 4 * place) * n]
        whole = np.cumsum(_whole(part, n, np.dtype("<u4")), dtype=np.uint32).view(np.int32)
        columns.append(np.where(whole == _UNKNOWN, np.nan, whole / steps))
    columns.append(_whole(raw[_FIX_BYTES * n - 2 * n :], n, np.dtype("<u2")))
    return Fixes(*columns)


def split_fixes(fixes: Fixes) -> Iterator[Fixes]:
    """Yield ``fixes`` in order, in tables of at most `BLOB_FIXES`; none if empty."""
    for start in range(0, len(fixes), BLOB_FIXES):
        yield fixes.take(slice(start, start + BLOB_FIXES))


def join_fixes(parts: Sequence[Fixes]) -> Fixes:
    """Return what `split_fixes` was given; at least one part.

    Raises:
        ValueError: The parts are not in time order.
    """
    return Fixes(
        *(np.concatenate(same) for same in zip(*(p.columns() for p in parts), strict=True))
    )


def _check_times(time_ms: NDArray[np.int64]) -> None:
    if np.any(time_ms > _MAX_MS) or np.any(time_ms < -_MAX_MS):
        msg = "a time too far from 1970"
        raise ValueError(msg)


def _steps(column: NDArray[np.float64], steps: float) -> NDArray[np.int32]:
    limit = 2.0**31 - 1
    whole = np.rint(np.clip(column * steps, -limit, limit))
    return np.where(np.isnan(whole), _UNKNOWN, whole).astype(np.int32)


def _differences(whole: NDArray[np.int32]) -> NDArray[np.uint32]:
    # Modulo 2**32: the difference of two longitudes can exceed an int32, its sum comes back.
    before = np.concatenate((np.zeros(1, dtype=np.uint32), whole.view(np.uint32)))
    return before[1:] - before[:-1]


def _planes(column: NDArray[Any]) -> bytes:
    little = np.ascontiguousarray(column, dtype=column.dtype.newbyteorder("<"))
    return little.view(np.uint8).reshape(len(column), -1).T.tobytes() if len(column) else b""


def _whole(raw: NDArray[np.uint8], n: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    return np.ascontiguousarray(raw.reshape(dtype.itemsize, n).T).view(dtype).reshape(n)
