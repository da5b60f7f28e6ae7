"""``key passphrase``: a new passphrase, also when the old one is lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from geowallet.cli.language import _
from geowallet.cli.secrets import asker, first_line, locations, new_passphrase
from geowallet.cli.shell import Shell
from geowallet.cli.verb import group, verb

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
    if recovery_file is not None:
        master = wallet.master_by_recovery(
            where, first_line(recovery_file).decode("utf-8", "replace")
        )
    elif recovery:
        text = asker(replace(shell, passphrase_file=None), _("Recovery key: "))()
        master = wallet.master_by_recovery(where, text.decode("utf-8", "replace"))
    else:
        master = wallet.master_of(where, asker(shell, _("Present passphrase: "))())
    new = new_passphrase(replace(shell, passphrase_file=new_file))
    wallet.change_passphrase(where, master, new)
    shell.say(_("The passphrase is changed. Old copies of the file still open with the old one."))
    shell.emit({"changed": "passphrase"})


verb(
    app,
    "passphrase",
    _("Set a new passphrase, also with the recovery key."),
    example="geowallet key passphrase --recovery",
)(passphrase)
