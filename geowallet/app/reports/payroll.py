"""Use case: the lines that a payroll program takes in, under codes that the owner's file names.

No code is built in: they are particular to each employer's payroll file.
"""

from __future__ import annotations

import csv
import io
import tomllib
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, Any

from geowallet.app.files import read_small
from geowallet.model.errors import BadMappingError, NoAmountError
from geowallet.model.words import N_
from geowallet.paper.rows import BYTE_ORDER_MARK, harmless

if TYPE_CHECKING:
    from pathlib import Path

    from geowallet.app.reports.mileage import Mileage

MAX_BYTES, MAX_LINES, MAX_WORD, MAX_DECIMALS = 16_384, 32, 40, 3
"""Of a mapping: bytes, lines, letters of a code or employee number, decimals of a value."""

HEADER = ("Matricule", "Code", "Valeur", "Date debut", "Date fin", "Reference")
"""First line, without accents: old programs read it."""

VALUES: dict[str, int] = {
    "distance_km": 1,
    "distance_year_km": 1,
    "amount": 2,
    "amount_year": 2,
    "days": 0,
    "trips": 0,
}
"""What a line may hold, and its decimals where the mapping says nothing."""


@dataclass(frozen=True, slots=True)
class PayLine:
    """One line: which value, under which code, with how many decimals."""

    value: str
    code: str
    decimals: int


@dataclass(frozen=True, slots=True)
class PayMapping:
    """Whose lines, and which."""

    employee: str
    lines: tuple[PayLine, ...]


def read_mapping(path: Path) -> PayMapping:
    """Return the mapping of a TOML file.

    Raises:
        SourceMissingError: There is no such file.
        SourceAccessError: It cannot be read.
        TooLargeError: It is larger than a mapping can be.
        BadMappingError: It is no mapping.
    """
    data = read_small(path, MAX_BYTES)
    try:
        found = tomllib.loads(data.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadMappingError(reason=N_("it is not TOML in UTF-8")) from error
    if set(found) != {"employee", "line"}:
        raise BadMappingError(reason=N_("its members are 'employee' and '[[line]]'"))
    entries = found["line"]
    if not isinstance(entries, list) or not 1 <= len(entries) <= MAX_LINES:
        raise BadMappingError(reason=N_("it needs 1 to 32 [[line]] parts"))
    lines = tuple(_line(entry) for entry in entries)
    if len({line.code for line in lines}) != len(lines):
        raise BadMappingError(reason=N_("a code stands twice"))
    return PayMapping(_word(found["employee"]), lines)


def payroll_csv(mapping: PayMapping, book: Mileage, *, id_: str, for_excel: bool = False) -> bytes:
    """Return the lines of a book as CSV: UTF-8, ``;``, decimal comma; zeros are written.

    Raises:
        NoAmountError: A line asks for an amount, and the book has none.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADER)
    days = (f"{day:%d/%m/%Y}" for day in (book.period.first, book.period.last))
    ends = [*days, id_]
    for line in mapping.lines:
        value = _value(book, line)
        writer.writerow([harmless(mapping.employee), harmless(line.code), value, *ends])
    return ((BYTE_ORDER_MARK if for_excel else "") + text.getvalue()).encode()


def _value(book: Mileage, line: PayLine) -> str:
    """Return a figure as the paper has it, with the decimals of the line and a comma."""
    amount = book.amount
    if amount is None and line.value.startswith("amount"):
        raise NoAmountError(reason=book.why_no_amount)
    figures: dict[str, Decimal] = {
        "distance_km": Decimal(book.metres) / 1000,
        "distance_year_km": Decimal(book.year_m) / 1000,
        "amount": amount.amount if amount else Decimal(0),
        "amount_year": amount.due if amount else Decimal(0),
        "days": Decimal(book.days),
        "trips": Decimal(len(book.lines)),
    }
    step = Decimal(1).scaleb(-line.decimals)
    return f"{figures[line.value].quantize(step, ROUND_HALF_EVEN):f}".replace(".", ",")


def _line(entry: Any) -> PayLine:
    if not isinstance(entry, dict) or not {"value", "code"} <= set(entry) <= _MEMBERS:
        raise BadMappingError(reason=N_("a [[line]] has 'value', 'code' and perhaps 'decimals'"))
    value = entry["value"]
    if not isinstance(value, str) or value not in VALUES:
        raise BadMappingError(reason=N_("a 'value' is none of those that a book has"))
    decimals = entry.get("decimals", VALUES[value])
    if type(decimals) is not int or not 0 <= decimals <= MAX_DECIMALS:
        raise BadMappingError(reason=N_("'decimals' is not a whole number from 0 to 3"))
    if value.startswith("amount") and decimals != VALUES[value]:
        raise BadMappingError(reason=N_("an amount has two decimals: cents are not rounded away"))
    return PayLine(value, _word(entry["code"]), decimals)


_MEMBERS = {"value", "code", "decimals"}


def _word(text: Any) -> str:
    if not isinstance(text, str) or not 0 < len(text) <= MAX_WORD or not text.isprintable():
        raise BadMappingError(
            reason=N_("a code or 'employee' is not a text of 1 to 40 printable letters")
        )
    return text
