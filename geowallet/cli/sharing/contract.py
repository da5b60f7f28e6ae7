"""``contract show``: an offer or a contract in plain words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.sharing.contract_accept import Chain, Roots
from geowallet.cli.sharing.contract_named import Name, is_file, offered
from geowallet.cli.sharing.contract_views import (
    certificate_of,
    consent_record,
    is_withdrawn,
    show_json,
    warn,
    warnings_record,
    who_asks,
)
from geowallet.cli.terminal.language import _, clauses, say
from geowallet.cli.terminal.secrets import open_wallet
from geowallet.cli.terminal.shell import Shell
from geowallet.cli.terminal.verb import group, verb
from geowallet.model.errors import NotAcceptedError

if TYPE_CHECKING:
    from geowallet.contracts.life.grant import Contract
    from geowallet.contracts.terms.syntax import Terms
    from geowallet.vault.store import Vault

app = group(_("Contracts: read an offer, see exactly what would leave, accept it."))


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
    from geowallet.contracts.life.offer import terms_digest
    from geowallet.contracts.terms.syntax import terms_as_json
    from geowallet.contracts.words.odrl import odrl_policy

    agreed: Contract | None = None
    ended = False
    if is_file(contract):
        terms = offered(contract)
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
    _show_words(shell, terms, accepted=agreed is not None, ended=ended)
    for line in who:
        shell.note(line)
    warn(shell, terms)
    shell.next(f"geowallet contract preview {contract} --period {_example(terms)}")


verb(app, "show", _("Say what an offer or a contract lets out, in plain words."))(show)


def _show_words(shell: Shell, terms: Terms, *, accepted: bool, ended: bool) -> None:
    from geowallet.contracts.words.explain import explain

    name = terms.recipient.name
    shell.say(
        _("Contract with {name}, accepted.", name=name)
        if accepted
        else _(
            "Offer from {name}. NOT ACCEPTED: nothing leaves until you accept and export.",
            name=name,
        )
    )
    if ended:
        shell.say(_("WITHDRAWN: nothing leaves under it any more."))
    shell.say()
    _show_sections(
        shell, [(say(label), [say(s) for s in lines]) for label, lines in explain(terms)]
    )


def _agreed(vault: Vault, name: str) -> Contract:
    from geowallet.app.sharing.agreements import find_contract

    return find_contract(vault, name)


def _example(terms: Terms) -> str:
    from geowallet.contracts.terms.periods import periods

    return str(periods(terms)[0])


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
