from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.connectors.api import ReadOptions, ReadResult
from geowallet.connectors.registry import connector_for
from geowallet.connectors.vehicle.torque import TorqueConnector
from geowallet.model.errors import NaiveTimeError
from geowallet.model.fixes import TimeKind
from geowallet.testing.connectors import check_connector
from tests.connectors.samples_inline import FIRST_US, fixes_or_refusal, sound

HEADER = (
    "GPS Time, Device Time, Longitude, Latitude,GPS Speed (Meters/second), "
    "Horizontal Dilution of Precision, Altitude, Bearing,Speed (OBD)(km/h)\n"
)
SAMPLE = (
    HEADER + "Mon Mar 02 08:30:00 GMT+01:00 2026,02-Mar-2026 08:30:01.100,6.1844,48.6921,10,8.0,"
    "212,90.5,36\n"
    "Mon Mar 02 08:30:01 GMT+01:00 2026,02-Mar-2026 08:30:02.100,-,-,-,-,-,-,36\n"
    "GPS Time, Device Time, Longitude, Latitude,GPS Speed(km/h), Altitude(ft), Bearing\n"
    "Mon Mar 02 08:30:10 GMT+01:00 2026,02-Mar-2026 08:30:11.100,6.1850,48.6930,36,1000,91\n"
).encode()
PARIS = ReadOptions(zone="Europe/Paris")


def read(data: bytes, options: ReadOptions = PARIS) -> ReadResult:
    return TorqueConnector().read(io.BytesIO(data), options)


def row(gps: str, device: str) -> bytes:
    return f"{HEADER}{gps},{device},6.1844,48.6921,-,-,-,-,-\n".encode()


def test_units_stand_in_the_names_and_a_second_header_has_its_own() -> None:
    (trace,) = read(SAMPLE, ReadOptions()).traces
    assert trace.fixes.lat_deg.tolist() == [48.6921, 48.6930]
    assert trace.fixes.lon_deg.tolist() == [6.1844, 6.1850]
    assert trace.fixes.speed_mps == pytest.approx([10, 10])
    assert trace.fixes.elevation_m == pytest.approx([212, 304.8])
    assert np.isnan(trace.fixes.accuracy_m).all()


def test_a_difference_to_gmt_makes_the_gps_time_certain() -> None:
    (trace,) = read(SAMPLE, ReadOptions()).traces
    assert trace.time_kind is TimeKind.OFFSET
    assert trace.fixes.time_us.tolist() == [FIRST_US, FIRST_US + 10_000_000]
    gmt = row("Mon Mar 02 07:30:00 GMT 2026", "02-Mar-2026 08:30:01.100")
    assert read(gmt, ReadOptions()).traces[0].fixes.time_us.tolist() == [FIRST_US]


@pytest.mark.parametrize(
    ("gps", "device", "after_us"),
    [
        ("Mon Mar 02 08:30:00 CET 2026", "02-Mar-2026 08:30:01.100", 1_100_000),
        ("lun. mars 02 08:30:00 CET 2026", "02-mars-2026 08:30:01.100", 1_100_000),
        ("Mon Mar 02 08:30:00 CET 2026", "-", 0),
        ("2026-03-02 08:30:00", "2026-03-02 08:30:02", 2_000_000),
        ("2026-03-02 08:30:00", "-", 0),
    ],
)
def test_the_name_of_a_zone_is_not_trusted(gps: str, device: str, after_us: int) -> None:
    data = row(gps, device)
    assert read(data).traces[0].fixes.time_us.tolist() == [FIRST_US + after_us]
    with pytest.raises(NaiveTimeError):
        read(data, ReadOptions())


def test_broken_times_are_named() -> None:
    result = read(row("Mon Foo 02 08:30:00 CET 2026", "-"))
    assert [(p.where, str(p.what)) for p in result.problems] == [
        ("line 2", "the time cannot be read")
    ]


def test_is_claimed_before_any_table() -> None:
    assert connector_for("trackLog.csv", SAMPLE).name == "torque"


def test_passes_the_kit() -> None:
    assert check_connector(TorqueConnector(), SAMPLE, options=PARIS, mutations=300) == ()


class TestDamage:
    """Promise: "a single bad record is a `Problem`, not an error"."""

    @settings(max_examples=100)
    @given(at=st.integers(0, len(SAMPLE) - 1), junk=st.binary(min_size=1, max_size=8))
    def test_damaged_bytes_are_never_a_crash(self, at: int, junk: bytes) -> None:
        outcome = fixes_or_refusal(lambda: read(SAMPLE[:at] + junk + SAMPLE[at + len(junk) :]))
        assert sound(outcome, most=3)
