"""Our fast reader of GPX against gpxpy, on every real file that gpxpy reads."""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path

import gpxpy
import gpxpy.gpx
import numpy as np
import pytest

from geowallet.connectors.api import ReadOptions
from geowallet.connectors.standard.gpx import GpxConnector
from geowallet.model.errors import GeowalletError

MAX_BYTES = 3_000_000
"""gpxpy takes a second a megabyte; no real file of the corpus is larger."""

HOSTILE = "hostile"
"""Not compared: gpxpy ends the process on deeply nested XML."""

OUT_OF_RANGE = "positions beyond 90 or 180 degrees are problems, not fixes"
INTENDED = {"OpenTracksApp-OpenTracks__legacy_gpx_pause_resume.gpx": OUT_OF_RANGE}
"""File name and reason, as docs/formats/gpx.md gives it."""

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

Row = tuple[int, float, float, float]
"""Time in UTC microseconds, latitude, longitude, elevation or NaN."""


def theirs(data: bytes) -> list[Row] | None:
    """Return what gpxpy finds, or None where it cannot read the file."""
    try:
        found = gpxpy.parse(data)
    except (gpxpy.gpx.GPXException, ValueError):
        return None
    points = (p for track in found.tracks for segment in track.segments for p in segment.points)
    rows = [_row(point, point.time) for point in points if point.time is not None]
    return sorted(rows, key=itemgetter(0, 1, 2))


def _row(point: gpxpy.gpx.GPXTrackPoint, time: dt.datetime) -> Row:
    aware = time if time.tzinfo else time.replace(tzinfo=dt.UTC)
    time_us = (aware - EPOCH) // dt.timedelta(microseconds=1)
    elevation_m = math.nan if point.elevation is None else point.elevation
    return time_us, point.latitude, point.longitude, elevation_m


def ours(data: bytes) -> list[Row]:
    """Return what our reader finds; nothing where it refuses the file."""
    try:
        result = GpxConnector().read(io.BytesIO(data), ReadOptions())
    except GeowalletError:
        return []
    rows: list[Row] = []
    for fixes in (trace.fixes for trace in result.traces):
        columns = (fixes.time_us, fixes.lat_deg, fixes.lon_deg, fixes.elevation_m)
        rows += zip(*(column.tolist() for column in columns), strict=True)
    return sorted(rows, key=itemgetter(0, 1, 2))


def difference(data: bytes) -> str:
    """Return how the two readings differ, empty where they do not or gpxpy reads nothing."""
    want = theirs(data)
    if want is None:
        return ""
    got = ours(data)
    if [row[:3] for row in want] != [row[:3] for row in got]:
        return f"gpxpy has {len(want)} timed points and we have {len(got)}, or others"
    with np.errstate(invalid="ignore"):
        apart_m = np.abs(np.subtract([row[3] for row in want], [row[3] for row in got]))
    return "other elevations" if (apart_m > 1e-9).any() else ""


def real_files(corpus: Path) -> Iterator[Path]:
    for path in sorted(corpus.rglob("*.gpx")):
        if path.relative_to(corpus).parts[0] != HOSTILE and path.stat().st_size <= MAX_BYTES:
            yield path


@pytest.mark.slow
def test_our_reader_gives_the_timed_points_of_gpxpy_on_every_real_file(shared_data: Path) -> None:
    files = list(real_files(shared_data / "corpus"))
    assert len(files) > 200
    different = {path.name: difference(path.read_bytes()) for path in files}
    assert {name: how for name, how in different.items() if how}.keys() == INTENDED.keys()


def test_a_position_out_of_range_is_the_difference_that_is_meant() -> None:
    points = "".join(
        f'<trkpt lat="{lat}" lon="6"><time>2026-03-02T07:30:0{second}Z</time></trkpt>'
        for second, lat in enumerate((48, 100))
    )
    data = f"<gpx><trk><trkseg>{points}</trkseg></trk></gpx>".encode()
    assert [row[1] for row in theirs(data) or ()] == [48.0, 100.0]
    assert [row[1] for row in ours(data)] == [48.0]


def test_a_difference_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    data = (
        b'<gpx><trk><trkseg><trkpt lat="48" lon="6"><ele>200</ele>'
        b"<time>2026-03-02T07:30:00Z</time></trkpt></trkseg></trk></gpx>"
    )
    assert difference(data) == ""
    (row,) = ours(data)
    monkeypatch.setitem(globals(), "ours", lambda _: [(*row[:3], 201.0)])
    assert difference(data) == "other elevations"
    monkeypatch.setitem(globals(), "ours", lambda _: [])
    assert difference(data).startswith("gpxpy has 1")
