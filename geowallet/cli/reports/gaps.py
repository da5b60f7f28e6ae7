"""What is missing from the figures, as a document."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from geowallet.app.reports.gaps import Kind
from geowallet.cli.terminal.language import _, clauses, language, plural, say
from geowallet.cli.terminal.numbers import count, day, kilometres, money, period_words
from geowallet.model.causes import CAUSES
from geowallet.paper.document import Block, Cell, Column, Document, Facts, Note, Table, words

if TYPE_CHECKING:
    import datetime as dt

    from geowallet.app.reports.gaps import Gap, Gaps


def gaps_paper(found: Gaps, *, id_: str, made: dt.date) -> Document:
    """Return what is missing, one line each, with what it may be worth."""
    title = _("Missing from your figures, {period}", period=period_words(found.period))
    blocks: list[Block] = [_total(found), _lines(found)]
    if found.rate is not None:
        blocks.append(
            Note(
                _(
                    "Worth: kilometres at the mean rate of your year so far ({rate} a km; of "
                    "several vehicles, the lowest). An order of size, not a claim.",
                    rate=money(found.rate.quantize(Decimal("0.001")), found.currency),
                )
            )
        )
    foot = _("For your eyes: nothing leaves.")
    page = _("page {page} of {pages}", page="{page}", pages="{pages}")
    return Document(title, id_, language, tuple(blocks), foot, made, page)


def as_record(found: Gaps) -> dict[str, Any]:
    """Return what is missing for ``--json``."""
    return {
        "report": "gaps",
        "period": str(found.period),
        "amount": str(found.amount) if found.rate is not None else None,
        "currency": found.currency or None,
        "gaps": [
            {
                "date": gap.day.isoformat(),
                "until": gap.until.isoformat() if gap.until else None,
                "days": gap.days,
                "kind": gap.kind,
                "trip": gap.trip or None,
                "distance_m": gap.metres,
                "amount": str(gap.amount) if gap.amount is not None else None,
                "causes": list(gap.causes),
                "command": gap.command,
            }
            for gap in found.found
        ],
    }


def _total(found: Gaps) -> Facts:
    names = names_of_kinds()
    rows = [(names[kind], Cell(count(n), n)) for kind in Kind if (n := found.count(kind))]
    if found.rate is not None:
        rows.append((_("At stake, about"), Cell(money(found.amount, found.currency), found.amount)))
    return Facts(_("Total"), tuple(rows) or ((_("Nothing"), words("-")),))


def _lines(found: Gaps) -> Table:
    columns = (
        Column(_("Date"), "date", share=2),
        Column(_("What"), "what", share=3),
        Column(_("Km"), "distance_km", numeric=True),
        Column(_("Worth"), "amount", numeric=True),
        Column(_("What mends it"), "command", share=6),
    )
    names = names_of_kinds()
    rows = tuple(_row(gap, names, found.currency) for gap in found.found)
    return Table(_("Day by day"), columns, rows, (), _("Nothing is missing in this period."))


def _row(gap: Gap, names: dict[Kind, str], currency: str) -> tuple[Cell, ...]:
    km = (Decimal(gap.metres) / 1000).quantize(Decimal("0.1"))
    return (
        Cell(_days_of(gap), gap.day),
        words(_what(gap, names)),
        Cell(kilometres(gap.metres), km) if gap.metres else Cell("-"),
        Cell(money(gap.amount, currency), gap.amount) if gap.amount is not None else Cell("-"),
        words(gap.command),
    )


def _what(gap: Gap, names: dict[Kind, str]) -> str:
    if gap.days > 1:
        return _silent(gap.days)
    if not gap.causes:
        return names[gap.kind]
    why = clauses([say(CAUSES[cause]) for cause in gap.causes])
    return _("{what}: {why}", what=names[gap.kind], why=why)


def _days_of(gap: Gap) -> str:
    if gap.until is None:
        return day(gap.day)
    return _("{first} to {last}", first=day(gap.day), last=day(gap.until))


def _silent(days: int) -> str:
    return plural("{count} working day without a trip", "{count} working days without a trip", days)


def names_of_kinds() -> dict[Kind, str]:
    """Return what each kind of gap is called."""
    return {
        Kind.NO_TRACE: _("working day without a trip"),
        Kind.CUT_SHORT: _("trip with a gap"),
        Kind.UNSURE: _("mode unsure"),
        Kind.NO_REASON: _("reason missing"),
        Kind.NO_VEHICLE: _("which vehicle is not known"),
        Kind.ONE_WAY: _("commute one way only"),
    }
