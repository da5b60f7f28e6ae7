"""Shared cars, looked at by the rules of the public registry, one boundary at a time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geowallet.app.reports import carpool as use
from geowallet.app.reports.carpool import Doubt, carpool_trips
from geowallet.model.mobility import DescribedTrip, Mode
from tests.app.reports.trips import made

MIN = 60_000_000


def shared(
    day: str, start_min: int = 0, minutes: int = 20, metres: float = 10_000.0
) -> DescribedTrip:
    """Return a shared ride that starts so many minutes after the morning's first."""
    described = made(day, metres, tags=("carpool",))
    trip = described.trip
    first_us = trip.start_us // (86_400 * 1_000_000) * (86_400 * 1_000_000) + start_min * MIN
    return replace(
        described, trip=replace(trip, start_us=first_us, end_us=first_us + minutes * MIN)
    )


def doubts(*trips: DescribedTrip) -> list[tuple[Doubt, ...]]:
    return [trip.doubts for trip in carpool_trips(trips)]


def test_there_and_back_stands_out_by_nothing() -> None:
    assert doubts(shared("2026-10-01"), shared("2026-10-01", 540)) == [(), ()]


@pytest.mark.parametrize(("metres", "expected"), [(1_999.4, (Doubt.SHORT,)), (2_000.0, ())])
def test_two_kilometres_are_enough(metres: float, expected: tuple[Doubt, ...]) -> None:
    assert doubts(shared("2026-10-01", metres=metres)) == [expected]


def test_the_fifth_of_a_day_is_one_too_many() -> None:
    day = [shared("2026-10-01", start) for start in (0, 100, 200, 300, 400)]
    other = shared("2026-10-02", 0)
    assert doubts(*day, other) == [(), (), (), (), (Doubt.MANY,), ()]


@pytest.mark.parametrize(("pause", "expected"), [(29, (Doubt.CLOSE,)), (30, ())])
def test_half_an_hour_lies_between_two(pause: int, expected: tuple[Doubt, ...]) -> None:
    first, second = shared("2026-10-01", 0, 20), shared("2026-10-01", 20 + pause)
    assert doubts(second, first) == [(), expected]


def test_two_at_once_are_one_too_many() -> None:
    """7 of 10 minutes are 70 %, 6 are not; those are merely close."""
    long = shared("2026-10-01", 0, 60)
    both = (Doubt.OVERLAP,)
    assert doubts(long, shared("2026-10-01", 53, 10)) == [both, both]
    assert doubts(long, shared("2026-10-01", 54, 10)) == [(), (Doubt.CLOSE,)]


def test_only_cars_that_the_owner_tagged_are_looked_at() -> None:
    bike = made("2026-10-01", mode=Mode.BIKE, tags=("carpool",))
    assert carpool_trips([bike, made("2026-10-01")]) == ()
    assert not use.is_carpool(bike)
