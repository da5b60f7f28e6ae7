from __future__ import annotations

import io
from functools import reduce
from operator import xor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.connectors.api import ReadOptions, ReadResult
from geowallet.connectors.source import read_source
from geowallet.connectors.standard import nmea
from geowallet.connectors.standard.nmea import NmeaConnector
from geowallet.model.fixes import TimeKind
from geowallet.testing.connectors import check_connector
from tests.connectors.samples_inline import FIRST_US, fixes_or_refusal, sound


def signed(body: str) -> str:
    return f"${body}*{reduce(xor, body.encode()):02X}\r\n"


def rmc(time: str, *, lat: str = "4841.526", date: str = "020326", status: str = "A") -> str:
    return signed(f"GPRMC,{time},{status},{lat},N,00611.064,E,10.0,45.5,{date},,,A")


def gga(time: str, *, lat: str = "4841.526", quality: str = "1") -> str:
    return signed(f"GNGGA,{time},{lat},N,00611.064,E,{quality},08,1.1,212.5,M,47.0,M,,")


# 48 degrees 41.526 minutes are 48.6921; 6 degrees 11.064 minutes are 6.1844.
NMEA = (
    signed("GPGSV,1,1,00")
    + gga("073000.00")
    + rmc("073000.00")
    + signed("GPGLL,4841.580,N,00611.100,E,073010.25,A,A")
    + rmc("073010.25", lat="4841.580")
    + rmc("073020", status="V")
).encode()


def read(data: bytes | str) -> ReadResult:
    data = data.encode() if isinstance(data, str) else data
    return NmeaConnector().read(io.BytesIO(data), ReadOptions())


def seconds(result: ReadResult) -> list[float]:
    return [float(us - FIRST_US) / 1e6 for t in result.traces for us in t.fixes.time_us]


def whats(result: ReadResult) -> list[tuple[str, str]]:
    return [(problem.where, str(problem.what)) for problem in result.problems]


def test_the_sentences_of_one_instant_are_one_fix() -> None:
    result = read(NMEA)
    (trace,) = result.traces
    fixes = trace.fixes
    assert seconds(result) == [0, 10.25]
    assert fixes.lat_deg == pytest.approx([48.6921, 48.6930])
    assert fixes.lon_deg[0] == pytest.approx(6.1844)
    assert fixes.elevation_m[0] == 212.5
    assert np.isnan(fixes.elevation_m[1])
    assert fixes.speed_mps == pytest.approx([5.14444, 5.14444], abs=1e-5)  # 10 knots
    assert fixes.bearing_deg.tolist() == [45.5, 45.5]
    assert np.isnan(fixes.accuracy_m).all()
    assert (trace.time_kind, result.problems) == (TimeKind.UTC, ())


def test_south_and_west_are_negative() -> None:
    body = "GPRMC,073000,A,3351.600,S,15112.600,W,,,020326,,,A"
    (trace,) = read(signed(body)).traces
    assert trace.fixes.lat_deg[0] == pytest.approx(-33.86)
    assert trace.fixes.lon_deg[0] == pytest.approx(-151.21)


def test_times_a_few_milliseconds_apart_are_one_fix_and_rmc_goes_first() -> None:
    gll = signed("GPGLL,4841.999,N,00611.064,E,073000.295,A")
    result = read(gll + rmc("073000.30"))
    assert result.fix_count == 1
    assert result.traces[0].fixes.lat_deg[0] == pytest.approx(48.6921)


@pytest.mark.parametrize(
    "sentence",
    [
        rmc("073000", status="V"),
        gga("073000", quality="0"),
        gga("073000", quality="8"),
        gga("073000", quality=""),
        signed("GPGLL,4841.526,N,00611.064,E,073000,V,N"),
        signed("GPGLL,4841.526,N,00611.064,E,073000,A,S"),
        signed("GNGNS,073000,4841.526,N,00611.064,E,NN,00,9.9,,,,,N"),
        rmc("073000", status="V") + gga("073000"),
        signed("GPRMC,,V,,,,,,,,,,N"),
        signed("GPRMC,073000,A,,,,,,,020326,,,A"),
    ],
)
def test_what_is_no_fix_of_satellites_is_left_out_silently(sentence: str) -> None:
    result = read(sentence)
    assert (result.fix_count, result.untimed, result.problems) == (0, 0, ())


