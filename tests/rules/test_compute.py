from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.app import rulebook
from geowallet.model.errors import RuleChangedError, UnknownPowerError, UnknownRuleError
from geowallet.rules.commute import Commute
from geowallet.rules.compute import compute, miles, rounded
from geowallet.rules.facts import Asks, Facts
from geowallet.rules.fmd import Ceiling, Exemption, Steps
from geowallet.rules.scale import Scale, by_parts
from tests.rules.conftest import VOITURE, amount, scale


class TestRounding:
    """Promise: "the nearest multiple of ``step``, halves up, with its decimals"."""

    @pytest.mark.parametrize(
        ("exact", "step", "expected"),
        [
            ("2.674", "0.01", "2.67"),
            ("2.675", "0.01", "2.68"),
            ("2.6749999", "0.01", "2.67"),
            ("0.5", "1", "1"),
            ("0.4999", "1", "0"),
            ("1.5", "1", "2"),
            ("2.5", "1", "3"),
            ("200", "0.01", "200.00"),
        ],
    )
    def test_halves_go_up(self, exact: str, step: str, expected: str) -> None:
        assert str(rounded(Decimal(exact), Decimal(step))) == expected

    @given(st.decimals(0, 10**6, places=5))
    def test_never_off_by_more_than_half_a_cent(self, exact: Decimal) -> None:
        assert abs(rounded(exact, Decimal("0.01")) - exact) <= Decimal("0.005")


class TestFigures:
    def test_a_figure_says_where_it_comes_from(self) -> None:
        facts = Facts(distance=Decimal(12000), power_cv=5)
        figure = compute(rulebook.rule(VOITURE), 2025, facts)
        assert (figure.rule, figure.currency, figure.method) == (VOITURE, "EUR", "regularised")
        assert figure.version.valid_from == dt.date(2022, 1, 1)

    @pytest.mark.parametrize(
        ("rule", "facts", "method"),
        [
            ("gb.amap.car", Facts(distance=Decimal(1)), "marginal"),
            ("us.irs.business", Facts(distance=Decimal(1)), "flat_rate"),
            ("de.entfernungspauschale.pkw", Facts(distance=Decimal(1), days=1), "days_one_way"),
            ("fr.fmd.fonction_publique", Facts(days=1), "day_steps"),
            ("fr.fmd.prive", Facts(), "ceiling"),
            (
                "fr.bareme_kilometrique.moto",
                Facts(distance=Decimal(1), power_cv=1, method="linear"),
                "linear",
            ),
        ],
    )
    def test_the_method_has_a_name(self, rule: str, facts: Facts, method: str) -> None:
        assert compute(rulebook.rule(rule), 2025, facts).method == method

    def test_an_unknown_rule(self) -> None:
        with pytest.raises(UnknownRuleError, match=r"fr\.nothing"):
            rulebook.rule("fr.nothing")

    def test_a_power_that_the_source_did_not_show(self) -> None:
        with pytest.raises(UnknownPowerError, match="known: 1-5 CV"):
            amount(VOITURE, 2020, "9000", cv=6)
        assert scale(VOITURE, 2025).powers() == "1+ CV"

    @pytest.mark.parametrize(
        "facts",
        [
            Facts(),
            Facts(distance=Decimal(1)),
            Facts(power_cv=5),
            Facts(distance=Decimal(1), power_cv=5, days=3),
            Facts(distance=Decimal(1), power_cv=5, subscription=Decimal(3)),
        ],
    )
    def test_missing_or_idle_facts_are_a_mistake_of_the_caller(self, facts: Facts) -> None:
        with pytest.raises(ValueError, match="missing or change nothing"):
            compute(rulebook.rule(VOITURE), 2025, facts)

    def test_electric_was_nothing_in_2019(self) -> None:
        with pytest.raises(ValueError, match="change nothing"):
            amount(VOITURE, 2019, "100", cv=3, electric=True)

    def test_an_unknown_method_is_a_mistake_too(self) -> None:
        with pytest.raises(ValueError, match="no such method"):
            amount(VOITURE, 2025, "9000", cv=5, method="guess")

    @pytest.mark.parametrize("rule", [VOITURE, "de.entfernungspauschale.pkw"])
    def test_tables_need_their_facts(self, rule: str) -> None:
        table = rulebook.rule(rule).in_year(2025)[0].table
        with pytest.raises(ValueError, match="needs a distance"):
            table.amount(Facts(), 2025)
        steps = rulebook.rule("fr.fmd.fonction_publique").in_year(2025)[0].table
        with pytest.raises(ValueError, match="need days"):
            steps.amount(Facts(), 2025)

    def test_a_scale_without_that_class_is_a_mistake(self) -> None:
        for power in (None, 6):
            with pytest.raises(ValueError, match="no class"):
                scale(VOITURE, 2020).amount(Facts(distance=Decimal(1), power_cv=power), 2020)

    def test_what_is_asked_comes_in_alphabetical_order(self) -> None:
        asks = Asks(frozenset({"distance", "days"}))
        assert asks.missing(Facts()) == ["days", "distance"]
        assert asks.irrelevant(Facts(power_cv=1, months=2)) == ["months", "power_cv"]


