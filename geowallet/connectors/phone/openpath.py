"""OpenPATH (e-mission) time series, as its server and its phones export them.

Source: the wrappers in https://github.com/e-mission/e-mission-server
(``emission/core/wrapper``). ``background/filtered_location`` is a choice among the
points of ``background/location``, which are read where there are any: nothing is
dropped before our own cleaning.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, BinaryIO

from geowallet.connectors.documents.json_records import records
from geowallet.connectors.documents.json_runs import BAD_RECORD
from geowallet.connectors.fields.devices import Devices
from geowallet.connectors.fields.json_fix import add_fix
from geowallet.connectors.fields.json_values import instant, members, real_or_nan
from geowallet.connectors.streams import text_of

if TYPE_CHECKING:
    from geowallet.connectors.api import ReadOptions, ReadResult

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


class OpenPathConnector:
    """Reads the time series of OpenPATH (e-mission), one trace per user."""

    name = "openpath"
    extensions = (".json", ".txt")

    def sniff(self, head: bytes) -> bool:
        text = text_of(head)
        return text[:1] in {"{", "["} and '"metadata"' in text and _KEY.search(text) is not None

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
        reading = _Reading()
        for record in records(stream, "OpenPATH"):
            if isinstance(record.value, dict):
                reading.add(record.where, record.value)
            else:
                reading.all.problems.add(record.where, BAD_RECORD)
        return reading.result(options)


class _Reading:
    """What one reading collects."""

    def __init__(self) -> None:
        self.all, self._filtered = Devices(), Devices()

    def add(self, where: str, value: dict[str, Any]) -> None:
        """Add one record; batteries, transitions and statistics are none of ours."""
        key, data = str(members(value, "metadata").get("key")), members(value, "data")
        user = value.get("user_id")
        device = str(user.get("$uuid", "") if isinstance(user, dict) else user or "")
        if key in {_ALL, _FILTERED}:
            devices = self.all if key == _ALL else self._filtered
            wrong = _add_location(devices, device, data)
            if not isinstance(wrong, int):
                devices.problems.add(where, wrong)
        elif key == "background/motion_activity":
            self._motion(device, data)
        elif key in {"analysis/inferred_section", "analysis/cleaned_section"}:
            self._section(device, data, data.get("sensed_mode"))
        elif key in {"manual/mode_confirm", "analysis/confirmed_trip"}:
            said = members(data, "user_input").get("mode_confirm", data.get("label"))
            self._section(device, data, said)

    def _motion(self, device: str, data: dict[str, Any]) -> None:
        word = _MOTIONS.get(_whole(data.get("type")), "")
        for flag in _FLAGS:
            word = flag if data.get(flag) is True else word
        try:
            at_us, _ = instant(data.get("ts"))
        except (TypeError, ValueError):
            return
        self.all.labels.sample("mode", word, at_us, trace=device)

    def _section(self, device: str, data: dict[str, Any], mode: Any) -> None:
        word = mode if isinstance(mode, str) else _PREDICTED.get(_whole(mode), "")
        try:
            start_us, _ = instant(data.get("start_ts"))
            end_us, _ = instant(data.get("end_ts"))
        except (TypeError, ValueError):
            return
        self.all.labels.add("mode", word.rpartition(".")[2], start_us, end_us, trace=device)

    def result(self, options: ReadOptions) -> ReadResult:
        """Return all locations, or the filtered ones where there are no others."""
        if not len(self.all):
            self._filtered.labels = self.all.labels
            for problem in self.all.problems.entries():
                self._filtered.problems.add(problem.where, problem.what, problem.count)
            return self._filtered.result(options)
        return self.all.result(options)


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
