from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.connectors.api import ReadOptions, ReadResult
from geowallet.connectors.standard.plt import PltConnector
from geowallet.model.errors import UnreadableSourceError
from tests.connectors.samples_inline import PLT, fixes_or_refusal, sound


def read(data: bytes) -> ReadResult:
    return PltConnector().read(io.BytesIO(data), ReadOptions())


def test_reads_feet_as_metres_and_the_sentinel_as_unknown() -> None:
    (trace,) = read(PLT).traces
    assert trace.fixes.time_us[0] == 1_186_198_232_000_000  # 2007-08-04T03:30:32Z
    assert trace.fixes.lat_deg.tolist() == [39.921712, 39.921705]
    assert trace.fixes.elevation_m[0] == pytest.approx(30.48)
    assert np.isnan(trace.fixes.elevation_m[1])


def test_bad_lines_are_named_by_number() -> None:
    lines = (
        b"39.9,116.4\r\n"
        b"x,116.4,0,1,39298,2007-08-04,03:30:34\r\n"
        b"99,116.4,0,1,39298,2007-08-04,03:30:34\r\n"
        b"39.9,116.4,0,1,39298,2007-99-04,03:30:34\r\n"
        b"39.9,116.4,0,high,39298,2007-08-04,03:30:35\r\n"
    )
    result = read(PLT + lines)
    assert result.fix_count == 3
    assert [(p.where, str(p.what)) for p in result.problems] == [
        ("line 9", "fewer than seven values"),
        ("line 10", "latitude or longitude is not a number"),
        ("line 11", "latitude or longitude out of range"),
        ("line 12", "the time cannot be read"),
    ]


def test_a_header_alone_holds_nothing_and_half_a_header_is_refused() -> None:
    assert read(b"".join(PLT.splitlines(keepends=True)[:6])).traces == ()
    with pytest.raises(UnreadableSourceError, match="header"):
        read(PLT[:30])


class TestDamage:
    """Promise: "a single bad record is a `Problem`, not an error"."""

    @settings(max_examples=100)
    @given(at=st.integers(0, len(PLT) - 1), junk=st.binary(min_size=1, max_size=8))
    def test_damaged_bytes_are_never_a_crash(self, at: int, junk: bytes) -> None:
        outcome = fixes_or_refusal(lambda: read(PLT[:at] + junk + PLT[at + len(junk) :]))
        assert sound(outcome, most=2)
