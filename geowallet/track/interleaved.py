"""Two devices mixed in one list of positions, without a word that they are two.

Their fixes alternate between two ways: there, back, there again, far faster than anything
moves. Where that happens again and again, each fix joins the way that it continues.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.geodesy import distance_m, distances_m, long_steps_m, step_lengths_m
from geowallet.track.clean import BAD

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geowallet.model.fixes import Fixes

FAR_M = 500.0
"""Nearer alternations are noise of cell and wifi positions."""

THERE_AND_BACK_US = 1_200_000_000
"""A place left and reached again within twenty minutes may be a change of device."""

LOOK_AHEAD = 6
"""How many fixes of the other device may lie in between."""

FEWEST_RETURNS = 4
"""Single ones are outliers, which cleaning finds."""

SAME_MIX_US = 3_600_000_000
"""Alternations less than an hour apart belong together."""

LONGER = 3.0
"""The way through all fixes must be this many times as long as the two ways apart:
a courier who shuttles goes each way himself."""

SURE_M = 100.0
"""Allowed about the predicted position at once."""

SURE_MPS = 15.0
"""And for each second since: turns and changes of speed."""

OFFSET_SHARE = 0.1
"""Positions that are always as far off, within so much of how far the way leads, are those
of the same device, and wrong: two devices do not keep their distance over kilometres."""


def device_of(fixes: Fixes) -> NDArray[np.int8]:
    """Return 0 or 1 for each fix: which of two mixed devices it comes from.

    Args:
        fixes: ``n`` fixes of one trace, in time order.

    Returns:
        ``(n,)``; all 0 where nothing alternates.
    """
    which = np.zeros(len(fixes), dtype=np.int8)
    index = np.flatnonzero(fixes.unflagged(BAD))
    if len(index) < 2 * FEWEST_RETURNS:
        return which
    for first, last in _mixes(fixes, index):
        rows = index[first : last + 1]
        split = _split(fixes.time_us[rows], fixes.lat_deg[rows], fixes.lon_deg[rows])
        if _is_shorter(fixes, rows, split) and not _shifted(fixes, rows, split):
            which[rows] = split
    return which


def _mixes(fixes: Fixes, index: NDArray[np.intp]) -> list[tuple[int, int]]:
    """Return the first and last position in ``index`` of stretches that alternate."""
    time_us, lat, lon = fixes.time_us[index], fixes.lat_deg[index], fixes.lon_deg[index]
    step_m = long_steps_m(lat, lon, longer_m=FAR_M)
    leaving = np.flatnonzero(step_m > FAR_M)
    if len(leaving) < FEWEST_RETURNS:
        return []
    back = np.zeros(len(leaving), dtype=np.bool_)
    for ahead in range(2, LOOK_AHEAD + 2):
        to = np.minimum(leaving + ahead, len(index) - 1)
        near_m = distances_m(lat[leaving], lon[leaving], lat[to], lon[to])
        soon = time_us[to] - time_us[leaving] < THERE_AND_BACK_US
        back |= soon & (near_m < 0.5 * step_m[leaving]) & (step_m[to - 1] > FAR_M)
    turns = leaving[back]
    found = []
    for group in np.split(turns, np.flatnonzero(np.diff(time_us[turns]) > SAME_MIX_US) + 1):
        if len(group) >= FEWEST_RETURNS:
            last = min(int(group[-1]) + LOOK_AHEAD, len(index) - 1)
            found.append((int(group[0]), last))
    return found


def _split(
    time_us: NDArray[np.int64], lat_deg: NDArray[np.float64], lon_deg: NDArray[np.float64]
) -> NDArray[np.int8]:
    """Let each fix continue the way whose predicted position it fits best."""
    which = np.zeros(len(time_us), dtype=np.int8)
    ways = [_Way(), _Way()]
    for row, fix in enumerate(
        zip((time_us / 1e6).tolist(), lat_deg.tolist(), lon_deg.tolist(), strict=True)
    ):
        misfit = [way.misfit(*fix) for way in ways]
        best = int(misfit[1] < misfit[0])
        which[row] = best
        ways[best].take(*fix)
    return which


class _Way:
    """The last position of one device, and where it is going."""

    __slots__ = ("lat_deg", "lat_rate", "lon_deg", "lon_rate", "time_s")

    def __init__(self) -> None:
        self.time_s = float("nan")
        self.lat_deg = self.lon_deg = self.lat_rate = self.lon_rate = 0.0

    def misfit(self, time_s: float, lat_deg: float, lon_deg: float) -> float:
        """Return how far the fix is from the prediction, in allowed distances; 1 where none is."""
        since_s = time_s - self.time_s
        if math.isnan(since_s):
            return 1.0
        ahead_s = min(since_s, 60.0)
        lat, lon = self.lat_deg + self.lat_rate * ahead_s, self.lon_deg + self.lon_rate * ahead_s
        lat = min(max(lat, -90.0), 90.0)
        near_m = min(
            distance_m(lat, lon, lat_deg, lon_deg),
            distance_m(self.lat_deg, self.lon_deg, lat_deg, lon_deg),
        )
        return near_m / (SURE_M + SURE_MPS * min(since_s, 600.0))

    def take(self, time_s: float, lat_deg: float, lon_deg: float) -> None:
        since_s = time_s - self.time_s
        if 0.5 < since_s < 600.0:
            self.lat_rate = (lat_deg - self.lat_deg) / since_s
            self.lon_rate = (lon_deg - self.lon_deg) / since_s
        elif since_s != 0.0:
            self.lat_rate = self.lon_rate = 0.0
        self.time_s, self.lat_deg, self.lon_deg = time_s, lat_deg, lon_deg


def _is_shorter(fixes: Fixes, rows: NDArray[np.intp], which: NDArray[np.int8]) -> bool:
    """Say whether the two ways explain the fixes: both short, and truly mixed."""
    changes = int(np.sum(np.diff(which) != 0))
    if changes < 2 * FEWEST_RETURNS:
        return False
    lat, lon = fixes.lat_deg[rows], fixes.lon_deg[rows]
    mixed_m = float(np.sum(step_lengths_m(lat, lon)))
    apart_m = sum(float(np.sum(step_lengths_m(lat[which == n], lon[which == n]))) for n in (0, 1))
    return mixed_m > LONGER * apart_m


def _shifted(fixes: Fixes, rows: NDArray[np.intp], which: NDArray[np.int8]) -> bool:
    """Say whether one way is the other one, moved aside: a reflection, no device."""
    few, many = sorted((rows[which == number] for number in (0, 1)), key=len)
    off = []
    for column in (fixes.lat_deg, fixes.lon_deg):
        there = np.interp(fixes.time_us[few], fixes.time_us[many], column[many])
        off.append(column[few] - there)
    spread_deg = float(np.hypot(*(np.std(column) for column in off)))
    way = (np.std(column[few]) for column in (fixes.lat_deg, fixes.lon_deg))
    return spread_deg < OFFSET_SHARE * float(np.hypot(*way))
