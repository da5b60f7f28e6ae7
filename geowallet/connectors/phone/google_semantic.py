"""Google's Semantic Location History: a month of journeys and visits, until 2024.

Source: https://locationhistoryformat.com/reference/semantic/. Only the points of
``simplifiedRawPath`` have instants; waypoints are a guess of the way, without time,
and the ends of a journey or visit bound an interval: they are said, not counted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from geowallet.connectors.documents.json_runs import BAD_RECORD, runs
from geowallet.connectors.fields.devices import Devices
from geowallet.connectors.fields.google import degrees_e7
from geowallet.connectors.fields.json_values import instant, items, members, real_or_nan
from geowallet.connectors.fields.rows import BAD_POSITION, BAD_TIME, NO_POSITION, position
from geowallet.connectors.streams import text_of
from geowallet.model.words import N_, phrase

if TYPE_CHECKING:
    from geowallet.connectors.api import LabelKind, ReadOptions, ReadResult
    from geowallet.model.words import Phrase

_HEAD = re.compile(r'\{\s*"timelineObjects"\s*:\s*\[')

NO_INTERVAL = phrase(N_("a journey or visit without a readable beginning and end"))
NO_PATH_NOTE = phrase(N_("it holds journeys and visits, but no timed position on the way"))


class _Object(msgspec.Struct, gc=False):
    activitySegment: Any = None  # noqa: N815  the names of the format
    placeVisit: Any = None  # noqa: N815


class GoogleSemanticConnector:
    """Reads Google's Semantic Location History (Takeout until 2024)."""

    name = "google_semantic"
    extensions = (".json",)

    def sniff(self, head: bytes) -> bool:
        return _HEAD.match(text_of(head)) is not None

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
        reading = _Reading()
        decoder = msgspec.json.Decoder(list[_Object])
        for run in runs(stream, "Google Semantic Location History"):
            if run.name == "timelineObjects":
                for number, value in run.records(decoder):
                    reading.add(f"object {number}", value)
        return reading.result(options)


class _Reading:
    """What one reading collects."""

    def __init__(self) -> None:
        self._devices = Devices()
        self._untimed = 0
        self._intervals = 0

    def add(self, where: str, value: _Object | None) -> None:
        """Add one journey or visit."""
        journey = value.activitySegment if value is not None else None
        visit = value.placeVisit if value is not None else None
        if isinstance(journey, dict):
            self._label(where, "mode", journey, journey.get("activityType"))
            self._path(where, journey)
        elif isinstance(visit, dict):
            self._label(where, "visit", visit, members(visit, "location").get("semanticType"))
            self._path(where, visit)
        else:
            self._devices.problems.add(where, BAD_RECORD)

    def _label(self, where: str, kind: LabelKind, value: dict[str, Any], word: Any) -> None:
        """Add what is said of the interval; a visit of a place of no kind is "visit"."""
        duration = members(value, "duration")
        self._intervals += 1
        try:
            start_us = _end_us(duration, "start")
            end_us = _end_us(duration, "end") if len(duration) > 1 else start_us
        except (TypeError, ValueError):
            self._devices.problems.add(where, NO_INTERVAL)
            return
        if not isinstance(word, str):
            word = "visit" if kind == "visit" else "UNKNOWN_ACTIVITY_TYPE"
        self._devices.labels.add(kind, word, start_us, end_us)

    def _path(self, where: str, value: dict[str, Any]) -> None:
        for number, point in enumerate(items(members(value, "simplifiedRawPath"), "points"), 1):
            wrong = self._point(point)
            if wrong is not None:
                self._devices.problems.add(f"{where}, point {number}", wrong)
        self._untimed += len(items(members(value, "waypointPath"), "waypoints"))

    def _point(self, point: Any) -> Phrase | None:
        """Add the fix of a point, or return what is wrong with it."""
        if not isinstance(point, dict) or "latE7" not in point or "lngE7" not in point:
            return NO_POSITION
        try:
            lat_deg, lon_deg = degrees_e7(point["latE7"]), degrees_e7(point["lngE7"])
        except TypeError:
            return BAD_POSITION
        wrong = position(lat_deg, lon_deg)
        if wrong is not None:
            return wrong
        try:
            time_us, kind = instant(point.get("timestamp") or point.get("timestampMs"))
            accuracy_m = real_or_nan(point.get("accuracyMeters"))
            self._devices.add("", time_us, kind, lat_deg, lon_deg, accuracy_m=accuracy_m)
        except (TypeError, ValueError):
            return BAD_TIME
        return None

    def result(self, options: ReadOptions) -> ReadResult:
        """Return what was collected."""
        note = NO_PATH_NOTE if self._intervals and not len(self._devices) else None
        return self._devices.result(options, untimed=self._untimed, note=note)


def _end_us(duration: dict[str, Any], end: str) -> int:
    """Return the instant of one end of an interval.

    Raises:
        TypeError: There is none.
        ValueError: It cannot be read.
    """
    value = duration.get(f"{end}Timestamp") or duration.get(f"{end}TimestampMs")
    return instant(value)[0]
