"""Short files that one side of a contract signs for the other: JSON, one signature each.

A decline, a withdrawal, an acknowledgement and the like are objects with a schema, a
few members and a detached signature over the canonical rest. The type in the signed
header keeps them apart: none passes for another, nor for an offer or a grant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.contracts.life.offer import (
    LONGEST_SIGNATURE,
    file_bytes,
    read_file,
    read_json,
    verify,
)
from geowallet.contracts.terms.members import is_line
from geowallet.crypto.canonical import canonical_bytes
from geowallet.crypto.signing import sign_detached
from geowallet.model.errors import BadContractError

if TYPE_CHECKING:
    from geowallet.contracts.terms.members import Members


@dataclass(frozen=True, slots=True)
class Signed:
    """A file taken apart; nothing of it is verified yet.

    Attributes:
        members: All but the schema and the signatures.
        payload: The bytes that were signed.
        signatures: By the name of their member.
    """

    members: Members
    payload: bytes
    signatures: dict[str, str]

    def check(
        self, public_jwk: dict[str, Any], typ: str, *, name: str, member: str = "signature"
    ) -> None:
        """Check one signature.

        Args:
            public_jwk: The key that must have signed.
            typ: What was meant by it.
            name: Of the contract or the party, for the error.
            member: Where the signature stands.

        Raises:
            ContractSignatureError: It does not fit.
        """
        verify(self.payload, self.signatures[member], public_jwk, typ, name)


def signed_bytes(schema: str, value: dict[str, Any], signers: dict[str, tuple[Any, str]]) -> bytes:
    """Return the file that says ``value``, as people can read it.

    Args:
        schema: Version of this kind of file.
        value: Its members.
        signers: Private key and type of each signature, by the member it stands in.
    """
    whole = {"schema": schema} | value
    payload = canonical_bytes(whole)
    signatures = {
        member: sign_detached(payload, jwk, typ) for member, (jwk, typ) in signers.items()
    }
    return file_bytes(whole | signatures)


def read_signed(data: bytes, schema: str, signed_in: tuple[str, ...] = ("signature",)) -> Signed:
    """Take apart what `signed_bytes` wrote.

    Args:
        data: From anywhere.
        schema: The one that is expected.
        signed_in: Members that hold the signatures.

    Raises:
        BadContractError: Not such a file.
    """
    members = read_file(data, schema)
    signatures = {name: members.line(name, LONGEST_SIGNATURE) for name in signed_in}
    rest = {name: item for name, item in read_json(data).items() if name not in signed_in}
    return Signed(members, canonical_bytes(rest), signatures)


def line_or_nothing(members: Members, member: str, longest: int) -> str:
    """Return one printable line of ``member``, or "" where it is empty.

    Raises:
        BadContractError: Neither.
    """
    value = members.take(member)
    if value != "" and not is_line(value, longest):
        why = f"not one printable line of at most {longest} characters"
        raise members.refusal(why, member)
    return str(value)


def schema_of(data: bytes) -> str:
    """Return what kind of file ``data`` says it is, or "" where it says nothing."""
    try:
        value = read_json(data)
    except BadContractError:
        return ""
    schema = value.get("schema") if isinstance(value, dict) else None
    return schema if isinstance(schema, str) else ""
