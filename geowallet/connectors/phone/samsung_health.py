"""Samsung Health: the positions of one exercise, as the personal data export holds them.

``jsons/com.samsung.shealth.exercise/<x>/<id>.com.samsung.health.exercise.location_data.json``
is a list of points with milliseconds since the epoch, degrees and metres.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from geowallet.connectors.documents.json_runs import BAD_RECORD
from geowallet.connectors.documents.record_reading import Reading, RecordConnector
from geowallet.connectors.fields.json_fix import add_fix
from geowallet.connectors.fields.json_values import real_or_nan
from geowallet.connectors.fields.rows import NO_POSITION
from geowallet.connectors.streams import text_of

if TYPE_CHECKING:
    from geowallet.connectors.documents.json_records import Record

_START = re.compile(r'"start_time"\s*:\s*"?\d{12,13}\b')


class _Points(Reading):
    def add(self, record: Record) -> None:
        value = record.value
        if not isinstance(value, dict):
            self.problem(record.where, BAD_RECORD)
            return
        found = add_fix(
            self.devices,
            "",
            value.get("start_time"),
            value.get("latitude"),
            value.get("longitude"),
            elevation_m=real_or_nan(value.get("altitude")),
            accuracy_m=real_or_nan(value.get("accuracy")),
        )
        # Points of a pause hold a time alone.
        if not (found == NO_POSITION and _is_pause(value)):
            self.problem(record.where, found)


class SamsungHealthConnector(RecordConnector):
    """Reads the list of points of one exercise."""

    name = "samsung_health"
    extensions = (".json",)
    form = "Samsung Health"
    reading = _Points

    def sniff(self, head: bytes) -> bool:
        text = text_of(head)
        named = '"latitude"' in text and '"longitude"' in text
        return text.startswith("[") and named and _START.search(text) is not None


def _is_pause(value: dict[str, object]) -> bool:
    return "latitude" not in value and "longitude" not in value
