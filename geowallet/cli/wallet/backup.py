"""``vault backup`` and ``vault restore``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.terminal.language import _, plural, told
from geowallet.cli.terminal.numbers import count, moment
from geowallet.cli.terminal.secrets import asker, locations, open_wallet
from geowallet.cli.terminal.shell import Shell
from geowallet.cli.terminal.verb import verb
from geowallet.cli.wallet.recovery import recovery_key
from geowallet.cli.wallet.remote import (
    KnownHosts,
    PasswordFile,
    Percent,
    PlainHttp,
    SshKey,
    Target,
    access,
    at,
)
from geowallet.model.errors import BadOptionError

if TYPE_CHECKING:
    from geowallet.app.backups import Prove, Restored
    from geowallet.vault.backup_index import Index
    from geowallet.vault.sample import InSample
    from geowallet.vault.shelf import Place

_KIB = 1024


def add_to(app: typer.Typer) -> None:
    """Register the verbs."""
    verb(
        app,
        "backup",
        _("Add the wallet as it is now to the backups in a folder or on a server."),
        example="geowallet vault backup /media/stick/geowallet",
    )(backup)
    verb(
        app,
        "restore",
        _("Put a backup at a new place, after proving that it is whole."),
        example="geowallet vault restore /media/stick/geowallet wallet.gwv --dry-run",
    )(restore)


def backup(
    shell: Shell,
    *,
    target: Target,
    check: Annotated[
        bool, typer.Option("--check", help=_("Write nothing: check the folder, without a key."))
    ] = False,
    ssh_key: SshKey = None,
    known_hosts: KnownHosts = None,
    password_file: PasswordFile = None,
    plain_http: PlainHttp = False,
    percent: Percent = None,
) -> None:
    """Write what the folder has not, then a signed index."""
    asked = access(
        shell, ssh_key, known_hosts, password_file, plain_http=plain_http, percent=percent
    )
    if check:
        with at(shell, target, asked) as place:
            _check(shell, place, None if percent is None else asked.in_sample)
        return
    from geowallet.app.backups import back_up

    with open_wallet(shell) as vault, at(shell, target, asked) as place:
        done = back_up(vault, place)
    if done.new:
        shell.say(
            plural(
                "Backup {number}: {written} of {count} object was new, {kib} KiB.",
                "Backup {number}: {written} of {objects} objects were new, {kib} KiB.",
                done.objects,
                number=done.number,
                written=count(done.written),
                objects=count(done.objects),
                kib=count(-(-done.written_bytes // _KIB)),
            )
        )
    else:
        shell.say(_("Backup {number} already holds the wallet as it is.", number=done.number))
    shell.say(_("It opens with what opens the wallet today, and no other way."))
    shell.emit(
        {
            "backup": done.number,
            "new": done.new,
            "objects": done.objects,
            "written": done.written,
            "written_bytes": done.written_bytes,
        }
    )
    shell.next(f"geowallet vault restore {target} NEW --dry-run", _("prove that it works"))


def restore(
    shell: Shell,
    *,
    source: Target,
    target: Annotated[Path, typer.Argument(help=_("The new wallet's file; nothing is there yet."))],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=_("Prove that it would work, and write nothing."))
    ] = False,
    number: Annotated[
        int | None, typer.Option("--number", help=_("An older backup, by its number."))
    ] = None,
    recovery: Annotated[
        bool, typer.Option("--recovery", help=_("Use the recovery key instead."))
    ] = False,
    recovery_file: Annotated[
        Path | None, typer.Option(help=_("The recovery key, on the first line of this file."))
    ] = None,
    key_file: Annotated[
        Path | None, typer.Option("--key-file", help=_("Use this key file instead."))
    ] = None,
    ssh_key: SshKey = None,
    known_hosts: KnownHosts = None,
    password_file: PasswordFile = None,
    plain_http: PlainHttp = False,
) -> None:
    """Prove a backup from the first object to the last log entry, then write the wallet."""
    from geowallet.app import backups

    prove = _way_in(shell, recovery_file, key_file, recovery=recovery)
    asked = access(shell, ssh_key, known_hosts, password_file, plain_http=plain_http)
    with at(shell, source, asked) as place:
        done = backups.restore(
            locations(shell), place, target.absolute(), prove, number=number, dry_run=dry_run
        )
    _say_restored(shell, done, target, dry_run=dry_run)


def _way_in(
    shell: Shell, recovery_file: Path | None, key_file: Path | None, *, recovery: bool
) -> Prove:
    """Return what asks for the one secret that was chosen."""
    from geowallet.app import backups

    recovery = recovery or recovery_file is not None
    if recovery and key_file is not None:
        raise BadOptionError(option="--key-file", reason=_("one way in at a time"))
    if key_file is not None:
        return backups.by_key_file(key_file)
    if recovery:
        return backups.by_recovery(recovery_key(shell, recovery_file))
    return _by_passphrase(shell)


def _say_restored(shell: Shell, done: Restored, target: Path, *, dry_run: bool) -> None:
    index = done.index
    shell.say(
        plural(
            "Backup {number} of {when} UTC is whole: {count} log entry, {kib} KiB.",
            "Backup {number} of {when} UTC is whole: {entries} log entries, {kib} KiB.",
            index.mark.size,
            number=index.number,
            when=moment(index.at_us, "UTC"),
            entries=count(index.mark.size),
            kib=count(index.file_bytes // _KIB),
        )
    )
    if dry_run:
        shell.say(_("Nothing was written."))
    else:
        shell.say(_("The wallet is at {path}", path=str(target)))
    if done.remembered is not None:
        shell.say(
            _(
                "It is older than when it was last used here ({found} entries, {remembered} "
                "remembered): what came after is not in it.",
                found=count(index.mark.size),
                remembered=count(done.remembered),
            )
        )
        shell.next("geowallet vault check --accept-rollback")
    shell.emit(
        {
            "backup": index.number,
            "entries": index.mark.size,
            "written": not dry_run,
            "remembered": done.remembered,
        }
    )


def _by_passphrase(shell: Shell) -> Prove:
    from geowallet.app import backups

    def prove(index: Index) -> bytes:
        return backups.by_passphrase(asker(shell)())(index)

    return prove


def _check(shell: Shell, place: Place, in_sample: InSample | None) -> None:
    from geowallet.vault.restore import check_backup

    report = check_backup(place, in_sample)
    shell.emit(
        {
            "vault": report.vault_id,
            "backups": report.backups,
            "objects": report.objects,
            "opened": report.opened,
            "bytes": report.total_bytes,
            "unused": report.unused,
            "problems": [{"part": part, "code": error.code} for part, error in report.problems],
        }
    )
    for part, error in report.problems:
        shell.say(_("problem  {part}: {error}", part=_(part), error=told(error)[0]))
    if report.problems:
        raise report.problems[0][1]
    shell.say(
        plural(
            "{count} backup of wallet {id}, {objects} objects, {kib} KiB: as it was signed.",
            "{backups} backups of wallet {id}, {objects} objects, {kib} KiB: as they were signed.",
            report.backups,
            backups=count(report.backups),
            id=report.vault_id[:8],
            objects=count(report.objects),
            kib=count(report.total_bytes // _KIB),
        )
    )
    if report.opened < report.objects:
        shell.say(
            _(
                "{opened} of {objects} objects were read; of the others only that they are there.",
                opened=count(report.opened),
                objects=count(report.objects),
            )
        )
    shell.say(_("Whether the wallet opens, only 'geowallet vault restore --dry-run' proves."))
