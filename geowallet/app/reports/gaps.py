"""What is missing from the figures, what it may be worth, and the command that mends it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from geowallet.app.reports.commute import SOFT, DayStatus, commute_days
from geowallet.app.reports.mileage import SCALES, is_sure, mileage, whole_metres
from geowallet.app.settings import days_off, vehicles, work_week
from geowallet.app.travel.silences import causes, silences
from geowallet.app.travel.trips import described_trips
from geowallet.model.mobility import Mode, Purpose

if TYPE_CHECKING:
    from geowallet.model.calendar import Period
    from geowallet.model.causes import Cause
    from geowallet.model.mobility import DescribedTrip, Vehicle
    from geowallet.vault.store import Vault

WORTH_METRES = 100.0
"""Silences that hide less than this are not listed."""

_REGISTER = "geowallet vehicle add NAME"


class Kind(StrEnum):
    """What is missing."""

    NO_TRACE = "no_trace"
    """A working day without any trip."""
    CUT_SHORT = "cut_short"
    """A trip with a silence: its metres are not counted."""
    UNSURE = "unsure"
    """A business trip or commute below "likely"."""
    NO_REASON = "no_reason"
    """A business trip without a reason."""
    NO_VEHICLE = "no_vehicle"
    """A business trip or commute by car or motorcycle, and nothing says by which."""
    ONE_WAY = "one_way"
    """A day with one commute by a mode of the allowance: there or back is missing."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing to look at.

    Attributes:
        day: Local day.
        kind: What is missing.
        trip: Id of the trip, or "".
        metres: That do not count, or may be lost; 0 where unknown.
        amount: What they may be worth by the scale, or None where nothing tells.
        command: What mends it.
        until: Last of several working days without a trip, or None.
        days: How many working days it is.
        causes: Why a trip has silences, by the metres that they hide.
    """

    day: dt.date
    kind: Kind
    trip: str
    metres: int
    amount: Decimal | None
    command: str
    until: dt.date | None = None
    days: int = 1
    causes: tuple[Cause, ...] = ()


@dataclass(frozen=True, slots=True)
class Gaps:
    """All of a period, by day.

    Attributes:
        period: Local days.
        found: In order of days.
        rate: Euros per kilometre used for the amounts, the least of several vehicles',
            or None where no scale fits.
        currency: Of ``rate``, or "".
    """

    period: Period
    found: tuple[Gap, ...]
    rate: Decimal | None
    currency: str

    @property
    def amount(self) -> Decimal:
        """Sum of what may be at stake."""
        return sum((gap.amount for gap in self.found if gap.amount), Decimal(0))

    def count(self, kind: Kind) -> int:
        """Return how many there are of a kind, or how many days of those without a trip."""
        return sum(gap.days for gap in self.found if gap.kind is kind)


def gaps(vault: Vault, period: Period, *, today: dt.date) -> Gaps:
    """Return what is missing in ``period`` up to ``today``.

    Amounts are estimates: kilometres at the mean rate that the scale gives for the
    year so far, 0.01 exactly, never more than an order of what is at stake.
    """
    trips = described_trips(vault, period)
    rates = _rates(vault, period)
    found = [
        *_silent_days(vault, period, trips, today),
        *(gap for trip in trips for gap in _of_trip(trip, rates.of(trip.vehicle))),
        *_vehicleless(vault, trips, rates),
        *_reasonless(vault, period, rates),
        *_one_way(trips),
    ]
    told = _told(vault, trips, found)
    return Gaps(period, tuple(sorted(told, key=_order)), rates.least, rates.currency)


def _told(vault: Vault, trips: tuple[DescribedTrip, ...], found: list[Gap]) -> list[Gap]:
    """Return the gaps with why there was silence, for trips that were cut short."""
    cut = {gap.trip for gap in found if gap.kind is Kind.CUT_SHORT}
    told = silences(vault, [trip.trip for trip in trips if trip.trip.id in cut])
    return [
        replace(gap, causes=tuple(causes(told[gap.trip])))
        if gap.kind is Kind.CUT_SHORT and gap.trip in told
        else gap
        for gap in found
    ]


def _order(gap: Gap) -> tuple[dt.date, str, str]:
    return gap.day, gap.kind, gap.trip


@dataclass(frozen=True, slots=True)
class _Rates:
    """Mean rate per kilometre of the year so far, by vehicle, all in one currency."""

    by_vehicle: dict[str, Decimal]
    currency: str

    @property
    def least(self) -> Decimal | None:
        """The lowest, for what no vehicle is known of."""
        return min(self.by_vehicle.values(), default=None)

    def of(self, vehicle: str) -> Decimal | None:
        """Return the rate of a vehicle, or the lowest where none is named."""
        return self.by_vehicle.get(vehicle) if vehicle else self.least


def _rates(vault: Vault, period: Period) -> _Rates:
    rates, currency = {}, ""
    for vehicle in _motors(vault):
        book = mileage(vault, period, vehicle=vehicle.id)
        if book.amount is not None and book.year_m:
            rates[vehicle.id] = book.amount.due / (Decimal(book.year_m) / 1000)
            currency = book.amount.rule.currency
    return _Rates(rates, currency)


def _motors(vault: Vault) -> list[Vehicle]:
    return [vehicle for vehicle in vehicles(vault) if vehicle.mode in SCALES]


def _worth(metres: float, rate: Decimal | None) -> Decimal | None:
    if rate is None:
        return None
    return (rate * Decimal(round(metres)) / 1000).quantize(Decimal("0.01"))


def _silent_days(
    vault: Vault, period: Period, trips: tuple[DescribedTrip, ...], today: dt.date
) -> list[Gap]:
    """Return the working days without a trip; none before work hours are set.

    Those between which nobody travelled are one gap.
    """
    week = work_week(vault)
    last = min(period.last, today - dt.timedelta(days=1))
    if week is None or last < period.first:
        return []
    off, moved = days_off(week, period), {trip.day for trip in trips}
    runs: list[list[dt.date]] = [[]]
    for n in range((last - period.first).days + 1):
        day = period.first + dt.timedelta(days=n)
        if day.isoformat() in moved:
            runs.append([])
        elif week.hours[day.weekday()] and day not in off:
            runs[-1].append(day)
    return [_silence(run) for run in runs if run]


def _silence(days: list[dt.date]) -> Gap:
    until = days[-1] if len(days) > 1 else None
    return Gap(days[0], Kind.NO_TRACE, "", 0, None, "geowallet ingest FILE", until, len(days))


def _of_trip(described: DescribedTrip, rate: Decimal | None) -> list[Gap]:
    trip, day = described.trip, dt.date.fromisoformat(described.day)
    found = []
    gap_m = sum(leg.gap_m for leg in trip.legs)
    paid = described.purpose is Purpose.BUSINESS and trip.main_leg.mode is Mode.CAR
    if gap_m >= WORTH_METRES and described.purpose is not Purpose.PRIVATE:
        amount = _worth(gap_m, rate) if paid else None
        show = f"geowallet trip show {trip.id}"
        found.append(Gap(day, Kind.CUT_SHORT, trip.id, round(gap_m), amount, show))
    if described.purpose is not Purpose.PRIVATE and not is_sure(described):
        metres = whole_metres(described)
        label = f"geowallet trip label {trip.id} --mode {trip.main_leg.mode}"
        amount = _worth(metres, rate) if paid else None
        found.append(Gap(day, Kind.UNSURE, trip.id, metres, amount, label))
    return found


def _vehicleless(vault: Vault, trips: tuple[DescribedTrip, ...], rates: _Rates) -> list[Gap]:
    """Return the trips by the mode of a registered vehicle that no vehicle is known of."""
    motors = _motors(vault)
    found = []
    for trip in trips:
        mode = trip.trip.main_leg.mode
        fitting = [vehicle for vehicle in motors if vehicle.mode is mode]
        if not fitting or trip.vehicle or trip.purpose is Purpose.PRIVATE:
            continue
        paid = trip.purpose is Purpose.BUSINESS
        metres, day = whole_metres(trip), dt.date.fromisoformat(trip.day)
        held = next((v for v in fitting if v.held_on(trip.day)), None)
        say = f"geowallet trip label {trip.trip.id} --vehicle {held.id}" if held else _REGISTER
        amount = _worth(metres, rates.least) if paid else None
        found.append(Gap(day, Kind.NO_VEHICLE, trip.trip.id, metres, amount, say))
    return found


def _reasonless(vault: Vault, period: Period, rates: _Rates) -> list[Gap]:
    """Return the business trips of the books that nobody gave a reason."""
    found = []
    for vehicle in vehicles(vault):
        for line in mileage(vault, period, vehicle=vehicle.id).lines:
            if line.errand is None:
                trip = line.trip
                say = f"geowallet trip reason {trip.trip.id} 'the reason'"
                amount = _worth(line.metres, rates.of(vehicle.id))
                day = dt.date.fromisoformat(trip.day)
                found.append(Gap(day, Kind.NO_REASON, trip.trip.id, line.metres, amount, say))
    return found


def _one_way(trips: tuple[DescribedTrip, ...]) -> list[Gap]:
    return [
        Gap(day.day, Kind.ONE_WAY, day.trips[0], 0, None, f"geowallet trip list --period {day.day}")
        for day in commute_days(trips, SOFT)
        if day.status is DayStatus.ONE_WAY
    ]
