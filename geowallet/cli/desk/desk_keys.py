"""``desk rotate``, ``reader-key``, ``register`` and ``request-certificate``: a desk's keys."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Annotated

import typer

from geowallet.cli.desk.desk_list import open_desk
from geowallet.cli.terminal.language import _, plural
from geowallet.cli.terminal.secrets import asker, locations
from geowallet.cli.terminal.shell import Shell
from geowallet.cli.terminal.verb import verb


def add_to(app: typer.Typer) -> None:
    """Register the verbs with the noun ``desk``."""
    verb(app, "rotate", _("Make new keys, and say so with the old ones."), desk=True)(rotate)
    verb(
        app,
        "reader-key",
        _("Write the key that opens exports, for a verifier of another make."),
        example="geowallet desk reader-key --out reader.json",
        desk=True,
    )(reader_key)
    verb(
        app,
        "register",
        _("Vouch for recipients: write a signed register of them."),
        example="geowallet desk register --expires 2027-06-30 exemple.offer autre.offer",
        desk=True,
    )(register)
    verb(
        app,
        "request-certificate",
        _("Write a request (PKCS #10) with which an authority can vouch for your key."),
        example="geowallet desk request-certificate --out desk.csr",
        desk=True,
    )(request_certificate)


def rotate(
    shell: Shell,
    *,
    again: Annotated[
        bool, typer.Option("--again", help=_("Write the last change once more; keep the keys."))
    ] = False,
    out: Annotated[Path, typer.Option(help=_("Folder for the signed change."))] = Path(),
) -> None:
    """Replace both key pairs; owners follow by a file that both signing keys sign."""
    from geowallet.app.desk.desk import rotate_desk, write_rotation

    if again:
        desk = open_desk(shell)
    else:
        shell.note(_("Every owner must take in the file that this writes before your next offer."))
        shell.confirm(_("Replace the keys of this desk?"))
        ask = asker(shell, _("Passphrase of the desk: "))
        desk = rotate_desk(locations(shell).desk, ask)
        shell.say(_("New keys. What was sealed for the old ones can still be opened here."))
    today = dt.datetime.now(tz=dt.UTC).date()
    written = write_rotation(desk, today=today, target=out)
    shell.say(
        _("Wrote {path}: send it to every owner ('contract recipient trust').", path=str(written))
    )
    shell.emit({"file": str(written)})


def reader_key(
    shell: Shell,
    *,
    out: Annotated[Path, typer.Option(help=_("File for the key."))] = Path("reader.json"),
) -> None:
    """Write the private sealing key in clear; the signing key never leaves the desk."""
    from geowallet.app.files import write_new

    desk = open_desk(shell)
    shell.note(_("Whoever has this file reads every export that is sealed for you."))
    shell.confirm(_("Write the key in clear?"))
    body = json.dumps(desk.sealing_jwk, indent=2).encode() + b"\n"
    written = write_new(out, body)
    shell.say(_("Wrote {path}: keep it as you keep the passphrase.", path=str(written)))
    shell.emit({"file": str(written)})


def register(
    shell: Shell,
    offer: Annotated[
        list[Path], typer.Argument(help=_("One offer of each recipient whose key you compared."))
    ],
    *,
    expires: Annotated[
        str, typer.Option(help=_("Last day on which the register says anything, as 2027-06-30."))
    ],
    out: Annotated[Path, typer.Option(help=_("Folder for the register."))] = Path(),
) -> None:
    """Sign the next register of this desk; who is in no offer named here is struck off."""
    from geowallet.app.sharing.registering import issue_register
    from geowallet.model.calendar import Period

    last = Period.parse(expires).last
    today = dt.datetime.now(tz=dt.UTC).date()
    issued, written = issue_register(open_desk(shell), offer, today=today, expires=last, target=out)
    number = len(issued.recipients)
    shell.say(
        plural(
            "Wrote {path}: version {version}, {count} recipient.",
            "Wrote {path}: version {version}, {count} recipients.",
            number,
            path=str(written),
            version=issued.version,
        )
    )
    shell.emit({"version": issued.version, "recipients": number, "file": str(written)})


def request_certificate(
    shell: Shell,
    *,
    out: Annotated[Path, typer.Option(help=_("File for the request."))] = Path("desk.csr"),
) -> None:
    """Write a request for a certificate on the signing key, in the name of the desk."""
    from geowallet.app.files import write_new
    from geowallet.crypto.certificates import certificate_request

    desk = open_desk(shell)
    written = write_new(out, certificate_request(desk.name, desk.signing_jwk))
    shell.say(_("Wrote {path}: an authority answers it with a certificate.", path=str(written)))
    shell.say(_("Send the certificate with your offers, as NAME.pem beside NAME.offer."))
    shell.emit({"file": str(written)})
