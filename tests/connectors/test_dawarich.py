from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.connectors.api import ReadOptions, ReadResult
from geowallet.connectors.documents import record_reading
from geowallet.connectors.phone.dawarich import DawarichConnector
from geowallet.connectors.registry import connector_for
from geowallet.testing.connectors import check_connector
from tests.connectors.samples_inline import FIRST_US, fixes_or_refusal, sound


def said(**changed: Any) -> dict[str, Any]:
    return {
        "battery_status": "unplugged",
        "timestamp": 1772436600,
        "altitude": 212,
        "velocity": "4.5",
        "accuracy": 8,
        "course": "90.0",
        "tracker_id": "ph",
        "topic": "owntracks/jane/phone",
        "ssid": "jane at home",
        "inrids": [],
        "in_regions": ["home"],
        "city": "Nancy",
        "latitude": "48.6921",
        "longitude": "6.1844",
        **changed,
    }


FEATURE = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": ["6.1844", "48.6921"]},
    "properties": said(),
}
GEOJSON = json.dumps({"type": "FeatureCollection", "features": [FEATURE, FEATURE]}).encode()
LINE = said(lonlat="POINT (6.1844 48.6921)", visit_reference={"name": "Jane's"})
LINES = "".join(json.dumps(line) + "\n" for line in (LINE, said(timestamp=1772436610))).encode()
FIRST_VERSION = json.dumps(
    {
        "jane@example.org": {
            "dawarich-export": [
                {"lat": "48.6921", "lon": "6.1844", "tst": 1772436600, "vel": 36, "tid": "ph"}
            ]
        }
    }
).encode()


def read(data: bytes) -> ReadResult:
    return DawarichConnector().read(io.BytesIO(data), ReadOptions())


@pytest.mark.parametrize(
    ("data", "count"), [(GEOJSON, 2), (LINES, 2), (FIRST_VERSION, 1)], ids=["geo", "lines", "first"]
)
def test_all_three_of_its_exports_are_claimed_and_read(data: bytes, count: int) -> None:
    assert connector_for("x.json", data[:4096]).name == "dawarich"
    result = read(data)
    (trace,) = result.traces
    assert (trace.device, result.fix_count, result.problems) == ("ph", count, ())
    assert (trace.fixes.time_us[0], trace.fixes.lat_deg[0]) == (FIRST_US, 48.6921)
    assert not any(word in repr(result) for word in ("jane", "home", "Nancy"))


def test_velocity_is_in_metres_a_second_and_unknown_where_its_unit_changed() -> None:
    assert read(LINES).traces[0].fixes.speed_mps[0] == 4.5
    assert np.isnan(read(FIRST_VERSION).traces[0].fixes.speed_mps[0])


def test_a_position_in_one_text_serves_where_there_is_no_other() -> None:
    point = said(latitude=None, lonlat="POINT (6.1844 48.6921)", tracker_id=None)
    broken = said(latitude=None, lonlat="POINT (6.1844)")
    result = read("\n".join(json.dumps(x) for x in (point, point, broken)).encode())
    assert result.traces[0].fixes.lon_deg.tolist() == [6.1844, 6.1844]
    assert [str(p.what) for p in result.problems] == ["latitude or longitude is not a number"]


def test_what_is_broken_is_named() -> None:
    values = [{"type": "Feature"}, 7, None, said(timestamp="soon")]
    result = read(json.dumps({"features": values, "other": [1]}).encode())
    assert [(p.where, str(p.what)) for p in result.problems] == [
        ("features 1", "no latitude or longitude"),
        ("features 2", "not a point of Dawarich"),
        ("features 3", "not a record that can be read"),
        ("features 4", "the time cannot be read"),
    ]
    first = {"a@b.c": {"dawarich-export": [{"tst": 1772436600}]}}
    assert [str(p.what) for p in read(json.dumps(first).encode()).problems] == [
        "no latitude or longitude"
    ]


def test_other_tables_are_left_alone() -> None:
    assert not DawarichConnector().sniff(b"tracker_id,in_regions")


def test_reads_in_parts_what_is_too_long_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_reading, "PART_FIXES", 2)
    parts = list(DawarichConnector().read_parts(io.BytesIO(LINES * 2), ReadOptions()))
    assert [part.fix_count for part in parts] == [2, 2, 0]


@pytest.mark.parametrize("sample", [GEOJSON, LINES, FIRST_VERSION], ids=["geo", "lines", "first"])
def test_passes_the_kit(sample: bytes) -> None:
    assert check_connector(DawarichConnector(), sample, mutations=200) == ()


class TestDamage:
    """Promise: "a single bad record is a `Problem`, not an error"."""

    @settings(max_examples=100)
    @given(at=st.integers(0, len(LINES) - 1), junk=st.binary(min_size=1, max_size=8))
    def test_damaged_bytes_are_never_a_crash(self, at: int, junk: bytes) -> None:
        outcome = fixes_or_refusal(lambda: read(LINES[:at] + junk + LINES[at + len(junk) :]))
        assert sound(outcome, most=2)
