"""Stops: where the owner stayed, told apart from lights, platforms and silences."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.geodesy import distance_m, distances_m, nearer, step_lengths_m
from geowallet.track.modes.ragged import rows_of
from geowallet.track.motion import blocks, median, runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geowallet.track.motion import Means, Path

STILL_WINDOW_S = 60.0
"""Span over which a displacement is looked at. A pedestrian covers 80 m in it."""

STILL_MPS = 0.5
"""Slower than this over `STILL_WINDOW_S` is no walk: free walking speeds are 1.34 m/s
with a standard deviation of 0.26 (Buchmueller and Weidmann 2006, "Parameters of
pedestrians", ETH IVT report 132)."""

SMOOTH_S = 10.0
"""Half window of the positions compared, so that noise does not look like movement."""

STOP_RADIUS_M = 100.0
"""Stays this near each other, with no excursion in between, are one stop (Hariharan and
Toyama 2004 and trackintel use 50 to 200 m)."""

EXCURSION_M = 150.0
"""Beyond this a walk is a trip, even if it returns to where it began."""

LONGEST_EXCURSION_S = 600.0
"""Roaming within a building or a yard for longer is movement."""

SHORTEST_STOP_S = 120.0
"""Shorter halts are traffic: signal cycles last up to two minutes (HCM)."""

ACTIVITY_S = 600.0
"""Stops of ten minutes separate trips: longer than the wait on a platform, shorter than
a visit (trackintel's default is 15 minutes, OpenPATH's is 5)."""

SHORT_ACTIVITY_S = 180.0
"""A stop of three minutes is an activity if its owner came for it: dropped a child, bought
bread, and went back. In a labelled diary (SSI, a week seen by two phones) all six stops
so found are stops, and none of the waits for a vehicle is one."""

TURNED_M = 300.0
"""How far the way is followed to both sides of such a stop."""

TURNED_LEAST_M = 150.0
"""Shorter ways do not show where they lead."""

TURNED_SHARE = 0.4
"""Who goes back the way that he came is this near: the ends of both ways over their length."""

SAME_PACE = 2.5
"""Who walks to a bus waits for it, wherever it goes; who goes back does so as he came."""

TURNED_STEP_S = 20.0
TURNED_STEPS = 45
"""The ways are followed for a quarter of an hour, every 20 s."""

SETTLED_M = 20.0
"""A stop begins and ends within this distance of its centre; what is beyond is travel."""

SLOWEST_TRAVEL_MPS = 3.0
"""A silence with displacement that is longer than the way takes at this door-to-door
speed, by `ACTIVITY_S`, hides a stay."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A stop as a span of fixes of a path.

    Attributes:
        first: Index of its first fix.
        last: Index of its last fix.
        lat_deg: Latitude of its centre.
        lon_deg: Longitude of its centre.
        duration_s: From the first to the last fix.
        turned_back: Whether the way there and the way on are the same.
    """

    first: int
    last: int
    lat_deg: float
    lon_deg: float
    duration_s: float
    turned_back: bool = False

    @property
    def is_activity(self) -> bool:
        """Whether it separates trips."""
        return self.duration_s >= (SHORT_ACTIVITY_S if self.turned_back else ACTIVITY_S)


def still(path: Path, smooth: Means) -> NDArray[np.bool_]:
    """Return which fixes stay where they are in the minute before or the one after.

    Args:
        path: The fixes of one chunk.
        smooth: Means over `SMOOTH_S`.
    """
    low, high = path.bounds()
    where = smooth.lat_deg, smooth.lon_deg
    result = np.zeros(len(path), dtype=np.bool_)
    for rows in blocks(len(path)):
        own_s = path.time_s[rows]
        begin_s, end_s = path.time_s[low[rows]], path.time_s[high[rows] - 1]
        for sign in (-1.0, 1.0):
            when_s = np.clip(own_s + sign * STILL_WINDOW_S, begin_s, end_s)
            span_s = np.abs(when_s - own_s)
            lat, lon = (np.interp(when_s, smooth.time_s, column) for column in where)
            near = nearer(where[0][rows], where[1][rows], lat, lon, STILL_MPS * span_s)
            result[rows] |= (span_s >= STILL_WINDOW_S / 2) & near
    return result


def find_stays(path: Path, still_fixes: NDArray[np.bool_], smooth: Means) -> tuple[Stay, ...]:
    """Return the stays of at least two minutes, in time order, without overlap.

    Args:
        path: The fixes of one chunk.
        still_fixes: As `still` returns.
        smooth: Means over `SMOOTH_S`.
    """
    found: list[Stay] = []
    for first, last in _still_runs(path, still_fixes):
        stay = _stay(path, first, last)
        if found and _same_stop(path, found[-1], stay):
            found[-1] = _stay(path, found[-1].first, last)
        else:
            found.append(stay)
    settled = _settled(path, [stay for stay in found if stay.duration_s >= SHORTEST_STOP_S])
    return tuple(
        replace(stay, turned_back=True) if _turned_back(path, smooth, stay) else stay
        for stay in settled
        if stay.duration_s >= SHORTEST_STOP_S
    )


def _turned_back(path: Path, smooth: Means, stay: Stay) -> bool:
    """Say whether a short stop was the end of a way, not a halt on it."""
    if not SHORT_ACTIVITY_S <= stay.duration_s < ACTIVITY_S:
        return False
    there_m, there_s, *before = _followed(path, smooth, stay.first, -1.0)
    back_m, back_s, *after = _followed(path, smooth, stay.last, 1.0)
    if min(there_m, back_m) < TURNED_LEAST_M:
        return False
    slow, fast = sorted((there_m / there_s, back_m / back_s))
    if fast > SAME_PACE * slow:
        return False
    return distance_m(*before, *after) < TURNED_SHARE * (there_m + back_m)


def _followed(
    path: Path, smooth: Means, index: int, sign: float
) -> tuple[float, float, float, float]:
    """Follow the way from a fix: metres, seconds of movement, and where it led."""
    rows = slice(*np.searchsorted(path.piece, (path.piece[index], path.piece[index] + 1)))
    when_s = path.time_s[index] + sign * TURNED_STEP_S * np.arange(TURNED_STEPS + 1)
    when_s = np.clip(when_s, path.time_s[rows][0], path.time_s[rows][-1])
    lat = np.interp(when_s, smooth.time_s[rows], smooth.lat_deg[rows])
    lon = np.interp(when_s, smooth.time_s[rows], smooth.lon_deg[rows])
    along_m = np.concatenate(([0.0], np.cumsum(step_lengths_m(lat, lon))))
    end = min(int(np.searchsorted(along_m, TURNED_M)), TURNED_STEPS)
    # Another halt on the way says nothing of the pace.
    going = np.diff(along_m[: end + 1]) > STILL_MPS * TURNED_STEP_S
    spent_s = TURNED_STEP_S * max(int(np.sum(going)), 1)
    return float(along_m[end]), spent_s, float(lat[end]), float(lon[end])


def hidden_stays(path: Path) -> tuple[int, ...]:
    """Return the index of each step that is a silence long enough to hide a stay elsewhere."""
    slack_s = np.diff(path.time_s) - path.step_m / SLOWEST_TRAVEL_MPS
    hidden = (np.diff(path.piece) > 0) & (slack_s >= ACTIVITY_S)
    return tuple(int(step) for step in np.flatnonzero(hidden))


def _still_runs(path: Path, still_fixes: NDArray[np.bool_]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for first, last in runs(still_fixes):
        if path.piece[first] == path.piece[last]:
            found.append((first, last))
            continue
        cuts = np.flatnonzero(np.diff(path.piece[first : last + 1])) + first
        starts, ends = [first, *(cuts + 1)], [*cuts, last]
        found += [(int(a), int(b)) for a, b in zip(starts, ends, strict=True)]
    return found


def _stay(path: Path, first: int, last: int) -> Stay:
    lat, lon = (median(column[first : last + 1]) for column in (path.lat_deg, path.lon_deg))
    return Stay(first, last, lat, lon, float(path.time_s[last] - path.time_s[first]))


def _same_stop(path: Path, before: Stay, after: Stay) -> bool:
    """Say whether two stays are one, with some roaming in between."""
    between_s = path.time_s[after.first] - path.time_s[before.last]
    if path.piece[before.last] != path.piece[after.first] or between_s > LONGEST_EXCURSION_S:
        return False
    if max(before.duration_s, after.duration_s) < SHORTEST_STOP_S:
        return False
    centre = before.lat_deg, before.lon_deg
    if distance_m(*centre, after.lat_deg, after.lon_deg) > STOP_RADIUS_M:
        return False
    rows = slice(before.last, after.first + 1)
    away_m = distances_m(path.lat_deg[rows], path.lon_deg[rows], *map(np.asarray, centre))
    return float(np.max(away_m)) <= EXCURSION_M


def _settled(path: Path, stays: Sequence[Stay]) -> list[Stay]:
    """Trim stays to the fixes near their centres; a silence at their ends stays inside."""
    if not stays:
        return []
    first, last = (np.array(ends) for ends in ([s.first for s in stays], [s.last for s in stays]))
    rows = rows_of(last - first + 1)
    index = first[rows.leg] + rows.offset()
    centre = (
        np.array(c)[rows.leg] for c in zip(*((s.lat_deg, s.lon_deg) for s in stays), strict=True)
    )
    away_m = distances_m(path.lat_deg[index], path.lon_deg[index], *centre)
    near_m = np.array([_near_m(path.accuracy_m[s.first : s.last + 1]) for s in stays])
    near = index[away_m <= near_m[rows.leg]]
    steps = index[rows.offset() > 0]
    silent = steps[path.time_s[steps] - path.time_s[steps - 1] > STILL_WINDOW_S]
    return [_trimmed(path, stay, near, silent) for stay in stays]


def _trimmed(path: Path, stay: Stay, near: NDArray[np.intp], silent: NDArray[np.intp]) -> Stay:
    """Return a stay from the first to the last of its fixes that are near.

    Args:
        path: The fixes of one chunk.
        stay: One of its stays.
        near: Fixes that are near the centre of their stay, ascending.
        silent: Fixes after a silence within their stay, ascending.
    """
    low, high = np.searchsorted(near, (stay.first, stay.last + 1))
    if low == high:
        return stay
    first, last = int(near[low]), int(near[high - 1])
    a, b = np.searchsorted(silent, (stay.first, stay.last + 1))
    if a < b and silent[a] <= first:
        first = int(silent[a]) - 1
    if a < b and silent[b - 1] > last:
        last = int(silent[b - 1])
    duration_s = float(path.time_s[last] - path.time_s[first])
    return Stay(first, last, stay.lat_deg, stay.lon_deg, duration_s)


def _near_m(accuracy_m: NDArray[np.float64]) -> float:
    """Return how far from its centre a fix of a stay may lie."""
    known = accuracy_m[~np.isnan(accuracy_m)]
    return max(SETTLED_M, median(known)) if len(known) else SETTLED_M
