"""Invented journeys whose length is known to the metre, as a receiver would record them.

A way is drawn by turning while walking along it; a vehicle follows it with the speeds
and halts of its mode; a receiver adds an error that wanders and jitters, and writes at
its own cadence. Everything follows from the seed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.fixes import Fixes, fixes_from
from geowallet.model.geodesy import degree_lengths_m

if TYPE_CHECKING:
    from numpy.typing import NDArray

START_US = 1_777_852_800_000_000
"""4 May 2026, 00:00 UTC."""

HERE_DEG = 45.0, 5.0
"""Where the ways are drawn."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How a way bends.

    Attributes:
        block_m: Usual distance from one junction to the next.
        corner: Probability of a right-angled turn at a junction.
        sway_deg: Standard deviation of the other changes of heading at junctions.
        radius_m: Radius of a turn at a junction.
        bend_m: Usual radius of the bends between junctions.
    """

    block_m: float
    corner: float
    sway_deg: float
    radius_m: float
    bend_m: float


KINDS = {
    "grid": Kind(120.0, 0.25, 0.0, 8.0, 1e5),
    "old town": Kind(70.0, 0.22, 22.0, 8.0, 400.0),
    "suburb": Kind(180.0, 0.30, 15.0, 10.0, 250.0),
    "country": Kind(1500.0, 0.25, 25.0, 15.0, 450.0),
    "motorway": Kind(4000.0, 0.0, 8.0, 400.0, 2500.0),
    "railway": Kind(3000.0, 0.0, 6.0, 500.0, 1500.0),
    "footpath": Kind(60.0, 0.20, 25.0, 2.0, 120.0),
}
"""Blocks of towns are 60 to 250 m (Boeing 2020, "A multi-scale analysis of 27,000 urban
street networks", EPB 47(4)); radii of bends after the German RAL and RAA and EN 13803."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a mode moves: speed, acceleration, how often it halts and for how long."""

    cruise_mps: float
    accelerate_mps2: float
    aside_mps2: float
    halt_m: float
    halt_s: float
    kinds: tuple[str, ...]


PACES = {
    "walk": Pace(1.35, 0.7, 1.5, 500.0, 15.0, ("footpath", "old town", "grid")),
    "bike": Pace(4.8, 0.8, 2.0, 700.0, 15.0, ("old town", "suburb", "grid", "country")),
    "car in town": Pace(12.0, 1.8, 2.5, 450.0, 25.0, ("grid", "old town", "suburb")),
    "car on the road": Pace(22.0, 1.5, 2.5, 4000.0, 15.0, ("country", "suburb")),
    "car on the motorway": Pace(33.0, 1.2, 1.5, 60_000.0, 20.0, ("motorway",)),
    "bus": Pace(11.0, 1.1, 1.8, 380.0, 22.0, ("grid", "old town", "suburb")),
    "train": Pace(32.0, 0.6, 0.9, 5000.0, 45.0, ("railway",)),
}
"""Speeds and halts of the order of the surveys named in `geowallet.track`."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """How a receiver errs and when it writes.

    Attributes:
        wander_m: Standard deviation of the wandering part, a coordinate.
        memory_s: Its correlation time.
        jitter_m: Standard deviation of the part that is fresh in every fix.
        every_s: Seconds between two fixes.
        every_m: Metres between two fixes instead, 0 where time decides.
        speed_sd_mps: Error of the measured speed; NaN where none is measured.
    """

    wander_m: float
    memory_s: float
    jitter_m: float
    every_s: float
    every_m: float = 0.0
    speed_sd_mps: float = float("nan")


@dataclass(frozen=True, slots=True)
class Ride:
    """What was recorded, and what is true: metres from the first fix to the last."""

    fixes: Fixes
    true_m: float


def ride(mode: str, kind: str, length_m: float, receiver: Receiver, *, seed: int) -> Ride:
    """Return a journey of about ``length_m`` by ``mode`` over a way of ``kind``."""
    rng = np.random.default_rng([seed, len(mode), len(kind)])
    x_m, y_m, bend = way(KINDS[kind], length_m, rng)
    at_s = timetable(PACES[mode], bend, rng)
    when_s, along_m = _written(at_s, receiver, rng)
    at = np.arange(len(at_s), dtype=np.float64)
    east, north = np.interp(along_m, at, x_m), np.interp(along_m, at, y_m)
    error = error_m(when_s, receiver, rng)
    lat, lon = degrees(east + error[1], north + error[0])
    known = {}
    if not math.isnan(receiver.speed_sd_mps):
        known["speed_mps"] = _speeds(at_s, when_s, receiver.speed_sd_mps, rng)
    time_us = START_US + np.round(when_s * 1e6).astype(np.int64)
    fixes = fixes_from(time_us, np.round(lat, 7), np.round(lon, 7), **known)
    return Ride(fixes, float(along_m[-1] - along_m[0]))


def degrees(
    east_m: NDArray[np.float64], north_m: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return latitude and longitude of steps on the ellipsoid, each at its own latitude."""
    lat = HERE_DEG[0] + north_m / degree_lengths_m(np.array(HERE_DEG[0]))[0]
    for _ in range(3):
        a_north_m, _ = degree_lengths_m((lat + HERE_DEG[0]) / 2)
        lat = HERE_DEG[0] + north_m / a_north_m
    _, a_east_m = degree_lengths_m((lat[1:] + lat[:-1]) / 2)
    steps = np.diff(east_m) / a_east_m
    return lat, HERE_DEG[1] + np.concatenate(([0.0], np.cumsum(steps)))


def way(
    kind: Kind, length_m: float, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return east, north and curvature (1/m) at every metre of a way."""
    n = int(length_m)
    bend = np.repeat(rng.normal(0.0, 1.0 / kind.bend_m, n // 80 + 2), 80)[:n]
    at, off = 0.0, 0.0
    while True:
        at += kind.block_m * rng.lognormal(-0.08, 0.4)
        turn = float(np.radians(rng.normal(0.0, kind.sway_deg)))
        if rng.random() < kind.corner:
            # A journey leads somewhere: who has turned off turns back.
            side = -np.sign(off) if abs(off) > np.pi / 4 else rng.choice((-1.0, 1.0))
            turn = float(side) * np.pi / 2
        long_m = max(int(abs(turn) * kind.radius_m), 1)
        if at + long_m >= n:
            break
        bend[int(at) : int(at) + long_m] = turn / long_m
        off += turn
    heading = rng.uniform(0, 2 * np.pi) + np.cumsum(bend)
    return np.cumsum(np.sin(heading)), np.cumsum(np.cos(heading)), bend


def timetable(
    pace: Pace, bend: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return the second at which each metre is passed."""
    cruise = pace.cruise_mps * rng.lognormal(0.0, 0.15)
    fast = np.minimum(cruise, np.sqrt(pace.aside_mps2 / np.maximum(np.abs(bend), 1e-6)))
    halts = np.cumsum(rng.exponential(pace.halt_m, int(2 * len(bend) / pace.halt_m) + 5))
    halts = halts[halts < len(bend) - 1].astype(int)
    fast[halts] = 0.3
    # Square of speed grows and falls by at most twice the acceleration a metre.
    square, climb = fast**2, 2 * pace.accelerate_mps2 * np.arange(len(fast))
    ahead = np.minimum.accumulate(square - climb) + climb
    back = np.minimum.accumulate((square + climb)[::-1])[::-1] - climb
    speed = np.sqrt(np.maximum(np.minimum(ahead, back), 0.05))
    step_s = 1.0 / speed
    step_s[halts] += rng.exponential(pace.halt_s, len(halts))
    return np.concatenate(([0.0], np.cumsum(step_s)[:-1]))


def _written(
    at_s: NDArray[np.float64], receiver: Receiver, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return when the receiver writes, and how far along it is then."""
    metres = np.arange(len(at_s), dtype=np.float64)
    if receiver.every_m:
        along_m = np.arange(rng.uniform(0, 5), metres[-1], receiver.every_m)
        return np.interp(along_m, metres, at_s), along_m
    count = int(at_s[-1] / receiver.every_s) + 1
    when_s = np.arange(count) * receiver.every_s + rng.uniform(0, receiver.every_s)
    when_s = when_s[when_s <= at_s[-1]]
    return when_s, np.interp(when_s, at_s, metres)


def error_m(
    when_s: NDArray[np.float64], receiver: Receiver, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return the error east and north of every fix, ``(2, n)``."""
    keep = np.exp(-np.diff(when_s) / receiver.memory_s)
    fresh = rng.normal(0.0, 1.0, (2, len(when_s)))
    wander = np.empty_like(fresh)
    wander[:, 0] = fresh[:, 0]
    for n, share in enumerate(keep, start=1):
        wander[:, n] = share * wander[:, n - 1] + np.sqrt(1 - share**2) * fresh[:, n]
    return receiver.wander_m * wander + rng.normal(0.0, receiver.jitter_m, wander.shape)


def _speeds(
    at_s: NDArray[np.float64],
    when_s: NDArray[np.float64],
    sd_mps: float,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    metres = np.arange(len(at_s), dtype=np.float64)
    ahead = np.interp(when_s + 0.5, at_s, metres) - np.interp(when_s - 0.5, at_s, metres)
    return np.maximum(ahead + rng.normal(0.0, sd_mps, len(when_s)), 0.0)
