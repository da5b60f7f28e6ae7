"""``contract recipient``: who may ask, how you know them, and who vouches for them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from geowallet.cli.terminal.language import _, language, plural
from geowallet.cli.terminal.numbers import day
from geowallet.cli.terminal.secrets import open_wallet
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import group, verb

app = group(_("Recipients: the keys that you know them by, and who vouches for them."))


def list_(shell: Shell) -> None:
    """Show the recipients that you have or had a contract with, and the registers."""
    from geowallet.app.sharing.recipients import known_recipients, registers
    from geowallet.crypto.fingerprint import fingerprint

    with open_wallet(shell) as vault:
        known, books = known_recipients(vault), registers(vault)
    rows = []
    for one in known:
        key = fingerprint(one.key)
        shell.emit(
            {
                "recipient": one.name,
                "key": key,
                "since": one.since.isoformat(),
                "changed": one.changed,
            }
        )
        rows.append([one.name, key, _words(one.key), day(one.since)])
    headings = (_("RECIPIENT"), _("KEY"), _("IN WORDS"), _("SINCE"))
    shell.table([Column(heading) for heading in headings], rows)
    for book in books:
        shell.emit(
            {
                "register": book.organisation,
                "key": fingerprint(book.key),
                "version": book.version,
                "expires": book.expires.isoformat(),
                "recipients": len(book.recipients),
            }
        )
        shell.say(
            plural(
                "Register of {organisation}: version {version}, {count} recipient, until {date}",
                "Register of {organisation}: version {version}, {count} recipients, until {date}",
                len(book.recipients),
                organisation=book.organisation,
                version=book.version,
                date=day(book.expires),
            )
        )
    if not known and not books:
        shell.say(_("No recipients yet."))


def trust(
    shell: Shell,
    file: Annotated[Path, typer.Argument(help=_("A change of keys, or a register."))],
    *,
    key: Annotated[
        str, typer.Option(help=_("Key of the register's organisation, as you compared it."))
    ] = "",
) -> None:
    """Take in a recipient's change of keys, or an organisation's register of recipients."""
    from geowallet.app.files import read_small
    from geowallet.app.sharing import recipients
    from geowallet.app.sharing.agreements import MAX_CONTRACT_BYTES
    from geowallet.app.wallet import now_us
    from geowallet.contracts.life.accreditation import REGISTER_SCHEMA
    from geowallet.contracts.life.signed import schema_of
    from geowallet.crypto.fingerprint import fingerprint
    from geowallet.crypto.signing import thumbprint

    data = read_small(file, MAX_CONTRACT_BYTES)
    with open_wallet(shell) as vault:
        if schema_of(data) == REGISTER_SCHEMA:
            today = dt.datetime.now(tz=dt.UTC).date()
            book = recipients.take_register(vault, data, key=key, today=today, now_us=now_us())
            shell.say(
                _(
                    "Register of {organisation}, version {version}, until {date}.",
                    organisation=book.organisation,
                    version=book.version,
                    date=day(book.expires),
                )
            )
            shell.emit({"register": book.organisation, "version": book.version})
            return
        change = recipients.take_rotation(vault, data, now_us=now_us())
    new = fingerprint(thumbprint(change.new.signing_jwk))
    shell.say(_("{name} signs with the key {key} from now on.", name=change.new.name, key=new))
    shell.say(_("Contracts of before go on; what you send under them is sealed for the new key."))
    shell.emit({"recipient": change.new.name, "key": new})


verb(app, "list", _("List the recipients that you know, and the registers."))(list_)
verb(
    app,
    "trust",
    _("Take in a change of keys, or a register of recipients."),
    example="geowallet contract recipient trust desk-2026-11-22.rotation",
)(trust)


def _words(key: str) -> str:
    from geowallet.cli.wallet.key_words import key_words

    return " ".join(key_words(key, language))
