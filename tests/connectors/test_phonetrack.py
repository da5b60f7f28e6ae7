from __future__ import annotations

import io

import pytest

from geowallet.connectors.api import ReadOptions, ReadResult
from geowallet.connectors.standard import gpx
from geowallet.connectors.standard.gpx import GpxConnector
from geowallet.testing.connectors import check_connector
from tests.connectors.samples_inline import FIRST_US

HEAD = b"""<?xml version="1.0" encoding="UTF-8" standalone="no" ?>
<gpx xmlns="http://www.topografix.com/GPX/1/1" creator="PhoneTrack Nextcloud app 0.8.1"
 version="1.1"><metadata><time>2026-03-03T00:00:00Z</time><name>family</name></metadata>
"""
TRACK = b"""<trk><name>Jane</name><trkseg><trkpt lat="48.6921" lon="6.1844">
<time>2026-03-02T07:30:10Z</time><ele>212.50</ele><extensions><speed>4.500</speed>
<course>90.000</course><sat>9</sat><accuracy>8.25</accuracy><batterylevel>80.00</batterylevel>
<useragent>GpsLogger</useragent></extensions></trkpt></trkseg></trk>
"""
OTHER = TRACK.replace(b"Jane", b"Joe").replace(b"07:30:10", b"07:30:00")
SESSION = HEAD + TRACK + OTHER + b"</gpx>"


def read(data: bytes) -> ReadResult:
    return GpxConnector().read(io.BytesIO(data), ReadOptions())


def test_extensions_become_columns() -> None:
    (trace,) = read(HEAD + TRACK + b"</gpx>").traces
    fixes = trace.fixes
    assert (fixes.speed_mps[0], fixes.bearing_deg[0], fixes.accuracy_m[0]) == (4.5, 90, 8.25)
    assert fixes.elevation_m[0] == 212.5


def test_each_track_of_a_session_is_a_device_without_the_name_of_its_owner() -> None:
    result = read(SESSION)
    found = [(t.device, t.fixes.time_us.tolist()) for t in result.traces]
    assert found == [("device 1", [FIRST_US + 10_000_000]), ("device 2", [FIRST_US])]
    assert not any(word in repr(result) for word in ("Jane", "Joe", "family"))


def test_tracks_of_other_programs_stay_together() -> None:
    (trace,) = read(SESSION.replace(b"PhoneTrack", b"OsmAnd")).traces
    assert trace.fixes.time_us.tolist() == [FIRST_US, FIRST_US + 10_000_000]


def test_more_tracks_than_anyone_has_devices_are_one_trace(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gpx, "MAX_DEVICES", 3)
    assert len(read(HEAD + TRACK * 3 + b"</gpx>").traces) == 3
    assert len(read(HEAD + TRACK * 4 + b"</gpx>").traces) == 1
    assert read(HEAD + b"<trk/><trk/></gpx>").traces == ()


def test_passes_the_kit() -> None:
    assert check_connector(GpxConnector(), SESSION, mutations=300) == ()
