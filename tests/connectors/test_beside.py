from __future__ import annotations

import io
from collections.abc import Iterator

import msgspec
import pytest

from geowallet.connectors.api import ReadOptions, ReadResult
from geowallet.connectors.beside import inside
from geowallet.connectors.beside.outside import reader_of, results, said
from geowallet.connectors.guests import wire
from geowallet.connectors.guests.frames import END, PART, TRACE, answered
from geowallet.connectors.registry import by_name
from geowallet.model.errors import GeowalletError
from tests.conftest import ROOT

SAMPLES = (
    *sorted((ROOT / "samples" / "real").glob("*.gpx")),
    *sorted((ROOT / "samples" / "simulated-month" / "phone").glob("*.plt")),
)
NAIVE = b'<gpx><trk><trkseg><trkpt lat="48" lon="2"><time>2026-05-04T08:00:00</time></trkpt>'
IGC = b"AXXX001\r\nHFDTE040526\r\nB0800004850000N00221000EA0003500040\r\n"
KML = (
    b'<kml xmlns:gx="x"><Placemark><gx:Track><when>2026-05-04T08:00:00Z</when>'
    b"<gx:coord>2 48 3</gx:coord><when>yesterday</when><gx:coord>2 48 3</gx:coord>"
    b"</gx:Track></Placemark></kml>"
)


def facts(result: ReadResult) -> object:
    traces = [
        (t.device, t.time_kind, [c.tobytes() for c in t.fixes.columns()]) for t in result.traces
    ]
    rest = result.problems, result.untimed, result.note, result.labels, result.written_us
    return traces, rest


def directly(connector: str, data: bytes, options: ReadOptions) -> object:
    try:
        return facts(by_name(connector).read(io.BytesIO(data), options))
    except GeowalletError:
        return None


def beside(sources: list[tuple[str, bytes]], options: ReadOptions) -> list[object]:
    """Return what a child would say of each source, one after the other."""
    sent = io.BytesIO(b"".join(p for name, data in sources for p in said(name, options, data)))
    heard: list[bytes] = []
    inside.prepare({"zone": options.zone})
    inside.serve(sent.read, heard.append)
    return [found and facts(found) for found in results(iter(heard))]


class TestSame:
    """Promise: "the same results"."""

    @pytest.mark.parametrize("zone", [None, "Europe/Paris"])
    def test_of_every_file_whole_or_damaged(self, zone: str | None) -> None:
        options = ReadOptions(zone=zone)
        whole = [(path.suffix[1:], path.read_bytes()) for path in SAMPLES]
        torn = [(name, data[: len(data) // 2] + b"<" + data[-500:]) for name, data in whole]
        made = [("gpx", NAIVE), ("igc", IGC), ("kml", KML), ("kml", b"<kml"), ("fit", b"")]
        sources = [*whole, *torn, *made]
        expected = [directly(name, data, options) for name, data in sources]
        assert beside(sources, options) == expected
        assert expected.count(None) == 1

    def test_a_long_trace_comes_in_pieces(self, monkeypatch: pytest.MonkeyPatch) -> None:
        data = SAMPLES[0].read_bytes()
        monkeypatch.setattr(wire, "MAX_FRAME_FIXES", 50)
        assert beside([("gpx", data)], ReadOptions()) == [directly("gpx", data, ReadOptions())]


class TestUnbelievable:
    """Promise: None "where the child ... says what cannot be believed"."""

    @pytest.mark.parametrize(
        "frames",
        [
            answered(END, b""),
            answered(TRACE, b"") + answered(END, b""),
            answered(TRACE, b"\x00\x01x") + answered(PART, b"") + answered(END, b""),
            answered(PART, b"") + answered(PART, b"") + answered(END, b""),
            answered(PART, msgspec.msgpack.encode({"problems": 3})) + answered(END, b""),
            answered(b"?", b"") + answered(PART, b"") + answered(END, b""),
        ],
    )
    def test_it_is_nothing_and_the_next_is_read(self, frames: bytes) -> None:
        (good,) = said_of(NAIVE)
        found = list(results(iter((frames, good))))
        assert found[0] is None
        assert found[1] is not None
        assert found[1].fix_count == 1

    def test_no_frame_is_an_error(self) -> None:
        with pytest.raises(ValueError, match="larger"):
            list(results(iter((b"E\xff\xff\xff\xff",))))


def said_of(data: bytes) -> Iterator[bytes]:
    heard: list[bytes] = []
    inside.serve(io.BytesIO(b"".join(said("gpx", ReadOptions(), data))).read, heard.append)
    yield b"".join(heard)


@pytest.mark.parametrize(
    ("name", "head", "connector"),
    [
        ("a.gpx", NAIVE, "gpx"),
        ("a.csv", b"time,lat,lon\n2026-05-04T08:00:00Z,48,2\n", ""),
        ("a.gpx.gz", b"\x1f\x8b\x08\x00", ""),
        ("a.txt", b"", ""),
        ("page.html", b"<!doctype html><html>", ""),
    ],
)
def test_who_reads_it(name: str, head: bytes, connector: str) -> None:
    assert reader_of(name, head) == connector


def test_all_that_read_beside_are_there() -> None:
    assert {by_name(name).name for name in inside.READS} == inside.READS
