from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.connectors.api import ReadOptions, ReadResult, SourceLabel
from geowallet.connectors.fields.google import lat_lon
from geowallet.connectors.phone.google_semantic import NO_PATH_NOTE
from geowallet.connectors.phone.google_timeline import RAW_SIGNALS, GoogleTimelineConnector
from geowallet.connectors.registry import connector_for
from geowallet.model.errors import NaiveTimeError, NotATraceError
from geowallet.model.fixes import TimeKind
from geowallet.testing.connectors import check_connector
from tests.connectors.samples_inline import FIRST_US, fixes_or_refusal, sound
from tests.connectors.samples_json import ANDROID, ARC, IPHONE, OPENPATH

MINUTE_US = 60_000_000
HOUR_US = 60 * MINUTE_US


def read(data: bytes, options: ReadOptions | None = None) -> ReadResult:
    return GoogleTimelineConnector().read(io.BytesIO(data), options or ReadOptions())


def of(*segments: Any, options: ReadOptions | None = None) -> ReadResult:
    return read(json.dumps(segments).encode(), options)


@pytest.mark.parametrize("sample", [ANDROID, IPHONE], ids=["android", "iphone"])
def test_passes_the_kit(sample: bytes) -> None:
    assert check_connector(GoogleTimelineConnector(), sample, mutations=400) == ()


def test_reads_the_paths_of_an_android() -> None:
    path, _ = read(ANDROID).traces
    assert (path.device, path.time_kind) == ("", TimeKind.OFFSET)
    assert path.fixes.time_us.tolist() == [FIRST_US, FIRST_US + MINUTE_US]
    assert path.fixes.lat_deg.tolist() == [48.6921, 48.693]
    assert path.fixes.lon_deg.tolist() == [6.1844, 6.185]


def test_raw_signals_are_a_trace_of_their_own() -> None:
    _, raw = read(ANDROID).traces
    assert (raw.device, len(raw.fixes)) == (RAW_SIGNALS, 1)
    assert raw.fixes.time_us.tolist() == [FIRST_US + MINUTE_US // 2]
    assert [float(c[0]) for c in raw.fixes.columns()[1:6]] == [48.6939, 6.1856, 212.5, 12, 4.5]


def test_reads_the_paths_of_an_iphone_by_minutes_after_the_start() -> None:
    (path,) = read(IPHONE).traces
    assert path.fixes.time_us.tolist() == [FIRST_US, FIRST_US + MINUTE_US * 3 // 2]
    assert path.fixes.lat_deg.tolist() == [48.6921, 48.693]


@pytest.mark.parametrize(
    ("sample", "mode", "visit"),
    [(ANDROID, "IN_PASSENGER_VEHICLE", "HOME"), (IPHONE, "in passenger vehicle", "visit")],
    ids=["android", "iphone"],
)
def test_journeys_and_visits_are_labels_and_add_no_position(
    sample: bytes, mode: str, visit: str
) -> None:
    result = read(sample)
    arrival_us = FIRST_US + 10 * MINUTE_US
    assert result.labels == (
        SourceLabel(FIRST_US, arrival_us, "mode", mode),
        SourceLabel(arrival_us, arrival_us + HOUR_US, "visit", visit),
    )
    assert (result.problems, "Anne" in repr(result)) == ((), False)


def test_an_export_of_visits_alone_says_that_the_way_is_missing() -> None:
    visit = {"startTime": "2026-03-02T07:30:00Z", "visit": {}}
    journey = {"startTime": "2026-03-02T07:30:00Z", "activity": {}}
    result = of(visit, journey)
    assert (result.fix_count, result.problems, result.note) == (0, (), NO_PATH_NOTE)
    assert [label.value for label in result.labels] == ["visit", "unknown"]


def test_local_times_take_the_offset_beside_them_or_the_zone() -> None:
    points = [{"point": "geo:48.7,6.2", "time": "2026-03-02T08:30:00"}]
    local = {"timelinePath": points, "startTime": "2026-03-02T08:00:00"}
    (by_offset,) = of(local | {"startTimeTimezoneUtcOffsetMinutes": 60}).traces
    assert (by_offset.fixes.time_us[0], by_offset.time_kind) == (FIRST_US, TimeKind.OFFSET)
    with pytest.raises(NaiveTimeError):
        of(local)
    (by_zone,) = of(local, options=ReadOptions(zone="Europe/Paris")).traces
    assert (by_zone.fixes.time_us[0], by_zone.time_kind) == (FIRST_US, TimeKind.NAIVE)


def test_a_bad_record_costs_one_record() -> None:
    start = {"startTime": "2026-03-02T07:30:00Z"}
    good = {"point": "geo:48.7,6.2", "durationMinutesOffsetFromStartTime": "1"}
    path = [
        good,
        5,
        {},
        good | {"point": "home"},
        good | {"point": "geo:98.7,6.2"},
        good | {"point": 5},
        {"point": "geo:48.7,6.2"},
        good | {"durationMinutesOffsetFromStartTime": "soon"},
    ]
    result = of(start | {"timelinePath": path}, 7, {"visit": {}, "startTime": "soon"})
    assert result.fix_count == 1
    assert [p.where for p in result.problems] == [
        *(f"segment 1, point {number}" for number in range(2, 9)),
        "segment 2",
        "segment 3",
    ]


def test_a_bad_signal_costs_one_signal() -> None:
    signals = [7, {"position": {}}, {"position": {"LatLng": "geo:1,2"}}, {"position": None}]
    result = read(json.dumps({"rawSignals": signals}).encode())
    assert [p.where for p in result.problems] == ["signal 1", "signal 2", "signal 3"]


@pytest.mark.parametrize(
    "text",
    [
        "48.5°, -2.25°",
        "48,5°, -2,25°",
        "48.5º,-2.25º",
        "48.5\u00c2°, -2.25\u00c2°",
        "geo:48.5,-2.25",
        "geo:48.5,-2.25;u=35",
        " 48.5 , -2.25",
    ],
)
def test_positions_are_written_in_many_ways(text: str) -> None:
    assert lat_lon(text) == lat_lon({"latLng": text}) == (48.5, -2.25)


@pytest.mark.parametrize(
    ("head", "word"),
    [
        (b'{"timelineEdits": [{"deviceId": "0"}]}', "edits"),
        (b'{"gaiaId": "1", "hasReportedLocations": true}', "settings"),
        (b"You have encrypted Timeline backups on Google's servers.", "backups"),
    ],
)
def test_what_takeout_holds_today_is_told_apart_and_the_way_out_said(
    head: bytes, word: str
) -> None:
    with pytest.raises(NotATraceError, match=f"{word}.*Export Timeline data"):
        connector_for("x", head)


def test_leaves_other_lists_to_others() -> None:
    sniff = GoogleTimelineConnector().sniff
    assert not sniff(OPENPATH)
    assert not sniff(ARC)
    assert not sniff(b'[{"startTime": "2026-03-02T07:30:00Z", "miles": 4}]')


class TestDamage:
    """Promise: nothing but `GeowalletError`, and no coordinate in it."""

    @settings(max_examples=100)
    @given(
        sample=st.sampled_from([ANDROID, IPHONE]),
        at=st.integers(0, len(IPHONE) - 1),
        junk=st.binary(min_size=1, max_size=8),
    )
    def test_damaged_bytes_are_never_a_crash(self, sample: bytes, at: int, junk: bytes) -> None:
        outcome = fixes_or_refusal(lambda: read(sample[:at] + junk + sample[at + len(junk) :]))
        assert sound(outcome, most=3)
