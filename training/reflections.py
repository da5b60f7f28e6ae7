"""The same fixes as a receiver between high houses gives them: reflected, jumping, lost.

The simulation puts such errors where its streets are narrow. Loggers of ten years ago, and
phones in a bag, meet them for whole trips; so a part of the days is seen through them again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.geodesy import EARTH_RADIUS_M

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from geowallet.model.fixes import Fixes

SHARES = (0.15, 0.4, 0.8)
"""Of the time between high houses: a suburb, a town, a centre."""

STRETCHES_S = (60.0, 180.0, 600.0)
"""Mean length of a stretch between high houses. Source: Cui and Ge 2003, "Autonomous vehicle
positioning with GPS in urban canyon environments", IEEE Trans. Robotics and Automation 19(1)."""

SPREAD_M = (8.0, 45.0)
"""Standard deviation of one axis there: 15 m on average between the houses of a medium city
(Modsching et al. 2006), some ten metres more among towers."""

SETTLING_S = (20.0, 120.0)
"""Over which a reflection stays the same for a receiver at rest."""

SETTLING_M = (60.0, 180.0)
"""And over which way for one that moves: reflections change with each house. Source: Groves
2013, "Principles of GNSS, Inertial, and Multisensor Integrated Navigation Systems", chapter 9."""

HOP_EVERY_S = (20.0, 90.0)
HOP_SHARE = 0.7
"""Satellites come and go: a step of this share of the spread, each so often."""

RAMP_S = 5.0
"""How soon a filter in the receiver believes the reflection."""

BLIND_SHARE = 0.3
BLIND_S = (10.0, 120.0)
LOST = (0.0, 0.0, 0.1, 0.4)
"""Stretches in which all fixes are missing for a while, for how long; and the share of single
ones that is. Source: Stopher, FitzGerald and Zhang 2008, "Search for a global positioning system
device to measure person travel", Transportation Research C 16(3)."""

FASTEST_MPS = 40.0
LEAP = 0.1
"""Bound of speeds, which are read off the fixes; and the step of age at which errors are drawn."""


def reflected(fixes: Fixes, rng: Generator) -> Fixes:
    """Return the fixes with reflections, and without those that were lost.

    Args:
        fixes: Of one device; fewer than three stay as they are.
        rng: Seeded.
    """
    if len(fixes) < 3:
        return fixes
    time_s = (fixes.time_us - fixes.time_us[0]) / 1e6
    metre_deg = np.degrees(1.0 / EARTH_RADIUS_M)
    narrow = np.cos(np.radians(fixes.lat_deg))
    error = np.zeros(len(fixes), dtype=np.complex128)
    gone = np.zeros(len(fixes), dtype=np.bool_)
    speed = _speeds_mps(fixes, time_s, metre_deg)
    share = float(rng.choice(SHARES))
    start_s = -rng.exponential(300.0)
    while start_s < time_s[-1]:
        lasting_s = rng.exponential(rng.choice(STRETCHES_S))
        first, last = np.searchsorted(time_s, (start_s, start_s + lasting_s))
        if last - first > 1:
            rows = slice(int(first), int(last))
            error[rows] += _errors_m(time_s[rows], speed[rows], (start_s, lasting_s), rng)
            gone[rows] = _lost(time_s[rows], (start_s, lasting_s), rng)
        start_s += lasting_s + rng.exponential(lasting_s * (1.0 - share) / share + 1.0)
    moved = replace(
        fixes,
        lat_deg=np.clip(fixes.lat_deg + error.imag * metre_deg, -90.0, 90.0),
        lon_deg=np.clip(fixes.lon_deg + error.real * metre_deg / narrow, -180.0, 180.0),
    )
    return moved.take(np.flatnonzero(~gone))


def _speeds_mps(fixes: Fixes, time_s: NDArray[np.float64], metre_deg: float) -> NDArray[np.float64]:
    narrow = np.cos(np.radians(fixes.lat_deg[1:]))
    step_m = np.hypot(np.diff(fixes.lon_deg) * narrow, np.diff(fixes.lat_deg)) / metre_deg
    speed = np.minimum(step_m / np.maximum(np.diff(time_s), 1e-3), FASTEST_MPS)
    return np.concatenate(([0.0], speed))


def _errors_m(
    time_s: NDArray[np.float64],
    speed_mps: NDArray[np.float64],
    stretch: tuple[float, float],
    rng: Generator,
) -> NDArray[np.complex128]:
    """Return the error of each fix of one stretch, east and north as one complex number."""
    start_s, lasting_s = stretch
    spread_m = _between(rng, SPREAD_M)
    wander = _wander(time_s, speed_mps, rng) * spread_m
    hops = max(1, int(lasting_s / rng.uniform(*HOP_EVERY_S)))
    when_s = np.sort(rng.uniform(start_s, start_s + lasting_s, hops))
    east_m, north_m = rng.normal(0.0, HOP_SHARE * spread_m, (2, hops + 1))
    place = np.searchsorted(when_s, time_s)
    inside_s = np.minimum(time_s - start_s, start_s + lasting_s - time_s)
    result: NDArray[np.complex128] = wander + east_m[place] + 1j * north_m[place]
    result *= np.clip(inside_s / RAMP_S, 0.0, 1.0)
    return result


def _wander(
    time_s: NDArray[np.float64], speed_mps: NDArray[np.float64], rng: Generator
) -> NDArray[np.complex128]:
    """Return an error of unit spread whose memory is short for who moves."""
    settling_s, settling_m = _between(rng, SETTLING_S), rng.uniform(*SETTLING_M)
    ages = np.diff(time_s, prepend=time_s[0]) * (1.0 / settling_s + speed_mps / settling_m)
    age = np.cumsum(ages)
    count = int(age[-1] / LEAP) + 2
    kept = np.exp(-LEAP)
    new = rng.normal(0.0, np.sqrt(1.0 - kept**2), (2, count))
    new[:, 0] = rng.normal(0.0, 1.0, 2)
    east, north = (_summed(row, kept) for row in new)
    grid = np.arange(count) * LEAP
    return np.asarray(np.interp(age, grid, east) + 1j * np.interp(age, grid, north))


def _summed(new: NDArray[np.float64], kept: float) -> NDArray[np.float64]:
    """Return the first-order autoregression of ``new``, a few hundred steps at a time."""
    found = np.empty(len(new))
    before, block = 0.0, 256
    powers = kept ** np.arange(1, block + 1)
    for first in range(0, len(new), block):
        part = new[first : first + block]
        scale = powers[: len(part)]
        found[first : first + block] = scale * (before + np.cumsum(part / scale))
        before = float(found[first + len(part) - 1])
    return found


def _lost(
    time_s: NDArray[np.float64], stretch: tuple[float, float], rng: Generator
) -> NDArray[np.bool_]:
    gone: NDArray[np.bool_] = rng.random(len(time_s)) < rng.choice(LOST)
    if rng.random() < BLIND_SHARE:
        start_s, lasting_s = stretch
        low_s = rng.uniform(start_s, start_s + lasting_s)
        gone |= (time_s > low_s) & (time_s < low_s + rng.uniform(*BLIND_S))
    return gone


def _between(rng: Generator, limits: tuple[float, float]) -> float:
    """Return a number between the limits, each factor as likely as another."""
    return float(np.exp(rng.uniform(*np.log(limits))))
