"""What is missing from the figures, what it may be worth, and the command that mends it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from geowallet.app.reports.commute import SOFT, DayStatus, commute_days
from geowallet.app.reports.mileage import is_sure, mileage, whole_metres
from geowallet.app.settings import days_off, vehicles, work_week
from geowallet.app.trips import described_trips
from geowallet.model.errors import GeowalletError
from geowallet.model.mobility import Mode, Purpose

if TYPE_CHECKING:
    from geowallet.model.calendar import Period
    from geowallet.model.mobility import DescribedTrip
    from geowallet.vault.store import Vault

WORTH_METRES = 100.0
"""Silences that hide less than this are not listed."""


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
    """

    day: dt.date
    kind: Kind
    trip: str
    metres: int
    amount: Decimal | None
    command: str


@dataclass(frozen=True, slots=True)
class Gaps:
    """All of a period, by day.

    Attributes:
        period: Local days.
        found: In order of days.
        rate: Euros per kilometre used for the amounts, or None where no scale fits.
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


def gaps(vault: Vault, period: Period, *, today: dt.date) -> Gaps:
    """Return what is missing in ``period`` up to ``today``.

    Amounts are estimates: kilometres at the mean rate that the scale gives for the
    year so far, 0.01 exactly, never more than an order of what is at stake.
    """
    trips = described_trips(vault, period)
    rate, currency = _rate(vault, period)
    found = [
        *_silent_days(vault, period, trips, today),
        *(gap for trip in trips for gap in _of_trip(trip, rate)),
        *_reasonless(vault, period, rate),
        *_one_way(trips),
    ]
    return Gaps(period, tuple(sorted(found, key=_order)), rate, currency)


def _order(gap: Gap) -> tuple[dt.date, str, str]:
    return gap.day, gap.kind, gap.trip


def _rate(vault: Vault, period: Period) -> tuple[Decimal | None, str]:
    """Return the mean rate per kilometre of the year so far, from the only vehicle."""
    try:
        book = mileage(vault, period)
    except GeowalletError:
        return None, ""
    if book.amount is None or not book.year_m:
        return None, ""
    return book.amount.due / (Decimal(book.year_m) / 1000), book.amount.rule.currency


def _worth(metres: float, rate: Decimal | None) -> Decimal | None:
    if rate is None:
        return None
    return (rate * Decimal(round(metres)) / 1000).quantize(Decimal("0.01"))


def _silent_days(
    vault: Vault, period: Period, trips: tuple[DescribedTrip, ...], today: dt.date
) -> list[Gap]:
    """Return the working days without a trip; none before work hours are set."""
    week = work_week(vault)
    last = min(period.last, today - dt.timedelta(days=1))
    if week is None or last < period.first:
        return []
    off, moved = days_off(week, period), {trip.day for trip in trips}
    every = (period.first + dt.timedelta(days=n) for n in range((last - period.first).days + 1))
    return [
        Gap(day, Kind.NO_TRACE, "", 0, None, "geowallet ingest FILE")
        for day in every
        if week.hours[day.weekday()] and day not in off and day.isoformat() not in moved
    ]


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


def _reasonless(vault: Vault, period: Period, rate: Decimal | None) -> list[Gap]:
    """Return the business trips of the book that nobody gave a reason."""
    found = []
    for vehicle in vehicles(vault):
        for line in mileage(vault, period, vehicle=vehicle.id).lines:
            if line.errand is None:
                trip = line.trip
                say = f"geowallet trip reason {trip.trip.id} 'the reason'"
                day, amount = dt.date.fromisoformat(trip.day), _worth(line.metres, rate)
                found.append(Gap(day, Kind.NO_REASON, trip.trip.id, line.metres, amount, say))
    return found


def _one_way(trips: tuple[DescribedTrip, ...]) -> list[Gap]:
    return [
        Gap(day.day, Kind.ONE_WAY, day.trips[0], 0, None, f"geowallet trip list --period {day.day}")
        for day in commute_days(trips, SOFT)
        if day.status is DayStatus.ONE_WAY
    ]
