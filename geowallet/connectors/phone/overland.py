"""Overland (iOS, Android): batches of GeoJSON points that a phone sends.

Source: the README of https://github.com/aaronpk/Overland-iOS: speed in m/s,
below 0 where invalid; accuracies in metres, -1 where unknown; ``motion`` is a
list of words; a trip that was started by hand is a feature of ``type`` trip.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from geowallet.connectors.documents.json_runs import BAD_RECORD
from geowallet.connectors.documents.record_reading import Reading, RecordConnector
from geowallet.connectors.fields.json_fix import add_fix
from geowallet.connectors.fields.json_values import instant, items, members, real_or_nan
from geowallet.connectors.streams import text_of
from geowallet.model.words import N_, Phrase, phrase

if TYPE_CHECKING:
    from geowallet.connectors.documents.json_records import Record
    from geowallet.connectors.fields.devices import Devices

_BATCH = re.compile(r'"locations"\s*:\s*\[\s*\{\s*"(?:type|geometry|properties)"')
_FEATURE = re.compile(r'"type"\s*:\s*"Feature"')
_OWN = re.compile(r'"(?:battery_state|locations_in_payload|significant_change|motion)"\s*:')
_ACCURACY = '"horizontal_accuracy"'

NO_FEATURE = phrase(N_("not a feature of Overland"))


class _Features(Reading):
    def add(self, record: Record) -> None:
        if record.name in {"", "locations", "features"}:
            for feature in items(record.value, "locations") or [record.value]:
                self.problem(record.where, _feature(self.devices, feature))


class OverlandConnector(RecordConnector):
    """Reads points and the modes of trips; Wi-Fi names and unique ids are dropped."""

    name = "overland"
    extensions = (".json", ".geojson", ".jsonl", ".ndjson")
    form = "Overland"
    reading = _Features

    def sniff(self, head: bytes) -> bool:
        text = text_of(head)
        if not text.startswith(("{", "[")) or not _FEATURE.search(text):
            return False
        return bool(_BATCH.search(text)) or (_ACCURACY in text and bool(_OWN.search(text)))


def _feature(devices: Devices, feature: Any) -> Phrase | None:
    """Add one point or trip, or return what is wrong with it."""
    if not isinstance(feature, dict):
        return BAD_RECORD
    if feature.get("type") != "Feature":
        # What stands beside the list: the newest point again, the trip under way.
        return None if feature.keys() & {"current", "trip", "locations", "type"} else NO_FEATURE
    said = members(feature, "properties")
    if said.get("type") == "trip":
        _trip(devices, said)
        return None
    place = _place(members(feature, "geometry"))
    if len(place) < 2:
        return None
    device = _device(said)
    time_us = add_fix(
        devices,
        device,
        said.get("timestamp"),
        place[1],
        place[0],
        elevation_m=real_or_nan(said.get("altitude")),
        accuracy_m=real_or_nan(said.get("horizontal_accuracy")),
        speed_mps=real_or_nan(said.get("speed")),
        bearing_deg=real_or_nan(said.get("course")),
    )
    if isinstance(time_us, Phrase):
        return time_us
    words = [word for word in items(said, "motion") if isinstance(word, str)]
    if words:
        devices.labels.sample("mode", ",".join(words[:4]), time_us, trace=device)
    return None


def _place(geometry: dict[str, Any]) -> list[Any]:
    """Return longitude and latitude, or less; the first versions of the app named them."""
    named = members(geometry, "coordinates")
    if named:
        return [named.get("longitude"), named.get("latitude")]
    return items(geometry, "coordinates")


def _trip(devices: Devices, said: dict[str, Any]) -> None:
    mode = said.get("mode")
    try:
        start_us, end_us = instant(said.get("start"))[0], instant(said.get("end"))[0]
    except (TypeError, ValueError):
        return
    if isinstance(mode, str):
        devices.labels.add("mode", mode, start_us, end_us, trace=_device(said))


def _device(said: dict[str, Any]) -> str:
    device = said.get("device_id")
    return device if isinstance(device, str) else ""
