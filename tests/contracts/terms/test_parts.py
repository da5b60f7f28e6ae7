"""What a row says of a trip: worked by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geowallet.contracts.evaluation.rows import Row
from geowallet.contracts.evaluation.select import Selected, select
from geowallet.contracts.terms.measures import Measure
from geowallet.contracts.terms.parts import UNSEEN, Driven, Needs, parts_of
from geowallet.contracts.terms.syntax import Terms
from geowallet.model.mobility import DescribedTrip, Leg, NamedPlace, PlaceKind, Point
from tests.contracts.parties import OCTOBER, at, leg, mileage, trip

HOME = NamedPlace("Home", PlaceKind.HOME, Point(45.75, 4.85))
CLIENT = NamedPlace("Client", PlaceKind.CLIENT, Point(45.99, 4.72))
START, END = "2026-10-01T10:14", "2026-10-01T11:06"


def timed(mode: str, metres: float, start: str, end: str) -> Leg:
    return replace(leg(mode, metres), start_us=at(start), end_us=at(end))


RIDE = trip(
    START,
    END,
    [
        timed("walk", 300.0, START, "2026-10-01T10:20"),
        timed("car", 47_300.4, "2026-10-01T10:20", END),
    ],
    origin=HOME,
    destination=CLIENT,
)


def asking(*measures: str, group_by: tuple[str, ...] = (), unit: str = "leg") -> Terms:
    terms = mileage()
    chosen = tuple(Measure(name, 1, 100) for name in measures)
    return replace(
        terms, measures=chosen, group_by=group_by, select=replace(terms.select, unit=unit)
    )


def chosen(terms: Terms, described: DescribedTrip = RIDE, seen: Driven = UNSEEN) -> Selected:
    return select(terms, [described], OCTOBER, days_off=frozenset(), driven=lambda _leg: seen)


def test_time_is_from_start_to_end_of_what_counts() -> None:
    """46 minutes of the leg by car; 52 of the whole trip, the walk to the car included."""
    assert chosen(asking("duration_s")).rows == (Row("", "", 0, 47_300, 0, seconds=2_760),)
    (row,) = chosen(asking("duration_s", unit="trip")).rows
    assert (row.seconds, row.metres) == (3_120, 47_600)


def test_metres_after_dark_are_never_more_than_the_metres() -> None:
    seen = Driven(50_000, (48_000,) * 10)
    assert chosen(asking("night_distance_m"), seen=seen).rows[0].night_m == 47_300
    assert chosen(asking("night_distance_m"), seen=seen).rows[0].driven == ()


def test_a_trip_is_driven_on_the_legs_of_its_mode() -> None:
    """Both legs give their night, and only the car gives its driving."""
    counts = tuple(range(10))
    (row,) = chosen(asking("braking_rate", unit="trip"), seen=Driven(100, counts)).rows
    assert row.driven == counts
    assert row.night_m == 200


def test_nothing_is_asked_of_fixes_that_the_terms_do_not_need() -> None:
    def refuse(_leg: Leg) -> Driven:
        raise AssertionError("nobody may look")

    terms = asking("distance_m", "duration_s", "trips")
    assert select(terms, [RIDE], OCTOBER, days_off=frozenset(), driven=refuse).rows


def test_groups_name_purpose_and_vehicle() -> None:
    terms = asking("distance_m", group_by=("purpose", "vehicle"))
    (row,) = chosen(terms).rows
    assert (row.purpose, row.vehicle, row.day) == ("business", "AB-123", "")


@pytest.mark.parametrize(
    ("within", "outside", "why"),
    [
        ((), (), ""),
        (("client",), (), ""),
        (("home", "work"), (), ""),
        (("work",), (), "other places"),
        ((), ("work", "other"), ""),
        ((), ("home",), "a place that is kept out"),
        ((), ("client",), "a place that is kept out"),
        (("home",), ("client",), "a place that is kept out"),
    ],
)
def test_one_end_is_enough_to_be_within_and_to_be_kept_out(
    within: tuple[str, ...], outside: tuple[str, ...], why: str
) -> None:
    terms = mileage()
    select_ = replace(terms.select, within=within, outside=outside)
    found = chosen(replace(terms, select=select_))
    assert [str(words) for words, _ in found.left_out] == ([why] if why else [])
    assert bool(found.rows) == (not why)


def test_a_trip_between_unnamed_places_is_outside_of_all_and_within_none() -> None:
    bare = replace(RIDE, origin=None, destination=None)
    terms = mileage()
    kept_out = replace(terms, select=replace(terms.select, outside=("home",)))
    only = replace(terms, select=replace(terms.select, within=("home",)))
    assert chosen(kept_out, bare).rows
    assert not chosen(only, bare).rows


def test_a_day_is_told_as_far_as_it_is_needed() -> None:
    assert Needs.of(asking("distance_m")).day == 0
    assert Needs.of(asking("distance_m", group_by=("month",))).day == 7
    assert Needs.of(asking("days")).day == 10


def test_half_a_second_is_rounded_up() -> None:
    half = replace(RIDE.trip.legs[1], start_us=0, end_us=1_500_000)
    described = replace(RIDE, trip=replace(RIDE.trip, legs=(half,)))
    (part,) = parts_of(mileage().select, described)
    assert part.seconds == 2
