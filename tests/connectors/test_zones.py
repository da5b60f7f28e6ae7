from __future__ import annotations

import io

import pytest

from geowallet.app.intake.zones import zone_finder
from geowallet.connectors.api import ReadOptions, ReadResult
from geowallet.connectors.standard.gpx import GpxConnector
from geowallet.connectors.standard.tabular import CsvConnector
from geowallet.connectors.vehicle.teslafi import TeslaFiConnector
from geowallet.model.errors import NaiveTimeError
from geowallet.model.fixes import TimeKind

HOUR_US = 3_600_000_000
NOON_US = 1_782_907_200_000_000
"""2026-07-01T12:00:00Z."""

CROSSING = (
    b"time,lat,lon\n"
    b"2026-07-01 12:00:00,51.50,-0.12\n"
    b"2026-07-01 16:00:00,48.86,2.35\n"
    b"2026-07-01 16:00:10,48.86,2.35\n"
)
"""London, then Paris: the clock went forward by an hour on the way."""


def zone_at(lat_deg: float, lon_deg: float) -> str:
    assert 40 < lat_deg < 60
    return "Europe/London" if lon_deg < 1 else "Europe/Paris"


def times_of(result: ReadResult) -> list[int]:
    (trace,) = result.traces
    assert trace.time_kind is TimeKind.NAIVE
    return [int(us) for us in trace.fixes.time_us]


def test_the_zone_is_that_of_each_position_and_it_is_said() -> None:
    result = CsvConnector().read(io.BytesIO(CROSSING), ReadOptions(zone_at=zone_at))
    assert times_of(result) == [
        NOON_US - HOUR_US,
        NOON_US + 2 * HOUR_US,
        NOON_US + 2 * HOUR_US + 10_000_000,
    ]
    assert str(result.note) == (
        "its times name no zone: taken from the positions (Europe/London, Europe/Paris)"
    )


def test_the_zone_that_the_owner_says_comes_first() -> None:
    options = ReadOptions(zone="UTC", zone_at=zone_at)
    result = CsvConnector().read(io.BytesIO(CROSSING), options)
    assert times_of(result)[0] == NOON_US
    assert result.note is None


def test_without_either_it_is_refused() -> None:
    with pytest.raises(NaiveTimeError):
        CsvConnector().read(io.BytesIO(CROSSING), ReadOptions())


def test_times_with_a_zone_are_left_alone() -> None:
    data = CROSSING.replace(b"00:00,", b"00:00Z,").replace(b"00:10,", b"00:10Z,")
    result = CsvConnector().read(io.BytesIO(data), ReadOptions(zone_at=zone_at))
    assert int(result.traces[0].fixes.time_us[0]) == NOON_US
    assert result.note is None


def test_gpx_takes_it_only_if_asked() -> None:
    data = (
        b'<gpx><trk><trkseg><trkpt lat="48.86" lon="2.35"><time>2026-07-01T12:00:00</time>'
        b"</trkpt></trkseg></trk></gpx>"
    )
    assert times_of(GpxConnector().read(io.BytesIO(data), ReadOptions())) == [NOON_US]
    asked = GpxConnector().read(io.BytesIO(data), ReadOptions(zone_at=zone_at))
    assert times_of(asked) == [NOON_US - 2 * HOUR_US]
    assert "Europe/Paris" in str(asked.note)


def test_labels_of_a_local_clock_move_with_the_positions() -> None:
    data = (
        b"data_id,Date,latitude,longitude,odometer,speed,shift_state,vin\n"
        b"1,2026-07-01 12:00:00,48.86,2.35,1000,10,D,Car\n"
    )
    result = TeslaFiConnector().read(io.BytesIO(data), ReadOptions(zone_at=zone_at))
    assert times_of(result) == [NOON_US - 2 * HOUR_US]
    assert {label.start_us for label in result.labels} == {NOON_US - 2 * HOUR_US}


def test_the_library_knows_where_paris_is() -> None:
    pytest.importorskip("tzfpy", reason="the extra zones is not installed")
    find = zone_finder()
    assert find(48.86, 2.35) == "Europe/Paris"
    assert find(40.71, -74.0) == "America/New_York"
