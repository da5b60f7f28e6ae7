"""A whole year of the invented employee at a slow rhythm, with its script as the truth.

    python -m geowallet.testing.simulate_year OUT [--every 20]

writes a file a month, and ``truth.json``. The year is 2023: its payroll began with
one table and ended with another (the arrêté of 27 March 2023). Two cars, a week in the
snow, three weeks in August, public holidays; the phone says nothing of all that.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import math
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from geowallet.model.calendar import instant_us, zone_of
from geowallet.model.mobility import Mode, Point, Purpose
from geowallet.testing.simulate_diary import ZONE, Ride
from geowallet.testing.simulate_files import csv
from geowallet.testing.simulate_map import ROADS, point_of, survey
from geowallet.testing.simulate_motion import Motion, gauss, travel
from geowallet.testing.simulate_receiver import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

YEAR, SEED = 2023, 2023
EVERY_S, REST_EVERY_S = 20, 1800
"""Seconds between two fixes: while the employee moves, and while not."""

HOLIDAYS = frozenset(
    dt.date(YEAR, month, day)
    for month, day in (
        *((1, 1), (4, 10), (5, 1), (5, 8), (5, 18), (5, 29)),
        *((7, 14), (8, 15), (11, 1), (11, 11), (12, 25)),
    )
)
"""Of France in 2023, by hand (Code du travail, L3133-1; Easter Sunday was 9 April)."""

LEAVE = frozenset(
    first + dt.timedelta(days=n)
    for first, days in ((dt.date(YEAR, 2, 20), 5), (dt.date(YEAR, 7, 31), 19))
    for n in range(days)
)
"""A week in the snow, and from Monday 31 July to Friday 18 August."""


_BY_ZOE = frozenset({"home to far", "far to quarry", "home to quarry"})
"""The roads of Thursdays; all others are driven with the Clio."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One trip of the script.

    Attributes:
        day: Local day.
        at: Local time at which it starts, ``HH:MM``.
        purpose: Why it is made.
        rides: Its legs.
        vehicle: ``clio``, ``zoe`` or "".
    """

    day: dt.date
    at: str
    purpose: Purpose
    rides: tuple[Ride, ...]
    vehicle: str = ""

    @property
    def metres(self) -> int:
        """Metres of its roads."""
        return round(sum(ROADS[ride.road].length_m for ride in self.rides))

    @property
    def mode(self) -> Mode:
        """Mode of the longest leg."""
        return max(self.rides, key=lambda ride: ROADS[ride.road].length_m).mode


def script() -> tuple[Planned, ...]:
    """Return every trip of the year, in time order."""
    first = dt.date(YEAR, 1, 1)
    days = (first + dt.timedelta(days=n) for n in range(365))
    return tuple(trip for day in days for trip in _plan(day))


def fixes(trips: Sequence[Planned], *, seed: int = SEED, every_s: int = EVERY_S) -> list[Sample]:
    """Return what the phone writes, in time order: noise of a few metres, no gaps."""
    roads = {
        name: survey(name, seed=seed)
        for name in {ride.road for trip in trips for ride in trip.rides}
    }
    motions = {
        (name, back): travel(
            roads[name].reversed() if back else roads[name],
            _mode_on(name),
            ROADS[name].kind,
            rng=Random(f"{seed} {name} {back}"),  # noqa: S311  a drawing, not a secret
        )
        for name in roads
        for back in (False, True)
    }
    rng = Random(f"{seed} year")  # noqa: S311  a drawing, not a secret
    found: list[Sample] = []
    for trip in trips:
        start_s = _second(trip.day, trip.at)
        found.extend(_resting(found[-1].time_s if found else start_s - 7200, start_s, trip, rng))
        found.extend(_moving(trip, start_s, motions, every_s, rng))
    return found


def month_files(samples: Sequence[Sample]) -> dict[str, bytes]:
    """Return a CSV for each month (UTC) by name, ``2023-01.csv`` first."""
    months: dict[str, list[Sample]] = {}
    for sample in samples:
        when = dt.datetime.fromtimestamp(sample.time_s, tz=dt.UTC)
        months.setdefault(f"{when:%Y-%m}", []).append(sample)
    return {f"{name}.csv": csv(found, name=name) for name, found in months.items()}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line of this module."""
    parser = argparse.ArgumentParser(prog="python -m geowallet.testing.simulate_year")
    parser.add_argument("folder", type=Path, help="where the year is written")
    parser.add_argument("--every", type=int, default=EVERY_S, help="seconds between fixes")
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    trips = script()
    for name, content in month_files(fixes(trips, every_s=options.every)).items():
        (options.folder / name).write_bytes(content)
    truth = [
        {
            "day": trip.day.isoformat(),
            "at": trip.at,
            "purpose": trip.purpose,
            "mode": trip.mode,
            "vehicle": trip.vehicle,
            "distance_m": trip.metres,
        }
        for trip in trips
    ]
    (options.folder / "truth.json").write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")


