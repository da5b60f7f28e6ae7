"""A holder's change of keys, said with the old key and with the new one.

Without it, an export under a new key is one of a stranger: that is how an impostor looks.
The type in the signed headers keeps it apart from a recipient's change of keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.contracts.life.signed import read_signed, signed_bytes
from geowallet.contracts.terms.syntax import read_jwk
from geowallet.crypto.signing import public_jwk, thumbprint

if TYPE_CHECKING:
    from geowallet.contracts.terms.members import Members

HOLDER_ROTATION_SCHEMA = "geowallet.holder-rotation/1"
OLD_TYP = "geowallet-holder-rotation-old+jws"
NEW_TYP = "geowallet-holder-rotation-new+jws"

LATEST_S = 253_402_300_799
"""The last second that a date can name."""

SIGNATURES = ("old_signature", "new_signature")


@dataclass(frozen=True, slots=True)
class HolderKeys:
    """What a holder signs with, and what their copies are sealed for: public P-256 JWKs."""

    signing_jwk: dict[str, Any]
    sealing_jwk: dict[str, Any]

    @property
    def thumbprint(self) -> str:
        """Name of the signing key (RFC 7638), base64url."""
        return thumbprint(self.signing_jwk)


@dataclass(frozen=True, slots=True)
class HolderRotation:
    """One change of keys.

    Attributes:
        old: The keys until then; they sign nothing any more.
        new: The keys from then on.
        rotated_s: When, seconds since the epoch, by the holder's clock.
    """

    old: HolderKeys
    new: HolderKeys
    rotated_s: int


def holder_rotation_bytes(
    old: tuple[dict[str, Any], dict[str, Any]],
    new: tuple[dict[str, Any], dict[str, Any]],
    *,
    rotated_s: int,
) -> bytes:
    """Return the change, signed with both keys.

    Args:
        old: Private signing key and public sealing key until now.
        new: The same from now on.
        rotated_s: Seconds since the epoch.

    Raises:
        BadContractError: The signing key stays the same.
    """
    value = {
        "old": {"signing_jwk": public_jwk(old[0]), "sealing_jwk": old[1]},
        "new": {"signing_jwk": public_jwk(new[0]), "sealing_jwk": new[1]},
        "rotated_s": rotated_s,
    }
    signers = {"old_signature": (old[0], OLD_TYP), "new_signature": (new[0], NEW_TYP)}
    body = signed_bytes(HOLDER_ROTATION_SCHEMA, value, signers)
    read_holder_rotation(body)
    return body


def read_holder_rotation(data: bytes) -> HolderRotation:
    """Read what `holder_rotation_bytes` wrote, and check both signatures.

    Raises:
        BadContractError: Not such a file, or the key stays the same.
        ContractSignatureError: One of both does not fit.
    """
    signed = read_signed(data, HOLDER_ROTATION_SCHEMA, SIGNATURES)
    members = signed.members
    old, new = (_keys(members.inside(side)) for side in ("old", "new"))
    found = HolderRotation(old, new, members.integer("rotated_s", 0, LATEST_S))
    members.done()
    if old.thumbprint == new.thumbprint:
        raise members.refusal("the same key", "new.signing_jwk")
    for keys, typ, member in ((old, OLD_TYP, "old_signature"), (new, NEW_TYP, "new_signature")):
        signed.check(keys.signing_jwk, typ, name=_FILE, member=member)
    return found


_FILE = "rotation"
"""What an error calls it: it is of no one contract."""


def _keys(members: Members) -> HolderKeys:
    found = HolderKeys(
        read_jwk(members, "signing_jwk", "sig"), read_jwk(members, "sealing_jwk", "enc")
    )
    members.done()
    return found
