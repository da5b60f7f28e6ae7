"""Dawarich: the points of an account, as GeoJSON, as lines, or as its first versions wrote them.

Source: the serializers of https://github.com/Freika/dawarich: seconds since the
epoch, metres, ``velocity`` in m/s between quotes. Its GPX is GPX.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from geowallet.connectors.documents.json_runs import BAD_RECORD
from geowallet.connectors.documents.record_reading import Reading, RecordConnector
from geowallet.connectors.fields.json_fix import add_fix
from geowallet.connectors.fields.json_values import items, members, real_or_nan
from geowallet.connectors.fields.numbers import wkt_point
from geowallet.connectors.streams import text_of
from geowallet.model.words import N_, Phrase, phrase

if TYPE_CHECKING:
    from geowallet.connectors.documents.json_records import Record
    from geowallet.connectors.fields.devices import Devices

_FIRST = re.compile(r'"dawarich-export"\s*:')
_POINT = re.compile(r'"tracker_id"\s*:')
_OWN = re.compile(r'"(?:inrids|in_regions|battery_status|reverse_geocoded_at)"\s*:')

NO_RECORD = phrase(N_("not a point of Dawarich"))


class _Account(Reading):
    def add(self, record: Record) -> None:
        for value in _points(record.name, record.value):
            self.problem(record.where, _point(self.devices, value))


class DawarichConnector(RecordConnector):
    """Reads points, one trace per tracker; networks, regions, places and raw data are dropped."""

    name = "dawarich"
    extensions = (".json", ".geojson", ".jsonl")
    form = "Dawarich"
    reading = _Account

    def sniff(self, head: bytes) -> bool:
        text = text_of(head)
        if not text.startswith(("{", "[")):
            return False
        return bool(_FIRST.search(text) or (_POINT.search(text) and _OWN.search(text)))


def _points(name: str, value: Any) -> list[Any]:
    """Return the points of a record: of the first versions, one that holds them all."""
    if name not in {"", "features", "points", "dawarich-export"}:
        return []
    if not isinstance(value, dict):
        return [value]
    inner = [point for member in value for point in items(value[member], "dawarich-export")]
    if inner or value.get("type") == "FeatureCollection":
        return inner
    return [value]


def _point(devices: Devices, value: Any) -> Phrase | None:
    """Add one point, or return what is wrong with it."""
    if value is None:
        return BAD_RECORD
    if not isinstance(value, dict):
        return NO_RECORD
    if value.get("type") == "Feature":
        said, place = members(value, "properties"), members(value, "geometry")
        lon, lat = (*items(place, "coordinates")[:2], None, None)[:2]
    elif "tst" in value:
        return _first_version(devices, value)
    else:
        said = value
        lat, lon = _place(value)
    time = said.get("timestamp")
    found = add_fix(
        devices,
        _device(said.get("tracker_id")),
        time,
        lat,
        lon,
        elevation_m=real_or_nan(said.get("altitude")),
        accuracy_m=real_or_nan(said.get("accuracy")),
        speed_mps=real_or_nan(said.get("velocity")),
        bearing_deg=real_or_nan(said.get("course")),
    )
    return found if isinstance(found, Phrase) else None


def _place(value: dict[str, Any]) -> tuple[Any, Any]:
    if value.get("latitude") is not None or not isinstance(value.get("lonlat"), str):
        return value.get("latitude"), value.get("longitude")
    try:
        lon_deg, lat_deg = wkt_point(value["lonlat"])
    except ValueError:
        return "", ""
    return lat_deg, lon_deg


def _first_version(devices: Devices, value: dict[str, Any]) -> Phrase | None:
    """Add a point under the names of OwnTracks; its speed was km/h first and m/s later."""
    found = add_fix(
        devices,
        _device(value.get("tid")),
        value["tst"],
        value.get("lat"),
        value.get("lon"),
        elevation_m=real_or_nan(value.get("alt")),
        accuracy_m=real_or_nan(value.get("acc")),
    )
    return found if isinstance(found, Phrase) else None


def _device(value: Any) -> str:
    return value if isinstance(value, str) else ""
