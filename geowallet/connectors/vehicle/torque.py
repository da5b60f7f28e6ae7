"""Torque: what a phone and a car's diagnosis plug log together.

Known from the column names and rows in public programs that read it; the app's
maker publishes no description. Names begin with blanks and carry the unit,
which the owner can change; longitude stands before latitude. ``GPS Time`` says
its zone as a name that several zones share, or as a difference to GMT, which
alone can be trusted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO

from geowallet.connectors.fields.devices import Devices
from geowallet.connectors.fields.headings import scale_of
from geowallet.connectors.fields.instants import parse_instant
from geowallet.connectors.fields.months import month_of
from geowallet.connectors.fields.tables import Row, add_row, header_in, rows_of
from geowallet.connectors.streams import text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geowallet.connectors.api import ReadOptions, ReadResult
    from geowallet.model.fixes import TimeKind

_GPS_TIME = re.compile(r"[^\W\d]+\.? ([^\W\d]+\.?) +(\d{1,2}) (\d{2}:\d{2}:\d{2}) (\S+) (\d{4})")
_OFFSET = re.compile(r"(?:GMT|UTC)(?P<offset>[+-]\d{2}:?\d{2})?")
_DEVICE_TIME = re.compile(r"(\d{1,2})-([^\W\d]+\.?)-(\d{4}) (\d{1,2}:\d{2}:\d{2}(?:\.\d+)?)")
_MEASURED = re.compile(r"(.*\S)\s*\(([^()]*)\)")


class TorqueConnector:
    """Reads position, GPS speed, altitude and bearing; what the engine says is dropped."""

    name = "torque"
    extensions = (".csv",)

    def sniff(self, head: bytes) -> bool:
        return header_in(text_of(head).splitlines()[:1], _fits) is not None

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
        devices = Devices()
        columns: Mapping[str, int] = {}
        measures: dict[str, tuple[str, float]] = {}
        for row in rows_of(stream, "Torque", _fits):
            if row.columns is not columns:
                columns, measures = row.columns, _measures(row.columns)
            if row.text("latitude") or row.text("longitude"):
                _add(devices, row, measures)
        return devices.result(options, local=True)


def _fits(columns: Mapping[str, int]) -> bool:
    return columns.keys() >= {"gps time", "longitude", "latitude"}


def _measures(columns: Mapping[str, int]) -> dict[str, tuple[str, float]]:
    """Return the name of the column, and the factor to our unit, of each measure."""
    found: dict[str, tuple[str, float]] = {}
    for name in columns:
        measured = _MEASURED.fullmatch(name)
        base, unit = (measured[1], measured[2]) if measured else (name, "")
        field = {"gps speed": "speed_mps", "altitude": "elevation_m", "bearing": "bearing_deg"}
        if base in field:
            # A speed without a unit was always in metres a second.
            scale = scale_of(field[base], unit) if unit else 1.0
            found.setdefault(field[base], (name, scale))
    return found


def _add(devices: Devices, row: Row, measures: dict[str, tuple[str, float]]) -> None:
    time = _time(row)
    known = {field: row.real(name) * scale for field, (name, scale) in measures.items()}
    wrong = add_row(devices, "", time, row.text("latitude"), row.text("longitude"), **known)
    if wrong is not None:
        devices.problems.add(f"line {row.number}", wrong)


def _time(row: Row) -> tuple[int, TimeKind] | None:
    """Return the time of the fix where its zone is certain, else of the phone's clock."""
    gps, device = row.text("gps time"), row.text("device time")
    fixed = _GPS_TIME.fullmatch(gps)
    try:
        if fixed is not None:
            zone = _OFFSET.fullmatch(fixed[4])
            clock = f"{fixed[5]}-{month_of(fixed[1]):02d}-{int(fixed[2]):02d} {fixed[3]}"
            if zone is not None:
                return parse_instant(f"{clock}{zone['offset'] or 'Z'}")
            if not device:
                return parse_instant(clock)
        shown = _DEVICE_TIME.fullmatch(device)
        if shown is not None:
            day, month, year, clock = shown.groups()
            return parse_instant(f"{year}-{month_of(month):02d}-{int(day):02d} {clock}")
        return parse_instant(device or gps)
    except ValueError:
        return None
