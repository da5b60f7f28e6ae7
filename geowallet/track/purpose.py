"""Purpose of trips: commute, business or private, with the reason and how sure it is."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from geowallet.model.calendar import local_time
from geowallet.model.mobility import DescribedTrip, Mode, PlaceKind, Purpose
from geowallet.model.words import N_, Phrase, phrase
from geowallet.track.detours import Detour, detours, usual_ways
from geowallet.track.places import place_at
from geowallet.track.visits import EARLY_US, visit, visits_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from geowallet.model.calendar import Busy, WorkWeek
    from geowallet.model.mobility import NamedPlace, Trip, Vehicle
    from geowallet.track.visits import Visits

LATE_US = 15 * 60_000_000
"""One arrives up to a quarter of an hour late, and leaves as much before its end."""


DETOUR_M = 1_000.0
"""A way this much longer than the usual one is a detour that is said."""


class Confidence(NamedTuple):
    """How sure each kind of reason is, 0 to 1: set by hand, by what the reason rests on."""

    between_home_and_work: float = 0.97
    detour: float = 0.85
    client: float = 0.95
    calendar: float = 0.90
    hours: float = 0.70
    on_foot: float = 0.70
    outside: float = 0.90
    nothing_known: float = 0.50


CONFIDENCE = Confidence()


class _Guess(NamedTuple):
    purpose: Purpose
    confidence: float
    reasons: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """All that is known of the owner, beside the trips."""

    named: Sequence[NamedPlace]
    work: WorkWeek | None
    days_off: frozenset[dt.date]
    vehicles: Sequence[Vehicle]
    by_start: tuple[Busy, ...]
    by_end: tuple[Busy, ...]
    starts_us: tuple[int, ...]
    ends_us: tuple[int, ...]
    usual_m: Mapping[Mode, float]
    visits: Visits


def describe(  # noqa: PLR0913  what the owner said, by kind
    trips: Sequence[Trip],
    *,
    named: Sequence[NamedPlace],
    work: WorkWeek | None,
    days_off: frozenset[dt.date],
    vehicles: Sequence[Vehicle],
    busy: Iterable[Busy] = (),
) -> tuple[DescribedTrip, ...]:
    """Return every trip with its local day, named ends, purpose and vehicle.

    A commute leads from home to work or from work home, on any day and by any
    mode, directly or with detours (`geowallet.track.detours`).
    Business is what leads to or from a client at the time of an entry that names
    it, and, on a worked day, what leads to or from a client, comes to or
    from an entry of the calendar, or starts inside the work window, and is no
    commute; a walk that meets neither is a break. An entry that the owner
    picked by a word makes business of its trips at any hour. All else is
    private.

    Args:
        trips: In time order.
        named: What the owner said of positions.
        work: Hours and zone; None makes days those of UTC, and no trip business
            but for a picked entry.
        days_off: Public holidays; the leave of ``work`` is added.
        vehicles: The owner's; a mode with exactly one vehicle gets it.
        busy: Entries of the owner's calendars.
    """
    by_start = tuple(sorted(busy, key=lambda entry: entry.start_us))
    by_end = tuple(sorted(by_start, key=lambda entry: entry.end_us))
    starts_us = tuple(entry.start_us for entry in by_start)
    ends_us = tuple(entry.end_us for entry in by_end)
    usual_m = usual_ways(trips, named)
    entries = by_start, by_end, starts_us, ends_us
    known = _Known(named, work, days_off, vehicles, *entries, usual_m, visits_of(by_start))
    chains = detours(trips, named, usual_m)
    return tuple(_described(trip, known, chains.get(trip.id)) for trip in trips)


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


def _described(trip: Trip, known: _Known, detour: Detour | None) -> DescribedTrip:
    zone = known.work.zone if known.work else "UTC"
    starts, ends = local_time(trip.start_us, zone), local_time(trip.end_us, zone)
    origin, destination = place_at(trip.start, known.named), place_at(trip.end, known.named)
    days = (ends.date() - starts.date()).days
    guess = _guess(trip, (origin, destination), known, detour)
    return DescribedTrip(
        trip=trip,
        day=starts.date().isoformat(),
        starts_min=starts.hour * 60 + starts.minute,
        ends_min=days * 1440 + ends.hour * 60 + ends.minute,
        purpose=guess.purpose,
        origin=origin,
        destination=destination,
        vehicle=_vehicle(trip.main_leg.mode, known.vehicles),
        purpose_confidence=guess.confidence,
        purpose_reasons=guess.reasons,
    )


def _guess(
    trip: Trip,
    ends: tuple[NamedPlace | None, NamedPlace | None],
    known: _Known,
    detour: Detour | None,
) -> _Guess:
    kinds = {place.kind for place in ends if place}
    if kinds == {PlaceKind.HOME, PlaceKind.WORK}:
        reason = phrase(N_("leads from {origin} to {destination}"), **_names(ends))
        reasons = (reason, *_longer(trip.distance_m - _usual_m(trip, known)))
        return _Guess(Purpose.COMMUTE, CONFIDENCE.between_home_and_work, reasons)
    work, entry = known.work, _entry(trip, ends, known)
    worked = work is not None and is_worked(
        local_time(trip.start_us, work.zone).date(), work, known.days_off
    )
    visited = visit(trip.start_us, trip.end_us, ends, known.visits)
    if PlaceKind.CLIENT in kinds and (worked or visited):
        client = next(place for place in ends if place and place.kind is PlaceKind.CLIENT)
        reason = phrase(N_("to or from {name}, a client"), name=client.name)
        named = (_visit_reason(visited),) if visited else ()
        return _Guess(Purpose.BUSINESS, CONFIDENCE.client, (reason, *named))
    in_hours = work is not None and in_work_window(trip.start_us, work, known.days_off)
    if entry is not None and (entry.chosen or in_hours):
        return _Guess(Purpose.BUSINESS, CONFIDENCE.calendar, (_entry_reason(entry),))
    if detour is not None:
        return _Guess(Purpose.COMMUTE, CONFIDENCE.detour, _detour_reasons(detour))
    return _by_hours(trip, known, worked=worked, in_hours=in_hours)


def _by_hours(trip: Trip, known: _Known, *, worked: bool, in_hours: bool) -> _Guess:
    if known.work is None:
        reason = phrase(N_("your work hours are not set"))
        return _Guess(Purpose.PRIVATE, CONFIDENCE.nothing_known, (reason,))
    if not worked:
        reason = phrase(N_("not a day on which you work"))
        return _Guess(Purpose.PRIVATE, CONFIDENCE.outside, (reason,))
    if not in_hours:
        reason = phrase(N_("outside your work hours"))
        return _Guess(Purpose.PRIVATE, CONFIDENCE.outside, (reason,))
    if trip.main_leg.mode in {Mode.WALK, Mode.RUN}:
        reason = phrase(N_("on foot in your work hours, to no client: a break"))
        return _Guess(Purpose.PRIVATE, CONFIDENCE.on_foot, (reason,))
    reason = phrase(N_("starts in your work hours, and is no commute"))
    return _Guess(Purpose.BUSINESS, CONFIDENCE.hours, (reason,))


def _entry(
    trip: Trip, ends: tuple[NamedPlace | None, NamedPlace | None], known: _Known
) -> Busy | None:
    """Return the entry of the calendar that the trip leads to or comes from; never by home."""
    at_home = [place is not None and place.kind is PlaceKind.HOME for place in ends]
    starts = known.starts_us
    first = bisect_left(starts, trip.end_us - LATE_US)
    if not at_home[1] and first < len(starts) and starts[first] <= trip.end_us + EARLY_US:
        return known.by_start[first]
    stops = known.ends_us
    last = bisect_left(stops, trip.start_us + LATE_US + 1) - 1
    if not at_home[0] and last >= 0 and stops[last] >= trip.start_us - EARLY_US:
        return known.by_end[last]
    return None


def _entry_reason(entry: Busy) -> Phrase:
    if entry.title:
        return phrase(N_("your calendar has '{title}' at that time"), title=entry.title)
    return phrase(N_("your calendar has an entry at that time"))


def _visit_reason(entry: Busy) -> Phrase:
    if entry.title:
        return _entry_reason(entry)
    return phrase(N_("your calendar names it at that time"))


def _detour_reasons(detour: Detour) -> tuple[Phrase, ...]:
    ends = _names((detour.origin, detour.destination))
    minutes = round(detour.stops_us / 60e6)
    if not minutes:
        return (phrase(N_("a part of the way from {origin} to {destination}"), **ends),)
    reasons = [
        phrase(N_("on the way from {origin} to {destination}, with a detour"), **ends),
        phrase(N_("stops on the way: {minutes} min"), minutes=minutes),
    ]
    if detour.by_way_of:
        names = ", ".join(place.name for place in detour.by_way_of)
        reasons.append(phrase(N_("by way of {names}"), names=names))
    return (*reasons, *_longer(detour.longer_m or 0.0))


def _usual_m(trip: Trip, known: _Known) -> float:
    """Return the metres of the usual way by the same mode; of the trip itself if unknown."""
    return known.usual_m.get(trip.main_leg.mode, trip.distance_m)


def _longer(metres: float) -> Iterable[Phrase]:
    """Yield that a commute was so much longer than usual, if that is worth a word."""
    if metres >= DETOUR_M:
        yield phrase(N_("{km} km more than the usual way"), km=round(metres / 1_000))


def _names(ends: tuple[NamedPlace | None, NamedPlace | None]) -> dict[str, str]:
    origin, destination = (place.name if place else "" for place in ends)
    return {"origin": origin, "destination": destination}


def _vehicle(mode: Mode, vehicles: Sequence[Vehicle]) -> str:
    fitting = [vehicle.id for vehicle in vehicles if vehicle.mode is mode]
    return fitting[0] if len(fitting) == 1 else ""
