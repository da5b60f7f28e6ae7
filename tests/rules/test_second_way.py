"""Figures once more by a slow and obvious way: whole numbers, one case after the other."""

from __future__ import annotations

import calendar
import random
from decimal import Decimal

import pytest

from geowallet.app import rulebook
from geowallet.rules.compute import compute
from geowallet.rules.facts import Facts
from geowallet.rules.regularise import payments
from tests.rules import transcript
from tests.rules.transcript import cents_by_total

CARS = [row for row in transcript.french_rows() if row.rule.endswith("voiture")]
STEPS = "fr.fmd.fonction_publique"


def euros_by_days(year: int, days: int, quota_permille: int, present: int) -> int:
    """Return what so many days give, counting day for day what each step asks.

    A day at full time and all year is ``1000 * days of the year`` parts; a person with
    less of both needs as many parts fewer.
    """
    whole_year = 366 if calendar.isleap(year) else 365
    due = 0
    for needed, euros in transcript.DAYS[year]:
        asked = needed * quota_permille * present
        reached = 0
        for _day in range(days):
            reached += 1000 * whole_year
            if reached >= asked:
                due = euros
                break
    return due


@pytest.mark.untraced
def test_a_hundred_thousand_random_years_of_days() -> None:
    random_years = random.Random(20_261_123)  # noqa: S311  not a secret
    rule = rulebook.rule(STEPS)
    years = sorted(transcript.DAYS)
    for _ in range(100_000):
        year = random_years.choice(years)
        whole_year = 366 if calendar.isleap(year) else 365
        quota = random_years.choice([1000, 1000, 900, 800, 700, 600, 500, 333, 1])
        present = random_years.choice([whole_year, random_years.randint(1, whole_year)])
        days = random_years.randint(0, 130)
        facts = Facts(
            days=days,
            quota_percent=None if quota == 1000 else Decimal(quota) / 10,
            present_days=None if present == whole_year else present,
        )
        found = compute(rule, year, facts).amount
        assert found == euros_by_days(year, days, quota, present), (year, facts)


def test_exactly_the_days_that_are_asked_are_enough() -> None:
    """At 80 % and 73 of 365 days, 100 days become 16: the 16th day pays, the 15th does not."""
    assert [euros_by_days(2025, days, 800, 73) for days in (4, 5, 9, 10, 15, 16)] == [
        0,
        100,
        100,
        200,
        200,
        300,
    ]


@pytest.mark.untraced
def test_a_hundred_thousand_random_months_are_paid_to_the_cent() -> None:
    """F(all so far) less what was due: each month is a difference of two whole years."""
    random_years = random.Random(20_261_124)  # noqa: S311  not a secret
    for _ in range(100_000 // 12):
        row = random_years.choice(CARS)
        year = random_years.choice(row.years)
        electric = year > 2019 and random_years.random() < 0.5
        power = random_years.randint(row.powers[0], min(row.powers[-1], 40))
        widest = random_years.choice([200_000, 1_000_000, 4_000_000])
        months = [random_years.randrange(0, widest) for _month in range(12)]
        rule = rulebook.rule(row.rule)
        (version,) = rule.in_year(year)
        facts = Facts(power_cv=power, electric=electric or None)
        paid = payments(rule, version, [Decimal(m) / 1000 for m in months], facts)
        total = before = 0
        for metres, payment in zip(months, paid, strict=True):
            total += metres
            due = cents_by_total(row, total, electric=electric)
            assert payment.amount * 100 == due - before
            before = due
