"""Simulated days as rows of ten seconds, as a network is taught: seen through several receivers.

Simulated fixes are smoother than most receivers', and have a texture of their own at a
second's distance. Days that are blurred by reflections, thinned, rounded or smoothed leave
little of it to read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geowallet.track.modes.classify import good_fixes
from geowallet.track.modes.course import ROW_S, Course
from geowallet.track.motion import path_of
from training.reflections import reflected
from training.scenes import simulated
from training.tables import CLASSES, class_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.random import Generator
    from numpy.typing import NDArray

    from geowallet.model.fixes import Fixes
    from training.scenes import Scene

WAYS = (0.4, 0.2, 0.15, 0.15, 0.1)
"""Of the days: those seen as they are, with reflections, by an old logger without columns,
with a fix in five to sixty seconds, and smoothed."""

OLD_CADENCES_S = (2, 3, 5)
OLD_PLACES = 5
"""Decimals of a degree that an old logger writes."""

SPARSE_S = (5.0, 60.0)
SMOOTH_S = (2.0, 16.0)
"""Width of the window that smooths."""

BREAK_CADENCES = 5.0
"""Silences over which nothing is smoothed."""

FEWEST_FIXES = 10
APART_S = 900.0
"""Legs that are further apart are not read in one go."""

MARGIN_ROWS = 66
"""Before the first leg and behind the last."""

MOST_ROWS = 2_400

STILL = len(CLASSES)
NOBODY_KNOWS = -1


@dataclass(frozen=True, slots=True, eq=False)
class Courses:
    """``n`` rows of ``s`` stretches, one after another.

    Attributes:
        rows: int16 ``(n, CHANNELS)``.
        classes: int64 ``(n,)``, places in `CLASSES`, `STILL`, or `NOBODY_KNOWS`.
        legs: int64 ``(n,)``, number of the leg in its stretch, -1 where there is none.
        count: int64 ``(s,)``, rows of each stretch.
    """

    rows: NDArray[np.int16]
    classes: NDArray[np.int64]
    legs: NDArray[np.int64]
    count: NDArray[np.int64]


def taught_courses(usual: Path, broad: Path) -> Courses:
    """Return the simulated days that are taught, of both kinds."""
    days = [(usual, slice(0, None, 2), 21), (usual, slice(1, None, 2), 22)]
    days += [(broad, slice(None), 31)]
    stretches = [
        stretch
        for folder, some, seed in days
        for stretch in seen_days(simulated(folder, some), np.random.default_rng(seed))
    ]
    rows, classes, legs = (np.concatenate(column) for column in zip(*stretches, strict=True))
    count = np.array([len(stretch[1]) for stretch in stretches])
    return Courses(rows, classes, legs, count)


_Stretch = tuple["NDArray[np.int16]", "NDArray[np.int64]", "NDArray[np.int64]"]


def seen_days(scenes: Iterable[Scene], rng: Generator) -> Iterator[_Stretch]:
    """Yield rows, classes and legs of each stretch of days, each seen in one of `WAYS`."""
    for scene in scenes:
        way = int(rng.choice(len(WAYS), p=WAYS))
        yield from _stretches(scene, seen(scene.fixes, way, rng))


def seen(fixes: Fixes, way: int, rng: Generator) -> Fixes:
    """Return the fixes as a receiver gives them.

    Args:
        fixes: Of one day.
        way: Place in `WAYS`.
        rng: Seeded.
    """
    if way in {1, 2}:
        fixes = reflected(fixes, rng)
    if way == 2:
        fixes = _every(fixes, int(rng.choice(OLD_CADENCES_S)) * 1_000_000)
        lat_deg, lon_deg = (np.round(c, OLD_PLACES) for c in (fixes.lat_deg, fixes.lon_deg))
        return replace(fixes, lat_deg=lat_deg, lon_deg=lon_deg)
    if way == 3:
        low, high = np.log(SPARSE_S[0]), np.log(SPARSE_S[1])
        return _every(fixes, int(float(np.exp(rng.uniform(low, high))) * 1e6))
    return smoothed(fixes, rng) if way == 4 else fixes


def _every(fixes: Fixes, interval_us: int) -> Fixes:
    slot = fixes.time_us // interval_us
    return fixes.take(np.flatnonzero(np.diff(slot, prepend=-1) != 0)) if len(fixes) else fixes


def smoothed(fixes: Fixes, rng: Generator) -> Fixes:
    """Return the fixes as weighted means of those around, over a window of any width."""
    if len(fixes) < FEWEST_FIXES:
        return fixes
    usual_s = max(float(np.median(np.diff(fixes.time_us))) / 1e6, 0.2)
    width = int(rng.uniform(*SMOOTH_S) / usual_s)
    if width < 2:
        return fixes
    weight = np.hanning(width + 2)[1:-1]
    weight /= weight.sum()
    columns = fixes.lat_deg.copy(), fixes.lon_deg.copy()
    breaks = np.flatnonzero(np.diff(fixes.time_us) > usual_s * BREAK_CADENCES * 1e6) + 1
    for rows in np.split(np.arange(len(fixes)), breaks):
        if len(rows) > width + 2:
            for column in columns:
                around = np.pad(
                    column[rows] - column[rows[0]], (width // 2, width - 1 - width // 2), "edge"
                )
                column[rows] = column[rows[0]] + np.convolve(around, weight, mode="valid")
    return replace(fixes, lat_deg=columns[0], lon_deg=columns[1])


def _stretches(scene: Scene, fixes: Fixes) -> Iterator[_Stretch]:
    good = good_fixes(fixes)
    if len(good) < FEWEST_FIXES or not len(scene.bounds_us):
        return
    path = path_of(good)
    course = Course(path)
    bounds_s = (scene.bounds_us - path.start_us) / 1e6
    apart = np.flatnonzero(bounds_s[1:, 0] - bounds_s[:-1, 1] > APART_S) + 1
    for legs in np.split(np.arange(len(bounds_s)), apart):
        first = int(bounds_s[legs[0], 0] // ROW_S) - MARGIN_ROWS
        after = int(bounds_s[legs[-1], 1] // ROW_S) + 1 + MARGIN_ROWS
        after = min(after, first + MOST_ROWS)
        middle_s = (np.arange(first, after, dtype=np.float64) + 0.5) * ROW_S
        named = _named(scene.modes, legs, bounds_s, middle_s)
        named[0][(middle_s < 0) | (middle_s > path.time_s[-1])] = NOBODY_KNOWS
        yield course.rows(first, after).astype(np.int16), *named


def _named(
    modes: Sequence[str],
    legs: NDArray[np.intp],
    bounds_s: NDArray[np.float64],
    middle_s: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the class and the leg of each row."""
    classes, number = np.full(len(middle_s), STILL), np.full(len(middle_s), -1)
    for place, leg in enumerate(legs):
        inside = (middle_s >= bounds_s[leg, 0]) & (middle_s < bounds_s[leg, 1])
        known = class_of(modes[leg]) if modes[leg] != "stop" else STILL
        classes[inside] = known
        if 0 <= known < STILL:
            number[inside] = place
    return classes, number
