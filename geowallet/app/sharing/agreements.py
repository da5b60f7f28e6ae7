"""Use cases: read offers, accept them, find contracts again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geowallet.app.files import read_small, write_new
from geowallet.app.settings import owner_name, resolve
from geowallet.app.sharing.identity import sealing_key, signing_key
from geowallet.contracts.grant import Contract, accept, contract_bytes, read_contract
from geowallet.contracts.offer import Offer, read_offer, terms_digest
from geowallet.crypto.signing import public_jwk
from geowallet.model.errors import BadNameError, ContractExpiredError, SecondOfferError
from geowallet.model.provenance import Statement, StatementKind

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

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


def accepted(vault: Vault) -> tuple[Contract, ...]:
    """Return the accepted contracts, by name."""
    found = (read_contract(body) for _, body in vault.items("contract"))
    return tuple(sorted(found, key=lambda contract: contract.terms.name))


def find_contract(vault: Vault, shortened: str) -> Contract:
    """Return the accepted contract whose name begins with ``shortened``.

    Raises:
        NotFoundError: None does.
        AmbiguousNameError: Several do.
    """
    every = {contract.terms.name: contract for contract in accepted(vault)}
    return every[resolve("contract", shortened, every)]


def accept_offer(
    vault: Vault, offer: Offer, *, today: dt.date, now_us: int, target: Path
) -> tuple[Contract, Path]:
    """Sign an offer, keep the contract, and write the copy for the recipient.

    The wallet comes first: no signature leaves that the log does not know. A copy
    that could not be written is written when the same offer is accepted again.

    Args:
        vault: The open wallet.
        offer: As `offer_from` read it.
        today: Local date of acceptance.
        now_us: The present.
        target: Folder for the copy that the recipient must get.

    Returns:
        The contract, and the file written.

    Raises:
        BadNameError: The owner has no name yet.
        ContractExpiredError: The offer's end has passed.
        SecondOfferError: Another contract has this name.
        DiskFullError: The wallet or the copy could not be written.
    """
    terms = offer.terms
    name = owner_name(vault)
    if not name:
        raise BadNameError(name="")
    if terms.expires < today:
        raise ContractExpiredError(name=terms.name, date=terms.expires.isoformat())
    before = vault.get("contract", terms.name)
    if before is not None:
        known = read_contract(before)
        if terms_digest(known.terms) != terms_digest(terms):
            raise SecondOfferError(name=terms.name)
        return known, write_new(target / f"{terms.name}.contract", before)
    contract = accept(
        offer,
        holder_name=name,
        holder_private_jwk=signing_key(vault),
        holder_sealing_public=public_jwk(sealing_key(vault)),
        today=today,
    )
    body = contract_bytes(contract)
    with vault.transaction(now_us=now_us) as tx:
        if vault.get("contract", terms.name) is not None:
            raise SecondOfferError(name=terms.name)
        tx.put("contract", terms.name, body)
        tx.log(_consent(contract, today))
    return contract, write_new(target / f"{terms.name}.contract", body)


def _consent(contract: Contract, today: dt.date) -> Statement:
    digest = terms_digest(contract.terms)
    predicate = {"accepted": today.isoformat(), "contract": contract.terms.name}
    return Statement(StatementKind.CONSENT, (digest,), (), predicate)
