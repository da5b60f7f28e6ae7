"""Allowances for the way to work: days times the whole kilometres of one way."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

from geowallet.rules.facts import Asks, Facts
from geowallet.rules.members import ENDLESS
from geowallet.rules.scale import Band, by_parts, read_bands

if TYPE_CHECKING:
    from geowallet.rules.members import Members

METHOD = "days_one_way"
"""Days, times what one way gives by its bands; started kilometres do not count."""


@dataclass(frozen=True, slots=True)
class Commute:
    """A commuting allowance in force.

    Attributes:
        bands: Of one way; every band pays its own part.
        cap: Most that a year can give; `ENDLESS` for none.
    """

    bands: tuple[Band, ...]
    cap: Decimal

    def asks(self) -> Asks:
        """Return which facts it needs."""
        return Asks(frozenset({"distance", "days"}))

    def method(self, _facts: Facts) -> str:
        """Return the name of how the amount is found."""
        return METHOD

    def amount(self, facts: Facts, _year: int) -> Decimal:
        """Return the amount of a year, exact and not rounded.

        Raises:
            ValueError: No distance or no days.
        """
        if facts.distance is None or facts.days is None:
            raise ValueError("a commuting allowance needs a distance and days")
        one_way = facts.distance.to_integral_value(ROUND_FLOOR)
        return min(facts.days * by_parts(self.bands, one_way), self.cap)


def read_commute(members: Members) -> Commute:
    """Return the allowance of one version.

    Raises:
        RuleDataError: Bands that do not rise to ``inf``.
    """
    cap = members.number_or("cap", ENDLESS)
    return Commute(read_bands(members, by_total=False), cap)
