from __future__ import annotations

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
from geowallet.testing.connectors import check_connector
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
    sample = b"FIELD NOTES\n2026-03-02T07:30:00Z 48.6921 6.1844\nlunch\n"
    assert check_connector(names["FieldNotesConnector"](), sample, mutations=300) == ()


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
    import io  # noqa: PLC0415  the kit replaces io.open only

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
