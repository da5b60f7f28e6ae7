"""Use cases: read offers, accept them, find contracts again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geowallet.app.files import read_small, write_new
from geowallet.app.scoring.modules import keep_module
from geowallet.app.settings import owner_name, resolve
from geowallet.app.sharing import standing
from geowallet.app.sharing.identity import is_own_key, sealing_key, signing_key
from geowallet.app.sharing.recipients import check_recipient, same_party
from geowallet.contracts.life.grant import (
    CONTRACT_SCHEMA,
    Contract,
    accept,
    contract_bytes,
    read_contract,
)
from geowallet.contracts.life.offer import Offer, read_offer, terms_digest
from geowallet.contracts.life.signed import schema_of
from geowallet.crypto.signing import public_jwk, thumbprint
from geowallet.model.errors import (
    BadNameError,
    ContractExpiredError,
    ContractSupersededError,
    ForeignContractError,
    SecondOfferError,
)
from geowallet.model.provenance import Statement, StatementKind

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from geowallet.contracts.terms.syntax import Terms
    from geowallet.vault.store import Vault

MAX_CONTRACT_BYTES = 64 << 10
"""Largest offer or contract file that is read."""


def offer_from(path: Path) -> Offer:
    """Read an offer file and check its signature.

    Raises:
        SourceMissingError: There is no such file.
        BadContractError: It is no offer.
        ContractSignatureError: It was altered, or signed by another key.
    """
    return read_offer(read_small(path, MAX_CONTRACT_BYTES))


def asked_of(vault: Vault, path: Path) -> Offer:
    """Read an offer, or the offer in a contract that this wallet signed itself.

    Raises:
        ForeignContractError: A contract with another holder.
        BadContractError: As `offer_from`, and the others it names.
    """
    data = read_small(path, MAX_CONTRACT_BYTES)
    if schema_of(data) != CONTRACT_SCHEMA:
        return read_offer(data)
    contract = read_contract(data)
    if not is_own_key(vault, thumbprint(contract.grant.holder.signing_jwk)):
        raise ForeignContractError(name=contract.terms.name)
    return contract.offer


def accepted(vault: Vault) -> tuple[Contract, ...]:
    """Return the accepted contracts, by name; of each its latest version."""
    return tuple(contract for name, contract in _stored(vault) if name == contract.terms.name)


def every_contract(vault: Vault) -> tuple[Contract, ...]:
    """Return all that was ever accepted, by name and version."""
    return tuple(contract for _, contract in _stored(vault))


def contract_of(vault: Vault, terms_sha256: str) -> Contract | None:
    """Return the contract under these terms, be it superseded, or None."""
    return next((one for one in every_contract(vault) if one.sha256 == terms_sha256), None)


def find_contract(vault: Vault, shortened: str) -> Contract:
    """Return the accepted contract whose name begins with ``shortened``.

    Raises:
        NotFoundError: None does.
        AmbiguousNameError: Several do.
    """
    every = {contract.terms.name: contract for contract in accepted(vault)}
    return every[resolve("contract", shortened, every)]


def superseded_by(vault: Vault, terms: Terms) -> Contract | None:
    """Return the contract that ``terms`` would take the place of, or None.

    Raises:
        ContractSupersededError: They are older than what is accepted.
        SecondOfferError: Another contract has their name, and they do not say
            that they take its place, or another party asks.
    """
    before = vault.get("contract", terms.name)
    if before is None:
        return None
    known = read_contract(before)
    if known.sha256 == terms_digest(terms):
        return None
    versions = (terms.version, known.terms.version)
    if versions[0] < versions[1]:
        raise ContractSupersededError(name=terms.name, version=versions[0], known=versions[1])
    follows = terms.version > known.terms.version and terms.supersedes == known.sha256
    if not follows or not same_party(vault, known.terms.recipient, terms.recipient):
        raise SecondOfferError(name=terms.name)
    return known


def accept_offer(  # noqa: PLR0913  what is signed, when, where to, and what comes with it
    vault: Vault, offer: Offer, *, today: dt.date, now_us: int, target: Path, module: bytes = b""
) -> tuple[Contract, Path]:
    """Sign an offer, keep the contract, and write the copy for the recipient.

    The wallet comes first: no signature leaves that the log does not know. A copy
    that could not be written is written when the same offer is accepted again. A
    contract that this one supersedes ends, and is kept for what was exported.

    Args:
        vault: The open wallet.
        offer: As `offer_from` read it.
        today: Local date of acceptance.
        now_us: The present.
        target: Folder for the copy that the recipient must get.
        module: The scoring module that the terms name, if they name one.

    Returns:
        The contract, and the file written.

    Raises:
        BadNameError: The owner has no name yet.
        ContractExpiredError: The offer's end has passed.
        ContractWithdrawnError: Its owner ended it.
        SecondOfferError: Another contract has this name.
        ContractSupersededError: A later version was accepted.
        RecipientKeyChangedError: The recipient's key is not the one known.
        ModuleDigestError: ``module`` is not the one that the terms name.
        DiskFullError: The wallet or the copy could not be written.
    """
    terms = offer.terms
    name = owner_name(vault)
    if not name:
        raise BadNameError(name="")
    if terms.expires < today:
        raise ContractExpiredError(name=terms.name, date=terms.expires.isoformat())
    check_recipient(vault, terms.recipient)
    old = superseded_by(vault, terms)
    before = vault.get("contract", terms.name)
    if before is not None and old is None:
        known = read_contract(before)
        standing.check_not_withdrawn(vault, known)
        return known, write_new(target / f"{terms.name}.contract", before)
    contract = accept(
        offer,
        holder_name=name,
        holder_private_jwk=signing_key(vault),
        holder_sealing_public=public_jwk(sealing_key(vault)),
        today=today,
    )
    _keep(vault, contract, old, module=module, now_us=now_us)
    return contract, write_new(target / f"{terms.name}.contract", contract_bytes(contract))


def _keep(
    vault: Vault, contract: Contract, old: Contract | None, *, module: bytes, now_us: int
) -> None:
    """Write a new contract with its module, and put the one that it supersedes aside."""
    name, day = contract.terms.name, contract.grant.accepted.isoformat()
    before = None if old is None else contract_bytes(old)
    with vault.transaction(now_us=now_us) as tx:
        if vault.get("contract", name) != before:
            raise SecondOfferError(name=name)
        if old is not None:
            tx.put("contract", old.sha256, contract_bytes(old))
            if standing.standing_of(vault, old.sha256) is None:
                ended = standing.Standing(name, standing.State.SUPERSEDED, day)
                standing.keep(tx, old.sha256, ended)
        standing.forget(tx, contract.sha256)
        keep_module(tx, contract.terms, module)
        tx.put("contract", name, contract_bytes(contract))
        tx.log(_consent(contract, old))


def _stored(vault: Vault) -> list[tuple[str, Contract]]:
    found = [(name, read_contract(body)) for name, body in vault.items("contract")]
    return sorted(found, key=lambda item: (item[1].terms.name, item[1].terms.version))


def _consent(contract: Contract, old: Contract | None) -> Statement:
    predicate = {
        "accepted": contract.grant.accepted.isoformat(),
        "contract": contract.terms.name,
        "version": contract.terms.version,
    }
    inputs = () if old is None else (old.sha256,)
    return Statement(StatementKind.CONSENT, (contract.sha256,), inputs, predicate)
