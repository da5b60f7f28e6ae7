"""Purposes of trips column by column: the same as `geowallet.track.purpose`, without reasons.

Of twenty thousand trips the guesses are made at once; only chains that may be a commute
with a detour, and ends on the very edge of a place, are looked at one by one, by the same
functions as there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.geodesy import EARTH_RADIUS_M, distances_m
from geowallet.model.local_times import offsets_s
from geowallet.model.mobility import Mode, PlaceKind, Point, Purpose
from geowallet.model.trip_columns import MODE_NUMBERS
from geowallet.track.detours import LONGEST_US, MOST_TRIPS, SAME_SPOT_M, last_of_chain
from geowallet.track.places import PLACE_RADIUS_M, place_at
from geowallet.track.purpose import LATE_US
from geowallet.track.visits import EARLY_US, visit, visits_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geowallet.model.calendar import Busy, WorkWeek
    from geowallet.model.mobility import NamedPlace
    from geowallet.model.trip_columns import TripColumns

    Marks = NDArray[np.bool_]

PURPOSES = tuple(Purpose)
"""What the numbers of a column of purposes stand for, in this process: never stored."""

NOWHERE = -1
"""Number of no named place."""

DAY_S = 86_400
_US = 1_000_000

_EDGE_M = 0.5
"""Nearer than this to the edge of a place, or to the middle of two, one by one decides."""

_DEGREE_M = EARTH_RADIUS_M * np.pi / 180
_POLE_DEG = 85.0
"""Up to here the Earth is flat within a place, to a few centimetres."""

_EPOCH = 719_163
"""1 January 1970 as `datetime.date.toordinal` counts; it was a Thursday."""

_THURSDAY = 3

_KINDS = tuple(PlaceKind)
_COMMUTE, _BUSINESS, _PRIVATE = (
    PURPOSES.index(purpose) for purpose in (Purpose.COMMUTE, Purpose.BUSINESS, Purpose.PRIVATE)
)
_ON_FOOT = (MODE_NUMBERS[Mode.WALK], MODE_NUMBERS[Mode.RUN])


@dataclass(frozen=True, slots=True)
class Owner:
    """What the owner said, beside the trips; see `purpose.describe`.

    Attributes:
        named: Named positions.
        work: Hours and zone, or None.
        days_off: Public holidays and entries of calendars; the leave of ``work`` is added.
        busy: Entries of calendars.
    """

    named: Sequence[NamedPlace]
    work: WorkWeek | None
    days_off: frozenset[dt.date] = frozenset()
    busy: tuple[Busy, ...] = ()


def purposes(
    trips: TripColumns, owner: Owner, ends: NamedEnds, local_s: NDArray[np.int64]
) -> NDArray[np.uint8]:
    """Return the purpose of every trip, as numbers into `PURPOSES`.

    Args:
        trips: In time order, from 1970 to 2099.
        owner: What the owner said.
        ends: See `named_ends`.
        local_s: When each begins by the clock of the hours, see `local_seconds`.
    """
    worked, in_hours = _work(owner, local_s)
    entry, chosen = _entries(trips, owner, ends)
    on_foot = np.isin(trips.leg_mode[trips.main_leg()], _ON_FOOT)
    guess = np.where(in_hours & ~on_foot, _BUSINESS, _PRIVATE)
    guess[_on_detours(trips, ends)] = _COMMUTE
    guess[entry & (chosen | in_hours)] = _BUSINESS
    client = ends.begins(PlaceKind.CLIENT) | ends.leads(PlaceKind.CLIENT)
    guess[worked & client] = _BUSINESS
    guess[_visits(trips, owner, ends, client & ~worked)] = _BUSINESS
    guess[ends.is_commute()] = _COMMUTE
    return guess.astype(np.uint8)


def named_ends(trips: TripColumns, named: Sequence[NamedPlace]) -> NamedEnds:
    """Return at which named places each trip begins and ends."""
    return NamedEnds(
        named,
        named_at(trips.start_lat_deg, trips.start_lon_deg, named),
        named_at(trips.end_lat_deg, trips.end_lon_deg, named),
    )


def local_seconds(time_us: NDArray[np.int64], zone: str) -> NDArray[np.int64]:
    """Return what a clock of ``zone`` shows, in seconds from 1 January 1970 by that clock."""
    return time_us // _US + offsets_s(time_us, zone)


def day_number(day: dt.date) -> int:
    """Return ``day`` counted from 1 January 1970."""
    return day.toordinal() - _EPOCH


def day_numbers(days: frozenset[dt.date]) -> NDArray[np.int64]:
    """Return ``days`` counted from 1 January 1970, in no order."""
    return np.array([day_number(day) for day in days], dtype=np.int64)


def weekdays_of(days: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the days of the week of days counted from 1 January 1970; Monday is 0."""
    found: NDArray[np.int64] = (days + _THURSDAY) % 7
    return found


