"""A figure from a rule: the amount, and all that is needed to explain it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from geowallet.model.errors import RuleChangedError, UnknownPowerError
from geowallet.rules.scale import Scale

if TYPE_CHECKING:
    from geowallet.rules.facts import Facts
    from geowallet.rules.rule import Rule, Version

MILE_KM = Decimal("1.609344")
"""International mile in kilometres, exact (International Yard and Pound Agreement, 1959)."""


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount and where it comes from.

    Attributes:
        rule: Id of the rule.
        version: The version that was applied.
        amount: Rounded once, at the end.
        currency: ISO 4217.
        method: Name of how it was found.
    """

    rule: str
    version: Version
    amount: Decimal
    currency: str
    method: str


def compute(rule: Rule, year: int, facts: Facts) -> Figure:
    """Return the figure of one year of the rule.

    Raises:
        UnknownYearError: Nothing is known of that year.
        UnknownPowerError: Of that fiscal power in that year.
        RuleChangedError: The law changed within the year, and so would the figure.
        ValueError: Facts are missing, or would change nothing (see ``asks``).
    """
    versions = rule.in_year(year)
    figures = [_figure(rule, version, facts, year) for version in versions]
    if len({figure.amount for figure in figures}) > 1:
        changed = max(version.valid_from for version in versions)
        raise RuleChangedError(rule=rule.id, year=str(year), date=changed.isoformat())
    return figures[-1]


def rounded(amount: Decimal, step: Decimal) -> Decimal:
    """Return the nearest multiple of ``step`` (1 or 0.01), halves up, with its decimals.

    Source:
        CGI, art. 1657 and 1649 undecies, for whole euros: 0.50 counts as 1. No text
        was read that rounds a payslip line; cents are rounded the same way.
    """
    return amount.quantize(step, ROUND_HALF_UP)


def miles(distance_km: Decimal) -> Decimal:
    """Return kilometres as miles, to 28 digits."""
    return distance_km / MILE_KM


def _figure(rule: Rule, version: Version, facts: Facts, year: int) -> Figure:
    table = version.table
    asks = table.asks()
    if asks.missing(facts) or asks.irrelevant(facts):
        raise ValueError("facts are missing or change nothing")
    power = facts.power_cv
    if isinstance(table, Scale) and power is not None and not table.knows(power):
        raise UnknownPowerError(rule=rule.id, year=str(year), power=power, known=table.powers())
    amount = rounded(table.amount(facts, year), rule.rounding)
    return Figure(rule.id, version, amount, rule.currency, table.method(facts))
