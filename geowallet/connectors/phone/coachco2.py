"""CoachCO2 journeys: time series of Cozy, GeoJSON within a document of their own.

Source: https://github.com/cozy/cozy-doctypes/blob/master/docs/io.cozy.timeseries.md
and https://github.com/cozy/coachCO2#timeseries-models-and-nomenclature. A journey is
a collection of two places and of sections; a section is a line with its instants.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from geowallet.connectors.documents.json_runs import BAD_RECORD
from geowallet.connectors.documents.record_reading import Reading, RecordConnector
from geowallet.connectors.fields.json_fix import add_fix
from geowallet.connectors.fields.json_values import items, members, real_or_nan
from geowallet.connectors.fields.rows import NO_POSITION
from geowallet.connectors.standard.geojson import MAX_NESTING, UNEVEN
from geowallet.connectors.streams import text_of

if TYPE_CHECKING:
    from geowallet.connectors.documents.json_records import Record

_SIGN = re.compile(r'"(?:feature_type|sensed_mode|manual_mode|start_fmt_time)"\s*:')


class _Reading(Reading):
    def add(self, record: Record) -> None:
        value = record.value
        if not isinstance(value, dict):
            self.problem(record.where, BAD_RECORD)
        elif record.name == "series":
            self.collection(record.where, value, "", 0)
        else:
            device = value.get("captureDevice")
            for number, part in enumerate(items(value, "series"), start=1):
                where = f"{record.where}, series {number}"
                self.collection(where, part, device if isinstance(device, str) else "", 0)

    def collection(self, where: str, value: Any, device: str, nesting: int) -> None:
        """Add the sections of a journey, at any depth; places bound it and are no fixes."""
        for number, feature in enumerate(items(value, "features"), start=1):
            if items(feature, "features") and nesting < MAX_NESTING:
                self.collection(f"{where}, part {number}", feature, device, nesting + 1)
            elif members(feature, "geometry").get("type") == "LineString":
                self._section(f"{where}, part {number}", feature, device)

    def _section(self, where: str, feature: dict[str, Any], device: str) -> None:
        places = items(members(feature, "geometry"), "coordinates")
        known = members(feature, "properties")
        times = items(known, "timestamps") or items(known, "times")
        if len(times) != len(places):
            self.devices.problems.add(where, UNEVEN)
            return
        speeds = items(known, "speeds")
        even = len(speeds) == len(places)
        added = []
        for number, (place, time) in enumerate(zip(places, times, strict=True)):
            if isinstance(place, list) and len(place) > 1:
                speed_mps = real_or_nan(speeds[number]) if even else float("nan")
                wrong = add_fix(self.devices, device, time, place[1], place[0], speed_mps=speed_mps)
            else:
                wrong = NO_POSITION
            if isinstance(wrong, int):
                added.append(wrong)
            else:
                self.devices.problems.add(f"{where}, position {number + 1}", wrong)
        mode = known.get("manual_mode") or known.get("sensed_mode")
        if added and isinstance(mode, str):
            word = mode.rpartition(".")[2]
            self.devices.labels.add("mode", word, min(added), max(added), trace=device)


class CoachCo2Connector(RecordConnector):
    """Reads the journeys of CoachCO2 (Cozy), one trace per device that captured them."""

    name = "coachco2"
    extensions = (".json", ".geojson")
    form = "CoachCO2"
    reading = _Reading

    def sniff(self, head: bytes) -> bool:
        text = text_of(head)
        return (
            text[:1] in {"{", "["}
            and '"FeatureCollection"' in text
            and ('"series"' in text or "io.cozy.timeseries" in text)
            and _SIGN.search(text) is not None
        )
