"""A holder's no to an offer: signed, dated, and without any figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.contracts.life.offer import Offer, check_offer, terms_digest
from geowallet.contracts.life.signed import line_or_nothing, read_signed, signed_bytes
from geowallet.contracts.terms.syntax import read_jwk
from geowallet.crypto.signing import public_jwk

if TYPE_CHECKING:
    import datetime as dt

DECLINE_SCHEMA = "geowallet.decline/1"
DECLINE_TYP = "geowallet-decline+jws"
"""Says in the signed header that a no was meant, and nothing else."""

LONGEST_REASON = 200
"""Characters; a reason is never required."""


@dataclass(frozen=True, slots=True)
class Decline:
    """The no to exactly one text.

    Attributes:
        contract: Name in the terms.
        terms_sha256: Digest of the terms.
        declined: Local day of the no.
        reason: In the holder's words, or "".
        name: What the holder calls themselves, or "": a no may be nameless.
        signing_jwk: The key that signed it.
    """

    contract: str
    terms_sha256: str
    declined: dt.date
    reason: str
    name: str
    signing_jwk: dict[str, Any]


def decline_bytes(
    offer: Offer, private_jwk: dict[str, Any], *, today: dt.date, reason: str = "", name: str = ""
) -> bytes:
    """Return the signed no to ``offer``, as a file for the recipient.

    Raises:
        ContractSignatureError: The offer was altered.
        BadContractError: A reason or a name that no reader would accept.
    """
    check_offer(offer)
    value = {
        "contract": offer.terms.name,
        "terms_sha256": terms_digest(offer.terms),
        "declined": str(today),
        "reason": reason,
        "name": name,
        "signing_jwk": public_jwk(private_jwk),
    }
    body = signed_bytes(DECLINE_SCHEMA, value, {"signature": (private_jwk, DECLINE_TYP)})
    read_decline(body)
    return body


def read_decline(data: bytes) -> Decline:
    """Read what `decline_bytes` wrote, and check its signature.

    Whose key it is, the file alone cannot say.

    Raises:
        BadContractError: Not such a file.
        ContractSignatureError: It was altered.
    """
    signed = read_signed(data, DECLINE_SCHEMA)
    members = signed.members
    found = Decline(
        contract=members.matching("contract", r"[a-z0-9][a-z0-9-]{0,39}"),
        terms_sha256=members.matching("terms_sha256", r"[0-9a-f]{64}"),
        declined=members.date("declined"),
        reason=line_or_nothing(members, "reason", LONGEST_REASON),
        name=line_or_nothing(members, "name", 100),
        signing_jwk=read_jwk(members, "signing_jwk", "sig"),
    )
    members.done()
    signed.check(found.signing_jwk, DECLINE_TYP, name=found.contract)
    return found
