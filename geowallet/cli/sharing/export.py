"""``export``: the only way out. ``export CONTRACT`` is short for ``export contract CONTRACT``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.sharing.contract_named import is_file
from geowallet.cli.sharing.contract_preview import preview_record, show_inferred, show_prepared
from geowallet.cli.terminal.language import _, say
from geowallet.cli.terminal.secrets import asker, locations, open_wallet
from geowallet.cli.terminal.shell import Shell
from geowallet.cli.terminal.verb import DEFAULT_VERB, WithDefault, group, verb
from geowallet.model.calendar import Period
from geowallet.model.errors import NotAcceptedError

if TYPE_CHECKING:
    from geowallet.app.sharing.export import Exported
    from geowallet.app.sharing.preparing import Prepared

app = group(_("Sign and seal what a contract names, for its one reader."), WithDefault)


def export(
    shell: Shell,
    contract: Annotated[str, typer.Argument(help=_("The name of the contract."))],
    *,
    period: Annotated[str, typer.Option(help=_("Such as 2026-10."))],
    out: Annotated[Path, typer.Option(help=_("Folder for the files."))] = Path(),
    confirm: Annotated[
        str, typer.Option("--confirm", help=_("The contract's name, instead of typing it."))
    ] = "",
) -> None:
    """Show what will leave, have the owner confirm and sign, and write the files."""
    from geowallet.app import wallet
    from geowallet.app.evidence.levels import looked_at
    from geowallet.app.sharing import agreements
    from geowallet.app.sharing.attempts import attempted
    from geowallet.app.sharing.export import export as sign_and_seal
    from geowallet.app.sharing.inferring import inferred
    from geowallet.app.sharing.preparing import prepare
    from geowallet.app.sharing.standing import check_not_withdrawn

    if is_file(contract):
        raise NotAcceptedError(name=agreements.offer_from(Path(contract)).terms.name)
    with open_wallet(shell) as vault:
        found = agreements.find_contract(vault, contract)
        terms = found.terms
        with attempted(vault, terms, period, clock=wallet.now_us):
            check_not_withdrawn(vault, found)
            prepared = looked_at(vault, prepare(vault, terms, Period.parse(period)))
            _show_reader(shell, prepared)
            show_prepared(shell, prepared)
            inferences = inferred(vault, prepared)
            show_inferred(shell, inferences)
            shell.say(_("Once they have read it, it cannot be taken back."))
            prompt = _("Type the contract's name to sign: ")
            shell.confirm_name(terms.name, confirm, prompt)
            wallet.check_passphrase(locations(shell), asker(shell))
            done = sign_and_seal(
                vault,
                found,
                prepared,
                now_us=wallet.now_us(),
                target=out,
                words=say,
            )
    _show_written(shell, done)
    shell.emit(
        preview_record(prepared, inferences)
        | {"receipt": done.receipt.id, "files": [str(path) for path in done.files]}
    )
    shell.next(f"geowallet evidence trace {done.receipt.id}")


def _show_reader(shell: Shell, prepared: Prepared) -> None:
    from geowallet.crypto.fingerprint import fingerprint
    from geowallet.crypto.signing import thumbprint

    reader = prepared.terms.recipient
    key = fingerprint(thumbprint(reader.signing_jwk))
    first = _("FIRST EXPORT to {name} (key {key}).", name=reader.name, key=key)
    again = _("Export to {name} (key {key}).", name=reader.name, key=key)
    shell.say(first if prepared.new_recipient else again)
    shell.say(_("These figures will leave your wallet:"))


def _show_written(shell: Shell, done: Exported) -> None:
    notes = (
        _("signed and sealed: the only one that can be checked"),
        _("the same figures, to read"),
        _("the same figures, for a spreadsheet"),
        _("your change of keys: hand it over, too, and first"),
    )
    for path, note in zip(done.files, notes, strict=False):
        shell.say(_("Wrote {path}   {note}", path=str(path), note=note))
    said = _("Receipt {id}. Nothing was sent: hand over the files yourself.", id=done.receipt.id)
    shell.say(said)


verb(
    app,
    DEFAULT_VERB,
    _("Sign and seal figures; the verb may be left out."),
    example="geowallet export exemple-mileage --period 2026-05",
)(export)
