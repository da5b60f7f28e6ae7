"""How a line is travelled: speed limits, bends, lights, stations, and the driver.

The profile is the usual two-pass one: the allowed speed at each point, then
limited by what can be reached accelerating from behind and braking for what
is ahead.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist
from typing import TYPE_CHECKING

from geowallet.model.mobility import Mode, Point

if TYPE_CHECKING:
    from random import Random

    from geowallet.testing.simulate_map import Line, RoadKind

_NORMAL = NormalDist()


def gauss(rng: Random) -> float:
    """Return a standard normal number, the same in every Python version."""
    return _NORMAL.inv_cdf(max(rng.random(), 1e-12))


@dataclass(frozen=True, slots=True)
class Style:
    """How a means of travel moves.

    Attributes:
        accelerate_mps2: Comfortable acceleration.
        brake_mps2: Comfortable braking.
        turn_mps2: Greatest sideways acceleration in a bend.
        waver: Relative standard deviation of the cruising speed along the way.
        light_every_m: Mean distance between lights or crossings, 0 for none.
        red_share: Share of them at which one stops.
        red_s: Shortest and longest wait there.
    """

    accelerate_mps2: float
    brake_mps2: float
    turn_mps2: float
    waver: float
    light_every_m: float
    red_share: float
    red_s: tuple[float, float]


STYLES: dict[Mode, Style] = {
    Mode.WALK: Style(0.5, 0.6, 9.0, 0.05, 450.0, 0.25, (4.0, 25.0)),
    Mode.BIKE: Style(0.6, 1.1, 2.0, 0.08, 700.0, 0.45, (5.0, 35.0)),
    Mode.CAR: Style(1.5, 1.9, 2.3, 0.04, 520.0, 0.5, (6.0, 50.0)),
    Mode.TRAIN: Style(0.5, 0.6, 0.8, 0.01, 0.0, 0.0, (0.0, 0.0)),
}

_CAR_MPS: dict[RoadKind, float] = {"street": 50 / 3.6, "road": 80 / 3.6, "fast road": 108 / 3.6}
"""Limits of the French road code (R413-2, R413-3); on a fast road a little under its 110 km/h."""

_TOWN_M = 1400.0
"""How far the town speed and its lights reach from either end of a road."""

_STATIONS = (0.34, 0.67)
"""Where the train halts on its way, as shares of the line."""


@dataclass(frozen=True, slots=True)
class Motion:
    """A line with the moment at which each point of it is reached.

    Attributes:
        line: The line.
        knots: ``(seconds since departure, metres along, m/s)``; the speed changes
            evenly from each to the next.
    """

    line: Line
    knots: tuple[tuple[float, float, float], ...]

    @property
    def duration_s(self) -> float:
        """Seconds from departure to arrival."""
        return self.knots[-1][0]

    def at(self, elapsed_s: float) -> tuple[Point, float, float]:
        """Return position, speed in m/s, and metres along at ``elapsed_s``."""
        n = min(max(bisect_right(self.knots, (elapsed_s,)), 1), len(self.knots) - 1)
        (t_a, s_a, v_a), (t_b, s_b, v_b) = self.knots[n - 1], self.knots[n]
        since_s = min(max(elapsed_s - t_a, 0.0), t_b - t_a)
        change_mps2 = (v_b - v_a) / (t_b - t_a)
        along_m = min(s_a + v_a * since_s + change_mps2 * since_s**2 / 2, s_b)
        return _point(self.line, along_m), v_a + change_mps2 * since_s, along_m


def travel(line: Line, mode: Mode, kind: RoadKind, *, rng: Random) -> Motion:
    """Move along ``line`` by ``mode``; the halts and the pace come from ``rng``."""
    style = STYLES[mode]
    halts = _halts(line, mode, kind, style, rng)
    allowed = _allowed(line, mode, kind, style, rng)
    for n in halts:
        allowed[n] = 0.0
    allowed[0] = allowed[-1] = 0.0
    speed = _reachable(line, allowed, style)
    now_s, knots = 0.0, [(0.0, 0.0, 0.0)]
    for n, (before, after) in enumerate(pairwise(speed), start=1):
        now_s += 2 * (line.at_m[n] - line.at_m[n - 1]) / (before + after)
        knots.append((now_s, line.at_m[n], after))
        if n in halts:
            now_s += halts[n]
            knots.append((now_s, line.at_m[n], 0.0))
    return Motion(line, tuple(knots))


def _halts(line: Line, mode: Mode, kind: RoadKind, style: Style, rng: Random) -> dict[int, float]:
    halts: dict[int, float] = {}
    if mode is Mode.TRAIN:
        for share in _STATIONS:
            halts[_index(line, share * line.length_m)] = rng.uniform(35.0, 55.0)
        return halts
    at_m = 0.0
    while True:
        at_m += style.light_every_m * rng.uniform(0.5, 1.5)
        if at_m > line.length_m - 80.0:
            return halts
        open_road = kind in ("road", "fast road") and _TOWN_M < at_m < line.length_m - _TOWN_M
        if rng.random() < (style.red_share * 0.04 if open_road else style.red_share):
            halts[_index(line, at_m)] = rng.uniform(*style.red_s)


def _allowed(line: Line, mode: Mode, kind: RoadKind, style: Style, rng: Random) -> list[float]:
    pace_mps = _pace_mps(mode, rng)
    allowed, drift = [], 0.0
    bends = _bend_radii_m(line)
    roundabout_m = rng.uniform(2500.0, 4000.0)
    for n, at_m in enumerate(line.at_m):
        drift = 0.95 * drift + 0.31 * gauss(rng)
        limit = pace_mps if mode is not Mode.CAR else pace_mps * _car_limit_mps(line, kind, at_m)
        if mode is Mode.CAR and kind == "road" and at_m > roundabout_m:
            limit, roundabout_m = 7.5, roundabout_m + rng.uniform(3000.0, 6000.0)
        bend_mps = math.sqrt(style.turn_mps2 * bends[n])
        allowed.append(max(min(limit * (1.0 + style.waver * drift), bend_mps), 0.6))
    return allowed


def _pace_mps(mode: Mode, rng: Random) -> float:
    if mode is Mode.CAR:
        return rng.uniform(0.92, 1.0)
    low, high = {
        Mode.WALK: (1.24, 1.40),
        Mode.BIKE: (5.1, 6.2),
        Mode.TRAIN: (30.5, 33.5),
    }[mode]
    return rng.uniform(low, high)


def _car_limit_mps(line: Line, kind: RoadKind, at_m: float) -> float:
    in_town = min(at_m, line.length_m - at_m) < _TOWN_M
    return _CAR_MPS["street"] if in_town else _CAR_MPS[kind]


def _bend_radii_m(line: Line) -> list[float]:
    radii = [1e6] * len(line.points)
    lat_scale = 111_195.0
    lon_scale = lat_scale * math.cos(math.radians(line.points[0].lat_deg))
    for n in range(3, len(radii) - 3):
        a, b, c = (line.points[k] for k in (n - 3, n, n + 3))
        ab = ((b.lon_deg - a.lon_deg) * lon_scale, (b.lat_deg - a.lat_deg) * lat_scale)
        bc = ((c.lon_deg - b.lon_deg) * lon_scale, (c.lat_deg - b.lat_deg) * lat_scale)
        turn = math.atan2(ab[0] * bc[1] - ab[1] * bc[0], ab[0] * bc[0] + ab[1] * bc[1])
        chord_m = (math.hypot(*ab) + math.hypot(*bc)) / 2
        radii[n] = min(chord_m / max(abs(turn), 1e-6), 1e6)
    return radii


def _reachable(line: Line, allowed: list[float], style: Style) -> list[float]:
    speed = list(allowed)
    for n in range(1, len(speed)):
        step_m = line.at_m[n] - line.at_m[n - 1]
        fastest = math.sqrt(speed[n - 1] ** 2 + 2 * style.accelerate_mps2 * step_m)
        speed[n] = min(speed[n], fastest)
    for n in range(len(speed) - 2, -1, -1):
        step_m = line.at_m[n + 1] - line.at_m[n]
        fastest = math.sqrt(speed[n + 1] ** 2 + 2 * style.brake_mps2 * step_m)
        speed[n] = min(speed[n], fastest)
    return speed


def _index(line: Line, at_m: float) -> int:
    return min(max(bisect_right(line.at_m, at_m), 1), len(line.at_m) - 2)


def _point(line: Line, along_m: float) -> Point:
    n = min(max(bisect_right(line.at_m, along_m), 1), len(line.at_m) - 1)
    a, b = line.points[n - 1], line.points[n]
    step_m = line.at_m[n] - line.at_m[n - 1]
    u = min(max((along_m - line.at_m[n - 1]) / max(step_m, 1e-9), 0.0), 1.0)
    return Point(a.lat_deg + u * (b.lat_deg - a.lat_deg), a.lon_deg + u * (b.lon_deg - a.lon_deg))
