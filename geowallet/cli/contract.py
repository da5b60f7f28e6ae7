"""``contract show``, ``preview``, ``accept`` and ``list``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geowallet.cli.language import _, clauses, plural, say
from geowallet.cli.numbers import count, day
from geowallet.cli.results import show_result
from geowallet.cli.secrets import open_wallet
from geowallet.cli.shell import Column, Shell
from geowallet.cli.verb import group, verb
from geowallet.model.calendar import Period

if TYPE_CHECKING:
    from geowallet.app.sharing.preparing import Prepared
    from geowallet.contracts.syntax import Terms
    from geowallet.vault.store import Vault

app = group(_("Contracts: read an offer, see exactly what would leave, accept it."))

Name = Annotated[str, typer.Argument(help=_("An offer's file, or the name of a contract."))]


def show(shell: Shell, contract: Name) -> None:
    """Show an offer or a contract in plain words, on one screen."""
    from geowallet.contracts.explain import explain
    from geowallet.contracts.offer import terms_digest
    from geowallet.contracts.syntax import terms_as_json

    if is_file(contract):
        terms, accepted = _offered(contract), False
    else:
        with open_wallet(shell) as vault:
            terms, accepted = _terms(vault, contract)
    shell.emit(
        {
            "contract": terms.name,
            "sha256": terms_digest(terms),
            "accepted": accepted,
            "terms": terms_as_json(terms),
        }
    )
    shell.say(
        _("Contract with {name}, accepted.", name=terms.recipient.name)
        if accepted
        else _(
            "Offer from {name}. NOT ACCEPTED: nothing leaves until you accept and export.",
            name=terms.recipient.name,
        )
    )
    shell.say()
    _show_sections(
        shell, [(say(label), [say(s) for s in lines]) for label, lines in explain(terms)]
    )
    shell.next(f"geowallet contract preview {contract} --period {_example(terms)}")


def preview(
    shell: Shell,
    contract: Name,
    *,
    period: Annotated[str, typer.Option(help=_("Such as 2026-10."))],
) -> None:
    """Show every value that would leave, and what would not."""
    from geowallet.app.sharing.modules import module_beside
    from geowallet.app.sharing.preparing import prepare

    with open_wallet(shell) as vault:
        terms = _offered(contract) if is_file(contract) else _terms(vault, contract)[0]
        module = module_beside(Path(contract), terms) if is_file(contract) else b""
        prepared = prepare(vault, terms, Period.parse(period), module=module)
    shell.emit(preview_record(prepared))
    shell.say(
        _(
            "If you exported now, {name} would read exactly this and nothing else:",
            name=terms.recipient.name,
        )
    )
    show_prepared(shell, prepared)
    shell.say(_("Nothing was written."))
    shell.next(f"geowallet export {terms.name} --period {period}")


def accept(
    shell: Shell,
    offer: Annotated[Path, typer.Argument(help=_("The offer's file."))],
    *,
    name: Annotated[
        str, typer.Option("--as", help=_("Your name, as the recipient reads it."))
    ] = "",
    out: Annotated[Path, typer.Option(help=_("Folder for the signed copy."))] = Path(),
) -> None:
    """Sign an offer; nothing leaves yet."""
    from geowallet.app import settings
    from geowallet.app.sharing import agreements
    from geowallet.app.sharing.modules import module_beside
    from geowallet.app.wallet import now_us
    from geowallet.crypto.fingerprint import fingerprint
    from geowallet.crypto.signing import thumbprint

    read = agreements.offer_from(offer)
    terms = read.terms
    module = module_beside(offer, terms)
    key = fingerprint(thumbprint(terms.recipient.signing_jwk))
    with open_wallet(shell) as vault:
        shell.note(
            _("{name}, key {key}: compare it with them.", name=terms.recipient.name, key=key)
        )
        shell.confirm(_("Accept {contract} and sign it?", contract=terms.name))
        if name:
            settings.set_owner_name(vault, name, now_us=now_us())
        elif not settings.owner_name(vault) and shell.can_ask:
            asked = shell.answer(_("Your name, as the recipient reads it: "))
            settings.set_owner_name(vault, asked, now_us=now_us())
        today = dt.datetime.now(tz=dt.UTC).date()
        __, written = agreements.accept_offer(
            vault, read, today=today, now_us=now_us(), target=out, module=module
        )
    shell.say(_("Accepted {contract}. Nothing has left.", contract=terms.name))
    shell.say(
        _("Wrote {path}: give it to the recipient, it holds your public keys.", path=str(written))
    )
    shell.emit({"contract": terms.name, "accepted": today.isoformat(), "file": str(written)})
    shell.next(f"geowallet contract preview {terms.name} --period {_example(terms)}")


def list_(shell: Shell) -> None:
    """Show the accepted contracts."""
    from geowallet.app.sharing import agreements
    from geowallet.app.sharing.receipts import receipts

    with open_wallet(shell) as vault:
        contracts = agreements.accepted(vault)
        sent = [receipt.contract for receipt in receipts(vault)]
    rows = []
    for contract in contracts:
        terms = contract.terms
        exports = sent.count(terms.name)
        shell.emit(
            {
                "contract": terms.name,
                "recipient": terms.recipient.name,
                "expires": terms.expires.isoformat(),
                "exports": exports,
            }
        )
        rows.append([terms.name, terms.recipient.name, day(terms.expires), count(exports)])
    if not contracts:
        shell.say(_("No contracts: nothing can leave this wallet."))
        return
    columns = [
        Column(_("NAME")),
        Column(_("RECIPIENT")),
        Column(_("UNTIL")),
        Column(_("EXPORTS"), numeric=True),
    ]
    shell.table(columns, rows)


verb(app, "show", _("Say what an offer or a contract lets out, in plain words."))(show)
verb(
    app,
    "preview",
    _("Show exactly what would leave; write nothing."),
    example="geowallet contract preview exemple-mileage --period 2026-05",
)(preview)
verb(app, "accept", _("Sign an offer."), example="geowallet contract accept exemple.offer")(accept)
verb(app, "list", _("List your contracts."))(list_)


def show_prepared(shell: Shell, prepared: Prepared) -> None:
    """Show the figures of a preview, then what stays, and what can be inferred."""
    from geowallet.contracts.explain import deductions

    show_result(shell, prepared.result, prepared.terms)
    left_out = ", ".join(
        _("{name}: {value}", name=say(reason), value=count(number))
        for reason, number in prepared.selected.left_out
    )
    if left_out:
        shell.say(_("Left out by the contract: {reasons}.", reasons=left_out))
    if prepared.selected.waiting:
        ids = ", ".join(trip.trip.id[:7] for trip in prepared.selected.waiting[:8])
        shell.say(
            plural(
                "Waiting for you, not counted: {count} trip that is too unsure ({ids}).",
                "Waiting for you, not counted: {count} trips that are too unsure ({ids}).",
                len(prepared.selected.waiting),
                ids=ids,
            )
        )
        shell.say(_("  say what they were: geowallet trip label ID --mode MODE"))
    inferred = [say(item) for item in deductions(prepared.terms)]
    if inferred:
        shell.say(_("They can still deduce: {list}.", list=clauses(inferred)))
    shell.say(
        _("These figures reveal at most {bits} bits.", bits=count(round(prepared.bits + 0.5)))
    )


def preview_record(prepared: Prepared) -> dict[str, Any]:
    """Return a preview as JSON values."""
    from geowallet.contracts.explain import deductions

    return {
        "contract": prepared.terms.name,
        "period": str(prepared.period),
        "leaves": prepared.result.as_json(),
        "left_out": {str(reason): number for reason, number in prepared.selected.left_out},
        "waiting": [trip.trip.id for trip in prepared.selected.waiting],
        "deductions": [str(item) for item in deductions(prepared.terms)],
        "bits": round(prepared.bits, 1),
    }


def is_file(text: str) -> bool:
    """Say whether an argument is the file of an offer, not the name of a contract."""
    return "/" in text or "\\" in text or "." in text or Path(text).is_file()


def _offered(path: str) -> Terms:
    from geowallet.app.sharing.agreements import offer_from

    return offer_from(Path(path)).terms


def _terms(vault: Vault, name: str) -> tuple[Terms, bool]:
    from geowallet.app.sharing.agreements import find_contract

    return find_contract(vault, name).terms, True


def _example(terms: Terms) -> str:
    first = terms.covers.first
    return f"{first:%Y-%m}" if terms.cadence == "month" else f"{first:%Y}"


def _show_sections(shell: Shell, sections: list[tuple[str, list[str]]]) -> None:
    import textwrap

    width = max(len(label) for label, __ in sections) + 2
    for label, lines in sections:
        if shell.accessible:
            shell.say(f"{label}:")
        text = textwrap.wrap(clauses(lines), 98 - width)
        for number, part in enumerate(text):
            head = label if number == 0 and not shell.accessible else ""
            shell.say(f"{head:{width}}{part}")
