from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import BinaryIO

import pytest

from geowallet.connectors import registry
from geowallet.connectors.api import Connector, ReadOptions, ReadResult
from geowallet.connectors.source import read_source
from geowallet.connectors.standard.tabular import CsvConnector
from geowallet.model.errors import (
    ConnectorChangedError,
    EmptySourceError,
    GeowalletError,
    NotATraceError,
    UnknownFormatError,
    UnreadableSourceError,
)
from tests.connectors import samples_inline as inline


@dataclass
class Stranger:
    """A connector of another package, as it looks from here."""

    name: str = "stranger"
    extensions: tuple[str, ...] = (".str",)
    generic: bool = False
    heads: list[bytes] = field(default_factory=list)

    def sniff(self, head: bytes) -> bool:
        self.heads.append(head)
        return head.startswith((b"stranger", b"<gpx"))

    def read(self, stream: BinaryIO, _: ReadOptions) -> ReadResult:
        stream.read()
        return ReadResult(())


@dataclass
class Inn:
    """Guests without a list of what is trusted."""

    strangers: tuple[Stranger, ...] = ()
    why: GeowalletError | None = None

    def names(self) -> tuple[str, ...]:
        return tuple(stranger.name for stranger in self.strangers)

    def named(self, name: str) -> Connector | None:
        return next((s for s in self.strangers if s.name == name), None)

    def of_ending(self, ending: str) -> tuple[Connector, ...]:
        return tuple(s for s in self.strangers if ending in s.extensions)

    def missed(self, ending: str) -> GeowalletError | None:
        return self.why if ending == ".str" else None


def test_a_guest_reads_what_nobody_else_claims() -> None:
    inn = Inn((Stranger(),))
    found, _ = read_source("x.STR", io.BytesIO(b"stranger"), options=ReadOptions(), guests=inn)
    assert found == "stranger"
    with pytest.raises(UnknownFormatError, match="candidates: -"):
        read_source("x.str", io.BytesIO(b"stranger"), options=ReadOptions())


def test_a_guest_sees_no_source_of_ours_and_none_of_another_ending() -> None:
    stranger = Stranger()
    inn = Inn((stranger,))
    assert registry.connector_for("x.str", b"<gpx></gpx>", inn).name == "gpx"
    with pytest.raises(UnknownFormatError):
        registry.connector_for("x.dat", b"stranger", inn)
    assert stranger.heads == []


def test_a_format_that_is_named_may_be_that_of_a_guest() -> None:
    inn = Inn((Stranger(), Stranger("gpx")))
    options = ReadOptions()
    found, _ = read_source("x", io.BytesIO(b"?"), options=options, format="stranger", guests=inn)
    assert found == "stranger"
    assert registry.by_name("gpx", inn) is registry.by_name("gpx")
    with pytest.raises(UnknownFormatError, match=r"gpx, .*stranger"):
        registry.by_name("sheet", inn)


def test_two_guests_that_claim_are_an_error_that_names_both() -> None:
    inn = Inn((Stranger("one"), Stranger("two")))
    with pytest.raises(UnknownFormatError, match="one, two"):
        registry.connector_for("x.str", b"stranger", inn)


def test_a_generic_connector_yields_to_a_specific_guest(monkeypatch: pytest.MonkeyPatch) -> None:
    head = b"stranger,time,lat,lon\n"
    monkeypatch.setattr(CsvConnector, "sniff", lambda _, head: b"lat" in head)
    assert registry.connector_for("x.csv", head, Inn((Stranger("s", (".csv",)),))).name == "s"
    generic = Inn((Stranger("s", (".csv",), generic=True),))
    with pytest.raises(UnknownFormatError, match="csv, s"):
        registry.connector_for("x.csv", head, generic)


def test_why_a_guest_is_off_is_said_where_nobody_else_claims() -> None:
    inn = Inn(why=ConnectorChangedError(name="stranger"))
    with pytest.raises(ConnectorChangedError):
        registry.connector_for("x.str", b"stranger", inn)
    assert registry.connector_for("x.str", b"<gpx></gpx>", inn).name == "gpx"
    with pytest.raises(UnknownFormatError):
        registry.connector_for("x.dat", b"stranger", inn)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\xff\xd8\xff\xe0", "JPEG"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"%PDF-1.7", "PDF"),
        (b"\x00\x00\x00\x18ftypmp42", "MP4"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"\xef\xbb\xbf <!-- x --> <HTML lang=fr>", "web page"),
        (b"SQLite format 3\x00", "SQLite"),
        (b"\x01\x00\x02\x00" * 9, "binary"),
    ],
)
def test_what_is_no_trace_is_said_by_name(data: bytes, what: str) -> None:
    with pytest.raises(NotATraceError, match=what):
        read_source("x.gpx", io.BytesIO(data), options=ReadOptions())


@pytest.mark.parametrize("data", [b"", b" \r\n" * 5000, b"\xef\xbb\xbf", b"\xff\xfe"])
def test_nothing_but_blanks_is_empty(data: bytes) -> None:
    with pytest.raises(EmptySourceError):
        read_source("x.gpx", io.BytesIO(data), options=ReadOptions())


def test_content_decides_whatever_the_name_says() -> None:
    for name, data in (
        ("gpx", inline.GPX),
        ("geojson", inline.GEOJSON),
        ("plt", inline.PLT),
        ("csv", inline.CSV),
    ):
        found, result = read_source("x.fit", io.BytesIO(data), options=ReadOptions())
        assert found == name
        assert result.fix_count >= 2


def test_blanks_longer_than_the_head_are_skipped() -> None:
    found, _ = read_source("x", io.BytesIO(b" " * 9000 + inline.GPX), options=ReadOptions())
    assert found == "gpx"


def test_a_format_that_is_named_is_believed() -> None:
    options = ReadOptions()
    with pytest.raises(UnreadableSourceError, match="PLT"):
        read_source("x", io.BytesIO(b"Geo"), options=options, format="plt")
    with pytest.raises(UnknownFormatError, match=r"csv, .*geojson, .*gpx, .*plt"):
        read_source("x", io.BytesIO(b"x"), options=options, format="sheet")
