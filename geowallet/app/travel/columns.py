"""Trips of years as columns, with what the owner says of them laid over the guesses.

The same as `geowallet.app.travel.trips.described_trips` says, for what contracts ask: day,
purpose, named ends, vehicle, and mode and sureness of each leg. Where only whole trips can
tell (they were split or merged, rules are to be tried on them, a device decides which car
it was) there are no columns.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geowallet.app.settings import days_off, named_places, vehicles, work_week
from geowallet.app.travel.calendars import busy_times, calendar_days_off, calendars
from geowallet.app.travel.corrections import corrections
from geowallet.app.travel.trip_rules import trip_rules
from geowallet.app.travel.trips import months_around, own_zone
from geowallet.model.calendar import Period
from geowallet.model.local_times import FIRST_S, LAST_S
from geowallet.model.trip_columns import MODE_NUMBERS
from geowallet.track.purpose_columns import DAY_S, PURPOSES, Owner, local_seconds, purposes
from geowallet.vault.pages import decode_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from geowallet.app.travel.corrections import Correction
    from geowallet.model.mobility import NamedPlace, Vehicle
    from geowallet.model.trip_columns import TripColumns
    from geowallet.vault.store import Vault

_US = 1_000_000
_DAY_US = DAY_S * _US
_MOST_M = 10**9

NO_VEHICLE = -1
"""Number of no vehicle."""


@dataclass(frozen=True, slots=True)
class DescribedColumns:
    """Trips as columns, with what is made of them.

    Attributes:
        trips: Themselves, by start and id; modes and sureness as the owner says.
        day: Local day of the owner's zone, counted from 1 January 1970.
        zone: Of these days.
        purpose: Numbers into `PURPOSES`.
        origin: Number into ``named`` of the place it begins at, or -1.
        destination: Number of the one it ends at, or -1.
        vehicle: Number into ``vehicles``, or `NO_VEHICLE`.
        named: The named places.
        vehicles: Ids of the owner's vehicles.
    """

    trips: TripColumns
    day: NDArray[np.int64]
    zone: str
    purpose: NDArray[np.uint8]
    origin: NDArray[np.int64]
    destination: NDArray[np.int64]
    vehicle: NDArray[np.int64]
    named: tuple[NamedPlace, ...]
    vehicles: tuple[str, ...]


def stored_columns(vault: Vault, period: Period | None = None) -> TripColumns:
    """Return the trips as the analysis found them, in the order of their months."""
    if period is None:
        return decode_columns(body for _, body in sorted(vault.items("trips")))
    return decode_columns(vault.get_each("trips", months_around(period)))


def described_columns(vault: Vault, period: Period, *, zone: str = "") -> DescribedColumns | None:
    """Return the trips that start on a day of ``period``, or None where columns cannot tell.

    Args:
        vault: The open wallet.
        period: Local days.
        zone: Time zone of these days, "" for the owner's.
    """
    fleet = vehicles(vault)
    if any(vehicle.devices for vehicle in fleet) or trip_rules(vault):
        return None
    if next(vault.items("shape"), None) is not None:
        return None
    trips = stored_columns(vault, period)
    if not _has_sense(trips):
        return None
    own = own_zone(vault)
    own_s = local_seconds(trips.start_us, own)
    days = (own_s if zone in {"", own} else local_seconds(trips.start_us, zone)) // DAY_S
    wanted = (days >= _number(period.first)) & (days <= _number(period.last))
    return _described(vault, trips.taken(wanted), fleet, own_s[wanted])


def _has_sense(trips: TripColumns) -> bool:
    """Say whether order, instants and lengths are such that columns count as whole trips do."""
    if not len(trips):
        return True
    if not np.all(np.diff(trips.start_us) > 0):
        return False
    starts = bool(trips.start_us.min() >= (FIRST_S + DAY_S) * _US)
    ends = bool(max(trips.start_us.max(), trips.end_us.max()) < (LAST_S - DAY_S) * _US)
    lengths = trips.leg_distance_m
    return starts and ends and bool(np.all((lengths >= 0) & (lengths <= _MOST_M)))


def _described(
    vault: Vault, trips: TripColumns, fleet: Sequence[Vehicle], own_s: NDArray[np.int64]
) -> DescribedColumns:
    week, known, said = work_week(vault), calendars(vault), corrections(vault)
    own_days = own_s // DAY_S
    named = named_places(vault)
    off = calendar_days_off(known)
    if len(trips):
        ends = Period(_date(int(own_days.min())), _date(int(own_days.max())))
        off |= days_off(week, ends)
    trips = _with_modes(trips, said)
    found = purposes(trips, Owner(named, week, off, busy_times(known)), own_s)
    purpose = found.purpose.copy()
    for word, number in _spoken(trips, said, lambda word: word.purpose is not None):
        if word.purpose is not None:
            purpose[number] = PURPOSES.index(word.purpose)
    return DescribedColumns(
        trips=trips,
        day=own_days,
        zone=own_zone(vault),
        purpose=purpose,
        origin=found.origin,
        destination=found.destination,
        vehicle=_vehicles(trips, own_days, fleet, said),
        named=named,
        vehicles=tuple(vehicle.id for vehicle in fleet),
    )


def _with_modes(trips: TripColumns, said: Sequence[Correction]) -> TripColumns:
    """Return trips with the modes that the owner said; see `corrections.with_modes`."""
    words = [word for word in said if word.mode is not None]
    if not words or not len(trips):
        return trips
    mode, confidence = trips.leg_mode.copy(), trips.leg_confidence.copy()
    reach = _Reach(trips.leg_start_us, trips.leg_end_us)
    for word in words:
        if word.mode is not None:
            covered = reach.covered(word)
            mode[covered] = MODE_NUMBERS[word.mode]
            confidence[covered] = 1.0
    return replace(trips, leg_mode=mode, leg_confidence=confidence)


def _spoken(
    trips: TripColumns, said: Sequence[Correction], speaks: Callable[[Correction], bool]
) -> list[tuple[Correction, NDArray[np.int64]]]:
    """Return the words that ``speaks`` picks, oldest first, with the trips each covers."""
    words = [word for word in said if speaks(word)]
    if not words or not len(trips):
        return []
    reach = _Reach(trips.start_us, trips.end_us)
    return [(word, reach.covered(word)) for word in words]


class _Reach:
    """Stretches of time, to be asked which of them a word covers by half."""

    def __init__(self, start_us: NDArray[np.int64], end_us: NDArray[np.int64]) -> None:
        order = np.argsort(start_us, kind="stable")
        self._order, self._start_us, self._end_us = order, start_us[order], end_us[order]
        # How late any stretch up to this one ends: ascending, whatever overlaps.
        self._latest_us = np.maximum.accumulate(self._end_us)

    def covered(self, word: Correction) -> NDArray[np.int64]:
        """Return the numbers of the stretches of which ``word`` covers half; see `corrections`."""
        first = int(np.searchsorted(self._latest_us, word.start_us, side="right"))
        after = int(np.searchsorted(self._start_us, word.end_us, side="left"))
        here = slice(first, max(first, after))
        start_us, end_us = self._start_us[here], self._end_us[here]
        shared_us = np.minimum(end_us, word.end_us) - np.maximum(start_us, word.start_us)
        covers = (shared_us > 0) & (shared_us >= 0.5 * (end_us - start_us))
        found: NDArray[np.int64] = self._order[here][covers]
        return found


def _vehicles(
    trips: TripColumns,
    days: NDArray[np.int64],
    fleet: Sequence[Vehicle],
    said: Sequence[Correction],
) -> NDArray[np.int64]:
    """Return the vehicle of each trip: the one that was said, or the only one that fits."""
    modes = trips.leg_mode[trips.main_leg()]
    fits = np.zeros((len(fleet), len(trips)), dtype=bool)
    first, last = (int(days.min()), int(days.max())) if len(days) else (0, -1)
    texts = [_date(day).isoformat() for day in range(first, last + 1)] if fleet else []
    for number, vehicle in enumerate(fleet):
        held = np.array([vehicle.held_on(text) for text in texts], dtype=bool)
        fits[number] = held[days - first] & (modes == MODE_NUMBERS[vehicle.mode])
    alone = fits.sum(axis=0) == 1
    found = np.where(alone, fits.argmax(axis=0) if len(fleet) else 0, NO_VEHICLE)
    ids = [vehicle.id for vehicle in fleet]
    said_last = np.full(len(trips), NO_VEHICLE)
    for word, covered in _spoken(trips, said, lambda word: bool(word.vehicle)):
        said_last[covered] = ids.index(word.vehicle) if word.vehicle in ids else NO_VEHICLE
    numbers = np.flatnonzero(said_last != NO_VEHICLE)
    fitting = numbers[fits[said_last[numbers], numbers]]
    found[fitting] = said_last[fitting]
    return found


def _number(day: dt.date) -> int:
    return (day - _EPOCH).days


def _date(number: int) -> dt.date:
    return _EPOCH + dt.timedelta(days=number)


_EPOCH = dt.date(1970, 1, 1)
