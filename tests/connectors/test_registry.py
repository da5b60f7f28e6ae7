from __future__ import annotations

import io
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from typing import BinaryIO

import pytest

from geowallet.connectors import registry
from geowallet.connectors.api import ReadOptions, ReadResult
from geowallet.connectors.source import read_source
from geowallet.connectors.standard.tabular import CsvConnector
from geowallet.model.errors import (
    EmptySourceError,
    NotATraceError,
    UnknownFormatError,
    UnreadableSourceError,
)
from tests.connectors import samples_inline as inline


class Stranger:
    """A connector of another package."""

    name = "stranger"
    extensions = (".STR",)
    fault = ""

    def sniff(self, head: bytes) -> bool:
        if self.fault == "sniff":
            raise RuntimeError(head)
        return head.startswith((b"stranger", b"<gpx"))

    def read(self, stream: BinaryIO, _: ReadOptions) -> ReadResult:
        stream.read()
        if self.fault == "read":
            raise RuntimeError("48.6921")
        if self.fault == "refuse":
            raise UnreadableSourceError(format="stranger", reason="x")
        return ReadResult(()) if self.fault != "type" else None  # type: ignore[return-value]


class Silent:
    """Not a connector."""

    name = "silent"
    extensions = ()
    sniff = read = None


@pytest.fixture
def plugins(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    points = [
        EntryPoint("stranger", f"{__name__}:Stranger", registry.GROUP),
        EntryPoint("broken", "no_such_module:X", registry.GROUP),
        EntryPoint("silent", f"{__name__}:Silent", registry.GROUP),
    ]
    monkeypatch.delenv(registry.SWITCH, raising=False)
    monkeypatch.setattr(registry, "entry_points", lambda **_: points)
    registry._loaded.cache_clear()
    yield
    registry._loaded.cache_clear()


@pytest.mark.usefixtures("plugins")
def test_one_broken_package_costs_its_own_connector_only() -> None:
    loaded, failures = registry.installed()
    assert [connector.name for connector in loaded] == ["stranger"]
    assert failures == (
        "broken (from unknown package): ModuleNotFoundError",
        "silent (from unknown package): TypeError",
    )
    assert read_source("x", io.BytesIO(b"stranger"), options=ReadOptions())[0] == "stranger"


@pytest.mark.usefixtures("plugins")
def test_plugins_can_be_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(registry.SWITCH, "none")
    assert registry.installed() == ((), ())
    assert registry.connectors() == registry.BUILTIN


@pytest.mark.usefixtures("plugins")
def test_two_claimants_are_an_error_that_names_both_unless_the_extension_decides() -> None:
    head = b"<gpx></gpx>"
    with pytest.raises(UnknownFormatError, match="gpx, stranger"):
        registry.connector_for("x.dat", head)
    assert registry.connector_for("x.GPX", head).name == "gpx"
    assert registry.connector_for("x.str", head).name == "stranger"


@pytest.mark.usefixtures("plugins")
def test_a_generic_connector_yields_to_a_specific_one(monkeypatch: pytest.MonkeyPatch) -> None:
    head = b"stranger,time,lat,lon\n"
    monkeypatch.setattr(CsvConnector, "sniff", lambda _, head: b"lat" in head)
    assert registry.connector_for("x.csv", head).name == "stranger"
    monkeypatch.setattr(Stranger, "generic", True, raising=False)
    registry._loaded.cache_clear()
    assert registry.connector_for("x.csv", head).name == "csv"
    with pytest.raises(UnknownFormatError, match="csv, stranger"):
        registry.connector_for("x.dat", head)


@pytest.mark.usefixtures("plugins")
@pytest.mark.parametrize("fault", ["read", "type", "refuse"])
def test_a_stranger_that_fails_is_a_named_error(
    fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Stranger, "fault", fault)
    with pytest.raises(UnreadableSourceError, match="stranger") as caught:
        read_source("x", io.BytesIO(b"stranger"), options=ReadOptions())
    assert "48.69" not in str(caught.value)


@pytest.mark.usefixtures("plugins")
def test_a_stranger_that_fails_to_sniff_claims_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stranger, "fault", "sniff")
    with pytest.raises(UnknownFormatError, match="none"):
        registry.connector_for("x", b"stranger")


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


def test_a_connector_of_another_package_gets_no_secret() -> None:
    class Curious(Stranger):
        def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
            stream.read()
            assert (options.zone, options.secret, options.unbox) == ("Europe/Paris", None, None)
            return ReadResult(())

    guest = registry.GuestConnector(Curious(), "curious", (), generic=False)
    options = ReadOptions(zone="Europe/Paris", secret=b"s3cr1t", unbox=lambda _key, box: box)
    assert guest.read(io.BytesIO(b"stranger"), options) == ReadResult(())
