"""NMEA 0183 logs: the sentences of one instant merged into one fix.

Source: NMEA 0183 4.x as described in E. S. Raymond, "NMEA Revealed"
(https://gpsd.gitlab.io/gpsd/NMEA.html): RMC has the date, GGA the elevation,
GLL and GNS neither; the check sum is the XOR of what stands between ``$`` and
``*``. Binary messages between the sentences are stepped over.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, BinaryIO

from geowallet.connectors.fields.clock import Clock, date_us, time_of_day_us
from geowallet.connectors.fields.devices import Devices
from geowallet.connectors.fields.rows import BAD_POSITION, BAD_TIME, position
from geowallet.connectors.streams import lines, text_of
from geowallet.model.fixes import TimeKind
from geowallet.model.words import N_, phrase

if TYPE_CHECKING:
    from geowallet.connectors.api import ReadOptions, ReadResult
    from geowallet.model.words import Phrase

KNOT_MPS = 1852 / 3600
"""One nautical mile an hour (BIPM SI brochure, 8th edition, table 8)."""

_SENTENCE = re.compile(
    r"\$([A-Z]{2})(RMC|GGA|GLL|GNS|ZDA),([^$*\r\n]{0,200})(?:\*([0-9A-Fa-f]{2}))?"
)
_ANY = re.compile(r"\$([A-Z]{1,2}[A-Z0-9]{2,10},[^$*\r\n]{0,200})\*([0-9A-Fa-f]{2})")
_BARE = re.compile(r"(?m)^\$(?:GP|GN|GL|GA|GB|BD)(?:RMC|GGA|GLL),\d")

_NO_FIX = frozenset("078")
"""GGA quality: none, typed in, simulated. 6 (dead reckoning, in a tunnel) is kept."""
_NO_MODE = frozenset("NSM")
"""Mode of RMC, GLL and GNS: no fix, simulated, typed in."""

SAME_FIX_US = 20_000
"""Times nearer than this are one: receivers round those of GLL and RMC differently, and
none measures 50 times a second."""
MAX_UNDATED = 200_000
"""Fixes kept until the log names a date: two days of them, once a second."""

BAD_CHECKSUM = phrase(N_("the check sum of a sentence differs, or is cut off"))


class NmeaConnector:
    """Reads RMC, GGA, GLL, GNS and ZDA of any talker."""

    name = "nmea"
    extensions = (".nmea", ".nma", ".log", ".txt", ".ubx")

    def sniff(self, head: bytes) -> bool:
        text = text_of(head)
        if any(_sum(match[1]) == int(match[2], 16) for match in _ANY.finditer(text)):
            return True
        return "*" not in text and _BARE.search(text) is not None

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
        reader = _Reader()
        for number, line in enumerate(lines(stream, "NMEA"), start=1):
            if "$" in line:
                reader.take(line, number)
        return reader.result(options)


class _Epoch:
    """What the sentences of one time of day said together."""

    __slots__ = ("known", "lat", "lon", "no_fix", "number", "ready", "time_us")

    def __init__(self, time_us: int, number: int) -> None:
        self.time_us = time_us
        self.number = number
        self.lat = self.lon = ("", "")
        self.known: dict[str, float] = {}
        self.ready = self.no_fix = False


class _Reader:
    """The state of one reading."""

    def __init__(self) -> None:
        self._devices = Devices()
        self._clock = Clock()
        self._epoch: _Epoch | None = None
        self._checked = False
        self._untimed = 0
        self._undated: list[tuple[int, float, float, dict[str, float]]] = []

    def take(self, line: str, number: int) -> None:
        """Take the sentences of one line; damage may have joined several."""
        for match in _SENTENCE.finditer(line):
            talker, name, body, checksum = match.groups()
            if checksum is None:
                whole = not self._checked and line.endswith("\n")
            else:
                self._checked = True
                whole = _sum(f"{talker}{name},{body}") == int(checksum, 16)
            if not whole:
                self._devices.problems.add(f"line {number}", BAD_CHECKSUM)
                continue
            cells = [cell.strip() for cell in body.split(",")]
            cells += [""] * (13 - len(cells))
            try:
                self._sentence(name, cells, number)
            except ValueError:
                self._devices.problems.add(f"line {number}", BAD_TIME)

    def _sentence(self, name: str, cells: list[str], number: int) -> None:
        if name == "ZDA":
            if cells[1] and cells[3]:
                midnight_us = date_us(int(cells[3]), int(cells[2]), int(cells[1]))
                self._date(midnight_us, time_of_day_us(cells[0]))
            return
        time = cells[4] if name == "GLL" else cells[0]
        if not time:
            return
        epoch = self._at(time_of_day_us(time), number)
        if name == "RMC":
            self._rmc(epoch, cells)
        elif name == "GLL":
            ok = cells[5] == "A" and not _NO_MODE & set(cells[6])
            self._place(epoch, cells[0:4], ok=ok, over=False)
        elif name == "GGA":
            ok = cells[5] != "" and cells[5] not in _NO_FIX
            self._place(epoch, cells[1:5], ok=ok, over=False)
            epoch.known["elevation_m"] = _number(cells[8])
        else:
            ok = bool(set(cells[5]) - _NO_MODE)
            self._place(epoch, cells[1:5], ok=ok, over=False)
            epoch.known.setdefault("elevation_m", _number(cells[8]))

    def _at(self, time_us: int, number: int) -> _Epoch:
        epoch = self._epoch
        if epoch is None or abs(epoch.time_us - time_us) >= SAME_FIX_US:
            self._flush()
            epoch = self._epoch = _Epoch(time_us, number)
        return epoch

    def _rmc(self, epoch: _Epoch, cells: list[str]) -> None:
        ok = cells[1] == "A" and not _NO_MODE & set(cells[11])
        if ok and cells[8]:
            # Without a fix the date is the one that the receiver was built with.
            day, month, year = _date(cells[8])
            self._date(date_us(year, month, day), epoch.time_us)
        self._place(epoch, cells[2:6], ok=ok, over=True)
        epoch.known["speed_mps"] = _number(cells[6]) * KNOT_MPS
        epoch.known["bearing_deg"] = _number(cells[7])

    def _date(self, midnight_us: int, time_us: int) -> None:
        """Set the clock; what was waiting for a date gets it, from the last backwards."""
        if self._undated:
            back = Clock()
            back.set(midnight_us, time_us)
            waiting, self._undated = self._undated, []
            for undated_us, lat_deg, lon_deg, known in reversed(waiting):
                self._keep(back.instant_us(undated_us), lat_deg, lon_deg, known)
        self._clock.set(midnight_us, time_us)

    def _place(self, epoch: _Epoch, cells: list[str], *, ok: bool, over: bool) -> None:
        """Note a position; the one of RMC goes ``over`` those of the others."""
        if not ok:
            epoch.no_fix |= over
        elif cells[0] and cells[2] and (over or not epoch.ready):
            epoch.lat, epoch.lon = (cells[0], cells[1]), (cells[2], cells[3])
            epoch.ready = True

    def _flush(self) -> None:
        epoch, self._epoch = self._epoch, None
        if epoch is None or not epoch.ready or epoch.no_fix:
            return
        wrong = self._add(epoch)
        if wrong is not None:
            self._devices.problems.add(f"line {epoch.number}", wrong)

    def _add(self, epoch: _Epoch) -> Phrase | None:
        try:
            lat_deg = _angle_deg(*epoch.lat, "N", "S")
            lon_deg = _angle_deg(*epoch.lon, "E", "W")
        except ValueError:
            return BAD_POSITION
        wrong = position(lat_deg, lon_deg)
        if wrong is not None:
            return wrong
        time_us = self._clock.instant_us(epoch.time_us)
        if time_us is None and len(self._undated) < MAX_UNDATED:
            self._undated.append((epoch.time_us, lat_deg, lon_deg, epoch.known))
        else:
            self._keep(time_us, lat_deg, lon_deg, epoch.known)
        return None

    def _keep(
        self, time_us: int | None, lat_deg: float, lon_deg: float, known: dict[str, float]
    ) -> None:
        if time_us is None:
            self._untimed += 1
        else:
            self._devices.add("", time_us, TimeKind.UTC, lat_deg, lon_deg, **known)

    def result(self, options: ReadOptions) -> ReadResult:
        """Return what was collected."""
        self._flush()
        return self._devices.result(options, untimed=self._untimed + len(self._undated))


def _date(digits: str) -> tuple[int, int, int]:
    """Return day, month and year of ``ddmmyy``.

    Raises:
        ValueError: Not six digits.
    """
    if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        raise ValueError("not a date")
    year = int(digits[4:])
    # Two digits: GPS began in 1980.
    return int(digits[:2]), int(digits[2:4]), year + (1900 if year >= 80 else 2000)


def _sum(text: str) -> int:
    total = 0
    for byte in text.encode("latin-1", errors="replace"):
        total ^= byte
    return total


def _angle_deg(digits: str, letter: str, positive: str, negative: str) -> float:
    """Return degrees from ``dddmm.mmmm`` and a letter.

    Raises:
        ValueError: Not an angle.
    """
    value = float(digits)
    degrees, minutes = divmod(value, 100)
    if not value >= 0 or minutes >= 60 or letter not in {positive, negative}:
        raise ValueError("not an angle")
    angle = degrees + minutes / 60
    return -angle if letter == negative else angle


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
