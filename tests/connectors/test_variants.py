"""Spellings of the same four positions that other writers chose than those of the corpus."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from geowallet.connectors.api import HEAD_BYTES, ReadOptions
from geowallet.connectors.foreign import foreign_kind
from geowallet.connectors.source import read_source
from geowallet.connectors.standard.fit import SEMICIRCLE_DEG

FIRST_S = 1_777_881_600
"""2026-05-04T08:00:00Z; the others follow every ten seconds."""
ZONE = ReadOptions(zone="UTC", date_order="dmy")


def four(row: Callable[[int, float, float], str]) -> str:
    return "".join(row(10 * n, round(48.85 + n / 1000, 6), 2.35) for n in range(4))


def iso(second: int) -> str:
    return f"2026-05-04T08:00:{second:02d}Z"


def gpx(row: Callable[[int, float, float], str]) -> str:
    return f"<gpx><trk><trkseg>{four(row)}</trkseg></trk></gpx>"


def points() -> list[list[float]]:
    return [[2.35, round(48.85 + n / 1000, 6)] for n in range(4)]


def line(coordinates: Any, kind: str = "LineString", **properties: Any) -> str:
    geometry = {"type": kind, "coordinates": coordinates}
    return json.dumps({"type": "Feature", "geometry": geometry, "properties": properties})


def feature(number: int, place: list[float], **more: Any) -> dict[str, Any]:
    del number
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": place}} | more


TIMES = [iso(10 * n) for n in range(4)]
TIMED = [
    json.dumps(feature(n, place, properties={"time": TIMES[n]})) for n, place in enumerate(points())
]

SAME: dict[str, str] = {
    "1.0 with speed.gpx": '<gpx version="1.0"><time>2026-05-05T00:00:00Z</time><trk><trkseg>'
    + four(
        lambda s, lat, lon: (
            f'<trkpt lat="{lat}" lon="{lon}"><ele>3</ele><time>{iso(s)}</time>'
            "<course>12</course><speed>3.2</speed><fix>3d</fix></trkpt>"
        )
    )
    + "</trkseg></trk></gpx>",
    "decimal comma.gpx": gpx(
        lambda s, lat, lon: f'<trkpt lat="{lat}" lon="{lon}"><time>{iso(s)}</time></trkpt>'.replace(
            ".", ","
        )
    ),
    "single quotes, longitude first.gpx": gpx(
        lambda s, lat, lon: f"<trkpt lon='{lon}' lat='{lat}'><time>{iso(s)}</time></trkpt>"
    ),
    "commas between coordinates.kml": '<kml xmlns:gx="g"><Placemark><gx:Track>'
    + four(lambda s, _lat, _lon: f"<when>{iso(s)}</when>")
    + four(lambda _s, lat, lon: f"<gx:coord>{lon},{lat},3</gx:coord>")
    + "</gx:Track></Placemark></kml>",
    "placemarks with a time.kml": "<kml><Document>"
    + four(
        lambda s, lat, lon: (
            f"<Placemark><Point><coordinates>{lon},{lat}</coordinates></Point>"
            f"<TimeStamp><when>{iso(s)}</when></TimeStamp></Placemark>"
        )
    )
    + "</Document></kml>",
    "one list of times for all lines.geojson": line(
        [points()[:1], points()[1:]], "MultiLineString", coordTimes=TIMES
    ),
    "lists of times by line.geojson": line(
        [points()[:1], points()[1:]],
        "MultiLineString",
        coordinateProperties={"times": [TIMES[:1], TIMES[1:]]},
    ),
    "milliseconds as the fourth.geojson": line(
        [[*place, 3, (FIRST_S + 10 * n) * 1000] for n, place in enumerate(points())]
    ),
    "one level deeper.geojson": json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                feature(n, place, properties={"meta": {"timestamp": TIMES[n]}})
                for n, place in enumerate(points())
            ],
        }
    ),
    "when.geojson": json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                feature(n, place, properties={}, when={"type": "Instant", "datetime": TIMES[n]})
                for n, place in enumerate(points())
            ],
        }
    ),
    "one feature a line.geojsonl": "\n".join(TIMED),
    "text sequence.geojsons": "".join(f"\x1e{text}\n" for text in TIMED),
    "logger of Android.txt": "# \n# Version: v3.0.5.6 Platform: 14\n# \n"
    "# Fix,Provider,LatitudeDegrees,LongitudeDegrees,AltitudeMeters,SpeedMps,UnixTimeMillis\n"
    + four(lambda s, lat, lon: f"Fix,GPS,{lat},{lon},90,0.5,{(FIRST_S + s) * 1000}\n"),
    "u-blox.csv": "iTOW,year,month,day,hour,min,sec,valid,lon,lat,hAcc\n"
    + four(lambda s, lat, lon: f"1,2026,5,4,8,0,{s},7,{lon},{lat},3000\n"),
    "ExifTool.csv": "SourceFile,GPSLatitude,GPSLongitude,GPSDateTime\n"
    + four(
        lambda s, lat, _lon: (
            f'a.jpg,"48 deg {(lat - 48) * 60:.5f}\' N","2 deg 21\' 0.00"" E",'
            f"2026:05:04 08:00:{s:02d}Z\n"
        )
    ),
    "semicircles.csv": "timestamp,position_lat,position_long\n"
    + four(
        lambda s, lat, lon: (
            f"{iso(s)},{round(lat / SEMICIRCLE_DEG)},{round(lon / SEMICIRCLE_DEG)}\n"
        )
    ),
    "a French spreadsheet.csv": "Date;Heure;Latitude;Longitude;Vitesse (km/h)\n"
    + four(lambda s, lat, lon: f"04/05/2026;08:00:{s:02d};{lat};{lon};5,5\n".replace(".", ",")),
    "a German one.csv": "Zeit;Breite;Länge;Höhe\n"
    + four(lambda s, lat, lon: f"{iso(s)};{lat};{lon};3\n"),
    "dates of mail.csv": "time,lat,lon\n"
    + four(lambda s, lat, lon: f'"Mon, 04 May 2026 08:00:{s:02d} GMT",{lat},{lon}\n'),
    "a month by name.csv": "time,lat,lon\n"
    + four(lambda s, lat, lon: f"04-May-2026 08:00:{s:02d} +0000,{lat},{lon}\n"),
    "fourteen digits.csv": "time,lat,lon\n"
    + four(lambda s, lat, lon: f"202605040800{s:02d},{lat},{lon}\n"),
}


@pytest.mark.parametrize("name", SAME)
def test_the_same_four_positions(name: str) -> None:
    data = SAME[name].encode()
    _, result = read_source(name, io.BytesIO(data), options=ZONE)
    (trace,) = result.traces
    assert result.problem_count == 0
    assert trace.fixes.time_us.tolist() == [(FIRST_S + 10 * n) * 1_000_000 for n in range(4)]
    assert trace.fixes.lat_deg == pytest.approx([48.85, 48.851, 48.852, 48.853], abs=2e-7)
    assert trace.fixes.lon_deg == pytest.approx([2.35] * 4, abs=2e-7)


def test_millimetres_of_a_receiver_are_no_accuracy() -> None:
    _, result = read_source("a.csv", io.BytesIO(SAME["u-blox.csv"].encode()), options=ZONE)
    (accuracy_m,) = set(map(str, result.traces[0].fixes.accuracy_m))
    assert accuracy_m == "nan"


def test_uneven_times_of_several_lines_are_a_problem() -> None:
    data = line([points()[:1], points()[1:]], "MultiLineString", coordTimes=TIMES[:3]).encode()
    _, result = read_source("a.geojson", io.BytesIO(data), options=ZONE)
    assert (result.fix_count, result.problem_count) == (0, 1)


def test_a_day_that_no_month_has_is_a_problem_and_costs_one_row() -> None:
    data = SAME["a month by name.csv"].replace("04-May-2026 08:00:10", "34-May-2026 08:00:10")
    _, result = read_source("a.csv", io.BytesIO(data.encode()), options=ZONE)
    assert (result.fix_count, result.problem_count) == (3, 1)


@pytest.mark.parametrize("head", [b"BEGIN:VCALENDAR\r\n", b"\xef\xbb\xbfbegin:vcalendar\n"])
def test_a_calendar_is_told_where_it_belongs(head: bytes) -> None:
    assert "work calendar add" in str(foreign_kind(head))


def test_many_comments_are_read_in_one_go() -> None:
    """With a comment that could end later, 300 of them can be cut in 2**300 ways."""
    comments = b"<!-- x -->" * (HEAD_BYTES // 10)
    assert foreign_kind(comments + b"<gpx>") is None
    assert foreign_kind(comments[:1000] + b"<html>") is not None
