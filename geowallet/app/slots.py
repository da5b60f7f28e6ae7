"""New key slots, with fresh salt and nonce, of wallets, desks and witnesses."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from geowallet.crypto.encoding import b64u, unb64u
from geowallet.crypto.envelope import NONCE_BYTES
from geowallet.crypto.keys import SALT_BYTES, KdfCost, Slot, check_slot, make_slot
from geowallet.model.errors import WeakPassphraseError

if TYPE_CHECKING:
    from geowallet.crypto.keys import SlotKind

MINIMUM_LENGTH = 12
"""Shortest passphrase of a desk or a witness, in characters."""


def new_slot(kind: SlotKind, secret: bytes, master: bytes, *, cost: KdfCost, owner: str) -> Slot:
    """Return a slot that opens with ``secret``, made with fresh random bytes.

    Args:
        kind: What the secret is.
        secret: As for `make_slot`.
        master: The 32-byte master key.
        cost: What a guess of the secret shall cost.
        owner: Id of the wallet, or ``desk`` or ``witness``: the slot opens nowhere else.
    """
    return make_slot(
        kind,
        secret,
        master,
        cost=cost,
        salt=os.urandom(SALT_BYTES),
        nonce=os.urandom(NONCE_BYTES),
        vault_id=owner,
    )


def passphrase_slot(
    passphrase: bytes, master: bytes, *, cost: KdfCost | None = None, owner: str
) -> Slot:
    """Return the slot of a desk's or a witness's key file.

    Raises:
        WeakPassphraseError: Fewer than `MINIMUM_LENGTH` characters.
    """
    if len(passphrase.decode("utf-8", "replace")) < MINIMUM_LENGTH:
        raise WeakPassphraseError(length=MINIMUM_LENGTH)
    return new_slot("passphrase", passphrase, master, cost=cost or KdfCost.MODERATE, owner=owner)


def slot_as_json(slot: Slot) -> dict[str, Any]:
    """Return what `slot_in` reads."""
    return {"header": slot.header, "wrapped": b64u(slot.wrapped)}


def slot_in(stored: Any) -> Slot:
    """Return the slot in a key file.

    Raises:
        ValueError, KeyError, TypeError: It is none.
    """
    slot = Slot(stored["header"], unb64u(stored["wrapped"]))
    check_slot(slot)
    return slot
