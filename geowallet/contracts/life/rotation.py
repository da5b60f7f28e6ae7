"""A recipient's change of keys, said with the old key and with the new one.

Without it, a new key under a known name is refused: that is how an impostor looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.contracts.life.signed import read_signed, signed_bytes
from geowallet.contracts.terms.syntax import Recipient, read_jwk
from geowallet.crypto.signing import public_jwk, thumbprint

if TYPE_CHECKING:
    import datetime as dt

    from geowallet.contracts.terms.members import Members

ROTATION_SCHEMA = "geowallet.rotation/1"
OLD_TYP = "geowallet-rotation-old+jws"
NEW_TYP = "geowallet-rotation-new+jws"
"""Say in the signed headers which of both keys speaks, and that a change was meant."""

SIGNATURES = ("old_signature", "new_signature")


@dataclass(frozen=True, slots=True)
class Rotation:
    """One change of keys.

    Attributes:
        old: The name, and the keys until then.
        new: The same name, and the keys from then on.
        day: On which it was said.
    """

    old: Recipient
    new: Recipient
    day: dt.date


def rotation_bytes(
    name: str,
    *,
    old: tuple[dict[str, Any], dict[str, Any]],
    new: tuple[dict[str, Any], dict[str, Any]],
    today: dt.date,
) -> bytes:
    """Return the change, signed with both keys.

    Args:
        name: The recipient's.
        old: Private signing key and public sealing key until now.
        new: The same from now on.
        today: Local day.

    Raises:
        BadContractError: The keys are the same, or the name could not be shown.
    """
    value = {
        "name": name,
        "old": {"signing_jwk": public_jwk(old[0]), "sealing_jwk": old[1]},
        "new": {"signing_jwk": public_jwk(new[0]), "sealing_jwk": new[1]},
        "day": str(today),
    }
    signers = {"old_signature": (old[0], OLD_TYP), "new_signature": (new[0], NEW_TYP)}
    body = signed_bytes(ROTATION_SCHEMA, value, signers)
    read_rotation(body)
    return body


def read_rotation(data: bytes) -> Rotation:
    """Read what `rotation_bytes` wrote, and check both signatures.

    Raises:
        BadContractError: Not such a file, or the key stays the same.
        ContractSignatureError: One of both does not fit.
    """
    signed = read_signed(data, ROTATION_SCHEMA, SIGNATURES)
    members = signed.members
    name = members.line("name", 100)
    old, new = (_keys(members.inside(side), name) for side in ("old", "new"))
    found = Rotation(old, new, members.date("day"))
    members.done()
    if thumbprint(found.old.signing_jwk) == thumbprint(found.new.signing_jwk):
        raise members.refusal("the same key", "new.signing_jwk")
    signed.check(found.old.signing_jwk, OLD_TYP, name=name, member="old_signature")
    signed.check(found.new.signing_jwk, NEW_TYP, name=name, member="new_signature")
    return found


def _keys(members: Members, name: str) -> Recipient:
    found = Recipient(
        name,
        read_jwk(members, "signing_jwk", "sig"),
        read_jwk(members, "sealing_jwk", "enc"),
    )
    members.done()
    return found
