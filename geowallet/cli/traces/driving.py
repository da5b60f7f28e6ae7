"""How a car was driven, on the terminal: the score with its parts, and the events."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from geowallet.cli.terminal.language import _, clauses, say
from geowallet.cli.terminal.numbers import count, decimal, km
from geowallet.cli.terminal.shell import Column

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geowallet.app.travel.driving import DrivingReport
    from geowallet.cli.terminal.shell import Shell
    from geowallet.driving.score import Part
    from geowallet.track.pipeline import Analysis


def show_driving(shell: Shell, analyses: Iterable[Analysis]) -> None:
    """Show score, parts and events; as JSON one object."""
    from geowallet.app.travel.driving import report_driving

    report = report_driving(analyses)
    if shell.as_json:
        shell.stdout.write(json.dumps(report.as_json(), ensure_ascii=False) + "\n")
        return
    _show_score(shell, report)
    _show_events(shell, report)


def _show_score(shell: Shell, report: DrivingReport) -> None:
    score, exposure = report.score, report.score.exposure
    driven, night = km(exposure.driven_m), km(exposure.night_m)
    shell.say(
        _("Drives: {n}, {km}, of which {night} by night", n=report.drives, km=driven, night=night)
    )
    if score.score is None:
        shell.say(_("No score: {why}", why=clauses([say(reason) for reason in score.missing])))
    else:
        shell.say(_("Score: {score} of 100", score=score.score))
    columns = [
        Column(_("PART")),
        Column(_("SCORE"), numeric=True),
        Column(_("PER 100 KM"), numeric=True),
        Column(_("WEIGHT"), numeric=True),
    ]
    shell.table(columns, [part_row(part) for part in score.parts], indent=2)
    shell.say(_("Formula: {formula}. It says how smoothly, not how safely.", formula=score.formula))


def named(name: str) -> str:
    """Return the word for a part, a kind of event or a strength."""
    words = {
        "braking": _("braking"),
        "acceleration": _("acceleration"),
        "cornering": _("cornering"),
        "night": _("night"),
        "phone_use": _("phone use"),
        "light": _("light"),
        "strong": _("strong"),
        "rough": _("rough"),
    }
    return words[name]


def part_row(part: Part) -> list[str]:
    """Return name, score, rate and weight of a part, as people read them."""
    from geowallet.driving.score import NIGHT

    name = named(part.name)
    if part.score is None or part.rate is None:
        return [name, _("not measured"), "-", "-"]
    rate = decimal(part.rate, 1) if part.name != NIGHT else f"{decimal(part.rate, 1)} %"
    return [name, count(part.score), rate, decimal(part.weight, 2)]


def _show_events(shell: Shell, report: DrivingReport) -> None:
    from geowallet.app.travel.analyse import iso

    columns = [
        Column(_("WHEN")),
        Column(_("EVENT")),
        Column(_("STRENGTH")),
        Column(_("M/S2"), numeric=True),
    ]
    rows = [
        [iso(e.time_us), named(e.kind), named(e.strength), decimal(e.magnitude_mps2, 1)]
        for e in report.events
    ]
    shell.table(columns, rows)
