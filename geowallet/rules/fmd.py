"""The sustainable mobility allowance: steps by days, and the ceiling of what is exempt."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from geowallet.rules.facts import WHOLE_QUOTA, Asks, Facts
from geowallet.rules.members import ENDLESS

if TYPE_CHECKING:
    from geowallet.rules.members import Members

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Steps:
    """An allowance that grows with the number of days.

    Attributes:
        steps: Least number of days at full time and all year, and the amount.
    """

    steps: tuple[tuple[Decimal, Decimal], ...]

    def asks(self) -> Asks:
        """Return which facts it needs and uses."""
        return Asks(frozenset({"days"}), frozenset({"quota_percent", "present_days"}))

    def method(self, _facts: Facts) -> str:
        """Return the name of how the amount is found."""
        return "day_steps"

    def thresholds(self, facts: Facts, year: int) -> tuple[tuple[Decimal, Decimal], ...]:
        """Return the days that this person needs for each amount, as fractions of a day.

        The number of days follows work quota and presence in the year; the amount
        does not.

        Source:
            Décret n° 2020-543, as summarised in the State's and the unions' notices.
        """
        whole_year = 366 if calendar.isleap(year) else 365
        present = whole_year if facts.present_days is None else facts.present_days
        quota = WHOLE_QUOTA if facts.quota_percent is None else facts.quota_percent
        return tuple(
            (days * quota * present / (WHOLE_QUOTA * whole_year), amount)
            for days, amount in self.steps
        )

    def amount(self, facts: Facts, year: int) -> Decimal:
        """Return the amount of a year; only whole days count.

        Raises:
            ValueError: No days.
        """
        if facts.days is None:
            raise ValueError("steps need days")
        due = [amount for days, amount in self.thresholds(facts, year) if facts.days >= days]
        return due[-1] if due and facts.days else NOTHING


@dataclass(frozen=True, slots=True)
class Exemption:
    """What of an employer's payment bears no contributions, and what does."""

    exempt: Decimal
    exempt_fuel: Decimal
    taxed: Decimal
    taxed_fuel: Decimal


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most that an employer may pay free of contributions in a year.

    Attributes:
        alone: Without a public transport subscription.
        with_subscription: Together with the employer's part of a subscription;
            that part alone, if it is higher.
        fuel: Most of ``alone`` that may be fuel.
        fuel_beside_subscription: Whether fuel is exempt beside a subscription;
            None where no source was read.
        least_quota_percent: Work quota below which this is not known.
    """

    alone: Decimal
    with_subscription: Decimal
    fuel: Decimal
    fuel_beside_subscription: bool | None
    least_quota_percent: Decimal

    def asks(self) -> Asks:
        """Return which facts it uses; it needs none."""
        return Asks(frozenset(), frozenset({"days", "quota_percent", "subscription"}))

    def method(self, _facts: Facts) -> str:
        """Return the name of how the amount is found."""
        return "ceiling"

    def amount(self, facts: Facts, _year: int) -> Decimal:
        """Return the ceiling; 0 for somebody without a single day.

        Neither the number of days nor part time above the least quota changes it.

        Raises:
            ValueError: A work quota for which it is not known.
        """
        if facts.quota_percent is not None and facts.quota_percent < self.least_quota_percent:
            raise ValueError("not known for so small a quota")
        if facts.days == 0:
            return NOTHING
        if not facts.subscription:
            return self.alone
        return max(self.with_subscription, facts.subscription)

    def exemption(self, *, paid: Decimal, fuel: Decimal, subscription: Decimal) -> Exemption:
        """Return how a payment divides.

        Args:
            paid: The allowance, without its fuel part.
            fuel: The fuel part.
            subscription: The employer's part of a public transport subscription.

        Raises:
            ValueError: Fuel beside a subscription in a year for which that is not known.
        """
        if fuel and subscription and self.fuel_beside_subscription is None:
            raise ValueError("fuel beside a subscription is not known for this year")
        free_fuel = min(fuel, self.fuel)
        room = self.alone
        if subscription:
            free_fuel = free_fuel if self.fuel_beside_subscription else NOTHING
            room = max(NOTHING, self.with_subscription - subscription)
        free = min(paid, max(NOTHING, room - free_fuel))
        return Exemption(free, free_fuel, paid - free, fuel - free_fuel)


def read_steps(members: Members) -> Steps:
    """Return the steps of one version.

    Raises:
        RuleDataError: Days or amounts that do not rise.
    """
    rows = members.rows("steps", 2)
    for left, right in pairwise(rows):
        if not (left[0] < right[0] and left[1] < right[1]):
            raise members.refuse("steps do not rise")
    if rows[0][0] == 0 or ENDLESS in rows[-1]:
        raise members.refuse("steps are not days and amounts")
    return Steps(tuple((row[0], row[1]) for row in rows))


def read_ceiling(members: Members) -> Ceiling:
    """Return the ceiling of one version.

    Raises:
        RuleDataError: Parts that are larger than the whole.
    """
    alone, together = members.number("alone"), members.number("with_subscription")
    fuel = members.number("fuel")
    if not fuel <= alone <= together:
        raise members.refuse("fuel, alone and with_subscription do not rise")
    beside = members.found.pop("fuel_beside_subscription", None)
    if beside is not None and not isinstance(beside, bool):
        raise members.refuse("fuel_beside_subscription is neither true nor false")
    return Ceiling(alone, together, fuel, beside, members.number("least_quota_percent"))
