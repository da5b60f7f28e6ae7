from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.connectors.api import ReadOptions, ReadResult, SourceLabel
from geowallet.connectors.source import read_source
from geowallet.connectors.standard.fit import FitConnector
from geowallet.model.errors import UnreadableSourceError
from geowallet.model.fixes import TimeKind
from geowallet.testing.connectors import check_connector
from tests.connectors import fit_bytes as fit
from tests.connectors.samples_inline import FIRST_US, fixes_or_refusal, sound

HERE = fit.semicircles(48.6921), fit.semicircles(6.1844)


def read(data: bytes) -> ReadResult:
    return FitConnector().read(io.BytesIO(data), ReadOptions())


def whats(result: ReadResult) -> list[tuple[str, str]]:
    return [(problem.where, str(problem.what)) for problem in result.problems]


def test_reads_semicircles_scaled_fields_and_seconds_since_1989() -> None:
    result = read(fit.RIDE)
    (trace,) = result.traces
    fixes = trace.fixes
    assert fixes.time_us.tolist() == [FIRST_US, FIRST_US + 10_000_000]
    assert fixes.lat_deg == pytest.approx([48.6921, 48.6930], abs=1e-7)
    assert fixes.lon_deg == pytest.approx([6.1844, 6.1850], abs=1e-7)
    assert (fixes.elevation_m[0], fixes.speed_mps[0]) == (pytest.approx(212.4), 4.5)
    assert fixes.accuracy_m[0] == 8.0
    assert np.isnan([fixes.elevation_m[1], fixes.speed_mps[1], fixes.accuracy_m[1]]).all()
    assert (trace.time_kind, result.problems) == (TimeKind.UTC, ())


def test_records_without_a_position_are_counted_in_the_note() -> None:
    assert str(read(fit.RIDE).note).startswith("1 records have no position")


def test_the_sport_of_a_session_becomes_a_label() -> None:
    label = SourceLabel(FIRST_US, FIRST_US + 10_000_000, "mode", "cycling")
    assert read(fit.RIDE).labels == (label,)


def test_without_a_session_the_sport_covers_the_fixes() -> None:
    sport = fit.definition(1, 12, ((0, 1, 0x00),)) + b"\x01\x01"
    result = read(fit.file(fit.record(fit.START, *HERE), sport))
    assert result.labels == (SourceLabel(FIRST_US, FIRST_US, "mode", "running"),)


def test_chained_files_are_one_source() -> None:
    second = fit.file(fit.record(fit.START + 60, *HERE))
    assert read(fit.RIDE + second).fix_count == 3


def test_a_wrong_check_sum_is_said_and_costs_nothing() -> None:
    result = read(fit.RIDE[:-1] + bytes([fit.RIDE[-1] ^ 1]))
    assert result.fix_count == 2
    assert whats(result) == [("file 1", "the check sum differs: bytes were changed or lost")]


def test_what_comes_before_the_damage_is_kept() -> None:
    result = read(fit.RIDE[:-50])
    assert result.fix_count == 1
    ((where, what),) = whats(result)
    assert where == "file 1, record 1"
    assert "ends early" in what


def test_bytes_behind_the_end_are_a_problem_not_an_error() -> None:
    assert [read(fit.RIDE + b"junk junk junk").problem_count] == [1]


def test_a_header_that_says_no_length_is_of_a_device_that_died_and_is_read_to_the_end() -> None:
    result = read(fit.RIDE[:4] + bytes(4) + fit.RIDE[8:])
    assert result.fix_count == 2
    assert result.problem_count == 1


