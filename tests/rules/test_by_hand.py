"""Amounts computed by hand where no published example was found, on both sides of each bound."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.rules.conftest import amount


@pytest.mark.parametrize(
    ("rule", "year", "distance", "money"),
    [
        ("be.velo.minimum", 2025, "1000", "290.00"),  # 1,000 x 0.29
        ("ca.automobile.territories", 2026, "5000", "3850.00"),  # 5,000 x 0.77
        ("ca.automobile.territories", 2026, "5001", "3850.71"),  # and 1 x 0.71
        ("ch.kilometerentschaedigung", 2025, "1234", "863.80"),  # x 0.70
        ("ch.kilometerentschaedigung", 2026, "1234", "925.50"),  # x 0.75
        ("de.dienstreise.andere", 2026, "101", "20.20"),  # x 0.20
        ("fr.fonction_publique.moto", 2025, "333", "49.95"),  # x 0.15
        ("gb.amap.bicycle", 2025, "501", "100.20"),  # miles x 0.20
        ("gb.amap.motorcycle", 2025, "501", "120.24"),  # miles x 0.24
        ("gb.amap.passenger", 2025, "501", "25.05"),  # miles x 0.05
        ("nl.reiskosten", 2022, "1000", "190.00"),
        ("nl.reiskosten", 2023, "1000", "210.00"),
        ("nl.reiskosten", 2026, "1000", "230.00"),
        ("us.irs.charity", 2026, "999", "139.86"),  # miles x 0.14
        ("us.irs.medical", 2025, "999", "209.79"),  # miles x 0.21
    ],
)
def test_one_rate_or_two(rule: str, year: int, distance: str, money: str) -> None:
    assert amount(rule, year, distance) == Decimal(money)


@pytest.mark.parametrize(
    ("cv", "km", "euros"),
    [
        (5, "2000", "640.00"),  # 2,000 x 0.32
        (5, "2001", "640.40"),  # and 1 x 0.40
        (5, "10000", "3840.00"),  # 640 + 8,000 x 0.40
        (5, "10001", "3840.23"),  # and 1 x 0.23
        (6, "2001", "820.51"),  # 2,000 x 0.41 + 1 x 0.51
        (7, "10001", "4900.30"),  # 820 + 8,000 x 0.51 + 1 x 0.30
        (8, "10001", "5300.32"),  # 900 + 8,000 x 0.55 + 1 x 0.32
    ],
)
def test_each_band_of_the_civil_service_pays_its_own(cv: int, km: str, euros: str) -> None:
    assert amount("fr.fonction_publique.voiture", 2025, km, cv=cv) == Decimal(euros)


@pytest.mark.parametrize(
    ("year", "km", "days", "euros"),
    [
        (2025, "20", 220, "1320.00"),  # 20 x 0.30 x 220
        (2025, "30", 220, "2156.00"),  # (20 x 0.30 + 10 x 0.38) x 220
        (2025, "80", 220, "4500.00"),  # 28.80 x 220 = 6,336, above the most
        (2026, "20", 220, "1672.00"),  # 20 x 0.38 x 220, from the first kilometre on
    ],
)
def test_the_way_to_work_in_germany_by_other_means(
    year: int, km: str, days: int, euros: str
) -> None:
    assert amount("de.entfernungspauschale.andere", year, km, days=days) == Decimal(euros)
