from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.connectors.api import ReadOptions, ReadResult, SourceLabel
from geowallet.connectors.phone.google_semantic import NO_PATH_NOTE, GoogleSemanticConnector
from geowallet.model.errors import UnreadableSourceError
from geowallet.testing.connectors import check_connector
from tests.connectors.samples_inline import FIRST_US, fixes_or_refusal, sound
from tests.connectors.samples_json import RECORDS, SEMANTIC

TEN_MINUTES_US = 600_000_000


def read(data: bytes) -> ReadResult:
    return GoogleSemanticConnector().read(io.BytesIO(data), ReadOptions())


def of(*objects: Any) -> ReadResult:
    return read(json.dumps({"timelineObjects": objects}).encode())


def test_passes_the_kit() -> None:
    assert check_connector(GoogleSemanticConnector(), SEMANTIC, mutations=500) == ()


def test_points_of_the_raw_path_are_fixes_and_waypoints_are_not() -> None:
    result = read(SEMANTIC)
    (trace,) = result.traces
    assert trace.fixes.time_us.tolist() == [FIRST_US + 10_000_000, FIRST_US + 20_000_000]
    assert trace.fixes.lat_deg.tolist() == [48.693, 48.6939]
    assert trace.fixes.accuracy_m[0] == 9
    assert result.untimed == 1


def test_journeys_and_visits_are_labels_without_names() -> None:
    result = read(SEMANTIC)
    start_us, end_us = FIRST_US + TEN_MINUTES_US, FIRST_US + 7 * TEN_MINUTES_US
    assert result.labels == (
        SourceLabel(FIRST_US, FIRST_US + TEN_MINUTES_US, "mode", "IN_BUS"),
        SourceLabel(start_us, end_us, "visit", "TYPE_WORK"),
    )
    assert "Anne" not in repr(result)
    assert "Stanislas" not in repr(result)


def test_a_month_without_paths_says_so() -> None:
    duration = {"startTimestamp": "1772436600"}
    result = of({"placeVisit": {"duration": duration}}, {"activitySegment": {"duration": duration}})
    assert (result.traces, result.problems, result.note) == ((), (), NO_PATH_NOTE)
    assert [label.value for label in result.labels] == ["visit", "UNKNOWN_ACTIVITY_TYPE"]


def test_a_bad_object_costs_one_object() -> None:
    point = {"latE7": 486930000, "lngE7": 61850000, "timestampMs": "1772436610000"}
    points = [
        point,
        7,
        {"latE7": 1},
        point | {"latE7": "x"},
        point | {"lngE7": 1_800_000_001},
        point | {"latE7": 900_000_001},
        point | {"timestampMs": "soon"},
        point | {"timestampMs": None},
    ]
    good = {"duration": {"startTimestamp": "2026-03-02T07:30:00Z"}}
    result = of(
        {"activitySegment": good | {"simplifiedRawPath": {"points": points}}},
        {"activitySegment": {"duration": {"startTimestamp": "soon"}}},
        {"placeVisit": 3},
        None,
    )
    assert result.fix_count == 1
    assert [p.where for p in result.problems] == [
        *(f"object 1, point {number}" for number in range(2, 9)),
        "object 2",
        "object 3",
        "object 4",
    ]


def test_a_file_that_was_cut_names_the_byte() -> None:
    with pytest.raises(UnreadableSourceError, match="cut short at byte 200"):
        read(SEMANTIC[:200])


def test_tells_its_own_format() -> None:
    sniff = GoogleSemanticConnector().sniff
    assert sniff(SEMANTIC)
    assert sniff(b'\xef\xbb\xbf{"timelineObjects":[')
    assert not sniff(RECORDS)


class TestDamage:
    """Promise: nothing but `GeowalletError`, and no coordinate in it."""

    @settings(max_examples=100)
    @given(at=st.integers(0, len(SEMANTIC) - 1), junk=st.binary(min_size=1, max_size=8))
    def test_damaged_bytes_are_never_a_crash(self, at: int, junk: bytes) -> None:
        outcome = fixes_or_refusal(lambda: read(SEMANTIC[:at] + junk + SEMANTIC[at + len(junk) :]))
        assert sound(outcome, most=2)
