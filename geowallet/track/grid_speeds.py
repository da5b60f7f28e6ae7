"""A trip every ten seconds: how fast, at several scales, for finding where walking begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.geodesy import distances_m

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

WALKING_MPS = (0.6, 2.1)
"""From three standard deviations below free walking (1.34 m/s, Buchmueller and Weidmann
2006) to the speed at which people begin to run (Hreljac 1993)."""

BRIEF = (6, 18)
"""Half windows in which brief halts and brief speeds are looked for."""

COLUMNS: tuple[str, ...] = (
    *(f"over_{h}_mps" for h in HALVES),
    *(f"{what}_{a}_mps" for a in AROUND for what in ("mean", "highest", "lowest", "spread")),
    *(f"walking_{a}_share" for a in AROUND),
    *(f"{side}_{a}_mps" for a in (9, 30) for side in ("before", "after")),
    *(f"{side}_high_{a}_mps" for a in (9, 30) for side in ("before", "after")),
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
    lat, lon = _smooth(path, grid_s)
    step_s = max(float(grid_s[1] - grid_s[0]), 1e-3)
    index = np.arange(len(grid_s))
    columns = []
    for half in HALVES:
        a, b = np.maximum(index - half, 0), np.minimum(index + half, len(grid_s) - 1)
        columns.append(distances_m(lat[a], lon[a], lat[b], lon[b]) / ((b - a) * step_s))
    speed = columns[1]
    for around in AROUND:
        columns += _about(speed, around)
    slow, fast = WALKING_MPS
    pace = ((speed > slow) & (speed < fast)).astype(np.float64)
    columns += [_mean(pace, around, around) for around in AROUND]
    for around in (9, 30):
        columns += [_mean(speed, around, 0), _mean(speed, 0, around)]
    for around in (9, 30):
        columns += [_extreme(speed, around, 0), _extreme(speed, 0, around)]
    direct, way = columns[2], _mean(columns[0], 4, 4)
    columns += [direct / np.maximum(way, 0.1), columns[3] / np.maximum(_mean(speed, 9, 9), 0.1)]
    for around in BRIEF:
        for mask in (edge_mps > WALKING_MPS[1], edge_mps < WALKING_MPS[0]):
            columns.append(_share(path, grid_s, mask, around * step_s))
    columns.append(_mean(np.abs(np.gradient(columns[0], step_s)), 6, 6))
    columns += _receiver(path, grid_s)
    return np.column_stack(columns)


def _smooth(
    path: Path, grid_s: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return positions at the grid: the mean of each step's fixes, else in between."""
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
    return found[0], found[1]


def _about(speed: NDArray[np.float64], around: int) -> list[NDArray[np.float64]]:
    mean = _mean(speed, around, around)
    square = _mean(speed**2, around, around)
    spread = np.sqrt(np.maximum(square - mean**2, 0.0))
    return [mean, _extreme(speed, around, around), -_extreme(-speed, around, around), spread]


def _mean(value: NDArray[np.float64], before: int, after: int) -> NDArray[np.float64]:
    total = np.concatenate(([0.0], np.cumsum(value)))
    index = np.arange(len(value))
    a, b = np.maximum(index - before, 0), np.minimum(index + after + 1, len(value))
    mean: NDArray[np.float64] = (total[b] - total[a]) / (b - a)
    return mean


def _share(
    path: Path, grid_s: NDArray[np.float64], mask: NDArray[np.bool_], half_s: float
) -> NDArray[np.float64]:
    """Return for which share of the time about each instant ``mask`` held at the fixes."""
    low = int(np.searchsorted(path.time_s, grid_s[0], side="left"))
    high = int(np.searchsorted(path.time_s, grid_s[-1], side="right"))
    time_s, held = path.time_s[low:high], mask[low:high].astype(np.float64)
    spent_s = np.concatenate(([0.0], np.cumsum(np.diff(time_s) * (held[1:] + held[:-1]) / 2)))
    a, b = (np.clip(grid_s + sign * half_s, time_s[0], time_s[-1]) for sign in (-1.0, 1.0))
    share: NDArray[np.float64] = np.interp(b, time_s, spent_s) - np.interp(a, time_s, spent_s)
    return share / np.maximum(b - a, 1e-3)


def _extreme(value: NDArray[np.float64], before: int, after: int) -> NDArray[np.float64]:
    """Return the highest value of each window, in a number of passes of its logarithm."""
    width, size = before + after + 1, len(value)
    held = np.concatenate((np.full(before, -np.inf), value, np.full(after, -np.inf)))
    done = 1
    while done < width:
        shift = min(done, width - done)
        held = np.maximum(held[:-shift], held[shift:])
        done += shift
    highest: NDArray[np.float64] = held[:size]
    return highest


def _receiver(path: Path, grid_s: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Return how often and how exactly the source tells, about each instant."""
    near = np.searchsorted(path.time_s, grid_s, side="right") - 1
    near = np.clip(near, 0, len(path) - 1)
    low = np.searchsorted(path.time_s, grid_s - 120.0, side="left")
    high = np.searchsorted(path.time_s, grid_s + 120.0, side="right")
    cadence_s = 240.0 / np.maximum(high - low, 0.5)
    return [cadence_s, path.accuracy_m[near]]
