from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.connectors.api import ReadOptions, ReadResult, SourceLabel
from geowallet.connectors.documents import record_reading
from geowallet.connectors.phone.traccar_json import TraccarJsonConnector
from geowallet.testing.connectors import check_connector
from tests.connectors.samples_inline import FIRST_US, fixes_or_refusal, sound


def record(**said: Any) -> dict[str, Any]:
    return {
        "id": 1,
        "attributes": {"ignition": True, "odometer": 123456.7, "motion": True},
        "deviceId": 7,
        "protocol": "teltonika",
        "serverTime": "2026-03-02T07:30:09.000+00:00",
        "deviceTime": "2026-03-02T07:30:01.000+00:00",
        "fixTime": "2026-03-02T07:30:00.000+00:00",
        "outdated": False,
        "valid": True,
        "latitude": 48.6921,
        "longitude": 6.1844,
        "altitude": 212.0,
        "speed": 36,
        "course": 90,
        "address": "1 Jane Street",
        "accuracy": 0.0,
        "network": {"wifiAccessPoints": [{"macAddress": "00:11"}]},
        **said,
    }


SAMPLE = json.dumps([record(), record(deviceId=8, accuracy=5.5)], indent=1).encode()


def read(data: bytes) -> ReadResult:
    return TraccarJsonConnector().read(io.BytesIO(data), ReadOptions())


def test_the_time_is_that_of_the_fix_and_knots_become_metres_a_second() -> None:
    first, second = read(SAMPLE).traces
    assert (first.device, second.device) == ("7", "8")
    assert first.fixes.time_us.tolist() == [FIRST_US]
    assert first.fixes.speed_mps[0] == pytest.approx(18.52)  # 36 kn
    assert np.isnan(first.fixes.accuracy_m[0])
    assert second.fixes.accuracy_m[0] == 5.5


def test_odometer_and_ignition_become_labels_addresses_and_networks_nothing() -> None:
    result = read(SAMPLE)
    assert SourceLabel(FIRST_US, FIRST_US, "odometer_m", "123457", "7") in result.labels
    assert SourceLabel(FIRST_US, FIRST_US, "ignition", "on", "8") in result.labels
    assert not any(word in repr(result) for word in ("Jane", "00:11"))


def test_what_the_tracker_calls_invalid_and_what_is_broken_is_named() -> None:
    off = record(attributes={"ignition": False})
    values = [record(valid=False), {"deviceId": 7}, 3, record(fixTime=None), None, off]
    result = read(json.dumps(values).encode())
    assert [label.value for label in result.labels] == ["off"]
    assert [(p.where, str(p.what)) for p in result.problems] == [
        ("record 1", "the tracker itself says that this position is not valid"),
        ("record 2", "not a position of Traccar"),
        ("record 3", "not a position of Traccar"),
        ("record 4", "the time cannot be read"),
        ("record 5", "not a record that can be read"),
    ]


def test_positions_inside_an_object_are_read_others_are_not() -> None:
    data = {"devices": [{"id": 7}], "positions": [record()]}
    result = read(json.dumps(data).encode())
    assert (result.fix_count, result.problems) == (1, ())


def test_positions_that_the_server_forwards_with_their_device_are_read() -> None:
    line = json.dumps({"position": record(), "device": {"id": 7, "name": "Jane's van"}}).encode()
    result = read(line + b"\n" + line)
    assert (result.fix_count, result.problems) == (2, ())
    assert "Jane" not in repr(result)


def test_reads_in_parts_what_is_too_long_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_reading, "PART_FIXES", 2)
    data = json.dumps([record()] * 5).encode()
    parts = list(TraccarJsonConnector().read_parts(io.BytesIO(data), ReadOptions()))
    assert [part.fix_count for part in parts] == [2, 2, 1]


def test_passes_the_kit() -> None:
    assert check_connector(TraccarJsonConnector(), SAMPLE, mutations=300) == ()


class TestDamage:
    """Promise: "a single bad record is a `Problem`, not an error"."""

    @settings(max_examples=100)
    @given(at=st.integers(0, len(SAMPLE) - 1), junk=st.binary(min_size=1, max_size=8))
    def test_damaged_bytes_are_never_a_crash(self, at: int, junk: bytes) -> None:
        outcome = fixes_or_refusal(lambda: read(SAMPLE[:at] + junk + SAMPLE[at + len(junk) :]))
        assert sound(outcome, most=2)
