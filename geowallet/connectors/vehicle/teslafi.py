"""TeslaFi: a month of one or more cars, a row each minute, by the owner's clock.

Source: https://github.com/teslamate-org/teslamate (its importer and fixtures; the
service publishes no description): ``Date`` names no zone, speed is in mph,
``odometer`` in miles, a car that sleeps has no position.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from geowallet.connectors.fields.dates import written_instant
from geowallet.connectors.fields.devices import Devices
from geowallet.connectors.fields.instants import parse_instant
from geowallet.connectors.fields.tables import Row, add_row, header_in, rows_of
from geowallet.connectors.streams import text_of
from geowallet.model.words import N_, phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geowallet.connectors.api import ReadOptions, ReadResult
    from geowallet.model.fixes import TimeKind

_NEEDED = frozenset({"date", "latitude", "longitude", "odometer", "shift_state"})
MILE_M = 1609.344
"""International mile, exact by definition (1959 agreement)."""
MPH_MPS = 0.44704

ASLEEP = N_("{count} rows have no position: the car slept or was offline")


class TeslaFiConnector:
    """Reads one trace per car; its name and numbers of its owner are dropped."""

    name = "teslafi"
    extensions = (".csv",)

    def sniff(self, head: bytes) -> bool:
        return header_in(text_of(head).splitlines()[:1], _fits) is not None

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
        devices = Devices()
        asleep = 0
        for row in rows_of(stream, "TeslaFi", _fits):
            lat, lon = row.text("latitude"), row.text("longitude")
            if not lat and not lon:
                asleep += 1
                continue
            _add(devices, row, lat, lon, options.date_order or "mdy")
        note = phrase(ASLEEP, count=asleep) if asleep else None
        return devices.result(options, note=note, local=True)


def _fits(columns: Mapping[str, int]) -> bool:
    return columns.keys() >= _NEEDED and bool(columns.keys() & {"vin", "vehicle_id"})


def _add(devices: Devices, row: Row, lat: str, lon: str, order: str) -> None:
    time = _time(row.text("date"), order)
    car = row.text("vehicle_id", "vin")
    wrong = add_row(
        devices,
        car,
        time,
        lat,
        lon,
        speed_mps=row.real("speed") * MPH_MPS,
        bearing_deg=row.real("heading"),
    )
    if wrong is not None:
        devices.problems.add(f"line {row.number}", wrong)
    elif time is not None:
        devices.labels.odometer(row.real("odometer") * MILE_M, time[0], trace=car)


def _time(text: str, order: str) -> tuple[int, TimeKind] | None:
    try:
        return parse_instant(text)
    except ValueError:
        pass
    try:
        return written_instant(text, order)
    except ValueError:
        return None
