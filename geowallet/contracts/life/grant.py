"""What the holder allows, signed by them over the digest of the terms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from geowallet.contracts.life.offer import (
    LONGEST_SIGNATURE,
    Offer,
    check_offer,
    file_bytes,
    read_file,
    terms_digest,
    verify,
)
from geowallet.contracts.terms.members import Members
from geowallet.contracts.terms.syntax import Terms, read_jwk, terms_as_json, terms_from_json
from geowallet.crypto.canonical import canonical_bytes
from geowallet.crypto.signing import public_jwk, sign_detached
from geowallet.model.errors import ContractExpiredError, ContractNotYetError

if TYPE_CHECKING:
    import datetime as dt

CONTRACT_SCHEMA = "geowallet.contract/1"
GRANT_TYP = "geowallet-grant+jws"
"""Says in the signed header that a grant was meant, and nothing else."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who allows. The keys are public P-256 JWKs, for ``sig`` and for ``enc``."""

    name: str
    signing_jwk: dict[str, Any]
    sealing_jwk: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Grant:
    """The holder's yes to exactly one text.

    Attributes:
        terms_sha256: Digest of the terms.
        holder: Who says yes.
        accepted: Local day of the yes.
    """

    terms_sha256: str
    holder: Holder
    accepted: dt.date


@dataclass(frozen=True, slots=True)
class Contract:
    """An offer and its grant, both signed."""

    offer: Offer
    grant: Grant
    grant_signature: str

    @property
    def terms(self) -> Terms:
        """What both signed."""
        return self.offer.terms

    @property
    def sha256(self) -> str:
        """Digest (hex) of the terms, by which exports name the contract."""
        return self.grant.terms_sha256


def accept(
    offer: Offer,
    *,
    holder_name: str,
    holder_private_jwk: dict[str, Any],
    holder_sealing_public: dict[str, Any],
    today: dt.date,
) -> Contract:
    """Return the contract of ``offer``, signed by the holder.

    Raises:
        ContractSignatureError: The offer was altered.
        ContractExpiredError: It ended before ``today``.
        ContractNotYetError: It is issued after ``today``.
        BadContractError: A holder's name or key that no reader would accept.
    """
    check_offer(offer)
    holder = Holder(holder_name, public_jwk(holder_private_jwk), holder_sealing_public)
    grant = Grant(terms_digest(offer.terms), holder, today)
    value = _grant_as_json(grant)
    _grant(Members(value, "grant"))
    _check_day(offer.terms, today)
    payload = canonical_bytes(value)
    return Contract(offer, grant, sign_detached(payload, holder_private_jwk, GRANT_TYP))


def renewed(
    contract: Contract,
    *,
    holder_private_jwk: dict[str, Any],
    holder_sealing_public: dict[str, Any],
) -> Contract:
    """Return the same contract, its grant signed with another key of its holder.

    Terms, digest, name and day of the yes stay: it is the same yes, by a new key.
    """
    signing, name = public_jwk(holder_private_jwk), contract.grant.holder.name
    holder = Holder(name, signing, holder_sealing_public)
    grant = replace(contract.grant, holder=holder)
    payload = canonical_bytes(_grant_as_json(grant))
    return replace(
        contract,
        grant=grant,
        grant_signature=sign_detached(payload, holder_private_jwk, GRANT_TYP),
    )


def contract_bytes(contract: Contract) -> bytes:
    """Return the contract as a file that people can read."""
    return file_bytes(
        {
            "schema": CONTRACT_SCHEMA,
            "terms": terms_as_json(contract.terms),
            "signature": contract.offer.signature,
            "grant": _grant_as_json(contract.grant),
            "grant_signature": contract.grant_signature,
        }
    )


def read_contract(data: bytes) -> Contract:
    """Read what `contract_bytes` wrote, and check both signatures.

    Raises:
        BadContractError: Not such a file, or a grant of other terms or of a
            day on which they did not hold.
        ContractSignatureError: It was altered, or signed with another key.
    """
    members = read_file(data, CONTRACT_SCHEMA)
    contract = Contract(
        offer=Offer(
            terms=terms_from_json(members.take("terms")),
            signature=members.line("signature", LONGEST_SIGNATURE),
        ),
        grant=_grant(members.inside("grant")),
        grant_signature=members.line("grant_signature", LONGEST_SIGNATURE),
    )
    members.done()
    check_offer(contract.offer)
    if contract.grant.terms_sha256 != terms_digest(contract.terms):
        raise members.refusal("of other terms", "grant.terms_sha256")
    if not contract.terms.issued <= contract.grant.accepted <= contract.terms.expires:
        raise members.refusal("not while the offer stood", "grant.accepted")
    payload = canonical_bytes(_grant_as_json(contract.grant))
    signer = contract.grant.holder.signing_jwk
    verify(payload, contract.grant_signature, signer, GRANT_TYP, contract.terms.name)
    return contract


def check_current(contract: Contract, today: dt.date) -> None:
    """Check that the contract holds on ``today``, both ends included.

    Raises:
        ContractExpiredError: It ended before.
        ContractNotYetError: It was accepted after.
    """
    _check_day(contract.terms, today)
    if today < contract.grant.accepted:
        raise ContractNotYetError(name=contract.terms.name, date=str(contract.grant.accepted))


def _check_day(terms: Terms, today: dt.date) -> None:
    if today > terms.expires:
        raise ContractExpiredError(name=terms.name, date=str(terms.expires))
    if today < terms.issued:
        raise ContractNotYetError(name=terms.name, date=str(terms.issued))


def _grant(members: Members) -> Grant:
    holder = members.inside("holder")
    grant = Grant(
        terms_sha256=members.matching("terms_sha256", r"[0-9a-f]{64}"),
        holder=Holder(
            name=holder.line("name", 100),
            signing_jwk=read_jwk(holder, "signing_jwk", "sig"),
            sealing_jwk=read_jwk(holder, "sealing_jwk", "enc"),
        ),
        accepted=members.date("accepted"),
    )
    holder.done()
    members.done()
    return grant


def _grant_as_json(grant: Grant) -> dict[str, Any]:
    return {
        "terms_sha256": grant.terms_sha256,
        "holder": {
            "name": grant.holder.name,
            "signing_jwk": dict(grant.holder.signing_jwk),
            "sealing_jwk": dict(grant.holder.sealing_jwk),
        },
        "accepted": str(grant.accepted),
    }