def test_gns_and_a_fix_from_dead_reckoning_are_read() -> None:
    date = signed("GPZDA,072959,02,03,2026,00,00")
    gns = signed("GNGNS,073000,4841.526,N,00611.064,E,AAN,09,0.9,212.5,47.0,,,V")
    result = read(date + gns + gga("073001", quality="6"))
    assert seconds(result) == [0, 1]
    assert result.traces[0].fixes.elevation_m.tolist() == [212.5, 212.5]


def test_after_midnight_a_time_without_date_is_of_the_next_day() -> None:
    result = read(rmc("235959") + gga("000001") + gga("000002"))
    assert [s - 59_399 for s in seconds(result)] == [0, 2, 3]


def test_a_date_that_comes_late_is_carried_back_over_midnight() -> None:
    result = read(gga("235959") + gga("000001") + rmc("000002", date="030326"))
    assert [s - 59_399 for s in seconds(result)] == [0, 2, 3]


def test_a_time_before_midnight_that_comes_after_the_new_date_is_of_the_old_one() -> None:
    result = read(rmc("000001", date="030326") + gga("235959"))
    assert [s - 59_399 for s in seconds(result)] == [0, 2]


def test_without_any_date_positions_have_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    data = gga("073000") + gga("073001") + gga("073002")
    assert (read(data).fix_count, read(data).untimed) == (0, 3)
    monkeypatch.setattr(nmea, "MAX_UNDATED", 2)
    late = read(data + rmc("073003"))
    assert (late.fix_count, late.untimed) == (3, 1)


def test_the_date_of_a_receiver_without_a_fix_is_not_believed() -> None:
    result = read(rmc("073000", status="V", date="050180") + gga("073001"))
    assert (result.fix_count, result.untimed) == (0, 1)


def test_two_digit_years_begin_in_1980() -> None:
    result = read(rmc("000000", date="070898"))
    assert result.traces[0].fixes.time_us.tolist() == [902_448_000_000_000]  # 1998-08-07


def test_a_lost_week_count_is_flagged_and_not_changed() -> None:
    # 2006-07-17 is 1,024 weeks before 2026-03-02.
    result = read(rmc("073000", date="170706") + rmc("073001"))
    assert seconds(result) == [-619_315_200, 1]
    ((where, what),) = whats(result)
    assert where == "*"
    assert "1,024 weeks" in what


def test_bad_and_cut_check_sums_cost_their_sentence() -> None:
    good = rmc("073000")
    bad = rmc("073001").replace("4841", "4842")
    result = read(good + bad + rmc("073002")[:-5])
    assert result.fix_count == 1
    assert whats(result) == [
        ("line 2", "the check sum of a sentence differs, or is cut off"),
        ("line 3", "the check sum of a sentence differs, or is cut off"),
    ]


def test_old_logs_without_check_sums_are_read_but_no_cut_line() -> None:
    bare = "$GPRMC,073000,A,4841.526,N,00611.064,E,10.0,45.5,020326,,\n"
    result = read(bare + bare[:30])
    assert (result.fix_count, result.problem_count) == (1, 1)


def test_binary_between_the_sentences_and_lost_line_ends_do_no_harm() -> None:
    noise = b"\xb5b\x01\x07\x5c\x00$G\x00\xff\n\xb5b\x01"
    parts = [rmc("073000").strip(), rmc("073001").strip(), rmc("073002")]
    result = read(noise + parts[0].encode() + parts[1].encode() + noise + parts[2].encode())
    assert seconds(result) == [0, 1, 2]
    assert read("1772436600.1 " + rmc("073000")).fix_count == 1


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le"])
def test_sixteen_bit_text_is_read(codec: str) -> None:
    data = NMEA.decode().encode(codec)
    found, result = read_source("x.log", io.BytesIO(data), options=ReadOptions())
    assert (found, result.fix_count) == ("nmea", 2)


