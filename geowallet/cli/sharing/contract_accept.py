"""``contract accept`` and ``decline``: yes and no, after a look at who asks and what changes."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.sharing.contract_views import (
    certificate_of,
    changes_record,
    show_changes,
    show_vouchers,
    warn,
    warnings_record,
)
from geowallet.cli.terminal.language import _
from geowallet.cli.terminal.secrets import open_wallet
from geowallet.cli.terminal.shell import Shell
from geowallet.cli.terminal.verb import verb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geowallet.contracts.life.offer import Offer
    from geowallet.vault.store import Vault

OfferFile = Annotated[Path, typer.Argument(help=_("The offer's file."))]

Chain = Annotated[
    Path | None,
    typer.Option(help=_("The recipient's certificates (PEM); by default NAME.pem beside it.")),
]
Roots = Annotated[
    Path | None, typer.Option(help=_("Certificates of authorities that you trust (PEM)."))
]


def add_to(app: typer.Typer) -> None:
    """Register the verbs with the noun ``contract``."""
    verb(app, "accept", _("Sign an offer."), example="geowallet contract accept exemple.offer")(
        accept
    )
    verb(
        app,
        "decline",
        _("Say no to an offer, signed and without data."),
        example="geowallet contract decline exemple.offer --reason 'not by day'",
    )(decline)


def accept(
    shell: Shell,
    offer: OfferFile,
    *,
    name: Annotated[
        str, typer.Option("--as", help=_("Your name, as the recipient reads it."))
    ] = "",
    chain: Chain = None,
    roots: Roots = None,
    out: Annotated[Path, typer.Option(help=_("Folder for the signed copy."))] = Path(),
) -> None:
    """Sign an offer; nothing leaves yet."""
    from geowallet.app import settings
    from geowallet.app.scoring.modules import module_beside
    from geowallet.app.sharing import agreements
    from geowallet.app.wallet import now_us

    with open_wallet(shell) as vault:
        read = agreements.asked_of(vault, offer)
        terms = read.terms
        with _noted(vault, read):
            module = module_beside(offer, terms)
            found = certificate_of(terms, offer, chain, roots)
            show_vouchers(shell, vault, terms, found)
            old = agreements.superseded_by(vault, terms)
            show_changes(shell, old, terms)
            warn(shell, terms)
            shell.confirm(_("Accept {contract} and sign it?", contract=terms.name))
            if name:
                settings.set_owner_name(vault, name, now_us=now_us())
            elif not settings.owner_name(vault) and shell.can_ask:
                asked = shell.answer(_("Your name, as the recipient reads it: "))
                settings.set_owner_name(vault, asked, now_us=now_us())
            today = _today()
            __, written = agreements.accept_offer(
                vault, read, today=today, now_us=now_us(), target=out, module=module
            )
    shell.say(_("Accepted {contract}. Nothing has left.", contract=terms.name))
    shell.say(
        _("Wrote {path}: give it to the recipient, it holds your public keys.", path=str(written))
    )
    shell.emit(
        {
            "contract": terms.name,
            "accepted": today.isoformat(),
            "file": str(written),
            "warnings": warnings_record(terms),
            "changes": changes_record(old, terms),
        }
    )
    first = terms.covers.first
    period = f"{first:%Y-%m}" if terms.cadence == "month" else f"{first:%Y}"
    shell.next(f"geowallet contract preview {terms.name} --period {period}")


def decline(
    shell: Shell,
    offer: OfferFile,
    *,
    reason: Annotated[str, typer.Option(help=_("Why, in your words; nobody must say."))] = "",
    name: Annotated[
        str, typer.Option("--as", help=_("Your name; without it the answer is nameless."))
    ] = "",
    out: Annotated[Path, typer.Option(help=_("Folder for the answer."))] = Path(),
) -> None:
    """Write a signed no for the recipient; it holds no figure, and nothing leaves."""
    from geowallet.app.sharing import agreements, life
    from geowallet.app.wallet import now_us

    with open_wallet(shell) as vault:
        read = agreements.asked_of(vault, offer)
        written = life.decline_offer(
            vault,
            read,
            today=_today(),
            now_us=now_us(),
            target=out,
            reason=reason,
            name=name,
        )
    shell.say(_("Declined {contract}. Nothing has left.", contract=read.terms.name))
    shell.say(_("Wrote {path}: give it to the recipient, or to nobody.", path=str(written)))
    shell.emit({"contract": read.terms.name, "declined": True, "file": str(written)})


@contextmanager
def _noted(vault: Vault, offer: Offer) -> Iterator[None]:
    """Enter into the log that an offer was looked at and not accepted, and why."""
    from geowallet.app.sharing.life import note_refusal
    from geowallet.app.wallet import now_us
    from geowallet.model.errors import GeowalletError

    try:
        yield
    except GeowalletError as error:
        note_refusal(vault, offer, error.code, now_us=now_us())
        raise


def _today() -> dt.date:
    return dt.datetime.now(tz=dt.UTC).date()
