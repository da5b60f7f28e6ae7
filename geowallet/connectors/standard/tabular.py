"""CSV of any header: columns are known by their names, times by what they say.

There is no standard. What can be read in two ways is refused with the column
named (dates), what names no zone is refused until the owner says where the
clock was, and what a spreadsheet has destroyed is refused for good.
"""

from __future__ import annotations

import math
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from geowallet.connectors.api import HEAD_BYTES
from geowallet.connectors.fields.dates import (
    DATE_ORDERS,
    OrderNeededError,
    named_month_instant,
    order_shown_by,
    written_instant,
)
from geowallet.connectors.fields.devices import Devices
from geowallet.connectors.fields.headings import Heading, scale_of
from geowallet.connectors.fields.instants import epoch_us, parse_instant
from geowallet.connectors.fields.numbers import (
    angle_deg,
    measure,
    number,
    spreadsheet_damage,
    wkt_point,
)
from geowallet.connectors.fields.rows import BAD_POSITION, BAD_TIME, NO_POSITION, position
from geowallet.connectors.fields.sheets import HEADER_WITHIN, Sheet, cells_of, sheet_in
from geowallet.connectors.standard.fit import SEMICIRCLE_DEG
from geowallet.connectors.standard.headless import (
    looks_headless,
    said_sheet,
    sheet_without_header,
)
from geowallet.connectors.standard.tabular_columns import BLOCK_LINES, plain_columns
from geowallet.connectors.streams import lines, text_of
from geowallet.model.errors import (
    AmbiguousDateError,
    SpreadsheetDamageError,
    UnreadableSourceError,
)
from geowallet.model.fixes import TimeKind
from geowallet.model.words import N_, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geowallet.connectors.api import ReadOptions, ReadResult

_CALENDAR_DIGITS = len("20260504080000")
"""Of an instant without marks; as milliseconds it would be after the year 2286."""
MAX_UNDECIDED = 200_000
"""Rows held until one of them proves the order of day and month."""

_BLANK = frozenset({"", "-", "--", "none", "null", "nan", "n/a", "na", "<invalid>", "\\n"})
_CALENDAR = frozenset({"year", "month", "date", "hour", "minute", "second"})
"""Columns of one instant; that of the day is called like a date."""
_WRITTEN_OTHERWISE = frozenset(
    {"lat_e7", "lon_e7", "wkt", "ns", "ew", "date", "clock", "offset", "device"}
)
"""Columns without which a position, an instant and a device are one plain cell each, or none."""
_MEASURES = ("elevation_m", "accuracy_m", "speed_mps", "bearing_deg")


class CsvConnector:
    """Reads tables, one position a line; without a header where the columns are plain or named."""

    name = "csv"
    extensions = (".csv", ".tsv", ".txt")
    generic = True

    def sniff(self, head: bytes) -> bool:
        text = text_of(head)
        if not text or text[0] in "<{[":
            return False
        whole = len(head) < HEAD_BYTES
        rows = text.splitlines()[: HEADER_WITHIN + 1]
        return sheet_in(rows[:HEADER_WITHIN]) is not None or looks_headless(
            rows[:HEADER_WITHIN] if whole or len(rows) > HEADER_WITHIN else rows[:-1]
        )

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
        text = lines(stream, "CSV")
        first = list(islice(text, HEADER_WITHIN))
        sheet = sheet_in(first)
        if sheet is None:
            said = options.columns
            sheet = said_sheet(first, said) if said else sheet_without_header(first)
        if sheet is None:
            reason = N_("no header names a latitude and a longitude")
            raise UnreadableSourceError(format="CSV", reason=reason)
        table = _Table(sheet, options)
        table.rows(first[sheet.header_line :], sheet.header_line + 1)
        table.rows(text, len(first) + 1)
        return table.result(options)


