from __future__ import annotations

import importlib
import io
import os
import socket
import zoneinfo
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from geowallet.connectors.api import Connector, Problem, ReadOptions, ReadResult
from geowallet.connectors.standard.geojson import GeoJsonConnector
from geowallet.connectors.standard.gpx import GpxConnector
from geowallet.connectors.standard.plt import PltConnector
from geowallet.connectors.standard.tabular import CsvConnector
from geowallet.model.errors import UnreadableSourceError
from geowallet.model.words import Phrase
from geowallet.testing import kit_inputs, kit_memory
from geowallet.testing.connectors import check_connector
from geowallet.testing.kit_watch import ForbiddenError, watched
from tests.conftest import ROOT
from tests.connectors import samples_inline as inline


@pytest.mark.parametrize(
    ("connector", "sample"),
    [
        (GpxConnector(), inline.GPX),
        (GeoJsonConnector(), inline.GEOJSON),
        (PltConnector(), inline.PLT),
        (CsvConnector(), inline.CSV),
    ],
    ids=["gpx", "geojson", "plt", "csv"],
)
def test_every_connector_of_ours_passes_the_kit(connector: Connector, sample: bytes) -> None:
    assert check_connector(connector, sample) == ()


def test_the_connector_of_the_how_to_passes_the_kit() -> None:
    page = (ROOT / "docs" / "how-to" / "add-a-connector.md").read_text(encoding="utf-8")
    code = page.split("```python\n")[1].split("```")[0]
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102  our own page
    sample = b"# fieldnotes\n2026-03-02T07:30:00Z 48.6921 6.1844\nlunch\n"
    assert check_connector(names["FieldnotesConnector"](), sample, mutations=300) == ()


class Faulty:
    """A GPX reader with one fault."""

    name = "faulty"
    extensions = (".gpx",)

    def __init__(self, fault: str) -> None:
        self.fault = fault

    def sniff(self, head: bytes) -> bool:
        return self.fault == "greedy" or b"<gpx" in head

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
        data = stream.read()
        if self.fault == "opens":
            Path(__file__).open("rb").close()
        if self.fault == "crashes" and b"</gpx>" not in data:
            raise KeyError("gpx")
        if self.fault == "type":
            return None  # type: ignore[return-value]  # the fault
        if self.fault == "refuses":
            raise UnreadableSourceError(format="GPX", reason="mood")
        if self.fault == "tells" and b"</gpx>" not in data:
            raise UnreadableSourceError(format="GPX", reason="at 48.6921")
        if self.fault == "noted":
            problem = Problem("line 1", Phrase("lat {value}", (("value", "48.6921"),)))
            return ReadResult(GpxConnector().read(_again(data), options).traces, (problem,))
        if self.fault == "empty":
            return ReadResult(())
        if self.fault == "grows" and b"</gpx>" not in data:
            data = inline.GPX.replace(b"</trkseg>", _POINT + _POINT + b"</trkseg>")
        return GpxConnector().read(_again(data), options)


_POINT = b'<trkpt lat="1" lon="1"><time>2026-03-02T07:30:00Z</time></trkpt>'


def _again(data: bytes) -> BinaryIO:
    return io.BytesIO(data)


@pytest.mark.parametrize(
    ("fault", "finding"),
    [
        ("greedy", "it claims what is not its format"),
        ("opens", "it reaches out of its stream: open"),
        ("crashes", "a truncation: raises KeyError"),
        ("type", "the sample: returns something else than ReadResult"),
        ("refuses", "the sample is refused: source.unreadable"),
        ("tells", "an error repeats a coordinate"),
        ("noted", "a problem repeats a coordinate"),
        ("empty", "the sample gives no fix"),
        ("grows", "a truncation: more fixes than the whole sample"),
    ],
)
def test_the_kit_finds_the_fault(fault: str, finding: str) -> None:
    found = check_connector(Faulty(fault), inline.GPX, mutations=20, repeats=20)
    assert finding in {str(said) for said in found}


KEPT: list[object] = []
"""What the hoarding connectors below leave behind."""


class Hoarding:
    """A GPX reader with one fault that a single reading does not show."""

    name = "hoarding"
    extensions = (".gpx",)

    def __init__(self, fault: str) -> None:
        self.fault = fault

    def sniff(self, head: bytes) -> bool:
        return b"<gpx" in head

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
        data = stream.read() if self.fault != "impatient" else stream.read(1 << 20)
        if self.fault == "keeps":
            KEPT.append(bytearray(data))
        if self.fault == "keeps little":
            KEPT.append([object()])
        if self.fault == "hungry":
            KEPT[:] = [bytearray(6 << 20)]
            KEPT.clear()
        if self.fault == "seeks":
            stream.seek(0)
        result = GpxConnector().read(io.BytesIO(data), options)
        if self.fault == "archive" and not isinstance(stream, io.BytesIO):
            return ReadResult(())
        if self.fault == "connects":
            socket.socket().close()
        if self.fault == "starts":
            with suppress(Exception):
                os.system("true")  # noqa: S605  the fault
        return result


class Parting(Hoarding):
    """The same, in parts, of which the last is lost."""

    def read_parts(self, stream: BinaryIO, options: ReadOptions) -> Iterator[ReadResult]:
        (trace,) = GpxConnector().read(stream, options).traces
        for at in range(len(trace.fixes) - (self.fault == "loses")):
            yield ReadResult((replace(trace, fixes=trace.fixes.take(slice(at, at + 1))),))


@pytest.mark.parametrize(
    ("fault", "finding"),
    [
        ("keeps", "it keeps memory of what it has read"),
        ("keeps little", "it keeps memory of what it has read"),
        ("hungry", "the sample: takes more than 4 MiB of memory"),
        ("impatient", "a stream that comes in drops gives something else"),
        ("seeks", "out of sample.gz it gives something else"),
        ("archive", "out of sample.tar it gives something else"),
        ("connects", "it reaches out of its stream: socket.__new__"),
        ("starts", "it reaches out of its stream: os.system"),
    ],
)
def test_the_kit_finds_what_one_reading_does_not_show(
    fault: str, finding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kit_inputs, "MAX_CUTS", 10)
    monkeypatch.setattr(kit_memory, "FLOOR_BYTES", 4 << 20)
    found = check_connector(Hoarding(fault), inline.GPX, mutations=0, repeats=60)
    KEPT.clear()
    assert finding in {str(said) for said in found}


def test_the_kit_compares_parts_with_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kit_inputs, "MAX_CUTS", 10)
    for fault, wrong in (("", False), ("loses", True)):
        found = check_connector(Parting(fault), inline.GPX, mutations=0, repeats=20)
        said = "read_parts gives something else than read" in {str(one) for one in found}
        assert said is wrong


def test_the_watch_is_off_outside_the_kit_and_lets_zones_and_modules_be_read() -> None:
    with watched() as watch:
        for path in (*map(Path, zoneinfo.TZPATH), Path("/nowhere/tzdata")):
            with suppress(FileNotFoundError):
                (path / "no-such-zone").read_bytes()
        with suppress(ImportError):
            importlib.import_module("this_module_is_nowhere")
        assert watch.reached == ""
        with pytest.raises(ForbiddenError):
            Path(__file__).read_bytes()
        with pytest.raises(ForbiddenError):
            os.fdopen(0, closefd=False)
    assert Path(__file__).read_bytes()
    assert watch.reached == "open"