def test_bad_values_are_named_by_their_line() -> None:
    result = read(
        rmc("0730")
        + rmc("250000")
        + rmc("073000", date="310226")
        + rmc("073001", date="0203")
        + rmc("073002", lat="4861.5")
        + rmc("073003", lat="north")
        + rmc("073004", lat="9130.0")
        + signed("GPZDA,x,02,03,2026,00,00")
        + signed("GPZDA,,,,,,")
        + gga("073005", lat="-4841.526")
    )
    assert result.fix_count == 0
    assert whats(result) == [
        ("line 1", "the time cannot be read"),
        ("line 2", "the time cannot be read"),
        ("line 3", "the time cannot be read"),
        ("line 4", "the time cannot be read"),
        ("line 5", "latitude or longitude is not a number"),
        ("line 6", "latitude or longitude is not a number"),
        ("line 8", "the time cannot be read"),
        ("line 7", "latitude or longitude out of range"),
        ("line 10", "latitude or longitude is not a number"),
    ]


def test_a_speed_that_is_no_number_is_absent() -> None:
    (trace,) = read(rmc("073000").replace("10.0", "fast").split("*")[0] + "\n").traces
    assert np.isnan(trace.fixes.speed_mps).all()


def test_claims_a_sentence_with_its_check_sum_or_a_log_that_has_none() -> None:
    sniff = NmeaConnector().sniff
    assert sniff(NMEA)
    assert sniff(b"# a log\n" + signed("PMTK705,AXN").encode())
    assert sniff(b"$GPGGA,073000,4841.526,N\n")
    assert not sniff(NMEA.replace(b"*", b"*0"))
    assert not sniff(b"time,lat,lon\n$GPRMC\n")


def test_a_log_in_a_table_of_no_other_format_yields_nothing_to_the_table() -> None:
    assert read_source("x.csv", io.BytesIO(NMEA), options=ReadOptions())[0] == "nmea"


def test_passes_the_kit() -> None:
    assert check_connector(NmeaConnector(), NMEA) == ()


def test_reads_the_reference_corpus_as_independent_readers_do(shared_data: Path) -> None:
    folder = shared_data / "corpus" / "nmea"
    fixes = {
        "GPSBabel-gpsbabel__nmea": 154,
        "GPSBabel-gpsbabel__nmea_utf16": 154,
        "GPSBabel-gpsbabel__adddate.nmea": 0,
        "ntpsec-gpsd__eXplorist210.log": 4,
        "ntpsec-gpsd__foretrex-201.log": 7,
        "ntpsec-gpsd__telit-he910.log": 187,
        "ntpsec-gpsd__nmea-fuzzy-cases.log": 14,
    }
    for name, count in fixes.items():
        assert read((folder / name).read_bytes()).fix_count == count, name


class TestDamage:
    """Promise: "one bad record is a Problem, not an error"; nothing but `GeowalletError`."""

    @settings(max_examples=150)
    @given(at=st.integers(0, len(NMEA) - 1), junk=st.binary(min_size=1, max_size=8))
    def test_damaged_bytes_are_never_a_crash(self, at: int, junk: bytes) -> None:
        outcome = fixes_or_refusal(lambda: read(NMEA[:at] + junk + NMEA[at + len(junk) :]))
        assert sound(outcome, most=4)

    @settings(max_examples=150)
    @given(st.text("0123456789.,NSEWAV", max_size=60))
    def test_any_sentence_with_a_good_check_sum_is_read_or_refused(self, body: str) -> None:
        data = "".join(signed(f"GP{name},{body}") for name in ("RMC", "GGA", "GLL", "GNS", "ZDA"))
        assert sound(fixes_or_refusal(lambda: read(data)), most=5)
