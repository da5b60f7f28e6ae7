"""What the mileage book of a country holds: its scale, its unit, and each trip of the log."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from geowallet.app.reports.mileage import NO_SCALE, SCALES, whole_metres
from geowallet.app.travel.errands import errands
from geowallet.app.travel.trips import described_trips
from geowallet.app.vehicles.odometer import readings
from geowallet.model.calendar import Period
from geowallet.model.mobility import Mode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geowallet.app.reports.mileage import Mileage
    from geowallet.app.travel.errands import Errand
    from geowallet.app.vehicles.odometer import Reading
    from geowallet.model.mobility import DescribedTrip, Vehicle
    from geowallet.vault.store import Vault


class Layout(StrEnum):
    """Whose practice the columns follow."""

    FR = "fr"
    DE = "de"
    """Every trip of the vehicle, with the odometer at both ends."""
    GB = "gb"
    """Business miles of a tax year that begins on 6 April."""
    US = "us"
    """Business miles by date, destination and purpose."""

    @property
    def in_miles(self) -> bool:
        """Whether its distances are miles."""
        return self in {Layout.GB, Layout.US}


_SCALES: Mapping[Layout, Mapping[Mode, str]] = {
    Layout.FR: SCALES,
    Layout.DE: {Mode.CAR: "de.dienstreise", Mode.MOTORCYCLE: "de.dienstreise.andere"},
    Layout.GB: {
        Mode.CAR: "gb.amap.car",
        Mode.MOTORCYCLE: "gb.amap.motorcycle",
        Mode.BIKE: "gb.amap.bicycle",
    },
    Layout.US: {Mode.CAR: "us.irs.business"},
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One trip of the vehicle, whatever it was for.

    Attributes:
        trip: With its ends.
        errand: Reason and client, or None.
        metres: Whole metres.
        starts_m: The odometer when it began, reckoned from the last reading and the traces
            since; None before the first reading.
    """

    trip: DescribedTrip
    errand: Errand | None
    metres: int
    starts_m: int | None

    @property
    def ends_m(self) -> int | None:
        """The odometer when it ended."""
        return None if self.starts_m is None else self.starts_m + self.metres


def scale_of(layout: Layout, vehicle: Vehicle) -> str:
    """Return the rule that a layout pays a vehicle by, or `NO_SCALE`."""
    return _SCALES[layout].get(vehicle.mode, NO_SCALE)


def entries(vault: Vault, book: Mileage) -> tuple[Entry, ...]:
    """Return every trip of the vehicle in the period of ``book``, in order of time."""
    known = errands(vault)
    read = readings(vault, book.vehicle.id)
    since = _driven(vault, book, read)
    return tuple(
        Entry(trip, known.of(trip), whole_metres(trip), _odometer(trip, read, since))
        for trip in book.trips
    )


def _driven(vault: Vault, book: Mileage, read: tuple[Reading, ...]) -> tuple[DescribedTrip, ...]:
    """Return the trips of the vehicle since its first reading."""
    if not read or read[0].day > book.period.last:
        return ()
    trips = described_trips(vault, Period(read[0].day, book.period.last))
    return tuple(trip for trip in trips if trip.vehicle == book.vehicle.id)


def _odometer(
    trip: DescribedTrip, read: tuple[Reading, ...], driven: tuple[DescribedTrip, ...]
) -> int | None:
    """Return the metres of the last reading before the day of ``trip``, and those since."""
    before = [reading for reading in read if reading.day < dt.date.fromisoformat(trip.day)]
    if not before:
        return None
    last, start_us = before[-1], trip.trip.start_us
    since = (t for t in driven if t.day > last.day.isoformat() and t.trip.start_us < start_us)
    return last.km * 1000 + sum(whole_metres(one) for one in since)
