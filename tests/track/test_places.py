from __future__ import annotations

import datetime as dt

import pytest

from geowallet.model.calendar import WorkWeek, instant_us, zone_of
from geowallet.model.mobility import NamedPlace, Place, PlaceKind, Point, Stop, Sureness
from geowallet.track.places import find_places, place_at
from tests.track.synthetic import METRE_DEG

PARIS = "Europe/Paris"
HOME, OFFICE, GYM = Point(48.0, 2.0), Point(48.05, 2.05), Point(48.02, 1.98)


def near(point: Point, metres: float) -> Point:
    return Point(point.lat_deg + metres * METRE_DEG, point.lon_deg)


def stop(place: Point, day: int, start: str, hours: float, *, is_activity: bool = True) -> Stop:
    begin = dt.datetime.fromisoformat(f"2026-05-{day:02d}T{start}").replace(tzinfo=zone_of(PARIS))
    start_us = instant_us(begin)
    return Stop(start_us, start_us + round(hours * 3600e6), place, 9, is_activity)


def week() -> list[Stop]:
    stops = []
    for day in range(4, 9):
        stops.append(stop(near(HOME, 5 * day), day, "19:00", 12.5))
        stops.append(stop(near(OFFICE, -4 * day), day, "09:00", 8.0))
    return [*stops, stop(GYM, 6, "17:30", 1.0)]


def test_no_stops_give_no_places() -> None:
    assert find_places([], [], zone=PARIS) == ()


def test_home_is_where_the_nights_are_and_work_where_the_work_hours_are() -> None:
    places = find_places(week(), [], zone=PARIS)
    assert [place.guess for place in places] == [PlaceKind.HOME, PlaceKind.WORK, None]
    assert [place.visits for place in places] == [5, 5, 1]
    assert places[0].dwell_s == 5 * 12.5 * 3600


def test_the_order_of_stops_does_not_matter() -> None:
    assert find_places(week()[::-1], [], zone=PARIS) == find_places(week(), [], zone=PARIS)


def test_the_name_that_the_owner_gave_is_kept() -> None:
    named = [NamedPlace("chez moi", PlaceKind.HOME, near(HOME, 60))]
    place = find_places(week(), named, zone=PARIS)[0]
    assert (place.name, place.kind) == ("chez moi", PlaceKind.HOME)


def test_short_stops_make_no_place() -> None:
    assert find_places([stop(GYM, 6, "17:30", 0.05, is_activity=False)], [], zone=PARIS) == ()


def test_one_night_in_a_hotel_is_no_home_and_two_days_somewhere_are_no_work() -> None:
    stops = [stop(GYM, 4, "20:00", 11), stop(OFFICE, 4, "09:00", 6), stop(OFFICE, 5, "09:00", 6)]
    found = find_places(stops, [], zone=PARIS)
    assert [place.guess for place in found] == [PlaceKind.CLIENT, None]


class TestProposals:
    """Promise: a proposal has a reason, and how sure it is; it is never counted."""

    def test_a_week_is_likely_and_a_month_is_sure(self) -> None:
        def home_after(days: int) -> Place:
            stops = [stop(HOME, day, "19:00", 12) for day in range(1, days + 1)]
            return find_places(stops, [], zone=PARIS)[0]

        week_long, month_long = home_after(7), home_after(28)
        assert Sureness.of(week_long.confidence) is Sureness.LIKELY
        assert Sureness.of(month_long.confidence) is Sureness.SURE
        assert str(month_long.reason) == "28 of 28 nights are spent here"

    def test_nights_elsewhere_make_home_less_sure(self) -> None:
        stops = [stop(HOME, day, "19:00", 12) for day in range(1, 21)]
        away = [stop(GYM, day, "19:00", 12) for day in range(21, 29)]
        (alone, *_), (shared, *_) = (
            find_places(some, [], zone=PARIS) for some in (stops, stops + away)
        )
        assert shared.confidence < 0.7 < alone.confidence
        assert str(shared.reason) == "20 of 28 nights are spent here"

    def test_work_tells_of_how_many_weekdays(self) -> None:
        office = next(p for p in find_places(week(), [], zone=PARIS) if p.guess is PlaceKind.WORK)
        assert str(office.reason) == "here in work hours on 5 of 5 weekdays away from home"
        assert 0.5 < office.confidence < 0.9

    def test_repeated_visits_in_work_hours_look_like_a_client(self) -> None:
        visits = [stop(GYM, 5, "10:00", 1.5), stop(GYM, 7, "14:30", 2.0)]
        found = {p.guess: p for p in find_places([*week(), *visits][:-1], [], zone=PARIS)}
        assert PlaceKind.CLIENT not in found
        found = {p.guess: p for p in find_places([*week()[:-1], *visits], [], zone=PARIS)}
        client = found[PlaceKind.CLIENT]
        assert str(client.reason) == "here on 2 weekdays, in work hours only"
        assert Sureness.of(client.confidence) is Sureness.UNSURE

    @pytest.mark.parametrize(
        ("start", "hours", "why"),
        [
            ("12:05", 1.2, "lunch"),
            ("10:00", 0.3, "a delivery"),
            ("16:00", 4.0, "mostly in the evening"),
            ("03:00", 9.0, "a night shift"),
        ],
    )
    def test_what_is_no_client(self, start: str, hours: float, why: str) -> None:
        visits = [stop(GYM, day, start, hours) for day in (4, 5, 6)]
        found = find_places([*week()[:-1], *visits], [], zone=PARIS)
        assert PlaceKind.CLIENT not in {place.guess for place in found}, why


