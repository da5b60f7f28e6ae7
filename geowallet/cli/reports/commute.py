"""Commuting days as a document, and the two statements on one's honour that HR asks for."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from geowallet.app.reports.carpool import Doubt
from geowallet.app.reports.commute import DayStatus
from geowallet.cli.rules.rule_table import where_read
from geowallet.cli.terminal.language import _, clauses, language, word
from geowallet.cli.terminal.numbers import count, day, decimal, kilometres, money, month_name
from geowallet.paper.document import (
    Bars,
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
    from geowallet.app.reports.commute import Commute, CommuteDay


def commute_paper(found: Commute, *, owner: str, id_: str, made: dt.date) -> Document:
    """Return the days, month by month, with steps and what is missing."""
    blocks: list[Block] = [_total(found, owner), months_chart(found)]
    blocks += steps_blocks(found)
    blocks += [
        _not_counted(found),
        *_carpool(found),
        _days(found),
        Note(
            _(
                "geowallet counts; it does not swear for you: read and sign the statement "
                "on your honour yourself."
            )
        ),
    ]
    title = _("Commuting days {year}", year=found.year)
    foot = _("Readable copy: only a sealed export can be checked.")
    page = _("page {page} of {pages}", page="{page}", pages="{pages}")
    return Document(title, id_, language, tuple(blocks), foot, made, page)


def statement_paper(
    found: Commute, *, owner: str, quota: str, id_: str, made: dt.date, public: bool
) -> Document:
    """Return the statement on one's honour: place, date and signature stay empty for the hand.

    Source:
        The model forms of the carpool registry (preuve-covoiturage,
        ``certificate_ltd`` and ``certificate_public``), for their fields.
    """
    rows = [
        (_("I, the undersigned"), words(owner or _BLANK)),
        (_("Living at"), words(_BLANK)),
        (_("Administration, corps, grade") if public else _("Employed by"), words(_BLANK)),
        (_("Place of work"), words(_BLANK)),
        (_("Work quota"), words(f"{quota} %")),
        (_("Year"), words(str(found.year))),
    ]
    if public:
        rows.append((_("Arrival or departure in the year, on"), words(_BLANK)))
    days, metres = len(found.counted), sum(item.metres for item in found.counted)
    text = _(
        "declare on my honour that I travelled between home and work on {days} days of "
        "{year} by: {modes}.",
        days=days,
        year=found.year,
        modes=", ".join(_named(mode) for mode in _modes(found)) or "-",
    )
    blocks: list[Block] = [
        Facts(_("Statement on my honour"), tuple(rows)),
        Note(text, strong=True),
        Facts(
            _("Counted"),
            (
                (_("Days"), Cell(count(days), days)),
                (_("Kilometres"), Cell(kilometres(metres), _km(metres))),
            ),
        ),
        *([_ticks()] if public else []),
        Note(_("I hold every useful supporting document at your disposal.")),
        Note(_("A form in the manner of the published model, which alone counts.")),
        Signatures(((_("Employee"), _("Done at, on, signature:")), (_("HR"), _("Received on:")))),
    ]
    foot = _("To be read and signed by hand.")
    page = _("page {page} of {pages}", page="{page}", pages="{pages}")
    title = _("Sustainable mobility allowance {year}", year=found.year)
    return Document(title, id_, language, tuple(blocks), foot, made, page)


def as_record(found: Commute) -> dict[str, Any]:
    """Return the commuting for ``--json``."""
    return {
        "report": "commute",
        "year": found.year,
        "until": found.until.isoformat(),
        "days": len(found.counted),
        "by_month": list(found.by_month()),
        "one_way": _n(found, DayStatus.ONE_WAY),
        "unsure": _n(found, DayStatus.UNSURE),
        "steps": [
            {"days": str(step.days), "amount": str(step.amount), "reached": step.reached}
            for step in found.steps
        ],
        "currency": found.currency or None,
        "rule": found.rule or None,
        "missing_days": found.missing,
        "working_days_left": found.working_days_left,
        "deadline": found.deadline.isoformat(),
        "carpool_trust": TRUST if found.carpool else None,
        "carpool": [
            {
                "trip": item.trip.trip.id,
                "date": item.trip.day,
                "distance_m": item.metres,
                "doubts": [str(doubt) for doubt in item.doubts],
            }
            for item in found.carpool
        ],
        "evidence": [
            {
                "date": item.day.isoformat(),
                "status": item.status,
                "modes": list(item.modes),
                "distance_m": item.metres,
                "by_owner": item.by_owner,
                "trips": list(item.trips),
            }
            for item in found.days
        ],
    }


TRUST = "declared"
"""Of every shared car here: one occupant's trace and word, no operator."""

_BLANK = "." * 50


def _total(found: Commute, owner: str) -> Facts:
    days = found.counted
    by_owner = sum(item.by_owner for item in days)
    rows = [
        (_("Name"), words(owner or "-")),
        (_("Days counted"), Cell(count(len(days)), len(days))),
        (_("Measured, by you"), words(f"{count(len(days) - by_owner)}, {count(by_owner)}")),
        (_("Modes"), words(", ".join(_named(mode) for mode in _modes(found)) or "-")),
        (_("Until"), Cell(day(found.until), found.until)),
        (_("A day counts"), words(_("there and back, both at least likely"))),
    ]
    return Facts(_("Total"), tuple(rows))


