"""Scales by yearly distance: bands of ``rate * distance + constant``, by power."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from geowallet.rules.facts import MONTHS, Asks, Facts
from geowallet.rules.members import ENDLESS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.rules.members import Members

REGULARISED = "regularised"
"""The scale is applied to the year's total; each payment is F(total so far) - paid."""

LINEAR = "linear"
"""Every kilometre at the rate of the band it falls in, without the constant."""

PRORATED = "prorated"
"""As the first, but only the elapsed twelfths of the constant."""

METHODS = (REGULARISED, LINEAR, PRORATED)
"""How payroll pays a scale whose band is chosen by the year's total; all three are in use.

Regularised and linear: Traveldoo's help pages. Prorated: Sage Paie's.
"""

NOTHING = Decimal(0)
"""No money, no distance."""


@dataclass(frozen=True, slots=True)
class Band:
    """Up to and including ``upto``, in the rule's unit: ``rate * distance + constant``."""

    upto: Decimal
    rate: Decimal
    constant: Decimal


@dataclass(frozen=True, slots=True)
class PowerClass:
    """The bands of the fiscal powers ``first_cv`` to ``last_cv``, both included."""

    first_cv: Decimal
    last_cv: Decimal
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale in force.

    Attributes:
        classes: By power, in order, without a hole; one from 0 where power is not asked.
        by_total: Whether the year's total chooses one band for all of it (as the
            French tax scale does), or every band pays its own part.
        electric_factor: What the amount of an electric vehicle is multiplied by;
            None where the law knows no such increase.
        cap: Most that a year can give; `ENDLESS` for none.
        largest_step: How far two bands may be apart where they meet.
    """

    classes: tuple[PowerClass, ...]
    by_total: bool
    electric_factor: Decimal | None
    cap: Decimal
    largest_step: Decimal

    @property
    def asks_power(self) -> bool:
        """Whether the amount depends on fiscal power."""
        return self.classes[0].first_cv > 0

    def asks(self) -> Asks:
        """Return which facts it needs and uses."""
        needed = {"distance", "power_cv"} if self.asks_power else {"distance"}
        usable = {"method", "months"} if self.by_total else set[str]()
        if self.electric_factor is not None:
            usable.add("electric")
        return Asks(frozenset(needed), frozenset(usable))

    def knows(self, power_cv: int) -> bool:
        """Return whether there is a class for that power."""
        return any(c.first_cv <= power_cv <= c.last_cv for c in self.classes)

    def powers(self) -> str:
        """Return the known powers, such as ``1-5 CV`` or ``1+ CV``."""
        last = self.classes[-1].last_cv
        return f"{self.classes[0].first_cv}{'+' if last == ENDLESS else f'-{last}'} CV"

    def method(self, facts: Facts) -> str:
        """Return the name of how the amount is found."""
        if self.by_total:
            return facts.method or REGULARISED
        return "flat_rate" if len(self.classes[0].bands) == 1 else "marginal"

    def amount(self, facts: Facts, _year: int) -> Decimal:
        """Return the amount of a year, exact and not rounded.

        Raises:
            ValueError: No distance, no class for that power, or an unknown method.
        """
        if facts.distance is None:
            raise ValueError("a scale needs a distance")
        bands = self._bands(facts.power_cv)
        amount = self._plain(bands, facts.distance, facts)
        if facts.electric:
            amount *= self.electric_factor or 1
        return min(amount, self.cap)

    def _bands(self, power_cv: int | None) -> tuple[Band, ...]:
        power = power_cv if self.asks_power else 0
        for found in self.classes:
            if power is not None and found.first_cv <= power <= found.last_cv:
                return found.bands
        raise ValueError("no class for that power")

    def _plain(self, bands: Sequence[Band], distance: Decimal, facts: Facts) -> Decimal:
        method = self.method(facts)
        if not self.by_total or method == LINEAR:
            return by_parts(bands, distance)
        band = next(b for b in bands if distance <= b.upto)
        if method == REGULARISED:
            return distance * band.rate + band.constant
        if method == PRORATED:
            months = MONTHS if facts.months is None else facts.months
            return distance * band.rate + band.constant * months / MONTHS
        raise ValueError("no such method")


def by_parts(bands: Sequence[Band], distance: Decimal) -> Decimal:
    """Return what the distance gives if every band pays its own part, without constants."""
    amount = start = NOTHING
    for band in bands:
        amount += max(NOTHING, min(distance, band.upto) - start) * band.rate
        start = band.upto
    return amount


def steps(scale: Scale) -> list[Decimal]:
    """Return how far two bands are apart at each limit, as the law's formulas have it."""
    return [
        left.upto * right.rate + right.constant - (left.upto * left.rate + left.constant)
        for found in scale.classes
        for left, right in pairwise(found.bands)
    ]


def read_scale(members: Members, *, by_total: bool) -> Scale:
    """Return the scale of one version.

    Raises:
        RuleDataError: Bands or powers that overlap, leave a hole or never end.
    """
    electric = members.number_or("electric_factor", NOTHING)
    cap = members.number_or("cap", ENDLESS)
    largest = members.number("largest_step") if by_total else NOTHING
    classes = tuple(_class(entry, by_total=by_total) for entry in members.each("class"))
    for left, right in pairwise(classes):
        if right.first_cv != left.last_cv + 1:
            raise members.refuse("powers overlap or leave a hole")
    return Scale(classes, by_total, electric or None, cap, largest)


def _class(members: Members, *, by_total: bool) -> PowerClass:
    first, last = NOTHING, ENDLESS
    if "power_cv" in members.found:
        ((first, last),) = _pair(members)
    bands = read_bands(members, by_total=by_total)
    members.end()
    return PowerClass(first, last, bands)


def _pair(members: Members) -> tuple[tuple[Decimal, ...], ...]:
    members.found["power_cv"] = [members.found["power_cv"]]
    rows = members.rows("power_cv", 2)
    if not 1 <= rows[0][0] <= rows[0][1] or rows[0][0] == ENDLESS:
        raise members.refuse("power_cv is not a range from 1")
    return rows


def read_bands(members: Members, *, by_total: bool) -> tuple[Band, ...]:
    """Return bands, of three numbers where a constant is added and two where not.

    Raises:
        RuleDataError: Limits that do not rise to ``inf``, or a rate without an end.
    """
    rows = members.rows("bands", 3 if by_total else 2)
    bands = tuple(Band(row[0], row[1], row[2] if by_total else NOTHING) for row in rows)
    limits = [band.upto for band in bands]
    if limits != sorted(set(limits)) or limits[-1] != ENDLESS or limits[0] == 0:
        raise members.refuse("bands do not rise to inf")
    if any(ENDLESS in (band.rate, band.constant) for band in bands):
        raise members.refuse("a rate without an end")
    return bands
