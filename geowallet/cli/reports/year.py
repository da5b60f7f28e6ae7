"""The year as one document: what was travelled, what is due, what is reached, what is missing."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from geowallet.app.reports.gaps import Kind
from geowallet.cli.reports.commute import months_chart, steps_blocks
from geowallet.cli.reports.gaps import names_of_kinds
from geowallet.cli.terminal.language import _, clauses, language, say, word
from geowallet.cli.terminal.numbers import count, day, kilometres, km, money, month_name
from geowallet.paper.document import (
    Bars,
    Block,
    Cell,
    Column,
    Document,
    Facts,
    Note,
    Table,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geowallet.app.reports.mileage import Mileage
    from geowallet.app.reports.year import Year


def year_paper(found: Year, *, owner: str, id_: str, made: dt.date) -> Document:
    """Return the year as a document in the chosen language."""
    blocks: list[Block] = [
        _total(found, owner),
        *_charts(found),
        _vehicles(found),
        *_commuting(found),
        *_driving(found),
        _missing(found),
        Note(_("This is a computation, not tax or payroll advice.")),
    ]
    title = _("The year {year}", year=found.year)
    foot = _("For your eyes: nothing leaves.")
    page = _("page {page} of {pages}", page="{page}", pages="{pages}")
    return Document(title, id_, language, tuple(blocks), foot, made, page)


def as_record(found: Year) -> dict[str, Any]:
    """Return the year for ``--json``: metres whole, money as decimal strings."""
    return {
        "report": "year",
        "year": found.year,
        "until": found.until.isoformat(),
        "distance_m": found.kilometres.metres,
        "by_mode": {str(mode): metres for mode, metres in found.kilometres.by_mode},
        "by_purpose": {str(purpose): metres for purpose, metres in found.kilometres.by_purpose},
        "by_month": list(found.kilometres.by_month),
        "vehicles": [_vehicle_record(book) for book in found.books],
        "amounts": {currency: str(amount) for currency, amount in found.amounts()},
        "commute_days": len(found.commute.counted),
        "steps": [
            {"days": str(step.days), "amount": str(step.amount), "reached": step.reached}
            for step in found.commute.steps
        ],
        "driving": {vehicle: score.score for vehicle, score in found.driving},
        "gaps": {str(kind): found.gaps.count(kind) for kind in Kind},
    }


def _vehicle_record(book: Mileage) -> dict[str, Any]:
    return {
        "vehicle": book.vehicle.id,
        "business_m": book.metres,
        "commute_m": book.commute_m,
        "private_m": book.private_m,
        "amount": str(book.amount.due) if book.amount else None,
        "rule": book.amount.rule.id if book.amount else None,
    }


def _total(found: Year, owner: str) -> Facts:
    rows = [
        (_("Name"), words(owner or "-")),
        (_("Until"), Cell(day(found.until), found.until)),
        (_("Travelled"), _cell(found.kilometres.metres, km(found.kilometres.metres))),
    ]
    rows += [
        (_("Due by the scales"), Cell(money(amount, currency), amount))
        for currency, amount in found.amounts()
    ]
    days = len(found.commute.counted)
    rows.append((_("Commuting days counted"), Cell(count(days), days)))
    return Facts(_("Total"), tuple(rows))


def _charts(found: Year) -> list[Block]:
    if not found.kilometres.metres:
        return [Note(_("No trip in this year."), strong=True)]
    return [
        _grouped(_("Kilometres by mode"), found.kilometres.by_mode),
        _grouped(_("Kilometres by purpose"), found.kilometres.by_purpose),
        _by_month(found),
    ]


def _grouped(heading: str, groups: Iterable[tuple[str, int]]) -> Bars:
    return Bars(
        heading, tuple((word(name), _km(metres), kilometres(metres)) for name, metres in groups)
    )


def _by_month(found: Year) -> Bars:
    return Bars(
        _("Kilometres by month"),
        tuple(
            (month_name(dt.date(found.year, n, 1)), _km(metres), kilometres(metres))
            for n, metres in enumerate(found.kilometres.by_month, start=1)
        ),
    )


def _vehicles(found: Year) -> Table:
    columns = (
        Column(_("Vehicle"), "vehicle", share=3),
        Column(_("Business"), "business_km", numeric=True, share=3),
        Column(_("Commuting"), "commute_km", numeric=True, share=3),
        Column(_("Private"), "private_km", numeric=True),
        Column(_("Amount"), "amount", numeric=True),
        Column(_("Scale"), "rule", share=5),
    )
    rows = tuple(_vehicle_row(book) for book in found.books)
    return Table(
        _("Mileage by vehicle, each by itself"), columns, rows, (), _("No motor vehicle yet.")
    )


def _vehicle_row(book: Mileage) -> tuple[Cell, ...]:
    amount = book.amount
    why = say(book.no_amount) if book.no_amount else ""
    return (
        words(book.vehicle.plate or book.vehicle.id),
        *(_cell(metres) for metres in (book.metres, book.commute_m, book.private_m)),
        Cell(money(amount.due, amount.rule.currency), amount.due) if amount else Cell("-"),
        words(amount.rule.id if amount else why),
    )


def _commuting(found: Year) -> list[Block]:
    return [months_chart(found.commute), *steps_blocks(found.commute)]


def _driving(found: Year) -> list[Block]:
    if not found.driving:
        return []
    rows = []
    for vehicle, score in found.driving:
        why = clauses([say(reason) for reason in score.missing])
        cell = Cell(_("no score: {why}", why=why))
        if score.score is not None:
            cell = Cell(_("{score} of 100", score=score.score), score.score)
        rows.append((vehicle, cell))
    return [Facts(_("Driving"), tuple(rows))]


def _missing(found: Year) -> Facts:
    names = names_of_kinds()
    rows = [(names[kind], Cell(count(n), n)) for kind in Kind if (n := found.gaps.count(kind))]
    if found.gaps.rate is not None:
        amount = found.gaps.amount
        rows.append((_("At stake, about"), Cell(money(amount, found.gaps.currency), amount)))
    rows.append((_("What mends it"), words(f"geowallet report gaps --year {found.year}")))
    return Facts(_("Missing"), tuple(rows))


def _cell(metres: int, text: str = "") -> Cell:
    return Cell(text or kilometres(metres), _km(metres))


def _km(metres: int) -> Decimal:
    from geowallet.cli.reports.mileage import kilometres_plain

    return Decimal(kilometres_plain(metres))
