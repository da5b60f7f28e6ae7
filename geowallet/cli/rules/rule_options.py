"""What the options of ``rule compute`` tell, read exactly and refused where idle."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from geowallet.cli.terminal.language import _
from geowallet.model.errors import BadOptionError
from geowallet.model.words import N_

if TYPE_CHECKING:
    from geowallet.rules.facts import Facts
    from geowallet.rules.rule import Rule, Version

MOST_KM = 500_000
"""In a year; a car that never stopped at 57 km/h."""

MOST_ONE_WAY_KM = 1_000
"""To work, one way."""

OPTIONS = {
    "distance": "--km",
    "power_cv": "--cv",
    "electric": "--electric",
    "days": "--days",
    "quota_percent": "--quota",
    "present_days": "--present-days",
    "subscription": "--subscription",
    "method": "--method",
    "months": "--months",
}
"""Facts and the options that tell them."""

MOST_MONEY = 100_000
"""Of any currency, towards a transit pass in a year."""

MOST_CV = 100
"""Fiscal power."""


def read_facts(
    rule: Rule,
    year: int,
    *,
    distance: Decimal | None,
    power_cv: int | None,
    electric: bool,
    days: int | None,
    quota: str,
    present_days: int | None,
    subscription: str,
    method: str,
    months: int | None,
) -> Facts:
    """Return what was said about a year.

    Raises:
        UnknownYearError: Nothing is known of that year.
        BadOptionError: An option is out of range, missing, idle or contradicts another.
    """
    from geowallet.rules.facts import MONTHS, Facts

    version = rule.in_year(year)[-1]
    length = (rule.last_day(year) - rule.first_day(year)).days + 1
    facts = Facts(
        distance=distance,
        power_cv=_whole("--cv", power_cv, 1, MOST_CV),
        electric=electric or None,
        days=_whole("--days", days, 0, length),
        quota_percent=_number("--quota", quota, most=100),
        present_days=_whole("--present-days", present_days, 1, length),
        subscription=_number("--subscription", subscription, most=MOST_MONEY),
        method=method or None,
        months=_whole("--months", months, 1, MONTHS),
    )
    _check_facts(version, facts)
    return facts


def distance(rule: Rule, km: str, miles: str) -> Decimal | None:
    """Return the distance in the rule's unit; None if none was said.

    Raises:
        BadOptionError: Not a number, too much, or miles where none are counted.
    """
    from geowallet.rules.commute import Commute
    from geowallet.rules.compute import miles as in_miles

    if miles and rule.unit != "mi":
        raise BadOptionError(option="--miles", reason=N_("this rule counts no miles"))
    if miles and km:
        raise BadOptionError(option="--miles", reason=N_("not beside --km"))
    if miles:
        return _number("--miles", miles, most=MOST_KM)
    one_way = isinstance(rule.versions[-1].table, Commute)
    distance = _number("--km", km, most=MOST_ONE_WAY_KM if one_way else MOST_KM)
    return in_miles(distance) if distance is not None and rule.unit == "mi" else distance


def _check_facts(version: Version, facts: Facts) -> None:
    """Refuse options that are missing, change nothing, or contradict one another.

    Raises:
        BadOptionError: It names the first.
    """
    from geowallet.rules.fmd import Ceiling
    from geowallet.rules.scale import METHODS, PRORATED

    asks = version.table.asks()
    for name in asks.missing(facts):
        raise BadOptionError(option=OPTIONS[name], reason=N_("this rule needs it"))
    for name in asks.irrelevant(facts):
        raise BadOptionError(option=OPTIONS[name], reason=N_("changes nothing for this rule"))
    if facts.method is not None and facts.method not in METHODS:
        raise BadOptionError(option="--method", reason=", ".join(METHODS))
    if facts.months is not None and facts.method != PRORATED:
        raise BadOptionError(option="--months", reason=N_("goes with --method prorated"))
    if facts.present_days is not None and (facts.days or 0) > facts.present_days:
        raise BadOptionError(option="--days", reason=N_("more than the days in the post"))
    if facts.quota_percent == 0:
        raise BadOptionError(option="--quota", reason=N_("more than 0"))
    if isinstance(version.table, Ceiling):
        least = version.table.least_quota_percent
        if facts.quota_percent is not None and facts.quota_percent < least:
            raise BadOptionError(option="--quota", reason=N_("not known for less than half time"))


def _number(option: str, text: str, *, most: int) -> Decimal | None:
    if not text:
        return None
    if not re.fullmatch(r"\d{1,9}(\.\d{1,3})?", text, flags=re.ASCII) or Decimal(text) > most:
        raise BadOptionError(option=option, reason=_("a number from 0 to {most}", most=str(most)))
    return Decimal(text)


def _whole(option: str, value: int | None, least: int, most: int) -> int | None:
    if value is not None and not least <= value <= most:
        reason = _("a number from {least} to {most}", least=str(least), most=str(most))
        raise BadOptionError(option=option, reason=reason)
    return value
