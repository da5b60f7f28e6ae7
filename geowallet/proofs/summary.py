"""The figures of an export for people and for payroll: the same, and nothing more.

A readable copy proves nothing by itself; every line carries the receipt, so
that it can be laid beside the sealed file.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING

from geowallet.contracts.catalogue import MEASURES
from geowallet.model.words import N_, Phrase, phrase
from geowallet.proofs.claims import receipt_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from geowallet.proofs.claims import Figures

CSV_HEADER = ("receipt", "contract", "period", "group", "measure", "value", "unit")
"""Columns of the CSV, one figure a line; ``group`` is "total" or the key of a row."""

TOTAL_LINES: dict[str, str] = {
    "distance_m": N_("{receipt}  total: {value} m"),
    "trips": N_("{receipt}  total: {value} trips"),
    "days": N_("{receipt}  total: {value} days with a trip"),
}

GROUP_LINES: dict[str, str] = {
    "distance_m": N_("{receipt}  {group}: {value} m"),
    "trips": N_("{receipt}  {group}: {value} trips"),
    "days": N_("{receipt}  {group}: {value} days with a trip"),
}

_UNITS = {"m": "m", "count": ""}


def summary_lines(figures: Figures) -> tuple[Phrase, ...]:
    """Return the export in sentences: head, totals, rows, assurance, validity."""
    receipt = figures.receipt
    result = figures.result
    head = phrase(
        N_("{receipt}  contract {contract}, period {period}"),
        receipt=receipt,
        contract=figures.contract_name,
        period=str(result.period),
    )
    totals = [
        phrase(TOTAL_LINES[measure], receipt=receipt, value=value)
        for measure, value in result.totals.items()
    ]
    rows = [
        phrase(GROUP_LINES[measure], receipt=receipt, group=group_text(group.key), value=value)
        for group in result.groups
        for measure, value in group.values.items()
    ]
    return (head, *totals, *rows, *_assurance(figures), *_end(figures))


def csv_rows(figures: Figures) -> tuple[tuple[str, ...], ...]:
    """Return the export as a table, header first; distances in metres."""
    result = figures.result
    lines = [("total", measure, value) for measure, value in result.totals.items()]
    lines += [
        (group_text(group.key), measure, value)
        for group in result.groups
        for measure, value in group.values.items()
    ]
    cells = [(group, name, value, _UNITS[MEASURES[name].unit]) for group, name, value in lines]
    cells += [("total", f"share_{level}", metres, "m") for level, metres in result.share_m.items()]
    cells += [
        ("total", f"share_{level}", percent, "%") for level, percent in result.share_percent.items()
    ]
    fixed = (figures.receipt, figures.contract_name, str(result.period))
    return CSV_HEADER, *(
        tuple(safe_cell(str(cell)) for cell in (*fixed, *variable)) for variable in cells
    )


def csv_text(figures: Figures) -> str:
    """Return `csv_rows` as a file (RFC 4180: commas, CR LF)."""
    out = io.StringIO()
    csv.writer(out).writerows(csv_rows(figures))
    return out.getvalue()


def safe_cell(text: str) -> str:
    """Return ``text`` such that no spreadsheet takes it for a formula.

    Source:
        OWASP, "CSV Injection": a leading ``= + - @``, tab or line end is
        defused by an apostrophe.
    """
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text


def group_text(key: Mapping[str, str]) -> str:
    """Return the key of a row in words, such as ``2026-10 bike``."""
    return " ".join(key.values())


def _assurance(figures: Figures) -> Iterator[Phrase]:
    texts = (
        N_("{receipt}  assurance {level}: {value} m"),
        N_("{receipt}  assurance {level}: {value} % of the metres"),
    )
    shares = (figures.result.share_m, figures.result.share_percent)
    for text, share in zip(texts, shares, strict=True):
        for level, value in share.items():
            if value:
                yield phrase(text, receipt=figures.receipt, level=level, value=value)


def _end(figures: Figures) -> tuple[Phrase, ...]:
    replaces = phrase(
        N_("{receipt}  replaces receipt {old}"),
        receipt=figures.receipt,
        old=receipt_id(figures.supersedes),
    )
    valid = phrase(
        N_("{receipt}  signed on {issued}, valid until {expires}"),
        receipt=figures.receipt,
        issued=_date(figures.issued_s),
        expires=_date(figures.expires_s),
    )
    copy = phrase(
        N_("{receipt}  readable copy: only the sealed file can be verified"),
        receipt=figures.receipt,
    )
    return (replaces, valid, copy) if figures.supersedes else (valid, copy)


def _date(time_s: int) -> str:
    return dt.datetime.fromtimestamp(time_s, tz=dt.UTC).date().isoformat()
