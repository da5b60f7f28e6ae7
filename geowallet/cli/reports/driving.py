"""A vehicle's month for the owner: kilometres and the driving score with its parts."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from geowallet.cli.terminal.language import _, clauses, language, say
from geowallet.cli.terminal.numbers import count, kilometres, km, percent, period_words
from geowallet.cli.traces.driving import named, part_row
from geowallet.paper.document import Block, Cell, Column, Document, Facts, Note, Table, words

if TYPE_CHECKING:
    import datetime as dt

    from geowallet.app.travel.driving import DrivingReport
    from geowallet.model.calendar import Period
    from geowallet.model.mobility import Vehicle


def driving_paper(
    report: DrivingReport, period: Period, vehicle: Vehicle, *, id_: str, made: dt.date
) -> Document:
    """Return kilometres, score and parts; no event, no hour and no speed is in it."""
    score = report.score
    title = _(
        "Driving {vehicle}, {period}",
        vehicle=vehicle.plate or vehicle.id,
        period=period_words(period),
    )
    blocks: list[Block] = [_total(report), _parts(report), _counts(report)]
    if score.missing:
        why = clauses([say(reason) for reason in score.missing])
        blocks.insert(1, Note(_("No score: {why}", why=why), strong=True))
    blocks.append(
        Note(_("Formula: {formula}. It says how smoothly, not how safely.", formula=score.formula))
    )
    foot = _("For your eyes: nothing leaves.")
    page = _("page {page} of {pages}", page="{page}", pages="{pages}")
    return Document(title, id_, language, tuple(blocks), foot, made, page)


def _total(report: DrivingReport) -> Facts:
    exposure = report.score.exposure
    share = exposure.along_m / exposure.driven_m if exposure.driven_m else 0.0
    night = exposure.night_m / exposure.driven_m if exposure.driven_m else 0.0
    score = report.score.score
    return Facts(
        _("Total"),
        (
            (_("Driven"), _kilometres(exposure.driven_m)),
            (_("Drives"), Cell(count(report.drives), report.drives)),
            (_("Measured for the score"), words(f"{km(exposure.along_m)}, {percent(share)}")),
            (_("By night"), words(f"{km(exposure.night_m)}, {percent(night)}")),
            (_("Score of 100"), Cell(count(score), score) if score is not None else Cell("-")),
        ),
    )


def _parts(report: DrivingReport) -> Table:
    columns = (
        Column(_("Part"), "part", share=3),
        Column(_("Score"), "score", numeric=True),
        Column(_("Per 100 km"), "rate", numeric=True),
        Column(_("Weight"), "weight", numeric=True),
    )
    rows = []
    for part in report.score.parts:
        texts = part_row(part)
        values = (part.name, part.score if part.score is not None else "", "", "")
        rows.append(tuple(Cell(t, v) for t, v in zip(texts, values, strict=True)))
    return Table(_("Parts"), columns, tuple(rows))


def _counts(report: DrivingReport) -> Table:
    columns = (
        Column(_("Event"), "event", share=3),
        Column(_("Strength"), "strength", share=2),
        Column(_("Number"), "count", numeric=True),
    )
    rows = tuple(
        (words(named(kind)), words(named(strength)), Cell(count(n), n))
        for kind, strength, n in report.score.exposure.counts
    )
    return Table(_("Events"), columns, rows, (), _("No event."))


def _kilometres(metres: float) -> Cell:
    value = (Decimal(round(metres)) / 1000).quantize(Decimal("0.1"))
    return Cell(f"{kilometres(metres)} km", value)