class TestLinear:
    """Promise: "every kilometre at the rate of the band it falls in"."""

    @given(st.decimals(0, 60_000, places=1), st.decimals(0, 60_000, places=1))
    def test_driving_more_never_pays_less(self, a: Decimal, b: Decimal) -> None:
        bands = scale(VOITURE, 2021).classes[0].bands
        low, high = sorted((a, b))
        assert by_parts(bands, low) <= by_parts(bands, high)

    def test_it_differs_from_the_scale_by_the_steps(self) -> None:
        """5 CV, 2025: 3 180 + 15 000 x 0.357 + 5 000 x 0.427 = 10 670; the scale: 10 675."""
        linear = amount(VOITURE, 2025, "25000", cv=5, method="linear")
        assert linear == Decimal("10670.00")
        assert amount(VOITURE, 2025, "25000", cv=5) == Decimal("10675.00")

    def test_electric_too(self) -> None:
        linear = amount(VOITURE, 2025, "25000", cv=5, method="linear", electric=True)
        assert linear == Decimal("12804.00")


class TestMiles:
    def test_the_international_mile(self) -> None:
        assert miles(Decimal("1609.344")) == 1000
        assert rounded(miles(Decimal(100)), Decimal("0.01")) == Decimal("62.14")

    @pytest.mark.parametrize(
        ("distance", "pounds"),
        [("10000", "4500.00"), ("10001", "4500.25"), ("9999", "4499.55"), ("12000", "5000.00")],
    )
    def test_amap_at_ten_thousand(self, distance: str, pounds: str) -> None:
        assert amount("gb.amap.car", 2025, distance) == Decimal(pounds)


class TestCaps:
    @pytest.mark.parametrize(
        ("year", "km", "euros"),
        [
            (2025, "10027", "3609.72"),
            (2025, "10028", "3610.00"),
            (2025, "20000", "3610.00"),
            (2024, "10000", "3500.00"),
            (2026, "10000", "3700.00"),
            (2026, "10001", "3700.00"),
        ],
    )
    def test_belgian_bikes_have_a_yearly_cap(self, year: int, km: str, euros: str) -> None:
        assert amount("be.velo", year, km) == Decimal(euros)

    @pytest.mark.parametrize(
        ("rule", "year", "km", "days", "euros"),
        [
            ("pkw", 2025, "20", 220, "1320.00"),
            ("pkw", 2025, "20.999", 220, "1320.00"),
            ("pkw", 2025, "21", 220, "1403.60"),
            ("pkw", 2026, "20", 220, "1672.00"),
            ("pkw", 2026, "80", 230, "6992.00"),
            ("andere", 2026, "80", 230, "4500.00"),
            ("andere", 2025, "0.9", 230, "0.00"),
            ("andere", 2025, "30", 0, "0.00"),
        ],
    )
    def test_to_work_in_germany(self, rule: str, year: int, km: str, days: int, euros: str) -> None:
        """Whole kilometres of one way, and 4 500 EUR at most without an own car."""
        found = amount(f"de.entfernungspauschale.{rule}", year, km, days=days)
        assert found == Decimal(euros)


