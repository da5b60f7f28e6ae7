"""Trips every ten seconds: how fast, at several scales, for finding where walking begins.

The instants of all trips lie end to end; sums run within each trip, so that a trip is
described alike alone and among others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.geodesy import EARTH_RADIUS_M
from geowallet.track.between import Between
from geowallet.track.modes.ragged import Rows, lengths, rows_of, running

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geowallet.track.motion import Path

GRID_S = 10.0
"""A change of mode is placed to ten seconds first, to a fix afterwards."""

MOST_POINTS = 60_000
"""A week; a longer trip is looked at in coarser steps, so that memory stays bounded."""

HALVES = (1, 2, 4, 9, 18)
"""Half windows of displacements, in steps: 10 s to 3 minutes."""

AROUND = (3, 9, 18, 60)
"""Half windows of means and extremes of speed, in steps: 30 s to 10 minutes."""

SIDES = (9, 30)
"""How far back and ahead each side alone is looked at, in steps."""

WALKING_MPS = (0.6, 2.1)
"""From three standard deviations below free walking (1.34 m/s, Buchmueller and Weidmann
2006) to the speed at which people begin to run (Hreljac 1993)."""

BRIEF = (6, 18)
"""Half windows in which brief halts and brief speeds are looked for."""

COLUMNS: tuple[str, ...] = (
    *(f"over_{h}_mps" for h in HALVES),
    *(f"{what}_{a}_mps" for a in AROUND for what in ("mean", "highest", "lowest", "spread")),
    *(f"walking_{a}_share" for a in AROUND),
    *(f"{side}_{a}_mps" for a in SIDES for side in ("before", "after")),
    *(f"{side}_high_{a}_mps" for a in SIDES for side in ("before", "after")),
    "turning_3_share",
    "turning_9_share",
    *(f"{what}_{a}_share" for a in BRIEF for what in ("rolling", "halted")),
    "speed_up_mps2",
    "cadence_s",
    "accuracy_m",
)
"""Names of the columns of `grid_table`; numbers count steps of `GRID_S`."""


@dataclass(frozen=True, slots=True, eq=False)
class Instants:
    """The ``g`` instants at which ``k`` trips are looked at, at least two of each.

    Attributes:
        rows: The instants of each trip.
        at_s: ``(g,)`` seconds of the path, evenly spaced within a trip.
        step_s: ``(k,)`` between two of them.
        first: intp ``(k,)``, index of the first fix of each trip.
        last: intp ``(k,)``, index of its last fix.
    """

    rows: Rows
    at_s: NDArray[np.float64]
    step_s: NDArray[np.float64]
    first: NDArray[np.intp]
    last: NDArray[np.intp]


def instants_of(path: Path, trips: Sequence[tuple[int, int]]) -> Instants:
    """Return the instants at which trips are looked at.

    Args:
        path: The fixes of the chunk.
        trips: Index of the first and of the last fix of each, at least one trip; in
            time order, without overlap.
    """
    first, last = (np.array(column, dtype=np.intp) for column in zip(*trips, strict=True))
    start_s, end_s = path.time_s[first], path.time_s[last]
    steps = np.clip(np.ceil((end_s - start_s) / GRID_S), 1, MOST_POINTS).astype(np.intp)
    rows = rows_of(steps + 1)
    at_s = rows.offset() * ((end_s - start_s) / steps)[rows.leg] + start_s[rows.leg]
    at_s[rows.end - 1] = end_s
    return Instants(rows, at_s, at_s[rows.start + 1] - at_s[rows.start], first, last)


def grid_table(
    path: Path, instants: Instants, edge_mps: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Describe each instant of trips by speeds about it.

    Args:
        path: The ``n`` fixes of the chunk.
        instants: As `instants_of` returns them, ``g`` in all.
        edge_mps: ``(n,)`` speeds of the path over some seconds.

    Returns:
        ``(g, len(COLUMNS))``, metres and seconds; NaN only where the source
        gives no accuracy.
    """
    rows, at_s = instants.rows, instants.at_s
    east_m, north_m = _smooth(path, instants)
    step_s = np.maximum(instants.step_s, 1e-3)[rows.leg]
    columns = _displacements(rows, east_m, north_m, step_s)
    speed = columns[1]
    slow, fast = WALKING_MPS
    means = _Means(rows, np.stack((speed, speed**2, (speed > slow) & (speed < fast), columns[0])))
    extremes = _Extremes(rows, np.stack((speed, -speed)))
    shares = []
    for around in AROUND:
        mean, square, pace, _ = means.over(around, around)
        highest, lowest = extremes.over(around, around)
        spread = np.sqrt(np.maximum(square - mean**2, 0.0))
        columns += [mean, highest, -lowest, spread]
        shares.append(pace)
    columns += shares
    for around in SIDES:
        columns += [means.over(around, 0)[0], means.over(0, around)[0]]
    for around in SIDES:
        columns += [extremes.over(around, 0)[0], extremes.over(0, around)[0]]
    columns.append(columns[2] / np.maximum(means.over(4, 4)[3], 0.1))
    columns.append(columns[3] / np.maximum(means.over(9, 9)[0], 0.1))
    columns += _brief(path, instants, edge_mps, step_s)
    columns.append(_Means(rows, np.abs(_slope(rows, columns[0], step_s))[None]).over(6, 6)[0])
    columns += _receiver(path, at_s)
    return np.column_stack(columns)


