from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.model.calendar import Period, WorkWeek, instant_us, local_time, weekday_of, zone_of
from geowallet.model.errors import BadPeriodError, BadWorkWeekError, BadZoneError

NINE_TO_FIVE = ((540, 1020),)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026-10-05", "2026-10-05", "2026-10-05"),
        ("2026-10..2026-11", "2026-10-01", "2026-11-30"),
        ("2026-10-05..2026", "2026-10-05", "2026-12-31"),
    ],
)
def test_a_period_is_whole_days_with_both_ends(text: str, first: str, last: str) -> None:
    period = Period.parse(text)
    assert (period.first.isoformat(), period.last.isoformat()) == (first, last)
    assert period.first in period
    assert period.last + dt.timedelta(days=1) not in period


@pytest.mark.parametrize(
    "text", ["", "26", "2026-13", "2026-02-30", "2026-11..2026-10", "2026-1", "٢٠٢٦", "2026 "]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(BadPeriodError):
        Period.parse(text)


class TestPeriod:
    """Promise: what is written is read back as the same days."""

    @given(st.dates(dt.date(1980, 1, 1), dt.date(2199, 12, 31)), st.integers(0, 800))
    def test_survives_writing_and_reading(self, first: dt.date, days: int) -> None:
        period = Period(first, first + dt.timedelta(days=days))
        assert Period.parse(str(period)) == period


def test_months_of_a_period_are_all_it_touches() -> None:
    assert Period.parse("2026-11-30..2027-01-01").months() == ("2026-11", "2026-12", "2027-01")


def test_a_work_week_of_six_days_is_refused() -> None:
    with pytest.raises(BadWorkWeekError):
        WorkWeek((NINE_TO_FIVE,) * 6, "Europe/Paris")


@pytest.mark.parametrize(
    "spans", [((600, 540),), ((540, 700), (650, 900)), ((-1, 60),), ((60, 1441),), ((60, 60),)]
)
def test_hours_that_do_not_rise_within_a_day_are_refused(
    spans: tuple[tuple[int, int], ...],
) -> None:
    with pytest.raises(BadWorkWeekError):
        WorkWeek((spans,) * 7, "Europe/Paris")


@pytest.mark.parametrize("zone", ["", "Mars/Base", "../etc/passwd", "Europe/Paris\n", "a" * 500])
def test_what_is_no_zone_is_refused(zone: str) -> None:
    with pytest.raises(BadZoneError):
        zone_of(zone)


def test_local_time_follows_summer_time() -> None:
    winter = instant_us(dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC))
    summer = instant_us(dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC))
    assert local_time(winter, "Europe/Paris").hour == 13
    assert local_time(summer, "Europe/Paris").hour == 14


@given(st.integers(0, 4_000_000_000_000_000))
def test_an_instant_survives_the_way_through_local_time(time_us: int) -> None:
    assert instant_us(local_time(time_us, "Europe/Paris")) == time_us


def test_days_have_a_name_in_either_language() -> None:
    """Tuesday is "mar." in French, which is no day in English."""
    assert [weekday_of(name) for name in ("mon", "lun", "mar.", "Tue", "dim", "sun")] == [
        *(0, 0, 1, 1, 6, 6)
    ]
    with pytest.raises(ValueError, match="not in"):
        weekday_of("montag")
