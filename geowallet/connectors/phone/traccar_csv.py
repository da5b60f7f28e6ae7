"""Traccar: the positions of one device as its web page exports them to CSV.

Source: https://github.com/traccar/traccar, ``reports/CsvExportProvider.java``:
times by the clock of whoever exported, with no zone; speed in knots; addresses
that hold commas stand without quotes and push the cells behind them aside.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, BinaryIO

from geowallet.connectors.fields.devices import Devices
from geowallet.connectors.fields.instants import parse_instant
from geowallet.connectors.fields.tables import Row, add_row, header_in, rows_of
from geowallet.connectors.phone.traccar_json import KNOT_MPS, NO_FIX
from geowallet.connectors.streams import text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geowallet.connectors.api import ReadOptions, ReadResult
    from geowallet.model.fixes import TimeKind

_NEEDED = frozenset({"deviceid", "fixtime", "latitude", "longitude", "speed"})


class TraccarCsvConnector:
    """Reads positions by the time of the fix; addresses are dropped."""

    name = "traccar_csv"
    extensions = (".csv",)

    def sniff(self, head: bytes) -> bool:
        return header_in(text_of(head).splitlines()[:1], _fits) is not None

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
        devices = Devices()
        for row in rows_of(stream, "Traccar", _fits):
            _add(devices, row)
        return devices.result(options, local=True)


def _fits(columns: Mapping[str, int]) -> bool:
    return columns.keys() >= _NEEDED


def _add(devices: Devices, row: Row) -> None:
    if row.text("valid").lower() == "false":
        devices.problems.add(f"line {row.number}", NO_FIX)
        return
    time = _time(row.text("fixtime"))
    device = row.text("deviceid")
    whole = len(row.cells) == max(row.columns.values()) + 1
    wrong = add_row(
        devices,
        device,
        time,
        row.text("latitude"),
        row.text("longitude"),
        elevation_m=row.real("altitude"),
        speed_mps=row.real("speed") * KNOT_MPS,
        bearing_deg=row.real("course"),
        accuracy_m=(row.real("accuracy") or math.nan) if whole else math.nan,
    )
    if wrong is not None:
        devices.problems.add(f"line {row.number}", wrong)
    elif whole and time is not None:
        devices.labels.odometer(row.real("odometer"), time[0], trace=device)
        ignition = {"true": "on", "false": "off"}.get(row.text("ignition").lower(), "")
        if ignition:
            devices.labels.sample("ignition", ignition, time[0], trace=device)


def _time(text: str) -> tuple[int, TimeKind] | None:
    try:
        return parse_instant(text)
    except ValueError:
        return None
