from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.connectors.api import ReadOptions, ReadResult, SourceLabel
from geowallet.connectors.source import read_source
from geowallet.connectors.standard.tcx import TcxConnector
from geowallet.model.errors import NaiveTimeError, UnreadableSourceError
from geowallet.model.fixes import TimeKind
from geowallet.testing.connectors import check_connector
from tests.connectors.samples_inline import FIRST_US, fixes_or_refusal, sound

TCX = b"""<?xml version="1.0" encoding="UTF-8"?>
<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2">
<Activities><Activity Sport="Biking"><Id>2026-03-02T07:30:00Z</Id>
<Lap StartTime="2026-03-02T07:30:00Z"><Track>
<Trackpoint><Time>2026-03-02T07:30:00Z</Time><Position><LatitudeDegrees>48.6921</LatitudeDegrees>
<LongitudeDegrees>6.1844</LongitudeDegrees></Position><AltitudeMeters>212.5</AltitudeMeters>
<Extensions><ns3:TPX><ns3:Speed>4.5</ns3:Speed></ns3:TPX></Extensions></Trackpoint>
<Trackpoint><Time>2026-03-02T07:30:05Z</Time><DistanceMeters>22</DistanceMeters></Trackpoint>
</Track></Lap><Lap StartTime="2026-03-02T07:30:10Z"><Track>
<Trackpoint><Time>2026-03-02T08:30:10.250+01:00</Time><Position><LatitudeDegrees>48.6930\
</LatitudeDegrees><LongitudeDegrees>6.1850</LongitudeDegrees></Position></Trackpoint>
</Track></Lap></Activity></Activities></TrainingCenterDatabase>
"""


def read(data: bytes, options: ReadOptions | None = None) -> ReadResult:
    return TcxConnector().read(io.BytesIO(data), options or ReadOptions())


def whats(result: ReadResult) -> list[tuple[str, str]]:
    return [(problem.where, str(problem.what)) for problem in result.problems]


def point(time: str = "2026-03-02T07:30:00Z", *, lat: str = "48.5", more: str = "") -> str:
    where = f"<LatitudeDegrees>{lat}</LatitudeDegrees><LongitudeDegrees>6</LongitudeDegrees>"
    return f"<Trackpoint><Time>{time}</Time><Position>{where}</Position>{more}</Trackpoint>"


def activity(points: str, sport: str = "Running") -> str:
    return f'<Activity Sport="{sport}"><Lap><Track>{points}</Track></Lap></Activity>'


def database(content: str) -> bytes:
    return f"<TrainingCenterDatabase>{content}</TrainingCenterDatabase>".encode()


def test_reads_positions_elevation_and_the_speed_of_the_extension_over_laps() -> None:
    (trace,) = read(TCX).traces
    fixes = trace.fixes
    assert fixes.time_us.tolist() == [FIRST_US, FIRST_US + 10_250_000]
    assert (fixes.lat_deg[0], fixes.lon_deg[0], fixes.lat_deg[1]) == (48.6921, 6.1844, 48.6930)
    assert (fixes.elevation_m[0], fixes.speed_mps[0]) == (212.5, 4.5)
    assert np.isnan(fixes.speed_mps[1])
    assert trace.time_kind is TimeKind.OFFSET


def test_points_without_a_position_are_normal_and_counted_in_the_note() -> None:
    result = read(TCX)
    assert result.problems == ()
    assert str(result.note).startswith("1 records have no position")


def test_the_sport_becomes_a_label_over_its_own_fixes() -> None:
    label = SourceLabel(FIRST_US, FIRST_US + 10_250_000, "mode", "Biking")
    assert read(TCX).labels == (label,)


def test_several_sports_of_one_session_are_one_trace_and_several_labels() -> None:
    swim, ride = activity(point(), "Other"), activity(point("2026-03-02T08:00:00Z"), "Biking")
    session = f"<FirstSport>{swim}</FirstSport><NextSport><Transition/>{ride}</NextSport>"
    result = read(
        database(f"<Activities><MultiSportSession>{session}</MultiSportSession></Activities>")
    )
    assert result.fix_count == 2
    assert [label.value for label in result.labels] == ["Other", "Biking"]


