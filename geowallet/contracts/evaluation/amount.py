"""Money from figures by the rule that a contract names. Standard library only.

The confined worker applies it; the terms pin the rule's file by its digest, so both
sides read the same numbers. Whoever reads the figures and has the file can do it again.
"""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from geowallet.contracts.evaluation.job import Charge
from geowallet.model.errors import (
    AmountRuleError,
    RuleChangedError,
    UnknownPowerError,
    UnknownYearError,
)
from geowallet.model.words import N_
from geowallet.rules.compute import compute, miles
from geowallet.rules.facts import Facts
from geowallet.rules.load import load_rule

if TYPE_CHECKING:
    from geowallet.contracts.terms.measures import RuleUse
    from geowallet.model.calendar import Period
    from geowallet.rules.compute import Figure

CENTS = 100
METRES_A_KM = 1_000


def charge_of(use: RuleUse, text: str, period: Period) -> Charge:
    """Return what the evaluation is told of a rule, after a trial with nothing travelled.

    Args:
        use: What the terms say.
        text: The rule's file.
        period: Of the export.

    Raises:
        AmountRuleError: Another file than the terms name, another currency, a period
            outside the rule's year, or parameters that the rule cannot use.
    """
    if hashlib.sha256(text.encode()).hexdigest() != use.sha256:
        raise AmountRuleError(rule=use.id, reason=N_("its file is not the one that was agreed"))
    rule = load_rule(text)
    if (rule.id, rule.currency) != (use.id, use.currency):
        raise AmountRuleError(rule=use.id, reason=N_("its file is of another rule or currency"))
    if period.first < rule.first_day(use.year) or rule.last_day(use.year) < period.last:
        raise AmountRuleError(rule=use.id, reason=N_("the period is not within one of its years"))
    charge = Charge(text, use.year, use.parameters)
    try:
        figure_of(charge, 0, 0)
    except (ValueError, RuleChangedError, UnknownPowerError, UnknownYearError) as error:
        reason = N_("it knows nothing of that year, or the parameters do not fit it")
        raise AmountRuleError(rule=use.id, reason=reason) from error
    return charge


def amount_cents(charge: Charge, metres: int, days: int) -> int:
    """Return the amount of the whole period in cents, exact as the rule rounds it."""
    return int(figure_of(charge, metres, days).amount * CENTS)


def asked_of(charge: Charge) -> frozenset[str]:
    """Return the measures of an export from which the rule counts, of a year that it knows.

    A way that the terms fix is not counted; a rule that counts days may ask for no metres.
    """
    asks = load_rule(charge.text).in_year(charge.year)[-1].table.asks()
    counted = {"days": "days"}
    if "one_way_m" not in dict(charge.parameters):
        counted["distance"] = "distance_m"
    used = asks.needed | asks.usable
    return frozenset(measure for fact, measure in counted.items() if fact in used)


def figure_of(charge: Charge, metres: int, days: int) -> Figure:
    """Return the amount with the method that gave it.

    Metres become kilometres, or miles of 1,609.344 m, without rounding.

    Raises:
        ValueError: The rule asks for what was not told, or was told what it cannot use.
        UnknownYearError: Nothing is known of the year.
        UnknownPowerError: Nor of the fiscal power in that year.
        RuleChangedError: The law changed within the year, and so would the amount.
    """
    rule = load_rule(charge.text)
    asks = rule.in_year(charge.year)[-1].table.asks()
    told: dict[str, Any] = dict(charge.parameters)
    one_way_m = told.pop("one_way_m", None)
    way_m = metres if one_way_m is None else one_way_m
    if "distance" in asks.needed | asks.usable:
        distance_km = Decimal(way_m) / METRES_A_KM
        told["distance"] = miles(distance_km) if rule.unit == "mi" else distance_km
    if "days" in asks.needed | asks.usable:
        told["days"] = days
    if "quota_percent" in told:
        told["quota_percent"] = Decimal(told["quota_percent"])
    if "subscription_cents" in told:
        told["subscription"] = Decimal(told.pop("subscription_cents")) / CENTS
    return compute(rule, charge.year, Facts(**told))
