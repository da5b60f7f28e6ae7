from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.connectors.api import ReadOptions, ReadResult, SourceLabel
from geowallet.connectors.archives import open_members
from geowallet.connectors.documents import elements
from geowallet.connectors.source import read_source
from geowallet.connectors.standard.kml import KmlConnector
from geowallet.model.errors import NaiveTimeError, TooLargeError, UnreadableSourceError
from geowallet.model.fixes import TimeKind
from geowallet.testing.connectors import check_connector
from tests.connectors.samples_inline import FIRST_US, fixes_or_refusal, sound

MINUTE_US = 60_000_000

KML = b"""<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">
<Document><name>48.69 6.18</name>
<Placemark><gx:MultiTrack><gx:Track>
<when>2026-03-02T07:30:00Z</when><when>2026-03-02T07:30:10.250Z</when>
<gx:coord>6.1844 48.6921 212.5</gx:coord><gx:coord>6.1850 48.6930</gx:coord>
</gx:Track><gx:Track><when>2026-03-02T08:30:20+01:00</when><gx:coord>6.1856 48.6939 0</gx:coord>
</gx:Track></gx:MultiTrack></Placemark>
<Placemark><TimeStamp><when>2026-03-02T07:30:30Z</when></TimeStamp>
<Point><coordinates>6.1860,48.6941,213</coordinates></Point></Placemark>
<Placemark><LineString><coordinates>6.1,48.6 6.2,48.7</coordinates></LineString></Placemark>
</Document></kml>
"""

DAY = b"""<kml><Document>
<Placemark><name>Driving</name><ExtendedData><Data name="Email"><value>a@b.org</value></Data>
<Data name="Category"><value>Driving</value></Data><Data name="Distance"><value>300</value></Data>
</ExtendedData><gx:Track><gx:coord>0 0.00 0</gx:coord><gx:coord>0 0.01 0</gx:coord>
<gx:coord>0 0.03 0</gx:coord></gx:Track>
<TimeSpan><begin>2026-03-02T07:30:00Z</begin><end>2026-03-02T07:33:00Z</end></TimeSpan></Placemark>
<Placemark><name>Chez Ann, 3 rue Haute</name><address>3 rue Haute</address>
<ExtendedData><Data name="Category"><value>Cafe</value></Data></ExtendedData>
<TimeSpan><begin>2026-03-02T07:33:00Z</begin><end>2026-03-02T08:00:00Z</end></TimeSpan>
<Point><coordinates>0,0.03,0</coordinates></Point></Placemark>
<Placemark><name>Walking</name><ExtendedData><Data name="Category"><value>Walking</value></Data>
</ExtendedData><gx:Track><gx:coord>0 0.03 0</gx:coord></gx:Track>
<TimeSpan><begin>2026-03-02T08:00:00Z</begin><end>2026-03-02T08:09:00Z</end></TimeSpan></Placemark>
</Document></kml>
"""


def read(data: bytes, options: ReadOptions | None = None) -> ReadResult:
    return KmlConnector().read(io.BytesIO(data), options or ReadOptions())


def placemark(content: str) -> bytes:
    return f"<kml><Placemark>{content}</Placemark></kml>".encode()


def whats(result: ReadResult) -> list[tuple[str, str]]:
    return [(problem.where, str(problem.what)) for problem in result.problems]


def seconds(result: ReadResult) -> list[float]:
    (trace,) = result.traces
    return [float(us - FIRST_US) / 1e6 for us in trace.fixes.time_us]


def test_reads_tracks_and_placemarks_with_a_time_as_one_trace() -> None:
    result = read(KML)
    (trace,) = result.traces
    assert seconds(result) == [0, 10.25, 20, 30]
    assert trace.fixes.lat_deg.tolist() == [48.6921, 48.6930, 48.6939, 48.6941]
    assert trace.fixes.lon_deg.tolist() == [6.1844, 6.1850, 6.1856, 6.1860]
    assert trace.fixes.elevation_m[[0, 2, 3]].tolist() == [212.5, 0, 213]
    assert np.isnan(trace.fixes.elevation_m[1])
    assert (trace.time_kind, result.problems, result.untimed) == (TimeKind.OFFSET, (), 0)


