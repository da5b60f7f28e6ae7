"""What a scale gives for the kilometres of a vehicle, within the scale's own year.

The British year begins on 6 April: what is due is of the metres since then, and the
amount of a period is what is due at its end less what was due before its first day.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from geowallet.model.calendar import Period
from geowallet.model.errors import GeowalletError
from geowallet.model.words import N_, phrase
from geowallet.rules.compute import miles
from geowallet.rules.facts import Facts
from geowallet.rules.regularise import payments
from geowallet.rules.scale import PRORATED, Scale

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.model.mobility import Vehicle
    from geowallet.model.words import Phrase
    from geowallet.rules.regularise import Payment
    from geowallet.rules.rule import Rule, Table, Version

ELECTRIC = "electric"


@dataclass(frozen=True, slots=True)
class Amount:
    """What a scale gives for the period.

    Attributes:
        rule: The scale.
        version: The version applied, with its source.
        payroll_year: Year of payment; one that does not begin in January is named by the
            calendar year in which it begins.
        months: One payment a month of the year, up to the end of the period; where the
            year begins on another day than the 1st, its months do as well.
        method: Name of how it is paid.
        amount: Of the period.
        before: Due for the year before it.
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


def year_start(rule: Rule | None, day: dt.date) -> dt.date:
    """Return the first day of the rule's year that ``day`` lies in; 1 January without one."""
    if rule is None:
        return dt.date(day.year, 1, 1)
    first = rule.first_day(day.year)
    return first if first <= day else rule.first_day(day.year - 1)


def month_of(start: dt.date, day: dt.date) -> int:
    """Return how many months of a year that begins on ``start`` are over on ``day``."""
    months = (day.year - start.year) * 12 + day.month - start.month
    return months - (day.day < start.day)


def month_start(start: dt.date, number: int) -> dt.date:
    """Return the first day of a month, 1 to 12, of a year that begins on ``start``."""
    years, months = divmod(start.month + number - 2, 12)
    return start.replace(year=start.year + years, month=months + 1)


def _by_month(by_day: Sequence[tuple[dt.date, int]], year: Period) -> list[int]:
    metres = [0] * (month_of(year.first, year.last) + 1)
    for day, one in by_day:
        metres[month_of(year.first, day)] += one
    return metres


def amount_of(
    vehicle: Vehicle,
    by_day: Sequence[tuple[dt.date, int]],
    period: Period,
    *,
    scale: Rule | None,
    method: str,
) -> tuple[Amount | None, Phrase | None]:
    """Return the amount of the period, or why there is none.

    Args:
        vehicle: Whose kilometres.
        by_day: Days of the scale's year up to the end of the period, and whole metres.
        period: Within one year of the scale.
        scale: Or None where none fits.
        method: One of `geowallet.rules.scale.METHODS`.
    """
    if vehicle.company:
        why = N_("a company car: its owner bears the costs, no mileage allowance is due")
        return None, phrase(why)
    if scale is None:
        return None, phrase(N_("no scale is known for this kind of vehicle"))
    start = year_start(scale, period.last)
    try:
        version = scale.for_payroll(start.year)[-1]
    except GeowalletError as error:
        return None, phrase(error.text, **error.details)
    table = version.table
    if not isinstance(table, Scale):
        return None, phrase(N_("{rule} is not a scale by distance"), rule=scale.id)
    if table.asks_power and not table.knows(vehicle.fiscal_power_cv):
        return None, phrase(N_("the fiscal power (CV) of the vehicle is missing"))
    facts = facts_of(vehicle, table, method)
    months = _by_month(by_day, Period(start, period.last))
    paid = payments(scale, version, [_distance(scale, metres) for metres in months], facts)
    if method == PRORATED:
        over = month_of(start, period.first)
        before = paid[over - 1].due if over else Decimal(0)
    else:
        earlier_m = sum(metres for day, metres in by_day if day < period.first)
        before = payments(scale, version, [_distance(scale, earlier_m)], facts)[0].due
    due = paid[-1].due
    return Amount(scale, version, start.year, paid, method, due - before, before, due), None


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
