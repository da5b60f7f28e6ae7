"""Worked examples that others published, and the page that has them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from geowallet.app import rulebook
from geowallet.rules.facts import Facts
from geowallet.rules.fmd import Ceiling, Exemption
from geowallet.rules.regularise import payments
from tests.rules.conftest import VOITURE, amount


@pytest.mark.parametrize(
    ("year", "km", "cv", "euros", "page"),
    [
        (2024, "4000", 5, "2544.00", "fiscalonline.com, barème 2025, revenus 2024"),
        (2022, "4000", 5, "2544.00", "fr-kb.sage.com, 2023: January"),
        (2021, "4000", 6, "2524.00", "service-public.fr A14686, 16 February 2022"),
        (2021, "14000", 5, "6066.00", "service-public.fr A14686"),
        (2025, "12000", 5, "5679.00", "adcf.org, barème kilométrique 2026"),
        (2020, "4000", 4, "2092.00", "cfdt-schneider-grenoble.fr, arrêté du 15 février 2021"),
        (2020, "12000", 5, "4896.00", "justifik.fr, barème kilométrique 2021"),
        (2025, "5224", 5, "3259.97", "the report in the design: 0.357 x 5,224 + 1,395"),
        (2025, "4812", 5, "3060.43", "the same report, one month before"),
    ],
)
def test_cars(year: int, km: str, cv: int, euros: str, page: str) -> None:
    assert amount(VOITURE, year, km, cv=cv) == Decimal(euros), page


@pytest.mark.parametrize(
    ("year", "km", "cv", "euros", "page"),
    [
        (2020, "4000", 4, "2510.40", "cfdt-schneider-grenoble.fr: 2 510,40 €"),
        (2025, "12000", 5, "6814.80", "adcf.org prints 6 815; rounded tables give 6 810"),
    ],
)
def test_electric_cars(year: int, km: str, cv: int, euros: str, page: str) -> None:
    assert amount(VOITURE, year, km, cv=cv, electric=True) == Decimal(euros), page


def test_an_example_with_a_typing_error_is_not_copied() -> None:
    """bncplus.fr: "4 000 km x 0,529 = 2 660" for 6 CV; 2 660 is 4 000 x 0.665."""
    assert amount(VOITURE, 2022, "4000", cv=6) == Decimal("2660.00")


def test_sage_prorates_the_constant_by_the_elapsed_months() -> None:
    """fr-kb.sage.com: 8 000 x 0.357 = 2 856, plus 1 395 / 12 x 2 = 232.50, in February."""
    asked = {"cv": 5, "method": "prorated", "months": 2}
    assert amount(VOITURE, 2022, "8000", **asked) == Decimal("3088.50")  # type: ignore[arg-type]
    rule = rulebook.rule(VOITURE)
    months = [Decimal(4000), Decimal(4000)]
    facts = Facts(power_cv=5, method="prorated")
    paid = payments(rule, rule.in_year(2022)[0], months, facts)
    assert [p.amount for p in paid] == [Decimal("2544.00"), Decimal("544.50")]


def test_traveldoo_s_linear_scale_changes_its_rate_inside_a_trip() -> None:
    """support.traveldoo.com: 4 500, 1 000 and 1 000 km; 500 km of the second are below 5 000.

    (The page mixes the rates of 5 and 6 CV; these are those of 6 CV.)
    """
    rule = rulebook.rule(VOITURE)
    months = [Decimal(4500), Decimal(1000), Decimal(1000)]
    paid = payments(rule, rule.in_year(2021)[0], months, Facts(power_cv=6, method="linear"))
    assert [p.amount for p in paid] == [
        Decimal("2839.50"),  # 4 500 x 0.631
        Decimal("493.00"),  # 500 x 0.631 + 500 x 0.355
        Decimal("355.00"),
    ]


def test_the_example_of_service_public_on_the_mobility_allowance() -> None:
    """F38462: 710 of a subscription and 330, of which 50 of fuel.

    Exempt: 710 and 190; contributions on 50 of fuel and on 90.
    """
    (version,) = rulebook.rule("fr.fmd.prive").in_year(2025)
    assert isinstance(version.table, Ceiling)
    parts = version.table.exemption(paid=Decimal(280), fuel=Decimal(50), subscription=Decimal(710))
    assert parts == Exemption(Decimal(190), Decimal(0), Decimal(90), Decimal(50))
    assert amount("fr.fmd.prive", 2025, subscription="710") == Decimal("900.00")


@pytest.mark.parametrize(
    ("rule", "year", "distance", "money", "page"),
    [
        ("de.dienstreise", 2025, "100", "30.00", "nova-nexus.de: 100 km"),
        ("ca.automobile.provinces", 2026, "11250", "7837.50", "Canada Post: 45 km x 250 days"),
        ("gb.amap.car", 2025, "10000", "4500.00", "moorepay.co.uk: 45p to 10,000 miles"),
        ("us.irs.business", 2026, "1", "0.73", "Notice 2026-10: 72.5 cents, half up"),
    ],
)
def test_other_countries(rule: str, year: int, distance: str, money: str, page: str) -> None:
    assert amount(rule, year, distance) == Decimal(money), page


def test_thirty_kilometres_to_work_in_germany() -> None:
    """nova-nexus.de: 20 x 0.30 + 10 x 0.38 = 9.80 a day (the page prints 9.40, a slip)."""
    assert amount("de.entfernungspauschale.pkw", 2025, "30", days=1) == Decimal("9.80")