def test_an_activity_without_a_position_gives_no_label() -> None:
    assert read(database(activity("<Trackpoint><Time>x</Time></Trackpoint>"))).labels == ()


def test_one_bad_point_costs_one_point() -> None:
    points = (
        point()
        + point(lat="north")
        + point(lat="91")
        + point("yesterday")
        + point(more="<AltitudeMeters>high</AltitudeMeters>")
        + "<Trackpoint><Position><LatitudeDegrees>1</LatitudeDegrees>"
        "<LongitudeDegrees>2</LongitudeDegrees></Position></Trackpoint>"
    )
    result = read(database(activity(points)))
    assert (result.fix_count, result.untimed) == (2, 1)
    assert whats(result) == [
        ("activity 1, lap 1, point 2", "latitude or longitude is not a number"),
        ("activity 1, lap 1, point 3", "latitude or longitude out of range"),
        ("activity 1, lap 1, point 4", "the time cannot be read"),
    ]


def test_local_times_need_a_zone() -> None:
    data = database(activity(point("2026-03-02T08:30:00")))
    with pytest.raises(NaiveTimeError):
        read(data)
    result = read(data, ReadOptions(zone="Europe/Paris"))
    assert result.traces[0].fixes.time_us.tolist() == [FIRST_US]
    assert result.labels == ()


def test_a_course_says_that_its_times_may_be_planned() -> None:
    result = read(database(f"<Courses><Course><Track>{point()}</Track></Course></Courses>"))
    assert result.fix_count == 1
    assert "planned" in str(result.note)


def test_names_without_end_are_read_without_being_remembered() -> None:
    names = "".join(f"<n{number}/>" for number in range(1_100))
    assert read(database(names + activity(point()))).fix_count == 1


@pytest.mark.parametrize("blank", [b"          ", b"\xef\xbb\xbf", b"\r\n\t "])
def test_blanks_before_the_declaration_do_no_harm(blank: bytes) -> None:
    found, result = read_source("x.gpx", io.BytesIO(blank + TCX), options=ReadOptions())
    assert (found, result.fix_count) == ("tcx", 2)


def test_a_file_cut_short_keeps_what_came_before_and_says_so() -> None:
    result = read(TCX[: TCX.index(b"48.6930")])
    assert result.fix_count == 1
    assert "early" in str(result.problems[-1].what)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<gpx></gpx>", "first element"),
        (b"<TrainingCenterDatabase", "broken XML in line 1"),
        (b"", "broken XML"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><TrainingCenterDatabase/>", "document type"),
        (b"<TrainingCenterDatabase>" + b"<a>" * 500, "deep"),
    ],
)
def test_what_is_no_tcx_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableSourceError, match=reason):
        read(data)


def test_claims_by_content_only() -> None:
    sniff = TcxConnector().sniff
    assert sniff(b"  " + TCX[:4096])
    assert sniff(b"<ns2:TrainingCenterDatabase >")
    assert not sniff(b"<gpx/>")
    assert not sniff(b"about <TrainingCenterDatabase>")


def test_passes_the_kit() -> None:
    assert check_connector(TcxConnector(), TCX, mutations=500) == ()


def test_reads_the_reference_corpus_as_independent_readers_do(shared_data: Path) -> None:
    folder = shared_data / "corpus" / "tcx"
    fixes = {
        "vkurup-python-tcxparser__sup_activity_1.tcx": 111,
        "GPSBabel-gpsbabel__history.tcx": 1202,
        "GoldenCheetah-GoldenCheetah__10kUNLP2014-Garmin15.tcx": 686,
        "GPSBabel-gpsbabel__kona2013.tcx": 5,
    }
    for name, count in fixes.items():
        assert read((folder / name).read_bytes()).fix_count == count


class TestDamage:
    """Promise: "one bad record is a Problem, not an error"; nothing but `GeowalletError`."""

    @settings(max_examples=100)
    @given(at=st.integers(0, len(TCX) - 1), junk=st.binary(min_size=1, max_size=8))
    def test_damaged_bytes_are_never_a_crash(self, at: int, junk: bytes) -> None:
        outcome = fixes_or_refusal(lambda: read(TCX[:at] + junk + TCX[at + len(junk) :]))
        assert sound(outcome, most=2)