def test_the_track_of_kml_2_3_needs_no_prefix() -> None:
    data = KML.replace(b"gx:Track", b"Track").replace(b"gx:coord", b"coord")
    assert read(data).fix_count == 4


def test_a_day_of_the_timeline_is_spread_over_its_intervals_by_distance_and_said_to_be() -> None:
    result = read(DAY)
    (trace,) = result.traces
    # A third of the way after a third of the three minutes; the stay has two ends.
    assert seconds(result) == [0, 60, 180, 180, 1800, 1800]
    assert trace.fixes.lat_deg.tolist() == [0, 0.01, 0.03, 0.03, 0.03, 0.03]
    assert trace.time_kind is TimeKind.INTERVAL
    assert "computed, not measured" in str(result.note)


def test_legs_and_stays_become_labels_without_any_name_address_or_mail() -> None:
    end_us = FIRST_US + 3 * MINUTE_US
    result = read(DAY)
    assert result.labels == (
        SourceLabel(FIRST_US, end_us, "mode", "Driving"),
        SourceLabel(end_us, FIRST_US + 30 * MINUTE_US, "visit", "Cafe"),
        SourceLabel(FIRST_US + 30 * MINUTE_US, FIRST_US + 39 * MINUTE_US, "mode", "Walking"),
    )
    assert not {"a", "b.org", "Ann", "Haute"} & set(repr(result).replace("@", " ").split())


def test_a_drawn_path_with_an_interval_in_any_order_is_a_leg() -> None:
    span = "<TimeSpan><begin>2026-03-02T07:30:00Z</begin><end>2026-03-02T07:31:00Z</end></TimeSpan>"
    line = "<LineString><coordinates>6,48 6,48.5\n6,49</coordinates></LineString>"
    for content in (span + line, line + span):
        assert seconds(read(placemark(content))) == pytest.approx([0, 30, 60])


def test_a_path_that_stays_on_one_point_is_spread_evenly() -> None:
    span = "<TimeSpan><begin>2026-03-02T07:30:00Z</begin><end>2026-03-02T07:31:00Z</end></TimeSpan>"
    line = "<LineString><coordinates>6,48 6,48 6,48</coordinates></LineString>"
    assert seconds(read(placemark(span + line))) == [0, 30, 60]


def test_local_times_of_an_interval_need_a_zone_and_give_no_label() -> None:
    data = DAY.replace(b"Z</", b"</")
    with pytest.raises(NaiveTimeError):
        read(data)
    result = read(data, ReadOptions(zone="Europe/Paris"))
    assert result.traces[0].time_kind is TimeKind.INTERVAL
    assert seconds(result)[0] == -3600
    assert result.labels == ()


def test_an_interval_that_cannot_be_read_or_holds_nothing_gives_no_fix() -> None:
    span = "<TimeSpan><begin>0725</begin><end>0733</end></TimeSpan>"
    assert read(placemark(span + "<Polygon/>")).problems == ()
    result = read(placemark(span + "<Point><coordinates>6,48</coordinates></Point>"))
    assert result.fix_count == 0
    assert {what for _, what in whats(result)} == {"the time cannot be read"}


def test_blank_positions_and_blank_times_in_a_track_are_pauses() -> None:
    track = (
        "<when>2026-03-02T07:30:00Z</when><gx:coord/><when/><gx:coord>6 48 1</gx:coord>"
        "<when>2026-03-02T07:30:02Z</when><gx:coord>6 48 1</gx:coord>"
    )
    result = read(placemark(f"<gx:Track>{track}</gx:Track>"))
    assert (seconds(result), result.untimed, result.problems) == ([2], 1, ())


def test_a_track_with_more_times_than_positions_keeps_the_pairs_and_says_so() -> None:
    whens = "<when>2026-03-02T07:30:00Z</when>" * 3
    result = read(placemark(f"<Track>{whens}<coord>6 48</coord></Track>"))
    assert result.fix_count == 1
    ((where, what),) = whats(result)
    assert (where, result.problem_count) == ("placemark 1", 2)
    assert "as many times as positions" in what


