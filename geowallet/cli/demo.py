"""``demo``: the whole story in a minute."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.sharing.results import cell, show_result
from geowallet.cli.terminal.language import _, say, word
from geowallet.cli.terminal.numbers import count, enumeration, km, month
from geowallet.cli.terminal.progress import progress_on
from geowallet.cli.terminal.shell import Shell
from geowallet.cli.terminal.verb import verb
from geowallet.model.mobility import Mode

if TYPE_CHECKING:
    from geowallet.app.demo import Story

COMMANDS = (
    "geowallet init",
    "geowallet ingest samples/simulated-month/phone samples/simulated-month/watch",
    "geowallet place list",
    "geowallet place name ID Home",
    "geowallet work set --hours 'mon-fri 08:30-18:00' --zone Europe/Paris --leave 2026-05-15",
    "geowallet desk init 'Exemple SAS'",
    "geowallet desk offer work-hour-mileage --name exemple-mileage --covers 2026-05",
    "geowallet contract show exemple-mileage.offer",
    "geowallet contract accept exemple-mileage.offer --as 'Camille Martin'",
    "geowallet desk open exemple-mileage.contract",
    "geowallet contract preview exemple-mileage --period 2026-05",
    "geowallet export exemple-mileage --period 2026-05",
    "geowallet verify exemple-mileage-2026-05.jwe",
)
"""The same story by hand."""


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    verb(
        app,
        "demo",
        _("The whole story on sample traces, in a throw-away wallet."),
        example="geowallet demo",
    )(demo)


def demo(
    shell: Shell,
    *,
    show_commands: Annotated[
        bool, typer.Option("--show-commands", help=_("Print the commands instead."))
    ] = False,
) -> None:
    """Play the story, or print its commands."""
    if show_commands:
        for command in COMMANDS:
            shell.say(command)
        return
    from geowallet.app.demo import play

    shell.say(
        _(
            "Demo: a throw-away wallet on simulated traces. Nothing here is yours; "
            "it is erased at the end."
        )
    )
    shell.say()
    with progress_on(shell) as progress:
        story = play(progress=progress, words=say)
    _show_reading(shell, story)
    _show_contract(shell, story)
    _show_verdict(shell, story)
    shell.emit(
        {
            "trips": len(story.trips),
            "mileage": story.mileage.result.as_json(),
            "commute": story.commute.result.as_json(),
            "truth": story.truth,
            "accepted": story.verified.verdict.accepted,
            "forged": story.forged.code,
        }
    )
    shell.say()
    shell.say(_("Each step is one command: geowallet demo --show-commands. No network was used."))
    shell.next("geowallet init")


def _step(shell: Shell, number: int, name: str, text: str) -> None:
    shell.say(f" {number}/6  {name:<10}{text}")


def _show_reading(shell: Shell, story: Story) -> None:
    files = story.ingested.files
    formats = enumeration(sorted({item.connector for item in files}))
    fixes = count(sum(item.fixes for item in files))
    text = _(
        "{files} files ({formats}), {fixes} positions",
        files=len(files),
        formats=formats,
        fixes=fixes,
    )
    _step(shell, 1, _("read"), text)
    modes = Counter(trip.trip.main_leg.mode for trip in story.trips)
    parts = [f"{modes[mode]} {word(mode)}" for mode in Mode if modes[mode]]
    text = _("{count} trips: {modes}", count=len(story.trips), modes=enumeration(parts))
    _step(shell, 2, _("trips"), text)
    shared_m = story.ingested.derived.shared_m
    shell.say(" " * 16 + _("{km} seen by phone and watch: counted once", km=km(shared_m)))


def _show_contract(shell: Shell, story: Story) -> None:
    terms = story.mileage.terms
    text = _(
        "{name}: {recipient} asks for business kilometres by car, month by month",
        name=terms.name,
        recipient=terms.recipient.name,
    )
    _step(shell, 3, _("contract"), text)
    _step(
        shell, 4, _("preview"), _("this would leave, and nothing else: no route, no day, no hour")
    )
    show_result(shell, story.mileage.result, terms, indent=16)
    truth = km(story.truth["distance_m"])
    shell.say(" " * 16 + _("(the simulation knows the truth: {km})", km=truth))
    text = _(
        "{km} in {period}, sealed for {recipient}; receipt {receipt}",
        km=cell("distance_m", story.mileage.result.totals["distance_m"], terms),
        period=month(str(story.mileage.period)),
        recipient=terms.recipient.name,
        receipt=story.exported.receipt.id,
    )
    _step(shell, 5, _("export"), text)


def _show_verdict(shell: Shell, story: Story) -> None:
    verdict = story.verified.verdict
    passed = sum(check.outcome == "passed" for check in verdict.checks)
    text = _(
        "as the employer: file intact, {passed} of {total} checks passed",
        passed=passed,
        total=len(verdict.checks),
    )
    _step(shell, 6, _("verify"), text)
    shell.say(
        " " * 16 + _("not proved: {list}", list=enumeration([say(p) for p in verdict.not_proved]))
    )
    forged = story.forged
    text = _(
        "one byte changed on purpose: refused (exit status {status}), as it should be",
        status=forged.exit_status,
    )
    shell.say(f"      {_('and now'):<10}{text}")
    shell.say()
    shell.say(_("A second contract, for the sustainable mobility allowance, would let out:"))
    show_result(shell, story.commute.result, story.commute.terms, indent=16)
