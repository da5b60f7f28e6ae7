"""Fix columns as bytes: rounded, divided, differenced, folded, split into planes, compressed.

Neighbouring fixes differ little. Folded, so that a small difference is a small number
whatever its sign, the high bytes are nearly all zero, and side by side they cost nothing.
Many receivers write fewer digits than are kept: what divides all differences of a column is
kept once, and so is the first value, from which the others are counted.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np

from geowallet.model.fixes import Fixes
from geowallet.vault.blobs import pack_parts, unpack, unpack_parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

BLOB_FIXES = 8192
"""Fixes a blob: 20 to 50 KB compressed, where the cipher is fastest (docs/performance.md)."""

_SIGNED, _FORMAT = b"\x01", b"\x02"
"""The first format kept signed differences of the first order, in one frame."""

_UNITS = (1e7, 1e7, 10.0, 10.0, 100.0, 10.0)
"""Steps a unit of latitude and longitude (1e-7 degree), elevation and accuracy (dm), speed (cm/s),
bearing (0.1 degree)."""

_UNKNOWN = -(2**31)
_MAX_MS = 2**52
"""About 142,000 years: no difference of two such times overflows."""

_WIDTHS = (8, *[4] * len(_UNITS), 2)
"""Bytes a fix of each column: the time, those of `_UNITS`, the flags."""

_FIX_BYTES = sum(_WIDTHS)

_ORDERS = (0, 1, 2)
"""How often a column may be differenced: not for what jumps about, twice for what moves on."""

_HEAD = struct.Struct(f">H{len(_WIDTHS)}B{len(_WIDTHS)}Iq{len(_UNITS)}ih")
"""Number of fixes; of each column how often it was differenced, its divisor, its first value."""

_STARTS = (0, len(_WIDTHS), 2 * len(_WIDTHS))
"""Where orders, divisors and first values begin in the head, after the number."""

_LARGEST_DIVISOR = 2**32 - 1

_FEW = 1024
"""Up to so many fixes the planes share one frame: heads would cost more than they save."""


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
    whole: list[NDArray[Any]] = [time_ms.view(np.uint64)]
    for column, steps in zip(fixes.columns()[1:-1], _UNITS, strict=True):
        whole.append(_steps(column, steps).view(np.uint32))
    whole.append(fixes.flags)
    orders, divisors, bases, planes = [], [], [], list[bytes]()
    for column in whole:
        base, divisor, small = _divided(column)
        order, folded = _shortest(small)
        orders.append(order)
        divisors.append(divisor)
        bases.append(base)
        planes += _planes(folded)
    head = _HEAD.pack(len(fixes), *orders, *divisors, *bases)
    parts = [b"".join(planes)] if len(fixes) <= _FEW else planes
    return _FORMAT + head + pack_parts(parts, about=head)


def decode_fixes(blob: bytes) -> Fixes:
    """Return the fixes of one blob, of any format that was ever written.

    Raises:
        ValueError: Not such a blob, cut short, or larger than a blob may be.
    """
    if blob[:1] == _SIGNED:
        return _fixes(_signed(blob[1:]))
    if blob[:1] != _FORMAT or len(blob) < 1 + _HEAD.size:
        msg = "unknown format of fix columns"
        raise ValueError(msg)
    n, *said = _HEAD.unpack_from(blob, 1)
    orders, divisors, bases = (said[start : start + len(_WIDTHS)] for start in _STARTS)
    if n > BLOB_FIXES or not {*orders} <= {*_ORDERS} or not all(divisors):
        msg = "fix columns out of range"
        raise ValueError(msg)
    raw = _raw(blob, n)
    columns = []
    for part, width, order, divisor, base in zip(
        _parted(raw, n), _WIDTHS, orders, divisors, bases, strict=True
    ):
        column = _unfolded(_whole(part, n, np.dtype(f"<u{width}")))
        for _ in range(order):
            column = np.cumsum(column, dtype=column.dtype)
        columns.append(_multiplied(column, divisor, base))
    return _fixes(columns)


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


def _raw(blob: bytes, n: int) -> NDArray[np.uint8]:
    """Return the planes of all columns, one after the other."""
    head, body = blob[1 : 1 + _HEAD.size], blob[1 + _HEAD.size :]
    count = 1 if n <= _FEW else _FIX_BYTES
    parts = unpack_parts(body, count=count, part_bytes=_FIX_BYTES // count * n, about=head)
    return np.frombuffer(b"".join(parts), dtype=np.uint8)


def _signed(body: bytes) -> list[NDArray[Any]]:
    """Return the columns of a blob of the first format."""
    data = unpack(body, max_bytes=BLOB_FIXES * _FIX_BYTES)
    n, rest = divmod(len(data), _FIX_BYTES)
    if rest:
        msg = "fix columns of different length"
        raise ValueError(msg)
    parts = _parted(np.frombuffer(data, dtype=np.uint8), n)
    columns = [_whole(part, n, np.dtype(f"<u{w}")) for part, w in zip(parts, _WIDTHS, strict=True)]
    return [*(np.cumsum(column, dtype=column.dtype) for column in columns[:-1]), columns[-1]]


def _fixes(columns: Sequence[NDArray[Any]]) -> Fixes:
    """Return fixes from the whole numbers of every column."""
    time_ms = columns[0].view(np.int64)
    _check_times(time_ms)
    known: list[NDArray[Any]] = [time_ms * 1000]
    for column, steps in zip(columns[1:-1], _UNITS, strict=True):
        whole = column.view(np.int32)
        known.append(np.where(whole == _UNKNOWN, np.nan, whole / steps))
    known.append(columns[-1])
    return Fixes(*known)


def _check_times(time_ms: NDArray[np.int64]) -> None:
    if np.any(time_ms > _MAX_MS) or np.any(time_ms < -_MAX_MS):
        msg = "a time too far from 1970"
        raise ValueError(msg)


def _steps(column: NDArray[np.float64], steps: float) -> NDArray[np.int32]:
    limit = 2.0**31 - 1
    whole = np.rint(np.clip(column * steps, -limit, limit))
    return np.where(np.isnan(whole), _UNKNOWN, whole).astype(np.int32)


def _divided(whole: NDArray[Any]) -> tuple[int, int, NDArray[Any]]:
    """Return the first value, what divides all distances from it, and these divided."""
    if not len(whole):
        return 0, 1, whole
    from_base = _signed_view(whole).astype(np.int64)
    base = int(from_base[0])
    from_base -= base
    divisor = int(np.gcd.reduce(from_base))
    if not 1 < divisor <= _LARGEST_DIVISOR:
        divisor = 1
    # Modulo the width where nothing divides; halves and less fit it.
    return base, divisor, (from_base // divisor).astype(whole.dtype)


def _multiplied(column: NDArray[Any], divisor: int, base: int) -> NDArray[Any]:
    return (_signed_view(column).astype(np.int64) * divisor + base).astype(column.dtype)


def _signed_view(column: NDArray[Any]) -> NDArray[Any]:
    return column.view(f"i{column.itemsize}")


def _shortest(whole: NDArray[Any]) -> tuple[int, NDArray[Any]]:
    """Return the order whose folded differences have the fewest bits, and these."""
    # Modulo the width: a difference of two longitudes can overflow, its sum comes back.
    every = [
        _folded(np.diff(whole, n=order, prepend=np.zeros(order, dtype=whole.dtype)))
        for order in _ORDERS
    ]
    bits = [int(np.frexp(folded.astype(np.float64))[1].sum()) for folded in every]
    order = bits.index(min(bits))
    return order, every[order]


def _folded(column: NDArray[Any]) -> NDArray[Any]:
    """Return 0, -1, 1, -2, 2 ... of an unsigned type as 0, 1, 2, 3, 4 ..."""
    sign = column >> (8 * column.itemsize - 1)
    folded: NDArray[Any] = np.bitwise_xor(column << 1, np.negative(sign))
    return folded


def _unfolded(folded: NDArray[Any]) -> NDArray[Any]:
    column: NDArray[Any] = np.bitwise_xor(folded >> 1, np.negative(folded & 1))
    return column


def _planes(column: NDArray[Any]) -> list[bytes]:
    little = np.ascontiguousarray(column, dtype=column.dtype.newbyteorder("<"))
    if not len(column):
        return [b""] * column.itemsize
    return [plane.tobytes() for plane in little.view(np.uint8).reshape(len(column), -1).T]


def _parted(raw: NDArray[np.uint8], n: int) -> list[NDArray[np.uint8]]:
    """Return the bytes of each column."""
    stops = np.cumsum([width * n for width in _WIDTHS])
    return np.split(raw, stops[:-1])


def _whole(raw: NDArray[np.uint8], n: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    return np.ascontiguousarray(raw.reshape(dtype.itemsize, n).T).view(dtype).reshape(n)
