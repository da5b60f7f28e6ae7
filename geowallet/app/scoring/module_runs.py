"""Use cases for whoever writes or doubts a module: look at it, run it, run it again."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.app.files import read_small
from geowallet.app.scoring.modules import check_module
from geowallet.app.sharing.selecting import selected_for
from geowallet.contracts.evaluation.module_rows import FIELDS, LARGEST, ROW_BYTES, packed, records
from geowallet.evaluator.module import ModuleTask, run_module
from geowallet.evaluator.module_code import ModuleCode, read_module
from geowallet.model.errors import EvaluationFailedError, UnreadableSourceError
from geowallet.model.words import N_

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from geowallet.contracts.terms.syntax import Terms
    from geowallet.model.calendar import Period
    from geowallet.vault.store import Vault

TRIAL_FUEL = 10_000_000
"""Steps of a call where no contract names them; 50 ms of a processor."""

MAX_ROWS_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class Trial:
    """One run of a module, made twice with the same result.

    Attributes:
        code: What the module is.
        rows: How many rows it saw.
        rows_sha256: Digest of their bytes: with it, two people know that they ran the same.
        outputs: Output id to value, in no range but that of 64 bits.
        fuel: Most steps that one output took.
        most_fuel: Steps that it might have taken.
    """

    code: ModuleCode
    rows: int
    rows_sha256: str
    outputs: dict[str, int]
    fuel: int
    most_fuel: int


def try_module(
    data: bytes,
    rows: Sequence[bytes],
    *,
    outputs: Sequence[str] = (),
    fuel: int = TRIAL_FUEL,
    memory_pages: int = 0,
) -> Trial:
    """Return what the module in ``data`` makes of ``rows``, after running it twice.

    Args:
        data: The module.
        rows: As `contracts.module_rows` lays them out.
        outputs: Of it; all that it has where empty.
        fuel: Steps of one call.
        memory_pages: Of 64 KiB; what it declares where 0.

    Raises:
        EvaluationFailedError: The two runs differ.
        GeowalletError: As `module_code.read_module` and `evaluator.module.run_module`.
    """
    code = read_module(data)
    names = tuple(outputs) or code.outputs
    pages = memory_pages or code.memory_pages
    code.check_fits(names, pages)
    task = ModuleTask(data, names, fuel, pages)
    first, again = (run_module(task, [rows], row_bytes=ROW_BYTES) for _ in range(2))
    if first != again:
        raise EvaluationFailedError
    digest = hashlib.sha256(b"".join(rows)).hexdigest()
    values = dict(zip(names, first.values[0], strict=True))
    return Trial(code, len(rows), digest, values, first.fuel, fuel)


def try_under(vault: Vault, terms: Terms, period: Period, data: bytes) -> Trial:
    """Return what a module makes of the rows that ``terms`` select; nothing leaves.

    Where the terms name a module it must be this one, within their bounds.

    Raises:
        ModuleDigestError: The terms name another.
        GeowalletError: As `try_module` and `preparing.selected_for`.
    """
    rows = records(selected_for(vault, terms, period).rows)
    if terms.module is None:
        return try_module(data, rows)
    check_module(terms, data)
    module = terms.module
    names = [output.id for output in module.outputs]
    return try_module(data, rows, outputs=names, fuel=module.fuel, memory_pages=module.memory_pages)


def rows_from(path: Path) -> tuple[bytes, ...]:
    """Return the rows of a CSV file whose headings are names of `FIELDS`; the others are 0.

    Raises:
        SourceMissingError: There is no such file.
        UnreadableSourceError: Another heading, or what is no whole number of 32 bits.
        TooLargeError: It is larger than `MAX_ROWS_BYTES`.
    """
    data = read_small(path, MAX_ROWS_BYTES)
    try:
        reader = csv.DictReader(io.StringIO(data.decode()), strict=True)
        if not reader.fieldnames or not set(reader.fieldnames) <= set(FIELDS):
            raise UnreadableSourceError(format="CSV", reason=N_("a heading that is no field"))
        return tuple(packed(_numbers(row)) for row in reader)
    except (UnicodeDecodeError, csv.Error, ValueError) as error:
        reason = N_("not whole numbers under headings")
        raise UnreadableSourceError(format="CSV", reason=reason) from error


def _numbers(row: Mapping[str | None, str | list[str] | None]) -> dict[str, int]:
    """Return the numbers of one line.

    Raises:
        ValueError: A cell too many or too few, or one that is no such number.
    """
    found = {}
    for name, text in row.items():
        if name is None or not isinstance(text, str) or not (text.isascii() and text.isdecimal()):
            raise ValueError("not a number under a heading")
        found[name] = int(text)
        if found[name] > LARGEST:
            raise ValueError("a number beyond 32 bits")
    return found
