"""IGC flight logs: B records, with the date of the header carried over midnight.

Source: FAI, "Technical specification for GNSS flight recorders", appendix A
(A4.1 ``B``, A3.2 ``HFDTE``, A3.6 ``I``). Pilot and aircraft are not looked at.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, BinaryIO

from geowallet.connectors.fields.clock import Clock, date_us, time_of_day_us
from geowallet.connectors.fields.devices import Devices
from geowallet.connectors.fields.rows import BAD_POSITION, BAD_TIME, position
from geowallet.connectors.streams import lines, text_of
from geowallet.model.errors import UnreadableSourceError
from geowallet.model.fixes import TimeKind
from geowallet.model.words import N_

if TYPE_CHECKING:
    from geowallet.connectors.api import ReadOptions, ReadResult
    from geowallet.model.words import Phrase

_START = re.compile(r"A[A-Z0-9]{3}")
_FIRST = re.compile(r"(?m)^(?:HFDTE|B\d{13}[NS]\d{8}[EW])")
_DATE = re.compile(r"HFDTE(?:DATE)?:?\s*(\d{2})(\d{2})(\d{2})", re.ASCII)
_POINT = re.compile(
    r"B(\d{6})(\d{2})(\d{5})([NS])(\d{3})(\d{5})([EW])([AV])([-\d]\d{4})([-\d]\d{4})", re.ASCII
)
_EXTENSION = re.compile(r"(\d{2})(\d{2})([A-Z0-9]{3})", re.ASCII)


class IgcConnector:
    """Reads the fixes of gliders and paragliders."""

    name = "igc"
    extensions = (".igc",)

    def sniff(self, head: bytes) -> bool:
        text = text_of(head)
        return _START.match(text) is not None and _FIRST.search(text) is not None

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
        reader = _Reader()
        for number, line in enumerate(lines(stream, "IGC"), start=1):
            wrong = reader.take(line.strip("\ufeff \t\r\n\x1a"))
            if wrong is not None:
                reader.devices.problems.add(f"line {number}", wrong)
        if not reader.known:
            reason = N_("it has neither a date nor a fix")
            raise UnreadableSourceError(format="IGC", reason=reason)
        return reader.devices.result(options, untimed=reader.untimed)


class _Reader:
    """The state of one reading."""

    def __init__(self) -> None:
        self.devices = Devices()
        self.known = False
        self.untimed = 0
        self._clock = Clock()
        self._accuracy = slice(0, 0)

    def take(self, line: str) -> Phrase | None:
        """Take one record, or return what is wrong with it."""
        if line.startswith("B"):
            self.known = True
            return self._point(line)
        if line.startswith("I"):
            self._extensions(line)
        elif line.startswith("HFDTE"):
            self.known = True
            return self._date(line)
        return None

    def _date(self, line: str) -> Phrase | None:
        match = _DATE.match(line)
        try:
            day, month, year = map(int, match.groups() if match else ())
            # Two digits: the format is of 1994.
            self._clock.begin_day(date_us(year + (1900 if year >= 80 else 2000), month, day))
        except ValueError:
            return BAD_TIME
        return None

    def _extensions(self, line: str) -> None:
        """Learn the columns of the accuracy that the B records of this file have."""
        for first, last, what in _EXTENSION.findall(line[3:]):
            if what == "FXA":
                self._accuracy = slice(int(first) - 1, int(last))

    def _point(self, line: str) -> Phrase | None:
        match = _POINT.match(line)
        if match is None:
            return BAD_POSITION
        time, lat, lat_min, north, lon, lon_min, east, validity, _, altitude = match.groups()
        lat_deg = (int(lat) + int(lat_min) / 60_000) * (1 if north == "N" else -1)
        lon_deg = (int(lon) + int(lon_min) / 60_000) * (1 if east == "E" else -1)
        wrong = position(lat_deg, lon_deg)
        if wrong is not None:
            return wrong
        try:
            time_us = self._clock.instant_us(time_of_day_us(time))
        except ValueError:
            return BAD_TIME
        if time_us is None:
            self.untimed += 1
            return None
        # V: no satellite height; the pressure height is of another zero.
        elevation_m = float(altitude) if validity == "A" else math.nan
        accuracy = line[self._accuracy]
        self.devices.add(
            "",
            time_us,
            TimeKind.UTC,
            lat_deg,
            lon_deg,
            elevation_m=elevation_m,
            accuracy_m=float(accuracy) if accuracy.isascii() and accuracy.isdigit() else math.nan,
        )
        return None
