"""What a tariff makes of kilometres, exactly.

Bands are marginal, as for a tax: each kilometre costs what its own band says,
in the order in which bands stand. Kilometres by night cost ``night_percent``
more, at the average price of the export's kilometres, because no one says
which of them were driven first. Each line is rounded half up to a cent once;
the total is the sum of the lines, so that anybody can redo it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geowallet.contracts.terms.tariff_terms import Tariff

METRES_PER_PRICE = 100_000
"""Prices are for 100 km."""

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one export would be charged, in the tariff's currency.

    Attributes:
        base: Whatever was driven.
        distance: For the kilometres.
        night: Added for those by night.
        scored: Added by a module of the recipient's, or 0.
    """

    base: Decimal
    distance: Decimal
    night: Decimal
    scored: Decimal = Decimal(0)

    @property
    def total(self) -> Decimal:
        """The sum of the lines."""
        return self.base + self.distance + self.night + self.scored


def cost_of(tariff: Tariff, metres: int, night_metres: int, *, scored_cents: int = 0) -> Cost:
    """Return what ``metres`` would cost, of which ``night_metres`` were by night.

    Args:
        tariff: The prices.
        metres: Whole metres of one export, >= 0.
        night_metres: Of these, 0 to ``metres``.
        scored_cents: What a module of the recipient's adds; may be negative.

    Raises:
        ValueError: More metres by night than in all, or fewer than none.
    """
    if not 0 <= night_metres <= metres:
        raise ValueError("night_metres must lie between 0 and metres")
    distance = _distance_cents(tariff, metres)
    share = Fraction(night_metres, metres or 1)
    night = distance * share * Fraction(tariff.night_percent, 100)
    return Cost(
        base=_amount(tariff.base_cents),
        distance=_amount(_half_up(distance)),
        night=_amount(_half_up(night)),
        scored=_amount(scored_cents),
    )


def sum_of(costs: Iterable[Cost]) -> Decimal:
    """Return the sum of the totals, 0 where there are none."""
    return sum((cost.total for cost in costs), Decimal(0))


def average_of(total: Decimal, months: int) -> Decimal:
    """Return ``total`` for each of ``months`` >= 1, rounded half up to a cent."""
    return _amount(_half_up(Fraction(total) * 100 / months))


def _distance_cents(tariff: Tariff, metres: int) -> Fraction:
    """Return the price of the kilometres in cents, unrounded."""
    ends = [metres if band.up_to_km is None else band.up_to_km * 1_000 for band in tariff.bands]
    reached = list(accumulate((min(end, metres) for end in ends), max))
    starts = [0, *reached[:-1]]
    return Fraction(
        sum(
            (stop - start) * band.cents_per_100km
            for band, start, stop in zip(tariff.bands, starts, reached, strict=True)
        ),
        METRES_PER_PRICE,
    )


def _half_up(cents: Fraction) -> int:
    return (2 * cents.numerator + cents.denominator) // (2 * cents.denominator)


def _amount(cents: int) -> Decimal:
    return cents * CENT
