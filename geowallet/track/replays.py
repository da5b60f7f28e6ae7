"""Trips that are an earlier trip played again under another date.

Who travels a way again passes the same places, at other moments: lights, traffic and
legs differ by many seconds. A recording that is played again keeps its moments, also
where its positions are shifted or jittered. So two trips are laid over each other in
time, their offset is taken out, and what is left is weighed against the speed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.geodesy import degree_lengths_m
from geowallet.track.clean import BAD
from geowallet.track.lookalikes import Lookalikes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from numpy.typing import NDArray

    from geowallet.model.fixes import Fixes

STEP_S = 5.0
"""Grid in time on which trips are compared."""

LONGEST_SHIFT = 36
"""Steps by which the ends of a trip may be cut otherwise: three minutes."""

NEAR = 3
"""Steps about the shift at which two trips look alike that are tried."""

LEAST_MOVING = 48
"""Steps in movement: in less than four minutes honest trips are alike by chance."""

LEAST_FIXES = 30
SPARSE_S = 30.0
"""With a median interval above this, a trip has no moments that could be compared."""

MOVING_MPS = 1.5
"""Slower is standing, where any two trips agree."""

ALIKE_S = 2.0
"""Nine tenths of the moments must agree within so many seconds of travel."""

MOST_M = 40.0
"""And within so many metres, however fast."""

PROBES = 48
"""Moments at which trips that look alike are compared first."""

HALF = 0.4
"""The part of these, whatever lies beyond the ends counted as apart, that must agree."""

CLOSEST = 8
"""So many of these are compared in full: trains run by a timetable."""

LOOSE = 2.0
"""Within so many times what is allowed."""

ENDS_M = 300.0
"""By how much the way from first to last position may differ, shifted or not."""

APART_US = 1_800_000_000
"""Trips that begin less than half an hour apart are one trip, recorded twice."""


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """A trip on a grid in time.

    Attributes:
        id: Of the trip.
        start_us: Of its first position.
        east_m: ``(n,)``, from the first position.
        north_m: ``(n,)``, likewise.
    """

    id: str
    start_us: int
    east_m: NDArray[np.float64]
    north_m: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.east_m)


@dataclass(frozen=True, slots=True)
class Replay:
    """That one trip has the moments of an earlier one.

    Attributes:
        id: Of the later trip.
        of: Id of the earlier one.
        away_m: Nine tenths of the moments in movement agree so well.
        seconds: So long was compared.
    """

    id: str
    of: str
    away_m: float
    seconds: float


def course_of(trip_id: str, fixes: Fixes) -> Course | None:
    """Return a trip on the grid; None where it is too short or too sparse to compare.

    Args:
        trip_id: Its id.
        fixes: Those of its time, of one source.
    """
    used = fixes.take(fixes.unflagged(BAD))
    if len(used) < LEAST_FIXES:
        return None
    time_s = (used.time_us - used.time_us[0]) / 1e6
    if time_s[-1] < STEP_S * LEAST_MOVING or np.median(np.diff(time_s)) > SPARSE_S:
        return None
    north, east = degree_lengths_m(used.lat_deg[:1])
    at_s = np.arange(0.0, time_s[-1], STEP_S)
    return Course(
        trip_id,
        int(used.time_us[0]),
        np.interp(at_s, time_s, (used.lon_deg - used.lon_deg[0]) * east[0]),
        np.interp(at_s, time_s, (used.lat_deg - used.lat_deg[0]) * north[0]),
    )


def replays(courses: Sequence[Course], wanted: Collection[str] | None = None) -> Iterator[Replay]:
    """Yield each trip that has the moments of an earlier one, with the one most alike.

    Args:
        courses: In any order.
        wanted: Ids of the trips that are asked for; None for all.
    """
    known = sorted(courses, key=lambda course: (course.start_us, course.id))
    ways = Ways([course.east_m + 1j * course.north_m for course in known])
    index = Lookalikes((ways[number] for number in range(len(ways))), STEP_S)
    for later, course in enumerate(known):
        if wanted is not None and course.id not in wanted:
            continue
        alike = index.of(ways[later], later)
        found = [
            replay
            for earlier, lag in ways.following(later, alike)
            if _may_be_one(known[earlier], course)
            and (replay := _compared(known[earlier], course, lag)) is not None
        ]
        if found:
            yield min(found, key=lambda replay: (replay.away_m, replay.of))


class Ways:
    """Many courses in one array, so that one is laid over several at once."""

    def __init__(self, ways: Sequence[NDArray[np.complex128]]) -> None:
        """Take in positions at steps of `STEP_S`, metres east and north."""
        self._lengths = np.array([len(way) for way in ways], dtype=np.int64)
        self._starts = np.cumsum(self._lengths) - self._lengths
        self._every = np.concatenate([np.zeros(0, dtype=np.complex128), *ways])

    def __len__(self) -> int:
        return len(self._lengths)

    def __getitem__(self, number: int) -> NDArray[np.complex128]:
        start = int(self._starts[number])
        return self._every[start : start + int(self._lengths[number])]

    def following(self, later: int, alike: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return those of ``alike`` that a way follows at half of some moments, closest first.

        Args:
            later: Number of the way.
            alike: Numbers of others, and at which step of them this one begins.
        """
        if not alike:
            return []
        way = self[later]
        speed = np.abs(np.gradient(way)) / STEP_S
        moving = speed > MOVING_MPS
        if not np.any(moving):
            return list(alike)
        steps = np.linspace(0, len(way) - 1, PROBES).astype(np.int64)
        owners, lags = np.array(alike, dtype=np.int64).T[..., np.newaxis]
        at, longest = steps + lags, self._lengths[owners] - 1
        there = (at >= 0) & (at <= longest)
        off_m = self._every[self._starts[owners] + np.clip(at, 0, longest)] - way[steps]
        moved = np.where(there, np.gradient(way)[steps], 0)
        share = there / np.maximum(there.sum(axis=1, keepdims=True), 1)
        off_m = off_m - (off_m * share).sum(axis=1, keepdims=True)
        moved = moved - (moved * share).sum(axis=1, keepdims=True)
        weight = np.maximum((np.abs(moved) ** 2 * there).sum(axis=1, keepdims=True), 1e-9)
        shift = (off_m * np.conj(moved) * there).real.sum(axis=1, keepdims=True) / weight
        left_m = np.where(there, np.abs(off_m - shift * moved), np.inf)
        allowed_m = min(ALIKE_S * float(np.median(speed[moving])), MOST_M)
        half_m = np.quantile(left_m, HALF, axis=1, method="lower")
        nearest = np.argsort(half_m, kind="stable")[:CLOSEST]
        return [alike[row] for row in nearest if half_m[row] <= LOOSE * allowed_m]


