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
from geowallet.connectors.phone.overland import OverlandConnector
from geowallet.connectors.registry import connector_for
from geowallet.connectors.standard.geojson import GeoJsonConnector
from geowallet.model.fixes import TimeKind
from geowallet.testing.connectors import check_connector
from tests.connectors.samples_inline import FIRST_US, fixes_or_refusal, sound

MINUTE_US = 60_000_000


def point(time: str = "2026-03-02T08:30:00+0100", **said: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [6.1844, 48.6921]},
        "properties": {
            "timestamp": time,
            "altitude": 212,
            "speed": 4,
            "course": 90,
            "horizontal_accuracy": 30,
            "vertical_accuracy": -1,
            "motion": ["driving", "stationary"],
            "device_id": "phone",
            "unique_id": "1234-abcd",
            "wifi": "jane at home",
            "battery_state": "charging",
            "battery_level": 0.89,
            **said,
        },
    }


TRIP = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [6.1850, 48.6930]},
    "properties": {
        "type": "trip",
        "mode": "bicycle",
        "start": "2026-03-02T07:00:00Z",
        "end": "2026-03-02T07:30:00Z",
        "timestamp": "2026-03-02T07:30:00Z",
        "device_id": "phone",
    },
}
BATCH = {"locations": [point(), point("2026-03-02T07:31:00Z"), TRIP], "current": point()}
SAMPLE = json.dumps(BATCH, indent=1).encode()


def read(data: bytes) -> ReadResult:
    return OverlandConnector().read(io.BytesIO(data), ReadOptions())


def test_columns_come_in_our_units_and_the_times_in_utc() -> None:
    (trace,) = read(SAMPLE).traces
    fixes = trace.fixes
    assert trace.device == "phone"
    assert trace.time_kind is TimeKind.OFFSET
    assert fixes.time_us.tolist() == [FIRST_US, FIRST_US + MINUTE_US]
    assert (fixes.lat_deg[0], fixes.lon_deg[0]) == (48.6921, 6.1844)
    assert (fixes.speed_mps[0], fixes.accuracy_m[0], fixes.bearing_deg[0]) == (4, 30, 90)


def test_below_zero_is_unknown() -> None:
    data = {"locations": [point(speed=-1, course=-1, horizontal_accuracy=-1)]}
    (trace,) = read(json.dumps(data).encode()).traces
    for column in (trace.fixes.speed_mps, trace.fixes.bearing_deg, trace.fixes.accuracy_m):
        assert np.isnan(column).all()


def test_coordinates_by_name_as_the_first_versions_wrote_them() -> None:
    named = {"type": "Point", "coordinates": {"latitude": 48.6921, "longitude": 6.1844}}
    data = json.dumps({"locations": [{**point(), "geometry": named}]}).encode()
    (trace,) = read(data).traces
    assert (trace.fixes.lat_deg[0], trace.fixes.lon_deg[0]) == (48.6921, 6.1844)


def test_motion_and_the_mode_of_a_trip_become_labels() -> None:
    assert read(SAMPLE).labels == (
        SourceLabel(FIRST_US - 30 * MINUTE_US, FIRST_US, "mode", "bicycle", "phone"),
        SourceLabel(FIRST_US, FIRST_US + MINUTE_US, "mode", "driving,stationary", "phone"),
    )


def test_nothing_of_networks_and_ids_is_left() -> None:
    kept = repr(read(SAMPLE))
    assert not any(word in kept for word in ("jane", "1234-abcd"))


def test_a_line_for_each_batch_and_features_alone_are_read_too() -> None:
    lines = b"\n".join(json.dumps(BATCH).encode() for _ in range(2))
    assert read(lines).fix_count == 4
    assert read(json.dumps([point(), point()]).encode()).fix_count == 2


def test_what_is_no_point_is_left_out_and_what_is_broken_named() -> None:
    notice = {"type": "Feature", "properties": {"action": "will_terminate", "motion": []}}
    late = point("yesterday")
    half = {**TRIP, "properties": {"type": "trip", "mode": "car", "start": "soon"}}
    result = read(json.dumps({"locations": [notice, late, 7, {"odd": 1}, half, point()]}).encode())
    assert result.fix_count == 1
    assert [(p.where, str(p.what)) for p in result.problems] == [
        ("locations 2", "the time cannot be read"),
        ("locations 3", "not a record that can be read"),
        ("locations 4", "not a feature of Overland"),
    ]


def test_is_claimed_before_any_geojson() -> None:
    assert connector_for("x.json", SAMPLE[:4096]).name == "overland"
    plain = b'{"type": "FeatureCollection", "features": [{"type": "Feature"}]}'
    assert not OverlandConnector().sniff(plain)
    assert GeoJsonConnector().sniff(plain)
    collection = {"type": "FeatureCollection", "features": [point()]}
    assert connector_for("x.json", json.dumps(collection).encode()).name == "overland"


def test_reads_in_parts_what_is_too_long_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_reading, "PART_FIXES", 2)
    data = json.dumps({"locations": [point()] * 5}).encode()
    parts = list(OverlandConnector().read_parts(io.BytesIO(data), ReadOptions()))
    assert [part.fix_count for part in parts] == [2, 2, 1]


def test_passes_the_kit() -> None:
    assert check_connector(OverlandConnector(), SAMPLE, mutations=300) == ()


class TestDamage:
    """Promise: "a single bad record is a `Problem`, not an error"."""

    @settings(max_examples=100)
    @given(at=st.integers(0, len(SAMPLE) - 1), junk=st.binary(min_size=1, max_size=8))
    def test_damaged_bytes_are_never_a_crash(self, at: int, junk: bytes) -> None:
        outcome = fixes_or_refusal(lambda: read(SAMPLE[:at] + junk + SAMPLE[at + len(junk) :]))
        assert sound(outcome, most=4)
