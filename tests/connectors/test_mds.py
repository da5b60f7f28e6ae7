from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.connectors.api import ReadOptions, ReadResult, SourceLabel
from geowallet.connectors.documents import record_reading
from geowallet.connectors.registry import connector_for
from geowallet.connectors.vehicle.mds import MdsConnector
from geowallet.testing.connectors import check_connector
from tests.connectors.samples_inline import FIRST_US, fixes_or_refusal, sound

START_MS = 1772436600000


def node(lon: float, lat: float, after_ms: int) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"timestamp": START_MS + after_ms},
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
    }


TRIP = {
    "provider_id": "p",
    "device_id": "scooter-1",
    "vehicle_type": "scooter",
    "trip_id": "t",
    "trip_distance": 130,
    "route": {
        "type": "FeatureCollection",
        "features": [node(6.1844, 48.6921, 0), node(6.1850, 48.6930, 10_500)],
    },
    "start_time": START_MS,
    "end_time": START_MS + 10_500,
}
PAGE = json.dumps({"version": "1.2.0", "data": {"trips": [TRIP]}, "links": {}}).encode()
REPORT = {
    "provider_id": "p",
    "device_id": "scooter-1",
    "timestamp": START_MS,
    "location": {
        "lat": 48.6921,
        "lng": 6.1844,
        "altitude": 212,
        "speed": 4.5,
        "heading": 90,
        "horizontal_accuracy": 8,
    },
}
TELEMETRY = json.dumps({"version": "2.0.0", "telemetry": [REPORT, REPORT]}).encode()


def read(data: bytes) -> ReadResult:
    return MdsConnector().read(io.BytesIO(data), ReadOptions())


def test_a_route_becomes_fixes_and_the_kind_of_vehicle_a_label() -> None:
    result = read(PAGE)
    (trace,) = result.traces
    assert trace.device == "scooter-1"
    assert trace.fixes.time_us.tolist() == [FIRST_US, FIRST_US + 10_500_000]
    assert trace.fixes.lat_deg.tolist() == [48.6921, 48.6930]
    assert result.labels == (
        SourceLabel(FIRST_US, FIRST_US + 10_500_000, "mode", "scooter", "scooter-1"),
    )


def test_telemetry_is_read_as_2_writes_it_and_as_1_did() -> None:
    (trace,) = read(TELEMETRY).traces
    assert (trace.fixes.speed_mps[0], trace.fixes.accuracy_m[0]) == (4.5, 8)
    old = {**REPORT, "gps": {"lat": 48.6921, "lng": 6.1844, "accuracy": 9}, "location": None}
    (trace,) = read(json.dumps({"data": {"telemetry": [old]}}).encode()).traces
    assert trace.fixes.accuracy_m[0] == 9


def test_a_trip_of_2_has_two_ends_and_no_route() -> None:
    ends = {key: TRIP[key] for key in ("provider_id", "device_id", "start_time", "end_time")}
    ends |= {
        "start_location": {"lat": 48.6921, "lng": 6.1844},
        "end_location": {"lat": 48.6930, "lng": 6.1850},
    }
    broken = {**ends, "start_location": {"lat": 148, "lng": 6.1844}}
    result = read(json.dumps({"version": "2.0.0", "trips": [ends, broken]}).encode())
    (trace,) = result.traces
    assert trace.fixes.time_us[:2].tolist() == [FIRST_US, FIRST_US + 10_500_000]
    assert trace.fixes.lat_deg[:2].tolist() == [48.6921, 48.6930]
    assert [p.where for p in result.problems] == ["trips 2, start"]


def test_trips_outside_a_page_are_read_and_what_is_broken_is_named() -> None:
    bad = {**TRIP, "route": {"features": [7, node(6.1844, 148.0, 0), node(6.1844, 48.6921, 0)]}}
    named = {**bad, "device_id": 5, "vehicle_type": None, "start_time": "soon"}
    nowhere = {**REPORT, "location": {}}
    data = {"trips": [bad, 3, named], "telemetry": [nowhere, "x"], "other": [1]}
    result = read(json.dumps(data).encode())
    assert result.fix_count == 2
    assert [(p.where, str(p.what)) for p in result.problems][:3] == [
        ("trips 1, point 1", "no latitude or longitude"),
        ("trips 1, point 2", "latitude or longitude out of range"),
        ("trips 2", "not a record that can be read"),
    ]
    assert [p.where for p in result.problems][-2:] == ["telemetry 1", "telemetry 2"]


def test_a_list_of_vehicles_holds_no_trip_and_is_not_claimed() -> None:
    assert not MdsConnector().sniff(b'{"devices": [{"device_id": "x", "provider_id": "y"}]}')
    assert connector_for("x.json", PAGE[:4096]).name == "mds"
    assert connector_for("x.json", TELEMETRY[:4096]).name == "mds"


def test_reads_in_parts_what_is_too_long_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_reading, "PART_FIXES", 2)
    data = json.dumps({"telemetry": [REPORT] * 5}).encode()
    parts = list(MdsConnector().read_parts(io.BytesIO(data), ReadOptions()))
    assert [part.fix_count for part in parts] == [2, 2, 1]


@pytest.mark.parametrize("sample", [PAGE, TELEMETRY], ids=["route", "telemetry"])
def test_passes_the_kit(sample: bytes) -> None:
    assert check_connector(MdsConnector(), sample, mutations=300) == ()


class TestDamage:
    """Promise: "a single bad record is a `Problem`, not an error"."""

    @settings(max_examples=100)
    @given(at=st.integers(0, len(PAGE) - 1), junk=st.binary(min_size=1, max_size=8))
    def test_damaged_bytes_are_never_a_crash(self, at: int, junk: bytes) -> None:
        outcome = fixes_or_refusal(lambda: read(PAGE[:at] + junk + PAGE[at + len(junk) :]))
        assert sound(outcome, most=2)
