"""The diary put on the map and the clock: where the employee is at every second."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

from geowallet.model.calendar import instant_us, zone_of
from geowallet.testing.simulate_diary import DIARY, MONTH, ZONE, Outing
from geowallet.testing.simulate_map import ROADS, Line, point_of, survey
from geowallet.testing.simulate_motion import Motion, travel

if TYPE_CHECKING:
    from geowallet.model.mobility import Mode, Point


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg as it was really travelled.

    Attributes:
        mode: Means of travel.
        road: Name of the road.
        start_s: Departure, seconds since the Unix epoch.
        motion: Where it is at each moment after ``start_s``.
    """

    mode: Mode
    road: str
    start_s: float
    motion: Motion

    @property
    def end_s(self) -> float:
        """Arrival, seconds since the Unix epoch."""
        return self.start_s + self.motion.duration_s


@dataclass(frozen=True, slots=True)
class Journey:
    """One trip as it was really made.

    Attributes:
        outing: The plan it follows.
        start_s: When it begins, seconds since the Unix epoch.
        legs: At least one, in time order.
        origin: Name of the place it begins at.
        destination: Name of the place it ends at.
    """

    outing: Outing
    start_s: float
    legs: tuple[Leg, ...]
    origin: str
    destination: str

    @property
    def end_s(self) -> float:
        """When it ends, seconds since the Unix epoch."""
        return self.legs[-1].end_s

    @property
    def length_m(self) -> float:
        """Metres of all legs, along the lines."""
        return sum(leg.motion.line.length_m for leg in self.legs)

    def at(self, time_s: float) -> tuple[Point, float, float, Leg | None]:
        """Return position, speed in m/s, metres along the leg, and the leg (None: waiting)."""
        n = max(bisect_right([leg.start_s for leg in self.legs], time_s) - 1, 0)
        leg = self.legs[n]
        moving = leg.start_s <= time_s <= leg.end_s
        point, speed_mps, along_m = leg.motion.at(time_s - leg.start_s)
        return point, speed_mps if moving else 0.0, along_m, leg if moving else None


def live_the_month(*, seed: int) -> tuple[Journey, ...]:
    """Return every trip of the month, in time order.

    Raises:
        ValueError: The diary asks for a departure before the last arrival, or
            from somewhere else.
    """
    lines = {name: survey(name, seed=seed) for name in ROADS}
    plans = sorted(DIARY, key=lambda outing: (outing.day, outing.at))
    journeys = tuple(_journey(outing, lines, seed=seed) for outing in plans)
    for before, after in pairwise(journeys):
        if after.start_s <= before.end_s or after.origin != before.destination:
            msg = f"the diary does not hold together on day {after.outing.day}"
            raise ValueError(msg)
    return journeys


def local_second(day: int, at: str) -> int:
    """Return the epoch second of ``at`` (``HH:MM``) on ``day`` of the month, local time."""
    wall = dt.datetime.fromisoformat(f"{MONTH}-{day:02d}T{at}").replace(tzinfo=zone_of(ZONE))
    return instant_us(wall) // 1_000_000


def _journey(outing: Outing, lines: dict[str, Line], *, seed: int) -> Journey:
    rng = Random(f"{seed} trip {outing.day} {outing.at}")  # noqa: S311  a drawing, not a secret
    start_s = local_second(outing.day, outing.at) + rng.randrange(60)
    legs: list[Leg] = []
    now_s = float(start_s)
    for ride in outing.rides:
        line = lines[ride.road].reversed() if ride.back else lines[ride.road]
        motion = travel(line, ride.mode, ROADS[ride.road].kind, rng=rng)
        legs.append(Leg(ride.mode, ride.road, now_s + ride.wait_s, motion))
        now_s = legs[-1].end_s
    first, last = outing.rides[0], outing.rides[-1]
    origin = ROADS[first.road].end if first.back else ROADS[first.road].start
    destination = ROADS[last.road].start if last.back else ROADS[last.road].end
    return Journey(outing, float(start_s), tuple(legs), origin, destination)


def resting_place(journeys: tuple[Journey, ...], time_s: float) -> Point:
    """Return where the employee stays at ``time_s``, between two trips."""
    n = bisect_right([journey.start_s for journey in journeys], time_s)
    return point_of(journeys[n - 1].destination if n else journeys[0].origin)
