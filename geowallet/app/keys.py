"""Use cases: the ways into the wallet, and a new master key."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.app.key_files import SECRET_BYTES, key_file_bytes, written_secret
from geowallet.app.keyrings import check_label, drop_entries, new_slots
from geowallet.app.slots import new_slot
from geowallet.app.wallet import (
    SESSION_S,
    check_strength,
    master_by_recovery,
    now_us,
)
from geowallet.crypto.keys import KdfCost, check_slot
from geowallet.crypto.recovery import recovery_text
from geowallet.model.errors import (
    LastSlotError,
    NotFoundError,
    WrongKeyFileError,
)
from geowallet.model.provenance import Statement, StatementKind
from geowallet.vault import highwater, session
from geowallet.vault.keys import TAG_BYTES
from geowallet.vault.rotate import rotate
from geowallet.vault.slots import master_from_file, opens, read_vault_id, slots_of
from geowallet.vault.store import open_vault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from geowallet.app.locations import Locations
    from geowallet.crypto.keys import Slot, SlotKind
    from geowallet.vault.store import Vault


@dataclass(frozen=True, slots=True)
class WayIn:
    """One key slot, as anybody can read it in the file.

    Attributes:
        number: Its position, never used again while it is there.
        kind: ``passphrase``, ``recovery``, ``file`` or ``keyring``.
        cost: What one guess costs.
        label: Of a keyring: where it is, in its owner's words; else "".
    """

    number: int
    kind: SlotKind
    cost: KdfCost
    label: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class NewRecovery:
    """A recovery key that opens nothing yet: its secret, and its text for paper."""

    secret: bytes
    text: str


def ways_in(locations: Locations) -> tuple[WayIn, ...]:
    """Return every way into the wallet; no key is needed.

    Raises:
        NoVaultError: There is no wallet.
        VaultDamagedError: A slot is not of the form that is written.
    """
    return tuple(
        WayIn(number, slot.header["kind"], check_slot(slot), slot.header.get("label", ""))
        for number, slot in slots_of(locations.wallet)
    )


def add_passphrase(
    locations: Locations, master: bytes, new: bytes, *, cost: KdfCost | None = None
) -> int:
    """Add a passphrase beside the others and return the number of its slot.

    Raises:
        WeakPassphraseError: It is too short.
        DiskFullError: It could not be written.
    """
    check_strength(new)
    return _add(locations, master, "passphrase", new, cost or KdfCost.MODERATE)


def add_key_file(locations: Locations, master: bytes, path: Path) -> int:
    """Write 32 random bytes to a new file, add them as a way in, and return its number.

    The file is there before the wallet knows it: a killed process leaves a file
    that opens nothing, never a slot that nobody can open.

    Raises:
        FileTakenError: Something is at ``path``; nothing is overwritten.
        DiskFullError: It could not be written.
    """
    secret = os.urandom(SECRET_BYTES)
    with written_secret(path, secret):
        return _add(locations, master, "file", secret, KdfCost.LEAST)


def add_keyring(locations: Locations, master: bytes, label: str) -> int:
    """Put 32 random bytes into this system's keyring, add them as a way in; return its number.

    Args:
        locations: Where the wallet lives.
        master: Its master key.
        label: Where the keyring is, for people; it stands in the file for all to read.

    Raises:
        BadNameError: A label that could not be shown.
        KeyringUnusableError: The keyring is absent or locked.
        KeyringRefusedError: It does not protect what it keeps.
        MissingExtraError: The library for it is not installed.
        DiskFullError: The wallet could not be written; the entry is gone again.
    """
    check_label(label)
    vault_id = read_vault_id(locations.wallet)
    with new_slots(vault_id, master, [label]) as (slot,):
        return _add_slot(locations, master, slot)


def master_by_file(locations: Locations, path: Path) -> bytes:
    """Return the master key by a key file.

    Raises:
        SourceMissingError: There is no such file.
        WrongKeyFileError: It opens no slot of this wallet.
    """
    return master_from_file(locations.wallet, key_file_bytes(path))


def new_recovery(locations: Locations) -> NewRecovery:
    """Return a fresh recovery key for the wallet, to be shown before it counts."""
    secret = os.urandom(SECRET_BYTES)
    tag = bytes.fromhex(read_vault_id(locations.wallet))[:TAG_BYTES]
    return NewRecovery(secret, recovery_text(secret, tag))


@contextmanager
def recovery_file(path: Path, new: NewRecovery) -> Iterator[None]:
    """Write a recovery key to a new file; it is removed again where the block fails.

    Raises:
        FileTakenError: Something is at ``path``.
        DiskFullError: It could not be written.
    """
    with written_secret(path, new.text.encode("ascii") + b"\n"):
        yield


def replace_recovery(locations: Locations, master: bytes, new: NewRecovery) -> None:
    """Let a new recovery key open the wallet, and the old one no more.

    Raises:
        DiskFullError: It could not be written; the old one stands.
    """
    with _open(locations, master) as vault:
        slot = new_slot("recovery", new.secret, master, cost=KdfCost.LEAST, owner=vault.id)
        with vault.transaction(now_us=now_us()) as tx:
            tx.drop_slots("recovery")
            tx.add_slot(slot)
            tx.log(_statement("recovery key replaced"))


def remove(locations: Locations, master: bytes, number: int) -> WayIn:
    """Remove a way in and return what it was; of this system's keyring its entry goes, too.

    Raises:
        NotFoundError: There is no such slot.
        LastSlotError: It is the last passphrase, or the recovery key.
        DiskFullError: It could not be written; it still opens the wallet.
    """
    known = ways_in(locations)
    found = next((way for way in known if way.number == number), None)
    if found is None:
        raise NotFoundError(what="key", name=str(number))
    gone = dict(slots_of(locations.wallet))[number]
    alike = sum(way.kind == found.kind for way in known)
    # Else only a file or a keyring might be left, and a new computer has neither.
    if alike == 1 and found.kind in ("passphrase", "recovery"):
        raise LastSlotError
    with _open(locations, master) as vault, vault.transaction(now_us=now_us()) as tx:
        tx.drop_slot(number)
        tx.log(_statement(f"{found.kind} removed"))
    drop_entries(read_vault_id(locations.wallet), [gone])
    return found


def prove_recovery(locations: Locations, text: str) -> None:
    """Prove that a recovery key opens the wallet; nothing is written.

    Raises:
        RecoveryTypoError: A group has a typing error.
        WrongRecoveryKeyError: It belongs to another wallet.
        VaultDamagedError: It opens its slot, but the wallet is not whole.
    """
    master = master_by_recovery(locations, text)
    open_vault(locations.wallet, master, random=os.urandom).close()


def number_of(locations: Locations, kind: SlotKind, secret: bytes) -> int | None:
    """Return the number of the slot that ``secret`` opens, or None."""
    for number, slot in slots_of(locations.wallet):
        if slot.header["kind"] == kind and opens(slot, secret):
            return number
    return None


def key_file_secret(locations: Locations, path: Path) -> bytes:
    """Return the bytes of a key file of this wallet.

    Raises:
        SourceMissingError: There is no such file.
        WrongKeyFileError: It opens no slot of this wallet.
    """
    secret = key_file_bytes(path)
    if number_of(locations, "file", secret) is None:
        raise WrongKeyFileError
    return secret


def rotate_keys(  # noqa: PLR0913  every kind of secret, and how far
    locations: Locations,
    master: bytes,
    *,
    passphrases: Sequence[bytes],
    recovery: NewRecovery,
    key_files: Sequence[bytes] = (),
    keyrings: Sequence[str] = (),
    deep: bool = False,
    cost: KdfCost | None = None,
) -> int:
    """Give the wallet a new master key and return how many records it has.

    What is not among the secrets opens the wallet no more. A session that was
    open goes on with the new key. For each label in ``keyrings`` this system's
    keyring gets a new entry; the old ones are taken out of it.

    Raises:
        VaultDamagedError: A part is not what was written; nothing was changed.
        VaultBusyError: Another process writes for too long.
        DiskFullError: The disk is full or refuses; nothing was changed.
    """
    fresh = os.urandom(SECRET_BYTES)
    vault_id = read_vault_id(locations.wallet)
    dear = cost or KdfCost.MODERATE
    ways: list[tuple[SlotKind, bytes, KdfCost]] = [
        *(("passphrase", secret, dear) for secret in passphrases),
        ("recovery", recovery.secret, KdfCost.LEAST),
        *(("file", secret, KdfCost.LEAST) for secret in key_files),
    ]
    slots = [
        new_slot(kind, secret, fresh, cost=its_cost, owner=vault_id)
        for kind, secret, its_cost in ways
    ]
    old = [slot for _, slot in slots_of(locations.wallet)]
    with (
        new_slots(vault_id, fresh, keyrings) as kept,
        open_vault(locations.wallet, master, random=os.urandom) as vault,
    ):
        slots += kept
        records = rotate(vault, fresh, slots, deep=deep, now_us=now_us(), random=os.urandom)
    drop_entries(vault_id, old)
    if session.forget(vault_id):
        session.remember(vault_id, fresh, SESSION_S)
    with open_vault(locations.wallet, fresh, random=os.urandom) as vault:
        highwater.remember(locations.highwater(vault.id), vault.mark())
    return records


def _add(locations: Locations, master: bytes, kind: SlotKind, secret: bytes, cost: KdfCost) -> int:
    vault_id = read_vault_id(locations.wallet)
    slot = new_slot(kind, secret, master, cost=cost, owner=vault_id)
    return _add_slot(locations, master, slot)


def _add_slot(locations: Locations, master: bytes, slot: Slot) -> int:
    with _open(locations, master) as vault, vault.transaction(now_us=now_us()) as tx:
        tx.add_slot(slot)
        tx.log(_statement(f"{slot.header['kind']} added"))
    return max(way.number for way in ways_in(locations))


def _statement(what: str) -> Statement:
    return Statement(StatementKind.SETTING, (), (), {"what": what})


@contextmanager
def _open(locations: Locations, master: bytes) -> Iterator[Vault]:
    with open_vault(locations.wallet, master, random=os.urandom) as vault:
        yield vault
        highwater.remember(locations.highwater(vault.id), vault.mark())
