"""``vault check``: is every byte what was written?"""

from __future__ import annotations

from typing import Annotated

import typer

from geowallet.cli import backup
from geowallet.cli.language import _, told
from geowallet.cli.numbers import count
from geowallet.cli.secrets import accept_rollback, open_wallet
from geowallet.cli.shell import Shell
from geowallet.cli.verb import group, verb

app = group(_("The wallet's file."))


def check(
    shell: Shell,
    *,
    accept: Annotated[
        bool,
        typer.Option("--accept-rollback", help=_("This older copy was restored on purpose.")),
    ] = False,
) -> None:
    """Read everything and compare it with the evidence log."""
    from geowallet.vault.check import check_vault

    if accept:
        accept_rollback(shell)
    with open_wallet(shell) as vault:
        report = check_vault(vault)
    shell.emit(
        {
            "records": report.records,
            "entries": report.entries,
            "problems": [{"part": part, "code": error.code} for part, error in report.problems],
        }
    )
    for part, error in report.problems:
        shell.say(_("problem  {part}: {error}", part=_(part), error=told(error)[0]))
    if report.problems:
        raise report.problems[0][1]
    shell.say(
        _(
            "{records} records and {entries} log entries: all as they were written.",
            records=count(report.records),
            entries=count(report.entries),
        )
    )


verb(app, "check", _("Check every record, key, entry and the head."))(check)
backup.add_to(app)
