"""A year put right, as a document: both tables, what was paid, and why there is a difference."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from geowallet.cli.rules.rule_table import where_read
from geowallet.cli.terminal.language import _, language, say
from geowallet.cli.terminal.numbers import day, decimal, money, month
from geowallet.model.errors import BadOptionError
from geowallet.paper.document import (
    Block,
    Cell,
    Column,
    Document,
    Facts,
    Note,
    Signatures,
    Table,
    words,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from geowallet.app.reports.regularise import MonthPaid, Regularisation
    from geowallet.rules.rule import Version

MOST_PAID = Decimal(1_000_000)
"""A month of kilometres was never paid more."""


def paid_of(texts: Sequence[str]) -> dict[int, Decimal]:
    """Return what was paid by month, read from ``1=120.50`` or ``1=120,50``.

    Raises:
        BadOptionError: Not a month and an amount with cents, or a month twice.
    """
    found: dict[int, Decimal] = {}
    for text in texts:
        number, _sign, amount = text.partition("=")
        try:
            value = Decimal(amount.strip().replace(",", "."))
            fine = abs(value) <= MOST_PAID and value == round(value, 2)
        except InvalidOperation:
            fine = False
        known = number.strip().isascii() and number.strip().isdecimal() and len(number) <= 2
        if not fine or not known or not 1 <= int(number) <= 12 or int(number) in found:
            reason = _("each month once, as 1=120.50 for January")
            raise BadOptionError(option="--paid", reason=reason)
        found[int(number)] = value.quantize(Decimal("0.01"))
    return found


def regularisation_paper(found: Regularisation, *, owner: str, id_: str, made: dt.date) -> Document:
    """Return the year put right as a document in the chosen language."""
    blocks: list[Block] = [
        Facts(
            _("Who"),
            (
                (_("Name"), words(owner or "-")),
                (_("Vehicle"), words(found.vehicle.plate or found.vehicle.id)),
            ),
        ),
        _total(found),
        Note(_reason(found)),
        _months(found),
        _tables(found),
        Note(_("This is a computation, not tax or payroll advice.")),
        Signatures(
            (
                (_("Employee"), _("I certify that this statement is exact. Place, date:")),
                (_("Payroll"), _("Date, signature:")),
            )
        ),
    ]
    title = _("Adjustment of mileage allowances {year}", year=found.year)
    foot = _("Readable copy: only a sealed export can be checked.")
    page = _("page {page} of {pages}", page="{page}", pages="{pages}")
    return Document(title, id_, language, tuple(blocks), foot, made, page)


def as_record(found: Regularisation) -> dict[str, Any]:
    """Return the year put right for ``--json``: money as decimal strings."""
    return {
        "report": "regularise",
        "year": found.year,
        "vehicle": found.vehicle.id,
        "rule": found.rule.id,
        "earlier": _version_record(found.earlier),
        "later": _version_record(found.later),
        "stated": found.stated,
        "paid": str(found.paid),
        "due": str(found.due),
        "difference": str(found.difference),
        "by_table": str(found.by_table),
        "by_rest": str(found.by_rest),
        "currency": found.rule.currency,
        "months": [
            {
                "month": item.month,
                "distance": str(item.distance),
                "total": str(item.total),
                "due_earlier": str(item.due_before),
                "due": str(item.due),
                "paid": str(item.paid),
                "difference": str(item.difference),
            }
            for item in found.months
        ],
    }


def _version_record(version: Version) -> dict[str, str]:
    return {"version": version.valid_from.isoformat(), "source": str(version.source)}


def _total(found: Regularisation) -> Facts:
    paid = _("Paid, as you said") if found.stated else _("Paid, if by the earlier table")
    return Facts(
        _("Total"),
        (
            (_("Due"), _money(found.due, found)),
            (paid, _money(found.paid, found)),
            (_("Difference"), _money(found.difference, found)),
            (_("Of which: the later table"), _money(found.by_table, found)),
            (
                _("Of which: late trips, another method or rounding"),
                _money(found.by_rest, found),
            ),
        ),
    )


def _reason(found: Regularisation) -> str:
    if found.earlier == found.later:
        return _("The table did not change since the year before.")
    return say(found.reason)


def _months(found: Regularisation) -> Table:
    columns = (
        Column(_("Until the end of"), "month", share=3),
        Column(found.rule.unit, "distance", numeric=True),
        Column(_("Year to date"), "total", numeric=True),
        Column(_("Earlier table"), "due_earlier", numeric=True),
        Column(_("Table that holds"), "due", numeric=True),
        Column(_("Paid"), "paid", numeric=True),
        Column(_("Difference"), "difference", numeric=True),
    )
    rows = tuple(_row(item, found) for item in found.months)
    return Table(_("Month by month, the year so far"), columns, rows)


def _row(item: MonthPaid, found: Regularisation) -> tuple[Cell, ...]:
    amounts = (item.due_before, item.due, item.paid, item.difference)
    return (
        words(month(f"{found.year}-{item.month:02}")),
        *(_distance(distance) for distance in (item.distance, item.total)),
        *(_money(amount, found) for amount in amounts),
    )


def _tables(found: Regularisation) -> Facts:
    rows = [
        (_("Scale"), words(found.rule.title)),
        (_("Earlier table"), words(_held(found.earlier))),
        (_("Its source"), words(where_read(found.earlier.source))),
        (_("Table that holds"), words(_held(found.later))),
        (_("Its source"), words(where_read(found.later.source))),
        (
            _("Method"),
            words(_("the scale of the whole year so far, less what was paid: F(total) - paid")),
        ),
    ]
    return Facts(_("Both tables"), tuple(rows))


def _held(version: Version) -> str:
    return _("holds from {day}", day=day(version.valid_from))


def _distance(distance: Decimal) -> Cell:
    shown = distance.quantize(Decimal("0.1"))
    return Cell(decimal(float(shown), 1), shown)


def _money(amount: Decimal, found: Regularisation) -> Cell:
    return Cell(money(amount, found.rule.currency), amount)
