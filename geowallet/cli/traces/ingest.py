"""``ingest``: read traces into the wallet."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geowallet.cli.terminal.asking import asker_of_files
from geowallet.cli.terminal.language import _, say, told
from geowallet.cli.terminal.numbers import count, km
from geowallet.cli.terminal.progress import progress_on
from geowallet.cli.terminal.secrets import open_wallet
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import verb
from geowallet.cli.traces.ingest_signed import show_signed
from geowallet.cli.traces.look import (
    UNREADABLE,
    Columns,
    DateOrder,
    Format,
    Paths,
    Rollover,
    Secret,
    Zone,
    options_of,
    standard_input,
    utc_day,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.app.intake.ingest import Imported, Ingested

_SHOWN_PROBLEMS = 12


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    verb(
        app,
        "ingest",
        _("Read traces into the wallet."),
        example="geowallet ingest samples/simulated-month",
    )(ingest)


def ingest(
    shell: Shell,
    paths: Paths,
    *,
    format_: Format = "",
    zone: Zone = "",
    date_order: DateOrder = "",
    columns: Columns = "",
    secret_file: Secret = None,
    fix_rollover: Rollover = None,
    bring_back: Annotated[
        bool,
        typer.Option("--bring-back", help=_("Read again what was erased of files known here.")),
    ] = False,
    jobs: Annotated[
        int,
        typer.Option("--jobs", min=1, max=64, help=_("How many files are read at the same time.")),
    ] = 1,
    strict: Annotated[
        bool, typer.Option("--strict", help=_("Exit with 3 if anything was refused or skipped."))
    ] = False,
) -> None:
    """Read files into the wallet; each is kept whole or not at all."""
    from geowallet.app.intake import ingest as use
    from geowallet.app.wallet import now_us

    options = options_of(zone, date_order, secret_file, columns)
    stdin = standard_input(paths)
    with open_wallet(shell) as vault, progress_on(shell) as progress:
        manner = use.Manner(
            options,
            format_ or None,
            now_us,
            stdin,
            fix_rollover=fix_rollover,
            ask=progress.asking(asker_of_files(shell)),
            tell=progress.bytes_read,
            bring_back=bring_back,
            jobs=jobs,
        )
        done = use.ingest(vault, paths, manner, progress=progress)
    for item in done.files:
        shell.emit(_imported_record(item))
    _show_summary(shell, done)
    refused = [item.error for item in done.files if item.error is not None]
    skipped = any(item.problems or item.untimed for item in done.files)
    if len(refused) == len(done.files) > 0:
        raise refused[0]
    if strict and (refused or skipped):
        raise typer.Exit(UNREADABLE)
    shell.next("geowallet trip list", _("name your places: geowallet place list"))


def _show_summary(shell: Shell, done: Ingested) -> None:
    files, derived = done.files, done.derived
    read = [item for item in files if item.outcome == "read"]
    known = sum(item.outcome == "known" for item in files)
    refused = sum(item.error is not None for item in files)
    text = _("{read} read, {known} already in the wallet, {refused} refused")
    rows = [(_("files"), text.format(read=len(read), known=known, refused=refused))]
    kept, untimed = sum(item.fixes for item in read), sum(item.untimed for item in files)
    text = _("{kept} kept; {untimed} without a time, not used")
    rows.append((_("positions"), text.format(kept=count(kept), untimed=count(untimed))))
    firsts = [item.first_us for item in read if item.first_us is not None]
    lasts = [item.last_us for item in read if item.last_us is not None]
    if firsts and lasts:
        text = _("{first} to {last} (UTC)")
        rows.append(
            (_("period"), text.format(first=utc_day(min(firsts)), last=utc_day(max(lasts))))
        )
    text = _("{new} new, {changed} replaced, {to_check} of the new to check")
    numbers = {"new": derived.new, "changed": derived.changed, "to_check": derived.to_check}
    rows.append((_("trips"), text.format(**numbers)))
    shell.pairs(rows)
    if derived.shared_m:
        shell.say(
            _("{km} were seen by more than one source: counted once.", km=km(derived.shared_m))
        )
    if done.twins:
        (name, other), *more = done.twins
        text = _(
            "{name} covers the same time as {other}: what both hold counts once",
            name=name,
            other=other,
        )
        shell.say(text)
        if more:
            shell.say(_("(so do {count} more files with others)", count=count(len(more))))
    _show_another_hour(shell, done)
    for item in files:
        for note in item.notes:
            shell.say(_("{name}: {value}", name=item.name, value=say(note)))
    show_signed(shell, done.signed)
    _show_problems(shell, files)


def _show_another_hour(shell: Shell, done: Ingested) -> None:
    """Say which files tell the same way at two hours, and what to do if a zone is wrong."""
    for name, other, later_s in done.another_hour[:1]:
        shell.say(
            _(
                "{name} tells the way of {other} again, {minutes} min off: counted once. A clock"
                " or a time zone is wrong.",
                name=name,
                other=other,
                minutes=f"{round(later_s / 60):+d}",
            )
        )
        again = f"geowallet vault erase --source {shlex.quote(name)}"
        shell.say(
            _(
                "If it is the zone: {command}, then ingest it with --bring-back --zone",
                command=again,
            )
        )
    if more := len(done.another_hour[1:]):
        shell.say(_("(so do {count} more files with others)", count=count(more)))


def _show_problems(shell: Shell, files: Sequence[Imported]) -> None:
    lines = []
    for item in files:
        if item.error is not None:
            lines.append([item.name, told(item.error)[0], _("refused")])
        lines += [
            [
                item.name,
                _("{name}: {value}", name=problem.where, value=say(problem.what)),
                _("used in part"),
            ]
            for problem in item.problems
        ]
    if not lines:
        return
    shell.say()
    columns = [Column(_("PROBLEMS")), Column(_("WHAT")), Column(_("RESULT"))]
    shell.table(columns, lines[:_SHOWN_PROBLEMS])
    if len(lines) > _SHOWN_PROBLEMS:
        shell.say(_("({count} more problems)", count=len(lines) - _SHOWN_PROBLEMS))


def _imported_record(item: Imported) -> dict[str, Any]:
    from geowallet.app.intake.inspect import iso_utc

    return {
        "path": item.name,
        "format": item.connector,
        "outcome": item.outcome,
        "fixes": item.fixes,
        "untimed": item.untimed,
        "first": None if item.first_us is None else iso_utc(item.first_us),
        "last": None if item.last_us is None else iso_utc(item.last_us),
        "problems": sum(problem.count for problem in item.problems),
        "notes": [str(note) for note in item.notes],
        "error": item.error.code if item.error else None,
    }
