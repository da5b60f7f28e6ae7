"""``contract show`` and ``preview``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geowallet.cli.contract_accept import Chain, Roots
from geowallet.cli.contract_views import (
    certificate_of,
    consent_record,
    is_withdrawn,
    show_json,
    warn,
    warnings_record,
    who_asks,
)
from geowallet.cli.grounds import show_grounds
from geowallet.cli.language import _, clauses, plural, say
from geowallet.cli.numbers import count
from geowallet.cli.results import show_result
from geowallet.cli.secrets import open_wallet
from geowallet.cli.shell import Shell
from geowallet.cli.verb import group, verb
from geowallet.model.calendar import Period
from geowallet.model.errors import NotAcceptedError

if TYPE_CHECKING:
    from geowallet.app.sharing.preparing import Prepared
    from geowallet.contracts.grant import Contract
    from geowallet.contracts.syntax import Terms
    from geowallet.vault.store import Vault

app = group(_("Contracts: read an offer, see exactly what would leave, accept it."))

Name = Annotated[str, typer.Argument(help=_("An offer's file, or the name of a contract."))]


def show(
    shell: Shell,
    contract: Name,
    *,
    odrl: Annotated[bool, typer.Option("--odrl", help=_("As an ODRL 2.2 policy."))] = False,
    receipt: Annotated[
        bool, typer.Option("--receipt", help=_("As a consent receipt (ISO/IEC TS 27560)."))
    ] = False,
    chain: Chain = None,
    roots: Roots = None,
) -> None:
    """Show an offer or a contract in plain words, on one screen."""
    from geowallet.contracts.explain import explain
    from geowallet.contracts.odrl import odrl_policy
    from geowallet.contracts.offer import terms_digest
    from geowallet.contracts.syntax import terms_as_json

    agreed: Contract | None = None
    ended = False
    if is_file(contract):
        terms = _offered(contract)
    else:
        with open_wallet(shell) as vault:
            agreed = _agreed(vault, contract)
            consent = consent_record(vault, agreed) if receipt else None
            ended = is_withdrawn(vault, agreed)
        terms = agreed.terms
    if odrl:
        show_json(shell, odrl_policy(terms, agreed.grant if agreed else None))
        return
    if receipt:
        if agreed is None:
            raise NotAcceptedError(name=terms.name)
        show_json(shell, consent or {})
        return
    found = certificate_of(terms, Path(contract), chain, roots)
    who = who_asks(shell, terms, found, accepted=agreed is not None)
    shell.emit(
        {
            "contract": terms.name,
            "sha256": terms_digest(terms),
            "accepted": agreed is not None,
            "who": who,
            "withdrawn": ended,
            "warnings": warnings_record(terms),
            "terms": terms_as_json(terms),
        }
    )
    shell.say(
        _("Contract with {name}, accepted.", name=terms.recipient.name)
        if agreed
        else _(
            "Offer from {name}. NOT ACCEPTED: nothing leaves until you accept and export.",
            name=terms.recipient.name,
        )
    )
    if ended:
        shell.say(_("WITHDRAWN: nothing leaves under it any more."))
    shell.say()
    _show_sections(
        shell, [(say(label), [say(s) for s in lines]) for label, lines in explain(terms)]
    )
    for line in who:
        shell.note(line)
    warn(shell, terms)
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
        terms = _offered(contract) if is_file(contract) else _agreed(vault, contract).terms
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


verb(app, "show", _("Say what an offer or a contract lets out, in plain words."))(show)
verb(
    app,
    "preview",
    _("Show exactly what would leave; write nothing."),
    example="geowallet contract preview exemple-mileage --period 2026-05",
)(preview)


def show_prepared(shell: Shell, prepared: Prepared) -> None:
    """Show the figures of a preview, then what stays, and what can be inferred."""
    from geowallet.contracts.explain import deductions

    show_result(shell, prepared.result, prepared.terms)
    show_grounds(shell, prepared)
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


def _agreed(vault: Vault, name: str) -> Contract:
    from geowallet.app.sharing.agreements import find_contract

    return find_contract(vault, name)


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
