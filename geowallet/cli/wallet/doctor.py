"""``doctor``: what is well, what needs looking at, what is wrong."""

from __future__ import annotations

import typer

import geowallet
from geowallet.cli.terminal.language import _, say
from geowallet.cli.terminal.secrets import asker, locations
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import verb

PROBLEMS_FOUND = 10
"""Exit status where something is wrong."""


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    verb(app, "doctor", _("Check wallet, sandbox, session and formats."))(doctor)


def doctor(shell: Shell) -> None:
    """Show every finding; the ones that are not well say what to do."""
    from geowallet.app.doctor import Health, examine

    findings = examine(locations(shell), asker(shell))
    words = {
        Health.OK: _("ok"),
        Health.WARNING: _("warning"),
        Health.PROBLEM: _("problem"),
    }
    shell.say(f"geowallet {geowallet.__version__}")
    for finding in findings:
        shell.emit(
            {
                "subject": finding.subject,
                "health": str(finding.health),
                "note": str(finding.note),
            }
        )
    columns = [Column(""), Column(_("WHAT")), Column(_("HOW IT STANDS"))]
    shell.table(columns, [[words[f.health], f.subject, say(f.note)] for f in findings])
    problems = sum(finding.health is Health.PROBLEM for finding in findings)
    warnings = sum(finding.health is Health.WARNING for finding in findings)
    shell.say(_("{problems} problems, {warnings} warnings.", problems=problems, warnings=warnings))
    if problems:
        raise typer.Exit(PROBLEMS_FOUND)
