"""Apple Health's ``export.xml``: workouts, and routes where an old export holds them inside.

Source: the document type that a genuine export begins with. Newer exports keep
routes as GPX beside it (``workout-routes/``), which are read as GPX; here they
are only named. Files reach gigabytes; only workouts and places are looked at.

The document type is cut out before anything parses it: it says nothing that is
needed, and that of iOS 16 is broken (healthkit-to-sqlite, issue 24). One that
declares an entity or names something outside is left in, and refused as in any XML.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO

from geowallet.connectors.documents.elements import Elements
from geowallet.connectors.fields.devices import Devices
from geowallet.connectors.fields.instants import parse_instant
from geowallet.connectors.fields.numbers import number
from geowallet.connectors.fields.tables import add_row
from geowallet.connectors.streams import rewound, take, text_of
from geowallet.model.words import N_, phrase

if TYPE_CHECKING:
    from geowallet.connectors.api import ReadOptions, ReadResult
    from geowallet.model.fixes import TimeKind

_ROOT = re.compile(r"<(?:!DOCTYPE\s+)?HealthData[\s>\[]")
_TYPE = re.compile(
    rb"((?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>)?\s*)"
    rb"<!DOCTYPE\s+HealthData\s*\[(?:(?!<!ENTITY).)*?\]\s*>(?=\s*<HealthData[\s>])",
    re.DOTALL,
)
TYPE_BYTES = 1 << 16
"""Within which the document type ends; genuine ones have 8 KB."""
_PREFIX = "HKWorkoutActivityType"

BESIDE_NOTE = phrase(N_("its routes are GPX files beside it, in workout-routes"))


class AppleHealthConnector:
    """Reads the kinds of workouts; who, which device and every measure of health are dropped."""

    name = "apple_health"
    extensions = (".xml",)

    def sniff(self, head: bytes) -> bool:
        text = text_of(head)
        return text.startswith("<") and _ROOT.search(text) is not None

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
        reader = _Reader()
        error = reader.walk(_untyped(stream), reader.devices.problems)
        if error is not None and not reader.seen:
            reader.refuse_broken(error)
        return reader.devices.result(options, note=BESIDE_NOTE if reader.beside else None)


def _untyped(stream: BinaryIO) -> BinaryIO:
    """Return the document without its document type; its lines keep their numbers."""
    head = take(stream, TYPE_BYTES)
    found = _TYPE.match(head)
    if found is not None:
        head = found[1] + b"\n" * found[0][found.end(1) :].count(b"\n") + head[found.end() :]
    return rewound(head, stream)


class _Reader(Elements):
    form = "Apple Health"
    root = "HealthData"
    wanted = frozenset()

    def __init__(self) -> None:
        super().__init__()
        self.devices = Devices()
        self.beside = False
        self.seen = 0
        self._places = 0

    def opened(self, local: str, attributes: dict[str, str]) -> None:
        self.seen += 1
        if local == "Workout":
            self._workout(attributes)
        elif local == "Location":
            self._location(attributes)
        elif local == "FileReference":
            self.beside = True

    def _workout(self, said: dict[str, str]) -> None:
        start, end = _time(said.get("startDate", "")), _time(said.get("endDate", ""))
        kind = said.get("workoutActivityType", "").removeprefix(_PREFIX)
        if start is not None and end is not None:
            self.devices.labels.add("mode", kind, start[0], end[0])

    def _location(self, said: dict[str, str]) -> None:
        self._places += 1
        wrong = add_row(
            self.devices,
            "",
            _time(said.get("date", "")),
            said.get("latitude", ""),
            said.get("longitude", ""),
            elevation_m=_real(said.get("altitude", "")),
            accuracy_m=_real(said.get("horizontalAccuracy", "")),
            speed_mps=_real(said.get("speed", "")),
            bearing_deg=_real(said.get("course", "")),
        )
        if wrong is not None:
            self.devices.problems.add(f"location {self._places}", wrong)


def _time(text: str) -> tuple[int, TimeKind] | None:
    try:
        return parse_instant(text)
    except ValueError:
        return None


def _real(text: str) -> float:
    try:
        return number(text)
    except ValueError:
        return float("nan")
