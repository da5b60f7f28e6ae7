from __future__ import annotations

import datetime as dt

import pytest

from geowallet.model.calendar import WorkWeek, instant_us, zone_of
from geowallet.model.mobility import (
    DescribedTrip,
    Leg,
    Mode,
    NamedPlace,
    PlaceKind,
    Point,
    Purpose,
    Trip,
    Vehicle,
)
from geowallet.track.purpose import describe, in_work_window

PARIS = "Europe/Paris"
HOME, OFFICE, CLIENT, SHOP = (Point(48.0 + n / 50, 2.0) for n in range(4))
NAMED = (
    NamedPlace("home", PlaceKind.HOME, HOME),
    NamedPlace("office", PlaceKind.WORK, OFFICE),
    NamedPlace("Dupont", PlaceKind.CLIENT, CLIENT),
    NamedPlace("shop", PlaceKind.OTHER, SHOP),
)
NINE_TO_FIVE = ((9 * 60, 12 * 60), (13 * 60, 17 * 60))
WORK = WorkWeek((NINE_TO_FIVE,) * 5 + ((), ()), PARIS, leave=frozenset({dt.date(2026, 5, 7)}))
WHIT_MONDAY = dt.date(2026, 5, 25)


def trip(start: Point, end: Point, when: str, *, minutes: int = 20, mode: Mode = Mode.CAR) -> Trip:
    begin = dt.datetime.fromisoformat(f"2026-05-{when}").replace(tzinfo=zone_of(PARIS))
    start_us = instant_us(begin)
    end_us = start_us + minutes * 60_000_000
    leg = Leg(start_us, end_us, mode, 0.9, (), 9000.0, 40.0, 0.0, 0.0, 99)
    return Trip("t" + "0" * 12, start_us, end_us, (leg,), start, end, ("a" * 64,))


def described(made: Trip, vehicles: tuple[Vehicle, ...] = ()) -> DescribedTrip:
    off = frozenset({WHIT_MONDAY})
    (found,) = describe([made], named=NAMED, work=WORK, days_off=off, vehicles=vehicles)
    return found


@pytest.mark.parametrize(
    ("made", "purpose"),
    [
        (trip(HOME, OFFICE, "04T08:30"), Purpose.COMMUTE),
        (trip(OFFICE, HOME, "04T16:00"), Purpose.COMMUTE),
        (trip(OFFICE, HOME, "09T16:00"), Purpose.COMMUTE),
        (trip(OFFICE, CLIENT, "04T10:00"), Purpose.BUSINESS),
        (trip(OFFICE, SHOP, "04T10:00"), Purpose.BUSINESS),
        (trip(HOME, CLIENT, "04T07:40"), Purpose.BUSINESS),
        (trip(OFFICE, SHOP, "04T12:30"), Purpose.PRIVATE),
        (trip(OFFICE, SHOP, "04T18:30"), Purpose.PRIVATE),
        (trip(OFFICE, SHOP, "07T10:00"), Purpose.PRIVATE),
        (trip(HOME, CLIENT, "25T10:00"), Purpose.PRIVATE),
        (trip(HOME, CLIENT, "09T10:00"), Purpose.PRIVATE),
        (trip(OFFICE, OFFICE, "04T10:00", mode=Mode.WALK), Purpose.PRIVATE),
        (trip(OFFICE, CLIENT, "04T10:00", mode=Mode.WALK), Purpose.BUSINESS),
    ],
)
def test_purpose_follows_from_places_hours_and_days(made: Trip, purpose: Purpose) -> None:
    assert described(made).purpose is purpose


def test_without_work_hours_only_commutes_are_told() -> None:
    trips = [trip(HOME, OFFICE, "04T08:30"), trip(OFFICE, CLIENT, "04T10:00")]
    found = describe(trips, named=NAMED, work=None, days_off=frozenset(), vehicles=())
    assert [item.purpose for item in found] == [Purpose.COMMUTE, Purpose.PRIVATE]
    assert found[0].starts_min == 6 * 60 + 30


def test_a_trip_across_midnight_belongs_to_the_day_it_starts() -> None:
    found = described(trip(SHOP, HOME, "30T23:50"))
    assert found.day == "2026-05-30"
    assert (found.starts_min, found.ends_min) == (23 * 60 + 50, 24 * 60 + 10)


def test_named_ends_are_given() -> None:
    found = described(trip(OFFICE, Point(50.0, 5.0), "04T10:00"))
    assert found.origin is not None
    assert found.origin.name == "office"
    assert found.destination is None


def test_the_only_vehicle_of_the_mode_is_taken_and_of_two_none() -> None:
    car, van = Vehicle("clio", Mode.CAR), Vehicle("kangoo", Mode.CAR)
    made = trip(OFFICE, CLIENT, "04T10:00")
    assert described(made, (car, Vehicle("velo", Mode.BIKE))).vehicle == "clio"
    assert described(made, (car, van)).vehicle == ""


def test_the_work_window_is_closed_at_its_start_and_open_at_its_end() -> None:
    def inside(when: str) -> bool:
        moment = dt.datetime.fromisoformat(when).replace(tzinfo=zone_of(PARIS))
        return in_work_window(instant_us(moment), WORK, frozenset())

    assert inside("2026-05-04T09:00")
    assert not inside("2026-05-04T12:00")
    assert not inside("2026-05-09T10:00")
