from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest

from geowallet.model.errors import RuleDataError
from geowallet.rules.holidays import public_holidays


def days(text: str) -> frozenset[dt.date]:
    return frozenset(dt.date.fromisoformat(f"2026-{day}") for day in text.split())


FRANCE_2026 = days("01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25")
"""Code du travail, art. L3133-1: eleven days. Easter 2026 is 5 April, so Easter
Monday is 6 April, Ascension Day 14 May (39 days later), Whit Monday 25 May (50)."""


def test_france_has_the_eleven_days_of_the_law() -> None:
    assert public_holidays("FR", [2026]) == FRANCE_2026


@pytest.mark.parametrize("code", ["FR-57", "FR-67", "FR-68", "FR-6AE"])
def test_moselle_and_alsace_have_good_friday_and_the_26th_of_december(code: str) -> None:
    """Code du travail, art. L3134-13."""
    assert public_holidays(code, [2026]) == FRANCE_2026 | days("04-03 12-26")


def test_england_in_2026() -> None:
    """gov.uk: 26 December is a Saturday, so Monday 28 is the substitute day."""
    bank_holidays = days("01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28")
    assert bank_holidays <= public_holidays("GB-ENG", [2026])


def test_bavaria_has_days_that_hamburg_has_not() -> None:
    assert days("01-06 11-01") <= public_holidays("DE-BY", [2026]) - public_holidays(
        "DE-HH", [2026]
    )


def test_the_united_states_have_the_fourth_of_july() -> None:
    assert dt.date(2026, 7, 4) in public_holidays("US", [2026])


def test_several_years_are_the_union_of_each() -> None:
    both = public_holidays("FR", [2027, 2026])
    assert both == FRANCE_2026 | public_holidays("FR", [2027])
    assert len(both) == 22


@pytest.mark.parametrize(("code", "years"), [("", [2026]), ("FR", [])])
def test_nothing_asked_is_nothing(code: str, years: list[int]) -> None:
    assert public_holidays(code, years) == frozenset()


@pytest.mark.parametrize("code", ["XX", "FR-99", "fr", "France", "FR-Zone A", "FR-", "F\u0158"])
def test_an_unknown_country_or_region_is_said(code: str) -> None:
    with pytest.raises(RuleDataError):
        public_holidays(code, [2026])


@pytest.mark.parametrize("year", [0, 1969, 2200])
def test_a_year_without_data_is_said(year: int) -> None:
    with pytest.raises(RuleDataError, match="no data for that year"):
        public_holidays("FR", [year])


def test_the_library_is_loaded_only_when_it_is_asked() -> None:
    code = "import sys, geowallet.rules.holidays; print('holidays' in sys.modules)"
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout == "False\n"
