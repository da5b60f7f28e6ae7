from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.connectors.api import ReadOptions, ReadResult, SourceLabel
from geowallet.connectors.registry import connector_for
from geowallet.connectors.vehicle.teslamate import TeslaMateConnector
from geowallet.model.fixes import TimeKind
from geowallet.testing.connectors import check_connector
from tests.connectors.samples_inline import FIRST_US, fixes_or_refusal, sound

SAMPLE = (
    b"id,date,latitude,longitude,speed,power,odometer,elevation,car_id,drive_id\n"
    b"1,2026-03-02 07:30:00.25,48.692100,6.184400,36,5,1609.5,212,1,9\n"
    b"2,2026-03-02 07:31:00+00,48.693000,6.185000,,,1610.5,,1,9\n"
)


def read(data: bytes) -> ReadResult:
    return TeslaMateConnector().read(io.BytesIO(data), ReadOptions())


def test_its_times_are_utc_though_they_do_not_say_so() -> None:
    (trace,) = read(SAMPLE).traces
    assert trace.device == "1"
    assert trace.time_kind in {TimeKind.UTC, TimeKind.OFFSET}
    assert trace.fixes.time_us.tolist() == [FIRST_US + 250_000, FIRST_US + 60_000_000]
    assert trace.fixes.speed_mps[0] == pytest.approx(10)  # 36 km/h
    assert np.isnan(trace.fixes.speed_mps[1])


def test_odometers_become_labels() -> None:
    first, _ = read(SAMPLE).labels
    assert first == SourceLabel(
        FIRST_US + 250_000, FIRST_US + 250_000, "odometer_m", "1609500", "1"
    )


def test_what_is_broken_is_named_and_no_other_connector_claims_it() -> None:
    result = read(SAMPLE + b"3,never,48.6921,6.1844,,,,,1,9\n")
    assert [(p.where, str(p.what)) for p in result.problems] == [
        ("line 4", "the time cannot be read")
    ]
    assert connector_for("x.csv", SAMPLE).name == "teslamate"


def test_passes_the_kit() -> None:
    assert check_connector(TeslaMateConnector(), SAMPLE, mutations=300) == ()


class TestDamage:
    """Promise: "a single bad record is a `Problem`, not an error"."""

    @settings(max_examples=100)
    @given(at=st.integers(0, len(SAMPLE) - 1), junk=st.binary(min_size=1, max_size=8))
    def test_damaged_bytes_are_never_a_crash(self, at: int, junk: bytes) -> None:
        outcome = fixes_or_refusal(lambda: read(SAMPLE[:at] + junk + SAMPLE[at + len(junk) :]))
        assert sound(outcome, most=2)
