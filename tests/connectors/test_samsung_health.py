from __future__ import annotations

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.connectors.api import ReadOptions, ReadResult
from geowallet.connectors.phone.samsung_health import SamsungHealthConnector
from geowallet.connectors.registry import connector_for
from geowallet.model.errors import UnknownFormatError
from geowallet.testing.connectors import check_connector
from tests.connectors.samples_inline import FIRST_US, fixes_or_refusal, sound

POINT = {
    "start_time": 1772436600000,
    "latitude": 48.6921,
    "longitude": 6.1844,
    "altitude": 212.5,
    "accuracy": 8.0,
}
SAMPLE = json.dumps([POINT, {**POINT, "start_time": 1772436601500}]).encode()


def read(data: bytes) -> ReadResult:
    return SamsungHealthConnector().read(io.BytesIO(data), ReadOptions())


def test_milliseconds_become_instants() -> None:
    (trace,) = read(SAMPLE).traces
    assert trace.fixes.time_us.tolist() == [FIRST_US, FIRST_US + 1_500_000]
    assert (trace.fixes.elevation_m[0], trace.fixes.accuracy_m[0]) == (212.5, 8)


def test_a_pause_is_no_problem_half_a_position_is() -> None:
    half = {"start_time": 1772436600000, "latitude": 48.6921}
    values = [POINT, {"start_time": 1772436600000}, half, 7, {**POINT, "latitude": 99}]
    result = read(json.dumps(values).encode())
    assert result.fix_count == 1
    assert [(p.where, str(p.what)) for p in result.problems] == [
        ("record 3", "no latitude or longitude"),
        ("record 4", "not a record that can be read"),
        ("record 5", "latitude or longitude out of range"),
    ]


def test_heart_rates_of_the_same_exercise_are_not_claimed() -> None:
    with pytest.raises(UnknownFormatError):
        connector_for("x.json", b'[{"start_time": 1772436600000, "heart_rate": 61}]')


def test_passes_the_kit() -> None:
    assert check_connector(SamsungHealthConnector(), SAMPLE, mutations=300) == ()


class TestDamage:
    """Promise: "a single bad record is a `Problem`, not an error"."""

    @settings(max_examples=100)
    @given(at=st.integers(0, len(SAMPLE) - 1), junk=st.binary(min_size=1, max_size=8))
    def test_damaged_bytes_are_never_a_crash(self, at: int, junk: bytes) -> None:
        outcome = fixes_or_refusal(lambda: read(SAMPLE[:at] + junk + SAMPLE[at + len(junk) :]))
        assert sound(outcome, most=2)
