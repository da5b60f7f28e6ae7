"""``desk list``: what a recipient has received, and what of it counts."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geowallet.cli.terminal.language import _
from geowallet.cli.terminal.numbers import day
from geowallet.cli.terminal.secrets import asker, locations
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import verb

if TYPE_CHECKING:
    from geowallet.app.desk.desk import Desk
    from geowallet.app.desk.ledger import Judged


def add_to(app: typer.Typer) -> None:
    """Register the verb with the noun ``desk``."""
    verb(app, "list", _("List what was received."), desk=True)(list_)


def open_desk(shell: Shell) -> Desk:
    """Open the desk that the options name, by its passphrase."""
    from geowallet.app.desk import desk as use

    return use.open_desk(locations(shell).desk, asker(shell, _("Passphrase of the desk: ")))


def list_(
    shell: Shell,
    *,
    answers: Annotated[
        bool, typer.Option("--answers", help=_("Who accepted, declined or ended what."))
    ] = False,
) -> None:
    """Show the exports received, and which of them count; or the answers to offers."""
    from geowallet.app.desk.ledger import judged, received

    desk = open_desk(shell)
    if answers:
        _show_answers(shell, desk)
        return
    rows = []
    for one in judged(received(desk)):
        entry = one.entry
        shell.emit(_entry(one))
        came = day(dt.date.fromisoformat(entry.received))
        rows.append([short(entry.jti), entry.contract, entry.period, came, state_of(one)])
    if not rows:
        shell.say(_("Nothing received yet."))
        return
    headings = (_("RECEIPT"), _("CONTRACT"), _("PERIOD"), _("RECEIVED"), _("STATE"))
    shell.table([Column(heading) for heading in headings], rows)


def worth_of(judged: Judged) -> str:
    """Say what an export is worth beside the others of its contract and period; "" if it counts."""
    from geowallet.app.desk.ledger import Claim

    other = short(judged.by)
    if judged.claim is Claim.DOUBLE:
        return _(
            "DOUBLE CLAIM: receipt {id} speaks of the same contract and period, and this file "
            "does not say that it replaces it. Ask before you pay.",
            id=other,
        )
    if judged.claim is Claim.REPLACED:
        return _("Receipt {id} replaces it: only that one counts.", id=other)
    if judged.entry.supersedes:
        return _(
            "It replaces receipt {id}: only this one counts.", id=short(judged.entry.supersedes)
        )
    return ""


def state_of(judged: Judged) -> str:
    """Return the state of an export in a word or two."""
    words = {
        "counts": _("counts"),
        "replaced": _("replaced by {id}", id=short(judged.by)),
        "double": _("DOUBLE of {id}", id=short(judged.by)),
        "deleted": _("deleted"),
    }
    return words[judged.claim]


def short(jti: str) -> str:
    """Return the receipt of a full id, or ""."""
    return f"{jti[:4]}-{jti[4:8]}" if jti else ""


def _show_answers(shell: Shell, desk: Desk) -> None:
    from geowallet.app.desk.desk_answers import declines, withdrawn_on
    from geowallet.app.desk.rotations import standing_contracts

    rows: list[tuple[str, str, str, dt.date]] = []
    for contract in standing_contracts(desk):
        ended = withdrawn_on(desk, contract)
        name, holder = contract.terms.name, contract.grant.holder.name
        rows.append((name, holder, "accepted", contract.grant.accepted))
        rows += [(name, holder, "withdrawn", ended)] if ended else []
    rows += [(one.contract, one.name or "-", "declined", one.declined) for one in declines(desk)]
    rows.sort(key=lambda row: (row[3], row[0], row[1]))
    words = {"accepted": _("accepted"), "withdrawn": _("withdrawn"), "declined": _("declined")}
    for name, holder, answer, date in rows:
        shell.emit({"contract": name, "holder": holder, "answer": answer, "date": date.isoformat()})
    if not rows:
        shell.say(_("No answers yet."))
    headings = (_("CONTRACT"), _("FROM"), _("ANSWER"), _("DATE"))
    shell.table(
        [Column(heading) for heading in headings],
        [[name, holder, words[answer], day(date)] for name, holder, answer, date in rows],
    )


def _entry(one: Judged) -> dict[str, Any]:
    entry = one.entry
    return {
        "jti": entry.jti,
        "receipt": short(entry.jti),
        "contract": entry.contract,
        "period": entry.period,
        "nullifier": entry.nullifier,
        "received": entry.received,
        "total": entry.total,
        "supersedes": entry.supersedes or None,
        "state": str(one.claim),
        "by": one.by or None,
    }