class _Table:
    """One reading of one table."""

    def __init__(self, sheet: Sheet, options: ReadOptions) -> None:
        self._sheet = sheet
        self._number_of = {field: column[0] for field, column in sheet.columns.items()}
        self._heading_of: dict[str, Heading] = {f: c[1] for f, c in sheet.columns.items()}
        # Receivers that write the year in a column of its own (u-blox) write millimetres.
        self._in_columns = self._number_of.keys() >= _CALENDAR
        measures = () if self._in_columns else _MEASURES
        self._measures = [f for f in measures if f in self._number_of]
        self._order = options.date_order if options.date_order in DATE_ORDERS else None
        self._undecided: deque[tuple[int, list[str]]] = deque()
        self._says_utc = any(
            self._heading_of[field].says_utc
            for field in ("time", "date", "clock")
            if field in self._heading_of
        )
        self._says_utc |= self._in_columns
        self._are_plain = (
            self._number_of.keys() >= {"time", "lat", "lon"}
            and not self._number_of.keys() & _WRITTEN_OTHERWISE
        )
        self.devices = Devices()
        self.untimed = 0

    def rows(self, text: Iterable[str], start: int) -> None:
        """Read the lines of ``text``, the first of which is line ``start``."""
        remaining = iter(text)
        while block := list(islice(remaining, BLOCK_LINES)):
            if not (self._are_plain and self._add_plain(block)):
                self._one_by_one(block, start)
            start += len(block)

    def _add_plain(self, block: list[str]) -> bool:
        """Add all rows of a block at once, if all are plain; say whether it was so."""
        wanted = {field: self._number_of[field] for field in ("time", "lat", "lon")}
        wanted |= {field: self._number_of[field] for field in self._measures}
        found = plain_columns(block, self._sheet.delimiter, wanted)
        if found is None:
            return False
        known = {
            field: values * self._heading_of[field].scale
            for field, values in found.measures.items()
        }
        self.devices.extend("", found.time_us, found.lat_deg, found.lon_deg, **known)
        return True

    def _one_by_one(self, block: list[str], start: int) -> None:
        delimiter = self._sheet.delimiter
        for line_number, line in enumerate(block, start=start):
            if line.isspace() or line.startswith("#"):
                continue
            self._row(line_number, cells_of(line, delimiter))

    def _row(self, line_number: int, cells: list[str]) -> None:
        try:
            wrong = self._add(cells)
        except OrderNeededError:
            self._undecided.append((line_number, cells))
            if len(self._undecided) > MAX_UNDECIDED:
                raise self._ambiguous() from None
            return
        if wrong is not None:
            self.devices.problems.add(f"line {line_number}", wrong)

    def result(self, options: ReadOptions) -> ReadResult:
        """Return what was collected.

        Raises:
            AmbiguousDateError: Rows are left that nothing decided.
        """
        if self._undecided:
            raise self._ambiguous()
        return self.devices.result(options, untimed=self.untimed)

    def _ambiguous(self) -> AmbiguousDateError:
        heading = self._heading_of.get("date") or self._heading_of["time"]
        return AmbiguousDateError(column=heading.name)

    def _add(self, cells: list[str]) -> Phrase | None:
        """Add one row, or return what is wrong with it."""
        try:
            lat_deg, lon_deg = self._position(cells)
        except LookupError:
            return NO_POSITION
        except ValueError:
            return BAD_POSITION
        wrong = position(lat_deg, lon_deg)
        if wrong is not None:
            return wrong
        text = self._time_text(cells)
        if not text:
            self.untimed += 1
            return None
        try:
            time_us, kind = self._instant(text)
            self.devices.add(
                self._cell(cells, "device"), time_us, kind, lat_deg, lon_deg, **self._known(cells)
            )
        except OrderNeededError:
            raise
        except (ValueError, OverflowError):
            return BAD_TIME
        return None

    def _cell(self, cells: list[str], field: str) -> str:
        at = self._number_of.get(field, -1)
        if not 0 <= at < len(cells):
            return ""
        cell = cells[at].strip()
        return "" if cell.lower() in _BLANK else cell

    def _position(self, cells: list[str]) -> tuple[float, float]:
        """Return latitude and longitude.

        Raises:
            LookupError: Blank.
            ValueError: Not numbers.
        """
        columns = self._number_of
        if "lat" in columns and "lon" in columns:
            lat_deg = self._angle(cells, "lat", "ns", "S")
            return lat_deg, self._angle(cells, "lon", "ew", "W")
        if "lat_e7" in columns and "lon_e7" in columns:
            lat_e7, lon_e7 = self._filled(cells, "lat_e7"), self._filled(cells, "lon_e7")
            return number(lat_e7) / 1e7, number(lon_e7) / 1e7
        lon_deg, lat_deg = wkt_point(self._filled(cells, "wkt"))
        return lat_deg, lon_deg

    def _angle(self, cells: list[str], field: str, letter: str, negative: str) -> float:
        cell = self._filled(cells, field)
        try:
            value = angle_deg(cell)
        except ValueError:
            self._refuse_damage(cell, field)
            raise
        if abs(value) > 180 and cell.strip("-").isdecimal() and self._in_semicircles(field):
            return value * SEMICIRCLE_DEG
        if letter in self._number_of and self._cell(cells, letter).upper() == negative:
            return -abs(value)
        return value

    def _in_semicircles(self, field: str) -> bool:
        """Say whether the column is that of a FIT file: ``position_lat``, ``position_long``."""
        return self._heading_of[field].name.lower().startswith("position")

    def _filled(self, cells: list[str], field: str) -> str:
        cell = self._cell(cells, field)
        if not cell:
            raise LookupError
        return cell

    def _refuse_damage(self, cell: str, field: str) -> None:
        if spreadsheet_damage(cell):
            raise SpreadsheetDamageError(column=self._heading_of[field].name)

    def _time_text(self, cells: list[str]) -> str:
        if self._in_columns:
            year, month, day, hour, minute, second = (
                self._cell(cells, field)
                for field in ("year", "month", "date", "hour", "minute", "second")
            )
            return f"{year}-{month}-{day} {hour}:{minute}:{second}"
        if "date" not in self._number_of:
            text = self._cell(cells, "time")
        else:
            date, clock = self._cell(cells, "date"), self._cell(cells, "clock")
            if "clock" in self._number_of and not (date and clock):
                return ""
            text = f"{_divided(date, '/' if len(date) == 6 else '-')} {_divided(clock, ':')}"
        return f"{text}{self._cell(cells, 'offset')}".strip() if text else ""

    def _instant(self, text: str) -> tuple[int, TimeKind]:
        try:
            time_us, kind = self._number_or_instant(text)
        except OrderNeededError:
            raise
        except ValueError:
            if "time" in self._heading_of:
                self._refuse_damage(text, "time")
            raise
        if kind is TimeKind.NAIVE and self._says_utc:
            kind = TimeKind.UTC
        return time_us, kind

    def _number_or_instant(self, text: str) -> tuple[int, TimeKind]:
        if text.isdecimal() and len(text) == _CALENDAR_DIGITS:
            return parse_instant(f"{text[:8]}T{text[8:]}")
        if text.isdecimal() and len(text) <= 19:
            return epoch_us(int(text)), TimeKind.UTC
        try:
            return parse_instant(text)
        except ValueError:
            pass
        if "/" in text or ":" in text:
            return named_month_instant(text) or self._written(text)
        if spreadsheet_damage(text):
            raise ValueError("digits lost")
        return epoch_us(number(text)), TimeKind.UTC

    def _written(self, text: str) -> tuple[int, TimeKind]:
        if self._order is None:
            self._order = order_shown_by(text)
            if self._order is not None:
                self._decide()
        return written_instant(text, self._order)

    def _decide(self) -> None:
        """Read the rows that waited for the order, now that it is known."""
        while self._undecided:
            self._row(*self._undecided.popleft())

    def _known(self, cells: list[str]) -> dict[str, float]:
        return {field: self._measure(cells, field) for field in self._measures}

    def _measure(self, cells: list[str], field: str) -> float:
        cell = self._cell(cells, field)
        if not cell:
            return math.nan
        try:
            value, unit = measure(cell)
        except ValueError:
            return math.nan
        return value * (scale_of(field, unit) if unit else self._heading_of[field].scale)


def _divided(digits: str, mark: str) -> str:
    """Return 20260301 as 2026-03-01, 080000 as 08:00:00; other texts as they are."""
    if not digits.isdecimal() or len(digits) not in {6, 8}:
        return digits
    head = len(digits) - 4
    return mark.join((digits[:head], digits[head:-2], digits[-2:]))
