"""Reads the .vbo logs that VBOX data loggers of vehicles write.

Text in sections named in brackets; under ``[data]`` a row a sample, of the columns
that ``[column names]`` names. Times are UTC since midnight; the day is that of a
``Date`` column (ddmmyy), or else of the first line. Latitude and longitude are
minutes, north and *west* positive.

Source:
    VBOX Micro user guide and VBOX Pro Lite user guide (Racelogic Ltd), "VBO file format".
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, BinaryIO

from geowallet.connectors.fields.devices import Devices
from geowallet.connectors.fields.rows import BAD_POSITION, BAD_TIME, NO_POSITION, position
from geowallet.connectors.streams import lines, text_of
from geowallet.model.errors import UnreadableSourceError
from geowallet.model.fixes import TimeKind

if TYPE_CHECKING:
    from geowallet.connectors.api import ReadOptions, ReadResult
    from geowallet.model.words import Phrase

NEEDED = frozenset({"time", "lat", "long"})
SPEED_MPS = {"velocity kmh": 1 / 3.6, "velocity knots": 1852 / 3600, "velocity mph": 0.44704}
SATELLITES = 0x3F
"""Two more bits tell of the brake trigger and of a corrected position."""

_CREATED = re.compile(r"File created on (\d{2})/(\d{2})/(\d{4})", re.ASCII)
_TIME = re.compile(r"(\d{2})(\d{2})(\d{2}(?:\.\d{1,6})?)", re.ASCII)
_DAY = re.compile(r"(\d{2})(\d{2})(\d{2})", re.ASCII)


class VboConnector:
    """VBOX data loggers (.vbo): positions, speeds and heights, many a second."""

    name = "vbo"
    extensions = (".vbo",)

    def sniff(self, head: bytes) -> bool:
        text = text_of(head)
        return text.startswith("File created on ") and "[header]" in text

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
        log = _Log()
        for number, line in enumerate(lines(stream, "VBO"), start=1):
            wrong = log.take(line.strip())
            if wrong is not None:
                log.devices.problems.add(f"line {number}", wrong)
        if not log.columns:
            raise UnreadableSourceError(format="VBO", reason="it names no columns")
        return log.devices.result(options)


class _Log:
    """What the lines so far have said."""

    def __init__(self) -> None:
        self.devices = Devices()
        self.columns: list[str] = []
        self._section = ""
        self._day: datetime | None = None
        self._last = timedelta()
        self._speed_mps = SPEED_MPS["velocity kmh"]

    def take(self, line: str) -> Phrase | None:
        """Take one line in, and return what is wrong with it."""
        if line.startswith("["):
            self._section = line.lower()
        elif line and self._section == "[data]" and self.columns:
            return self._row(dict(zip(self.columns, line.split(), strict=False)))
        elif line and self._section == "[column names]":
            columns = line.lower().split()
            self.columns = columns if set(columns) >= NEEDED else []
        elif self._section == "[header]":
            self._speed_mps = SPEED_MPS.get(line.lower(), self._speed_mps)
        elif created := _CREATED.match(line):
            day, month, year = map(int, created.groups())
            self._day = _midnight(year, month, day)
        return None

    def _row(self, cells: dict[str, str]) -> Phrase | None:
        moment = self._moment(cells)
        if moment is None:
            return BAD_TIME
        if _number(cells, "sats") == 0 or not cells.keys() >= NEEDED:
            return NO_POSITION
        lat_deg, lon_deg = _number(cells, "lat") / 60, -_number(cells, "long") / 60
        if math.isnan(lat_deg) or math.isnan(lon_deg):
            return BAD_POSITION
        wrong = position(lat_deg, lon_deg)
        if wrong is None:
            time_us = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
            known = {
                "elevation_m": _number(cells, "height"),
                "speed_mps": _number(cells, "velocity") * self._speed_mps,
                "bearing_deg": _number(cells, "heading"),
            }
            self.devices.add("", time_us, TimeKind.UTC, lat_deg, lon_deg, **known)
        return wrong

    def _moment(self, cells: dict[str, str]) -> datetime | None:
        """Return the instant of a row; the day goes on where the clock passes midnight."""
        time = _TIME.fullmatch(cells.get("time", ""))
        day = _DAY.fullmatch(cells.get("date", ""))
        if day is not None:
            self._day = _midnight(2000 + int(day[3]), int(day[2]), int(day[1]))
        if time is None or self._day is None:
            return None
        clock = timedelta(hours=int(time[1]), minutes=int(time[2]), seconds=float(time[3]))
        if day is None and self._last - clock > timedelta(hours=12):
            self._day += timedelta(days=1)
        self._last = clock
        return self._day + clock


def _midnight(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None


def _number(cells: dict[str, str], name: str) -> float:
    """Return a cell as a number, the satellites without their flags; NaN where there is none."""
    try:
        value = float(cells.get(name, "nan"))
    except ValueError:
        return math.nan
    if name == "sats" and math.isfinite(value):
        return int(value) & SATELLITES
    return value if math.isfinite(value) else math.nan
