"""A trip every ten seconds: how fast, at several scales, for finding where walking begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.geodesy import EARTH_RADIUS_M

if TYPE_CHECKING:
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


def grid_of(path: Path, first: int, last: int) -> NDArray[np.float64]:
    """Return the instants in seconds at which a trip is looked at, at least two."""
    start_s, end_s = float(path.time_s[first]), float(path.time_s[last])
    steps = int(np.clip(np.ceil((end_s - start_s) / GRID_S), 1, MOST_POINTS))
    return np.linspace(start_s, end_s, steps + 1)


def grid_table(
    path: Path, grid_s: NDArray[np.float64], edge_mps: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Describe each instant of a trip by speeds about it.

    Args:
        path: The ``n`` fixes of the chunk.
        grid_s: ``(g,)`` as `grid_of` returns them, evenly spaced.
        edge_mps: ``(n,)`` speeds of the path over some seconds.

    Returns:
        ``(g, len(COLUMNS))``, metres and seconds; NaN only where the source
        gives no accuracy.
    """
    east_m, north_m = _smooth(path, grid_s)
    step_s = max(float(grid_s[1] - grid_s[0]), 1e-3)
    index, last = np.arange(len(grid_s)), len(grid_s) - 1
    columns = []
    for half in HALVES:
        a, b = np.maximum(index - half, 0), np.minimum(index + half, last)
        columns.append(np.hypot(east_m[b] - east_m[a], north_m[b] - north_m[a]))
        columns[-1] /= (b - a) * step_s
    speed = columns[1]
    slow, fast = WALKING_MPS
    means = _Means(np.stack((speed, speed**2, (speed > slow) & (speed < fast), columns[0])))
    extremes = _Extremes(np.stack((speed, -speed)))
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
    columns += _brief(path, grid_s, edge_mps, step_s)
    change = np.abs(np.gradient(columns[0], step_s))
    columns.append(_Means(change[None]).over(6, 6)[0])
    columns += _receiver(path, grid_s)
    return np.column_stack(columns)


class _Means:
    """Means of ``(rows, g)`` values over windows of the grid."""

    def __init__(self, values: NDArray[np.float64]) -> None:
        self.size = values.shape[1]
        self.total = np.zeros((values.shape[0], self.size + 1))
        np.cumsum(values, axis=1, out=self.total[:, 1:])

    def over(self, before: int, after: int) -> NDArray[np.float64]:
        """Return the mean from ``before`` steps back to ``after`` steps ahead."""
        index = np.arange(self.size)
        a, b = np.maximum(index - before, 0), np.minimum(index + after + 1, self.size)
        mean: NDArray[np.float64] = (self.total[:, b] - self.total[:, a]) / (b - a)
        return mean


class _Extremes:
    """Highest of ``(rows, g)`` values over windows, from those of powers of two.

    Source:
        Bender and Farach-Colton (2000), "The LCA problem revisited", LATIN, LNCS 1776.
    """

    def __init__(self, values: NDArray[np.float64]) -> None:
        self.size, self.margin = values.shape[1], max(*AROUND, *SIDES)
        edge = np.full((values.shape[0], self.margin), -np.inf)
        self.levels = [np.concatenate((edge, values, edge), axis=1)]
        width = 1
        while 2 * width <= 2 * self.margin + 1:
            level = self.levels[-1]
            self.levels.append(np.maximum(level[:, :-width], level[:, width:]))
            width *= 2

    def over(self, before: int, after: int) -> NDArray[np.float64]:
        """Return the highest from ``before`` steps back to ``after`` steps ahead."""
        power = (before + after + 1).bit_length() - 1
        level, first = self.levels[power], self.margin - before
        second = self.margin + after + 1 - (1 << power)
        a, b = (level[:, at : at + self.size] for at in (first, second))
        highest: NDArray[np.float64] = np.maximum(a, b)
        return highest


def _smooth(
    path: Path, grid_s: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return metres east and north: the mean of each step's fixes, else in between."""
    low = np.searchsorted(path.time_s, grid_s - GRID_S / 2, side="left")
    high = np.searchsorted(path.time_s, grid_s + GRID_S / 2, side="right")
    a, b = int(low[0]), int(max(high[-1], low[0] + 1))
    some = np.maximum(high - low, 1)
    found = []
    for column in (path.lat_deg, path.lon_deg):
        total = np.concatenate(([0.0], np.cumsum(column[a:b] - column[a])))
        mean = (total[high - a] - total[low - a]) / some + column[a]
        between = np.interp(grid_s, path.time_s[a:b], column[a:b])
        found.append(np.where(high > low, mean, between))
    scale_m = np.radians(1.0) * EARTH_RADIUS_M
    lat, lon = found
    narrow = np.cos(np.radians((lat[1:] + lat[:-1]) / 2))
    east_m = np.concatenate(([0.0], np.cumsum(np.diff(lon) * narrow))) * scale_m
    return east_m, (lat - lat[0]) * scale_m


def _brief(
    path: Path, grid_s: NDArray[np.float64], edge_mps: NDArray[np.float64], step_s: float
) -> list[NDArray[np.float64]]:
    """Return for which share of the time about each instant the fixes roll, or halt."""
    low = int(np.searchsorted(path.time_s, grid_s[0], side="left"))
    high = int(np.searchsorted(path.time_s, grid_s[-1], side="right"))
    time_s, speed = path.time_s[low:high], edge_mps[low:high]
    spent = []
    for held in (speed > WALKING_MPS[1], speed < WALKING_MPS[0]):
        half = np.diff(time_s) * (held[1:] * 0.5 + held[:-1] * 0.5)
        spent.append(np.concatenate(([0.0], np.cumsum(half))))
    found = []
    for around in BRIEF:
        edges = np.clip(grid_s + around * step_s, None, time_s[-1])
        start = np.clip(grid_s - around * step_s, time_s[0], None)
        lasting_s = np.maximum(edges - start, 1e-3)
        for total in spent:
            share = np.interp(edges, time_s, total) - np.interp(start, time_s, total)
            found.append(share / lasting_s)
    return found


def _receiver(path: Path, grid_s: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Return how often and how exactly the source tells, about each instant."""
    near = np.searchsorted(path.time_s, grid_s, side="right") - 1
    near = np.clip(near, 0, len(path) - 1)
    low = np.searchsorted(path.time_s, grid_s - 120.0, side="left")
    high = np.searchsorted(path.time_s, grid_s + 120.0, side="right")
    cadence_s = 240.0 / np.maximum(high - low, 0.5)
    return [cadence_s, path.accuracy_m[near]]
