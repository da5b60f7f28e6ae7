"""Trips made by hand, for reports."""

from __future__ import annotations

import datetime as dt
import itertools

from geowallet.model.mobility import (
    DescribedTrip,
    Leg,
    Mode,
    NamedPlace,
    PlaceKind,
    Point,
    Purpose,
    Trip,
)

_NUMBERS = itertools.count(1)
HERE = Point(45.76, 4.83)
HOME = NamedPlace("Home", PlaceKind.HOME, HERE)
WORK = NamedPlace("Work", PlaceKind.WORK, HERE)
CLIENT = NamedPlace("Client Nord", PlaceKind.CLIENT, HERE)


def made(
    day: str,
    metres: float = 10_000.0,
    *,
    purpose: Purpose = Purpose.BUSINESS,
    mode: Mode = Mode.CAR,
    sure: float = 0.95,
    ends: tuple[NamedPlace | None, NamedPlace | None] = (WORK, None),
    vehicle: str = "clio",
    tags: tuple[str, ...] = (),
    gap_m: float = 0.0,
) -> DescribedTrip:
    """Return a trip of one leg at eight in the morning (UTC) and an hour long."""
    number = next(_NUMBERS)
    start = dt.datetime.fromisoformat(f"{day}T08:00:00+00:00")
    start_us = int(start.timestamp()) * 1_000_000 + number
    end_us = start_us + 3_600_000_000
    leg = Leg(start_us, end_us, mode, sure, (), metres, 30.0, gap_m, 0.0, 100)
    trip = Trip(f"t{number:012}", start_us, end_us, (leg,), HERE, HERE, ())
    return DescribedTrip(trip, day, 480, 540, purpose, *ends, vehicle, tags=tags)


def way_there(
    day: str, mode: Mode = Mode.BIKE, *, sure: float = 0.95, tags: tuple[str, ...] = ()
) -> DescribedTrip:
    """Return a commute from home to work."""
    return _commute(day, mode, (HOME, WORK), sure, tags)


def way_back(
    day: str, mode: Mode = Mode.BIKE, *, sure: float = 0.95, tags: tuple[str, ...] = ()
) -> DescribedTrip:
    """Return a commute from work to home."""
    return _commute(day, mode, (WORK, HOME), sure, tags)


def _commute(
    day: str,
    mode: Mode,
    ends: tuple[NamedPlace, NamedPlace],
    sure: float,
    tags: tuple[str, ...],
) -> DescribedTrip:
    commute = Purpose.COMMUTE
    return made(
        day, 6_200.0, purpose=commute, mode=mode, sure=sure, ends=ends, vehicle="", tags=tags
    )
