"""Mobility Data Specification: what operators of shared vehicles report about trips.

Source: https://github.com/openmobilityfoundation/mobility-data-specification:
milliseconds since the epoch; in 1.x a trip carries its ``route`` (points with a
``timestamp``), in 2.x its two ends, and positions are ``telemetry``; speed in m/s.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from geowallet.connectors.documents.json_runs import BAD_RECORD
from geowallet.connectors.documents.record_reading import Reading, RecordConnector
from geowallet.connectors.fields.json_fix import add_fix
from geowallet.connectors.fields.json_values import instant, items, members, real_or_nan
from geowallet.connectors.streams import text_of
from geowallet.model.words import Phrase

if TYPE_CHECKING:
    from geowallet.connectors.documents.json_records import Record
    from geowallet.connectors.fields.devices import Devices

_LISTS = re.compile(r'"(?:trips|telemetry)"\s*:\s*\[')
_OWN = re.compile(r'"(?:provider_id|device_id)"\s*:')


class _Reports(Reading):
    def add(self, record: Record) -> None:
        if record.name == "trips":
            _trip(self.devices, record.where, record.value)
        elif record.name == "telemetry":
            _telemetry(self.devices, record.where, record.value)
        elif record.name == "":
            _page(self.devices, record.value)


class MdsConnector(RecordConnector):
    """Reads routes and telemetry, one trace per vehicle."""

    name = "mds"
    extensions = (".json",)
    form = "MDS"
    reading = _Reports

    def sniff(self, head: bytes) -> bool:
        text = text_of(head)
        return text.startswith("{") and bool(_LISTS.search(text) and _OWN.search(text))


def _page(devices: Devices, value: Any) -> None:
    """Read the ``data`` in which 1.x wraps its lists."""
    data = members(value, "data")
    for number, trip in enumerate(items(data, "trips"), start=1):
        _trip(devices, f"trips {number}", trip)
    for number, report in enumerate(items(data, "telemetry"), start=1):
        _telemetry(devices, f"telemetry {number}", report)


def _trip(devices: Devices, where: str, trip: Any) -> None:
    if not isinstance(trip, dict):
        devices.problems.add(where, BAD_RECORD)
        return
    device = _device(trip)
    for number, feature in enumerate(items(members(trip, "route"), "features"), start=1):
        place = items(members(feature, "geometry"), "coordinates")
        lon, lat = (*place[:2], None, None)[:2]
        said = members(feature, "properties")
        found = add_fix(devices, device, said.get("timestamp"), lat, lon)
        if isinstance(found, Phrase):
            devices.problems.add(f"{where}, point {number}", found)
    for end in ("start", "end"):
        ends_at = members(trip, f"{end}_location")
        if ends_at:
            found = add_fix(
                devices, device, trip.get(f"{end}_time"), ends_at.get("lat"), ends_at.get("lng")
            )
            if isinstance(found, Phrase):
                devices.problems.add(f"{where}, {end}", found)
    _label(devices, trip, device)


def _label(devices: Devices, trip: dict[str, Any], device: str) -> None:
    kind = trip.get("vehicle_type")
    try:
        start_us, end_us = instant(trip.get("start_time"))[0], instant(trip.get("end_time"))[0]
    except (TypeError, ValueError, OverflowError):
        return
    if isinstance(kind, str):
        devices.labels.add("mode", kind, start_us, end_us, trace=device)


def _telemetry(devices: Devices, where: str, report: Any) -> None:
    if not isinstance(report, dict):
        devices.problems.add(where, BAD_RECORD)
        return
    place = members(report, "location") or members(report, "gps")
    accuracy = place.get("horizontal_accuracy", place.get("accuracy"))
    found = add_fix(
        devices,
        _device(report),
        report.get("timestamp"),
        place.get("lat"),
        place.get("lng"),
        elevation_m=real_or_nan(place.get("altitude")),
        accuracy_m=math.nan if accuracy is None else real_or_nan(accuracy),
        speed_mps=real_or_nan(place.get("speed")),
        bearing_deg=real_or_nan(place.get("heading")),
    )
    if isinstance(found, Phrase):
        devices.problems.add(where, found)


def _device(value: dict[str, Any]) -> str:
    device = value.get("device_id")
    return device if isinstance(device, str) else ""
