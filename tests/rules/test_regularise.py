from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.app import rulebook
from geowallet.rules.compute import rounded
from geowallet.rules.facts import Facts
from geowallet.rules.regularise import adjustment, payments
from tests.rules.conftest import VOITURE, amount

RULE = rulebook.rule(VOITURE)
MONTHS = st.lists(st.decimals(0, 4000, places=3), min_size=1, max_size=12)
YEARS = st.sampled_from([2021, 2025])
POWERS = st.integers(1, 12)
METHODS = st.sampled_from([None, "regularised", "linear"])


def total_of(months: list[Decimal]) -> Decimal:
    return sum(months, start=Decimal(0))


class TestPayments:
    """Promise: "however the kilometres fall, the payments add up, to the cent"."""

    @given(MONTHS, YEARS, POWERS, METHODS, st.booleans())
    def test_the_months_add_up_to_the_year(
        self, months: list[Decimal], year: int, cv: int, method: str | None, electric: bool
    ) -> None:
        facts = Facts(power_cv=cv, method=method, electric=electric or None)
        paid = payments(RULE, RULE.in_year(year)[0], months, facts)
        total = amount(VOITURE, year, total_of(months), cv=cv, method=method, electric=electric)
        assert sum(p.amount for p in paid) == total == paid[-1].due
        assert paid[-1].total == total_of(months)

    @given(st.permutations([Decimal(km) for km in (0, 1, 999, 2500, 4001, 8000, 12000)]))
    def test_their_order_does_not_matter(self, months: list[Decimal]) -> None:
        paid = payments(RULE, RULE.in_year(2021)[0], months, Facts(power_cv=3))
        assert sum(p.amount for p in paid) == amount(VOITURE, 2021, total_of(months), cv=3)

    @given(st.lists(st.decimals(0, 4000, places=1), min_size=12, max_size=12), POWERS)
    def test_prorated_adds_up_after_twelve_months(self, months: list[Decimal], cv: int) -> None:
        facts = Facts(power_cv=cv, method="prorated")
        paid = payments(RULE, RULE.in_year(2025)[0], months, facts)
        assert sum(p.amount for p in paid) == amount(VOITURE, 2025, total_of(months), cv=cv)

    @given(MONTHS, POWERS)
    def test_every_payment_is_in_whole_cents(self, months: list[Decimal], cv: int) -> None:
        for paid in payments(RULE, RULE.in_year(2025)[0], months, Facts(power_cv=cv)):
            assert paid.amount == rounded(paid.amount, Decimal("0.01"))
            assert paid.amount >= 0

    def test_october_of_the_report(self) -> None:
        """3 259.97 (for 5 224 km) - 3 060.43 (for 4 812 km) = 199.54, not 412 x 0.636."""
        months = [Decimal(4812), Decimal(412)]
        paid = payments(RULE, RULE.in_year(2025)[0], months, Facts(power_cv=5))
        assert [p.amount for p in paid] == [Decimal("3060.43"), Decimal("199.54")]
        assert [(p.month, str(p.distance), str(p.due)) for p in paid] == [
            (1, "4812", "3060.43"),
            (2, "412", "3259.97"),
        ]

    def test_a_month_can_be_negative_where_the_law_gives_less_for_more(self) -> None:
        months = [Decimal(5000), Decimal(1)]
        paid = payments(RULE, RULE.in_year(2021)[0], months, Facts(power_cv=3))
        assert paid[1].amount == Decimal("-2.70")

    def test_no_months_are_no_payments(self) -> None:
        assert payments(RULE, RULE.in_year(2025)[0], [], Facts(power_cv=5)) == ()

    def test_more_than_a_year_or_no_scale_is_a_mistake(self) -> None:
        version = RULE.in_year(2025)[0]
        with pytest.raises(ValueError, match="at most twelve months of a scale"):
            payments(RULE, version, [Decimal(1)] * 13, Facts(power_cv=5))
        days = rulebook.rule("fr.fmd.prive")
        with pytest.raises(ValueError, match="of a scale"):
            payments(days, days.in_year(2025)[0], [Decimal(1)], Facts())


class TestAdjustment:
    def test_a_later_table_changes_the_past_only_by_a_visible_difference(self) -> None:
        """1 500 km, 5 CV: paid at 0.548 before the order of 13 February 2022 came out."""
        (before,), (after,) = RULE.in_year(2020), RULE.in_year(2021)
        facts = Facts(distance=Decimal(1500), power_cv=5)
        found = adjustment(RULE, before, after, facts)
        assert (found.paid, found.due) == (Decimal("822.00"), Decimal("904.50"))
        assert found.difference == Decimal("82.50")
        assert str(found.reason) == (
            f"{VOITURE}: paid by the version of 2020-01-01, due by the version of 2021-01-01"
        )
