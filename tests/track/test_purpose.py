from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from geowallet.model.calendar import Busy, WorkWeek, instant_us, zone_of
from geowallet.model.mobility import (
    DescribedTrip,
    Leg,
    Mode,
    NamedPlace,
    PlaceKind,
    Point,
    Purpose,
    Sureness,
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


def us(when: str) -> int:
    return instant_us(dt.datetime.fromisoformat(f"2026-05-{when}").replace(tzinfo=zone_of(PARIS)))


def all_described(*trips: Trip, busy: tuple[Busy, ...] = ()) -> tuple[DescribedTrip, ...]:
    named = tuple(replace(t, id=f"t{n:012d}") for n, t in enumerate(trips))
    off = frozenset({WHIT_MONDAY})
    return describe(named, named=NAMED, work=WORK, days_off=off, vehicles=(), busy=busy)


def texts(found: DescribedTrip) -> str:
    return "; ".join(str(reason) for reason in found.purpose_reasons)


class TestDetours:
    """Promise: home, school, work within an hour is still a commute, and the detour is said."""

    def test_children_brought_to_school_on_the_way_to_work(self) -> None:
        school = Point(48.2, 2.3)
        found = all_described(
            trip(HOME, school, "04T07:50", minutes=10), trip(school, OFFICE, "04T08:12")
        )
        assert [t.purpose for t in found] == [Purpose.COMMUTE] * 2
        assert texts(found[0]) == texts(found[1])
        assert "from home to office, with a detour" in texts(found[0])
        assert "stops on the way: 12 min" in texts(found[0])

    def test_a_named_shop_on_the_way_home_is_told_by_name(self) -> None:
        found = all_described(trip(OFFICE, SHOP, "04T17:05"), trip(SHOP, HOME, "04T17:55"))
        assert [t.purpose for t in found] == [Purpose.COMMUTE] * 2
        assert "by way of shop" in texts(found[0])

    def test_how_much_longer_it_was_is_told_once_the_usual_way_is_known(self) -> None:
        direct = [trip(HOME, OFFICE, f"0{day}T08:30") for day in (4, 5, 6)]
        found = all_described(*direct, trip(HOME, SHOP, "08T08:00"), trip(SHOP, OFFICE, "08T08:30"))
        assert "9 km more than the usual way" in texts(found[-1])
        assert "more than" not in texts(found[0])

    def test_a_detour_without_a_stop_is_told_too_by_the_same_mode(self) -> None:
        direct = [trip(HOME, OFFICE, f"0{day}T08:30") for day in (4, 5, 6)]
        longer = trip(OFFICE, HOME, "08T16:00")
        longer = replace(longer, legs=(replace(longer.legs[0], distance_m=11_100.0),))
        found = all_described(*direct, longer)
        assert texts(found[3]) == "leads from office to home; 2 km more than the usual way"
        by_train = replace(longer.legs[0], mode=Mode.TRAIN)
        (*_, train) = all_described(*direct, replace(longer, legs=(by_train,)))
        assert "more than" not in texts(train)

    @pytest.mark.parametrize(
        ("chain", "why"),
        [
            ([("04T17:05", OFFICE, SHOP), ("04T18:30", SHOP, HOME)], "over an hour in the shop"),
            ([("04T18:05", OFFICE, SHOP), ("04T18:30", SHOP, OFFICE)], "back to the office"),
            ([("04T18:05", SHOP, HOME)], "nothing leads to the shop"),
            ([("04T18:05", OFFICE, SHOP), ("04T18:30", Point(49.0, 2.0), HOME)], "elsewhere"),
            ([("04T18:05", HOME, SHOP), ("04T18:30", SHOP, HOME)], "a walk round the block"),
        ],
    )
    def test_what_is_no_detour(self, chain: list[tuple[str, Point, Point]], why: str) -> None:
        found = all_described(*(trip(start, end, when) for when, start, end in chain))
        assert all(t.purpose is not Purpose.COMMUTE for t in found), why

    def test_a_way_that_the_owner_split_has_no_detour(self) -> None:
        found = all_described(
            trip(HOME, SHOP, "04T08:00", minutes=20), trip(SHOP, OFFICE, "04T08:20")
        )
        assert texts(found[1]) == "a part of the way from home to office"

    def test_a_client_on_the_way_is_business(self) -> None:
        found = all_described(trip(HOME, CLIENT, "04T07:30"), trip(CLIENT, OFFICE, "04T08:20"))
        assert [t.purpose for t in found] == [Purpose.BUSINESS] * 2
        assert "Dupont, a client" in texts(found[0])


class TestCalendar:
    NOWHERE = Point(48.5, 2.9)

    def test_a_trip_to_an_entry_in_the_hours_is_business_because_of_it(self) -> None:
        entry = Busy(us("04T10:30"), us("04T11:30"))
        (found,) = all_described(trip(OFFICE, self.NOWHERE, "04T10:00"), busy=(entry,))
        assert (found.purpose, texts(found)) == (
            Purpose.BUSINESS,
            "your calendar has an entry at that time",
        )
        assert Sureness.of(found.purpose_confidence) is Sureness.SURE

    def test_a_walk_to_an_entry_is_no_break(self) -> None:
        entry = Busy(us("04T10:30"), us("04T11:30"), title="Audit")
        made = trip(OFFICE, self.NOWHERE, "04T10:05", mode=Mode.WALK)
        (found,) = all_described(made, busy=(entry,))
        assert (found.purpose, texts(found)) == (
            Purpose.BUSINESS,
            "your calendar has 'Audit' at that time",
        )

    @pytest.mark.parametrize(
        ("begins", "ends", "tied"),
        [
            ("04T10:20", "04T11:00", True),
            ("04T11:05", "04T12:00", True),
            ("04T11:06", "04T12:00", False),
            ("04T10:05", "04T13:00", True),
            ("04T10:04", "04T13:00", False),
            ("04T09:00", "04T09:15", True),
            ("04T09:00", "04T10:15", True),
            ("04T09:00", "04T10:16", False),
            ("04T08:00", "04T09:14", False),
        ],
    )
    def test_one_comes_a_little_early_or_late(self, begins: str, ends: str, tied: bool) -> None:
        """The trip runs from 10:00 to 10:20."""
        made = trip(OFFICE, self.NOWHERE, "04T10:00")
        (found,) = all_described(made, busy=(Busy(us(begins), us(ends)),))
        assert ("calendar" in texts(found)) is tied

    def test_at_home_one_is_not_at_an_appointment(self) -> None:
        entry = Busy(us("04T14:30"), us("04T15:30"))
        (found,) = all_described(trip(self.NOWHERE, HOME, "04T14:05"), busy=(entry,))
        assert "calendar" not in texts(found)

    @pytest.mark.parametrize(
        ("begins", "ends", "business"),
        [
            ("09T10:20", "09T12:00", True),
            ("09T09:00", "09T10:20", True),
            ("09T11:05", "09T12:00", True),
            ("09T11:06", "09T12:00", False),
            ("09T09:00", "09T10:19", False),
        ],
    )
    def test_an_entry_that_names_a_client_sends_there_on_any_day(
        self, begins: str, ends: str, business: bool
    ) -> None:
        """The trip of Saturday runs from 10:00 to 10:20."""
        entry = Busy(us(begins), us(ends), clients=("Dupont",))
        for made, sent in ((CLIENT, business), (SHOP, False)):
            (found,) = all_described(trip(HOME, made, "09T10:00"), busy=(entry,))
            assert (found.purpose is Purpose.BUSINESS) is sent
            assert ("; your calendar names it at that time" in texts(found)) is sent

    def test_who_comes_from_a_client_has_been_there(self) -> None:
        entry = Busy(us("09T08:00"), us("09T09:15"), title="Dupont", clients=("Dupont",))
        made = trip(CLIENT, HOME, "09T10:00"), trip(CLIENT, HOME, "09T10:01")
        found = all_described(made[0], busy=(entry,)) + all_described(made[1], busy=(entry,))
        assert [t.purpose for t in found] == [Purpose.BUSINESS, Purpose.PRIVATE]
        assert texts(found[0]).endswith("your calendar has 'Dupont' at that time")

    def test_outside_the_hours_only_a_picked_entry_makes_business(self) -> None:
        made = trip(self.NOWHERE, SHOP, "09T19:30")
        entry = Busy(us("09T20:00"), us("09T22:00"))
        (private,) = all_described(made, busy=(entry,))
        (business,) = all_described(made, busy=(replace(entry, chosen=True),))
        assert (private.purpose, business.purpose) == (Purpose.PRIVATE, Purpose.BUSINESS)

    def test_the_way_to_work_is_a_commute_whatever_the_calendar_says(self) -> None:
        entry = Busy(us("04T09:00"), us("04T10:00"), chosen=True)
        (found,) = all_described(trip(HOME, OFFICE, "04T08:30"), busy=(entry,))
        assert found.purpose is Purpose.COMMUTE


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (trip(HOME, OFFICE, "04T08:30"), "leads from home to office"),
        (trip(OFFICE, SHOP, "04T10:00"), "starts in your work hours, and is no commute"),
        (trip(OFFICE, SHOP, "04T18:30"), "outside your work hours"),
        (trip(OFFICE, SHOP, "07T10:00"), "not a day on which you work"),
        (
            trip(OFFICE, SHOP, "04T10:00", mode=Mode.WALK),
            "on foot in your work hours, to no client: a break",
        ),
    ],
)
def test_every_purpose_has_its_reason(made: Trip, reason: str) -> None:
    assert texts(described(made)) == reason
    assert 0.5 <= described(made).purpose_confidence <= 1.0
