"""Decimal numbers and instants read from columns of bytes, all rows at once.

Every number is what ``float`` makes of the same characters: up to 15 digits are
an integer below 2^53 and at most 15 of them stand behind the point, so that one
exact integer is divided by one exact power of ten (Clinger, "How to read floating
point numbers accurately", PLDI 1990, section 4). Longer ones go to ``float``.
"""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Positions = NDArray[np.int64]

LONGEST_NUMBER = 24
"""Characters, sign and point included."""

SHORT_NUMBER = 16
"""Below so many characters without the sign, a number is read as digits."""

WORD = 8
"""Bytes are compared so many at a time."""

_ZERO, _POINT, _MINUS, _PLUS = b"0.-+"
_POINT_DIGIT = np.uint8(_POINT ^ _ZERO)
_COLUMNS = np.arange(SHORT_NUMBER)
_WITHIN = np.where(_COLUMNS[:, None] + _COLUMNS < SHORT_NUMBER, 0, 0xFF).astype(np.uint8)
"""Mask of the bytes of a number, by its length, that ends a row of 16."""

_AFTER = np.arange(SHORT_NUMBER + 1)[:, None]
_EXPONENTS = _COLUMNS[::-1]
_WEIGHTS = 10.0 ** (_EXPONENTS - (_EXPONENTS > _AFTER)) * (_EXPONENTS != _AFTER)
"""What each of 16 digits counts, by how many stand after the point; last without one."""

_POWERS = np.append(10.0 ** np.arange(SHORT_NUMBER), 1.0)
"""By what to divide, by how many digits stand after the point; last without one."""

_SECONDS_AT = 19
_FORM = b"0000-00-00T00:00:00".ljust(24, b"\0")
_FORM_ROW = np.frombuffer(_FORM, dtype=np.uint8)
_SIX = np.where(_FORM_ROW == _ZERO, 6, 0).astype(np.uint8).view(np.uint64)
_STRAY = np.where(_FORM_ROW == _ZERO, 0xF0, np.where(_FORM_ROW > 0, 0xFF, 0)).astype(np.uint8)
_STRAY_BITS = _STRAY.view(np.uint64)
"""Bits that only what is no digit, or another mark, sets in a stamp; see `_strays`."""

_CLOCK = np.array([36_000, 3_600, 0, 600, 60, 0, 10, 1], dtype=np.float64)
"""Seconds that each character of ``08:00:00`` counts."""

_DAY_CHARACTERS = 10
_DAY_US = 86_400_000_000
_EPOCH = dt.date(1970, 1, 1)
_YEARS = range(1000, 3000)
_WHOLE = 20
"""Characters of an instant in whole seconds."""

_MOST_DECIMALS = 6
LONGEST_INSTANT = _WHOLE + 1 + _MOST_DECIMALS


def rows_of(text: Bytes, at: Positions, width: int) -> Bytes:
    """Return ``width`` bytes from each position on, uint8 ``(n, width)``.

    ``text`` must be contiguous and reach ``width`` bytes beyond every position.
    """
    view = np.ndarray((len(text) - width + 1,), dtype=f"V{width}", buffer=text, strides=(1,))
    return view[at].view(np.uint8).reshape(len(at), width)


