from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.connectors.api import PartsConnector, ReadOptions, ReadResult
from geowallet.connectors.documents import json_runs
from geowallet.connectors.phone import google_records
from geowallet.connectors.phone.google_records import GoogleRecordsConnector
from geowallet.model.errors import UnreadableSourceError
from geowallet.testing.connectors import check_connector
from tests.connectors.samples_inline import FIRST_US, fixes_or_refusal, sound
from tests.connectors.samples_json import POLARSTEPS, RECORDS

PLACE = {"latitudeE7": 486921000, "longitudeE7": 61844000}
TIME = {"timestamp": "2026-03-02T07:30:00Z"}


def read(data: bytes) -> ReadResult:
    return GoogleRecordsConnector().read(io.BytesIO(data), ReadOptions())


def of(*locations: Any) -> ReadResult:
    return read(json.dumps({"locations": locations}).encode())


def test_passes_the_kit() -> None:
    assert check_connector(GoogleRecordsConnector(), RECORDS, mutations=500) == ()


def test_reads_one_trace_for_each_device() -> None:
    first, second = read(RECORDS).traces
    assert (first.device, second.device) == ("-1577391334", "184728372")
    assert first.fixes.time_us.tolist() == [FIRST_US + 500_000, FIRST_US + 20_000_000]
    assert first.fixes.lat_deg.tolist() == [48.6921, 48.6939]
    assert first.fixes.lon_deg.tolist() == [6.1844, 6.1856]
    assert [float(c[0]) for c in first.fixes.columns()[3:7]] == [212, 22, 4, 90]
    assert second.fixes.time_us.tolist() == [FIRST_US + 10_000_000]
    assert np.isnan(second.fixes.accuracy_m).all()


def test_unsigned_coordinates_get_their_sign_back() -> None:
    wrapped = {"latitudeE7": 2**32 - 337_000_000, "longitudeE7": 2**32 - 705_000_000}
    (trace,) = of(wrapped | TIME).traces
    assert (trace.fixes.lat_deg[0], trace.fixes.lon_deg[0]) == (-33.7, -70.5)


def test_a_bad_record_costs_one_record() -> None:
    bad = [
        7,
        None,
        {},
        TIME,
        PLACE,
        PLACE | {"timestamp": "soon"},
        PLACE | {"timestampMs": True},
        TIME | {"latitudeE7": "48", "longitudeE7": 1},
        TIME | {"latitudeE7": 10**9, "longitudeE7": 1},
        TIME | PLACE | {"latitudeE7": True},
    ]
    result = of(PLACE | TIME, *bad)
    assert result.fix_count == 1
    assert [p.where.partition(",")[0] for p in result.problems] == [
        f"location {number}" for number in range(2, len(bad) + 2)
    ]
    assert result.problems[0].where == "location 2, byte 104"


def test_odd_numbers_are_unknown_and_not_the_end() -> None:
    (trace,) = of(PLACE | TIME | {"accuracy": "x", "velocity": [], "deviceTag": {}}).traces
    assert trace.device == ""
    assert np.isnan(trace.fixes.accuracy_m[0])


def test_other_lists_of_the_file_are_left_alone() -> None:
    data = b'{"somePointsTruncated": false, "locations": [], "locationHistory": [1]}'
    assert GoogleRecordsConnector().sniff(data)
    assert read(data) == ReadResult(())


def test_a_file_that_was_cut_names_the_byte() -> None:
    with pytest.raises(UnreadableSourceError, match="cut short at byte 300"):
        read(RECORDS[:300])


def test_leaves_other_lists_of_locations_to_others() -> None:
    sniff = GoogleRecordsConnector().sniff
    assert sniff(RECORDS)
    assert not sniff(POLARSTEPS)
    assert not sniff(b'{"locations": [{"type": "Feature"}]}')


class TestPlain:
    """Promise: "what it takes is what `_add` takes"."""

    @settings(max_examples=150)
    @given(
        st.lists(
            st.fixed_dictionaries(
                {
                    "latitudeE7": st.integers(-(10**9), 2**32),
                    "longitudeE7": st.sampled_from([61844000, -1, 2**32 - 705_000_000, 10**12]),
                },
                optional={
                    "timestamp": st.sampled_from(
                        [
                            "2026-03-02T07:30:00Z",
                            "2026-03-02T07:30:00.5Z",
                            "2026-02-30T07:30:00Z",
                            "2026-03-02T08:30:00+01:00",
                            "2026-03-02T24:00:00Z",
                            "soon",
                            "",
                        ]
                    ),
                    "timestampMs": st.sampled_from(["1772436600000", "1772436600", "-1", "9" * 30]),
                    "accuracy": st.sampled_from([5, 5.5, -1]),
                    "deviceTag": st.sampled_from([1, "1", -2, "a"]),
                },
            ),
            max_size=4,
        )
    )
    def test_fast_and_slow_reading_agree(self, locations: list[dict[str, Any]]) -> None:
        fast = of(*locations)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(google_records, "_add_plain", lambda *_: False)
            slow = of(*locations)
        assert (fast.problems, facts(fast)) == (slow.problems, facts(slow))


def facts(result: ReadResult) -> list[tuple[object, ...]]:
    return [
        (trace.device, trace.time_kind, *(column.tobytes() for column in trace.fixes.columns()))
        for trace in result.traces
    ]


class TestParts:
    """Promise: "the fixes of a device may go on in the next part"."""

    def test_parts_hold_what_the_whole_holds(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(google_records, "PART_FIXES", 5)
        monkeypatch.setattr(json_runs, "BLOCK_BYTES", 200)
        rows = [PLACE | {"timestampMs": str(1772436600000 + 1000 * n)} for n in range(40)]
        data = json.dumps({"locations": [*rows, {}]}).encode()
        connector = GoogleRecordsConnector()
        assert isinstance(connector, PartsConnector)
        parts = list(connector.read_parts(io.BytesIO(data), ReadOptions()))
        assert len(parts) > 5
        times = [t for p in parts for trace in p.traces for t in trace.fixes.time_us.tolist()]
        (whole,) = read(data).traces
        assert times == whole.fixes.time_us.tolist()
        assert [p.problem_count for p in parts] == [0] * (len(parts) - 1) + [1]

    def test_a_small_file_is_one_part(self) -> None:
        parts = GoogleRecordsConnector().read_parts(io.BytesIO(RECORDS), ReadOptions())
        assert [part.fix_count for part in parts] == [3]


class TestDamage:
    """Promise: nothing but `GeowalletError`, and no coordinate in it."""

    @settings(max_examples=150)
    @given(at=st.integers(0, len(RECORDS) - 1), junk=st.binary(min_size=1, max_size=8))
    def test_damaged_bytes_are_never_a_crash(self, at: int, junk: bytes) -> None:
        outcome = fixes_or_refusal(lambda: read(RECORDS[:at] + junk + RECORDS[at + len(junk) :]))
        assert sound(outcome, most=3)
