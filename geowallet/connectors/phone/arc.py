"""Arc (iPhone): days and months as JSON, usually packed with gzip.

Source: no document; the readers in https://github.com/myles/arc-to-sqlite and the app's
own https://github.com/sobri909/LocoKit. Samples are the fixes; items are journeys
and visits, said as labels. Names of places are not read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from geowallet.connectors.documents.json_runs import BAD_RECORD
from geowallet.connectors.documents.record_reading import Reading, RecordConnector
from geowallet.connectors.fields.json_fix import add_fix
from geowallet.connectors.fields.json_values import instant, items, members, real_or_nan
from geowallet.connectors.streams import text_of
from geowallet.model.words import N_, phrase

if TYPE_CHECKING:
    from geowallet.connectors.api import ReadOptions, ReadResult
    from geowallet.connectors.documents.json_records import Record

_HEAD = re.compile(r'\{\s*"timelineItems"\s*:\s*\[')
_SAMPLE = re.compile(r'"(?:sampleId|timelineItemId|movingState|secondsFromGMT)"\s*:')

PLACELESS_NOTE = phrase(N_("some samples have no position: the phone had none"))


class _Reading(Reading):
    def __init__(self, options: ReadOptions) -> None:
        super().__init__(options)
        self._placeless = 0

    def add(self, record: Record) -> None:
        if not isinstance(record.value, dict):
            self.problem(record.where, BAD_RECORD)
        elif record.name == "timelineItems":
            self._label(record.value)
            for number, sample in enumerate(items(record.value, "samples"), start=1):
                self._sample(f"{record.where}, sample {number}", sample)
        elif record.name in {"", "samples"} and record.where != "*":
            self._sample(record.where, record.value)

    def _label(self, item: dict[str, Any]) -> None:
        try:
            start_us, _ = instant(item.get("startDate"))
            end_us, _ = instant(item.get("endDate"))
        except (TypeError, ValueError):
            return
        if item.get("isVisit") is True:
            self.devices.labels.add("visit", "visit", start_us, end_us)
        elif isinstance(item.get("activityType"), str):
            self.devices.labels.add("mode", item["activityType"], start_us, end_us)

    def _sample(self, where: str, sample: Any) -> None:
        place = members(sample, "location")
        if not place:
            self._placeless += 1
            return
        wrong = add_fix(
            self.devices,
            "",
            place.get("timestamp", sample.get("date")),
            place.get("latitude"),
            place.get("longitude"),
            elevation_m=real_or_nan(place.get("altitude")),
            accuracy_m=real_or_nan(place.get("horizontalAccuracy")),
            speed_mps=real_or_nan(place.get("speed")),
            bearing_deg=real_or_nan(place.get("course")),
        )
        self.problem(where, wrong)

    def result(self) -> ReadResult:
        note = PLACELESS_NOTE if self._placeless else None
        return self.devices.result(self.options, note=note)


class ArcConnector(RecordConnector):
    """Reads the daily and monthly JSON of Arc, and its lists of samples."""

    name = "arc"
    extensions = (".json",)
    form = "Arc"
    reading = _Reading

    def sniff(self, head: bytes) -> bool:
        text = text_of(head)
        if _HEAD.match(text):
            return True
        return text.startswith("[") and '"location"' in text and _SAMPLE.search(text) is not None
