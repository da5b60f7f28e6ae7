"""The mileage book of one vehicle: every business trip, and what a scale gives for them.

Nothing here leaves by itself: it is for the owner, who may print it.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from geowallet.app import rulebook, settings
from geowallet.app.evidence.changes import changed_since
from geowallet.app.travel.errands import errands
from geowallet.app.travel.trips import described_trips
from geowallet.app.vehicles import fuel, odometer
from geowallet.crypto.canonical import digest_of
from geowallet.model.calendar import Period
from geowallet.model.errors import GeowalletError, NoVehicleError
from geowallet.model.mobility import Mode, Purpose, Sureness
from geowallet.model.words import N_, phrase
from geowallet.rules.compute import miles
from geowallet.rules.facts import Facts
from geowallet.rules.regularise import payments
from geowallet.rules.scale import REGULARISED, Scale

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.app.evidence.changes import Since
    from geowallet.app.travel.errands import Errand
    from geowallet.app.vehicles.fuel import Stretch
    from geowallet.app.vehicles.odometer import Reconciled
    from geowallet.model.mobility import DescribedTrip, Vehicle
    from geowallet.model.words import Phrase
    from geowallet.rules.regularise import Payment
    from geowallet.rules.rule import Rule, Table, Version
    from geowallet.vault.store import Vault

SCALES: dict[Mode, str] = {
    Mode.CAR: "fr.bareme_kilometrique.voiture",
    Mode.MOTORCYCLE: "fr.bareme_kilometrique.moto",
}
"""The rule used where none is named: the French scale of the kind of vehicle."""

ELECTRIC = "electric"


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
class Amount:
    """What a scale gives for the period.

    Attributes:
        rule: The scale.
        version: The version applied, with its source.
        payroll_year: Calendar year of payment.
        months: One payment a month of the year, up to the end of the period.
        method: Name of how it is paid.
        amount: Of the months in the period.
        before: Due for the months before it.
        due: Due for the year so far.
    """

    rule: Rule
    version: Version
    payroll_year: int
    months: tuple[Payment, ...]
    method: str
    amount: Decimal
    before: Decimal
    due: Decimal


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
        year_m: Since 1 January, up to the end of the period.
        commute_m: Commuting with the vehicle in the period: apart, never in the sum.
        private_m: Private metres in the period.
        waiting: Business trips below "likely": they wait for the owner.
        reconciled: Odometer against traces, between readings that touch the period.
        fuel: From filling to filling, where that touches the period.
        amount: By the scale, or None.
        no_amount: Why there is none.
        since_export: Closed periods that were changed after they had left.
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
        period: Days within one calendar year.
        vehicle: Its name or a beginning of it; "" for the only one.
        rule: Id of a scale; "" for the French one of its kind.
        method: One of `geowallet.rules.scale.METHODS`.

    Raises:
        NoVehicleError: None fits, or several do.
        UnknownRuleError: No rule has this id.
    """
    chosen = choose_vehicle(vault, vehicle)
    year = Period(dt.date(period.last.year, 1, 1), period.last)
    trips = [trip for trip in described_trips(vault, year) if trip.vehicle == chosen.id]
    business = [trip for trip in trips if trip.purpose is Purpose.BUSINESS]
    sure = [trip for trip in business if is_sure(trip)]
    lines = _lines(vault, sure)
    inside = tuple(line for line in lines if _day(line.trip) in period)
    months = _by_month(lines, period.last.month)
    amount, why = _amount(chosen, months, period, rule=rule, method=method)
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


def _by_month(lines: tuple[Line, ...], months: int) -> list[int]:
    metres = [0] * months
    for line in lines:
        metres[_day(line.trip).month - 1] += line.metres
    return metres


def _amount(
    vehicle: Vehicle, months: list[int], period: Period, *, rule: str, method: str
) -> tuple[Amount | None, Phrase | None]:
    """Return the amount of the period, or why there is none."""
    name = rule or SCALES.get(vehicle.mode, "")
    if vehicle.company:
        why = N_("a company car: its owner bears the costs, no mileage allowance is due")
        return None, phrase(why)
    if not name:
        return None, phrase(N_("no scale is known for this kind of vehicle"))
    found = rulebook.rule(name)
    try:
        version = found.for_payroll(period.last.year)[-1]
    except GeowalletError as error:
        return None, phrase(error.text, **error.details)
    table = version.table
    if not isinstance(table, Scale):
        return None, phrase(N_("{rule} is not a scale by distance"), rule=name)
    if table.asks_power and not table.knows(vehicle.fiscal_power_cv):
        return None, phrase(N_("the fiscal power (CV) of the vehicle is missing"))
    facts = facts_of(vehicle, table, method)
    distances = [_distance(found, metres) for metres in months]
    paid = payments(found, version, distances, facts)
    first = period.first.month if period.first.year == period.last.year else 1
    before = paid[first - 2].due if first > 1 else Decimal(0)
    due = paid[-1].due
    return (
        Amount(found, version, period.last.year, paid, method, due - before, before, due),
        None,
    )


def facts_of(
    vehicle: Vehicle, table: Table, method: str = "", distances: Sequence[Decimal] = ()
) -> Facts:
    """Return what a scale is told of a vehicle.

    Args:
        vehicle: With its power and energy.
        table: The scale; another table is told nothing.
        method: How a yearly scale is paid, or "".
        distances: Whose sum is the distance; none of it where there are none.
    """
    if not isinstance(table, Scale):
        return Facts()
    return Facts(
        distance=sum(distances, Decimal(0)) if distances else None,
        power_cv=vehicle.fiscal_power_cv if table.asks_power else None,
        electric=vehicle.energy == ELECTRIC if table.electric_factor else None,
        method=method or None if table.by_total else None,
    )


def _distance(rule: Rule, metres: int) -> Decimal:
    km = Decimal(metres) / 1000
    return miles(km) if rule.unit == "mi" else km


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
