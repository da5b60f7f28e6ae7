from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.connectors.api import ReadOptions, ReadResult, SourceLabel
from geowallet.connectors.phone.traccar_csv import TraccarCsvConnector
from geowallet.connectors.registry import connector_for
from geowallet.model.errors import NaiveTimeError
from geowallet.testing.connectors import check_connector
from tests.connectors.samples_inline import FIRST_US, fixes_or_refusal, sound

SAMPLE = (
    b"id,deviceId,protocol,serverTime,deviceTime,fixTime,valid,latitude,longitude,altitude,speed,"
    b"course,address,accuracy,ignition,odometer\n"
    b"1,7,osmand,2026-03-02 08:30:09,2026-03-02 08:30:01,2026-03-02 08:30:00,true,48.6921,6.1844,"
    b"212.0,36.0,90.0,,5.5,true,1000.4\n"
    b"2,7,osmand,2026-03-02 08:31:09,2026-03-02 08:31:01,2026-03-02 08:31:00,true,48.6930,6.1850,"
    b"212.0,0.0,0.0,1 Jane Street, Nancy, FR,77.0,false,1001.0\n"
    b"3,7,osmand,2026-03-02 08:32:09,2026-03-02 08:32:01,2026-03-02 08:32:00,false,48.7,6.2,"
    b"0.0,0.0,0.0,,0.0,false,1002.0\n"
)
PARIS = ReadOptions(zone="Europe/Paris")


def read(data: bytes, options: ReadOptions = PARIS) -> ReadResult:
    return TraccarCsvConnector().read(io.BytesIO(data), options)


def test_the_time_is_that_of_the_fix_by_the_clock_of_the_zone() -> None:
    (trace,) = read(SAMPLE).traces
    assert trace.device == "7"
    assert trace.fixes.time_us.tolist() == [FIRST_US, FIRST_US + 60_000_000]
    assert trace.fixes.speed_mps[0] == pytest.approx(18.52)  # 36 kn


def test_cells_behind_an_address_with_commas_are_not_guessed() -> None:
    result = read(SAMPLE)
    (trace,) = result.traces
    assert trace.fixes.accuracy_m[0] == 5.5
    assert np.isnan(trace.fixes.accuracy_m[1])
    assert set(result.labels) == {
        SourceLabel(FIRST_US, FIRST_US, "odometer_m", "1000", "7"),
        SourceLabel(FIRST_US, FIRST_US, "ignition", "on", "7"),
    }
    assert "Jane" not in repr(result)


def test_invalid_and_broken_rows_are_named() -> None:
    broken = b"4,7,osmand,,,soon,true,48.6921,6.1844,0,0,0,,0,,\n"
    assert [(p.where, str(p.what)) for p in read(SAMPLE + broken).problems] == [
        ("line 4", "the tracker itself says that this position is not valid"),
        ("line 5", "the time cannot be read"),
    ]


def test_without_a_zone_it_is_refused() -> None:
    with pytest.raises(NaiveTimeError):
        read(SAMPLE, ReadOptions())


def test_is_claimed_before_any_table() -> None:
    assert connector_for("x.csv", SAMPLE).name == "traccar_csv"


def test_passes_the_kit() -> None:
    assert check_connector(TraccarCsvConnector(), SAMPLE, options=PARIS, mutations=300) == ()


class TestDamage:
    """Promise: "a single bad record is a `Problem`, not an error"."""

    @settings(max_examples=100)
    @given(at=st.integers(0, len(SAMPLE) - 1), junk=st.binary(min_size=1, max_size=8))
    def test_damaged_bytes_are_never_a_crash(self, at: int, junk: bytes) -> None:
        outcome = fixes_or_refusal(lambda: read(SAMPLE[:at] + junk + SAMPLE[at + len(junk) :]))
        assert sound(outcome, most=3)