def test_one_bad_point_costs_one_point() -> None:
    track = "".join(
        f"<when>{when}</when><coord>{coord}</coord>"
        for when, coord in (
            ("2026-03-02T07:30:00Z", "6 48"),
            ("2026-03-02T07:30:01Z", "6 north"),
            ("2026-03-02T07:30:02Z", "6 91"),
            ("later", "6 48"),
            ("2026-03-02T07:30:04Z", "6 48"),
        )
    )
    result = read(placemark(f"<Track>{track}</Track>"))
    assert seconds(result) == [0, 4]
    assert sorted(what for _, what in whats(result)) == [
        "latitude or longitude is not a number",
        "latitude or longitude out of range",
        "the time cannot be read",
    ]


def test_drawings_and_plans_without_a_time_are_counted_only_where_nothing_has_one() -> None:
    point = "<Point><coordinates>6, 48, 0</coordinates></Point>"
    line = "<LineString><coordinates>6, 48, 0 6, 49, 0</coordinates></LineString>"
    assert read(placemark(point)).untimed == 1
    assert read(placemark(line)).untimed == 2
    stamp = "<TimeStamp><when>2026-03-02T07:30:00Z</when></TimeStamp>"
    assert read(placemark(stamp + point + line)).untimed == 0
    assert read(placemark(stamp + line)).untimed == 2
    assert read(placemark("<TimeSpan><begin>2026</begin></TimeSpan>" + point)).untimed == 1


def test_of_several_points_with_one_time_only_the_first_counts() -> None:
    points = "<Point><coordinates>6,48</coordinates></Point>" * 2
    stamp = "<TimeStamp><when>2026-03-02T07:30:00Z</when></TimeStamp>"
    assert read(placemark(f"{stamp}<MultiGeometry>{points}</MultiGeometry>")).fix_count == 1


def test_a_kmz_is_an_archive_with_a_kml_of_any_name() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("doc.kml", KML)
    packed.seek(0)
    (member,) = open_members("x.kmz", packed)
    found, result = read_source(member.name, member.stream, options=ReadOptions())
    assert (found, result.fix_count) == ("kml", 4)


def test_an_endless_element_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elements, "MAX_TEXT", 1000)
    with pytest.raises(TooLargeError, match="element"):
        read(placemark("<LineString><coordinates>" + "6,48 " * 400 + "</coordinates></LineString>"))


def test_a_file_cut_short_keeps_what_came_before_and_says_so() -> None:
    result = read(KML[: KML.index(b"<TimeStamp>")])
    assert result.fix_count == 3
    assert "early" in str(result.problems[-1].what)


@pytest.mark.parametrize(
    "data", [b"<gpx></gpx>", b"<kml", b"", b"nothing", b"<!DOCTYPE kml><kml/>"]
)
def test_what_is_no_kml_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableSourceError):
        read(data)


def test_claims_by_content_only() -> None:
    sniff = KmlConnector().sniff
    assert sniff(KML)
    assert sniff(b"<k:kml xmlns:k='u'>")
    assert not sniff(b"<gpx/>")
    assert not sniff(b"about <kml>")


@pytest.mark.parametrize("sample", [KML, DAY], ids=["tracks", "day"])
def test_passes_the_kit(sample: bytes) -> None:
    assert check_connector(KmlConnector(), sample, mutations=300) == ()


def test_reads_the_reference_corpus_as_independent_readers_do(shared_data: Path) -> None:
    folder = shared_data / "corpus" / "kml"
    fixes = {
        "Freika-dawarich__gx_track.kml": 4,
        "Freika-dawarich__nested_folders.kml": 4,
        "GPSBabel-gpsbabel__opentracks.kml": 2,
        "placemark-togeojson__non_gx_multitrack.kml": 18,
        "GPSBabel-gpsbabel__Placemark-Track-1.kml": 7,
    }
    for name, count in fixes.items():
        assert read((folder / name).read_bytes()).fix_count == count, name


class TestDamage:
    """Promise: "one bad record is a Problem, not an error"; nothing but `GeowalletError`."""

    @settings(max_examples=100)
    @given(at=st.integers(0, len(KML) - 1), junk=st.binary(min_size=1, max_size=8))
    def test_damaged_bytes_are_never_a_crash(self, at: int, junk: bytes) -> None:
        outcome = fixes_or_refusal(lambda: read(KML[:at] + junk + KML[at + len(junk) :]))
        assert sound(outcome, most=4)
