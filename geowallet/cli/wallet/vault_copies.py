"""``vault copies``, ``compare``, ``sources``: where else the wallet lies, and what it read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.terminal.language import _, plural, told
from geowallet.cli.terminal.numbers import count, moment
from geowallet.cli.terminal.secrets import asker, open_wallet
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import verb
from geowallet.cli.wallet.remote import (
    KnownHosts,
    PasswordFile,
    Percent,
    PlainHttp,
    SshKey,
    access,
    at,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from geowallet.app.keeping.comparing import Branch, Comparison, Relation
    from geowallet.app.keeping.copies import Copy
    from geowallet.vault.shelf import Place


def add_to(app: typer.Typer) -> None:
    """Register the verbs."""
    verb(app, "copies", _("The folders of backups that this wallet knows of."))(copies)
    verb(
        app,
        "compare",
        _("How another copy of this wallet stands to it: older, newer, or gone on separately."),
        example="geowallet vault compare /media/stick/wallet.gwv",
    )(compare)
    verb(app, "sources", _("The files that were read into this wallet."))(sources)


def copies(
    shell: Shell,
    *,
    forget: Annotated[
        str | None, typer.Option("--forget", help=_("Forget a folder that is no more."))
    ] = None,
    renew: Annotated[
        bool,
        typer.Option(
            "--renew", help=_("Replace backups that hold what was erased, on servers too.")
        ),
    ] = False,
    ssh_key: SshKey = None,
    known_hosts: KnownHosts = None,
    password_file: PasswordFile = None,
    plain_http: PlainHttp = False,
    percent: Percent = None,
) -> None:
    """List known folders of backups, and whether they hold what was erased since."""
    from geowallet.app.keeping import copies as known
    from geowallet.app.keeping.erasure import copy_json
    from geowallet.app.remote.access import place_text
    from geowallet.model.errors import NoBackupError

    asked = access(
        shell, ssh_key, known_hosts, password_file, plain_http=plain_http, percent=percent
    )

    def reach(address: str) -> AbstractContextManager[Place]:
        return at(shell, address, asked)

    with open_wallet(shell) as vault:
        if forget is not None and not known.forget_place(vault, place_text(forget)):
            raise NoBackupError(path=forget)
        found = known.renew_copies(vault, reach) if renew else known.copies(vault)
    for one in found:
        shell.emit(copy_json(one))
    if not found:
        shell.say(_("No folder of backups is known."))
    show_copies(shell, found)


def compare(
    shell: Shell,
    *,
    other: Annotated[Path, typer.Argument(help=_("The other copy's file."))],
) -> None:
    """Hold two logs against each other; neither wallet is changed."""
    from geowallet.app.keeping.comparing import Relation, compare_with

    with open_wallet(shell, keep=False) as vault:
        ask = asker(shell, _("Passphrase of the other copy: "))
        found = compare_with(vault, other.absolute(), ask)
    sides = {"here": found.here, "there": found.there}
    shell.emit(
        {"relation": found.relation, "common": found.common}
        | {side: {"root": one.root, "entries": len(one.own)} for side, one in sides.items()}
    )
    shell.say(relation_words()[found.relation])
    show_sides(shell, found)
    if found.relation in {Relation.NEWER, Relation.FORKED}:
        shell.next(f"geowallet vault merge {other} --dry-run")


def relation_words() -> dict[Relation, str]:
    """Return what each way in which two copies stand to each other is to people."""
    from geowallet.app.keeping.comparing import Relation

    return {
        Relation.SAME: _("Both are the same."),
        Relation.OLDER: _("The other copy is older: this wallet has all of it, and more."),
        Relation.NEWER: _("The other copy is newer: it has all of this wallet, and more."),
        Relation.FORKED: _("They went on separately. Nothing joins them by itself."),
    }


def show_sides(shell: Shell, found: Comparison) -> None:
    """Show what two copies have in common, and from when to when each went on."""
    columns = [Column(""), Column(_("COMMON"), numeric=True), Column(_("OWN"), numeric=True)]
    columns += [Column(_("FROM")), Column(_("TO")), Column(_("HEAD"))]
    sides = ((_("this wallet"), found.here), (_("the other copy"), found.there))
    rows = [
        [name, count(found.common), count(len(one.own)), *_span(one), one.root[:16]]
        for name, one in sides
    ]
    shell.table(columns, rows)


def _span(branch: Branch) -> tuple[str, str]:
    if not branch.own:
        return "", ""
    return moment(branch.own[0].at_us, "UTC"), moment(branch.own[-1].at_us, "UTC")


def sources(shell: Shell) -> None:
    """List the imported files, with what of them is no longer here."""
    from geowallet.app.intake.sources import sources as known

    with open_wallet(shell) as vault:
        found = sorted(known(vault), key=lambda one: (one.imported_us, one.name))
    for one in found:
        shell.emit(
            {
                "name": one.name,
                "sha256": one.sha256,
                "format": one.connector,
                "fixes": one.fixes,
                "erased": one.erased,
                "lost": one.lost,
            }
        )
    if not found:
        shell.say(_("No file was read into this wallet."))
    columns = [Column(_("FILE")), Column("SHA-256"), Column(_("FORMAT"))]
    columns += [Column(_("POSITIONS"), numeric=True), Column(_("ERASED"), numeric=True)]
    rows = [
        [one.name, one.sha256[:12], one.connector, count(one.fixes), count(one.erased)]
        for one in found
    ]
    shell.table(columns, rows)


def show_copies(shell: Shell, found: Sequence[Copy]) -> None:
    """Show folders of backups, and what is confirmed of each."""
    shell.table(
        [Column(_("FOLDER OF BACKUPS")), Column(_("HOW IT STANDS"))],
        [[one.folder, _standing(one)] for one in found],
    )


def _standing(copy: Copy) -> str:
    from geowallet.app.keeping.copies import Standing
    from geowallet.app.remote.address import is_address

    if copy.error is not None:
        return _("not confirmed: {reason}", reason=told(copy.error)[0])
    if copy.removed and is_address(copy.folder):
        return plural(
            "confirmed: {count} file removed there; whether it was overwritten, the server knows",
            "confirmed: {count} files removed there; whether they were overwritten, the server "
            "knows",
            copy.removed,
        )
    if copy.removed:
        return plural(
            "confirmed: {count} file overwritten and removed",
            "confirmed: {count} files overwritten and removed",
            copy.removed,
        )
    words = {
        Standing.CLEAN: _("holds nothing that was erased"),
        Standing.DUE: _("holds what was erased: geowallet vault copies --renew"),
        Standing.AWAY: _("holds what was erased: geowallet vault copies --renew"),
        Standing.UNREACHABLE: _("not reachable, so not confirmed"),
    }
    return words[copy.standing]
