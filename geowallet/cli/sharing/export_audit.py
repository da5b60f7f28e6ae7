"""``export audit-answer``: let out what an audit or a spot check may see, and no more."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geowallet.cli.sharing.audit_words import compared_record, days_record, show_compared, show_days
from geowallet.cli.terminal.language import _
from geowallet.cli.terminal.numbers import period_words
from geowallet.cli.terminal.secrets import asker, locations, open_wallet
from geowallet.cli.terminal.shell import Shell
from geowallet.cli.terminal.verb import verb
from geowallet.model.calendar import Period

if TYPE_CHECKING:
    from geowallet.app.audits.auditing import Shown


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    verb(
        app,
        "audit-answer",
        _("Answer a recipient's question about an export."),
        example="geowallet export audit-answer exemple-mileage-2026-05.challenge",
    )(audit_answer)


def audit_answer(
    shell: Shell,
    question: Annotated[Path, typer.Argument(help=_("The file that the recipient sent."))],
    *,
    out: Annotated[Path, typer.Option(help=_("Folder for the answer."))] = Path(),
    confirm: Annotated[
        str, typer.Option("--confirm", help=_("The contract's name, instead of typing it."))
    ] = "",
) -> None:
    """Show exactly what the answer opens, have the owner confirm, and write it."""
    from geowallet.app import wallet
    from geowallet.app.audits.auditing import answer, look
    from geowallet.app.files import read_small
    from geowallet.app.sharing.attempts import attempted
    from geowallet.contracts.life.offer import MAX_FILE_BYTES

    data = read_small(question, MAX_FILE_BYTES)
    with open_wallet(shell) as vault:
        shown = look(vault, data, clock=wallet.now_us)
        _show(shell, shown)
        terms = shown.contract.terms
        with attempted(vault, terms, shown.receipt.period, clock=wallet.now_us):
            shell.confirm_name(terms.name, confirm, _("Type the contract's name to open this: "))
            wallet.check_passphrase(locations(shell), asker(shell))
        path = answer(vault, shown, now_us=wallet.now_us(), target=out)
    shell.say(_("Wrote {path}: sealed to them. Nothing was sent.", path=str(path)))
    shell.emit(_record(shown) | {"file": str(path)})


def _show(shell: Shell, shown: Shown) -> None:
    from geowallet.contracts.life.audit import Challenge
    from geowallet.crypto.fingerprint import fingerprint
    from geowallet.crypto.signing import thumbprint

    recipient, period = shown.contract.terms.recipient, Period.parse(shown.receipt.period)
    key = fingerprint(thumbprint(recipient.signing_jwk))
    shell.say(
        _(
            "{name} (key {key}) asks about your export {receipt}, {period}.",
            name=recipient.name,
            key=key,
            receipt=shown.receipt.id,
            period=period_words(period),
        )
    )
    if shown.before is not None:
        shell.say(_("You answered this before: the same file is written again."))
    else:
        left = shown.budget - shown.used - shown.count
        shell.say(
            _(
                "It takes {count} of the {budget} that the contract grants; {left} would be left.",
                count=shown.count,
                budget=shown.budget,
                left=left,
            )
        )
    shell.say(_("This would leave your wallet:"))
    if isinstance(shown.question, Challenge):
        show_days(shell, period, shown.days, _stamped_m(shown))
    else:
        show_compared(shell, shown.question.sightings, shown.compared)
    shell.say(_("Not answering is your right; they may then refuse the figure."))


def _stamped_m(shown: Shown) -> list[int]:
    return [one.stamped.metres for one in shown.days]


def _record(shown: Shown) -> dict[str, Any]:
    period = Period.parse(shown.receipt.period)
    return {
        "contract": shown.contract.terms.name,
        "receipt": shown.receipt.id,
        "kind": shown.kind.value,
        "count": shown.count,
        "used": shown.used,
        "budget": shown.budget,
        "days": days_record(period, shown.days, _stamped_m(shown)),
        "sightings": compared_record(shown.compared),
    }
