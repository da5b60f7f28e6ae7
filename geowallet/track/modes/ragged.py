"""Rows of several legs laid end to end, and figures of each leg at once.

A loop over legs would cost more than the arithmetic. Values are counted in ten
thousandths before they are sorted or added up, so that a leg has the same figures
alone as among others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_Kind = TypeVar("_Kind", bound=np.generic)

UNIT = 1e-4
"""Resolution of values that are sorted: a tenth of a millimetre, or of one mm/s."""

_MOST = 2.0**39 - 1
_WIDE = 2.0**31
_TURN = 2 * np.pi


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """``t`` rows of ``k`` legs.

    Attributes:
        count: intp ``(k,)``, rows of each leg; 0 is allowed.
        start: intp ``(k,)``, index of the first row of each leg.
        leg: intp ``(t,)``, the leg of each row, ascending.
    """

    count: NDArray[np.intp]
    start: NDArray[np.intp]
    leg: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.leg)

    @property
    def end(self) -> NDArray[np.intp]:
        """Index after the last row of each leg."""
        return self.start + self.count

    def offset(self) -> NDArray[np.intp]:
        """Return the number of each row within its leg, from 0."""
        return np.arange(len(self)) - np.repeat(self.start, self.count)

    def spread(self, value: NDArray[_Kind]) -> NDArray[_Kind]:
        """Return the value of its leg for each row, ``(t,)``."""
        return np.repeat(value, self.count)

    def kept(self, mask: NDArray[np.bool_]) -> Rows:
        """Return the rows where ``mask`` (bool, ``(t,)``) is set."""
        return rows_of(np.bincount(self.leg[mask], minlength=len(self.count)))


def rows_of(count: NDArray[np.integer]) -> Rows:
    """Return rows for legs of ``count`` rows each."""
    counts = np.asarray(count, dtype=np.intp)
    start = np.cumsum(counts) - counts
    return Rows(counts, start, np.repeat(np.arange(len(counts)), counts))


def quantiles(
    rows: Rows, value: NDArray[np.float64], shares: Sequence[float]
) -> NDArray[np.float64]:
    """Return quantiles of each leg, ``(k, len(shares))``, NaN for a leg without rows.

    Between two values the result is interpolated (Hyndman and Fan 1996, type 7).
    """
    ordered = _ordered(rows, value)
    found = np.full((len(rows.count), len(shares)), np.nan)
    some = rows.count > 0
    first, last = rows.start[some], rows.count[some] - 1
    for column, share in enumerate(shares):
        place = share * last
        low = np.floor(place).astype(np.intp)
        high = np.minimum(low + 1, last)
        below, above = (ordered[first + at].astype(np.int64) for at in (low, high))
        found[some, column] = (below + (above - below) * (place - low)) * UNIT
    return found


def _ordered(rows: Rows, value: NDArray[np.float64]) -> NDArray[np.signedinteger]:
    """Return the values of each leg in `UNIT`, ascending."""
    unit = value / UNIT
    np.rint(np.clip(unit, -_MOST, _MOST, out=unit), out=unit)
    most = max(-float(np.min(unit, initial=0.0)), float(np.max(unit, initial=0.0)))
    # Half as wide, they are sorted twice as fast.
    ordered: NDArray[np.signedinteger] = unit.astype(np.int32 if most < _WIDE else np.int64)
    for first, after in zip(rows.start.tolist(), rows.end.tolist(), strict=True):
        ordered[first:after].sort()
    return ordered


def lengths(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the lengths of vectors, ``(n,)``: a third of the cost of ``hypot``.

    What would overflow here is no distance on this planet.
    """
    squared = x * x
    squared += y * y
    return np.sqrt(squared, out=squared)


def turned_rad(change: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return changes of heading, less than a turn, as turns to either side, 0 to pi, ``(n,)``.

    What a remainder says, at a quarter of its cost.
    """
    turned = change + np.pi
    turned += _TURN * (turned < 0.0)
    turned -= _TURN * (turned >= _TURN)
    turned -= np.pi
    return np.abs(turned, out=turned)


def running(rows: Rows, value: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the running sum within each leg, ``(t,)``, the same alone as among others."""
    found = np.empty(len(value))
    # A sum over all legs, less what came before, would end in other digits.
    for first, after in zip(rows.start.tolist(), rows.end.tolist(), strict=True):
        value[first:after].cumsum(out=found[first:after])
    return found


def sums(rows: Rows, value: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sum of each leg, ``(k,)``."""
    return np.bincount(rows.leg, value, minlength=len(rows.count)).astype(np.float64, copy=False)


def shares(rows: Rows, mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the share of rows of each leg where ``mask`` is set, NaN without rows."""
    return ratio(np.bincount(rows.leg[mask], minlength=len(rows.count)), rows.count)


def means(rows: Rows, value: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of each leg, ``(k,)``, NaN for a leg without rows."""
    return ratio(sums(rows, value), rows.count)


def spreads(rows: Rows, value: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the standard deviation over the mean of each leg, NaN without rows."""
    mean = means(rows, value)
    variance = means(rows, (value - mean[rows.leg]) ** 2)
    return ratio(np.sqrt(variance), np.maximum(np.abs(mean), 0.1))


def largest(rows: Rows, value: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the largest value of each leg, ``(k,)``, NaN for a leg without rows."""
    found = np.full(len(rows.count), np.nan)
    some = rows.count > 0
    if np.any(some):
        found[some] = np.maximum.reduceat(value, rows.start[some])
    return found


def ratio(
    above: NDArray[np.floating] | NDArray[np.integer],
    below: NDArray[np.floating] | NDArray[np.integer],
) -> NDArray[np.float64]:
    """Return ``above / below``, NaN where ``below`` is not positive."""
    result = np.full(np.broadcast(above, below).shape, np.nan)
    np.divide(above, below, out=result, where=np.asarray(below) > 0)
    return result


def runs(rows: Rows, mask: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the first row and the row after the last of every run of set rows in one leg."""
    if not len(rows):
        return np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp)
    apart = np.diff(rows.leg) != 0
    begins = mask & np.concatenate(([True], ~mask[:-1] | apart))
    ends = mask & np.concatenate((~mask[1:] | apart, [True]))
    return np.flatnonzero(begins), np.flatnonzero(ends) + 1
