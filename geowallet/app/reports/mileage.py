"""The mileage book of one vehicle: every business trip, and what a scale gives for them.

Nothing here leaves by itself: it is for the owner, who may print it.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from geowallet.app import rulebook, settings
from geowallet.app.evidence.changes import changed_since
from geowallet.app.reports.allowance import Amount, amount_of, year_start
from geowallet.app.travel.errands import errands
from geowallet.app.travel.trips import described_trips
from geowallet.app.vehicles import fuel, odometer
from geowallet.crypto.canonical import digest_of
from geowallet.model.calendar import Period
from geowallet.model.errors import BadPeriodError, NoVehicleError
from geowallet.model.mobility import Mode, Purpose, Sureness
from geowallet.rules.scale import REGULARISED

if TYPE_CHECKING:
    from geowallet.app.evidence.changes import Since
    from geowallet.app.travel.errands import Errand
    from geowallet.app.vehicles.fuel import Stretch
    from geowallet.app.vehicles.odometer import Reconciled
    from geowallet.model.mobility import DescribedTrip, Vehicle
    from geowallet.model.words import Phrase
    from geowallet.vault.store import Vault

SCALES: dict[Mode, str] = {
    Mode.CAR: "fr.bareme_kilometrique.voiture",
    Mode.MOTORCYCLE: "fr.bareme_kilometrique.moto",
}
"""The rule used where none is named: the French scale of the kind of vehicle."""

NO_SCALE = "none"
"""Asks for no amount."""


@dataclass(frozen=True, slots=True)
class Line:
    """One trip of the book.

    Attributes:
        trip: With its ends and legs.
        metres: Whole metres, as a contract would count them.
        cumulative_m: Of the year, this trip included.
        errand: Reason and client, or None where nobody said.
        gap_m: Straight metres of silences: shown, never counted.
    """

    trip: DescribedTrip
    metres: int
    cumulative_m: int
    errand: Errand | None
    gap_m: int


@dataclass(frozen=True, slots=True)
class Mileage:
    """The book of one vehicle over one period.

    Attributes:
        period: Local days.
        vehicle: Whose book it is.
        lines: Business trips that are sure enough, in order of time.
        metres: Their sum.
        sd_m: Its standard deviation.
        days: On how many days.
        year_m: Since the first day of the scale's year, up to the end of the period.
        commute_m: Commuting with the vehicle in the period: apart, never in the sum.
        private_m: Private metres in the period.
        waiting: Business trips below "likely": they wait for the owner.
        reconciled: Odometer against traces, between readings that touch the period.
        fuel: From filling to filling, where that touches the period.
        amount: By the scale, or None.
        no_amount: Why there is none.
        since_export: Closed periods that were changed after they had left.
        trips: All of the vehicle in the period, whatever they were for.
    """

    period: Period
    vehicle: Vehicle
    lines: tuple[Line, ...]
    metres: int
    sd_m: float
    days: int
    year_m: int
    commute_m: int
    private_m: int
    waiting: tuple[DescribedTrip, ...]
    reconciled: tuple[Reconciled, ...]
    fuel: tuple[Stretch, ...]
    amount: Amount | None
    no_amount: Phrase | None
    since_export: tuple[Since, ...] = ()
    trips: tuple[DescribedTrip, ...] = ()

    @property
    def why_no_amount(self) -> str:
        """Why there is no amount, as an error says it; "" where there is one."""
        why = self.no_amount
        return "" if why is None else str(why) if why.values else why.text

    @property
    def all_m(self) -> int:
        """All metres of the vehicle: business, waiting or not, commuting and private."""
        waiting = sum(whole_metres(trip) for trip in self.waiting)
        return self.metres + waiting + self.commute_m + self.private_m

    @property
    def private_share(self) -> Fraction | None:
        """Private metres of all, without commuting; None where nothing was driven."""
        return Fraction(self.private_m, self.all_m) if self.all_m else None


def mileage(
    vault: Vault, period: Period, *, vehicle: str = "", rule: str = "", method: str = REGULARISED
) -> Mileage:
    """Return the book of a vehicle over ``period``.

    Args:
        vault: The open wallet.
        period: Days within one year of the scale.
        vehicle: Its name or a beginning of it; "" for the only one.
        rule: Id of a scale; "" for the French one of its kind, ``none`` for no amount.
        method: One of `geowallet.rules.scale.METHODS`.

    Raises:
        NoVehicleError: None fits, or several do.
        UnknownRuleError: No rule has this id.
        BadPeriodError: The period lies in two years of the scale.
    """
    chosen = choose_vehicle(vault, vehicle)
    name = "" if rule == NO_SCALE else rule or SCALES.get(chosen.mode, "")
    scale = rulebook.rule(name) if name else None
    year = Period(year_start(scale, period.last), period.last)
    if period.first < year.first:
        raise BadPeriodError(period=str(period))
    trips = [trip for trip in described_trips(vault, year) if trip.vehicle == chosen.id]
    business = [trip for trip in trips if trip.purpose is Purpose.BUSINESS]
    sure = [trip for trip in business if is_sure(trip)]
    lines = _lines(vault, sure)
    inside = tuple(line for line in lines if _day(line.trip) in period)
    by_day = [(_day(line.trip), line.metres) for line in lines]
    amount, why = amount_of(chosen, by_day, period, scale=scale, method=method)
    return Mileage(
        period=period,
        vehicle=chosen,
        lines=inside,
        metres=sum(line.metres for line in inside),
        sd_m=math.hypot(*(leg.distance_sd_m for line in inside for leg in line.trip.trip.legs)),
        days=len({line.trip.day for line in inside}),
        year_m=lines[-1].cumulative_m if lines else 0,
        commute_m=_metres(trips, Purpose.COMMUTE, period),
        private_m=_metres(trips, Purpose.PRIVATE, period),
        waiting=tuple(t for t in business if not is_sure(t) and _day(t) in period),
        reconciled=_reconciled(vault, chosen, period),
        fuel=_fuel(vault, chosen, period),
        amount=amount,
        no_amount=why,
        since_export=changed_since(vault, period),
        trips=tuple(trip for trip in trips if _day(trip) in period),
    )


def book_id(book: Mileage) -> str:
    """Return a short name of the figures: the same trips, the same name, as ``e41c-77b0``."""
    said = [
        str(book.period),
        book.vehicle.id,
        *(f"{x.trip.trip.id} {x.metres}" for x in book.lines),
    ]
    digest = digest_of([*said, str(book.amount.amount) if book.amount else ""])
    return f"{digest[:4]}-{digest[4:8]}"


def choose_vehicle(vault: Vault, name: str) -> Vehicle:
    """Return the vehicle called ``name``, or the only one with a motor.

    Raises:
        NoVehicleError: None fits, or several do.
        NotFoundError: ``name`` is no vehicle's.
        AmbiguousNameError: It is the beginning of several.
    """
    known = {vehicle.id: vehicle for vehicle in settings.vehicles(vault)}
    if name:
        return known[settings.resolve("vehicle", name, known)]
    fitting = [vehicle for vehicle in known.values() if vehicle.mode in SCALES]
    if len(fitting) != 1:
        raise NoVehicleError(known=", ".join(sorted(known)) or "-")
    return fitting[0]


def whole_metres(described: DescribedTrip) -> int:
    """Return the metres of a trip as contracts count them: half a metre up."""
    return math.floor(described.trip.distance_m + 0.5)


def is_sure(described: DescribedTrip) -> bool:
    """Say whether a trip counts towards money: its main leg is at least "likely"."""
    return Sureness.of(described.trip.main_leg.confidence).at_least(Sureness.LIKELY)


def _lines(vault: Vault, trips: list[DescribedTrip]) -> tuple[Line, ...]:
    known = errands(vault)
    total = 0
    lines = []
    for trip in trips:
        total += (metres := whole_metres(trip))
        gap_m = round(sum(leg.gap_m for leg in trip.trip.legs))
        lines.append(Line(trip, metres, total, known.of(trip), gap_m))
    return tuple(lines)


def _reconciled(vault: Vault, vehicle: Vehicle, period: Period) -> tuple[Reconciled, ...]:
    found = odometer.readings(vault, vehicle.id)
    if len(found) < 2:
        return ()
    span = Period(found[0].day, found[-1].day)
    every = odometer.reconcile(found, vehicle.id, described_trips(vault, span))
    return tuple(
        item for item in every if item.before.day <= period.last and period.first <= item.after.day
    )


def _fuel(vault: Vault, vehicle: Vehicle, period: Period) -> tuple[Stretch, ...]:
    found = fuel.fuel(vault, vehicle.id)
    if len(found) < 2:
        return ()
    span = Period(found[0].day, found[-1].day)
    every = fuel.stretches(found, vehicle.id, described_trips(vault, span))
    return tuple(
        way for way in every if way.before.day <= period.last and period.first <= way.after.day
    )


def _metres(trips: list[DescribedTrip], purpose: Purpose, period: Period) -> int:
    return sum(
        whole_metres(trip) for trip in trips if trip.purpose is purpose and _day(trip) in period
    )


def _day(described: DescribedTrip) -> dt.date:
    return dt.date.fromisoformat(described.day)
