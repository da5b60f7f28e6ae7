"""Garmin Training Center TCX: track points of activities, laps joined.

Source: https://www8.garmin.com/xmlschemas/TrainingCenterDatabasev2.xsd
(``Trackpoint_t``) and https://www8.garmin.com/xmlschemas/ActivityExtensionv2.xsd
(``Speed``, metres a second). Points without a position are normal there:
indoors, in a pause, before the first fix.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, BinaryIO

from geowallet.connectors.documents.elements import Elements
from geowallet.connectors.fields.devices import Devices
from geowallet.connectors.fields.instants import parse_instant
from geowallet.connectors.fields.rows import BAD_POSITION, BAD_TIME, placeless_note, position
from geowallet.connectors.streams import text_of
from geowallet.model.fixes import TimeKind
from geowallet.model.words import N_, Phrase, phrase

if TYPE_CHECKING:
    from geowallet.connectors.api import ReadOptions, ReadResult

_ROOT = re.compile(r"<(?:[\w.-]+:)?TrainingCenterDatabase[\s>/]")

_COLUMNS = {"AltitudeMeters": "elevation_m", "Speed": "speed_mps"}

COURSE_NOTE = phrase(
    N_("it is a course: its times may be planned by a computer, not measured on the way")
)


class TcxConnector:
    """Reads the track points of activities and courses; the sport becomes a label."""

    name = "tcx"
    extensions = (".tcx",)

    def sniff(self, head: bytes) -> bool:
        text = text_of(head)
        return text.startswith("<") and _ROOT.search(text) is not None

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
        reader = _Reader()
        error = reader.walk(stream, reader.devices.problems)
        if error is not None and not reader.points:
            reader.refuse_broken(error)
        return reader.devices.result(options, untimed=reader.untimed, note=reader.note())


class _Reader(Elements):
    form = "TCX"
    root = "TrainingCenterDatabase"
    wanted = frozenset({"Time", "LatitudeDegrees", "LongitudeDegrees", *_COLUMNS})

    def __init__(self) -> None:
        super().__init__()
        self.devices = Devices()
        self.points = self.untimed = 0
        self._placeless = 0
        self._courses = False
        self._sport = ""
        self._span: list[int] = []
        self._activity = self._lap = self._point = 0
        self._values: dict[str, str] | None = None

    def opened(self, local: str, attributes: dict[str, str]) -> None:
        if local == "Trackpoint":
            self._point += 1
            self._values = {}
        elif local == "Lap":
            self._lap, self._point = self._lap + 1, 0
        elif local in {"Activity", "Course"}:
            self._activity, self._lap, self._point = self._activity + 1, 0, 0
            self._courses |= local == "Course"
            self._sport, self._span = attributes.get("Sport", ""), []

    def closed(self, local: str, text: str) -> None:
        if local == "Activity":
            if self._span:
                self.devices.labels.add("mode", self._sport, min(self._span), max(self._span))
        elif self._values is None:
            return
        elif local == "Trackpoint":
            self.points += 1
            wrong = self._add_point(self._values)
            self._values = None
            if wrong is not None:
                where = f"activity {self._activity}, lap {self._lap}, point {self._point}"
                self.devices.problems.add(where, wrong)
        elif local in self.wanted and text:
            self._values.setdefault(local, text)

    def _add_point(self, values: dict[str, str]) -> Phrase | None:
        """Add the row of the point that just ended, or return what is wrong with it."""
        if not {"LatitudeDegrees", "LongitudeDegrees"} <= values.keys():
            self._placeless += 1
            return None
        try:
            lat_deg = float(values["LatitudeDegrees"])
            lon_deg = float(values["LongitudeDegrees"])
        except ValueError:
            return BAD_POSITION
        wrong = position(lat_deg, lon_deg)
        if wrong is not None:
            return wrong
        if "Time" not in values:
            self.untimed += 1
            return None
        try:
            time_us, kind = parse_instant(values["Time"])
            known = {_COLUMNS[name]: _number(values[name]) for name in _COLUMNS if name in values}
            self.devices.add("", time_us, kind, lat_deg, lon_deg, **known)
        except ValueError:
            return BAD_TIME
        if kind is not TimeKind.NAIVE:
            self._span = [min([time_us, *self._span]), max([time_us, *self._span])]
        return None

    def note(self) -> Phrase | None:
        """Return the sentence about the whole source, if there is one to say."""
        if self._courses:
            return COURSE_NOTE
        return placeless_note(self._placeless)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
