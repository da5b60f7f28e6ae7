"""Polarsteps' ``locations.json``: a position every few minutes or hours of a voyage.

Source: no document; the readers in https://github.com/niekvleeuwen/polarsteps-data-parser
and https://github.com/Freika/dawarich. Times are seconds since 1970, or ISO text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO

from geowallet.connectors.documents.json_records import records
from geowallet.connectors.documents.json_runs import BAD_RECORD
from geowallet.connectors.fields.devices import Devices
from geowallet.connectors.fields.json_fix import add_fix
from geowallet.connectors.streams import text_of

if TYPE_CHECKING:
    from geowallet.connectors.api import ReadOptions, ReadResult

_HEAD = re.compile(r'\{\s*"locations"\s*:\s*\[\s*\{([^{}]*)')
_MEMBERS = ('"lat"', '"lon"', '"time"')


class PolarstepsConnector:
    """Reads the locations.json of a voyage from a Polarsteps export."""

    name = "polarsteps"
    extensions = (".json",)

    def sniff(self, head: bytes) -> bool:
        found = _HEAD.match(text_of(head))
        return found is not None and all(member in found[1] for member in _MEMBERS)

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
        devices = Devices()
        for record in records(stream, "Polarsteps"):
            if record.name != "locations":
                continue
            value = record.value
            wrong = (
                add_fix(devices, "", value.get("time"), value.get("lat"), value.get("lon"))
                if isinstance(value, dict)
                else BAD_RECORD
            )
            if not isinstance(wrong, int):
                devices.problems.add(record.where, wrong)
        return devices.result(options)
