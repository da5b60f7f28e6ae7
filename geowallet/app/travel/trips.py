"""Use cases: list and show trips, with what places and work hours make of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from geowallet.app.settings import days_off, named_places, resolve, vehicles, work_week
from geowallet.app.travel.calendars import busy_times, calendar_days_off, calendars
from geowallet.app.travel.corrections import corrections, said_vehicle, with_modes, with_purposes
from geowallet.app.travel.shapes import shaped
from geowallet.app.travel.trip_rules import ruled, ruled_modes, ruled_vehicle, trip_rules
from geowallet.app.vehicles.fleet import Fleet, fleet_of
from geowallet.model.calendar import Period, local_time
from geowallet.model.errors import NotFoundError
from geowallet.model.geodesy import distance_m
from geowallet.track.places import PLACE_RADIUS_M, find_places
from geowallet.track.purpose import describe
from geowallet.vault.pages import decode_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from geowallet.app.travel.corrections import Correction
    from geowallet.app.travel.trip_rules import TripRule
    from geowallet.model.mobility import DescribedTrip, NamedPlace, Place, Stop, Trip
    from geowallet.vault.store import Vault

DEFAULT_ZONE = "UTC"
"""Zone of the local day until the work hours name one: nothing is guessed."""

_SHORTEST_ID = 5


class Page(NamedTuple):
    """Trips and stops that start in one UTC month, in time order."""

    trips: tuple[Trip, ...] = ()
    stops: tuple[Stop, ...] = ()


def own_zone(vault: Vault) -> str:
    """Return the time zone in which days are counted."""
    week = work_week(vault)
    return week.zone if week else DEFAULT_ZONE


def pages(vault: Vault, months: Iterable[str] | None = None) -> list[Page]:
    """Return the stored pages of ``months`` (``YYYY-MM``, UTC), or all of them."""
    if months is None:
        return [Page(*decode_page(body)) for _, body in sorted(vault.items("trips"))]
    found = (vault.get("trips", month) for month in months)
    return [Page(*decode_page(body)) for body in found if body is not None]


def stored_trips(vault: Vault, months: Iterable[str] | None = None) -> list[Trip]:
    """Return the trips as the analysis found them, in time order; see `pages`."""
    found = (trip for page in pages(vault, months) for trip in page.trips)
    return sorted(found, key=lambda trip: (trip.start_us, trip.end_us))


def described_trips(
    vault: Vault,
    period: Period | None = None,
    *,
    zone: str = "",
    rules: Sequence[TripRule] | None = None,
) -> tuple[DescribedTrip, ...]:
    """Return the trips that start on a day of ``period``, in time order.

    Args:
        vault: The open wallet.
        period: Local days, or None for all.
        zone: Time zone of these days, "" for the owner's.
        rules: Instead of the owner's rules, to try others.
    """
    found = stored_trips(vault, months_around(period) if period else None)
    trips = shaped(vault, found)
    counted_in = zone or own_zone(vault)
    days = [local_time(trip.start_us, counted_in).date() for trip in trips]
    inside = [t for t, day in zip(trips, days, strict=True) if period is None or day in period]
    return marked(describe_trips(vault, inside, rules=rules), found)


def marked(described: Iterable[DescribedTrip], found: Iterable[Trip]) -> tuple[DescribedTrip, ...]:
    """Return trips with a mark on those that the owner split or merged.

    Args:
        described: As they stand.
        found: As the analysis found them.
    """
    guessed = {trip.id for trip in found}
    return tuple(t if t.trip.id in guessed else replace(t, by_owner=True) for t in described)


def describe_trips(
    vault: Vault, trips: Sequence[Trip], *, rules: Sequence[TripRule] | None = None
) -> tuple[DescribedTrip, ...]:
    """Return ``trips``, which are in time order, with all that is known of them.

    The owner's rules are laid over the guesses, and words on single trips over both.
    """
    if not trips:
        return ()
    as_told = _describer(vault, trips)
    said = corrections(vault)
    rules = trip_rules(vault) if rules is None else rules
    labelled = with_modes(trips, said)
    seen = with_purposes(as_told(labelled), said)
    described = seen
    if rules:
        told = as_told(ruled_modes(labelled, seen, rules))
        described = with_purposes(ruled(told, seen, rules), said)
    return _with_vehicles(described, seen, fleet_of(vault), rules, said)


def _with_vehicles(
    described: Sequence[DescribedTrip],
    seen: Sequence[DescribedTrip],
    fleet: Fleet,
    rules: Sequence[TripRule],
    said: Sequence[Correction],
) -> tuple[DescribedTrip, ...]:
    """Return trips with their vehicles: a word on a trip goes before a rule."""
    return tuple(
        replace(
            trip,
            vehicle=fleet.vehicle_of(
                trip, (said_vehicle(said, trip.trip), ruled_vehicle(bare, rules))
            ),
        )
        for trip, bare in zip(described, seen, strict=True)
    )


def _describer(
    vault: Vault, trips: Sequence[Trip]
) -> Callable[[Sequence[Trip]], tuple[DescribedTrip, ...]]:
    """Return the function that describes trips of this time by what the wallet knows."""
    week = work_week(vault)
    ends = (trips[0].start_us, trips[-1].end_us)
    first, last = (local_time(end, own_zone(vault)).date() for end in ends)
    known = calendars(vault)
    return partial(
        describe,
        named=named_places(vault),
        work=week,
        days_off=days_off(week, Period(first, last)) | calendar_days_off(known),
        vehicles=vehicles(vault),
        busy=busy_times(known),
    )


def find_trip(vault: Vault, shortened: str) -> DescribedTrip:
    """Return the trip whose id begins with ``shortened``.

    Raises:
        NotFoundError: None does.
        AmbiguousNameError: Several do.
    """
    every = {trip.trip.id: trip for trip in described_trips(vault)}
    return every[resolve("trip", shortened, every)]


def short_ids(ids: Sequence[str]) -> dict[str, str]:
    """Return the shortest unique beginning of each id, at least 5 characters."""
    ordered = sorted(set(ids))
    short = {}
    for index, full in enumerate(ordered):
        neighbours = ordered[max(index - 1, 0) : index] + ordered[index + 1 : index + 2]
        length = _SHORTEST_ID
        while any(other.startswith(full[:length]) for other in neighbours):
            length += 1
        short[full] = full[:length]
    return short


def stops(vault: Vault) -> tuple[Stop, ...]:
    """Return all stops, in time order."""
    found = (stop for page in pages(vault) for stop in page.stops)
    return tuple(sorted(found, key=lambda stop: stop.start_us))


def places(vault: Vault) -> tuple[Place, ...]:
    """Return the clusters of stops, most visited first."""
    week = work_week(vault)
    return find_places(stops(vault), named_places(vault), zone=own_zone(vault), work=week)


def find_place(vault: Vault, shortened: str) -> Place:
    """Return the place whose name is, or whose id begins with, ``shortened``.

    Raises:
        NotFoundError: None does.
        AmbiguousNameError: Several do.
    """
    every = places(vault)
    for place in every:
        if place.name and place.name == shortened:
            return place
    ids = {place.id: place for place in every}
    if not ids:
        raise NotFoundError(what="place", name=shortened)
    return ids[resolve("place", shortened, ids)]


def names_of(vault: Vault, place: Place) -> tuple[str, ...]:
    """Return every name that the owner gave to a place: to which no other place is nearer."""
    every = places(vault)

    def away_m(other: Place, named: NamedPlace) -> float:
        here, there = other.centre, named.centre
        return distance_m(here.lat_deg, here.lon_deg, there.lat_deg, there.lon_deg)

    return tuple(
        named.name
        for named in named_places(vault)
        if away_m(place, named) <= PLACE_RADIUS_M
        and away_m(place, named) <= min(away_m(other, named) for other in every)
    )


def months_around(period: Period) -> tuple[str, ...]:
    """Return the UTC months that may hold local days of ``period``."""
    day = dt.timedelta(days=1)
    return Period(period.first - day, period.last + day).months()
