"""``vault check``: is every byte what was written, what rests on it, what can be saved?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geowallet.cli.terminal.language import _, plural, say, told
from geowallet.cli.terminal.numbers import count, enumeration, money, month
from geowallet.cli.terminal.secrets import accept_rollback, open_wallet
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import group, verb
from geowallet.cli.wallet import backup
from geowallet.model.errors import BadOptionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.app.keeping.checking import Examination, Finding
    from geowallet.app.keeping.repairing import Repaired
    from geowallet.vault.store import Vault

app = group(_("The wallet's file."))

_ALL = 100
_SHOWN = 20


def check(
    shell: Shell,
    *,
    percent: Annotated[
        int,
        typer.Option("--percent", help=_("Look into this part of the records, another each day.")),
    ] = _ALL,
    repair: Annotated[
        bool, typer.Option("--repair", help=_("Put right what can be proved, after asking."))
    ] = False,
    against: Annotated[
        Path | None,
        typer.Option("--against", help=_("Compare with a checkpoint kept elsewhere.")),
    ] = None,
    accept: Annotated[
        bool,
        typer.Option("--accept-rollback", help=_("This older copy was restored on purpose.")),
    ] = False,
) -> None:
    """Read everything and compare it with the evidence log."""
    from geowallet.app.keeping.checking import examine

    if not 1 <= percent <= _ALL:
        raise BadOptionError(option="--percent", reason=_("1 to 100"))
    if accept:
        accept_rollback(shell)
    with open_wallet(shell, keep=False) as vault:
        if against is not None:
            _compare(shell, vault, against)
        found = examine(vault, _sample(percent))
        _show(shell, found)
        if repair and found.repairable:
            found = _repaired(shell, vault, found)
    if found.report.problems:
        raise found.report.problems[0][1]
    _say_whole(shell, found)


def _compare(shell: Shell, vault: Vault, path: Path) -> None:
    """Compare with a checkpoint, such as one that a witness or a memory holds."""
    from geowallet.app.keeping.memories import raise_alarm
    from geowallet.vault.memories import Standing, recall

    memory = recall(vault, str(path))
    raise_alarm(vault, memory)
    if memory.mark is None:
        missing = memory.standing is Standing.UNREACHABLE
        reason = _("it cannot be read") if missing else _("nothing that this wallet signed")
        raise BadOptionError(option="--against", reason=reason)
    shell.say(
        _(
            "It continues {path}, {entries} entries.",
            path=str(path),
            entries=count(memory.mark.size),
        )
    )


def _sample(percent: int) -> Any:
    from geowallet.app.wallet import now_us
    from geowallet.vault.sample import sample_of

    return None if percent == _ALL else sample_of(percent, now_us() // 86_400_000_000)


def _repaired(shell: Shell, vault: Vault, found: Examination) -> Examination:
    """Repair after asking, say what was done, and check again."""
    from geowallet.app.keeping.checking import examine
    from geowallet.app.keeping.repairing import repair
    from geowallet.app.wallet import now_us

    shell.confirm(_("Put right what can be proved?"))
    done = repair(vault, found.findings, now_us=now_us())
    _say_repaired(shell, done)
    again = examine(vault)
    for part, error in again.report.problems:
        shell.say(_("still wrong: {part}: {error}", part=_(part), error=told(error)[0]))
    return again


def _show(shell: Shell, found: Examination) -> None:
    report = found.report
    shell.emit(
        {
            "records": report.records,
            "opened": report.opened,
            "entries": report.entries,
            "problems": [{"part": part, "code": error.code} for part, error in report.problems],
            "findings": [_record(one) for one in found.findings],
            "euros": None if found.euros is None else str(found.euros),
        }
    )
    for part, error in report.problems:
        shell.say(_("problem  {part}: {error}", part=_(part), error=told(error)[0]))
    if found.findings:
        shell.say()
        shell.table(
            [Column(_("WHAT")), Column(_("RESTS ON IT")), Column(_("CAN BE SAVED"))],
            [[_what(one), _rests(one), _remedy(one)] for one in found.findings[:_SHOWN]],
        )
        if len(found.findings) > _SHOWN:
            shell.say(_("({count} more)", count=count(len(found.findings) - _SHOWN)))
    if found.euros is not None:
        amount = money(found.euros, "EUR")
        shell.say(_("The mileage reports of those months come to {amount}.", amount=amount))
    if found.repairable:
        shell.next("geowallet vault check --repair")


def _record(finding: Finding) -> dict[str, Any]:
    return {
        "trouble": str(finding.damage.trouble),
        "kind": finding.damage.kind,
        "file": finding.file,
        "trips": list(finding.trips),
        "exports": list(finding.exports),
        "months": list(finding.months),
        "remedy": str(finding.remedy),
    }


def _what(finding: Finding) -> str:
    from geowallet.app.keeping.checking import what_of

    what = say(what_of(finding))
    return _("{what} ({name})", what=what, name=finding.file) if finding.file else what


def _rests(finding: Finding) -> str:
    parts = [month(text) for text in finding.months]
    if finding.trips:
        number = len(finding.trips)
        parts.append(plural("{number} trip", "{number} trips", number, number=count(number)))
    parts += [_("export {id}", id=one) for one in finding.exports]
    return enumeration(parts)


def _remedy(finding: Finding) -> str:
    from geowallet.app.keeping.checking import REMEDIES

    return _(REMEDIES[finding.remedy])


def _say_repaired(shell: Shell, done: Repaired) -> None:
    def months(found: Sequence[str]) -> str:
        return enumeration([month(text) for text in found])

    if done.proved:
        text = _("Found again, byte for byte as the log recorded: {months}.")
        shell.say(text.format(months=months(done.proved)))
    if done.found:
        text = _("Found again by the engine of now, not as the log recorded: {months}.")
        shell.say(text.format(months=months(done.found)))
    if done.removed:
        shell.say(
            plural(
                "{count} row that the log knows nothing of was removed.",
                "{count} rows that the log knows nothing of were removed.",
                done.removed,
            )
        )
    for name in done.files:
        shell.say(_("Read this file again, and its lost pieces come back: {name}", name=name))
    shell.emit(
        {
            "repaired": {
                "proved": list(done.proved),
                "found": list(done.found),
                "removed": done.removed,
                "files": list(done.files),
            }
        }
    )


def _say_whole(shell: Shell, found: Examination) -> None:
    report = found.report
    if report.opened < report.records:
        shell.say(
            _(
                "{opened} of {records} records were looked into, all {entries} log entries: as "
                "they were written.",
                opened=count(report.opened),
                records=count(report.records),
                entries=count(report.entries),
            )
        )
        return
    shell.say(
        _(
            "{records} records and {entries} log entries: all as they were written.",
            records=count(report.records),
            entries=count(report.entries),
        )
    )


verb(
    app,
    "check",
    _("Check every record, key, entry and the head; say what rests on what is wrong."),
    example="geowallet vault check --percent 1",
)(check)
backup.add_to(app)
