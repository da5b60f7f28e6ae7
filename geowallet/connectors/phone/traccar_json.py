"""Traccar: positions as its server gives them to programs.

Source: https://www.traccar.org/api-reference/ (Position): ``fixTime`` is when
the receiver fixed it, speed is in knots, odometer in metres; an accuracy of 0
means that the tracker gave none.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, BinaryIO

from geowallet.connectors.documents.json_records import records
from geowallet.connectors.documents.json_runs import BAD_RECORD
from geowallet.connectors.fields.devices import PART_FIXES, Devices
from geowallet.connectors.fields.json_fix import add_fix
from geowallet.connectors.fields.json_values import members, real_or_nan
from geowallet.connectors.streams import text_of
from geowallet.model.words import N_, Phrase, phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geowallet.connectors.api import ReadOptions, ReadResult

_TIME = re.compile(r'"fixTime"\s*:')
_OWN = re.compile(r'"(?:deviceId|serverTime|deviceTime)"\s*:')

KNOT_MPS = 1852 / 3600
"""International nautical mile a hour (BIPM, SI Brochure, 8th ed., table 8)."""

NO_FIX = phrase(N_("the tracker itself says that this position is not valid"))
NO_RECORD = phrase(N_("not a position of Traccar"))


class TraccarJsonConnector:
    """Reads positions, one trace per device; addresses and networks are dropped."""

    name = "traccar_json"
    extensions = (".json", ".jsonl", ".ndjson")

    def sniff(self, head: bytes) -> bool:
        text = text_of(head)
        return text.startswith(("{", "[")) and bool(_TIME.search(text) and _OWN.search(text))

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
        (only,) = _parts(stream, options, most=float("inf"))
        return only

    def read_parts(self, stream: BinaryIO, options: ReadOptions) -> Iterator[ReadResult]:
        """Yield parts of about `PART_FIXES`."""
        return _parts(stream, options, most=PART_FIXES)


def _parts(stream: BinaryIO, options: ReadOptions, *, most: float) -> Iterator[ReadResult]:
    devices = Devices()
    for record in records(stream, "Traccar"):
        if record.name in {"", "positions"}:
            wrong = _position(devices, record.value)
            if wrong is not None:
                devices.problems.add(record.where, wrong)
        if len(devices) >= most:
            yield devices.drain(options)
    yield devices.result(options)


def _position(devices: Devices, value: Any) -> Phrase | None:
    """Add one position, or return what is wrong with it."""
    if value is None:
        return BAD_RECORD
    value = members(value, "position") or value  # as the server forwards it, with its device
    if not isinstance(value, dict) or not value.keys() & {"fixTime", "latitude"}:
        return NO_RECORD
    if value.get("valid") is False:
        return NO_FIX
    number = value.get("deviceId")
    device = str(number) if type(number) in {int, str} else ""
    time_us = add_fix(
        devices,
        device,
        value.get("fixTime"),
        value.get("latitude"),
        value.get("longitude"),
        elevation_m=real_or_nan(value.get("altitude")),
        accuracy_m=real_or_nan(value.get("accuracy")) or math.nan,
        speed_mps=real_or_nan(value.get("speed")) * KNOT_MPS,
        bearing_deg=real_or_nan(value.get("course")),
    )
    if isinstance(time_us, Phrase):
        return time_us
    said = members(value, "attributes")
    devices.labels.odometer(real_or_nan(said.get("odometer")), time_us, trace=device)
    if type(said.get("ignition")) is bool:
        word = "on" if said["ignition"] else "off"
        devices.labels.sample("ignition", word, time_us, trace=device)
    return None
