"""``witness``: sign the states of logs that only grow, for people who ask."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.terminal.language import _
from geowallet.cli.terminal.numbers import count
from geowallet.cli.terminal.secrets import asker, new_passphrase
from geowallet.cli.terminal.shell import Shell
from geowallet.cli.terminal.verb import group, verb

if TYPE_CHECKING:
    from geowallet.app.evidence.witness_serving import Answer

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
    from geowallet.app.evidence.witness import open_witness
    from geowallet.app.evidence.witness_signing import sign_request
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


def log(
    shell: Shell,
    key: Annotated[str, typer.Argument(help=_("The log's key, as its owner told it."))],
    *,
    folder: _FOLDER = None,
) -> None:
    """Remember the log, so that its requests are signed."""
    from geowallet.app.evidence.witness import add_log, open_witness
    from geowallet.app.locations import witness_folder

    opened = open_witness(witness_folder(folder), asker(shell, _("Passphrase of the witness: ")))
    origin = add_log(opened, key)
    shell.say(_("Known now: {origin}.", origin=origin))
    shell.emit({"origin": origin})


def serve(
    shell: Shell,
    *,
    bind: Annotated[
        str, typer.Option(help=_("Address to listen at; for more than this computer, name one."))
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help=_("Port; 0 takes any."))] = 7380,
    folder: _FOLDER = None,
) -> None:
    """Sign over HTTP for the logs that the witness knows, until it is stopped."""
    from geowallet.app.evidence.witness import open_witness
    from geowallet.app.evidence.witness_serving import WitnessServer
    from geowallet.app.locations import witness_folder

    ask = asker(shell, _("Passphrase of the witness: "))
    opened = open_witness(witness_folder(folder), ask)
    heard = partial(_show, shell)
    with WitnessServer(opened, (bind, port), clock=lambda: int(time.time()), heard=heard) as server:
        shell.note(
            _(
                "{name} listens at {address}, port {port}, until you stop it (Ctrl+C). This is "
                "plain HTTP: for others, put a server that speaks TLS before it.",
                name=opened.name,
                address=bind,
                port=str(server.port),
            )
        )
        shell.emit({"witness": opened.name, "address": bind, "port": server.port})
        shell.stdout.flush()
        server.serve_forever()


def _show(shell: Shell, said: Answer) -> None:
    shell.emit(
        {
            "status": int(said.status),
            "origin": said.origin or None,
            "entries": said.size or None,
            "error": said.code or None,
        }
    )
    if said.origin:
        shell.say(
            _("Signed: {origin}, {count} entries.", origin=said.origin, count=count(said.size))
        )
    else:
        shell.say(_("Refused: {code}.", code=said.code or f"HTTP {int(said.status)}"))
    shell.stdout.flush()  # who watches a pipe sees it now


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
verb(
    app,
    "log",
    _("Tell the witness the key of a log, so that it signs what the log asks."),
    example="geowallet witness log KEY",
)(log)
verb(
    app,
    "serve",
    _("Sign over HTTP for whoever asks, as C2SP tlog-witness says; on this computer alone."),
    example="geowallet witness serve --port 7380",
)(serve)