class TestMobilityAllowance:
    @pytest.mark.parametrize(
        ("days", "euros"),
        [(0, 0), (29, 0), (30, 100), (59, 100), (60, 200), (99, 200), (100, 300), (365, 300)],
    )
    def test_steps_of_the_civil_service(self, days: int, euros: int) -> None:
        assert amount("fr.fmd.fonction_publique", 2025, days=days) == euros

    @pytest.mark.parametrize(
        ("year", "days", "euros"), [(2020, 49, 0), (2020, 50, 100), (2021, 99, 0), (2021, 100, 200)]
    )
    def test_steps_before_2022(self, year: int, days: int, euros: int) -> None:
        assert amount("fr.fmd.fonction_publique", year, days=days) == euros

    @pytest.mark.parametrize(
        ("quota", "days", "euros"),
        [
            ("80", 23, 0),
            ("80", 24, 100),
            ("80", 47, 100),
            ("80", 48, 200),
            ("80", 79, 200),
            ("80", 80, 300),
            ("50", 15, 100),
            ("50", 50, 300),
            ("70", 20, 0),
            ("70", 21, 100),
            ("85.7", 25, 0),  # 30 x 0.857 = 25.71 days: 25 are not enough
            ("85.7", 26, 100),
            ("100", 100, 300),
        ],
    )
    def test_part_time_needs_fewer_days_for_the_same_amount(
        self, quota: str, days: int, euros: int
    ) -> None:
        assert amount("fr.fmd.fonction_publique", 2025, days=days, quota=quota) == euros

    @pytest.mark.parametrize(
        ("year", "present", "days", "euros"),
        [
            (2025, 365, 30, 100),
            (2025, 184, 15, 0),  # 30 x 184 / 365 = 15.12
            (2025, 184, 16, 100),
            (2024, 183, 15, 100),  # a leap year: 30 x 183 / 366 = 15
            (2025, 183, 15, 0),  # 30 x 183 / 365 = 15.04
            (2025, 1, 0, 0),
            (2025, 1, 1, 300),
        ],
    )
    def test_arriving_within_the_year_needs_fewer_days(
        self, year: int, present: int, days: int, euros: int
    ) -> None:
        found = amount("fr.fmd.fonction_publique", year, days=days, present=present)
        assert found == euros

    def test_quota_and_presence_multiply(self) -> None:
        """100 x 0.8 x 0.5 = 40 days in half a leap year."""
        asked = {"quota": "80", "present": 183}
        for days, euros in ((39, 200), (40, 300)):
            found = amount("fr.fmd.fonction_publique", 2024, days=days, **asked)  # type: ignore[arg-type]
            assert found == euros

    @given(st.integers(0, 366), st.integers(0, 366), st.integers(1, 100))
    def test_more_days_never_pay_less(self, a: int, b: int, quota: int) -> None:
        low, high = sorted((a, b))
        rule = "fr.fmd.fonction_publique"
        fewer = amount(rule, 2024, days=low, quota=str(quota))
        assert fewer <= amount(rule, 2024, days=high, quota=str(quota))

    @pytest.mark.parametrize(
        ("year", "alone", "together"),
        [(2020, 400, 400), (2022, 700, 800), (2023, 700, 800), (2024, 700, 800), (2025, 600, 900)],
    )
    def test_ceilings_of_the_private_sector(self, year: int, alone: int, together: int) -> None:
        assert amount("fr.fmd.prive", year) == alone
        assert amount("fr.fmd.prive", year, subscription="0") == alone
        assert amount("fr.fmd.prive", year, subscription="100") == together
        assert amount("fr.fmd.prive", year, subscription="1200.50") == Decimal("1200.50")

    def test_one_day_is_enough_and_none_is_not(self) -> None:
        assert amount("fr.fmd.prive", 2025, days=1, quota="50") == 600
        assert amount("fr.fmd.prive", 2025, days=0) == 0

    def test_less_than_half_time_is_not_known(self) -> None:
        with pytest.raises(ValueError, match="so small a quota"):
            amount("fr.fmd.prive", 2025, quota="49.9")

    def test_a_year_in_which_the_law_changed_is_not_averaged(self) -> None:
        assert amount("fr.fmd.prive", 2021) == 500
        assert amount("fr.fmd.prive", 2021, subscription="710") == 710
        with pytest.raises(RuleChangedError, match="2021-08-25"):
            amount("fr.fmd.prive", 2021, subscription="200")

    @pytest.mark.parametrize(
        ("paid", "fuel", "subscription", "exempt", "exempt_fuel"),
        [
            (600, 0, 0, 600, 0),
            (601, 0, 0, 600, 0),
            (0, 400, 0, 0, 300),
            (400, 300, 0, 300, 300),
            (300, 300, 0, 300, 300),
            (500, 0, 900, 0, 0),
            (500, 0, 1000, 0, 0),
            (500, 100, 500, 400, 0),
        ],
    )
    def test_what_is_exempt_in_2025(
        self, paid: int, fuel: int, subscription: int, exempt: int, exempt_fuel: int
    ) -> None:
        (version,) = rulebook.rule("fr.fmd.prive").in_year(2025)
        assert isinstance(version.table, Ceiling)
        parts = version.table.exemption(
            paid=Decimal(paid), fuel=Decimal(fuel), subscription=Decimal(subscription)
        )
        assert parts == Exemption(
            exempt=Decimal(exempt),
            exempt_fuel=Decimal(exempt_fuel),
            taxed=Decimal(paid - exempt),
            taxed_fuel=Decimal(fuel - exempt_fuel),
        )

    def test_fuel_beside_a_subscription_is_not_guessed(self) -> None:
        (version,) = rulebook.rule("fr.fmd.prive").in_year(2024)
        assert isinstance(version.table, Ceiling)
        with pytest.raises(ValueError, match="not known for this year"):
            version.table.exemption(paid=Decimal(0), fuel=Decimal(1), subscription=Decimal(1))


def test_every_kind_of_table_is_shipped() -> None:
    kinds = {type(v.table) for rule in rulebook.rules() for v in rule.versions}
    assert kinds == {Scale, Commute, Steps, Ceiling}
