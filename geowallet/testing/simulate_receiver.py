"""What a phone and a watch make of the truth: noise, gaps, jumps, and sleep.

The error of a receiver wanders (it is not white): first-order autoregressive,
a few metres, with a correlation time of tens of seconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

from geowallet.model.mobility import Mode, Point
from geowallet.testing.simulate_journey import Journey, local_second, resting_place
from geowallet.testing.simulate_motion import gauss

if TYPE_CHECKING:
    from collections.abc import Iterator

PHONE_EVERY_S = {Mode.WALK: 5, Mode.BIKE: 3, Mode.CAR: 5, Mode.TRAIN: 5}
"""Seconds between two fixes of the phone while it moves, by mode."""

TUNNEL_M = (5600.0, 6900.0)
"""Where the railway runs underground: no fix there. Metres from the home end."""

PHONE_OFF = (local_second(20, "16:22"), local_second(20, "20:05"))
"""The battery is empty; epoch seconds."""

_JUMP_SHARE = 0.0003
"""Share of moving fixes thrown hundreds of metres aside, as by a reflection."""

_MISSING_SHARE = 0.02
"""Share of fixes that the phone never writes."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One fix as a device writes it.

    Attributes:
        time_s: Epoch seconds.
        point: Position with the error of the receiver.
        elevation_m: Height.
        accuracy_m: What the device believes its error to be.
        speed_mps: Ground speed.
        bearing_deg: Course, 0 to 360; None while it stands.
    """

    time_s: int
    point: Point
    elevation_m: float
    accuracy_m: float
    speed_mps: float
    bearing_deg: float | None


@dataclass(slots=True)
class Wander:
    """The wandering error of one receiver, in metres east and north."""

    rng: Random
    sd_m: float
    memory_s: float
    east_m: float = 0.0
    north_m: float = 0.0

    def step(self, elapsed_s: float) -> None:
        """Move on by ``elapsed_s`` seconds."""
        keep = math.exp(-elapsed_s / self.memory_s)
        fresh = self.sd_m * math.sqrt(1.0 - keep * keep)
        self.east_m = keep * self.east_m + fresh * gauss(self.rng)
        self.north_m = keep * self.north_m + fresh * gauss(self.rng)

    def applied(self, point: Point) -> Point:
        """Return ``point`` moved by the error."""
        return _moved(point, self.east_m, self.north_m)


def phone(journeys: tuple[Journey, ...], *, seed: int) -> list[Sample]:
    """Return what the phone writes over the whole month, in time order."""
    rng = Random(f"{seed} phone")  # noqa: S311  a drawing, not a secret
    samples = [*_at_rest(journeys, rng)]
    for journey in journeys:
        samples.extend(_phone_moving(journey, rng))
    samples.sort(key=lambda sample: sample.time_s)
    awake = [s for s in samples if not PHONE_OFF[0] <= s.time_s < PHONE_OFF[1]]
    return [_jumped(s, rng) if s.speed_mps and rng.random() < _JUMP_SHARE else s for s in awake]


def watch(journey: Journey, *, seed: int) -> list[Sample]:
    """Return what the watch writes of one ride, one fix a second."""
    rng = Random(f"{seed} watch {journey.start_s}")  # noqa: S311  a drawing, not a secret
    wander = Wander(rng, sd_m=2.4, memory_s=45.0)
    wander.step(1e6)
    samples = []
    for time_s in range(math.ceil(journey.start_s) - 4, math.ceil(journey.end_s) + 5):
        wander.step(1.0)
        samples.append(_sample(journey, time_s, wander, rng))
    return samples


def _phone_moving(journey: Journey, rng: Random) -> Iterator[Sample]:
    wander = Wander(rng, sd_m=rng.uniform(2.2, 4.5), memory_s=40.0)
    wander.step(1e6)
    time_s, silent_until_s = math.ceil(journey.start_s), 0
    while time_s <= journey.end_s + 20:
        mode = next((leg.mode for leg in journey.legs if time_s <= leg.end_s), None)
        every_s = PHONE_EVERY_S[mode or journey.legs[-1].mode]
        wander.step(every_s)
        if rng.random() < 0.0008:
            silent_until_s = time_s + rng.randint(15, 45)
        lost = rng.random() < _MISSING_SHARE or time_s < silent_until_s
        if not lost and not _underground(journey, time_s):
            yield _sample(journey, time_s, wander, rng)
        time_s += every_s


def _at_rest(journeys: tuple[Journey, ...], rng: Random) -> Iterator[Sample]:
    wander = Wander(rng, sd_m=6.0, memory_s=900.0)
    time_s, month_end_s = local_second(1, "00:00"), local_second(31, "23:59")
    for start_s, end_s in [(j.start_s, j.end_s) for j in journeys] + [(month_end_s, month_end_s)]:
        while time_s < start_s - 5:
            wander.step(420.0)
            here = wander.applied(resting_place(journeys, time_s))
            accuracy_m = round(rng.uniform(9.0, 24.0), 1)
            yield Sample(time_s, here, _ground_m(here), accuracy_m, 0.0, None)
            time_s += rng.randint(300, 600)
        time_s = math.ceil(end_s) + rng.randint(120, 300)


def _sample(journey: Journey, time_s: int, wander: Wander, rng: Random) -> Sample:
    point, speed_mps, _, _ = journey.at(time_s)
    ahead, _, _, _ = journey.at(time_s + 1.0)
    moving = speed_mps > 0.4
    return Sample(
        time_s=time_s,
        point=wander.applied(point),
        elevation_m=_ground_m(point) + 1.5 * gauss(rng),
        accuracy_m=round(wander.sd_m * math.exp(0.25 * gauss(rng)) + 1.0, 1),
        speed_mps=max(speed_mps + 0.15 * gauss(rng), 0.0) if moving else 0.0,
        bearing_deg=(_bearing_deg(point, ahead) + 3.0 * gauss(rng)) % 360.0 if moving else None,
    )


def _underground(journey: Journey, time_s: float) -> bool:
    _, _, along_m, leg = journey.at(time_s)
    if leg is None or leg.mode is not Mode.TRAIN:
        return False
    back = next(ride.back for ride in journey.outing.rides if ride.mode is Mode.TRAIN)
    from_home_m = leg.motion.line.length_m - along_m if back else along_m
    return TUNNEL_M[0] < from_home_m < TUNNEL_M[1]


def _jumped(sample: Sample, rng: Random) -> Sample:
    angle, reach_m = rng.uniform(0.0, math.tau), rng.uniform(400.0, 2500.0)
    aside = _moved(sample.point, reach_m * math.cos(angle), reach_m * math.sin(angle))
    return replace(sample, point=aside)


def _moved(point: Point, east_m: float, north_m: float) -> Point:
    degree_m = 111_195.0
    lon_scale = degree_m * math.cos(math.radians(point.lat_deg))
    return Point(point.lat_deg + north_m / degree_m, point.lon_deg + east_m / lon_scale)


def _bearing_deg(a: Point, b: Point) -> float:
    east = (b.lon_deg - a.lon_deg) * math.cos(math.radians(a.lat_deg))
    return math.degrees(math.atan2(east, b.lat_deg - a.lat_deg)) % 360.0


def _ground_m(point: Point) -> float:
    return 128.0 + 9.0 * math.sin(point.lat_deg * 160.0) + 7.0 * math.cos(point.lon_deg * 130.0)
