"""Polarsteps' ``locations.json``: a position every few minutes or hours of a voyage.

Source: no document; the readers in https://github.com/niekvleeuwen/polarsteps-data-parser
and https://github.com/Freika/dawarich. Times are seconds since 1970, or ISO text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from geowallet.connectors.documents.json_runs import BAD_RECORD
from geowallet.connectors.documents.record_reading import Reading, RecordConnector
from geowallet.connectors.fields.json_fix import add_fix
from geowallet.connectors.streams import text_of

if TYPE_CHECKING:
    from geowallet.connectors.documents.json_records import Record

_HEAD = re.compile(r'\{\s*"locations"\s*:\s*\[\s*\{([^{}]*)')
_MEMBERS = ('"lat"', '"lon"', '"time"')


class _Locations(Reading):
    def add(self, record: Record) -> None:
        value = record.value
        if record.name == "locations":
            is_record = isinstance(value, dict)
            place = [value.get(name) for name in ("time", "lat", "lon")] if is_record else []
            self.problem(record.where, add_fix(self.devices, "", *place) if place else BAD_RECORD)


class PolarstepsConnector(RecordConnector):
    """Reads the locations.json of a voyage from a Polarsteps export."""

    name = "polarsteps"
    extensions = (".json",)
    form = "Polarsteps"
    reading = _Locations

    def sniff(self, head: bytes) -> bool:
        found = _HEAD.match(text_of(head))
        return found is not None and all(member in found[1] for member in _MEMBERS)
