"""Days whose stops are known, and how many of them are found.

A life goes round between places: stays of twelve minutes to eleven hours, rides by all
modes over drawn ways, waits of up to four minutes that are no activity, and a receiver
that thins out to a fix a minute when nothing moves.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.accuracy.roads import KINDS, PACES, START_US, Receiver, degrees, error_m
from benchmarks.accuracy.roads import timetable as timetable_of
from benchmarks.accuracy.roads import way as way_of
from geowallet.model.fixes import Fixes, fixes_from

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

CAREFUL_S = 180.0
"""How long a receiver goes on at full rate after it has come to rest, and before."""

RESTING_S = 60.0
"""Seconds between two fixes of a resting receiver."""

SHORTEST_STAY_S = 720.0
LONGEST_STAY_S = 40_000.0
LONGEST_WAIT_S = 240.0
FAR_APART_S = 1200.0
"""Stops this far apart must never become one."""


@dataclass(frozen=True, slots=True, eq=False)
class Life:
    """What was recorded, and the true stops in epoch seconds."""

    fixes: Fixes
    stops: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """How true stops fared: one to one, by half of their time.

    Attributes:
        true: How many there are.
        found: How many of them a claimed stop covers for the greater part.
        claimed: How many stops are claimed.
        merged: Claimed stops that swallow two true ones far apart.
    """

    true: int
    found: int
    claimed: int
    merged: int


def life(*, rides: int, seed: int) -> Life:
    """Return the days of somebody who makes ``rides`` journeys."""
    rng = np.random.default_rng(seed)
    east, north, at_s, still = [np.zeros(1)], [np.zeros(1)], [np.zeros(1)], [np.zeros(1, bool)]
    stops: list[tuple[float, float]] = []

    def stay(lasts_s: float) -> None:
        begun_s = at_s[-1][-1]
        at_s.append(begun_s + np.arange(1.0, lasts_s))
        here = np.ones(len(at_s[-1]))
        east.append(east[-1][-1] * here)
        north.append(north[-1][-1] * here)
        edge = np.minimum(at_s[-1] - begun_s, begun_s + lasts_s - at_s[-1])
        still.append(edge > CAREFUL_S)

    for _ in range(rides):
        begun_s = at_s[-1][-1]
        stay(float(np.exp(rng.uniform(np.log(SHORTEST_STAY_S), np.log(LONGEST_STAY_S)))))
        stops.append((begun_s, at_s[-1][-1]))
        for mode in _chain(rng):
            x_m, y_m, when_s = _leg(mode, rng)
            at_s.append(at_s[-1][-1] + 1.0 + when_s)
            east.append(east[-1][-1] + x_m)
            north.append(north[-1][-1] + y_m)
            still.append(np.zeros(len(when_s), bool))
            stay(rng.uniform(20.0, LONGEST_WAIT_S))
    place_m = np.stack((np.concatenate(east), np.concatenate(north)))
    fixes = _recorded(np.concatenate(at_s), place_m, np.concatenate(still), rng)
    begin_s = START_US / 1e6
    return Life(fixes, tuple((begin_s + a, begin_s + b) for a, b in stops))


def found_of(truth: Sequence[tuple[float, float]], claimed: Sequence[tuple[float, float]]) -> Found:
    """Match claimed stops to true ones."""
    used: set[int] = set()
    merged = 0
    for start, end in claimed:
        covered = [
            number
            for number, (a, b) in enumerate(truth)
            if min(b, end) - max(a, start) > (b - a) / 2
        ]
        apart = [truth[n][0] - truth[m][1] for m, n in pairwise(covered)]
        merged += any(gap_s > FAR_APART_S for gap_s in apart)
        fresh = [number for number in covered if number not in used]
        used.update(fresh[:1])
    return Found(len(truth), len(used), len(claimed), merged)


def _chain(rng: np.random.Generator) -> tuple[str, ...]:
    """Return the modes of one journey."""
    main = str(rng.choice(("walk", "bike", "car in town", "car on the road", "bus", "train")))
    return ("walk", main, "walk") if main in {"bus", "train"} else (main,)


def _leg(
    mode: str, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return metres east and north of its start, and seconds, once a second."""
    pace = PACES[mode]
    kind = KINDS[str(rng.choice(pace.kinds))]
    long_m = {"walk": 700.0, "train": 15_000.0}.get(mode, 5000.0) * rng.uniform(0.5, 1.5)
    x_m, y_m, bend = way_of(kind, long_m, rng)
    passed_s = timetable_of(pace, bend, rng)
    when_s = np.arange(0.0, passed_s[-1])
    return np.interp(when_s, passed_s, x_m), np.interp(when_s, passed_s, y_m), when_s


def _recorded(
    at_s: NDArray[np.float64],
    place_m: NDArray[np.float64],
    still: NDArray[np.bool_],
    rng: np.random.Generator,
) -> Fixes:
    """Return what a receiver writes of places ``(2, n)`` east and north."""
    every_s = np.where(still, RESTING_S, 5.0)
    kept = np.floor(at_s / every_s) != np.floor((at_s - 1.0) / every_s)
    error = error_m(at_s[kept], Receiver(3.5, 40.0, 1.0, 5.0), rng)
    east_m, north_m = place_m[:, kept] + error[::-1]
    lat, lon = degrees(east_m, north_m)
    time_us = START_US + np.round(at_s[kept] * 1e6).astype(np.int64)
    return fixes_from(time_us, np.round(lat, 7), np.round(lon, 7))
