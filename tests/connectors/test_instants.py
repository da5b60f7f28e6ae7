from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.connectors.fields.dates import written_instant
from geowallet.connectors.fields.instants import (
    epoch_us,
    local_to_utc_us,
    parse_instant,
)
from geowallet.connectors.fields.local import shifted_us
from geowallet.model.calendar import zone_of
from geowallet.model.fixes import TimeKind
from tests.connectors.samples_inline import FIRST_US


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2026-03-02T07:30:00Z", TimeKind.UTC),
        (" 2026-03-02 07:30:00.000000000Z ", TimeKind.UTC),
        ("2026-03-02T07:30:00+00:00", TimeKind.UTC),
        ("20260302T073000Z", TimeKind.UTC),
        ("2026-3-2 7:30:00 UTC", TimeKind.UTC),
        ("2026/03/02 07:30:00,0 GMT", TimeKind.UTC),
        ("2026-03-02T08:30:00+0100", TimeKind.OFFSET),
        ("2026-03-02 08:30:00 +01", TimeKind.OFFSET),
        ("2026-03-02 02:30:00 -05:00", TimeKind.OFFSET),
        ("2026-03-02T08:30:00.000+01:00[Europe/Paris]", TimeKind.OFFSET),
        ("2026 03 02 07:30:00", TimeKind.NAIVE),
        ("2026-03-02T07:29:60", TimeKind.NAIVE),
        ("2026-03-02T07:30:00", TimeKind.NAIVE),
    ],
)
def test_reads_the_same_instant_in_many_spellings(text: str, kind: TimeKind) -> None:
    assert parse_instant(text) == (FIRST_US, kind)


def test_hour_24_is_the_next_day() -> None:
    day_us = 86_400_000_000
    assert parse_instant("2026-03-01 24:00:00 Z")[0] == FIRST_US // day_us * day_us


@pytest.mark.parametrize(
    "text",
    [
        "", "2026-03-02", "0000-00-00T00:00:00Z", "2026-13-02 07:30:00 Z", "2026-03-02 25:00:00 Z",
        "2026-03-02 07:61:00 Z", "2026-03-02 24:00:01 Z", "1772436600", "yesterday at noon",
        "2026-03-02 07:30:00 +99:00", "2026-03-02 07:30:00 PST",
    ],
)  # fmt: skip
def test_refuses_what_is_no_instant_without_repeating_it(text: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        parse_instant(text)
    assert not text or text not in str(caught.value)


@pytest.mark.parametrize("text", ["0/3/2026 13:00 pm", "1/3/2026 13:00 pm", "x", "1/2/2026 7:30"])
def test_refuses_written_dates_that_are_none(text: str) -> None:
    order = "ymd" if "7:30" in text else "dmy"
    with pytest.raises(ValueError, match=r"."):
        written_instant(text, order)


@pytest.mark.parametrize(
    ("text", "hour"),
    [("2/3/26 12:30 am", 0), ("2/3/26 12:30 PM", 12), ("2/3/2026 1:30 p.m.", 13)],
)
def test_reads_half_days(text: str, hour: int) -> None:
    assert written_instant(text, "dmy")[0] == FIRST_US + (hour - 7) * 3_600_000_000


@pytest.mark.parametrize("scale", [1, 1_000, 1_000_000, 1_000_000_000])
def test_tells_seconds_from_smaller_units_by_size(scale: int) -> None:
    assert epoch_us(1_772_436_600 * scale) == FIRST_US


@pytest.mark.parametrize("value", [0, 38542.59, float("nan"), float("inf"), 1e25, -5])
def test_refuses_numbers_that_are_no_epoch(value: float) -> None:
    with pytest.raises(ValueError, match="epoch"):
        epoch_us(value)


def test_the_hour_that_a_clock_repeats_is_its_first_reading() -> None:
    paris = zone_of("Europe/Paris")
    half_past_two, _ = parse_instant("2026-10-25T02:30:00")
    utc, _ = parse_instant("2026-10-25T00:30:00Z")
    assert local_to_utc_us(half_past_two, paris) == utc
    with pytest.raises(ValueError, match="calendar"):
        local_to_utc_us(10**18, paris)


def test_a_column_is_shifted_where_it_is_naive_and_nowhere_else() -> None:
    column = np.array([FIRST_US, FIRST_US, 10**18], dtype=np.int64)
    shifted = shifted_us(column, [1, 2], zone_of("Europe/Paris"))
    assert shifted.tolist() == [FIRST_US, FIRST_US - 3_600_000_000, 10**18]
    assert shifted_us(column, [], zone_of("UTC")).tolist() == column.tolist()


class TestParseInstant:
    """Promise: "microseconds since the epoch", whatever the spelling and the offset."""

    @given(
        st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)),  # noqa: DTZ001  the zone follows
        st.integers(-720, 840),
        st.sampled_from(["T", " "]),
    )
    def test_agrees_with_exact_arithmetic(self, local: datetime, minutes: int, mark: str) -> None:
        moment = local.replace(tzinfo=timezone(timedelta(minutes=minutes)))
        exact = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
        assert parse_instant(moment.isoformat(mark))[0] == exact
        odd = moment.isoformat(mark).replace("-", "/", 2)
        assert parse_instant(odd)[0] == exact
