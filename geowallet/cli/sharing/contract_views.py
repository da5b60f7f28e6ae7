"""What is shown of a contract beside its plain words: who asks, what changes, what to weigh."""

from __future__ import annotations

import datetime as dt
import json
import time
from typing import TYPE_CHECKING, Any

from geowallet.cli.terminal.language import _, language, say, told
from geowallet.cli.terminal.secrets import locations, open_wallet
from geowallet.model.errors import BadOptionError, RecipientKeyChangedError, VaultLockedError

if TYPE_CHECKING:
    from pathlib import Path

    from geowallet.cli.terminal.shell import Shell
    from geowallet.contracts.life.grant import Contract
    from geowallet.contracts.terms.syntax import Terms
    from geowallet.model.words import Phrase
    from geowallet.vault.store import Vault


def certificate_of(
    terms: Terms, offer: Path, chain: Path | None, roots: Path | None
) -> Phrase | None:
    """Return what the recipient's certificates say, or None where no roots were given.

    Raises:
        BadOptionError: A chain without roots proves nothing.
        CertificateError: The chain does not hold.
    """
    from geowallet.app.sharing.recipients import check_certificate

    if roots is None:
        if chain is not None:
            raise BadOptionError(option="--chain", reason="--roots FILE")
        return None
    beside = chain or offer.with_suffix(".pem")
    return check_certificate(terms.recipient, beside, roots, now_s=int(time.time()))


def show_vouchers(shell: Shell, vault: Vault, terms: Terms, certificate: Phrase | None) -> None:
    """Say whose key asks, who vouches for it, and how to compare it.

    Raises:
        RecipientKeyChangedError: A known name under another key.
    """
    for line in _vouchers(vault, terms, certificate):
        shell.note(line)


def who_asks(
    shell: Shell, terms: Terms, certificate: Phrase | None, *, accepted: bool
) -> list[str]:
    """Return the same for a look; a locked wallet is not opened for it.

    A key that changed after a contract was accepted is said, and refuses nothing.

    Raises:
        RecipientKeyChangedError: An offer under a known name and another key.
    """
    if not locations(shell).wallet.exists():
        return _lines(terms, [certificate] if certificate else [])
    quiet = type(shell)(
        wallet=shell.wallet, passphrase_file=shell.passphrase_file, no_input=True, quiet=True
    )
    try:
        with open_wallet(quiet) as vault:
            return _vouchers(vault, terms, certificate)
    except RecipientKeyChangedError as error:
        if not accepted:
            raise
        return [*_lines(terms, []), told(error)[0]]
    except VaultLockedError:
        lines = _lines(terms, [certificate] if certificate else [])
        return [*lines, _("not compared with your contracts: the wallet is locked")]


def show_changes(shell: Shell, old: Contract | None, new: Terms) -> None:
    """Show what a later version says otherwise: in words, then member by member."""
    from geowallet.contracts.terms.changes import changed_members, reworded

    if old is None:
        return
    shell.say(
        _(
            "Version {new} replaces version {old}, which you accepted on {date}. What changes:",
            new=new.version,
            old=old.terms.version,
            date=_day(old.grant.accepted),
        )
    )
    for section in reworded(old.terms, new):
        for sign, clauses in (("-", section.gone), ("+", section.come)):
            for clause in clauses:
                said = _("{name}: {value}", name=say(section.label), value=say(clause))
                shell.say(f"  {sign} {said}")
    for member in changed_members(old.terms, new):
        before, after = (json.dumps(v, ensure_ascii=False) for v in (member.before, member.after))
        shell.say(f"    {member.member}   {before} -> {after}")


def changes_record(old: Contract | None, new: Terms) -> list[dict[str, Any]]:
    """Return the changed members as JSON values."""
    from geowallet.contracts.terms.changes import changed_members

    if old is None:
        return []
    return [
        {"member": one.member, "before": one.before, "after": one.after}
        for one in changed_members(old.terms, new)
    ]


def warn(shell: Shell, terms: Terms) -> None:
    """Say what is to be weighed in the terms."""
    from geowallet.contracts.words.warnings import warnings

    for one in warnings(terms):
        shell.note(_("CAREFUL: {reason} [{code}]", reason=say(one.text), code=one.code))


def warnings_record(terms: Terms) -> list[str]:
    """Return the codes of what is to be weighed."""
    from geowallet.contracts.words.warnings import warnings

    return [one.code for one in warnings(terms)]


def is_withdrawn(vault: Vault, contract: Contract) -> bool:
    """Say whether its owner ended a contract."""
    from geowallet.app.sharing.standing import State, standing_of

    standing = standing_of(vault, contract.sha256)
    return standing is not None and standing.state is State.WITHDRAWN


def consent_record(vault: Vault, contract: Contract) -> dict[str, Any]:
    """Return the signed consent receipt of an accepted contract, in the reader's language."""
    from geowallet.app.sharing.attesting import attested
    from geowallet.app.sharing.standing import standing_of
    from geowallet.contracts.words.consent_receipt import consent_receipt

    standing = standing_of(vault, contract.sha256)
    ended = standing is not None and is_withdrawn(vault, contract)
    day = dt.date.fromisoformat(standing.day) if standing is not None and ended else None
    said = consent_receipt(contract, withdrawn=day, language=language, words=_)
    return attested(vault, said)


def show_json(shell: Shell, value: dict[str, Any]) -> None:
    """Write one JSON document to stdout, also without ``--json``."""
    shell.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def _vouchers(vault: Vault, terms: Terms, certificate: Phrase | None) -> list[str]:
    from geowallet.app.sharing.recipients import vouchers

    today = dt.datetime.now(tz=dt.UTC).date()
    said = list(vouchers(vault, terms.recipient, today=today))
    return _lines(terms, [*said, certificate] if certificate else said)


def _lines(terms: Terms, said: list[Phrase]) -> list[str]:
    from geowallet.cli.wallet.key_words import key_words
    from geowallet.crypto.fingerprint import fingerprint
    from geowallet.crypto.signing import thumbprint

    key = thumbprint(terms.recipient.signing_jwk)
    name = terms.recipient.name
    compare = _("{name}, key {key}: compare it with them.", name=name, key=fingerprint(key))
    words = _("The same key in words: {words}", words=" ".join(key_words(key, language)))
    return [compare, words, *(say(phrase) for phrase in said)]


def _day(date: dt.date) -> str:
    from geowallet.cli.terminal.numbers import day

    return day(date)
