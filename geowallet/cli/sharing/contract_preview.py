"""``contract preview``: exactly what would leave, what stays, and what it gives away."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geowallet.cli.sharing.contract_named import Name, is_file, offered, terms_named
from geowallet.cli.sharing.grounds import show_grounds
from geowallet.cli.sharing.results import show_result
from geowallet.cli.terminal.language import _, clauses, plural, say
from geowallet.cli.terminal.numbers import count, exact
from geowallet.cli.terminal.secrets import open_wallet
from geowallet.cli.terminal.shell import Shell
from geowallet.cli.terminal.verb import verb
from geowallet.model.calendar import Period

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.app.sharing.preparing import Prepared
    from geowallet.contracts.words.inference import Inference

MOST_INFERENCES = 12
"""Shown on one screen; all are in the JSON."""


def preview(
    shell: Shell,
    contract: Name,
    *,
    period: Annotated[str, typer.Option(help=_("Such as 2026-10."))],
    raw: Annotated[
        bool, typer.Option("--raw", help=_("The bytes that would be signed, as JSON."))
    ] = False,
) -> None:
    """Show every value that would leave, and what would not."""
    from geowallet.app.evidence.levels import looked_at
    from geowallet.app.scoring.modules import module_beside
    from geowallet.app.sharing.inferring import inferred
    from geowallet.app.sharing.preparing import prepare

    with open_wallet(shell) as vault:
        terms = offered(contract) if is_file(contract) else terms_named(vault, contract)
        module = module_beside(Path(contract), terms) if is_file(contract) else b""
        prepared = looked_at(vault, prepare(vault, terms, Period.parse(period), module=module))
        found = inferred(vault, prepared)
    if raw:
        _show_raw(shell, prepared)
        return
    shell.emit(preview_record(prepared, found))
    shell.say(
        _(
            "If you exported now, {name} would read exactly this and nothing else:",
            name=terms.recipient.name,
        )
    )
    show_prepared(shell, prepared)
    show_inferred(shell, found)
    if terms.epsilon_milli:
        shell.say(_("Written: the noise, so that you see and send the same. Nothing left."))
    else:
        shell.say(_("Nothing was written."))
    shell.next(f"geowallet export {terms.name} --period {period}")


def show_prepared(shell: Shell, prepared: Prepared) -> None:
    """Show the figures of a preview, then what stays, and what the terms give away."""
    from geowallet.contracts.words.explain import deductions

    show_result(shell, prepared.result, prepared.terms)
    show_grounds(shell, prepared)
    _show_method(shell, prepared)
    if prepared.terms.epsilon_milli:
        shell.say(
            _(
                "Every figure is blurred once (discrete Laplace, epsilon {epsilon} a step).",
                epsilon=exact(Decimal(prepared.terms.epsilon_milli) / 1000),
            )
        )
    left_out = ", ".join(
        _("{name}: {value}", name=say(reason), value=count(number))
        for reason, number in prepared.selected.left_out
    )
    if left_out:
        shell.say(_("Left out by the contract: {reasons}.", reasons=left_out))
    if prepared.selected.waiting:
        ids = ", ".join(name[:7] for name in prepared.selected.waiting[:8])
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


def show_inferred(shell: Shell, found: Sequence[Inference]) -> None:
    """Show what these very figures give away, each with what would lessen it."""
    if not found:
        return
    shell.say(_("From these very figures they can work out:"))
    for item in found[:MOST_INFERENCES]:
        shell.say(f"  {say(item.text)}")
        shell.say(f"    ({say(item.hint)})")
    if len(found) > MOST_INFERENCES:
        shell.say(_("  and {count} more, see --json", count=count(len(found) - MOST_INFERENCES)))


def preview_record(prepared: Prepared, found: Sequence[Inference] = ()) -> dict[str, Any]:
    """Return a preview as JSON values."""
    from geowallet.contracts.words.explain import deductions

    return {
        "contract": prepared.terms.name,
        "period": str(prepared.period),
        "leaves": prepared.result.as_json(),
        "left_out": {str(reason): number for reason, number in prepared.selected.left_out},
        "waiting": list(prepared.selected.waiting),
        "deductions": [str(item) for item in deductions(prepared.terms)],
        "inferences": [{"text": str(item.text), "hint": str(item.hint)} for item in found],
        "epsilon_milli": prepared.terms.epsilon_milli or None,
        "flags": [{"id": name, "metres": metres} for name, metres in prepared.flags or ()],
        "bits": round(prepared.bits, 1),
    }


def _show_method(shell: Shell, prepared: Prepared) -> None:
    """Say by which rule an amount was found, and how; nothing where there is none."""
    from geowallet.app.sharing.preparing import charge_for
    from geowallet.contracts.evaluation.amount import figure_of

    charge = charge_for(prepared.terms, prepared.period)
    if charge is not None:
        found = figure_of(charge, 0, 0)
        told = {"rule": found.rule, "year": str(charge.year), "method": found.method}
        shell.say(_("Amount by {rule}, {year}, method {method}.", **told))


def _show_raw(shell: Shell, prepared: Prepared) -> None:
    """Print the claims as they would be signed, and name those that only signing gives."""
    from geowallet.crypto.canonical import canonical_bytes
    from geowallet.proofs.claims import named_claims, shown_claims

    claims = shown_claims(prepared.terms, prepared.result)
    text = canonical_bytes(claims).decode()
    later = sorted(named_claims(prepared.terms)[1] - set(claims))
    shell.emit({"claims": claims, "when_signed": later})
    shell.say(text)
    shell.note(
        _(
            "Only signing gives: {names}. The rows of groups are signed by their digests.",
            names=", ".join(later),
        )
    )


def add_to(app: typer.Typer) -> None:
    """Make ``preview`` a verb of the group ``contract``."""
    verb(
        app,
        "preview",
        _("Show exactly what would leave; write nothing."),
        example="geowallet contract preview exemple-mileage --period 2026-05",
    )(preview)