def named_at(
    lat_deg: NDArray[np.float64], lon_deg: NDArray[np.float64], named: Sequence[NamedPlace]
) -> NDArray[np.int64]:
    """Return the number of the named place at each point, as `place_at` finds it."""
    found = np.full(len(lat_deg), NOWHERE)
    best_m = np.full(len(lat_deg), np.inf)
    doubtful = np.zeros(len(lat_deg), dtype=bool)
    for number, place in enumerate(named):
        near, away_m = _around(lat_deg, lon_deg, place.centre)
        edge = np.abs(away_m - PLACE_RADIUS_M) < _EDGE_M
        doubtful[near] |= edge | (np.abs(away_m - best_m[near]) < _EDGE_M)
        nearer = near[(away_m <= PLACE_RADIUS_M) & (away_m < best_m[near])]
        best_m[near] = np.minimum(best_m[near], away_m)
        found[nearer] = number
    for number in np.flatnonzero(doubtful).tolist():
        exact = place_at(Point(float(lat_deg[number]), float(lon_deg[number])), named)
        found[number] = NOWHERE if exact is None else named.index(exact)
    return found


def _around(
    lat_deg: NDArray[np.float64], lon_deg: NDArray[np.float64], centre: Point
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the points that may lie within the radius of a place, and about how far away."""
    north_m = (lat_deg - centre.lat_deg) * _DEGREE_M
    near = np.flatnonzero(np.abs(north_m) <= PLACE_RADIUS_M + _EDGE_M)
    if abs(centre.lat_deg) >= _POLE_DEG:
        there = np.full(len(near), centre.lat_deg), np.full(len(near), centre.lon_deg)
        return near, distances_m(lat_deg[near], lon_deg[near], *there)
    east_deg = (lon_deg[near] - centre.lon_deg + 180.0) % 360.0 - 180.0
    east_m = east_deg * (_DEGREE_M * np.cos(np.radians(centre.lat_deg)))
    return near, np.hypot(north_m[near], east_m)


@dataclass(frozen=True, slots=True)
class NamedEnds:
    """The named places that trips lead between.

    Attributes:
        named: Named positions.
        origin: Number of the place that each trip begins at, or `NOWHERE`.
        destination: Number of the one that each ends at, or `NOWHERE`.
        kinds: Numbers of the kinds of the places; the last one is that of `NOWHERE`.
    """

    named: Sequence[NamedPlace]
    origin: NDArray[np.int64]
    destination: NDArray[np.int64]
    kinds: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        kinds = [*(_KINDS.index(place.kind) for place in self.named), NOWHERE]
        object.__setattr__(self, "kinds", np.array(kinds))

    def begins(self, kind: PlaceKind) -> Marks:
        """Say which trips begin at a place of ``kind``."""
        return self._is(self.origin, kind)

    def leads(self, kind: PlaceKind) -> Marks:
        """Say which trips end at a place of ``kind``."""
        return self._is(self.destination, kind)

    def is_commute(self) -> Marks:
        """Say which trips lead from home to work or back."""
        there = self.begins(PlaceKind.HOME) & self.leads(PlaceKind.WORK)
        return there | (self.begins(PlaceKind.WORK) & self.leads(PlaceKind.HOME))

    def pair(self, number: int) -> tuple[NamedPlace | None, NamedPlace | None]:
        """Return the named places of one trip."""
        return self._place(self.origin[number]), self._place(self.destination[number])

    def _place(self, number: int) -> NamedPlace | None:
        return None if number == NOWHERE else self.named[number]

    def _is(self, ends: NDArray[np.int64], kind: PlaceKind) -> Marks:
        found: Marks = self.kinds[ends] == _KINDS.index(kind)
        return found


def _work(owner: Owner, local_s: NDArray[np.int64]) -> tuple[Marks, Marks]:
    """Say of each trip whether it begins on a day that is worked, and in its hours."""
    work = owner.work
    if work is None:
        nothing = np.zeros(len(local_s), dtype=bool)
        return nothing, nothing
    day, minute = local_s // DAY_S, local_s % DAY_S // 60
    weekday = weekdays_of(day)
    has_hours = np.array([bool(spans) for spans in work.hours])
    worked = has_hours[weekday] & ~np.isin(day, day_numbers(owner.days_off | work.leave))
    inside = np.zeros(len(local_s), dtype=bool)
    for number, spans in enumerate(work.hours):
        for first, last in spans:
            inside |= (weekday == number) & (first <= minute) & (minute < last)
    return worked, worked & inside


def _entries(trips: TripColumns, owner: Owner, ends: NamedEnds) -> tuple[Marks, Marks]:
    """Say of each trip whether an entry of a calendar is at its ends, and whether it was chosen."""
    found = np.zeros(len(trips), dtype=bool)
    chosen = np.zeros(len(trips), dtype=bool)
    if not owner.busy:
        return found, chosen
    by_start = sorted(owner.busy, key=lambda entry: entry.start_us)
    by_end = sorted(by_start, key=lambda entry: entry.end_us)
    stops_us = np.array([entry.end_us for entry in by_end])
    last = np.searchsorted(stops_us, trips.start_us + LATE_US + 1) - 1
    before = ~ends.begins(PlaceKind.HOME) & (last >= 0)
    before &= stops_us[last] >= trips.start_us - EARLY_US
    starts_us = np.array([entry.start_us for entry in by_start])
    first = np.searchsorted(starts_us, trips.end_us - LATE_US)
    after = ~ends.leads(PlaceKind.HOME) & (first < len(starts_us))
    first = np.minimum(first, len(starts_us) - 1)
    after &= starts_us[first] <= trips.end_us + EARLY_US
    # One that the trip leads to counts before one that it comes from.
    chosen[before] = np.array([entry.chosen for entry in by_end])[last[before]]
    chosen[after] = np.array([entry.chosen for entry in by_start])[first[after]]
    return before | after, chosen


def _visits(trips: TripColumns, owner: Owner, ends: NamedEnds, some: Marks) -> list[int]:
    """Return the numbers of the trips that an entry sends to a client, of ``some``."""
    visits = visits_of(owner.busy)
    return [
        number
        for number in (np.flatnonzero(some).tolist() if visits else ())
        if visit(int(trips.start_us[number]), int(trips.end_us[number]), ends.pair(number), visits)
    ]


def _on_detours(trips: TripColumns, ends: NamedEnds) -> NDArray[np.int64]:
    """Return the numbers of the trips that together lead from home to work or back."""
    found: list[int] = []
    after = 0
    for first in _may_begin(trips, ends).tolist():
        if first < after:
            continue
        numbers = range(first, min(first + MOST_TRIPS, len(trips)))
        bare = [trips.bare(number) for number in numbers]
        last = last_of_chain(bare, [ends.pair(number) for number in numbers], 0)
        if last is not None:
            after = first + last + 1
            found += range(first, after)
    return np.array(found, dtype=np.int64)


def _may_begin(trips: TripColumns, ends: NamedEnds) -> NDArray[np.int64]:
    """Return the trips from home or work after which another goes on soon from the same spot."""
    leaves = ends.begins(PlaceKind.HOME) | ends.begins(PlaceKind.WORK)
    goes_on = (ends.destination == NOWHERE) | ends.leads(PlaceKind.OTHER)
    soon = trips.start_us[1:] - trips.end_us[:-1] <= LONGEST_US
    numbers = np.flatnonzero((leaves & goes_on)[:-1] & soon)
    away_m = distances_m(
        trips.end_lat_deg[numbers],
        trips.end_lon_deg[numbers],
        trips.start_lat_deg[numbers + 1],
        trips.start_lon_deg[numbers + 1],
    )
    return np.compress(away_m <= SAME_SPOT_M + _EDGE_M, numbers)
