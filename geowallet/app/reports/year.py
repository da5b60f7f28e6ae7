"""A whole year on one paper: kilometres, money by vehicle, commuting, driving, what is missing."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from geowallet.app import settings
from geowallet.app.reports.commute import Claim, Commute, commute
from geowallet.app.reports.gaps import Gaps, gaps
from geowallet.app.reports.mileage import SCALES, Mileage, book_id, mileage, whole_metres
from geowallet.app.travel.driving import report_vehicle
from geowallet.app.travel.trips import described_trips
from geowallet.crypto.canonical import digest_of
from geowallet.model.calendar import Period
from geowallet.model.errors import UnknownYearError
from geowallet.model.mobility import Mode, Purpose

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geowallet.driving.score import DrivingScore
    from geowallet.model.mobility import DescribedTrip
    from geowallet.vault.store import Vault

MONTHS = range(1, 13)


@dataclass(frozen=True, slots=True)
class Kilometres:
    """Whole metres of a year; every grouping has the same sum.

    Attributes:
        by_mode: Of legs, most first; what a trip's rounding leaves is its main leg's.
        by_purpose: Of trips, business first.
        by_month: Of trips by the month they start in, twelve of them.
    """

    by_mode: tuple[tuple[Mode, int], ...]
    by_purpose: tuple[tuple[Purpose, int], ...]
    by_month: tuple[int, ...]

    @property
    def metres(self) -> int:
        """All of the year."""
        return sum(self.by_month)


@dataclass(frozen=True, slots=True)
class Year:
    """All that the wallet can say of one calendar year.

    Attributes:
        year: Which.
        until: Last day looked at.
        kilometres: By mode, purpose and month.
        books: One mileage book a motor vehicle: scales are never pooled.
        commute: Days and steps.
        driving: Vehicle and score, for vehicles that were driven.
        gaps: What is missing.
    """

    year: int
    until: dt.date
    kilometres: Kilometres
    books: tuple[Mileage, ...]
    commute: Commute
    driving: tuple[tuple[str, DrivingScore], ...]
    gaps: Gaps

    def amounts(self) -> tuple[tuple[str, Decimal], ...]:
        """Return what is due in each currency, the sum over the vehicles."""
        sums: dict[str, Decimal] = {}
        for book in self.books:
            if book.amount:
                currency = book.amount.rule.currency
                sums[currency] = sums.get(currency, Decimal(0)) + book.amount.due
        return tuple(sorted(sums.items()))


def review(vault: Vault, year: int, claim: Claim, *, until: dt.date) -> Year:
    """Return the year up to ``until``.

    Raises:
        BadRuleForReportError: The rule of ``claim`` has no steps.
        UnknownRuleError: No rule has its id.
    """
    period = Period(dt.date(year, 1, 1), dt.date(year, 12, 31))
    trips = described_trips(vault, period)
    motors = [vehicle for vehicle in settings.vehicles(vault) if vehicle.mode in SCALES]
    driven = [v for v in motors if any(trip.vehicle == v.id for trip in trips)]
    return Year(
        year=year,
        until=min(until, period.last),
        kilometres=kilometres_of(trips),
        books=tuple(mileage(vault, period, vehicle=vehicle.id) for vehicle in motors),
        commute=_commute(vault, year, claim, until),
        driving=tuple((v.id, report_vehicle(vault, trips, v).score) for v in driven),
        gaps=gaps(vault, period, today=until),
    )


def kilometres_of(trips: Iterable[DescribedTrip]) -> Kilometres:
    """Return the metres of trips of one year, grouped three ways."""
    modes: Counter[Mode] = Counter()
    purposes: Counter[Purpose] = Counter()
    months: Counter[int] = Counter()
    for trip in trips:
        metres = whole_metres(trip)
        purposes[trip.purpose] += metres
        months[int(trip.day[5:7])] += metres
        main = trip.trip.main_leg
        for leg in trip.trip.legs:
            if leg is not main:
                modes[leg.mode] += (part := int(leg.distance_m))
                metres -= part
        modes[main.mode] += metres
    return Kilometres(
        tuple(sorted(modes.items(), key=lambda item: (-item[1], item[0]))),
        tuple((purpose, purposes[purpose]) for purpose in _ORDER),
        tuple(months[month] for month in MONTHS),
    )


def year_id(found: Year) -> str:
    """Return a short name of the figures: the same trips, the same name."""
    said = [
        str(found.year),
        *(f"{mode} {metres}" for mode, metres in found.kilometres.by_mode),
        *(str(metres) for metres in found.kilometres.by_month),
        *(book_id(book) for book in found.books),
        *(str(day.day) for day in found.commute.counted),
    ]
    digest = digest_of(said)
    return f"{digest[:4]}-{digest[4:8]}"


_ORDER = (Purpose.BUSINESS, Purpose.COMMUTE, Purpose.PRIVATE)


def _commute(vault: Vault, year: int, claim: Claim, until: dt.date) -> Commute:
    """Return the commuting; days alone for a year that the rule knows nothing of."""
    try:
        return commute(vault, year, claim, until=until)
    except UnknownYearError:
        return commute(vault, year, Claim(claim.modes, "", claim.facts), until=until)
