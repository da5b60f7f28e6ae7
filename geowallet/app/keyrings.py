"""Use cases: a way into the wallet that the keyring of the operating system holds."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.app.settings import check_name
from geowallet.crypto.encoding import b64u
from geowallet.crypto.keys import LABELLED, LONGEST_LABEL, SALT_BYTES, KdfCost, make_slot
from geowallet.model.errors import BadNameError, GeowalletError, KeyringEntryError
from geowallet.vault.keyring_entries import SECRET_BYTES, drop_entry, find_entry, keep_entry
from geowallet.vault.keys import NONCE_BYTES
from geowallet.vault.slots import master_from_keyring, opens, read_vault_id, slots_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geowallet.app.locations import Locations
    from geowallet.crypto.keys import Slot


@dataclass(frozen=True, slots=True)
class Held:
    """A slot that a keyring opens, and whether the one of this system does.

    Attributes:
        number: Its position among the ways in.
        label: Where its keyring is, in the owner's words.
        error: Why it does not open here, or None.
    """

    number: int
    label: str
    error: GeowalletError | None


def has_keyring(locations: Locations) -> bool:
    """Say whether a keyring is a way into the wallet, here or elsewhere; none is asked.

    Raises:
        NoVaultError: There is no wallet.
        VaultDamagedError: A slot is not of the form that is written.
    """
    return any(slot.header["kind"] == LABELLED for _, slot in slots_of(locations.wallet))


def master_by_keyring(locations: Locations) -> bytes:
    """Return the master key by the keyring of this system.

    Raises:
        KeyringEntryError: It holds nothing that opens this wallet.
        KeyringUnusableError: It is absent or locked.
        KeyringRefusedError: It does not protect what it keeps.
        MissingExtraError: The library for it is not installed.
    """
    return master_from_keyring(locations.wallet)


def held(locations: Locations) -> tuple[Held, ...]:
    """Return every slot that a keyring opens, in order, after trying each.

    Raises:
        NoVaultError: There is no wallet.
        VaultDamagedError: A slot is not of the form that is written.
    """
    vault_id = read_vault_id(locations.wallet)
    return tuple(
        Held(number, slot.header["label"], _why_not(vault_id, slot))
        for number, slot in slots_of(locations.wallet)
        if slot.header["kind"] == LABELLED
    )


def check_label(label: str) -> None:
    """Refuse a label that could not be shown.

    Raises:
        BadNameError: Empty, longer than `LONGEST_LABEL`, or with odd characters.
    """
    check_name(label)
    if len(label) > LONGEST_LABEL:
        raise BadNameError(name=label[:LONGEST_LABEL])


@contextmanager
def new_slots(vault_id: str, master: bytes, labels: Sequence[str]) -> Iterator[tuple[Slot, ...]]:
    """Give slots for ``master`` whose secrets lie in this system's keyring.

    The entries are there before the wallet knows of them; where the block fails they
    are taken away again. A killed process leaves an entry that opens nothing.

    Raises:
        KeyringUnusableError: It is absent or locked; and what `keep_entry` names.
    """
    made: list[Slot] = []
    try:
        made.extend(_new_slot(vault_id, master, label) for label in labels)
        yield tuple(made)
    except BaseException:
        drop_entries(vault_id, made)
        raise


def drop_entries(vault_id: str, slots: Sequence[Slot]) -> None:
    """Take the entries of slots out of this system's keyring, as far as it lets us."""
    for slot in slots:
        if slot.header["kind"] == LABELLED:
            with suppress(GeowalletError):
                drop_entry(vault_id, slot.header["salt"])


def _new_slot(vault_id: str, master: bytes, label: str) -> Slot:
    secret, salt = os.urandom(SECRET_BYTES), os.urandom(SALT_BYTES)
    keep_entry(vault_id, b64u(salt), secret)
    return make_slot(
        LABELLED,
        secret,
        master,
        cost=KdfCost.LEAST,
        salt=salt,
        nonce=os.urandom(NONCE_BYTES),
        vault_id=vault_id,
        label=label,
    )


def _why_not(vault_id: str, slot: Slot) -> GeowalletError | None:
    try:
        secret = find_entry(vault_id, slot.header["salt"])
    except GeowalletError as error:
        return error
    return None if secret and opens(slot, secret) else KeyringEntryError()
