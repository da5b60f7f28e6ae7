"""How often a forged total is found: chance, as the page says, and no more."""

from __future__ import annotations

import math

import pytest

from benchmarks.bench_audit import FORGERIES, HONEST_M, caught, forge

CHALLENGES = 1_500


def within(found: float, expected: float, challenges: int) -> bool:
    """Whether a frequency lies within five standard deviations of its expectation."""
    return abs(found - expected) <= 5 * math.sqrt(expected * (1 - expected) / challenges) + 1e-4


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_month_is_caught_as_often_as_its_share_says(name: str) -> None:
    share, days = FORGERIES[name]
    forged = forge(HONEST_M, share, days)
    assert sum(forged[day] for day in days) / sum(forged) == pytest.approx(share, abs=1e-4)
    found = caught(forged, days, 5, CHALLENGES)
    assert within(found, 1 - (1 - share) ** 5, CHALLENGES)


def test_a_draw_by_days_would_find_the_blown_up_day_seldom() -> None:
    """Why metres are drawn: 30 % of the total in one of 28 days, two draws."""
    share, days = FORGERIES["one day blown up to 30 %"]
    found = caught(forge(HONEST_M, share, days), days, 2, CHALLENGES)
    by_days = 1 - (1 - 1 / len(HONEST_M)) ** 2
    assert found > 6 * by_days


def test_an_honest_month_is_never_caught() -> None:
    assert caught(HONEST_M, (1, 5), 20, 50) == 0


@pytest.mark.slow
@pytest.mark.parametrize("draws", [2, 5, 10, 20])
@pytest.mark.parametrize("name", FORGERIES)
def test_the_table_of_the_page_holds_over_ten_thousand_draws(name: str, draws: int) -> None:
    share, days = FORGERIES[name]
    found = caught(forge(HONEST_M, share, days), days, draws, 10_000)
    assert within(found, 1 - (1 - share) ** draws, 10_000)
