"""Purpose of trips: commute, business or private."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geowallet.model.calendar import local_time
from geowallet.model.mobility import DescribedTrip, Mode, PlaceKind, Purpose
from geowallet.track.places import place_at

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from geowallet.model.calendar import WorkWeek
    from geowallet.model.mobility import NamedPlace, Trip, Vehicle


def describe(
    trips: Sequence[Trip],
    *,
    named: Sequence[NamedPlace],
    work: WorkWeek | None,
    days_off: frozenset[dt.date],
    vehicles: Sequence[Vehicle],
) -> tuple[DescribedTrip, ...]:
    """Return every trip with its local day, named ends, purpose and vehicle.

    A commute leads from home to work or from work home, on any day and by any
    mode. Business is, on a worked day, what starts inside the work window or
    leads to or from a client, and is no commute; a walk that meets no client
    is a break. All else is private.

    Args:
        trips: In time order.
        named: What the owner said of positions.
        work: Hours and zone; None makes days those of UTC and no trip business.
        days_off: Public holidays; the leave of ``work`` is added.
        vehicles: The owner's; a mode with exactly one vehicle gets it.
    """
    return tuple(_described(trip, named, work, days_off, vehicles) for trip in trips)


def is_worked(day: dt.date, work: WorkWeek, days_off: frozenset[dt.date]) -> bool:
    """Say whether ``day`` has hours of work and is neither off nor leave."""
    return bool(work.hours[day.weekday()]) and day not in days_off and day not in work.leave


def in_work_window(time_us: int, work: WorkWeek, days_off: frozenset[dt.date]) -> bool:
    """Say whether an instant lies in the hours of a day that is worked."""
    local = local_time(time_us, work.zone)
    if not is_worked(local.date(), work, days_off):
        return False
    minute = local.hour * 60 + local.minute
    return any(start <= minute < end for start, end in work.hours[local.weekday()])


def _described(
    trip: Trip,
    named: Sequence[NamedPlace],
    work: WorkWeek | None,
    days_off: frozenset[dt.date],
    vehicles: Sequence[Vehicle],
) -> DescribedTrip:
    zone = work.zone if work else "UTC"
    starts, ends = local_time(trip.start_us, zone), local_time(trip.end_us, zone)
    origin, destination = place_at(trip.start, named), place_at(trip.end, named)
    days = (ends.date() - starts.date()).days
    return DescribedTrip(
        trip=trip,
        day=starts.date().isoformat(),
        starts_min=starts.hour * 60 + starts.minute,
        ends_min=days * 1440 + ends.hour * 60 + ends.minute,
        purpose=_purpose(trip, (origin, destination), work, days_off),
        origin=origin,
        destination=destination,
        vehicle=_vehicle(trip.main_leg.mode, vehicles),
    )


def _purpose(
    trip: Trip,
    ends: tuple[NamedPlace | None, NamedPlace | None],
    work: WorkWeek | None,
    days_off: frozenset[dt.date],
) -> Purpose:
    kinds = {place.kind for place in ends if place}
    if kinds == {PlaceKind.HOME, PlaceKind.WORK}:
        return Purpose.COMMUTE
    if work is None or not is_worked(local_time(trip.start_us, work.zone).date(), work, days_off):
        return Purpose.PRIVATE
    if PlaceKind.CLIENT in kinds:
        return Purpose.BUSINESS
    on_foot = trip.main_leg.mode in {Mode.WALK, Mode.RUN}
    in_hours = in_work_window(trip.start_us, work, days_off)
    return Purpose.BUSINESS if in_hours and not on_foot else Purpose.PRIVATE


def _vehicle(mode: Mode, vehicles: Sequence[Vehicle]) -> str:
    fitting = [vehicle.id for vehicle in vehicles if vehicle.mode is mode]
    return fitting[0] if len(fitting) == 1 else ""
