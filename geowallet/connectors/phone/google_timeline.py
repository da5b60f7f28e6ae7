"""Google's Timeline, as a phone exports it since 2024: Android's object, the iPhone's list.

Source: no document of Google's; the files themselves, and the readers of them in
https://github.com/Freika/dawarich and https://github.com/dedicatedcode/reitti.
``timelinePath`` covers blocks of two hours, whatever journeys and visits lie in them:
paths are the fixes, journeys and visits are labels, and no length is added twice. The
raw signals of the last weeks are a trace of their own, so that the better one counts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from geowallet.connectors.documents.json_runs import BAD_RECORD, runs
from geowallet.connectors.fields.devices import Devices
from geowallet.connectors.fields.google import lat_lon
from geowallet.connectors.fields.json_values import instant, members, real, real_or_nan
from geowallet.connectors.fields.rows import BAD_POSITION, BAD_TIME, NO_POSITION, position
from geowallet.connectors.phone.google_semantic import NO_INTERVAL, NO_PATH_NOTE
from geowallet.connectors.streams import text_of
from geowallet.model.fixes import TimeKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from geowallet.connectors.api import LabelKind, ReadOptions, ReadResult
    from geowallet.model.words import Phrase

RAW_SIGNALS = "rawSignals"
"""Device of the trace of raw signals; that of the paths is empty."""

_OBJECT = re.compile(r'\{\s*"(?:semanticSegments|rawSignals|userLocationProfile)"\s*:')
_LIST = re.compile(
    r'\[\s*\{\s*"(?:startTime|endTime|visit|activity|timelinePath|timelineMemory)(?:\w*)"\s*:'
)
_MEMBER = re.compile(r'"(?:visit|activity|timelinePath|timelineMemory)"\s*:')

_MINUTE_US = 60_000_000
_MOST_MINUTES = 527_040
"""A year: blocks have two hours."""


class _Segment(msgspec.Struct, gc=False):
    startTime: Any = None  # noqa: N815  the names of the format
    endTime: Any = None  # noqa: N815
    startTimeTimezoneUtcOffsetMinutes: Any = None  # noqa: N815
    endTimeTimezoneUtcOffsetMinutes: Any = None  # noqa: N815
    timelinePath: Any = None  # noqa: N815
    visit: Any = None
    activity: Any = None


class _Signal(msgspec.Struct, gc=False):
    position: Any = None


class GoogleTimelineConnector:
    """Reads the Timeline that Google Maps on a phone exports (since 2024)."""

    name = "google_timeline"
    extensions = (".json",)

    def sniff(self, head: bytes) -> bool:
        text = text_of(head)
        if _OBJECT.match(text):
            return True
        return _LIST.match(text) is not None and _MEMBER.search(text) is not None

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
        reading = _Reading()
        segments = msgspec.json.Decoder(list[_Segment])
        signals = msgspec.json.Decoder(list[_Signal])
        for run in runs(stream, "Google Timeline"):
            if run.name in {"", "semanticSegments"}:
                for number, segment in run.records(segments):
                    reading.segment(f"segment {number}", segment)
            elif run.name == "rawSignals":
                for number, signal in run.records(signals):
                    reading.signal(f"signal {number}", signal)
        return reading.result(options)


class _Reading:
    """What one reading collects."""

    def __init__(self) -> None:
        self._devices = Devices()
        self._intervals = 0

    def segment(self, where: str, segment: _Segment | None) -> None:
        """Add a path, a journey or a visit; memories are none of these."""
        if segment is None:
            self._devices.problems.add(where, BAD_RECORD)
            return
        journey, visit = segment.activity, segment.visit
        if isinstance(journey, dict):
            self._label(where, "mode", segment, members(journey, "topCandidate").get("type"))
        elif isinstance(visit, dict):
            best = members(visit, "topCandidate")
            self._label(where, "visit", segment, best.get("semanticType"))
        if isinstance(segment.timelinePath, list):
            for number, point in enumerate(segment.timelinePath, start=1):
                wrong = self._point(point, segment)
                if wrong is not None:
                    self._devices.problems.add(f"{where}, point {number}", wrong)

    def _label(self, where: str, kind: LabelKind, segment: _Segment, word: Any) -> None:
        """Add what is said of the interval; a visit of a place of no kind is "visit"."""
        self._intervals += 1
        try:
            start_us, _ = _moment(segment.startTime, segment.startTimeTimezoneUtcOffsetMinutes)
            end_us, _ = _moment(
                segment.endTime or segment.startTime, segment.endTimeTimezoneUtcOffsetMinutes
            )
        except (TypeError, ValueError):
            self._devices.problems.add(where, NO_INTERVAL)
            return
        if not isinstance(word, str):
            word = "visit" if kind == "visit" else "unknown"
        self._devices.labels.add(kind, word, start_us, end_us)

    def _point(self, point: Any, segment: _Segment) -> Phrase | None:
        if not isinstance(point, dict):
            return NO_POSITION
        return self._add("", point.get("point"), lambda: _point_time(point, segment), {})

    def signal(self, where: str, signal: _Signal | None) -> None:
        """Add a position; scans of networks and guesses of activity are not read."""
        if signal is None:
            self._devices.problems.add(where, BAD_RECORD)
            return
        found = signal.position
        if not isinstance(found, dict):
            return
        place = found.get("LatLng", found.get("latLng"))
        known = {
            "accuracy_m": real_or_nan(found.get("accuracyMeters")),
            "elevation_m": real_or_nan(found.get("altitudeMeters")),
            "speed_mps": real_or_nan(found.get("speedMetersPerSecond")),
        }
        wrong = self._add(RAW_SIGNALS, place, lambda: instant(found.get("timestamp")), known)
        if wrong is not None:
            self._devices.problems.add(where, wrong)

    def _add(
        self,
        device: str,
        place: Any,
        time: Callable[[], tuple[int, TimeKind]],
        known: dict[str, float],
    ) -> Phrase | None:
        """Add one fix, or return what is wrong with it."""
        if place is None:
            return NO_POSITION
        try:
            lat_deg, lon_deg = lat_lon(place)
        except (TypeError, ValueError):
            return BAD_POSITION
        wrong = position(lat_deg, lon_deg)
        if wrong is not None:
            return wrong
        try:
            time_us, kind = time()
            self._devices.add(device, time_us, kind, lat_deg, lon_deg, **known)
        except (TypeError, ValueError):
            return BAD_TIME
        return None

    def result(self, options: ReadOptions) -> ReadResult:
        """Return what was collected."""
        note = NO_PATH_NOTE if self._intervals and not len(self._devices) else None
        return self._devices.result(options, note=note)


def _point_time(point: dict[str, Any], segment: _Segment) -> tuple[int, TimeKind]:
    """Return the time of a path point: its own, or minutes after its segment began.

    Raises:
        TypeError: There is none.
        ValueError: It cannot be read.
    """
    offset_minutes = segment.startTimeTimezoneUtcOffsetMinutes
    if point.get("time") is not None:
        return _moment(point["time"], offset_minutes)
    start_us, kind = _moment(segment.startTime, offset_minutes)
    return start_us + _minutes_us(point.get("durationMinutesOffsetFromStartTime")), kind


def _moment(value: Any, offset_minutes: Any) -> tuple[int, TimeKind]:
    """Return an instant; a local one by the offset that stands beside it, if one does.

    Raises:
        TypeError: There is none.
        ValueError: It cannot be read.
    """
    time_us, kind = instant(value)
    if kind is TimeKind.NAIVE and offset_minutes is not None:
        return time_us - _minutes_us(offset_minutes), TimeKind.OFFSET
    return time_us, kind


def _minutes_us(value: Any) -> int:
    """Return microseconds of a number of minutes.

    Raises:
        TypeError: Not a number.
        ValueError: Not one, or years.
    """
    minutes = real(value)
    if not abs(minutes) <= _MOST_MINUTES:
        raise ValueError("not minutes")
    return round(minutes * _MINUTE_US)
