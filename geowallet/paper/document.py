"""A report before it has a form: headings, facts, tables, charts and notes.

Every writer of this room shows the same document, so a figure cannot differ between
the page and the spreadsheet: it is one `Cell`, with its text for people and its value
for machines.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

Value = int | Decimal | dt.date | str
"""What a machine reads in a cell."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure or word.

    Attributes:
        text: As people read it, in the language of the document.
        value: The same for machines; "" where there is nothing to read.
    """

    text: str
    value: Value = ""


def words(text: str) -> Cell:
    """Return a cell that says the same to people and to machines."""
    return Cell(text, text)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes:
        heading: In the language of the document.
        name: For machines: a stable identifier with its unit, such as ``distance_m``.
        numeric: Whether its cells stand right.
        share: Width beside the other columns.
    """

    heading: str
    name: str
    numeric: bool = False
    share: int = 2


@dataclass(frozen=True, slots=True)
class Facts:
    """Labelled values, one a line.

    Attributes:
        heading: Of the block.
        rows: Label and value.
    """

    heading: str
    rows: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns; the last may be a total.

    Attributes:
        heading: Of the block.
        columns: At least one.
        rows: Each with one cell a column.
        total: Cells of the last line, or empty.
        empty: What is said where there are no rows.

    Raises:
        ValueError: A row has another number of cells.
    """

    heading: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] = ()
    empty: str = ""

    def __post_init__(self) -> None:
        for row in (*self.rows, *([self.total] if self.total else [])):
            if len(row) != len(self.columns):
                msg = "a row has one cell a column"
                raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar chart of values from 0 up.

    Attributes:
        heading: What is counted, with its unit.
        bars: Label, value, and the value in words.
        steps: Thresholds drawn as lines: value and words.
    """

    heading: str
    bars: tuple[tuple[str, Decimal, str], ...]
    steps: tuple[tuple[Decimal, str], ...] = ()

    @property
    def highest(self) -> Decimal:
        """The largest value or threshold, at least 1."""
        values = [value for _, value, _ in self.bars] + [value for value, _ in self.steps]
        return max([*values, Decimal(1)])


@dataclass(frozen=True, slots=True)
class Note:
    """A paragraph; ``strong`` ones are read first."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Signatures:
    """Empty lines for the hand: who signs, and under which words."""

    lines: tuple[tuple[str, str], ...]


Block = Facts | Table | Bars | Note | Signatures


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report.

    Attributes:
        title: First line of every page.
        id: Stands on every page and in every form.
        language: Of all texts, such as ``fr``.
        blocks: In the order they are read.
        foot: Last line of every page.
        made: The day it was made.
        page: Word for a page number, with ``{page}`` and ``{pages}``.
    """

    title: str
    id: str
    language: str
    blocks: tuple[Block, ...]
    foot: str
    made: dt.date
    page: str = "{page}/{pages}"

    def tables(self) -> tuple[Table, ...]:
        """Return the tables in order."""
        return tuple(block for block in self.blocks if isinstance(block, Table))
