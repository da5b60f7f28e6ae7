"""What a rule is told about a year, and what it asks for."""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal

WHOLE_QUOTA = Decimal(100)
"""Per cent of full time."""

MONTHS = 12
"""Of a year: a constant that is prorated is due in full after the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One year of one person and one vehicle; None where nothing was said.

    Attributes:
        distance: Of the whole year, or one way where the rule counts days; in the
            rule's unit.
        power_cv: Fiscal power, field P.6 of the French registration certificate.
        electric: Whether the vehicle has no other motor.
        days: Whole days, both ways.
        quota_percent: Share of full time, above 0, at most 100.
        present_days: Days of the year on which the person held the post.
        subscription: What the employer paid towards public transport.
        method: How the year is paid: one of `geowallet.rules.scale.METHODS`.
        months: Elapsed months, 1 to 12, for the prorated method.
    """

    distance: Decimal | None = None
    power_cv: int | None = None
    electric: bool | None = None
    days: int | None = None
    quota_percent: Decimal | None = None
    present_days: int | None = None
    subscription: Decimal | None = None
    method: str | None = None
    months: int | None = None

    def given(self) -> frozenset[str]:
        """Return the names of the facts that were told."""
        return frozenset(f.name for f in fields(self) if getattr(self, f.name) is not None)


@dataclass(frozen=True, slots=True)
class Asks:
    """Names of `Facts` that a table cannot do without, and that it can use."""

    needed: frozenset[str]
    usable: frozenset[str] = frozenset()

    def missing(self, facts: Facts) -> list[str]:
        """Return what is needed and was not told, in alphabetical order."""
        return sorted(self.needed - facts.given())

    def irrelevant(self, facts: Facts) -> list[str]:
        """Return what was told and changes nothing, in alphabetical order."""
        return sorted(facts.given() - self.needed - self.usable)
