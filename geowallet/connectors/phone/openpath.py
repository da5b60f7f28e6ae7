"""OpenPATH (e-mission) time series, as its server and its phones export them.

Source: the wrappers in https://github.com/e-mission/e-mission-server
(``emission/core/wrapper``). ``background/filtered_location`` is a choice among the
points of ``background/location``, which are read where there are any: nothing is
dropped before our own cleaning.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from geowallet.connectors.documents.json_runs import BAD_RECORD
from geowallet.connectors.documents.record_reading import Reading, RecordConnector
from geowallet.connectors.fields.devices import Devices
from geowallet.connectors.fields.json_fix import add_fix
from geowallet.connectors.fields.json_values import instant, members, real_or_nan
from geowallet.connectors.streams import text_of

if TYPE_CHECKING:
    from geowallet.connectors.api import ReadOptions, ReadResult
    from geowallet.connectors.documents.json_records import Record

_KEY = re.compile(
    r'"key"\s*:\s*"(?:background|statemachine|analysis|manual|stats|config|inference'
    r'|segmentation)/\w+"'
)
_ALL, _FILTERED = "background/location", "background/filtered_location"

_MOTIONS = {
    0: "IN_VEHICLE", 1: "BICYCLING", 2: "ON_FOOT", 3: "STILL", 4: "UNKNOWN", 5: "TILTING",
    7: "WALKING", 8: "RUNNING", 9: "NONE", 10: "STOPPED_WHILE_IN_VEHICLE", 11: "AIR_OR_HSR",
}  # fmt: skip
"""``emission/core/wrapper/motionactivity.py``, MotionTypes."""
_PREDICTED = {
    0: "UNKNOWN", 1: "WALKING", 2: "BICYCLING", 3: "BUS", 4: "TRAIN", 5: "CAR", 6: "AIR_OR_HSR",
    7: "SUBWAY", 8: "TRAM", 9: "LIGHT_RAIL",
}  # fmt: skip
"""``emission/core/wrapper/modeprediction.py``, PredictedModeTypes."""
_FLAGS = ("automotive", "cycling", "walking", "running", "stationary")
"""How an iPhone says it: one of them is true."""


class _Reading(Reading):
    def __init__(self, options: ReadOptions) -> None:
        super().__init__(options)
        self._filtered = Devices()
        self._any = False
        self._zones: dict[str, tuple[str, int, int]] = {}

    def add(self, record: Record) -> None:
        """Take in one record; batteries, transitions and statistics are none of ours."""
        value = record.value
        if not isinstance(value, dict):
            self.problem(record.where, BAD_RECORD)
            return
        key, data = str(members(value, "metadata").get("key")), members(value, "data")
        user = value.get("user_id")
        device = str(user.get("$uuid", "") if isinstance(user, dict) else user or "")
        if key in {_ALL, _FILTERED}:
            self._any |= key == _ALL
            devices = self.devices if key == _ALL else self._filtered
            found = _add_location(devices, device, data)
            if isinstance(found, int):
                self._zone(device, members(value, "metadata").get("time_zone"), found)
            else:
                devices.problems.add(record.where, found)
        elif key == "background/motion_activity":
            self._motion(device, data)
        elif key in {"analysis/inferred_section", "analysis/cleaned_section"}:
            self._section(device, data, data.get("sensed_mode"))
        elif key in {"manual/mode_confirm", "analysis/confirmed_trip"}:
            said = members(data, "user_input").get("mode_confirm", data.get("label"))
            self._section(device, data, said)

    def _zone(self, device: str, zone: Any, at_us: int) -> None:
        """Say in which time zone the phone was, from its first position there to its last."""
        if not isinstance(zone, str):
            return
        before, first_us, last_us = self._zones.get(device, (zone, at_us, at_us))
        if before != zone:
            self.devices.labels.add("zone", before, first_us, last_us, trace=device)
            first_us = last_us = at_us
        self._zones[device] = (zone, min(first_us, at_us), max(last_us, at_us))

    def _motion(self, device: str, data: dict[str, Any]) -> None:
        word = _MOTIONS.get(_whole(data.get("type")), "")
        for flag in _FLAGS:
            word = flag if data.get(flag) is True else word
        try:
            at_us, _ = instant(data.get("ts"))
        except (TypeError, ValueError):
            return
        self.devices.labels.sample("mode", word, at_us, trace=device)

    def _section(self, device: str, data: dict[str, Any], mode: Any) -> None:
        word = mode if isinstance(mode, str) else _PREDICTED.get(_whole(mode), "")
        try:
            start_us, _ = instant(data.get("start_ts"))
            end_us, _ = instant(data.get("end_ts"))
        except (TypeError, ValueError):
            return
        self.devices.labels.add("mode", word.rpartition(".")[2], start_us, end_us, trace=device)

    def result(self) -> ReadResult:
        """Return all locations, or the filtered ones where there are no others."""
        for device, (zone, first_us, last_us) in self._zones.items():
            self.devices.labels.add("zone", zone, first_us, last_us, trace=device)
        if self._any:
            return self.devices.result(self.options)
        self._filtered.labels = self.devices.labels
        for problem in self.devices.problems.entries():
            self._filtered.problems.add(problem.where, problem.what, problem.count)
        return self._filtered.result(self.options)


class OpenPathConnector(RecordConnector):
    """Reads the time series of OpenPATH (e-mission), one trace per user."""

    name = "openpath"
    extensions = (".json", ".txt")
    form = "OpenPATH"
    reading = _Reading

    def sniff(self, head: bytes) -> bool:
        text = text_of(head)
        return text[:1] in {"{", "["} and '"metadata"' in text and _KEY.search(text) is not None


def _add_location(devices: Devices, device: str, data: dict[str, Any]) -> Any:
    """Add a fix and return its time, or what is wrong; ``m`` names are those of old Androids."""
    bearing = data.get("heading", data.get("bearing", data.get("mBearing")))
    return add_fix(
        devices,
        device,
        data.get("ts", data.get("mTime")),
        data.get("latitude", data.get("mLatitude")),
        data.get("longitude", data.get("mLongitude")),
        elevation_m=real_or_nan(data.get("altitude", data.get("mAltitude"))),
        accuracy_m=real_or_nan(data.get("accuracy", data.get("mAccuracy"))),
        speed_mps=real_or_nan(data.get("sensed_speed", data.get("mSpeed"))),
        bearing_deg=real_or_nan(bearing),
    )


def _whole(value: Any) -> int:
    return value if type(value) is int else -1
