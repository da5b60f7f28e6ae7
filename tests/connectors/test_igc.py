from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.connectors.api import ReadOptions, ReadResult
from geowallet.connectors.source import read_source
from geowallet.connectors.standard.igc import IgcConnector
from geowallet.model.errors import UnreadableSourceError
from geowallet.testing.connectors import check_connector
from tests.connectors.samples_inline import FIRST_US, fixes_or_refusal, sound

# 48 degrees 41,526 thousandths of a minute are 48.6921; 6 degrees 11,064 are 6.1844.
IGC = (
    b"AXGDabc flight:1\r\nHFDTEDATE:020326,01\r\nHFPLTPILOTINCHARGE:Ann\r\n"
    b"I013638FXA\r\n"
    b"B0730004841526N00611064EA0020000212008\r\n"
    b"LXGD a comment\r\n"
    b"B0730104841580N00611100EV0020100000123\r\n"
    b"G1234567890\r\n"
)


def read(data: bytes) -> ReadResult:
    return IgcConnector().read(io.BytesIO(data), ReadOptions())


def whats(result: ReadResult) -> list[tuple[str, str]]:
    return [(problem.where, str(problem.what)) for problem in result.problems]


def test_reads_thousandths_of_minutes_height_and_accuracy() -> None:
    result = read(IGC)
    (trace,) = result.traces
    fixes = trace.fixes
    assert fixes.time_us.tolist() == [FIRST_US, FIRST_US + 10_000_000]
    assert fixes.lat_deg == pytest.approx([48.6921, 48.6930])
    assert fixes.lon_deg == pytest.approx([6.1844, 6.1850])
    assert fixes.accuracy_m.tolist() == [8, 123]
    assert fixes.elevation_m[0] == 212
    assert np.isnan(fixes.elevation_m[1])
    assert result.problems == ()
    assert "Ann" not in repr(result)


@pytest.mark.parametrize("date", [b"HFDTE020326", b"HFDTEDATE: 020326", b"HFDTEDATE:020326,1"])
def test_reads_the_date_in_the_old_and_the_new_spelling(date: bytes) -> None:
    result = read(IGC.replace(b"HFDTEDATE:020326,01", date))
    assert result.traces[0].fixes.time_us[0] == FIRST_US


def test_south_and_west_are_negative() -> None:
    (trace,) = read(IGC.replace(b"N00611064E", b"S00611064W")).traces
    assert trace.fixes.lat_deg[0] == pytest.approx(-48.6921)
    assert trace.fixes.lon_deg[0] == pytest.approx(-6.1844)


def test_a_flight_over_midnight_goes_on_in_the_next_day() -> None:
    data = IGC.replace(b"B073000", b"B235959").replace(b"B073010", b"B000001")
    (trace,) = read(data).traces
    assert np.diff(trace.fixes.time_us).tolist() == [2_000_000]


def test_a_flight_that_begins_before_noon_or_after_is_of_the_day_of_its_date() -> None:
    for time in (b"000000", b"115959", b"120000", b"235959"):
        (trace,) = read(IGC.replace(b"B073000", b"B" + time, 1).split(b"LXGD")[0]).traces
        day_us = trace.fixes.time_us[0] - (FIRST_US - 27_000_000_000)
        assert 0 <= day_us < 86_400_000_000


def test_a_second_flight_in_the_file_is_of_its_own_date() -> None:
    second = IGC.split(b"LXGD")[0].replace(b"020326", b"070898")
    (trace,) = read(IGC + second).traces
    assert trace.fixes.time_us[0] == 902_475_000_000_000


def test_the_nineties_are_of_the_last_century() -> None:
    (trace,) = read(IGC.replace(b"020326", b"070898")).traces
    assert trace.fixes.time_us[0] == 902_475_000_000_000  # 1998-08-07T07:30:00Z


def test_fixes_before_any_date_have_no_time() -> None:
    result = read(IGC.replace(b"HFDTEDATE:020326,01\r\n", b""))
    assert (result.fix_count, result.untimed) == (0, 2)


def test_bad_records_are_named_by_line() -> None:
    result = read(
        IGC
        + b"B0730204841526X00611064EA0020000212008\n"
        + b"B9930204841526N00611064EA0020000212008\n"
        + b"B0730209941526N00611064EA0020000212008\n"
        + b"HFDTE993326\nHFDTE\n"
        + b"B0730304841526N00611064EA0020000212...\n"
    )
    assert result.fix_count == 3
    assert whats(result) == [
        ("line 9", "latitude or longitude is not a number"),
        ("line 10", "the time cannot be read"),
        ("line 11", "latitude or longitude out of range"),
        ("line 12", "the time cannot be read"),
        ("line 13", "the time cannot be read"),
    ]
    assert np.isnan(result.traces[0].fixes.accuracy_m[2])


def test_a_header_alone_holds_nothing_and_without_records_it_is_refused() -> None:
    assert read(b"AXGD\nHFDTE020326\n").traces == ()
    with pytest.raises(UnreadableSourceError, match="neither"):
        read(b"AXGD\n")


def test_claims_by_content_only() -> None:
    sniff = IgcConnector().sniff
    assert sniff(IGC)
    assert sniff(b"\xef\xbb\xbfALXNABC\nB1016435346296N02025184EA001220012200\n")
    assert not sniff(b"ABCD\nhello\n")
    assert not sniff(IGC[1:])
    assert read_source("x.txt", io.BytesIO(IGC), options=ReadOptions())[0] == "igc"


def test_passes_the_kit() -> None:
    assert check_connector(IgcConnector(), IGC, mutations=500) == ()


def test_reads_the_reference_corpus_once_each(shared_data: Path) -> None:
    folder = shared_data / "corpus" / "igc"
    fixes = {"napret": 5380, "new_date_format": 107, "new_zealand": 5367, "olsztyn": 2469}
    for name, count in fixes.items():
        (trace,) = read((folder / f"marcin-osowski-igc_lib__{name}.igc").read_bytes()).traces
        keys = zip(trace.fixes.time_us, trace.fixes.lat_deg, trace.fixes.lon_deg, strict=True)
        assert len(set(keys)) == count, name


class TestDamage:
    """Promise: "one bad record is a Problem, not an error"; nothing but `GeowalletError`."""

    @settings(max_examples=150)
    @given(at=st.integers(0, len(IGC) - 1), junk=st.binary(min_size=1, max_size=8))
    def test_damaged_bytes_are_never_a_crash(self, at: int, junk: bytes) -> None:
        outcome = fixes_or_refusal(lambda: read(IGC[:at] + junk + IGC[at + len(junk) :]))
        assert sound(outcome, most=4)
