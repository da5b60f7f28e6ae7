"""TeslaMate: its table of positions, copied out as CSV.

Source: https://github.com/teslamate-org/teslamate, ``lib/teslamate/log/position.ex``:
``date`` is in UTC though it does not say so, speed in km/h, odometer in km.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from geowallet.connectors.fields.devices import Devices
from geowallet.connectors.fields.instants import parse_instant
from geowallet.connectors.fields.tables import Row, add_row, header_in, rows_of
from geowallet.connectors.streams import text_of
from geowallet.model.fixes import TimeKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geowallet.connectors.api import ReadOptions, ReadResult

_NEEDED = frozenset({"date", "latitude", "longitude", "car_id", "drive_id", "odometer"})
KMH_MPS = 1 / 3.6


class TeslaMateConnector:
    """Reads one trace per car."""

    name = "teslamate"
    extensions = (".csv",)

    def sniff(self, head: bytes) -> bool:
        return header_in(text_of(head).splitlines()[:1], _fits) is not None

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
        devices = Devices()
        for row in rows_of(stream, "TeslaMate", _fits):
            _add(devices, row)
        return devices.result(options)


def _fits(columns: Mapping[str, int]) -> bool:
    return columns.keys() >= _NEEDED


def _add(devices: Devices, row: Row) -> None:
    time = _time(row.text("date"))
    car = row.text("car_id")
    wrong = add_row(
        devices,
        car,
        time,
        row.text("latitude"),
        row.text("longitude"),
        elevation_m=row.real("elevation"),
        speed_mps=row.real("speed") * KMH_MPS,
    )
    if wrong is not None:
        devices.problems.add(f"line {row.number}", wrong)
    elif time is not None:
        devices.labels.odometer(row.real("odometer") * 1000, time[0], trace=car)


def _time(text: str) -> tuple[int, TimeKind] | None:
    try:
        time_us, kind = parse_instant(text)
    except ValueError:
        return None
    return time_us, TimeKind.UTC if kind is TimeKind.NAIVE else kind
