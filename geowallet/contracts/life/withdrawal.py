"""A holder's end of a contract: nothing leaves from then on, and what left is to be deleted.

It cannot call back what was read. It is a dated demand that the recipient can be
held to, signed by the key that the contract pins.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.contracts.life.signed import read_signed, signed_bytes
from geowallet.crypto.signing import thumbprint

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from geowallet.contracts.life.grant import Contract
    from geowallet.contracts.life.signed import Signed

WITHDRAWAL_SCHEMA = "geowallet.withdrawal/1"
WITHDRAWAL_TYP = "geowallet-withdrawal+jws"
"""Says in the signed header that an end was meant, and nothing else."""

MOST_EXPORTS = 400
"""Exports that one withdrawal names: more than thirty years of months."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The end of one contract with one holder.

    Attributes:
        contract: Name in the terms.
        terms_sha256: Digest of the terms.
        holder: Thumbprint of the holder's signing key.
        withdrawn: Local day from which nothing is exported any more.
        delete: Full ids of the exports that the recipient is asked to delete.
    """

    contract: str
    terms_sha256: str
    holder: str
    withdrawn: dt.date
    delete: tuple[str, ...]


def withdrawal_bytes(
    contract: Contract, private_jwk: dict[str, Any], *, today: dt.date, delete: Sequence[str]
) -> bytes:
    """Return the signed end of ``contract``, as a file for the recipient.

    Raises:
        ContractSignatureError: ``private_jwk`` is not the holder's key.
        BadContractError: More exports than `MOST_EXPORTS`, or one named twice.
    """
    value = {
        "contract": contract.terms.name,
        "terms_sha256": contract.sha256,
        "holder": thumbprint(private_jwk),
        "withdrawn": str(today),
        "delete": list(delete),
    }
    body = signed_bytes(WITHDRAWAL_SCHEMA, value, {"signature": (private_jwk, WITHDRAWAL_TYP)})
    check_withdrawal(body, contract)
    return body


def read_withdrawal(data: bytes) -> Withdrawal:
    """Read what `withdrawal_bytes` wrote; the signature is `check_withdrawal`'s.

    Raises:
        BadContractError: Not such a file.
    """
    return _withdrawal(data)[0]


def check_withdrawal(data: bytes, contract: Contract) -> Withdrawal:
    """Read a withdrawal and check that the holder of ``contract`` signed it.

    Raises:
        BadContractError: Not such a file, or of another contract.
        ContractSignatureError: Altered, or signed with another key.
    """
    found, signed = _withdrawal(data)
    if found.terms_sha256 != contract.sha256:
        raise signed.members.refusal("of another contract", "terms_sha256")
    holder = contract.grant.holder.signing_jwk
    signed.check(holder, WITHDRAWAL_TYP, name=contract.terms.name)
    return found


def _withdrawal(data: bytes) -> tuple[Withdrawal, Signed]:
    signed = read_signed(data, WITHDRAWAL_SCHEMA)
    members = signed.members
    found = Withdrawal(
        contract=members.matching("contract", r"[a-z0-9][a-z0-9-]{0,39}"),
        terms_sha256=members.matching("terms_sha256", r"[0-9a-f]{64}"),
        holder=members.matching("holder", r"[A-Za-z0-9_-]{43}"),
        withdrawn=members.date("withdrawn"),
        delete=members.each("delete", export_id, least=0, most=MOST_EXPORTS),
    )
    members.done()
    return found, signed


def export_id(value: Any) -> str:
    """Return the full id of an export: 32 hex digits.

    Raises:
        ValueError: Anything else.
    """
    digits = frozenset("0123456789abcdef")
    if type(value) is not str or len(value) != 32 or not set(value) <= digits:
        raise ValueError("not the id of an export")
    return value
