"""Samsung Health: the positions of one exercise, as the personal data export holds them.

``jsons/com.samsung.shealth.exercise/<x>/<id>.com.samsung.health.exercise.location_data.json``
is a list of points with milliseconds since the epoch, degrees and metres.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO

from geowallet.connectors.documents.json_records import records
from geowallet.connectors.documents.json_runs import BAD_RECORD
from geowallet.connectors.fields.devices import Devices
from geowallet.connectors.fields.json_fix import add_fix
from geowallet.connectors.fields.json_values import real_or_nan
from geowallet.connectors.fields.rows import NO_POSITION
from geowallet.connectors.streams import text_of
from geowallet.model.words import Phrase

if TYPE_CHECKING:
    from geowallet.connectors.api import ReadOptions, ReadResult

_START = re.compile(r'"start_time"\s*:\s*"?\d{12,13}\b')


class SamsungHealthConnector:
    """Reads the list of points of one exercise."""

    name = "samsung_health"
    extensions = (".json",)

    def sniff(self, head: bytes) -> bool:
        text = text_of(head)
        named = '"latitude"' in text and '"longitude"' in text
        return text.startswith("[") and named and _START.search(text) is not None

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
        devices = Devices()
        for record in records(stream, "Samsung Health"):
            value = record.value
            if not isinstance(value, dict):
                devices.problems.add(record.where, BAD_RECORD)
                continue
            found = add_fix(
                devices,
                "",
                value.get("start_time"),
                value.get("latitude"),
                value.get("longitude"),
                elevation_m=real_or_nan(value.get("altitude")),
                accuracy_m=real_or_nan(value.get("accuracy")),
            )
            # Points of a pause hold a time alone.
            if isinstance(found, Phrase) and not (found == NO_POSITION and _is_pause(value)):
                devices.problems.add(record.where, found)
        return devices.result(options)


def _is_pause(value: dict[str, object]) -> bool:
    return "latitude" not in value and "longitude" not in value
