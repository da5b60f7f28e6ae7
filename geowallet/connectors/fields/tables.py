"""Tables whose columns are known by name: rows out of a text with a header."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, BinaryIO

from geowallet.connectors.fields.numbers import number
from geowallet.connectors.fields.rows import BAD_POSITION, BAD_TIME, NO_POSITION, position
from geowallet.connectors.fields.sheets import DELIMITERS, HEADER_WITHIN, cells_of
from geowallet.connectors.streams import lines
from geowallet.model.errors import UnreadableSourceError
from geowallet.model.words import N_, Phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from geowallet.connectors.fields.devices import Devices
    from geowallet.model.fixes import TimeKind

BLANK = frozenset({"", "-", "--", "none", "null", "nan", "<invalid>", "\\n"})
"""What apps write where they have nothing."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table.

    Attributes:
        number: Of the line, from 1.
        cells: As `cells_of` cuts it.
        columns: Number of the column by its name in lower case.
    """

    number: int
    cells: list[str]
    columns: Mapping[str, int]

    def text(self, *names: str) -> str:
        """Return the first cell of ``names`` that is not blank, or an empty text."""
        for name in names:
            at = self.columns.get(name, -1)
            cell = self.cells[at].strip() if 0 <= at < len(self.cells) else ""
            if cell.lower() not in BLANK:
                return cell
        return ""

    def real(self, *names: str) -> float:
        """Return the number in the first cell that is not blank, or NaN."""
        try:
            return number(self.text(*names))
        except ValueError:
            return math.nan


def columns_of(cells: list[str]) -> dict[str, int]:
    """Return the number of each column by its name; of two called alike, the first."""
    found: dict[str, int] = {}
    for column, cell in enumerate(cells):
        found.setdefault(cell.strip(" \ufeff\"'\r\n").lower(), column)
    return found


def header_in(
    text: list[str], fits: Callable[[Mapping[str, int]], bool]
) -> tuple[int, str, dict[str, int]] | None:
    """Return line number, delimiter and columns of the first header that ``fits``, or None."""
    for at, line in enumerate(text[:HEADER_WITHIN], start=1):
        for delimiter in DELIMITERS:
            columns = columns_of(cells_of(line[:65_536], delimiter))
            if fits(columns):
                return at, delimiter, columns
    return None


def rows_of(
    stream: BinaryIO, form: str, fits: Callable[[Mapping[str, int]], bool]
) -> Iterator[Row]:
    """Yield the rows; a header that is repeated, as it may be after a new start, counts anew.

    Args:
        stream: The table.
        form: Name of the format, for errors.
        fits: Says whether columns are those of the format.

    Raises:
        UnreadableSourceError: No header that ``fits``.
    """
    text = lines(stream, form)
    first = list(islice(text, HEADER_WITHIN))
    found = header_in(first, fits)
    if found is None:
        raise UnreadableSourceError(format=form, reason=N_("its header lacks a column"))
    start, delimiter, columns = found
    names = frozenset(columns)
    for at, line in enumerate(chain(first[start:], text), start=start + 1):
        cells = cells_of(line, delimiter)
        if cells and cells[0].strip().lower() in names:
            again = columns_of(cells)
            if fits(again):
                columns, names = again, frozenset(again)
                continue
        if line.strip():
            yield Row(at, cells, columns)


def add_row(
    devices: Devices,
    device: str,
    time: tuple[int, TimeKind] | None,
    lat: str,
    lon: str,
    **known: float,
) -> Phrase | None:
    """Add a fix, or return what is wrong with it.

    Args:
        devices: Where to add it.
        device: As the source names it, or "".
        time: Microseconds and kind, None if it cannot be read.
        lat: Degrees; a comma may stand for the point.
        lon: Likewise.
        **known: Columns, as in `FixRows.add`.
    """
    if not lat or not lon:
        return NO_POSITION
    try:
        lat_deg, lon_deg = number(lat), number(lon)
    except ValueError:
        return BAD_POSITION
    wrong = position(lat_deg, lon_deg)
    if wrong is not None:
        return wrong
    if time is None:
        return BAD_TIME
    try:
        devices.add(device, time[0], time[1], lat_deg, lon_deg, **known)
    except ValueError:
        return BAD_TIME
    return None
