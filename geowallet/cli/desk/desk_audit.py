"""``desk audit`` and ``desk spot-check``: look behind a total that was received."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.sharing.audit_words import compared_record, days_record, show_compared, show_days
from geowallet.cli.terminal.language import _
from geowallet.cli.terminal.numbers import percent, period_words
from geowallet.cli.terminal.secrets import asker, locations
from geowallet.cli.terminal.shell import Shell
from geowallet.cli.terminal.verb import group, verb
from geowallet.model.calendar import Period

if TYPE_CHECKING:
    from geowallet.app.desk.desk import Desk
    from geowallet.app.desk.desk_audits import Checked

app = group(_("Look behind a total: draw metres of it, and check what is opened."))

FOUND = 10
"""Exit status where a sighting contradicts the track, as of `doctor` with problems."""

TENTH = 0.1
"""Share of forged metres for which the chance of finding one is printed."""


def add_to(desk: typer.Typer) -> None:
    """Register the verb for sightings, which stands beside the noun."""
    verb(
        desk,
        "spot-check",
        _("Ask whether a total's track agrees with what you saw yourself."),
        example="geowallet desk spot-check exemple-mileage-2026-05.jwe sightings.csv",
        desk=True,
    )(spot_check)


def challenge(
    shell: Shell,
    file: Annotated[Path, typer.Argument(help=_("The sealed export."))],
    *,
    draws: Annotated[int, typer.Option(help=_("How many metres to draw."))],
    out: Annotated[Path, typer.Option(help=_("Folder for the question."))] = Path(),
) -> None:
    """Draw a seed and write the question for the holder."""
    from geowallet.app.desk import desk_audits

    desk = _desk(shell)
    export = desk_audits.accepted_export(file, desk, now_s=int(time.time()))
    path = desk_audits.challenge(desk, export, draws=draws, today=_today(), target=out)
    shell.say(_("Wrote {path}: send it to the holder.", path=str(path)))
    _say_chance(shell, draws)
    shell.emit({"file": str(path), "draws": draws})


def spot_check(
    shell: Shell,
    file: Annotated[Path, typer.Argument(help=_("The sealed export."))],
    sightings: Annotated[Path, typer.Argument(help=_("A CSV table of what you saw."))],
    *,
    out: Annotated[Path, typer.Option(help=_("Folder for the question."))] = Path(),
) -> None:
    """Sign sightings and write the question for the holder."""
    from geowallet.app.audits.sighting_table import read_table
    from geowallet.app.desk import desk_audits

    listed = read_table(sightings)
    desk = _desk(shell)
    export = desk_audits.accepted_export(file, desk, now_s=int(time.time()))
    path = desk_audits.spot_check(desk, export, listed, today=_today(), target=out)
    shell.say(_("Wrote {path}: send it to the holder.", path=str(path)))
    shell.say(_("By your signature you say that you hold these records already."))
    shell.emit({"file": str(path), "sightings": len(listed)})


def check(
    shell: Shell,
    file: Annotated[Path, typer.Argument(help=_("The holder's answer."))],
) -> None:
    """Check an answer against the export, and show what it opens."""
    from geowallet.app.desk import desk_audits

    checked = desk_audits.check_answer(file, _desk(shell), now_s=int(time.time()))
    period = Period.parse(checked.question.about.period)
    shell.say(
        _(
            "Answer of {name}, {contract}, {period}: it follows from the export.",
            name=checked.contract.grant.holder.name,
            contract=checked.contract.terms.name,
            period=period_words(period),
        )
    )
    shell.emit(
        {
            "contract": checked.contract.terms.name,
            "period": str(period),
            "days": days_record(period, checked.days, checked.stamped_m),
            "sightings": compared_record(checked.compared),
        }
    )
    _show_checked(shell, checked, period)
    if any(one.word == "contradict" for one in checked.compared):
        raise typer.Exit(FOUND)


verb(
    app,
    "challenge",
    _("Draw metres of an accepted export; the holder has to open their days."),
    example="geowallet desk audit challenge exemple-mileage-2026-05.jwe --draws 5",
    desk=True,
)(challenge)
verb(
    app,
    "check",
    _("Check what a holder opened, days or sightings."),
    example="geowallet desk audit check exemple-mileage-2026-05.answer",
    desk=True,
)(check)


def _show_checked(shell: Shell, checked: Checked, period: Period) -> None:
    from geowallet.contracts.life.audit import Challenge

    question = checked.question
    if isinstance(question, Challenge):
        show_days(shell, period, checked.days, checked.stamped_m)
        _say_chance(shell, question.draws)
        shell.say(_("Compare these days with what you know: rota, visits, invoices."))
        return
    show_compared(shell, question.sightings, checked.compared)
    shell.say(_("An agreeing track shows that it knew the place, not who was there."))


def _say_chance(shell: Shell, draws: int) -> None:
    """Say what so many draws can find: chance, and no more."""
    chance = 1 - (1 - TENTH) ** draws
    shell.say(
        _(
            "If a tenth of the metres were invented, {draws} draws hit one in {chance} of cases.",
            draws=draws,
            chance=percent(chance),
        )
    )


def _desk(shell: Shell) -> Desk:
    from geowallet.app.desk.desk import open_desk

    return open_desk(locations(shell).desk, asker(shell, _("Passphrase of the desk: ")))


def _today() -> dt.date:
    return dt.datetime.now(tz=dt.UTC).date()