def test_compressed_time_stamps_count_on_from_the_last_full_one() -> None:
    fields = ((0, 4, 0x85), (1, 4, 0x85))
    short = fit.definition(2, 20, fields)
    # START % 32 is 24: offset 30 is six seconds later, offset 1 has gone round to nine.
    data = fit.file(
        fit.record(fit.START, *HERE),
        short,
        struct.pack("<Bii", 0x80 | 2 << 5 | 30, *HERE),
        struct.pack("<Bii", 0x80 | 2 << 5 | 1, *HERE),
    )
    assert fit.START % 32 == 24
    (trace,) = read(data).traces
    assert ((trace.fixes.time_us - FIRST_US) // 1_000_000).tolist() == [0, 6, 9]


def test_a_developers_fields_do_not_take_the_place_of_the_profiles() -> None:
    identity = fit.definition(3, 207, ((3, 1, 0x02),)) + b"\x03\x00"
    described = fit.definition(4, 206, ((0, 1, 0x02), (1, 1, 0x02), (2, 1, 0x02)))
    described += b"\x04\x00\x00\x85"
    fields = ((253, 4, 0x86), (0, 4, 0x85), (1, 4, 0x85))
    mixed = fit.definition(5, 20, fields, developer=((0, 4, 0),))
    mixed += struct.pack("<BIiii", 5, fit.START, *HERE, 77)
    result = read(fit.file(identity, described, mixed))
    (trace,) = result.traces
    assert trace.fixes.lat_deg[0] == pytest.approx(48.6921, abs=1e-7)


def test_time_since_switch_on_is_kept_in_1989_and_said() -> None:
    result = read(fit.file(fit.record(1000, *HERE)))
    (trace,) = result.traces
    assert trace.fixes.time_us.tolist() == [631_066_600_000_000]  # 1989-12-31T00:16:40Z
    assert any("switched on" in what for _, what in whats(result))


def test_records_without_a_time_and_impossible_positions_are_no_fixes() -> None:
    result = read(
        fit.file(
            fit.record(0xFFFF_FFFF, *HERE),
            fit.record(fit.START, fit.semicircles(91), 0),
            fit.definition(6, 20, ((253, 4, 0x86), (0, 8, 0x85), (1, 4, 0x85))),
            struct.pack("<BIiii", 6, fit.START, 1, 2, 3),
            fit.definition(7, 20, ((253, 4, 0x88), (0, 4, 0x85), (1, 4, 0x85))),
            struct.pack("<Bfii", 7, 1.5, *HERE),
        )
    )
    assert (result.fix_count, result.untimed) == (0, 1)
    assert whats(result) == [
        ("file 1, record 2", "latitude or longitude out of range"),
        ("file 1, record 3", "latitude or longitude is not a number"),
        ("file 1, record 4", "the time cannot be read"),
    ]


def test_a_course_says_that_its_times_may_be_planned() -> None:
    result = read(fit.file(fit.record(fit.START, *HERE), kind=6))
    assert result.fix_count == 1
    assert "planned" in str(result.note)


def test_a_session_without_times_gives_no_label() -> None:
    assert read(fit.file(fit.session(0xFFFF_FFFF, fit.START, 2))).labels == ()


@pytest.mark.parametrize("data", [fit.RIDE[:14], fit.RIDE[:14] + b"\x99" * 400, b"GARMIN", b""])
def test_damage_before_the_first_position_is_a_refusal(data: bytes) -> None:
    if data:
        with pytest.raises(UnreadableSourceError, match="damaged before"):
            read(data)
    else:
        assert read(data).traces == ()


def test_claims_by_the_mark_in_the_header_whatever_the_name() -> None:
    sniff = FitConnector().sniff
    assert sniff(fit.RIDE[:12])
    assert not sniff(b"\xff" + fit.RIDE[1:])
    assert not sniff(fit.RIDE[:11])
    assert read_source("x.gpx", io.BytesIO(fit.RIDE), options=ReadOptions())[0] == "fit"


def test_passes_the_kit() -> None:
    assert check_connector(FitConnector(), fit.RIDE, mutations=500) == ()


def test_reads_the_reference_corpus_as_independent_readers_do(shared_data: Path) -> None:
    folder = shared_data / "corpus" / "fit"
    fixes = {
        "polyvertex-fitdecode__garmin-fenix-5-run.fit": 21,
        "polyvertex-fitdecode__elemnt-bolt-no-application-id-inside-developer-data-id.fit": 131,
        "martin-ueding-geo-activity-playground__2022-05-29-15-53-35_Laufen_Landal_Park.fit": 326,
        "sports-alliance-sports-lib__6914538454.fit": 1025,
    }
    for name, count in fixes.items():
        assert read((folder / name).read_bytes()).fix_count == count


class TestDamage:
    """Promise: "one bad record is a Problem, not an error"; nothing but `GeowalletError`."""

    @settings(max_examples=150)
    @given(at=st.integers(0, len(fit.RIDE) - 1), junk=st.binary(min_size=1, max_size=8))
    def test_damaged_bytes_are_never_a_crash(self, at: int, junk: bytes) -> None:
        data = fit.RIDE[:at] + junk + fit.RIDE[at + len(junk) :]
        assert sound(fixes_or_refusal(lambda: read(data)), most=len(fit.RIDE))

    @settings(max_examples=100)
    @given(st.binary(max_size=200))
    def test_any_bytes_behind_a_header_are_read_or_refused(self, data: bytes) -> None:
        outcome = fixes_or_refusal(lambda: read(fit.RIDE[:14] + data))
        assert sound(outcome, most=len(data))
