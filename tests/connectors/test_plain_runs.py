"""Elements taken in runs, past the parser: the same as the parser takes them one by one."""

from __future__ import annotations

import io
import random

import pytest

from geowallet.connectors.api import ReadOptions, ReadResult
from geowallet.connectors.documents import xml_text
from geowallet.connectors.standard import kml, tcx
from geowallet.model.errors import GeowalletError

ZONE = ReadOptions(zone="Europe/Paris")
TIMES = (
    *["2026-05-01T08:00:{:02d}Z"] * 12,
    "2026-05-01T08:00:{:02d}.125Z",
    "2026-05-01T25:00:{:02d}Z",
    "2026-05-01T08:00:{:02d}+02:00",
    "2026-05-01T08:00:{:02d}",
    " 2026-05-01T08:00:{:02d}Z ",
    "2026-13-01T08:00:{:02d}Z",
    "",
)
NUMBERS = (
    *["48.{:05d}"] * 12,
    "-0.{:05d}",
    "+1{:05d}",
    "1.2.{:05d}",
    "9{:d}9.5",
    " 4.{:d}",
    ".",
    "",
)
WHEN = "<when>2026-05-01T08:00:00Z</when>"
POINT = (
    "<Trackpoint><Time>2026-05-01T08:00:00Z</Time><Position><LatitudeDegrees>1</LatitudeDegrees>"
    "<LongitudeDegrees>2</LongitudeDegrees></Position></Trackpoint>"
)
COMMENT = f"<!-- {POINT}{POINT} {WHEN}{WHEN} -->"
BETWEEN = (
    *["", "\n", "\n  "] * 4,
    COMMENT,
    f"<![CDATA[{COMMENT}]]>",
    "<x/>",
    "text",
    "&amp;",
    "\r\n",
)


class Writer:
    """Writes documents, most of them plain, seeded."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311  not for secrets
        self._odd = self._random.choice([0.0, 0.02, 0.3])

    def _pick(self, values: tuple[str, ...]) -> str:
        return self._random.choice(values) if self._random.random() < self._odd else values[0]

    def _time(self) -> str:
        return self._pick(TIMES).format(self._random.randrange(60))

    def _number(self) -> str:
        return self._pick(NUMBERS).format(self._random.randrange(90_000))

    def tcx(self) -> str:
        body = "".join(self._point() + self._pick(BETWEEN) for _ in range(40))
        sport = '<Activity Sport="Biking"><Lap><Track>'
        ends = "</Track></Lap></Activity></TrainingCenterDatabase>"
        return f"<TrainingCenterDatabase>{sport}{body}{ends}"

    def _point(self) -> str:
        blank = self._random.choice(["", "\n "])
        parts = [
            f"<Time>{self._time()}</Time>",
            f"<Position><LatitudeDegrees>{self._number()}</LatitudeDegrees>",
            f"<LongitudeDegrees>{self._number()}</LongitudeDegrees></Position>",
            f"<AltitudeMeters>{self._number()}</AltitudeMeters>",
            "<HeartRateBpm><Value>120</Value></HeartRateBpm>",
            f'<Extensions><TPX xmlns="u"><Speed>{self._number()}</Speed></TPX></Extensions>',
        ]
        kept = [part for part in parts if self._random.random() > self._odd / 4]
        return f"<Trackpoint>{blank}{blank.join(kept)}{blank}</Trackpoint>"

    def kml(self) -> str:
        whens = [f"<when>{self._time()}</when>{self._pick(BETWEEN)}" for _ in range(40)]
        coords = [self._coord() + self._pick(BETWEEN) for _ in range(self._random.choice([40, 39]))]
        pairs = zip(whens, coords, strict=False)
        apart = self._random.random() < 0.5
        body = "".join(whens + coords) if apart else "".join(f"{a}\n{b}" for a, b in pairs)
        return f"<kml><Placemark><gx:Track>{body}</gx:Track></Placemark></kml>"

    def _coord(self) -> str:
        altitude = self._random.choice([f" {self._number()}", f" {self._number()}", ""])
        return f"<gx:coord>{self._number()} {self._number()}{altitude}</gx:coord>"

    def cut(self, text: str) -> bytes:
        """Return the document, some broken off somewhere."""
        stop = self._random.randrange(len(text)) if self._random.random() < 0.2 else len(text)
        return text[:stop].encode()


def _read(connector: kml.KmlConnector | tcx.TcxConnector, data: bytes) -> ReadResult | str:
    try:
        return connector.read(io.BytesIO(data), ZONE)
    except GeowalletError as error:
        return repr(error)


def _told(result: ReadResult | str) -> object:
    if isinstance(result, str):
        return result
    traces = [
        (t.device, t.time_kind, *(getattr(t.fixes, name).tobytes() for name in t.fixes.__slots__))
        for t in result.traces
    ]
    return traces, result.problems, result.untimed, result.note, result.labels


@pytest.mark.parametrize("block", [1 << 19, 301])
@pytest.mark.parametrize("module", [tcx, kml])
def test_runs_say_what_the_parser_says(
    module: object, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xml_text, "READ_BYTES", block)
    connector = tcx.TcxConnector() if module is tcx else kml.KmlConnector()
    reader = tcx._Reader if module is tcx else kml._Reader
    for seed in range(60):
        writer = Writer(seed)
        data = writer.cut(writer.tcx() if module is tcx else writer.kml())
        quick = _told(_read(connector, data))
        with monkeypatch.context() as patch:
            patch.setattr(reader, "plain_end", None)
            assert quick == _told(_read(connector, data)), seed


@pytest.mark.parametrize(("module", "fewest"), [(tcx, 38), (kml, 78)])
def test_plain_points_do_not_reach_the_parser(
    module: object, fewest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = tcx._Reader if module is tcx else kml._Reader
    seen: list[str] = []
    closed = reader.closed

    def counted(self: object, local: str, text: str) -> None:
        seen.append(local)
        closed(self, local, text)  # type: ignore[arg-type]  # one of the two

    monkeypatch.setattr(reader, "closed", counted)
    writer = Writer(0)
    writer._odd = 0.0
    data = (writer.tcx() if module is tcx else writer.kml()).encode()
    connector = tcx.TcxConnector() if module is tcx else kml.KmlConnector()
    result = connector.read(io.BytesIO(data), ZONE)
    assert len(result.traces[0].fixes) >= 39
    assert len([name for name in seen if name in {"Trackpoint", "when", "coord"}]) <= 80 - fewest
