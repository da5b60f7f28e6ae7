"""A recipient's word on one export: received, or deleted; signed for its holder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.contracts.life.signed import read_signed, signed_bytes

if TYPE_CHECKING:
    import datetime as dt

ACKNOWLEDGEMENT_SCHEMA = "geowallet.acknowledgement/1"
ACKNOWLEDGEMENT_TYP = "geowallet-acknowledgement+jws"
"""Says in the signed header what was meant, and nothing else."""

ACTS = ("received", "deleted")
"""What a recipient may say of an export; of the second, nobody can see whether it is true."""


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What a recipient says of one export.

    Attributes:
        contract: Name in the terms.
        terms_sha256: Digest of the terms.
        jti: Full id of the export.
        sealed_sha256: Digest of the file that came, without blanks around it.
        act: Of `ACTS`.
        day: On which it was done, where the recipient is.
    """

    contract: str
    terms_sha256: str
    jti: str
    sealed_sha256: str
    act: str
    day: dt.date


def acknowledgement_bytes(said: Acknowledgement, private_jwk: dict[str, Any]) -> bytes:
    """Return the file for the holder, signed with the recipient's key.

    Raises:
        BadContractError: Something that no reader would accept.
    """
    value = {
        "contract": said.contract,
        "terms_sha256": said.terms_sha256,
        "jti": said.jti,
        "sealed_sha256": said.sealed_sha256,
        "act": said.act,
        "day": str(said.day),
    }
    signers = {"signature": (private_jwk, ACKNOWLEDGEMENT_TYP)}
    body = signed_bytes(ACKNOWLEDGEMENT_SCHEMA, value, signers)
    read_acknowledgement(body)
    return body


def read_acknowledgement(data: bytes) -> Acknowledgement:
    """Read what `acknowledgement_bytes` wrote; the signature is not looked at.

    Raises:
        BadContractError: Not such a file.
    """
    members = read_signed(data, ACKNOWLEDGEMENT_SCHEMA).members
    found = Acknowledgement(
        contract=members.matching("contract", r"[a-z0-9][a-z0-9-]{0,39}"),
        terms_sha256=members.matching("terms_sha256", r"[0-9a-f]{64}"),
        jti=members.matching("jti", r"[0-9a-f]{32}"),
        sealed_sha256=members.matching("sealed_sha256", r"[0-9a-f]{64}"),
        act=members.choice("act", ACTS),
        day=members.date("day"),
    )
    members.done()
    return found


def check_acknowledgement(data: bytes, signing_jwk: dict[str, Any]) -> Acknowledgement:
    """Read an acknowledgement and check that this recipient's key signed it.

    Raises:
        BadContractError: Not such a file.
        ContractSignatureError: Altered, or signed with another key.
    """
    found = read_acknowledgement(data)
    signed = read_signed(data, ACKNOWLEDGEMENT_SCHEMA)
    signed.check(signing_jwk, ACKNOWLEDGEMENT_TYP, name=found.contract)
    return found
