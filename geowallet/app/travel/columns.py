"""Trips of years as columns, with what the owner says of them laid over the guesses.

The same as `geowallet.app.travel.trips.described_trips` says, for what contracts ask: day,
purpose, named ends, vehicle, and mode and sureness of each leg. Where only whole trips can
tell (a device decides which car it was) there are no columns.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.app.settings import days_off, named_places, vehicles, work_week
from geowallet.app.travel.calendars import busy_times, calendar_days_off, calendars
from geowallet.app.travel.corrections import corrections
from geowallet.app.travel.shapes import cuts_and_joins
from geowallet.app.travel.trip_rules import trip_rules
from geowallet.app.travel.trips import months_around, own_zone
from geowallet.app.travel.word_columns import Words, fitting, ruled_vehicles, with_ruled_modes
from geowallet.model.calendar import Period
from geowallet.model.local_times import FIRST_S, LAST_S
from geowallet.model.trip_columns import MODE_NUMBERS
from geowallet.track.purpose_columns import (
    DAY_S,
    Owner,
    day_number,
    local_seconds,
    named_ends,
    purposes,
)
from geowallet.track.reshape_columns import cut_columns, joined_columns
from geowallet.vault.pages import decode_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geowallet.app.travel.word_columns import Ruled
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
    if any(vehicle.devices for vehicle in fleet):
        return None
    trips = _shaped(vault, stored_columns(vault, period))
    if trips is None:
        return None
    own = own_zone(vault)
    own_s = local_seconds(trips.start_us, own)
    days = (own_s if zone in {"", own} else local_seconds(trips.start_us, zone)) // DAY_S
    wanted = (days >= day_number(period.first)) & (days <= day_number(period.last))
    return _described(vault, trips.taken(wanted), fleet, own_s[wanted])


def _shaped(vault: Vault, trips: TripColumns) -> TripColumns | None:
    """Return trips as they stand after all splits and merges, or None where these make no sense."""
    cuts, joins = cuts_and_joins(vault)
    if cuts and _has_sense(trips):
        trips = cut_columns(trips, cuts)
    if not _has_sense(trips):
        return None
    return joined_columns(trips, joins) if joins else trips


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
    days = own_s // DAY_S
    words = Words(trips, corrections(vault))
    trips, told = words.modes()
    ends = named_ends(trips, named_places(vault))
    rules = fitting(trip_rules(vault), trips, ends, days)
    trips = with_ruled_modes(trips, told, rules)
    purpose = purposes(trips, _owner(vault, ends.named, days), ends, own_s)
    words.lay_purposes(purpose, rules)
    return DescribedColumns(
        trips=trips,
        day=days,
        zone=own_zone(vault),
        purpose=purpose,
        origin=ends.origin,
        destination=ends.destination,
        vehicle=_vehicles(trips, days, fleet, (words, rules)),
        named=tuple(ends.named),
        vehicles=tuple(vehicle.id for vehicle in fleet),
    )


def _owner(vault: Vault, named: Sequence[NamedPlace], days: NDArray[np.int64]) -> Owner:
    """Return what the owner said, beside single trips, for trips of ``days``."""
    week, known = work_week(vault), calendars(vault)
    off = calendar_days_off(known)
    if len(days):
        off |= days_off(week, Period(_date(int(days.min())), _date(int(days.max()))))
    return Owner(named, week, off, busy_times(known))


def _vehicles(
    trips: TripColumns,
    days: NDArray[np.int64],
    fleet: Sequence[Vehicle],
    told: tuple[Words, Sequence[Ruled]],
) -> NDArray[np.int64]:
    """Return the vehicle of each trip: the one that was said, or the only one that fits."""
    found = np.full(len(trips), NO_VEHICLE)
    if not fleet or not len(trips):
        return found
    modes = trips.leg_mode[trips.main_leg()]
    first, last = int(days.min()), int(days.max())
    texts = [_date(day).isoformat() for day in range(first, last + 1)]
    # The last row is of `NO_VEHICLE`, which fits no trip.
    fits = np.zeros((len(fleet) + 1, len(trips)), dtype=bool)
    for number, vehicle in enumerate(fleet):
        held = np.array([vehicle.held_on(text) for text in texts], dtype=bool)
        fits[number] = held[days - first] & (modes == MODE_NUMBERS[vehicle.mode])
    alone = fits.sum(axis=0) == 1
    found[alone] = fits.argmax(axis=0)[alone]
    ids, (words, rules) = [vehicle.id for vehicle in fleet], told
    every = np.arange(len(trips))
    for said in (
        ruled_vehicles(rules, ids, len(trips), NO_VEHICLE),
        words.vehicles(ids, NO_VEHICLE),
    ):
        fitting_ones = fits[said, every]
        found[fitting_ones] = said[fitting_ones]
    return found


def _date(number: int) -> dt.date:
    return _EPOCH + dt.timedelta(days=number)


_EPOCH = dt.date(1970, 1, 1)
