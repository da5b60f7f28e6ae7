"""Tables without a header: columns that the owner names, or that can mean one thing only.

Content is believed where nothing else fits: one column of instants, and two of
degrees, one of which passes 90 and so is the longitude.
"""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING

from geowallet.connectors.fields.headings import headings_of, holds_positions
from geowallet.connectors.fields.instants import epoch_us, parse_instant
from geowallet.connectors.fields.numbers import number, wkt_point
from geowallet.connectors.fields.rows import FIRST_PLAUSIBLE_US, LAST_PLAUSIBLE_US
from geowallet.connectors.fields.sheets import DELIMITERS, Sheet, cells_of
from geowallet.model.errors import AmbiguousColumnsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PASSED_OVER = "-"
"""Name of a column that is of no use."""

_DEGREES = re.compile(r"[-+]?\d{1,3}[.,]\d{3,}", re.ASCII)
"""Whole degrees and tenths are temperatures, heart beats, speeds."""
_EPOCH = re.compile(r"\d{9,19}(?:\.\d+)?", re.ASCII)
_WRITTEN = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}[ T,]\s*\d{1,2}:\d{2}.*", re.ASCII)
_DATE = re.compile(r"\d{4}[-/]\d{2}[-/]\d{2}", re.ASCII)
_CLOCK = re.compile(r"\d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?", re.ASCII)


def said_sheet(lines: Iterable[str], names: Sequence[str]) -> Sheet | None:
    """Return the sheet whose columns are ``names``, or None if no line has as many cells."""
    columns = headings_of(["" if name == PASSED_OVER else name for name in names])
    if not holds_positions(columns):
        return None
    for line in lines:
        for delimiter in DELIMITERS:
            if len(cells_of(line[:65_536], delimiter)) >= len(names) > 1:
                return Sheet(delimiter, columns, 0)
    return None


def looks_headless(lines: Sequence[str]) -> bool:
    """Say whether all lines are rows of one table with a time and two columns of degrees."""
    return any(_candidates(lines, delimiter) for delimiter in DELIMITERS)


def sheet_without_header(lines: Sequence[str]) -> Sheet | None:
    """Return the only sheet that the rows can be, or None if they are no such table.

    Raises:
        AmbiguousColumnsError: They can be read in several ways.
    """
    for delimiter in DELIMITERS:
        found = _candidates(lines, delimiter)
        if len(found) > 1:
            raise AmbiguousColumnsError
        if found:
            return Sheet(delimiter, headings_of(found[0]), 0)
    return None


def _candidates(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """Return the names of the columns, in every way in which the rows can be read."""
    rows = [cells_of(line[:65_536], delimiter) for line in lines if line.strip()]
    if not rows or len({len(row) for row in rows}) != 1:
        return []
    columns = [[cell.strip() for cell in column] for column in zip(*rows, strict=True)]
    times = _times(columns)
    ways: list[list[str]] = []
    for place in _places(columns):
        for time in times:
            if time.keys().isdisjoint(place.keys()):
                named = place | time
                ways.append([named.get(at, "") for at in range(len(columns))])
    return ways


def _times(columns: Sequence[list[str]]) -> list[dict[int, str]]:
    whole = [{at: "time"} for at, cells in enumerate(columns) if all(map(_is_instant, cells))]
    if whole:
        return whole
    dates = [at for at, cells in enumerate(columns) if all(map(_DATE.fullmatch, cells))]
    clocks = [at for at, cells in enumerate(columns) if all(map(_CLOCK.fullmatch, cells))]
    return [{date: "date", clock: "time"} for date in dates for clock in clocks]


def _places(columns: Sequence[list[str]]) -> list[dict[int, str]]:
    points = [at for at, cells in enumerate(columns) if all(map(_is_point, cells))]
    if points:
        return [{at: "wkt"} for at in points]
    degrees = {at: span for at, cells in enumerate(columns) if (span := _degrees(cells)) <= 180}
    ways = []
    for one, other in combinations(degrees, 2):
        ways += [{one: "lat", other: "lon"}] if degrees[one] <= 90 else []
        ways += [{one: "lon", other: "lat"}] if degrees[other] <= 90 else []
    return ways


def _degrees(cells: Sequence[str]) -> float:
    """Return the largest number without its sign; infinite if they are no degrees."""
    if not all(map(_DEGREES.fullmatch, cells)):
        return float("inf")
    return max(abs(number(cell)) for cell in cells)


def _is_point(cell: str) -> bool:
    try:
        wkt_point(cell)
    except ValueError:
        return False
    return True


def _is_instant(cell: str) -> bool:
    if _WRITTEN.fullmatch(cell):
        return True
    try:
        time_us = epoch_us(float(cell)) if _EPOCH.fullmatch(cell) else parse_instant(cell)[0]
    except ValueError:
        return False
    return FIRST_PLAUSIBLE_US <= time_us < LAST_PLAUSIBLE_US