def no_bits(words: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Say which rows of ``(n, k)`` words, k at least 1, are all zero: bool ``(n,)``."""
    # Column by column: along so short an axis, numpy's own reduction takes far longer.
    found = words[:, 0].copy()
    for column in range(1, words.shape[1]):
        found |= words[:, column]
    none: NDArray[np.bool_] = found == 0
    return none


def numbers(
    text: Bytes, start: Positions, stop: Positions
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the numbers written in ``text[start:stop]``, and where there is one.

    Args:
        text: uint8, with at least `LONGEST_NUMBER` bytes before every stop.
        start: int64 ``(n,)``.
        stop: int64 ``(n,)``.

    Returns:
        float64 ``(n,)``, meaningless where not good; bool ``(n,)``. Good is an
        optional sign, digits, and at most one point among or beside them.
    """
    length = stop - start
    good = (length >= 1) & (length <= LONGEST_NUMBER)
    length = np.where(good, length, 1)
    first = text[np.where(good, start, stop - 1)]
    negative = first == _MINUS
    digits = length - (negative | (first == _PLUS))
    short = digits < SHORT_NUMBER
    values, fine = _short(text, stop, np.where(short, digits, 1))
    good &= fine | ~short
    for row in np.flatnonzero(good & ~short):
        values[row], good[row] = _long(text[stop[row] - digits[row] : stop[row]].tobytes())
    return np.where(negative, -values, values), good


def instants(
    text: Bytes, start: Positions, stop: Positions
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the instants written in ``text[start:stop]``, and where there is one.

    The form is ``2026-05-04T08:00:00Z``, with one to six decimals of a second or
    without, in the years 1000 to 2999.

    Args:
        text: uint8, with at least `LONGEST_INSTANT` bytes beyond every start.
        start: int64 ``(n,)``, ``n`` at least 1.
        stop: int64 ``(n,)``.

    Returns:
        Microseconds since the epoch, int64 ``(n,)``, meaningless where not
        good; bool ``(n,)``.
    """
    length = stop - start
    fraction = (length >= _WHOLE + 2) & (length <= LONGEST_INSTANT)
    words = rows_of(text, start, len(_FORM)).view(np.uint64) ^ _FORM_ROW.view(np.uint64)
    # A byte below ten sets no high bit, nor does it with six added.
    good = no_bits((words | words + _SIX) & _STRAY_BITS)
    good &= (fraction | (length == _WHOLE)) & (text[stop - 1] == ord("Z"))
    digits = words.view(np.uint8).reshape(len(start), len(_FORM))
    good &= (digits[:, 11] * 10 + digits[:, 12] < 24) & (digits[:, 14] < 6) & (digits[:, 17] < 6)
    days_us, known = _days_us(rows_of(text, start, _DAY_CHARACTERS), good)
    clock_s = digits[:, _DAY_CHARACTERS + 1 : _SECONDS_AT].astype(np.float64) @ _CLOCK
    time_us = days_us + clock_s.astype(np.int64) * 1_000_000
    if fraction.any():
        part_us, fine = _fractions_us(text, start + _SECONDS_AT, length - _WHOLE - 1)
        time_us += np.where(fraction, part_us, 0)
        good &= fine | ~fraction
    return time_us, good & known


def days_of(written: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the beginning of days given as 20260504, and where there is such a day.

    Args:
        written: int64 ``(n,)``, 0 to 99999999; the years 1000 to 2999 are read.

    Returns:
        Microseconds since the epoch, int64 ``(n,)``; bool ``(n,)``.
    """
    fresh = np.flatnonzero(np.diff(written, prepend=-1))
    begins, known = np.zeros(len(fresh), dtype=np.int64), np.zeros(len(fresh), dtype=np.bool_)
    for at, number in enumerate(written[fresh].tolist()):
        year, month, day = number // 10_000, number // 100 % 100, number % 100
        with suppress(ValueError):
            begins[at] = (dt.date(year, month, day) - _EPOCH).days * _DAY_US
            known[at] = year in _YEARS
    counts = np.diff(np.append(fresh, len(written)))
    return np.repeat(begins, counts), np.repeat(known, counts)


def _fractions_us(
    text: Bytes, at: Positions, decimals: Positions
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return what the fractions, from their point on, are worth, and where there is one."""
    rows = rows_of(text, at, 1 + _MOST_DECIMALS)
    digits = rows[:, 1:] ^ np.uint8(_ZERO)
    digits[np.arange(_MOST_DECIMALS) >= decimals[:, None]] = 0
    good = (rows[:, 0] == _POINT) & (digits < 10).all(axis=1)
    return digits @ 10 ** np.arange(_MOST_DECIMALS - 1, -1, -1, dtype=np.int64), good


def _short(
    text: Bytes, stop: Positions, length: Positions
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return numbers without sign, of 1 to 15 characters, and where there is one."""
    rows = rows_of(text, stop - SHORT_NUMBER, SHORT_NUMBER)
    rows ^= np.uint8(_ZERO)
    rows &= _WITHIN[length]
    column = int(np.argmax(rows[0] == _POINT_DIGIT))
    if (rows[:, column] == _POINT_DIGIT).all():
        after = np.intp(SHORT_NUMBER - 1 - column)
        rows[:, column] = 0
        values = rows.astype(np.float64) @ _WEIGHTS[after] / _POWERS[after]
        return values, (length > 1) & _all_digits(rows)
    points = rows == _POINT_DIGIT
    count = np.count_nonzero(points, axis=1)
    rows[points] = 0
    fine = (count <= 1) & (length > count) & _all_digits(rows)
    many = np.where(count > 0, SHORT_NUMBER - 1 - np.argmax(points, axis=1), SHORT_NUMBER)
    exact = np.einsum("ij,ij->i", rows.astype(np.float64), _WEIGHTS[many])
    return exact / _POWERS[many], fine


def _all_digits(rows: Bytes) -> NDArray[np.bool_]:
    """Say which rows, of two words, hold nothing above nine."""
    words = rows.view(np.uint64)
    six, stray = np.uint64(0x0606060606060606), np.uint64(0xF0F0F0F0F0F0F0F0)
    return no_bits((words | words + six) & stray)


def _long(text: bytes) -> tuple[float, bool]:
    plain = text.replace(b".", b"", 1).isdigit()
    return (float(text), True) if plain else (0.0, False)


def _days_us(days: Bytes, good: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the beginning of each day, and where there is such a day."""
    fresh = np.concatenate([[True], (days[1:] != days[:-1]).any(axis=1)])
    number = np.cumsum(fresh) - 1
    begins = np.zeros(int(number[-1]) + 1, dtype=np.int64)
    known = np.zeros(len(begins), dtype=np.bool_)
    for at, row in enumerate(np.flatnonzero(fresh)):
        if good[row] and days[row, 0] in b"12":
            try:
                day = np.datetime64(days[row].tobytes().decode("ascii"), "D")
            except ValueError:
                continue
            begins[at], known[at] = day.astype(np.int64) * _DAY_US, True
    return begins[number], known[number]
