"""Apple Health's ``export.xml``: workouts, and routes where an old export holds them inside.

Source: the document type that a genuine export begins with. Newer exports keep
routes as GPX beside it (``workout-routes/``), which are read as GPX; here they
are only named. Files reach gigabytes; only workouts and places are looked at.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO

from geowallet.connectors.elements import Elements
from geowallet.connectors.fields.devices import Devices
from geowallet.connectors.fields.instants import parse_instant
from geowallet.connectors.fields.numbers import number
from geowallet.connectors.fields.tables import add_row
from geowallet.connectors.streams import text_of
from geowallet.model.words import N_, phrase

if TYPE_CHECKING:
    from geowallet.connectors.api import ReadOptions, ReadResult
    from geowallet.model.fixes import TimeKind

_ROOT = re.compile(r"<(?:!DOCTYPE\s+)?HealthData[\s>\[]")
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
        error = reader.walk(stream, reader.devices.problems)
        if error is not None and not reader.seen:
            reader.refuse_broken(error)
        return reader.devices.result(options, note=BESIDE_NOTE if reader.beside else None)


class _Reader(Elements):
    form = "Apple Health"
    root = "HealthData"
    wanted = frozenset()
    inner_type = True

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