def _plan(day: dt.date) -> Iterator[Planned]:
    """Yield the trips of a day: a working week by its weekdays, errands on Saturdays."""
    week = day.isocalendar().week
    if day.weekday() == 5 and week % 2:
        yield _drive(day, "10:05", Purpose.PRIVATE, "home to cinema")
        yield _drive(day, "14:10", Purpose.PRIVATE, "home to cinema", back=True)
    if day.weekday() > 4 or day in HOLIDAYS or day in LEAVE:
        return
    yield from (_bike, _client, _train, _round, _mixed)[day.weekday()](day, week)


def _bike(day: dt.date, week: int) -> Iterator[Planned]:
    """Monday: there and back by bike."""
    del week
    yield _ride(day, "08:02")
    yield _ride(day, "17:48", back=True)


def _client(day: dt.date, week: int) -> Iterator[Planned]:
    """Tuesday: by bike, and to a client and back by the Clio."""
    road = "office to far" if week % 8 else "office to east"
    yield _ride(day, "07:58")
    yield _drive(day, "09:40", Purpose.BUSINESS, road)
    yield _drive(day, "14:05", Purpose.BUSINESS, road, back=True)
    yield _ride(day, "17:52", back=True)


def _train(day: dt.date, week: int) -> Iterator[Planned]:
    """Wednesday: by train."""
    del week
    to, rail, off = "footpath to the station", "railway", "footpath from the station"
    walk, train = Mode.WALK, Mode.TRAIN
    there = (Ride(walk, to), Ride(train, rail, wait_s=150), Ride(walk, off, wait_s=20))
    back = (
        Ride(walk, off, back=True),
        Ride(train, rail, back=True, wait_s=130),
        Ride(walk, to, back=True, wait_s=20),
    )
    yield Planned(day, "07:41", Purpose.COMMUTE, there)
    yield Planned(day, "17:52", Purpose.COMMUTE, back)


def _round(day: dt.date, week: int) -> Iterator[Planned]:
    """Thursday: from home to two clients and home, by the Zoe; the office every sixth week."""
    if week % 6 == 0:
        yield from _bike(day, week)
        return
    business = Purpose.BUSINESS
    yield _drive(day, "08:45", business, "home to far")
    yield _drive(day, "11:30", business, "far to quarry")
    yield _drive(day, "16:10", business, "home to quarry", back=True)


def _mixed(day: dt.date, week: int) -> Iterator[Planned]:
    """Friday: by bike; in odd weeks home by the Clio, and no day for the allowance."""
    yield _ride(day, "08:05")
    if week % 2:
        road = "street to the office"
        yield _drive(day, "18:12", Purpose.COMMUTE, road, back=True)
    else:
        yield _ride(day, "17:39", back=True)


def _ride(day: dt.date, at: str, *, back: bool = False) -> Planned:
    return Planned(day, at, Purpose.COMMUTE, (Ride(Mode.BIKE, "bike path to the office", back),))


def _drive(day: dt.date, at: str, purpose: Purpose, road: str, *, back: bool = False) -> Planned:
    vehicle = "zoe" if road in _BY_ZOE else "clio"
    return Planned(day, at, purpose, (Ride(Mode.CAR, road, back),), vehicle)


def _mode_on(road: str) -> Mode:
    if road == "railway":
        return Mode.TRAIN
    if road.startswith("footpath"):
        return Mode.WALK
    return Mode.BIKE if road.startswith("bike path") else Mode.CAR


def _second(day: dt.date, at: str) -> int:
    wall = dt.datetime.fromisoformat(f"{day}T{at}").replace(tzinfo=zone_of(ZONE))
    return instant_us(wall) // 1_000_000


def _resting(after_s: int, until_s: int, trip: Planned, rng: Random) -> Iterator[Sample]:
    """Yield the fixes of the stay that a trip ends."""
    first = trip.rides[0]
    here = point_of(ROADS[first.road].end if first.back else ROADS[first.road].start)
    for time_s in range(after_s + 60, until_s - 30, REST_EVERY_S):
        yield _sample(time_s, here, 0.0, rng)


def _moving(
    trip: Planned,
    start_s: int,
    motions: dict[tuple[str, bool], Motion],
    every_s: int,
    rng: Random,
) -> Iterator[Sample]:
    now_s = float(start_s)
    for ride in trip.rides:
        motion = motions[ride.road, ride.back]
        now_s += ride.wait_s
        for elapsed_s in range(0, math.ceil(motion.duration_s) + every_s, every_s):
            point, speed_mps, _ = motion.at(float(elapsed_s))
            if elapsed_s >= motion.duration_s:
                point, speed_mps = motion.line.points[-1], 0.0
            yield _sample(round(now_s) + elapsed_s, point, speed_mps, rng)
        now_s = round(now_s) + math.ceil(motion.duration_s / every_s) * every_s + 1.0


def _sample(time_s: int, at: Point, speed_mps: float, rng: Random) -> Sample:
    spread_deg = 3.0 / 111_195.0
    scale = math.cos(math.radians(at.lat_deg))
    lat_deg = at.lat_deg + spread_deg * gauss(rng)
    lon_deg = at.lon_deg + spread_deg * gauss(rng) / scale
    return Sample(time_s, Point(lat_deg, lon_deg), 130.0, 5.0, speed_mps, None)


if __name__ == "__main__":
    main()
