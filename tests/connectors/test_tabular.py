from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.connectors.api import ReadOptions, ReadResult
from geowallet.connectors.standard import tabular
from geowallet.connectors.standard.tabular import CsvConnector
from geowallet.model.errors import (
    AmbiguousDateError,
    BadZoneError,
    NaiveTimeError,
    SpreadsheetDamageError,
    TooLargeError,
    UnreadableSourceError,
)
from geowallet.model.fixes import Fixes, TimeKind
from tests.connectors.samples_inline import CSV, FIRST_US, fixes_or_refusal, refused, sound


def read(data: str | bytes, **known: str) -> ReadResult:
    data = data.encode() if isinstance(data, str) else data
    return CsvConnector().read(
        io.BytesIO(data), ReadOptions(known.get("zone"), known.get("date_order"))
    )


def fixes(data: str | bytes, **known: str) -> Fixes:
    (trace,) = read(data, **known).traces
    return trace.fixes


def test_users_become_traces_of_their_own() -> None:
    ann, bob = read(CSV).traces
    assert (ann.device, bob.device) == ("ann", "bob")
    assert ann.fixes.time_us.tolist() == [FIRST_US, FIRST_US + 10_000_000]
    assert ann.fixes.elevation_m[0] == 212.5
    assert np.isnan(ann.fixes.elevation_m[1])


@pytest.mark.parametrize(
    "text",
    [
        "time,lat,lon\n2026-03-02T07:30:00Z,48.5,6.25\n",
        "time;lat;lon\n2026-03-02T07:30:00Z;48,5;6,25\n",
        "Timestamp\tLatitude\tLongitude\n1772436600\t48.5\t6.25\n",
        "X|Y|t\n6.25|48.5|1772436600000\n",
        '"timestamp","latitudeE7","longitudeE7"\n"2026-03-02T07:30:00Z","485000000","62500000"\n',
        "time,LATITUDE N/S,LONGITUDE E/W\n2026-03-02 07:30:00+00,48.5N,6.25E\n",
        "TIME,LATITUDE,N/S,LONGITUDE,E/W\n2026-03-02T07:30Z,48.5,N,6.25,E\n",
        "geom;when\nPOINT (6.25 48.5);2026-03-02 07:30:00 +00:00\n",
        "#time,lat,lon\n#a comment\n\n2026-03-02T08:30:00.000+01:00[Europe/Paris],48.5,6.25\n",
        "device: x\n\n lat , lon , time (UTC)\n48.5,6.25,2026-03-02 07:30:00\n",
        "lat,lon,utc_d,utc_t\n48.5,6.25,2026/03/02,07:30:00\n",
        "lat,lon,Date,Time,UTCOfst\n48.5,6.25,2026-03-02,08:30:00,+01:00\n",
        "lat,lon,UTC Date,UTC Time\n48.5,6.25,20260302,073000\n",
        "lat,lon,timestamp_ms\n48\u00b0 30' N,6\u00b015'0\"\"E,1772436600000.0\n",
    ],
)
def test_one_fix_in_many_spellings(text: str) -> None:
    one = fixes(text)
    assert one.time_us.tolist() == [FIRST_US]
    assert (one.lat_deg[0], one.lon_deg[0]) == (48.5, 6.25)


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_encodings_of_spreadsheets_are_read(codec: str) -> None:
    data = "time;lat;lon;ort\r\n2026-03-02T07:30:00Z;48,5;6,25;\u00fc\r\n".encode(codec)
    if codec == "utf-16-be":
        data = b"\xfe\xff" + data
    assert fixes(data).lat_deg.tolist() == [48.5]


def test_letters_of_south_and_west_are_negative() -> None:
    one = fixes("time,lat,N/S,lon,E/W\n1772436600,48.5,S,6.25,W\n")
    assert (one.lat_deg[0], one.lon_deg[0]) == (-48.5, -6.25)


def test_units_in_names_and_cells_become_ours() -> None:
    text = (
        "time,lat,lon,GPS Speed (km/h),alt_ft,hdop,accuracy\n"
        "1772436600,1,2,36,100 ft,3,-1\n1772436601,1,2,3.6 m/s,100,3,7 m\n"
    )
    table = fixes(text)
    assert table.speed_mps.tolist() == pytest.approx([10, 3.6])
    assert table.elevation_m.tolist() == pytest.approx([30.48, 30.48])
    assert np.isnan(table.accuracy_m[0])
    assert table.accuracy_m[1] == 7


def test_a_speed_in_a_unit_that_nobody_knows_is_left_out() -> None:
    table = fixes("time,lat,lon,speed (furlongs)\n1772436600,1,2,36\n")
    assert np.isnan(table.speed_mps).all()


def test_local_times_need_a_zone() -> None:
    text = "lat,lon,time\n48.5,6.25,2026-03-02 08:30:00\n"
    with pytest.raises(NaiveTimeError):
        read(text)
    (trace,) = read(text, zone="Europe/Paris").traces
    assert (trace.fixes.time_us[0], trace.time_kind) == (FIRST_US, TimeKind.NAIVE)
    with pytest.raises(BadZoneError):
        read(text, zone="Europe/Atlantis")


