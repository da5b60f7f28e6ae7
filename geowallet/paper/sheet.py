"""A document as a spreadsheet: one sheet of facts, and one a table."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from geowallet.paper.document import Facts, Note

if TYPE_CHECKING:
    from geowallet.paper.document import Cell, Document, Table

LONGEST_NAME = 31
"""Of a sheet, in characters (Excel specifications and limits)."""

FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
"""In the name of a sheet."""


def as_xlsx(document: Document) -> bytes:
    """Return ``document`` as an XLSX workbook: numbers are numbers, words never formulas."""
    import xlsxwriter  # noqa: PLC0415  of the extra `report`

    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    # The day it was made, and no clock of the machine: the same document, the same bytes.
    made = dt.datetime.combine(document.made, dt.time())
    book.set_properties({"title": document.title, "comments": document.id, "created": made})
    formats = {
        "head": book.add_format({"bold": True}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "money": book.add_format({"num_format": "#,##0.00"}),
    }
    _write_facts(
        book.add_worksheet(document.title.translate(FORBIDDEN)[:LONGEST_NAME]), document, formats
    )
    for number, table in enumerate(document.tables(), start=2):
        name = f"{number} {table.heading}".translate(FORBIDDEN)[:LONGEST_NAME]
        _write_table(book.add_worksheet(name), table, formats)
    book.close()
    return file.getvalue()


def _write_facts(sheet: Any, document: Document, formats: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 48)
    sheet.write_string(0, 0, document.title, formats["head"])
    sheet.write_string(0, 1, document.id)
    line = 2
    for block in document.blocks:
        if isinstance(block, Facts):
            sheet.write_string(line, 0, block.heading, formats["head"])
            for label, cell in block.rows:
                line += 1
                sheet.write_string(line, 0, label)
                _write(sheet, line, 1, cell, formats)
            line += 2
        elif isinstance(block, Note):
            sheet.write_string(line, 0, block.text)
            line += 2


def _write_table(sheet: Any, table: Table, formats: dict[str, Any]) -> None:
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, 8 * column.share)
        sheet.write_string(0, place, column.heading, formats["head"])
    sheet.freeze_panes(1, 0)
    rows = [*table.rows, *([table.total] if table.total else [])]
    for line, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            _write(sheet, line, place, cell, formats)


def _write(sheet: Any, line: int, place: int, cell: Cell, formats: dict[str, Any]) -> None:
    value = cell.value
    if isinstance(value, Decimal):
        two_places = value.as_tuple().exponent == -2
        sheet.write_number(line, place, float(value), formats["money"] if two_places else None)
    elif isinstance(value, int):
        sheet.write_number(line, place, value)
    elif isinstance(value, dt.date):
        moment = dt.datetime.combine(value, dt.time())
        sheet.write_datetime(line, place, moment, formats["date"])
    else:
        sheet.write_string(line, place, value or cell.text)
