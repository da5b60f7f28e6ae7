from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.connectors.api import ReadOptions, ReadResult, SourceLabel
from geowallet.connectors.registry import connector_for
from geowallet.connectors.vehicle.teslafi import TeslaFiConnector
from geowallet.model.errors import NaiveTimeError
from geowallet.model.fixes import TimeKind
from geowallet.testing.connectors import check_connector
from tests.connectors.samples_inline import FIRST_US, fixes_or_refusal, sound

MINUTE_US = 60_000_000
DAY_US = 86_400_000_000
HEADER = (
    b"\xef\xbb\xbfdata_id,Date,vehicle_id,display_name,vin,state,latitude,longitude,heading,"
    b"shift_state,speed,odometer\n"
)
SAMPLE = HEADER + (
    b"1,2026-03-02 08:30:00,111,Jane's car,5YJ1,online,48.6921,6.1844,90,D,100,1000.0\n"
    b"2,2026-03-02 08:31:00,,,,asleep,,,,,,\n"
    b"3,2026-03-02 08:32:00,222,Joe's car,5YJ2,online,48.7000,6.2000,<invalid>,None,None,5.5\n"
    b"4,2026-03-02 08:33:00,111,Jane's car,5YJ1,online,48.6930,6.1850,91,D,0,1001.5\n"
)
PARIS = ReadOptions(zone="Europe/Paris")


def read(data: bytes, options: ReadOptions = PARIS) -> ReadResult:
    return TeslaFiConnector().read(io.BytesIO(data), options)


def test_each_car_is_a_trace_and_its_clock_is_that_of_the_zone() -> None:
    first, second = read(SAMPLE).traces
    assert (first.device, second.device) == ("111", "222")
    assert first.time_kind is TimeKind.NAIVE
    assert first.fixes.time_us.tolist() == [FIRST_US, FIRST_US + 3 * MINUTE_US]


def test_miles_an_hour_become_metres_a_second_and_none_is_unknown() -> None:
    first, second = read(SAMPLE).traces
    assert first.fixes.speed_mps[0] == pytest.approx(44.704)
    assert first.fixes.bearing_deg.tolist() == [90, 91]
    assert np.isnan(second.fixes.speed_mps[0])
    assert np.isnan(second.fixes.bearing_deg[0])


def test_odometers_become_labels_in_metres_and_in_utc() -> None:
    assert read(SAMPLE).labels == (
        SourceLabel(FIRST_US, FIRST_US, "odometer_m", "1609344", "111"),
        SourceLabel(
            FIRST_US + 2 * MINUTE_US, FIRST_US + 2 * MINUTE_US, "odometer_m", "8851", "222"
        ),
        SourceLabel(
            FIRST_US + 3 * MINUTE_US, FIRST_US + 3 * MINUTE_US, "odometer_m", "1611758", "111"
        ),
    )


def test_rows_without_a_position_are_counted_and_names_are_dropped() -> None:
    result = read(SAMPLE)
    assert str(result.note) == "1 rows have no position: the car slept or was offline"
    assert result.problems == ()
    assert not any(word in repr(result) for word in ("Jane", "Joe"))


def test_without_a_zone_it_is_refused() -> None:
    with pytest.raises(NaiveTimeError):
        read(SAMPLE, ReadOptions())


def test_a_month_of_sleep_holds_nothing() -> None:
    result = read(HEADER + SAMPLE.splitlines(keepends=True)[2], ReadOptions())
    assert (result.traces, result.problems) == ((), ())


def test_american_dates_are_read_and_the_owner_can_say_otherwise() -> None:
    row = b"5,03/02/2026 8:30:00 AM,,,5YJ1,online,48.6921,6.1844,90,D,0,1\n"
    (trace,) = read(HEADER + row).traces
    assert (trace.device, trace.fixes.time_us[0]) == ("5YJ1", FIRST_US)
    dmy = ReadOptions(zone="Europe/Paris", date_order="dmy")
    (trace,) = read(HEADER + row, dmy).traces
    assert trace.fixes.time_us[0] == FIRST_US - 27 * DAY_US  # 3 February


def test_what_is_broken_is_named_by_line() -> None:
    rows = (
        b"1,soon,111,,,online,48.6921,6.1844,,,,\n"
        b"1,2026-03-02 08:30:00,111,,,online,lol,lol,,,,\n"
        b"1,2026-03-02 08:30:00,111,,,online,48.6921,,,,,\n"
        b"1,2026-03-02 08:30:00,111,,,online,148.6921,6.1844,,,,\n"
    )
    assert [(p.where, str(p.what)) for p in read(HEADER + rows).problems] == [
        ("line 2", "the time cannot be read"),
        ("line 3", "latitude or longitude is not a number"),
        ("line 4", "no latitude or longitude"),
        ("line 5", "latitude or longitude out of range"),
    ]


def test_is_claimed_before_any_table() -> None:
    assert connector_for("x.csv", SAMPLE).name == "teslafi"


def test_passes_the_kit() -> None:
    assert check_connector(TeslaFiConnector(), SAMPLE, options=PARIS, mutations=300) == ()


class TestDamage:
    """Promise: "a single bad record is a `Problem`, not an error"."""

    @settings(max_examples=100)
    @given(at=st.integers(0, len(SAMPLE) - 1), junk=st.binary(min_size=1, max_size=8))
    def test_damaged_bytes_are_never_a_crash(self, at: int, junk: bytes) -> None:
        outcome = fixes_or_refusal(lambda: read(SAMPLE[:at] + junk + SAMPLE[at + len(junk) :]))
        assert sound(outcome, most=3)
