"""The figures of an export for people and for payroll: the same, and nothing more.

A readable copy proves nothing by itself; every line carries the receipt, so
that it can be laid beside the sealed file.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING

from geowallet.contracts.terms.catalogue import MEASURES
from geowallet.model.words import N_, Phrase, phrase
from geowallet.proofs.claims import receipt_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from geowallet.contracts.evaluation.figures import Value
    from geowallet.proofs.claims import Figures

CSV_HEADER = ("receipt", "contract", "period", "group", "measure", "value", "unit")
"""Columns of the CSV, one figure a line; ``group`` is "total" or the key of a row."""

TOTAL_LINES: dict[str, str] = {
    "distance_m": N_("{receipt}  total: {value} m"),
    "trips": N_("{receipt}  total: {value} trips"),
    "days": N_("{receipt}  total: {value} days with a trip"),
    "duration_s": N_("{receipt}  total: {value} s of travel"),
    "night_distance_m": N_("{receipt}  total: {value} m after dark"),
    "driving_score": N_("{receipt}  total: driving score {value} of 100"),
    "braking_rate": N_("{receipt}  total: {value} weighted hard brakings per 1,000 km"),
    "acceleration_rate": N_("{receipt}  total: {value} weighted hard accelerations per 1,000 km"),
    "cornering_rate": N_("{receipt}  total: {value} weighted hard corners per 1,000 km"),
    "night_percent": N_("{receipt}  total: {value} % after dark"),
    "measured_percent": N_("{receipt}  total: {value} % measured closely"),
    "amount_cents": N_("{receipt}  total: an amount of {value} hundredths"),
}

GROUP_LINES: dict[str, str] = {
    "distance_m": N_("{receipt}  {group}: {value} m"),
    "trips": N_("{receipt}  {group}: {value} trips"),
    "days": N_("{receipt}  {group}: {value} days with a trip"),
    "duration_s": N_("{receipt}  {group}: {value} s of travel"),
    "night_distance_m": N_("{receipt}  {group}: {value} m after dark"),
    "driving_score": N_("{receipt}  {group}: driving score {value} of 100"),
    "braking_rate": N_("{receipt}  {group}: {value} weighted hard brakings per 1,000 km"),
    "acceleration_rate": N_("{receipt}  {group}: {value} weighted hard accelerations per 1,000 km"),
    "cornering_rate": N_("{receipt}  {group}: {value} weighted hard corners per 1,000 km"),
    "night_percent": N_("{receipt}  {group}: {value} % after dark"),
    "measured_percent": N_("{receipt}  {group}: {value} % measured closely"),
}

OUTPUT_TOTAL = N_("{receipt}  total: {measure} = {value}")
OUTPUT_GROUP = N_("{receipt}  {group}: {measure} = {value}")
"""Of a recipient's own module: its names are known to nobody else."""

KEPT_BACK_TOTAL = N_("{receipt}  total: {measure} is kept back, too few trips stand behind it")
KEPT_BACK_GROUP = N_("{receipt}  {group}: {measure} is kept back, too few trips stand behind it")
LACKING_TOTAL = N_("{receipt}  total: {measure} cannot be told, the data do not suffice")
LACKING_GROUP = N_("{receipt}  {group}: {measure} cannot be told, the data do not suffice")

_UNITS = {
    "m": "m",
    "s": "s",
    "count": "",
    "points": "",
    "percent": "%",
    "cents": "cents",
    "per_1000_km": "per 1000 km",
}


def summary_lines(figures: Figures, *, epsilon_milli: int = 0) -> tuple[Phrase, ...]:
    """Return the export in sentences: head, totals, rows, noise, assurance, validity.

    Args:
        figures: What leaves.
        epsilon_milli: Of the noise that the terms ask for, in thousandths; 0 for none.
    """
    receipt = figures.receipt
    result = figures.result
    head = phrase(
        N_("{receipt}  contract {contract}, period {period}"),
        receipt=receipt,
        contract=figures.contract_name,
        period=str(result.period),
    )
    totals = [
        _line(measure, value, receipt=receipt, group="") for measure, value in result.totals.items()
    ]
    rows = [
        _line(measure, value, receipt=receipt, group=group_text(group.key))
        for group in result.groups
        for measure, value in group.values.items()
    ]
    noise = phrase(
        N_("{receipt}  every figure is blurred by noise (epsilon {epsilon} per step)"),
        receipt=receipt,
        epsilon=f"{epsilon_milli / 1000:g}",
    )
    blurred = (noise,) if epsilon_milli else ()
    return (head, *totals, *rows, *blurred, *_assurance(figures), *_end(figures))


def csv_rows(figures: Figures) -> tuple[tuple[str, ...], ...]:
    """Return the export as a table, header first; distances in metres."""
    result = figures.result
    lines = [("total", measure, value) for measure, value in result.totals.items()]
    lines += [
        (group_text(group.key), measure, value)
        for group in result.groups
        for measure, value in group.values.items()
    ]
    cells = [(group, name, _cell(value), _unit(name)) for group, name, value in lines]
    cells += [
        ("total", f"share_{level}", _cell(metres), "m") for level, metres in result.share_m.items()
    ]
    cells += [
        ("total", f"share_{level}", str(percent), "%")
        for level, percent in result.share_percent.items()
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


def _line(measure: str, value: Value, *, receipt: str, group: str) -> Phrase:
    """Return one figure in a sentence; of the total where ``group`` is ""."""
    places = {"receipt": receipt} | ({"group": group} if group else {})
    if not isinstance(value, int):
        kept_back = KEPT_BACK_GROUP if group else KEPT_BACK_TOTAL
        lacking = LACKING_GROUP if group else LACKING_TOTAL
        return phrase(kept_back if value is None else lacking, measure=measure, **places)
    known = GROUP_LINES if group else TOTAL_LINES
    if measure in known:
        return phrase(known[measure], value=value, **places)
    return phrase(OUTPUT_GROUP if group else OUTPUT_TOTAL, measure=measure, value=value, **places)


def _unit(measure: str) -> str:
    return _UNITS[MEASURES[measure].unit] if measure in MEASURES else ""


def _cell(value: Value) -> str:
    """Return a figure as CSV has it: empty where it is kept back."""
    return "" if value is None else str(value)


def group_text(key: Mapping[str, str]) -> str:
    """Return the key of a row in words, such as ``2026-10 bike``."""
    return " ".join(key.values())


def _assurance(figures: Figures) -> Iterator[Phrase]:
    texts = (
        N_("{receipt}  assurance {level}: {value} m"),
        N_("{receipt}  assurance {level}: {value} % of the metres"),
    )
    shares: tuple[Mapping[str, int | None], ...] = (
        figures.result.share_m,
        {**figures.result.share_percent},
    )
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
    changed = phrase(
        N_("{receipt}  changes to the period since it was first exported: {count}"),
        receipt=figures.receipt,
        count=figures.changes,
    )
    return (replaces, changed, valid, copy) if figures.supersedes else (valid, copy)


def _date(time_s: int) -> str:
    return dt.datetime.fromtimestamp(time_s, tz=dt.UTC).date().isoformat()
