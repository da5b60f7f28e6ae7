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

import numpy as np

from geowallet.connectors.documents.elements import Elements
from geowallet.connectors.documents.plain_values import BLANK, INSTANT, NUMBER, moments_us, reals
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


def _plain(name: str, value: str) -> str:
    return rf"<{name}>{value}</{name}>{BLANK}"


_BEAT = _plain("Value", r"\d{1,3}")
_EXTENSION = (
    rf"<Extensions>{BLANK}<(?P<space>(?:\w+:)?)TPX(?: xmlns=\"[^\"<&]{{1,99}}\")?>{BLANK}"
    rf"(?:<(?P=space)Speed>{NUMBER}</(?P=space)Speed>{BLANK})?+"
    rf"(?:<(?P=space)(?P<what>Watts|RunCadence)>[\d.]++</(?P=space)(?P=what)>{BLANK})*+"
    rf"</(?P=space)TPX>{BLANK}</Extensions>{BLANK}"
)
_POINT = (
    rf"{BLANK}<Trackpoint>{BLANK}{_plain('Time', INSTANT)}<Position>{BLANK}"
    rf"{_plain('LatitudeDegrees', NUMBER)}{_plain('LongitudeDegrees', NUMBER)}</Position>{BLANK}"
    rf"(?:{_plain('AltitudeMeters', NUMBER)})?+(?:{_plain('DistanceMeters', r'[-+]?[0-9.]++')})?+"
    rf"(?:<HeartRateBpm(?: xsi:type=\"\w{{1,64}}\")?>{BLANK}{_BEAT}</HeartRateBpm>{BLANK})?+"
    rf"(?:{_plain('Cadence', r'[0-9]++')})?+(?:{_EXTENSION})?+</Trackpoint>"
)
"""A point as nearly all programs write it: the elements in the order of the schema."""

_PLAIN_POINT, _PLAIN_POINTS = (re.compile(p, re.ASCII) for p in (_POINT, f"(?:{_POINT})++"))
_LAT, _LON, _TIME, _ALTITUDE, _SPEED = 1, 2, 0, 3, 5
"""Where these stand among the groups of a point."""

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
    plain_end = re.compile("</Trackpoint>")

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

    def take_run(self, text: str, start: int) -> int:
        run = _PLAIN_POINTS.match(text, start) if self._values is None else None
        if run is None:
            return start
        columns = list(zip(*_PLAIN_POINT.findall(text, start, run.end()), strict=True))
        try:
            lat_deg, lon_deg, elevation_m, speed_mps = (
                reals(columns[place]) for place in (_LAT, _LON, _ALTITUDE, _SPEED)
            )
            time_us = moments_us(columns[_TIME])
        except ValueError:
            return start
        if np.any(np.abs(lat_deg) > 90) or np.any(np.abs(lon_deg) > 180):
            return start
        known = {"elevation_m": elevation_m, "speed_mps": speed_mps}
        self.devices.extend("", time_us, lat_deg, lon_deg, **known)
        self._point += len(time_us)
        self.points += len(time_us)
        span = [int(time_us.min()), int(time_us.max()), *self._span]
        self._span = [min(span), max(span)]
        return run.end()

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