def test_working_hours_on_a_weekend_do_not_count() -> None:
    stops = [stop(OFFICE, day, "09:00", 8.0) for day in (2, 3, 9, 10)]
    assert find_places(stops, [], zone=PARIS)[0].guess is None


def test_the_nearest_named_place_within_reach_is_found() -> None:
    named = [
        NamedPlace("near", PlaceKind.CLIENT, near(HOME, 40)),
        NamedPlace("nearer", PlaceKind.WORK, near(HOME, 20)),
    ]
    found = place_at(HOME, named)
    assert found is not None
    assert found.name == "nearer"
    assert place_at(near(HOME, 400), named) is None


def test_a_place_has_a_stable_name_from_its_position() -> None:
    (place,) = find_places([stop(GYM, 6, "17:30", 1.0)], [], zone=PARIS)
    (again,) = find_places([stop(GYM, 7, "10:00", 1.0)], [], zone=PARIS)
    assert place.id == again.id
    assert len(place.id) == 7
    assert place.id[0] == "p"


def test_a_cluster_across_the_antimeridian_stays_one_place() -> None:
    east, west = Point(-17.0, 179.9998), Point(-17.0, -179.9998)
    (place,) = find_places(
        [stop(east, 6, "10:00", 2.0), stop(west, 7, "10:00", 2.0)], [], zone=PARIS
    )
    assert abs(abs(place.centre.lon_deg) - 180.0) < 1e-6


def test_where_a_night_was_spent_is_no_client() -> None:
    """Three whole working days, and one evening that became late: the flat of a friend."""
    days = [stop(GYM, day, "09:00", 8.0) for day in (4, 5, 6)]
    late = stop(GYM, 7, "01:00", 1.2)
    for stops, guess in ((days, PlaceKind.CLIENT), ([*days, late], None)):
        office = [stop(OFFICE, day, "09:00", 8.0) for day in (11, 12, 13, 14)]
        found = find_places([*office, *stops], [], zone=PARIS)
        assert found[1].guess is guess


def test_who_works_at_night_has_their_own_hours() -> None:
    """Tuesday to Saturday from 20:00: the office of the day is where they sleep."""
    evenings = WorkWeek(((), *(((20 * 60, 24 * 60),),) * 5, ()), PARIS)
    stops = [stop(OFFICE, day, "19:45", 4.5) for day in (5, 6, 7, 8, 9)]
    stops += [stop(HOME, day, "00:40", 18.5) for day in (6, 7, 8, 9, 10)]
    found = find_places(stops, [], zone=PARIS, work=evenings)
    assert [place.guess for place in found] == [PlaceKind.HOME, PlaceKind.WORK]
    usual = find_places(stops, [], zone=PARIS)
    assert [place.guess for place in usual] == [PlaceKind.HOME, None]


def test_who_works_at_night_and_gave_no_hours_sleeps_by_day() -> None:
    """Three weeks of shifts from 22:00: most nights are at work, and it is no home."""
    weekdays = [day for day in range(4, 23) if day % 7 not in {2, 3}]
    stops = [stop(HOME, day, "08:00", 12.0) for day in weekdays]
    stops += [stop(OFFICE, day, "22:00", 8.0) for day in weekdays]
    stops += [stop(HOME, day, "08:00", 40.0) for day in (9, 16)]
    found = {place.centre.lat_deg: place for place in find_places(stops, [], zone=PARIS)}
    assert found[HOME.lat_deg].guess is PlaceKind.HOME
    assert Sureness.of(found[HOME.lat_deg].confidence) is Sureness.UNSURE
    assert found[OFFICE.lat_deg].guess is None


def test_a_flat_for_the_weekend_is_not_the_home_of_the_week() -> None:
    stops = [stop(HOME, day, "19:00", 13.0) for day in (4, 5, 6, 7, 11, 12, 13, 14)]
    stops += [stop(GYM, day, "20:00", 58.0) for day in (8, 15)]
    homes = [p for p in find_places(stops, [], zone=PARIS) if p.guess is PlaceKind.HOME]
    assert [place.centre for place in homes] == [HOME]