def test_an_ambiguous_date_is_refused_with_its_column() -> None:
    text = "lat,lon,Day,Clock\n48.5,6.25,02/03/2026,07:30\n48.5,6.25,04/03/2026,07:30\n"
    with pytest.raises(AmbiguousDateError, match="Day"):
        read(text, zone="UTC")
    assert fixes(text, zone="UTC", date_order="dmy").time_us[0] == FIRST_US
    march_2 = fixes(text.replace("02/03", "03/02"), zone="UTC", date_order="mdy")
    assert march_2.time_us[0] == FIRST_US


def test_one_row_that_can_be_read_in_one_way_only_decides_for_all() -> None:
    text = "lat,lon,time\n48.5,6.25,02/03/2026 07:30\n48.5,6.25,31/03/2026 07:30\n"
    assert fixes(text, zone="UTC").time_us[0] == FIRST_US
    american = (
        text.replace("02/03", "03/02").replace("31/03", "03/31").replace(" 07:30", " 7:30 AM")
    )
    assert fixes(american, zone="UTC").time_us[0] == FIRST_US


def test_rows_against_the_decided_order_are_problems() -> None:
    text = "lat,lon,time\n1,2,31/03/2026 07:30\n1,2,03/31/2026 07:30\n1,2,31.12.2026 25:30\n"
    assert read(text, zone="UTC").problem_count == 2


def test_points_between_the_parts_mean_day_first() -> None:
    text = "lat;lon;time\n48,5;6,25;02.03.2026 07:30:00\n"
    assert fixes(text, zone="UTC").time_us.tolist() == [FIRST_US]


def test_six_digits_need_to_be_told_their_order() -> None:
    text = "DATE,TIME,LATITUDE N/S,LONGITUDE E/W\n260302,073000,48.5N,6.25E\n"
    with pytest.raises(AmbiguousDateError, match="DATE"):
        read(text, zone="UTC")
    assert fixes(text, zone="UTC", date_order="ymd").time_us.tolist() == [FIRST_US]


def test_undecided_rows_are_held_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabular, "MAX_UNDECIDED", 2)
    with pytest.raises(AmbiguousDateError):
        read("lat,lon,time\n" + "1,2,02/03/2026 07:30\n" * 3 + "1,2,31/03/2026 07:30\n")


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("when;lat;lon\n1,51336E+12;48,5;6,25\n", "when"),
        ("time;lat;GPS Longitude\n1772436600;48,5;-58.321.307\n", "GPS Longitude"),
    ],
)
def test_what_a_spreadsheet_destroyed_is_refused_with_its_column(text: str, column: str) -> None:
    with pytest.raises(SpreadsheetDamageError, match=column) as caught:
        read(text)
    assert "58.321" not in str(caught.value)


def test_bad_rows_are_named_by_line() -> None:
    text = (
        "time,lat,lon\n1772436600,48\x00.5,2\n1772436600,,\n1772436600,1_0,2\n"
        "1772436600,91,2\nsoon,1,2\n5,1,2\n99999999999999999999,1,2\n0001-01-01T00:00,1\n"
    )
    result = read(text)
    assert result.fix_count == 0
    assert [(p.where, str(p.what).split()[-1]) for p in result.problems] == [
        ("line 2", "number"),
        ("line 3", "longitude"),
        ("line 4", "number"),
        ("line 5", "range"),
        ("line 6", "read"),
        ("line 7", "read"),
        ("line 8", "read"),
        ("line 9", "longitude"),
    ]


def test_rows_without_time_are_counted() -> None:
    assert read("lat,lon\n1,2\n3,4\n").untimed == 2
    assert read("lat,lon,date,time\n1,2,,07:30\n").untimed == 1


def test_a_quote_never_closed_costs_its_row_at_most() -> None:
    text = 'name,time,lat,lon,note\n"a, ""b""",1772436600,1,2,"x\ny,1772436600,1,2,\n'
    assert read(text).fix_count == 2


def test_a_line_without_end_is_refused() -> None:
    with pytest.raises(TooLargeError):
        read("time,lat,lon\n" + "x" * (1 << 20) + "\n")


def test_a_table_without_positions_is_refused() -> None:
    with pytest.raises(UnreadableSourceError, match="latitude"):
        read("a,b\n1,2\n")
    sniff = CsvConnector().sniff
    assert sniff(CSV)
    assert not sniff(b"a,b\n1,2\n")
    assert not sniff(b'{"lat,lon": 1}')
    assert not sniff(b"\n" * 20 + b"x\n" * 11 + CSV)


def test_a_column_of_ten_thousand_devices_is_no_device() -> None:
    rows = "".join(f"{number},1772436600,1,2\n" for number in range(10_001))
    with pytest.raises(TooLargeError):
        read("user,time,lat,lon\n" + rows)


class TestDamage:
    """Promise: "a single bad record is a `Problem`"; nothing but `GeowalletError`."""

    @settings(max_examples=150)
    @given(at=st.integers(0, len(CSV) - 1), junk=st.binary(min_size=1, max_size=8))
    def test_damaged_bytes_are_never_a_crash(self, at: int, junk: bytes) -> None:
        outcome = fixes_or_refusal(lambda: read(CSV[:at] + junk + CSV[at + len(junk) :]))
        assert sound(outcome, most=8)

    @settings(max_examples=150)
    @given(st.lists(st.text(alphabet="0123456789-/:.,TZ+e NESW'\"", max_size=24), min_size=3))
    def test_any_cells_are_survived(self, cells: list[str]) -> None:
        assert "48.69" not in (
            refused(
                lambda: read("time;lat;lon;speed\n" + ";".join(cells) + "\n", zone="Europe/Paris")
            )
            or ""
        )