def _displacements(
    rows: Rows,
    east_m: NDArray[np.float64],
    north_m: NDArray[np.float64],
    step_s: NDArray[np.float64],
) -> list[NDArray[np.float64]]:
    """Return the speeds from as many steps back to as many ahead, for each of `HALVES`."""
    index, (start, end) = np.arange(len(rows)), _edges(rows)
    found = []
    for half in HALVES:
        a, b = np.maximum(index - half, start), np.minimum(index + half, end - 1)
        east, north = (column.take(b) - column.take(a) for column in (east_m, north_m))
        found.append(lengths(east, north) / ((b - a) * step_s))
    return found


def _edges(rows: Rows) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return, per instant, the first of its trip and the one after the last."""
    return np.repeat(rows.start, rows.count), np.repeat(rows.end, rows.count)


def _slope(
    rows: Rows, value: NDArray[np.float64], step_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the change of a value a second, by its neighbours on both sides."""
    found = np.empty(len(value))
    found[1:-1] = (value[2:] - value[:-2]) / (2.0 * step_s[1:-1])
    first, last = rows.start, rows.end - 1
    found[first] = (value[first + 1] - value[first]) / step_s[first]
    found[last] = (value[last] - value[last - 1]) / step_s[last]
    return found


class _Means:
    """Means of ``(c, g)`` values over windows within each trip."""

    __slots__ = ("_end", "_index", "_leg", "_start", "_total")

    def __init__(self, rows: Rows, values: NDArray[np.float64]) -> None:
        self._index, (self._start, self._end) = np.arange(len(rows)), _edges(rows)
        self._leg = rows.leg
        # Before each trip stands a zero.
        self._total = np.zeros((len(values), len(rows) + len(rows.count)))
        for leg, (a, b) in enumerate(zip(rows.start.tolist(), rows.end.tolist(), strict=True)):
            np.cumsum(values[:, a:b], axis=1, out=self._total[:, a + leg + 1 : b + leg + 1])

    def over(self, before: int, after: int) -> NDArray[np.float64]:
        """Return the means from ``before`` steps back to ``after`` steps ahead."""
        a = np.maximum(self._index - before, self._start)
        b = np.minimum(self._index + after + 1, self._end)
        mean: NDArray[np.float64] = self._total.take(b + self._leg, axis=1)
        mean -= self._total.take(a + self._leg, axis=1)
        mean /= b - a
        return mean