def months_chart(found: Commute) -> Bars:
    """Return the days that count, by month."""
    return Bars(
        _("Commuting days by month"),
        tuple(
            (month_name(dt.date(found.year, number, 1)), Decimal(days), count(days))
            for number, days in enumerate(found.by_month(), start=1)
        ),
    )


def steps_blocks(found: Commute) -> list[Block]:
    """Return the days against the steps of the rule, drawn and told; empty without steps."""
    if not found.steps:
        return []
    days = len(found.counted)
    drawn = Bars(
        _("Days and steps"),
        ((_("Days counted"), Decimal(days), count(days)),),
        tuple((step.days, count(math.ceil(step.days))) for step in found.steps),
    )
    note: list[Block] = [Note(_part_year())] if found.part_year else []
    return [drawn, _steps(found), *note]


def _steps(found: Commute) -> Facts:
    rows = [
        (
            _("{days} days", days=decimal(float(step.days), 0 if step.days % 1 == 0 else 1)),
            words(
                f"{money(step.amount, found.currency)}, "
                + (_("reached") if step.reached else _("not yet"))
            ),
        )
        for step in found.steps
    ]
    if found.missing is not None:
        rows.append((_("Days missing to the next step"), Cell(count(found.missing), found.missing)))
    if found.working_days_left is not None:
        left = found.working_days_left
        rows.append((_("Working days left in the year"), Cell(count(left), left)))
    deadline = _("your signed declaration must reach HR by {day}", day=day(found.deadline))
    rows.append((_("Deadline"), words(deadline)))
    if found.source is not None:
        rows.append((_("Source"), words(where_read(found.source))))
    return Facts(_("Steps of {rule}", rule=found.rule), tuple(rows))


def _part_year() -> str:
    """Return what presence changes, and what sources are not at one about.

    Source:
        Days: lettre de la DAJ (Bercy) on décret n° 2020-543. Amount as well: Gazette
        santé social on décret n° 2020-1554, SNUipp 47; all secondary.
    """
    return _(
        "Your post was for a part of the year: the days needed are fewer. Some sources say that "
        "the amount may be reduced in proportion as well; that is not done here: ask HR."
    )


def _not_counted(found: Commute) -> Note:
    said = []
    if one_way := _n(found, DayStatus.ONE_WAY):
        said.append(_("days one way only: {n}", n=one_way))
    if unsure := _n(found, DayStatus.UNSURE):
        said.append(_("days that wait for you, mode unsure: {n}", n=unsure))
    return Note(_("Not counted: {what}", what=clauses(said) if said else "-"))


def _days(found: Commute) -> Table:
    columns = (
        Column(_("Date"), "date"),
        Column(_("Modes"), "modes", share=3),
        Column(_("Km"), "distance_km", numeric=True),
        Column(_("Status"), "status", share=3),
    )
    rows = tuple(_row(item) for item in found.days)
    return Table(_("Days"), columns, rows, (), _("No commute by these modes in this year."))


def _row(item: CommuteDay) -> tuple[Cell, ...]:
    names = {
        DayStatus.COUNTED: _("counted"),
        DayStatus.ONE_WAY: _("one way only"),
        DayStatus.UNSURE: _("waits for you"),
    }
    status = names[item.status] + (" =" if item.by_owner else "")
    return (
        Cell(day(item.day), item.day),
        words(", ".join(_named(mode) for mode in item.modes)),
        Cell(kilometres(item.metres), _km(item.metres)),
        words(status),
    )


def _carpool(found: Commute) -> list[Block]:
    """Return the trips by shared car with what the registry would ask, and what it is worth."""
    if not found.carpool:
        return []
    columns = (
        Column(_("Date"), "date"),
        Column(_("Km"), "distance_km", numeric=True),
        Column(_("Plausibility"), "doubts", share=6),
    )
    names = {
        Doubt.SHORT: _("below 2 km"),
        Doubt.MANY: _("more than 4 trips on this day"),
        Doubt.CLOSE: _("less than 30 min after the one before"),
        Doubt.OVERLAP: _("at the same time as another one"),
    }
    rows = tuple(
        (
            Cell(day(on := dt.date.fromisoformat(item.trip.day)), on),
            Cell(kilometres(item.metres), _km(item.metres)),
            words(clauses([names[doubt] for doubt in item.doubts]) or _("nothing stands out")),
        )
        for item in found.carpool
    )
    trust = _(
        "Trust: declared. One occupant's trace, and your word that the car was shared. The "
        "registry's classes A, B and C need an operator who attests that people rode together; "
        "these checks follow its rules on this computer and certify nothing."
    )
    return [Table(_("Shared car"), columns, rows), Note(trust)]


def _ticks() -> Facts:
    """Return the ticks of the civil service's form, empty."""
    box = "[  ]"
    said = (
        _("no housing at the place of work"),
        _("no company car"),
        _("no free transport by the employer"),
        _("no free public transport"),
        _("no other refund of the same trips"),
        _("not under decree 83-588"),
    )
    return Facts(_("I tick what holds"), tuple((box, words(text)) for text in said))


def _n(found: Commute, status: DayStatus) -> int:
    return sum(item.status is status for item in found.days)


def _modes(found: Commute) -> list[str]:
    return sorted({mode for item in found.counted for mode in item.modes})


def _named(mode: str) -> str:
    return _("car pool") if mode == "carpool" else word(mode)


def _km(metres: float) -> Decimal:
    return (Decimal(round(metres)) / 1000).quantize(Decimal("0.1"))