def _may_be_one(earlier: Course, later: Course) -> bool:
    """Say whether two trips are about as long, in time and as the crow flies."""
    east_m = later.east_m[-1] - earlier.east_m[-1]
    north_m = later.north_m[-1] - earlier.north_m[-1]
    alike = math.hypot(east_m, north_m) <= ENDS_M
    return alike and abs(len(later) - len(earlier)) <= 2 * LONGEST_SHIFT


def _compared(earlier: Course, later: Course, about: int) -> Replay | None:
    """Return whether one is the other again, begun about so many steps into it."""
    if later.start_us - earlier.start_us < APART_US:
        return None
    lags = _lags(earlier, later, about)
    if not lags or not _judged(earlier, later, min(lags, key=lambda lag: abs(lag - about)), 50):
        return None
    return _judged(earlier, later, _best(earlier, later, lags), 90)


def _judged(earlier: Course, later: Course, lag: int, percent: int) -> Replay | None:
    """Return the replay if so much of what moves agrees at this shift."""
    first, second = _overlap(earlier, later, lag)
    speed = np.gradient(first, STEP_S, axis=1)
    moving = np.hypot(*speed) > MOVING_MPS
    if int(np.count_nonzero(moving)) < LEAST_MOVING:
        return None
    left_m = _left_m(second - first, speed)
    away_m = float(np.percentile(left_m[moving], percent))
    allowed_m = min(ALIKE_S * float(np.median(np.hypot(*speed)[moving])), MOST_M)
    seconds = STEP_S * first.shape[1]
    return Replay(later.id, earlier.id, away_m, seconds) if away_m <= allowed_m else None


def _best(earlier: Course, later: Course, lags: Sequence[int]) -> int:
    """Return the shift that leaves the least spread."""
    return min(lags, key=lambda lag: _misfit(*_overlap(earlier, later, lag)))


def _lags(earlier: Course, later: Course, about: int) -> list[int]:
    """Return the shifts near ``about``, in steps, that leave enough to compare."""
    least = max(0.8 * min(len(earlier), len(later)), LEAST_MOVING)
    first, last = max(about - NEAR, -LONGEST_SHIFT), min(about + NEAR, LONGEST_SHIFT)
    return [lag for lag in range(first, last + 1) if _shared(earlier, later, lag) >= least]


def _shared(earlier: Course, later: Course, lag: int) -> int:
    return min(len(earlier) - max(lag, 0), len(later) - max(-lag, 0))


def _overlap(
    earlier: Course, later: Course, lag: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return both courses, ``(2, n)``, where the later one begins ``lag`` steps into the other."""
    count = _shared(earlier, later, lag)
    ways = []
    for course, skip in ((earlier, max(lag, 0)), (later, max(-lag, 0))):
        inside = slice(skip, skip + count)
        ways.append(np.stack((course.east_m[inside], course.north_m[inside])))
    return ways[0], ways[1]


def _misfit(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Return the spread of the offset between two courses, square metres."""
    offset_m = second - first
    mean_m = offset_m.mean(axis=1)
    spread_m2 = np.vdot(offset_m, offset_m) / offset_m.shape[1] - np.vdot(mean_m, mean_m)
    return float(spread_m2)


def _left_m(offset_m: NDArray[np.float64], speed: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what is left of the offset, ``(n,)``, without its mean and a rest of shift in time."""
    centred, moved = (values - values.mean(axis=1, keepdims=True) for values in (offset_m, speed))
    weight = float(np.sum(moved * moved))
    shift_s = float(np.sum(centred * moved)) / weight if weight else 0.0
    left: NDArray[np.float64] = np.hypot(*(centred - shift_s * moved))
    return left
