"""``contract list``, ``withdraw``, ``history`` and ``receipt``: what becomes of a contract."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.terminal.language import _, plural
from geowallet.cli.terminal.numbers import count, day, moment
from geowallet.cli.terminal.secrets import open_wallet
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import verb

if TYPE_CHECKING:
    from geowallet.app.sharing.life import Event


def add_to(app: typer.Typer) -> None:
    """Register the verbs with the noun ``contract``."""
    verb(app, "list", _("List your contracts."))(list_)
    verb(
        app,
        "withdraw",
        _("End a contract: nothing leaves under it any more."),
        example="geowallet contract withdraw exemple-mileage",
    )(withdraw)
    verb(app, "history", _("Show what happened to offers and contracts."))(history)
    verb(
        app,
        "receipt",
        _("Take in a recipient's word that an export was received or deleted."),
        example="geowallet contract receipt exemple-mileage-2026-05-e41c77b0.received",
    )(receipt)


def list_(shell: Shell) -> None:
    """Show the accepted contracts, and where each stands."""
    from geowallet.app.sharing import agreements
    from geowallet.app.sharing.receipts import receipts
    from geowallet.app.sharing.standing import state_of

    today = _today()
    with open_wallet(shell) as vault:
        contracts = agreements.accepted(vault)
        states = [state_of(vault, contract, today) for contract in contracts]
        sent = [receipt.contract for receipt in receipts(vault)]
    words = states_in_words()
    rows = []
    for contract, state in zip(contracts, states, strict=True):
        terms = contract.terms
        exports = sent.count(terms.name)
        shell.emit(
            {
                "contract": terms.name,
                "version": terms.version,
                "recipient": terms.recipient.name,
                "state": str(state),
                "expires": terms.expires.isoformat(),
                "exports": exports,
            }
        )
        name = terms.recipient.name
        rows.append([terms.name, name, words[state], day(terms.expires), count(exports)])
    if not contracts:
        shell.say(_("No contracts: nothing can leave this wallet."))
        return
    columns = [
        Column(_("NAME")),
        Column(_("RECIPIENT")),
        Column(_("STATE")),
        Column(_("UNTIL")),
        Column(_("EXPORTS"), numeric=True),
    ]
    shell.table(columns, rows)


def withdraw(
    shell: Shell,
    contract: Annotated[str, typer.Argument(help=_("The name of the contract."))],
    *,
    confirm: Annotated[
        str, typer.Option("--confirm", help=_("The contract's name, instead of typing it."))
    ] = "",
    out: Annotated[Path, typer.Option(help=_("Folder for the signed end."))] = Path(),
) -> None:
    """End a contract, and write the signed end with the demand to delete for the recipient."""
    from geowallet.app.sharing import agreements, life
    from geowallet.app.wallet import now_us

    with open_wallet(shell) as vault:
        found = agreements.find_contract(vault, contract)
        name = found.terms.name
        shell.note(_("What {name} has already read stays read.", name=found.terms.recipient.name))
        shell.confirm_name(name, confirm, _("Type the contract's name to end it: "))
        written, delete = life.withdraw(vault, found, today=_today(), now_us=now_us(), target=out)
    shell.say(_("{contract} has ended: nothing leaves under it any more.", contract=name))
    if delete:
        shell.say(
            plural(
                "The file asks to delete {count} export. Whether that is done, nobody can see.",
                "The file asks to delete {count} exports. Whether that is done, nobody can see.",
                len(delete),
            )
        )
    shell.say(_("Wrote {path}: give it to the recipient.", path=str(written)))
    shell.emit({"contract": name, "withdrawn": True, "delete": list(delete), "file": str(written)})


def history(
    shell: Shell,
    contract: Annotated[
        str, typer.Argument(help=_("The name of a contract; all without it."))
    ] = "",
) -> None:
    """Show offers, answers, exports, failed attempts and ends, with their moments."""
    from geowallet.app.sharing.life import history as events_of
    from geowallet.app.travel.trips import own_zone

    with open_wallet(shell) as vault:
        events = events_of(vault, contract)
        here = own_zone(vault)
    words = happened_in_words()
    rows = []
    for event in events:
        shell.emit(_record(event))
        rows.append([moment(event.at_us, here), event.contract, words[event.what], _detail(event)])
    if not events:
        shell.say(_("No offers yet."))
        return
    headings = (_("WHEN"), _("CONTRACT"), _("WHAT"), "")
    shell.table([Column(heading) for heading in headings], rows)


def receipt(
    shell: Shell,
    file: Annotated[Path, typer.Argument(help=_("The recipient's signed file."))],
) -> None:
    """Check who signed it and of which export it speaks, and keep it."""
    from geowallet.app.files import read_small
    from geowallet.app.sharing import life
    from geowallet.app.sharing.agreements import MAX_CONTRACT_BYTES
    from geowallet.app.wallet import now_us

    data = read_small(file, MAX_CONTRACT_BYTES)
    with open_wallet(shell) as vault:
        said, kept = life.take_acknowledgement(vault, data, now_us=now_us())
    texts = {
        "received": _("They say that they received export {id} on {date}."),
        "deleted": _("They say that they deleted export {id} on {date}."),
    }
    shell.say(texts[said.act].format(id=kept.id, date=day(said.day)))
    if said.act == "deleted":
        shell.say(_("It is their signed word; nobody can see whether every copy is gone."))
    shell.emit({"receipt": kept.id, "act": said.act, "date": said.day.isoformat()})


def states_in_words() -> dict[str, str]:
    """Return what each state of a contract is called."""
    return {
        "declined": _("declined"),
        "not_yet": _("not yet in force"),
        "in_force": _("in force"),
        "expired": _("expired"),
        "superseded": _("replaced"),
        "withdrawn": _("withdrawn"),
    }


def happened_in_words() -> dict[str, str]:
    """Return what each event is called."""
    return {
        "refused": _("offer not accepted"),
        "accepted": _("accepted"),
        "superseded": _("replaced by a later version"),
        "declined": _("declined"),
        "withdrawn": _("withdrawn"),
        "exported": _("exported"),
        "failed": _("export not made"),
        "received": _("they say: received"),
        "deleted": _("they say: deleted"),
        "audited": _("audited"),
    }


def _detail(event: Event) -> str:
    receipt_id = f"{event.jti[:4]}-{event.jti[4:8]}" if event.jti else ""
    code = f"[{event.code}]" if event.code else ""
    return " ".join(part for part in (event.period, receipt_id, code) if part)


def _record(event: Event) -> dict[str, str | int | None]:
    return {
        "at_us": event.at_us,
        "what": str(event.what),
        "contract": event.contract,
        "sha256": event.terms_sha256 or None,
        "period": event.period or None,
        "jti": event.jti or None,
        "code": event.code or None,
    }


def _today() -> dt.date:
    return dt.datetime.now(tz=dt.UTC).date()
