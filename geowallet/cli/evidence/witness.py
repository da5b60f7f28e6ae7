"""``witness``: sign the states of logs that only grow, for people who ask."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from geowallet.cli.terminal.language import _
from geowallet.cli.terminal.numbers import count
from geowallet.cli.terminal.secrets import asker, new_passphrase
from geowallet.cli.terminal.shell import Shell
from geowallet.cli.terminal.verb import group, verb

app = group(_("For witnesses: sign that a log only grew. It shows you hashes, and no data."))

_FOLDER = Annotated[
    Path | None,
    typer.Option("--folder", envvar="GEOWALLET_WITNESS", help=_("The witness's folder.")),
]


def init(
    shell: Shell,
    name: Annotated[str, typer.Argument(help=_("As logs show it, such as exemple.fr/witness."))],
    *,
    folder: _FOLDER = None,
) -> None:
    """Make the witness's keys."""
    from geowallet.app.evidence.witness import create_witness
    from geowallet.app.locations import witness_folder

    made = create_witness(witness_folder(folder), name, new_passphrase(shell))
    shell.say(
        _("Witness {name}. Its key, for the people who ask you and for recipients:", name=name)
    )
    shell.say(made.key)
    shell.emit({"witness": name, "key": made.key})
    shell.next("geowallet witness sign FILE --key KEY")


def sign(
    shell: Shell,
    file: Annotated[Path, typer.Argument(help=_("The request."))],
    *,
    key: Annotated[str, typer.Option(help=_("The log's key, the first time."))] = "",
    out: Annotated[Path | None, typer.Option(help=_("The file to write."))] = None,
    folder: _FOLDER = None,
) -> None:
    """Sign a log's state if it continues what was signed last."""
    from geowallet.app.evidence.witness import open_witness, sign_request
    from geowallet.app.files import write_new
    from geowallet.app.locations import witness_folder

    ask = asker(shell, _("Passphrase of the witness: "))
    opened = open_witness(witness_folder(folder), ask)
    signed = sign_request(opened, file, log_key=key, now_s=int(time.time()))
    written = write_new(out or file.with_suffix(".cosigned"), signed.note.encode())
    shell.say(
        _("Signed: {origin}, {count} entries.", origin=signed.origin, count=count(signed.size))
    )
    shell.say(_("Wrote {path}: send it back.", path=str(written)))
    shell.emit({"file": str(written), "origin": signed.origin, "entries": signed.size})


verb(
    app,
    "init",
    _("Make a witness: a folder with its key under a passphrase."),
    example="geowallet witness init exemple.fr/witness",
)(init)
verb(
    app,
    "sign",
    _("Sign a request, unless the log was rewritten or cut since the last one."),
    example="geowallet witness sign monday.request",
)(sign)
