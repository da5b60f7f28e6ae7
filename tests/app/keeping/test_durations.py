from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.app.keeping.durations import Duration
from geowallet.model.errors import BadDurationError


class TestParse:
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("90-days", "90-days"),
            ("1-day", "1-day"),
            ("3 months", "3-months"),
            ("1-months", "1-month"),
            ("6years", "6-years"),
            ("52-weeks", "52-weeks"),
        ],
    )
    def test_what_can_be_said(self, text: str, said: str) -> None:
        assert str(Duration.parse(text)) == said

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "3",
            "months",
            "0-days",
            "-3-days",
            "3.5-years",
            "99999-days",
            "1001-years",
            "3-mois",
            "٣-days",
            "3--days",
            "3-days ",
        ],
    )
    def test_what_cannot(self, text: str) -> None:
        with pytest.raises(BadDurationError):
            Duration.parse(text)


class TestFirstKept:
    """Promise: "three months keep at least three and less than four"."""

    @pytest.mark.parametrize(
        ("text", "today", "first"),
        [
            ("1-day", "2026-03-01", "2026-02-28"),
            ("2-weeks", "2026-01-10", "2025-12-27"),
            ("3-months", "2026-11-22", "2026-08-01"),
            ("3-months", "2026-11-01", "2026-08-01"),
            ("3-months", "2026-03-31", "2025-12-01"),
            ("12-months", "2024-02-29", "2023-02-01"),
            ("6-years", "2026-11-22", "2020-11-01"),
            ("1000-years", "2026-11-22", "1026-11-01"),
            ("9999-months", "2026-11-22", "1193-08-01"),
        ],
    )
    def test_by_hand(self, text: str, today: str, first: str) -> None:
        found = Duration.parse(text).first_kept(dt.date.fromisoformat(today))
        assert found.isoformat() == first

    @given(
        count=st.integers(1, 1_000),
        unit=st.sampled_from(["day", "week", "month", "year"]),
        today=st.dates(),
        later=st.integers(0, 400),
    )
    def test_it_never_goes_back(self, count: int, unit: str, today: dt.date, later: int) -> None:
        duration = Duration(count, unit)
        after = dt.date.fromordinal(min(today.toordinal() + later, dt.date.max.toordinal()))
        assert duration.first_kept(today) <= duration.first_kept(after)
        assert duration.first_kept(today) <= today

    @given(count=st.integers(1, 900), today=st.dates(min_value=dt.date(1100, 1, 1)))
    def test_months_keep_at_least_as_much_and_less_than_one_more(
        self, count: int, today: dt.date
    ) -> None:
        first = Duration(count, "month").first_kept(today)
        months = (today.year - first.year) * 12 + today.month - first.month
        assert (first.day, months) == (1, count)
