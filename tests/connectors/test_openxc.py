from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.connectors.api import ReadOptions, ReadResult, SourceLabel
from geowallet.connectors.documents import record_reading
from geowallet.connectors.vehicle.openxc import OpenXcConnector
from geowallet.model.errors import UnreadableSourceError
from geowallet.testing.connectors import check_connector
from tests.connectors.samples_inline import FIRST_US, fixes_or_refusal, sound

START_S = 1772436600.0


def signals(*values: tuple[str, Any, float | None]) -> bytes:
    lines = (
        {"name": name, "value": value} | ({} if at_s is None else {"timestamp": START_S + at_s})
        for name, value, at_s in values
    )
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


SAMPLE = signals(
    ("ignition_status", "run", -1.0),
    ("vehicle_speed", 36, 0.0),
    ("odometer", 124141.25, 0.0),
    ("latitude", 48.6921, 0.0),
    ("longitude", 6.1844, 0.002),
    ("vehicle_speed", 72, 5.0),
    ("longitude", 6.1850, 9.5),
    ("latitude", 48.6930, 10.0),
)


def read(data: bytes) -> ReadResult:
    return OpenXcConnector().read(io.BytesIO(data), ReadOptions())


def test_two_messages_make_one_fix_at_the_time_of_the_second() -> None:
    (trace,) = read(SAMPLE).traces
    assert trace.fixes.time_us.tolist() == [FIRST_US + 2_000, FIRST_US + 10_000_000]
    assert trace.fixes.lat_deg.tolist() == [48.6921, 48.6930]
    assert trace.fixes.lon_deg.tolist() == [6.1844, 6.1850]


def test_speed_counts_only_while_it_is_fresh() -> None:
    (trace,) = read(SAMPLE).traces
    assert trace.fixes.speed_mps[0] == pytest.approx(10)  # 36 km/h
    assert np.isnan(trace.fixes.speed_mps[1])


def test_odometer_and_ignition_become_labels() -> None:
    assert read(SAMPLE).labels == (
        SourceLabel(FIRST_US - 1_000_000, FIRST_US - 1_000_000, "ignition", "run"),
        SourceLabel(FIRST_US, FIRST_US, "odometer_m", "124141250"),
    )


def test_a_half_without_its_other_is_named() -> None:
    halves = signals(
        ("latitude", 48.1, 0), ("latitude", 48.6921, 1), ("longitude", 6.1844, 1.1),
        ("latitude", 48.2, 5), ("longitude", 6.2, 9),
    )  # fmt: skip
    result = read(halves)
    assert result.fix_count == 1
    assert [(p.where, str(p.what)) for p in result.problems] == [
        ("line 2", "a latitude without its longitude, or the reverse"),
        ("line 5", "a latitude without its longitude, or the reverse"),
    ]


def test_positions_without_a_time_are_counted() -> None:
    result = read(signals(("latitude", 48.6921, None), ("longitude", 6.1844, None)))
    assert (result.fix_count, result.untimed) == (0, 1)


def test_other_messages_are_left_out_and_what_is_broken_is_named() -> None:
    other = b'{"bus": 1, "id": 43, "data": "0x0102"}\n\n'
    loose = signals(("odometer", 5, None), ("ignition_status", 3, 1.0))
    result = read(SAMPLE + other + loose + b'{"name": "lat\n7\n')
    assert result.fix_count == 2
    assert [str(p.what) for p in result.problems] == ["not a record that can be read"] * 2


def test_without_any_signal_it_is_refused() -> None:
    with pytest.raises(UnreadableSourceError, match="signal"):
        read(b"{}\n")


def test_reads_in_parts_what_is_too_long_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_reading, "PART_FIXES", 2)
    parts = list(OpenXcConnector().read_parts(io.BytesIO(SAMPLE * 2), ReadOptions()))
    assert [part.fix_count for part in parts] == [2, 2, 0]


def test_reads_a_real_trace(shared_data: Path) -> None:
    path = shared_data / "corpus/openxc/openxc-openxc-python__trace.json"
    (trace,) = read(path.read_bytes()).traces
    assert trace.fixes.time_us.tolist() == [1_364_323_939_478_000]
    assert (trace.fixes.lat_deg[0], trace.fixes.lon_deg[0]) == (40.77092, -73.953773)


def test_passes_the_kit() -> None:
    assert check_connector(OpenXcConnector(), SAMPLE, mutations=300) == ()


class TestDamage:
    """Promise: "a single bad record is a `Problem`, not an error"."""

    @settings(max_examples=100)
    @given(at=st.integers(0, len(SAMPLE) - 1), junk=st.binary(min_size=1, max_size=8))
    def test_damaged_bytes_are_never_a_crash(self, at: int, junk: bytes) -> None:
        outcome = fixes_or_refusal(lambda: read(SAMPLE[:at] + junk + SAMPLE[at + len(junk) :]))
        assert sound(outcome, most=2)
