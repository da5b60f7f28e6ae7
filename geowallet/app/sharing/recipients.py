"""Use cases: who a recipient is: known by key, by a change of keys, by a register, by a chain."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.app.files import read_small
from geowallet.contracts.life.accreditation import (
    Register,
    check_register,
    plain_name,
    read_register,
    seeming_name,
)
from geowallet.contracts.life.grant import read_contract
from geowallet.contracts.life.rotation import Rotation, read_rotation
from geowallet.crypto.canonical import sha256_hex
from geowallet.crypto.certificates import ChainError, check_chain
from geowallet.crypto.fingerprint import fingerprint
from geowallet.crypto.signing import thumbprint
from geowallet.model.errors import (
    CertificateError,
    RecipientKeyChangedError,
    RegisterUnknownError,
    UnknownOldKeyError,
)
from geowallet.model.provenance import Statement, StatementKind
from geowallet.model.words import N_, Phrase, phrase

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from geowallet.contracts.terms.syntax import Recipient
    from geowallet.vault.store import Vault

_KIND = "recipient"
_ROTATION, _REGISTER = "rotation", "register"

MAX_CERTIFICATE_BYTES = 256 << 10
"""Largest file of certificates that is read: a bundle of roots is below 100 kB."""


@dataclass(frozen=True, slots=True)
class Known:
    """A recipient that the wallet has a contract with.

    Attributes:
        name: As in the latest contract.
        key: Thumbprint of the signing key that counts today.
        since: Day of the first contract.
        changed: Whether the key counts by a change of keys, newer than any contract.
    """

    name: str
    key: str
    since: dt.date
    changed: bool


def known_recipients(vault: Vault) -> tuple[Known, ...]:
    """Return everybody with whom there ever was a contract, by name."""
    first: dict[str, dt.date] = {}
    latest: dict[str, Recipient] = {}
    contracts = [read_contract(body) for _, body in vault.items("contract")]
    for one in sorted(contracts, key=lambda c: (c.grant.accepted, c.terms.version)):
        recipient = one.terms.recipient
        name = plain_name(recipient.name)
        first.setdefault(name, one.grant.accepted)
        latest[name] = recipient
    heirs = _heirs(vault)
    found = []
    for name, recipient in sorted(latest.items()):
        key = thumbprint(recipient.signing_jwk)
        today = _heir(heirs, key)
        found.append(Known(recipient.name, today, first[name], changed=today != key))
    return tuple(found)


def check_recipient(vault: Vault, recipient: Recipient) -> None:
    """Refuse a known name, or what looks like one, under a key that is not the one known.

    Raises:
        RecipientKeyChangedError: It is another, and no change signed with both
            keys was taken in.
    """
    key = thumbprint(recipient.signing_jwk)
    for known in known_recipients(vault):
        alike = seeming_name(known.name) == seeming_name(recipient.name)
        if alike and known.key != key:
            raise RecipientKeyChangedError(
                name=recipient.name, known=fingerprint(known.key), found=fingerprint(key)
            )


def same_party(vault: Vault, one: Recipient, other: Recipient) -> bool:
    """Say whether the second key is the first, or followed it by changes taken in."""
    key = _heir(_heirs(vault), thumbprint(one.signing_jwk))
    return key == thumbprint(other.signing_jwk)


def newest_sealing_key(vault: Vault, recipient: Recipient) -> dict[str, Any]:
    """Return the public key (JWK) that files for ``recipient`` are sealed with today.

    It is that of their last change of keys that was taken in, else the one of their terms.
    """
    changes = [read_rotation(body) for _, body in _items(vault, _ROTATION)]
    last = _heir(_heirs(vault), thumbprint(recipient.signing_jwk))
    found = (one.new for one in changes if thumbprint(one.new.signing_jwk) == last)
    return next(found, recipient).sealing_jwk


def take_rotation(vault: Vault, data: bytes, *, now_us: int) -> Rotation:
    """Take in a change of keys of a known recipient; from then on the new key counts.

    Raises:
        BadContractError: Not such a file.
        ContractSignatureError: One of both signatures does not fit.
        UnknownOldKeyError: The old key is not one that counts here.
        RecipientKeyChangedError: The new key is one that was given up before.
    """
    rotation = read_rotation(data)
    old = thumbprint(rotation.old.signing_jwk)
    new = thumbprint(rotation.new.signing_jwk)
    heirs = _heirs(vault)
    if heirs.get(old) == new:
        return rotation
    if new in heirs:
        raise RecipientKeyChangedError(
            name=rotation.new.name, known=fingerprint(old), found=fingerprint(new)
        )
    named = plain_name(rotation.old.name)
    counts = {(plain_name(known.name), known.key) for known in known_recipients(vault)}
    if (named, old) not in counts:
        raise UnknownOldKeyError(name=rotation.old.name, found=fingerprint(old))
    _store(vault, f"{_ROTATION} {old}", data, "recipient's key changed", now_us=now_us)
    return rotation


def take_register(vault: Vault, data: bytes, *, key: str, today: dt.date, now_us: int) -> Register:
    """Take in an organisation's register; the first one of a key must be named by it.

    Args:
        vault: The open wallet.
        data: The file.
        key: Fingerprint of the organisation's key as the owner compared it, or "".
        today: Local day.
        now_us: The present.

    Raises:
        BadContractError: Not such a file.
        ContractSignatureError: It was altered.
        RegisterUnknownError: A key that is neither known nor the one named.
        RegisterRolledBackError: Older than the one last seen.
        RegisterExpiredError: Its last day has passed.
    """
    register = read_register(data)
    name = f"{_REGISTER} {register.key}"
    stored = vault.get(_KIND, name)
    found = fingerprint(register.key)
    if stored is None and key.strip().upper() != found:
        raise RegisterUnknownError(name=register.organisation, found=found)
    known = read_register(stored) if stored else None
    check_register(register, known, today=today)
    if register != known:
        _store(vault, name, data, "register of recipients taken in", now_us=now_us)
    return register


def registers(vault: Vault) -> tuple[Register, ...]:
    """Return the registers taken in, by organisation."""
    found = (read_register(body) for name, body in _items(vault, _REGISTER))
    return tuple(sorted(found, key=lambda one: one.organisation))


def vouchers(vault: Vault, recipient: Recipient, *, today: dt.date) -> tuple[Phrase, ...]:
    """Return what the wallet knows of a recipient, as sentences; never empty.

    Raises:
        RecipientKeyChangedError: A known name under another key.
    """
    check_recipient(vault, recipient)
    key = thumbprint(recipient.signing_jwk)
    said = [_known(known) for known in known_recipients(vault) if known.key == key]
    said += [_listed(one, recipient, today) for one in registers(vault)]
    return tuple(said) or (
        phrase(N_("NEW: you have no contract with them, and nobody lists them")),
    )


def check_certificate(recipient: Recipient, chain: Path, roots: Path, *, now_s: int) -> Phrase:
    """Return what a chain of certificates says of a recipient.

    Args:
        recipient: Who asks.
        chain: Their certificate and those between.
        roots: What the owner trusts.
        now_s: The present, seconds since the epoch.

    Raises:
        CertificateError: It does not hold, or names somebody else.
    """
    now = dt.datetime.fromtimestamp(now_s, tz=dt.UTC)
    pem, trusted = (read_small(path, MAX_CERTIFICATE_BYTES) for path in (chain, roots))
    try:
        found = check_chain(pem, trusted, recipient.signing_jwk, now=now)
    except ChainError as error:
        raise CertificateError(reason=str(error)) from error
    if plain_name(found.organisation) != plain_name(recipient.name):
        raise CertificateError(reason=N_("it names somebody else"))
    return phrase(
        N_("vouched for by {root}, until {date}; nobody was asked whether that was revoked"),
        root=found.root,
        date=found.expires.isoformat(),
    )


def _known(known: Known) -> Phrase:
    if known.changed:
        return phrase(
            N_("known since {date}; the key changed, and the old key signed the change"),
            date=known.since.isoformat(),
        )
    return phrase(N_("known since {date}, with this key"), date=known.since.isoformat())


def _listed(register: Register, recipient: Recipient, today: dt.date) -> Phrase:
    values: dict[str, str | float] = {
        "organisation": register.organisation,
        "version": register.version,
        "date": register.expires.isoformat(),
    }
    if register.expires < today:
        return phrase(N_("the register of {organisation} ended on {date}: get a new one"), **values)
    if register.lists(recipient):
        text = N_("listed by {organisation} (register version {version}, until {date})")
        return phrase(text, **values)
    return phrase(N_("NOT listed by {organisation} (register version {version})"), **values)


def _heirs(vault: Vault) -> dict[str, str]:
    """Return old key to new key of every change taken in."""
    rotations = (read_rotation(body) for _, body in _items(vault, _ROTATION))
    return {thumbprint(one.old.signing_jwk): thumbprint(one.new.signing_jwk) for one in rotations}


def _heir(heirs: dict[str, str], key: str) -> str:
    """Return the key that counts in the end; no key comes back, so there is one."""
    while key in heirs:
        key = heirs[key]
    return key


def _items(vault: Vault, what: str) -> Iterator[tuple[str, bytes]]:
    return ((name, body) for name, body in vault.items(_KIND) if name.split()[0] == what)


def _store(vault: Vault, name: str, body: bytes, what: str, *, now_us: int) -> None:
    with vault.transaction(now_us=now_us) as tx:
        tx.put(_KIND, name, body)
        tx.log(Statement(StatementKind.SETTING, (sha256_hex(body),), (), {"what": what}))
