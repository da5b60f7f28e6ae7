"""``model habits``: let the days of the wallet tell each other by what its owner travelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.terminal.language import _, plural, word
from geowallet.cli.terminal.numbers import count, percent
from geowallet.cli.terminal.secrets import open_wallet
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import verb

if TYPE_CHECKING:
    from geowallet.app.travel.habit_reading import Reading

SHOWN = 0.01
"""Shares below it are left out of the table."""


def add_to(app: typer.Typer) -> None:
    """Add the command to the group ``model``."""
    verb(
        app,
        "habits",
        _("Read your habits and the ways you repeat off all trips; stays in the wallet."),
        example="geowallet model habits",
    )(habits)


def habits(
    shell: Shell,
    *,
    undo: Annotated[
        bool, typer.Option("--undo", help=_("Forget the habits that were read."))
    ] = False,
) -> None:
    """Show what is usual for the owner, ask, and find modes with it from then on."""
    from geowallet.app.travel.engine import is_outdated
    from geowallet.app.travel.habit_reading import read_habits
    from geowallet.app.travel.habits import forget_habits, store_habits
    from geowallet.app.wallet import now_us

    with open_wallet(shell) as vault:
        if undo:
            done = forget_habits(vault, now_us=now_us())
            shell.emit({"habits": False, "changed": done})
            shell.say(_("Forgotten.") if done else _("No habits had been read."))
        else:
            shell.note(_("Finding all trips again; nothing is written yet..."))
            found = read_habits(vault, now_us=now_us())
            _show(shell, found)
            shell.confirm(_("Find modes with these habits from now on?"))
            store_habits(vault, found.kept, now_us=now_us())
            shell.say(_("Noted. Read them again when much has come in, or your ways changed."))
        outdated = is_outdated(vault)
    say_outdated(shell, outdated=outdated)


def say_outdated(shell: Shell, *, outdated: bool) -> None:
    """Say that the trips there are were found otherwise, if they were."""
    if outdated:
        shell.say(_("The trips there are were found with another model and stay as they are."))
        shell.next("geowallet trip recompute --dry-run", _("shows what would change"))


def _show(shell: Shell, found: Reading) -> None:
    legs = found.kept.legs
    shell.emit(
        {
            "legs": legs,
            "words": found.words,
            "repeated": found.repeated,
            "usual": {name: round(share, 4) for name, share in found.usual.items()},
            "everybody": {name: round(share, 4) for name, share in found.everybody.items()},
        }
    )
    shell.say(plural("Habits are read off {count} leg:", "Habits are read off {count} legs:", legs))
    columns = [
        Column(_("MODE")),
        Column(_("YOU"), numeric=True),
        Column(_("EVERYBODY"), numeric=True),
    ]
    rows = [
        [word(name), percent(share), percent(found.everybody[name])]
        for name, share in sorted(found.usual.items(), key=lambda pair: (-pair[1], pair[0]))
        if max(share, found.everybody[name]) >= SHOWN
    ]
    shell.table(columns, rows, indent=2)
    shell.say(
        plural(
            "{count} of them leads along a way that another leads along too.",
            "{count} of them lead along a way that another leads along too.",
            found.repeated,
        )
    )
    if found.words:
        shell.say(_("You said the mode of {count} of them.", count=count(found.words)))
    shell.say(
        _("Kept are where and when these legs begin and end, to some 10 m, sealed in the wallet.")
    )
