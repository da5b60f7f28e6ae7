"""Short ways to ask a rule."""

from __future__ import annotations

from decimal import Decimal

from geowallet.app import rulebook
from geowallet.rules.compute import compute
from geowallet.rules.facts import Facts
from geowallet.rules.scale import Scale

VOITURE = "fr.bareme_kilometrique.voiture"


def amount(
    rule: str,
    year: int,
    distance: str | Decimal | None = None,
    *,
    cv: int | None = None,
    electric: bool = False,
    days: int | None = None,
    quota: str | None = None,
    present: int | None = None,
    subscription: str | None = None,
    method: str | None = None,
    months: int | None = None,
) -> Decimal:
    """Return what the rule gives for that year."""
    facts = Facts(
        distance=None if distance is None else Decimal(distance),
        power_cv=cv,
        electric=electric or None,
        days=days,
        quota_percent=None if quota is None else Decimal(quota),
        present_days=present,
        subscription=None if subscription is None else Decimal(subscription),
        method=method,
        months=months,
    )
    return compute(rulebook.rule(rule), year, facts).amount


def scale(rule: str, year: int) -> Scale:
    """Return the scale of a year."""
    (version,) = rulebook.rule(rule).in_year(year)
    assert isinstance(version.table, Scale)
    return version.table
