"""``key list``, ``key passphrase`` and ``key test-recovery``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.terminal.language import _
from geowallet.cli.terminal.secrets import asker, locations, new_passphrase
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import group, verb
from geowallet.cli.wallet import key_identity, key_slots
from geowallet.cli.wallet.recovery import kind_name, recovery_key

if TYPE_CHECKING:
    from geowallet.app.keys import WayIn

app = group(_("The ways into your wallet."))


def passphrase(
    shell: Shell,
    *,
    recovery: Annotated[
        bool, typer.Option("--recovery", help=_("Prove yourself with the recovery key."))
    ] = False,
    recovery_file: Annotated[
        Path | None, typer.Option(help=_("The recovery key, on the first line of this file."))
    ] = None,
    new_file: Annotated[
        Path | None,
        typer.Option("--new-file", help=_("The new passphrase, on the first line of this file.")),
    ] = None,
) -> None:
    """Set a new passphrase after the old one, or the recovery key, was shown."""
    from geowallet.app import wallet

    where = locations(shell)
    old = None
    if recovery or recovery_file is not None:
        master = wallet.master_by_recovery(where, recovery_key(shell, recovery_file))
    else:
        old = asker(shell, _("Present passphrase: "))()
        master = wallet.master_of(where, old)
    new = new_passphrase(replace(shell, passphrase_file=new_file))
    wallet.change_passphrase(where, master, new, old=old)
    shell.say(_("The passphrase is changed. Old copies of the file still open with the old one."))
    shell.emit({"changed": "passphrase"})


def prove_recovery(
    shell: Shell,
    *,
    recovery_file: Annotated[
        Path | None, typer.Option(help=_("The recovery key, on the first line of this file."))
    ] = None,
) -> None:
    """Ask for the recovery key and prove that it opens the wallet; change nothing."""
    from geowallet.app import keys

    keys.prove_recovery(locations(shell), recovery_key(shell, recovery_file))
    shell.say(_("This recovery key opens the wallet. Put the paper back where it is safe."))
    shell.emit({"opens": True})


def list_(shell: Shell) -> None:
    """Show every way in, as it stands in the file."""
    from geowallet.app import keys

    ways = keys.ways_in(locations(shell))
    for way in ways:
        cost = {"passes": way.cost.ops, "memory_bytes": way.cost.memory_bytes}
        label = {"label": way.label} if way.kind == "keyring" else {}
        shell.emit({"number": way.number, "kind": way.kind} | label | cost)
    columns = (Column(_("NUMBER"), numeric=True), Column(_("WAY IN")), Column(_("A GUESS COSTS")))
    shell.table(columns, [(str(way.number), _way(way), _cost(way)) for way in ways])


def _way(way: WayIn) -> str:
    kind = kind_name(way.kind)
    return f"{kind} ({way.label})" if way.label else kind


def _cost(way: WayIn) -> str:
    if way.kind != "passphrase":
        return _("cannot be guessed")
    mebibytes = way.cost.memory_bytes >> 20
    return _("{count} MiB, {passes} passes", count=mebibytes, passes=way.cost.ops)


verb(app, "list", _("List the ways into your wallet."), example="geowallet key list")(list_)
verb(
    app,
    "test-recovery",
    _("Prove that your recovery key works, and change nothing."),
    example="geowallet key test-recovery",
)(prove_recovery)
verb(
    app,
    "passphrase",
    _("Set a new passphrase, also with the recovery key."),
    example="geowallet key passphrase --recovery",
)(passphrase)
key_slots.add_to(app)
key_identity.add_to(app)
