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
from geowallet.connectors.phone.openpath import OpenPathConnector
from geowallet.testing.connectors import check_connector
from tests.connectors.samples_inline import FIRST_US, fixes_or_refusal, sound
from tests.connectors.samples_json import ARC, OPENPATH


def read(data: bytes) -> ReadResult:
    return OpenPathConnector().read(io.BytesIO(data), ReadOptions())


def of(*records: Any) -> ReadResult:
    return read(json.dumps(records).encode())


def record(key: str, **data: Any) -> dict[str, Any]:
    return {"metadata": {"key": key}, "user_id": "u1", "data": data}


def test_passes_the_kit() -> None:
    assert check_connector(OpenPathConnector(), OPENPATH, mutations=400) == ()


def test_reads_all_locations_once() -> None:
    (trace,) = read(OPENPATH).traces
    assert trace.device == "u1"
    assert trace.fixes.time_us.tolist() == [FIRST_US + 500_000, FIRST_US + 10_000_000]
    assert [float(c[0]) for c in trace.fixes.columns()[1:6]] == [48.6921, 6.1844, 212, 8.5, 4.5]
    assert np.isnan(trace.fixes.bearing_deg[0])
    assert np.isnan(trace.fixes.speed_mps[1])


def test_filtered_locations_stand_in_where_there_are_no_others() -> None:
    place = {"latitude": 48.7, "longitude": 6.2, "ts": 1772436600}
    filtered = record("background/filtered_location", **place)
    activity = record("background/motion_activity", type=1, ts=1772436600)
    result = of(filtered, activity, 7, record("background/filtered_location", ts=1772436600))
    assert result.fix_count == 1
    assert [label.value for label in result.labels] == ["BICYCLING"]
    assert sorted(p.where for p in result.problems) == ["record 3", "record 4"]


def test_activities_and_sections_are_labels() -> None:
    assert [label for label in read(OPENPATH).labels if label.kind == "mode"] == [
        SourceLabel(FIRST_US, FIRST_US + 30_000_000, "mode", "WALKING", "u1"),
        SourceLabel(FIRST_US, FIRST_US + 60_000_000, "mode", "CAR", "u1"),
    ]


def test_the_zones_of_the_phone_are_labels_from_the_first_position_to_the_last() -> None:
    values = [
        record("background/location", latitude=51.5, longitude=-0.1, ts=1772436600 + 10 * number)
        for number in range(6)
    ]
    for number, value in enumerate(values):
        value["metadata"]["time_zone"] = "Europe/London" if number < 2 else "Europe/Paris"
    values[4]["metadata"]["time_zone"] = None
    assert of(*values).labels == (
        SourceLabel(FIRST_US, FIRST_US + 10_000_000, "zone", "Europe/London", "u1"),
        SourceLabel(FIRST_US + 20_000_000, FIRST_US + 50_000_000, "zone", "Europe/Paris", "u1"),
    )


def test_locations_that_come_in_parts_leave_the_filtered_ones_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(record_reading, "PART_FIXES", 2)
    place = {"latitude": 48.7, "longitude": 6.2}
    keys = ["location", "filtered_location", "location", "location", "filtered_location"]
    values = [
        record(f"background/{key}", ts=1772436600 + number, **place)
        for number, key in enumerate(keys)
    ]
    stream = io.BytesIO(json.dumps(values).encode())
    parts = list(OpenPathConnector().read_parts(stream, ReadOptions()))
    assert [part.fix_count for part in parts] == [2, 1]


def test_iphones_name_the_activity_by_a_flag_and_people_by_a_word() -> None:
    span = {"start_ts": 1772436600, "end_ts": 1772436660}
    result = of(
        record("background/motion_activity", automotive=True, walking=False, ts=1772436600),
        record("manual/mode_confirm", label="shared_ride", **span),
        record("analysis/confirmed_trip", user_input={"mode_confirm": "walk"}, **span),
        record("analysis/cleaned_section", sensed_mode="MotionTypes.ON_FOOT", **span),
        record("analysis/cleaned_section", sensed_mode=1),
        record("background/motion_activity", type=1),
    )
    values = ["ON_FOOT", "automotive", "shared_ride", "walk"]
    assert sorted(label.value for label in result.labels) == values


def test_reads_what_old_androids_wrote_and_one_record_alone() -> None:
    old = record("background/location", mLatitude=48.7, mLongitude=6.2, mTime=1772436600000)
    assert of(old).fix_count == 1
    (trace,) = read(json.dumps(old, indent=1).encode()).traces
    assert trace.fixes.time_us.tolist() == [FIRST_US]


def test_a_bad_location_costs_one_location() -> None:
    place: dict[str, Any] = {"latitude": 48.7, "longitude": 6.2, "ts": 1772436600}
    key = "background/location"
    bad = [place | {"ts": 0}, place | {"latitude": None}, place | {"latitude": 99.0}]
    result = of(record(key, **place), *(record(key, **values) for values in bad))
    assert (result.fix_count, result.problem_count) == (1, 3)


def test_tells_its_own_format() -> None:
    sniff = OpenPathConnector().sniff
    assert sniff(OPENPATH)
    assert not sniff(ARC)
    assert not sniff(b'{"metadata": {"key": "other"}}')


class TestDamage:
    """Promise: nothing but `GeowalletError`, and no coordinate in it."""

    @settings(max_examples=100)
    @given(at=st.integers(0, len(OPENPATH) - 1), junk=st.binary(min_size=1, max_size=8))
    def test_damaged_bytes_are_never_a_crash(self, at: int, junk: bytes) -> None:
        outcome = fixes_or_refusal(lambda: read(OPENPATH[:at] + junk + OPENPATH[at + len(junk) :]))
        assert sound(outcome, most=2)
