"""Traccar: positions as its server gives them to programs.

Source: https://www.traccar.org/api-reference/ (Position): ``fixTime`` is when
the receiver fixed it, speed is in knots, odometer in metres; an accuracy of 0
means that the tracker gave none.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from geowallet.connectors.documents.json_runs import BAD_RECORD
from geowallet.connectors.documents.record_reading import Reading, RecordConnector
from geowallet.connectors.fields.json_fix import add_fix
from geowallet.connectors.fields.json_values import members, real_or_nan
from geowallet.connectors.streams import text_of
from geowallet.model.words import N_, Phrase, phrase

if TYPE_CHECKING:
    from geowallet.connectors.documents.json_records import Record
    from geowallet.connectors.fields.devices import Devices

_TIME = re.compile(r'"fixTime"\s*:')
_OWN = re.compile(r'"(?:deviceId|serverTime|deviceTime)"\s*:')

KNOT_MPS = 1852 / 3600
"""International nautical mile a hour (BIPM, SI Brochure, 8th ed., table 8)."""

NO_FIX = phrase(N_("the tracker itself says that this position is not valid"))
NO_RECORD = phrase(N_("not a position of Traccar"))


class _Positions(Reading):
    def add(self, record: Record) -> None:
        if record.name in {"", "positions"}:
            self.problem(record.where, _position(self.devices, record.value))


class TraccarJsonConnector(RecordConnector):
    """Reads positions, one trace per device; addresses and networks are dropped."""

    name = "traccar_json"
    extensions = (".json", ".jsonl", ".ndjson")
    form = "Traccar"
    reading = _Positions

    def sniff(self, head: bytes) -> bool:
        text = text_of(head)
        return text.startswith(("{", "[")) and bool(_TIME.search(text) and _OWN.search(text))


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
