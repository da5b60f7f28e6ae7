"""OpenXC: what a car's network says, one signal a line.

Source: https://github.com/openxc/openxc-message-format: ``timestamp`` in seconds
since the epoch, ``vehicle_speed`` in km/h, ``odometer`` in km. Latitude and
longitude are two messages; they make a fix when they come together.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, BinaryIO

from geowallet.connectors.documents.json_records import Record, decoded
from geowallet.connectors.documents.json_runs import BAD_RECORD
from geowallet.connectors.documents.record_reading import Reading, RecordConnector
from geowallet.connectors.fields.json_fix import add_fix
from geowallet.connectors.fields.json_values import instant, real_or_nan
from geowallet.connectors.streams import lines, text_of
from geowallet.model.errors import UnreadableSourceError
from geowallet.model.words import N_, Phrase, phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geowallet.connectors.api import ReadOptions, ReadResult

_SIGNAL = re.compile(
    r'"name"\s*:\s*"(?:steering_wheel_angle|torque_at_transmission|engine_speed|vehicle_speed|'
    r"accelerator_pedal_position|parking_brake_status|brake_pedal_status|"
    r"transmission_gear_position|gear_lever_position|odometer|ignition_status|fuel_level|"
    r"fuel_consumed_since_restart|door_status|headlamp_status|high_beam_status|"
    r'windshield_wiper_status|latitude|longitude|button_event)"'
)

TOGETHER_US = 1_000_000
"""Receivers in cars report once a second; the halves of one report are 2 ms apart."""
KMH_MPS = 1 / 3.6

LONELY = phrase(N_("a latitude without its longitude, or the reverse"))


class _Reading(Reading):
    """The state of the car as of the newest message."""

    def __init__(self, options: ReadOptions) -> None:
        super().__init__(options)
        self.untimed = 0
        self.any_signal = False
        self._half: tuple[str, Any, int | None] | None = None
        self._speed_kmh, self._speed_us = math.nan, 0

    def add(self, record: Record) -> None:
        self.problem(record.where, self.message(record.value))

    def result(self) -> ReadResult:
        if not self.any_signal:
            raise UnreadableSourceError(format="OpenXC", reason=N_("no line is a signal"))
        return self.devices.result(self.options, untimed=self.untimed)

    def message(self, value: Any) -> Phrase | None:
        """Take in one message, or return what is wrong with it."""
        if not isinstance(value, dict):
            return BAD_RECORD
        name, said = value.get("name"), value.get("value")
        if not isinstance(name, str):
            return None
        self.any_signal = True
        at_us = _time_us(value.get("timestamp"))
        if name in {"latitude", "longitude"}:
            return self._coordinate(name, said, at_us)
        if at_us is None:
            return None
        if name == "vehicle_speed":
            self._speed_kmh, self._speed_us = real_or_nan(said), at_us
        elif name == "odometer":
            self.devices.labels.odometer(real_or_nan(said) * 1000, at_us)
        elif name == "ignition_status" and isinstance(said, str):
            self.devices.labels.sample("ignition", said, at_us)
        return None

    def _coordinate(self, name: str, said: Any, at_us: int | None) -> Phrase | None:
        """Keep the first half, add a fix with the second."""
        half, self._half = self._half, (name, said, at_us)
        if half is None:
            return None
        other, kept, kept_us = half
        if other == name or not _together(kept_us, at_us):
            return LONELY
        self._half = None
        if at_us is None or kept_us is None:
            self.untimed += 1
            return None
        lat, lon = (kept, said) if name == "longitude" else (said, kept)
        fresh = abs(at_us - self._speed_us) <= TOGETHER_US
        found = add_fix(
            self.devices,
            "",
            max(at_us, kept_us),
            lat,
            lon,
            speed_mps=self._speed_kmh * KMH_MPS if fresh else math.nan,
        )
        return found if isinstance(found, Phrase) else None


class OpenXcConnector(RecordConnector):
    """Reads positions, speed, odometer and ignition."""

    name = "openxc"
    extensions = (".json", ".ndjson", ".jsonl")
    form = "OpenXC"
    reading = _Reading

    def sniff(self, head: bytes) -> bool:
        text = text_of(head)
        if not text.startswith("{"):
            return False
        return '"value"' in text and _SIGNAL.search(text) is not None

    def records(self, stream: BinaryIO) -> Iterator[Record]:
        for number, line in enumerate(lines(stream, self.form), start=1):
            text = line.strip("\ufeff \t\r\n\0")
            if text:
                yield Record(f"line {number}", "", decoded(text.encode(errors="replace")))


def _together(first_us: int | None, second_us: int | None) -> bool:
    if first_us is None or second_us is None:
        return first_us is second_us
    return abs(second_us - first_us) <= TOGETHER_US


def _time_us(value: Any) -> int | None:
    try:
        return instant(value)[0]
    except (TypeError, ValueError, OverflowError):
        return None
