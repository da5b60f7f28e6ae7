"""What the invented employee does in May 2026, trip by trip.

The month was chosen for its calendar: in France the 1st, 8th, 14th and 25th
are public holidays on weekdays, and the 15th is taken as leave.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from geowallet.model.calendar import WorkWeek
from geowallet.model.mobility import Mode, Purpose

ZONE = "Europe/Paris"
MONTH = "2026-05"
HOLIDAYS = frozenset(dt.date(2026, 5, day) for day in (1, 8, 14, 25))
"""Labour Day, Victory Day, Ascension Day, Whit Monday (Code du travail, L3133-1)."""

LEAVE = frozenset({dt.date(2026, 5, 15)})
_HOURS = ((8 * 60 + 30, 18 * 60),)
WORK_WEEK = WorkWeek(hours=(_HOURS,) * 5 + ((), ()), zone=ZONE, holidays="FR", leave=LEAVE)
"""Monday to Friday 08:30 to 18:00."""


@dataclass(frozen=True, slots=True)
class Ride:
    """One leg: a road, travelled by one mode.

    Attributes:
        mode: Means of travel.
        road: Name of the road.
        back: Whether it is travelled from its end to its start.
        wait_s: Seconds spent standing before it begins (a platform).
    """

    mode: Mode
    road: str
    back: bool = False
    wait_s: int = 0


@dataclass(frozen=True, slots=True)
class Outing:
    """One planned trip.

    Attributes:
        day: Day of the month on which it starts.
        at: Local time at which it starts, ``HH:MM``.
        purpose: Why it is made.
        rides: Its legs.
        watch: Whether the watch records it.
    """

    day: int
    at: str
    purpose: Purpose
    rides: tuple[Ride, ...]
    watch: bool = False


def _bike(day: int, leave: str, back: str, *, watch: bool = False) -> list[Outing]:
    return [_bike_in(day, leave, watch=watch), _bike_home(day, back, watch=watch)]


def _bike_in(day: int, at: str, *, watch: bool = False) -> Outing:
    ride = Ride(Mode.BIKE, "bike path to the office")
    return Outing(day, at, Purpose.COMMUTE, (ride,), watch)


def _bike_home(day: int, at: str, *, watch: bool = False) -> Outing:
    ride = Ride(Mode.BIKE, "bike path to the office", back=True)
    return Outing(day, at, Purpose.COMMUTE, (ride,), watch)


def _train_in(day: int, at: str) -> Outing:
    rides = (
        Ride(Mode.WALK, "footpath to the station"),
        Ride(Mode.TRAIN, "railway", wait_s=150),
        Ride(Mode.WALK, "footpath from the station", wait_s=20),
    )
    return Outing(day, at, Purpose.COMMUTE, rides)


def _train_home(day: int, at: str) -> Outing:
    rides = (
        Ride(Mode.WALK, "footpath from the station", back=True),
        Ride(Mode.TRAIN, "railway", back=True, wait_s=130),
        Ride(Mode.WALK, "footpath to the station", back=True, wait_s=20),
    )
    return Outing(day, at, Purpose.COMMUTE, rides)


def _car(day: int, at: str, purpose: Purpose, road: str, *, back: bool = False) -> Outing:
    return Outing(day, at, purpose, (Ride(Mode.CAR, road, back),))


def _visit(day: int, leave: str, back: str, road: str) -> list[Outing]:
    business = Purpose.BUSINESS
    return [_car(day, leave, business, road), _car(day, back, business, road, back=True)]


def _errand(day: int, leave: str, back: str, road: str) -> list[Outing]:
    private = Purpose.PRIVATE
    return [_car(day, leave, private, road), _car(day, back, private, road, back=True)]


def _loop(day: int, at: str, mode: Mode, road: str, *, watch: bool = False) -> Outing:
    return Outing(day, at, Purpose.PRIVATE, (Ride(mode, road),), watch)


def _canteen(day: int, leave: str, back: str) -> list[Outing]:
    there = Ride(Mode.WALK, "footpath to the canteen")
    home = Ride(Mode.WALK, "footpath to the canteen", back=True)
    return [
        Outing(day, leave, Purpose.PRIVATE, (there,)),
        Outing(day, back, Purpose.PRIVATE, (home,)),
    ]


_COMMUTE, _BUSINESS = Purpose.COMMUTE, Purpose.BUSINESS
_STREET = "street to the office"

DIARY: tuple[Outing, ...] = (
    # Fri 1, a holiday; Sat 2; Sun 3.
    _loop(1, "15:10", Mode.WALK, "evening loop"),
    *_errand(2, "10:05", "11:10", "street to the shop"),
    _loop(3, "09:40", Mode.BIKE, "ride west", watch=True),
    # A common week: bike, train, a car day, a holiday on the Friday.
    *_bike(4, "08:02", "17:48", watch=True),
    _loop(4, "12:20", Mode.WALK, "lunch loop"),
    *_bike(5, "07:58", "17:35"),
    *_visit(5, "09:40", "11:45", "office to north"),
    _train_in(6, "07:41"),
    *_canteen(6, "12:05", "12:58"),
    _train_home(6, "17:52"),
    # Thu 7: a commute by car inside the hours of work, and three client trips.
    _car(7, "08:34", _COMMUTE, _STREET),
    _car(7, "10:15", _BUSINESS, "office to east"),
    _car(7, "13:40", _BUSINESS, "east to mill"),
    _car(7, "15:25", _BUSINESS, "office to mill", back=True),
    _car(7, "17:20", _COMMUTE, _STREET, back=True),
    _loop(8, "10:00", Mode.BIKE, "ride south", watch=True),
    *_errand(9, "14:30", "15:50", "street to the shop"),
    # Mon 11: bike; Tue 12: a private trip by car after hours.
    *_bike(11, "08:06", "17:41", watch=True),
    _loop(11, "12:31", Mode.WALK, "lunch loop"),
    *_bike(12, "08:00", "17:30", watch=True),
    *_visit(12, "14:00", "15:55", "office to north"),
    *_errand(12, "19:35", "22:25", "home to cinema"),
    # Wed 13: begins before the hours, ends after them; only the middle trip is inside.
    _car(13, "07:40", _BUSINESS, "home to far"),
    _car(13, "11:30", _BUSINESS, "far to quarry"),
    _car(13, "17:38", _BUSINESS, "home to quarry", back=True),
    # Thu 14 is a holiday, Fri 15 leave; a weekend at the lake.
    *_errand(15, "10:10", "11:40", "home to nursery"),
    _car(16, "09:15", Purpose.PRIVATE, "home to lake"),
    _loop(16, "15:05", Mode.WALK, "lake loop"),
    _car(17, "16:45", Purpose.PRIVATE, "home to lake", back=True),
    _train_in(18, "07:39"),
    *_visit(18, "10:00", "14:30", "office to east"),
    _train_home(18, "18:05"),
    *_bike(19, "08:04", "17:44"),
    *_canteen(19, "12:10", "13:02"),
    # Wed 20: the phone is off on the way home; only the watch records the ride.
    *_bike(20, "08:01", "17:50", watch=True),
    # Thu 21: straight to a client from home, and home by car inside the hours.
    _car(21, "08:41", _BUSINESS, "home to mill"),
    _car(21, "11:10", _BUSINESS, "office to mill", back=True),
    _car(21, "17:15", _COMMUTE, _STREET, back=True),
    # Fri 22: there by bike, home by car; the bike stays until Tue 26.
    _bike_in(22, "08:05"),
    *_visit(22, "10:30", "12:20", "office to north"),
    _car(22, "18:12", _COMMUTE, _STREET, back=True),
    _loop(24, "16:20", Mode.WALK, "evening loop"),
    # Mon 25: a holiday, with a private trip by car at an hour of work.
    *_errand(25, "14:00", "17:05", "home to friend"),
    _train_in(26, "07:42"),
    _bike_home(26, "17:46", watch=True),
    *_bike(27, "07:57", "17:32"),
    *_visit(27, "09:30", "14:05", "office to far"),
    # Thu 28: the bike is at the workshop.
    Outing(28, "07:12", _COMMUTE, (Ride(Mode.WALK, "bike path to the office"),)),
    _train_home(28, "17:40"),
    *_bike(29, "08:03", "17:39", watch=True),
    *_canteen(29, "12:08", "12:55"),
    # Sat 30: a night out; the way home crosses midnight.
    _loop(30, "09:30", Mode.BIKE, "ride west", watch=True),
    *_errand(30, "20:20", "23:50", "home to friend"),
)
