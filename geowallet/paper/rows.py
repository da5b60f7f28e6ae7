"""A document as CSV: the columns of its tables, one file for a person and their payroll."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geowallet.paper.document import Table, Value

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet runs a cell that begins so (OWASP, "CSV Injection")."""

BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""Excel takes a file without it for the code page of the machine."""


def as_csv(table: Table, *, id_: str, decimal_comma: bool, for_excel: bool = False) -> bytes:
    """Return ``table`` as UTF-8 CSV with one header line, and the id on every line.

    Args:
        table: Its values are written, not its texts; the total is left out.
        id_: Of the document.
        decimal_comma: Write ``3,5`` and part columns by ``;``, as French programs read.
        for_excel: Begin with a byte order mark.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if decimal_comma else ",", lineterminator="\r\n")
    writer.writerow([*(column.name for column in table.columns), "id"])
    for row in table.rows:
        cells = [plain(cell.value, decimal_comma=decimal_comma) for cell in row]
        writer.writerow([*cells, id_])
    return ((BYTE_ORDER_MARK if for_excel else "") + text.getvalue()).encode()


def plain(value: Value, *, decimal_comma: bool) -> str:
    """Return a value as a cell of a CSV file; words cannot become formulas."""
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", ",") if decimal_comma else f"{value:f}"
    if isinstance(value, dt.date):
        return value.isoformat()
    return harmless(value) if isinstance(value, str) else str(value)


def harmless(text: str) -> str:
    """Return ``text`` with an apostrophe before it if a spreadsheet would run it."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