class _Extremes:
    """Highest of ``(c, g)`` values over windows, from those of powers of two.

    Source:
        Bender and Farach-Colton (2000), "The LCA problem revisited", LATIN, LNCS 1776.
    """

    __slots__ = ("_levels", "_place")

    def __init__(self, rows: Rows, values: NDArray[np.float64]) -> None:
        margin = max(*AROUND, *SIDES)
        # Around each trip stands a margin as wide as the widest window.
        self._place = np.arange(len(rows)) + (rows.leg + 1) * margin
        edged = np.full((len(values), len(rows) + (len(rows.count) + 1) * margin), -np.inf)
        edged[:, self._place] = values
        self._levels, width = [edged], 1
        while 2 * width <= 2 * margin + 1:
            level = self._levels[-1]
            self._levels.append(np.maximum(level[:, :-width], level[:, width:]))
            width *= 2

    def over(self, before: int, after: int) -> NDArray[np.float64]:
        """Return the highest from ``before`` steps back to ``after`` steps ahead."""
        power = (before + after + 1).bit_length() - 1
        level, first = self._levels[power], self._place - before
        second = first + before + after + 1 - (1 << power)
        highest: NDArray[np.float64] = level.take(first, axis=1)
        np.maximum(highest, level.take(second, axis=1), out=highest)
        return highest


def _smooth(path: Path, instants: Instants) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return metres east and north: the mean of each step's fixes, else in between."""
    rows, at_s = instants.rows, instants.at_s
    low = np.searchsorted(path.time_s, at_s - GRID_S / 2, side="left")
    high = np.searchsorted(path.time_s, at_s + GRID_S / 2, side="right")
    a, b = low[rows.start], np.maximum(high[rows.end - 1], low[rows.start] + 1)
    fixes = rows_of(b - a + 1)
    shift = (fixes.start - a)[rows.leg]
    some, between = np.maximum(high - low, 1), Between(path.time_s, at_s)
    found = []
    for column in (path.lat_deg, path.lon_deg):
        total = np.zeros(len(fixes))
        for start, x, y in zip(fixes.start.tolist(), a.tolist(), b.tolist(), strict=True):
            np.cumsum(column[x:y] - column[x], out=total[start + 1 : start + 1 + y - x])
        mean = (total.take(high + shift) - total.take(low + shift)) / some
        mean += column.take(a)[rows.leg]
        found.append(np.where(high > low, mean, between.of(column)))
    scale_m = np.radians(1.0) * EARTH_RADIUS_M
    lat, lon = found
    east = np.zeros(len(lon))
    east[1:] = np.diff(lon) * np.cos(np.radians((lat[1:] + lat[:-1]) / 2))
    east[rows.start] = 0.0
    return running(rows, east) * scale_m, (lat - lat[rows.start][rows.leg]) * scale_m


def _brief(
    path: Path, instants: Instants, edge_mps: NDArray[np.float64], step_s: NDArray[np.float64]
) -> list[NDArray[np.float64]]:
    """Return for which share of the time about each instant the fixes roll, or halt."""
    leg, at_s = instants.rows.leg, instants.at_s
    fixes = rows_of(instants.last - instants.first + 1)
    index = instants.first[fixes.leg] + fixes.offset()
    time_s, speed = path.time_s[index], edge_mps[index]
    spent = []
    for held in (speed > WALKING_MPS[1], speed < WALKING_MPS[0]):
        half = np.zeros(len(time_s))
        half[1:] = np.diff(time_s) * (held[1:] * 0.5 + held[:-1] * 0.5)
        half[fixes.start] = 0.0
        spent.append(running(fixes, half))
    start_s, end_s = (time_s[edge][leg] for edge in (fixes.start, fixes.end - 1))
    found = []
    for around in BRIEF:
        until_s = np.minimum(at_s + around * step_s, end_s)
        since_s = np.maximum(at_s - around * step_s, start_s)
        lasting_s = np.maximum(until_s - since_s, 1e-3)
        until, since = Between(time_s, until_s), Between(time_s, since_s)
        found += [(until.of(total) - since.of(total)) / lasting_s for total in spent]
    return found


def _receiver(path: Path, at_s: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Return how often and how exactly the source tells, about each instant."""
    near = np.searchsorted(path.time_s, at_s, side="right") - 1
    near = np.clip(near, 0, len(path) - 1)
    low = np.searchsorted(path.time_s, at_s - 120.0, side="left")
    high = np.searchsorted(path.time_s, at_s + 120.0, side="right")
    cadence_s = 240.0 / np.maximum(high - low, 0.5)
    return [cadence_s, path.accuracy_m[near]]
