"""What was paid for a year of kilometres against what is due, and why the two differ.

A scale is published in spring and holds from 1 January; trips are imported late. Both
are put right once, visibly: F(all kilometres so far) less what was paid.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from geowallet.app import rulebook
from geowallet.app.reports.allowance import facts_of
from geowallet.app.reports.mileage import mileage
from geowallet.crypto.canonical import digest_of
from geowallet.model.calendar import Period
from geowallet.model.errors import NoAmountError, UnknownYearError
from geowallet.rules.regularise import adjustment, payments
from geowallet.rules.scale import REGULARISED, Scale

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geowallet.app.reports.allowance import Amount
    from geowallet.model.mobility import Vehicle
    from geowallet.model.words import Phrase
    from geowallet.rules.rule import Rule, Version
    from geowallet.vault.store import Vault


@dataclass(frozen=True, slots=True)
class MonthPaid:
    """The year up to the end of one month.

    Attributes:
        month: 1 to 12.
        distance: Of the month, in the rule's unit.
        total: Distance so far.
        due_before: Due so far by the earlier table.
        due: Due so far by the table that holds.
        paid: Paid so far.
    """

    month: int
    distance: Decimal
    total: Decimal
    due_before: Decimal
    due: Decimal
    paid: Decimal

    @property
    def difference(self) -> Decimal:
        """What is still owed, negative if too much was paid."""
        return self.due - self.paid


@dataclass(frozen=True, slots=True)
class Regularisation:
    """A year put right.

    Attributes:
        year: Of payroll.
        vehicle: Whose kilometres.
        rule: The scale.
        earlier: The table that payroll knew when the year began; the same as ``later``
            where none is known.
        later: The table that holds.
        months: Up to the last day looked at.
        stated: Whether the owner said what was paid; else it is what ``earlier`` gives.
        by_table: What the later table changes for all kilometres.
        by_rest: What else differs: late trips, another method, another rounding.
        reason: Which tables, in words.
    """

    year: int
    vehicle: Vehicle
    rule: Rule
    earlier: Version
    later: Version
    months: tuple[MonthPaid, ...]
    stated: bool
    by_table: Decimal
    by_rest: Decimal
    reason: Phrase

    @property
    def paid(self) -> Decimal:
        """All that was paid."""
        return self.months[-1].paid

    @property
    def due(self) -> Decimal:
        """All that is due."""
        return self.months[-1].due

    @property
    def difference(self) -> Decimal:
        """Due less paid: ``by_table`` and ``by_rest`` together, to the cent."""
        return self.due - self.paid


def regularise(  # noqa: PLR0913  what the owner may say of it
    vault: Vault,
    year: int,
    *,
    until: dt.date,
    paid: Mapping[int, Decimal] | None = None,
    vehicle: str = "",
    rule: str = "",
) -> Regularisation:
    """Return the year of a vehicle up to ``until``, put right.

    Args:
        vault: The open wallet.
        year: Of payroll.
        until: Later months are not due yet.
        paid: Amount by month, 1 to 12; a month that is not in it was not paid. None or
            empty: what the earlier table gives was paid.
        vehicle: Its name or a beginning of it; "" for the only one.
        rule: Id of a scale; "" for the French one of its kind.

    Raises:
        NoVehicleError: None fits, or several do.
        UnknownRuleError: No rule has this id.
        NoAmountError: The scale gives none.
    """
    scale = rulebook.rule(rule) if rule else None
    first = scale.first_day(year) if scale else dt.date(year, 1, 1)
    last = scale.last_day(year) if scale else dt.date(year, 12, 31)
    period = Period(first, max(first, min(until, last)))
    book = mileage(vault, period, vehicle=vehicle, rule=rule)
    if book.amount is None:
        raise NoAmountError(reason=book.why_no_amount)
    return _put_right(book.vehicle, book.amount, year, dict(paid or {}))


def regularisation_id(found: Regularisation) -> str:
    """Return a short name of the figures."""
    months = (f"{m.month} {m.total} {m.due} {m.paid}" for m in found.months)
    digest = digest_of([str(found.year), found.vehicle.id, found.rule.id, *months])
    return f"{digest[:4]}-{digest[4:8]}"


def _put_right(
    vehicle: Vehicle, amount: Amount, year: int, stated: dict[int, Decimal]
) -> Regularisation:
    rule, later = amount.rule, amount.version
    earlier = _earlier(rule, year, vehicle) or later
    facts = facts_of(vehicle, later.table, REGULARISED)
    distances = [month.distance for month in amount.months]
    before = payments(rule, earlier, distances, facts)
    changed = adjustment(rule, earlier, later, facts_of(vehicle, later.table, "", distances))
    months, so_far = [], Decimal(0)
    for old, new in zip(before, amount.months, strict=True):
        so_far += stated.get(new.month, Decimal(0)) if stated else old.amount
        months.append(MonthPaid(new.month, new.distance, new.total, old.due, new.due, so_far))
    rest = months[-1].due - months[-1].paid - changed.difference
    return Regularisation(
        year=year,
        vehicle=vehicle,
        rule=rule,
        earlier=earlier,
        later=later,
        months=tuple(months),
        stated=bool(stated),
        by_table=changed.difference,
        by_rest=rest,
        reason=changed.reason,
    )


def _earlier(rule: Rule, year: int, vehicle: Vehicle) -> Version | None:
    """Return the table of the year before, or None where none knows the vehicle."""
    try:
        version = rule.for_payroll(year - 1)[-1]
    except UnknownYearError:
        return None
    table = version.table
    if not isinstance(table, Scale) or (
        table.asks_power and not table.knows(vehicle.fiscal_power_cv)
    ):
        return None
    return version
