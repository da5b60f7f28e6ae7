"""What a recipient gets when a holder changed keys: the changes, and one contract anew.

It holds each change from a key that the recipient may know to the newest, the contract
as the newest key signs it, and the digest of every export that was made under it with an
earlier key. That list is closed: whatever else an earlier key signs, whatever date it
bears, is not the holder's.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from geowallet.contracts.life.grant import Contract, contract_bytes, read_contract
from geowallet.contracts.life.holder_rotation import HolderRotation, read_holder_rotation
from geowallet.contracts.life.signed import read_signed, signed_bytes
from geowallet.crypto.canonical import canonical_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.contracts.terms.members import Members

NOTICE_SCHEMA = "geowallet.rotation-notice/1"
NOTICE_TYP = "geowallet-rotation-notice+jws"
"""Says in the signed header that a notice was meant, and nothing else."""

MOST_ROTATIONS = 12
"""Changes of keys in one notice: one a month, for who hears of them once a year."""

MOST_EXPORTS = 400
"""Exports of one contract: more than thirty years of months."""

_DIGITS = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Notice:
    """What is known after a holder changed keys.

    Attributes:
        rotations: Each change, oldest first; every one begins where the last ended.
        contract: One contract, signed with the newest key.
        exports: SHA-256 (hex) of every sealed file that was made under it before.
    """

    rotations: tuple[HolderRotation, ...]
    contract: Contract
    exports: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Thumbprint of every signing key, oldest first."""
        first = self.rotations[0].old.thumbprint
        return (first, *(one.new.thumbprint for one in self.rotations))

    @property
    def rotated_s(self) -> int:
        """When the last change was, seconds since the epoch, by the holder's clock."""
        return self.rotations[-1].rotated_s


def notice_bytes(
    rotations: Sequence[bytes],
    contract: Contract,
    private_jwk: dict[str, Any],
    *,
    exports: Sequence[str],
) -> bytes:
    """Return the signed notice, as a file for the recipient of ``contract``.

    Args:
        rotations: What `holder_rotation_bytes` gave, oldest first.
        contract: As the newest key signs it, see `renewed`.
        private_jwk: The newest signing key.
        exports: SHA-256 (hex) of every sealed file made under it with earlier keys.

    Raises:
        BadContractError: The changes do not lead to that key, or are too many, or an
            export is named twice.
    """
    value = {
        "rotations": [json.loads(one) for one in rotations],
        "contract": json.loads(contract_bytes(contract)),
        "exports": list(exports),
    }
    body = signed_bytes(NOTICE_SCHEMA, value, {"signature": (private_jwk, NOTICE_TYP)})
    read_notice(body)
    return body


def read_notice(data: bytes) -> Notice:
    """Read what `notice_bytes` wrote, and check every signature in it.

    Whether its first key is one that a recipient knows is for them to look up.

    Raises:
        BadContractError: Not such a file; changes that do not follow one another,
            lead back to a key, or do not lead to the key of the contract.
        ContractSignatureError: Something in it was altered, or signed by another key.
    """
    signed = read_signed(data, NOTICE_SCHEMA)
    members = signed.members
    rotations = tuple(read_holder_rotation(canonical_bytes(one)) for one in _objects(members))
    contract = read_contract(canonical_bytes(members.take("contract")))
    exports = members.each("exports", _digest, least=0, most=MOST_EXPORTS)
    members.done()
    found = Notice(rotations, contract, exports)
    _check_chain(found, members)
    signer = contract.grant.holder.signing_jwk
    signed.check(signer, NOTICE_TYP, name=contract.terms.name)
    return found


def _objects(members: Members) -> list[Any]:
    value = members.take("rotations")
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_ROTATIONS:
        raise members.refusal(f"not a list of 1 to {MOST_ROTATIONS} items", "rotations")
    return value


def _check_chain(notice: Notice, members: Members) -> None:
    """Refuse what is broken, turned round, or runs in a circle."""
    for index, (before, after) in enumerate(pairwise(notice.rotations), start=1):
        if before.new != after.old:
            why = "does not begin where the last one ended"
            raise members.refusal(why, f"rotations[{index}]")
    if len(set(notice.keys)) < len(notice.keys):
        raise members.refusal("a key that was given up comes back", "rotations")
    holder, last = notice.contract.grant.holder, notice.rotations[-1].new
    if (holder.signing_jwk, holder.sealing_jwk) != (last.signing_jwk, last.sealing_jwk):
        raise members.refusal("not signed with the newest key", "contract")


def _digest(value: Any) -> str:
    if type(value) is not str or len(value) != 64 or not set(value) <= _DIGITS:
        raise ValueError("not a digest")
    return value
