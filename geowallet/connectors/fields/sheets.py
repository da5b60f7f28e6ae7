"""Where the header of a table is, what divides its cells, and how a line is cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.connectors.fields.headings import Heading, headings_of, holds_positions

if TYPE_CHECKING:
    from collections.abc import Iterable

DELIMITERS = ("\t", ";", "|", ",")
HEADER_WITHIN = 10
"""Loggers write a few lines about the device before the header."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table's header.

    Attributes:
        delimiter: One of `DELIMITERS`.
        columns: Number and heading per field, as `headings_of`.
        header_line: Its number, from 1.
    """

    delimiter: str
    columns: dict[str, tuple[int, Heading]]
    header_line: int


def sheet_in(lines: Iterable[str]) -> Sheet | None:
    """Return the first header with a position among `HEADER_WITHIN` lines, or None."""
    for number, line in enumerate(lines, start=1):
        if number > HEADER_WITHIN:
            return None
        best: Sheet | None = None
        for delimiter in DELIMITERS:
            names = cells_of(line[:65_536], delimiter)
            columns = headings_of(names)
            fits = len(names) > 1 and holds_positions(columns)
            if fits and (best is None or len(columns) > len(best.columns)):
                best = Sheet(delimiter, columns, number)
        if best is not None:
            return best
    return None


def cells_of(line: str, delimiter: str) -> list[str]:
    """Return the cells of one line, unquoted and without outer blanks.

    A quote that is never closed ends with the line: one slip costs one row, not
    the rest of the file.
    """
    parts = line.rstrip("\r\n").split(delimiter)
    if '"' not in line:
        return parts
    cells: list[str] = []
    held: list[str] = []
    for part in parts:
        if held:
            held.append(part)
        elif part.lstrip().startswith('"'):
            held = [part]
        else:
            cells.append(part)
            continue
        if sum(piece.count('"') for piece in held[-1:]) % 2 == (1 if len(held) > 1 else 0):
            cells.append(_unquoted(delimiter.join(held)))
            held = []
    if held:
        cells.append(_unquoted(delimiter.join(held)))
    return cells


def _unquoted(cell: str) -> str:
    cell = cell.strip().removeprefix('"').removesuffix('"')
    return cell.replace('""', '"')
