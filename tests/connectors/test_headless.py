from __future__ import annotations

import io

import pytest

from geowallet.connectors.api import ReadOptions, ReadResult
from geowallet.connectors.fields.headings import columns_said
from geowallet.connectors.registry import connector_for
from geowallet.connectors.standard.tabular import CsvConnector
from geowallet.model.errors import (
    AmbiguousColumnsError,
    AmbiguousDateError,
    BadOptionError,
    UnknownFormatError,
    UnreadableSourceError,
)

PARIS = ("48.8566", "2.3522")
BEIJING = ("39.9042", "116.4074")


def rows(*cells: str, count: int = 12, delimiter: str = ",") -> bytes:
    """Return the same row again and again; {n} counts."""
    return "".join(
        delimiter.join(cells).replace("{n}", f"{number:02d}") + "\n" for number in range(count)
    ).encode()


def read(data: bytes, columns: str = "", *, date_order: str | None = None) -> ReadResult:
    said = columns_said(columns) if columns else ()
    options = ReadOptions(columns=said, date_order=date_order)
    return CsvConnector().read(io.BytesIO(data), options)


class TestContent:
    """Promise: a table without header is read where it can mean one thing only."""

    @pytest.mark.parametrize(
        "data",
        [
            rows("15251328{n}", *BEIJING),
            rows(*BEIJING, "2018-05-01T00:00:{n}Z"),
            rows("7", BEIJING[1], BEIJING[0], "2018-05-01 00:00:{n}+00:00", "55"),
            rows("39,9042", "116,4074", "2018-05-01T00:00:{n}Z", delimiter=";"),
            rows("a", "2018-05-01T00:00:{n}Z", "POINT (116.4074 39.9042)"),
        ],
    )
    def test_the_longitude_is_what_passes_90(self, data: bytes) -> None:
        assert CsvConnector().sniff(data)
        (trace,) = read(data).traces
        assert len(trace.fixes) == 12
        assert trace.fixes.lat_deg[0] == pytest.approx(39.9042)
        assert trace.fixes.lon_deg[0] == pytest.approx(116.4074)

    def test_a_date_beside_a_time_of_day(self) -> None:
        data = rows(*BEIJING, "0", "492", "39744.1{n}", "2008-10-23", "02:53:{n}")
        options = ReadOptions(zone="UTC")
        (trace,) = CsvConnector().read(io.BytesIO(data), options).traces
        assert trace.fixes.time_us[0] == 1_224_730_380_000_000

    @pytest.mark.parametrize(
        "data",
        [
            rows("2018-05-01T00:00:{n}Z", *PARIS),
            rows("2018-05-01T00:00:{n}Z", *BEIJING, "12.34567"),
            rows("2018-05-01T00:00:{n}Z", "2018-05-01T00:00:{n}Z", *BEIJING),
        ],
    )
    def test_what_can_mean_two_things_is_refused(self, data: bytes) -> None:
        assert CsvConnector().sniff(data)
        with pytest.raises(AmbiguousColumnsError):
            read(data)

    @pytest.mark.parametrize(
        "data",
        [
            rows("2018-05-01T00:00:{n}Z", "39.9", "116.4"),  # temperatures
            rows("39.9042", "116.4074", "{n}"),  # no time
            rows("12", *BEIJING),
            rows("2018-05-01T00:00:{n}Z", "39.9042"),
            b"a sentence, with a comma\nand another one\n",
        ],
    )
    def test_other_tables_are_not_claimed(self, data: bytes) -> None:
        assert not CsvConnector().sniff(data)
        with pytest.raises(UnknownFormatError):
            connector_for("a.csv", data)
        with pytest.raises(UnreadableSourceError):
            read(data)

    def test_a_line_that_the_head_cuts_is_not_looked_at(self) -> None:
        data = rows("2018-05-01T00:00:{n}Z", *BEIJING, "x" * 800, count=40)
        assert CsvConnector().sniff(data[:4096])
        assert read(data).fix_count == 40

    def test_dates_that_can_be_read_in_two_ways_are_still_refused(self) -> None:
        data = rows("05/06/2018 00:00:{n}Z", *BEIJING)
        with pytest.raises(AmbiguousDateError):
            read(data)
        assert read(data, date_order="dmy").fix_count == 12


class TestSaid:
    """Promise: columns are what the owner says."""

    def test_named_columns(self) -> None:
        data = rows("x", "2018-05-01T00:00:{n}Z", *PARIS, "36")
        (trace,) = read(data, "-,time,lat,lon,speed(km/h)").traces
        assert trace.fixes.lat_deg[0] == pytest.approx(48.8566)
        assert trace.fixes.speed_mps[0] == pytest.approx(10.0)

    def test_a_header_that_is_there_comes_first(self) -> None:
        data = b"time,lon,lat\n" + rows("2018-05-01T00:00:{n}Z", *PARIS)
        (trace,) = read(data, "time,lat,lon").traces
        assert trace.fixes.lat_deg[0] == pytest.approx(2.3522)

    def test_a_table_that_is_too_narrow_for_them(self) -> None:
        with pytest.raises(UnreadableSourceError):
            read(rows("1525132800", "48.8566"), "time,lat,lon")

    @pytest.mark.parametrize("columns", ["time,lat", "time,lat,lon,colour", "", "lat;lon"])
    def test_names_that_no_column_has(self, columns: str) -> None:
        with pytest.raises(BadOptionError):
            columns_said(columns)
