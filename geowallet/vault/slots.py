"""Key slots: the ways from a passphrase or a recovery key to the master key."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from geowallet.crypto.canonical import canonical_bytes, strict_json
from geowallet.crypto.keys import Slot, check_slot, open_slot
from geowallet.model.errors import (
    KeyringEntryError,
    NoVaultError,
    VaultDamagedError,
    WrongKeyFileError,
    WrongPassphraseError,
    WrongRecoveryKeyError,
)
from geowallet.model.words import N_
from geowallet.vault.faults import WALLET_FILE, disk_faults
from geowallet.vault.keyring_entries import find_entry
from geowallet.vault.keys import TAG_BYTES, VAULT_ID_BYTES, open_log_seed
from geowallet.vault.schema import check_schema, connect, rows_digest

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from pathlib import Path

    from geowallet.crypto.keys import SlotKind
    from geowallet.model.errors import GeowalletError

SLOT = N_("a key slot")

_MAX_HEADER_BYTES = 1024


def master_from_passphrase(path: Path, passphrase: bytes) -> bytes:
    """Return the 32-byte master key of the wallet at ``path``.

    Raises:
        NoVaultError: There is none.
        WrongPassphraseError: No passphrase slot opens with it.
        VaultDamagedError: The wallet or a slot is not as it was made; also as
            `VaultSchemaError`. Nothing a slot asks for is done before.
    """
    return master_by(_public_part(path)[1], "passphrase", passphrase)


def master_from_file(path: Path, secret: bytes) -> bytes:
    """Return the 32-byte master key of the wallet at ``path`` by a key file's bytes.

    Raises:
        NoVaultError: There is none.
        WrongKeyFileError: It opens no slot of this wallet.
        VaultDamagedError: As `master_from_passphrase`.
    """
    return master_by(_public_part(path)[1], "file", secret)


def master_from_keyring(path: Path) -> bytes:
    """Return the 32-byte master key of the wallet at ``path`` by an entry of the keyring.

    Raises:
        NoVaultError: There is none.
        KeyringEntryError: No entry here opens a slot of this wallet.
        KeyringUnusableError: The keyring is absent or locked; also as
            `KeyringRefusedError`, and `MissingExtraError` without its library.
        VaultDamagedError: As `master_from_passphrase`.
    """
    vault_id, slots = _public_part(path)
    for slot in slots:
        if slot.header["kind"] == "keyring":
            secret = find_entry(vault_id.hex(), slot.header["salt"])
            master = _opened(slot, secret) if secret else None
            if master is not None:
                return master
    raise KeyringEntryError


def slots_of(path: Path) -> tuple[tuple[int, Slot], ...]:
    """Return position and slot of every way in, in order; no key is needed.

    Raises:
        NoVaultError: There is no wallet.
        VaultDamagedError: As `master_from_passphrase`.
    """
    with disk_faults(), closing(connect(existing_wallet(path))) as db:
        check_schema(db)
        return read_slots(db)


def opens(slot: Slot, secret: bytes) -> bool:
    """Say whether ``secret`` opens ``slot``."""
    return _opened(slot, secret) is not None


def is_master(path: Path, master: bytes) -> bool:
    """Say whether ``master`` is the master key of the wallet at ``path``, as it is now.

    Raises:
        NoVaultError: There is none.
        VaultDamagedError: As `master_from_passphrase`.
    """
    with disk_faults(), closing(connect(existing_wallet(path))) as db:
        check_schema(db)
        vault_id, _, sealed = wallet_row(db)
    try:
        open_log_seed(vault_id, master, sealed)
    except ValueError:
        return False
    return True


def master_from_recovery(path: Path, secret: bytes, tag: bytes) -> bytes:
    """Return the 32-byte master key of the wallet at ``path``.

    Args:
        path: The wallet's file.
        secret: 32 bytes of the recovery key.
        tag: 3 bytes of the recovery key that name its wallet.

    Raises:
        NoVaultError: There is none.
        WrongRecoveryKeyError: The key is of another wallet.
        VaultDamagedError: As `master_from_passphrase`.
    """
    vault_id, slots = _public_part(path)
    if vault_id[:TAG_BYTES] != tag:
        raise WrongRecoveryKeyError
    return master_by(slots, "recovery", secret)


def master_by(slots: Sequence[Slot], kind: SlotKind, secret: bytes) -> bytes:
    """Return the master key by the first slot of ``kind`` that ``secret`` opens.

    Raises:
        WrongPassphraseError: None does, and passphrases were meant.
        WrongRecoveryKeyError: The same of recovery keys.
        WrongKeyFileError: The same of key files.
        KeyringEntryError: The same of a keyring.
    """
    for slot in slots:
        master = _opened(slot, secret) if slot.header["kind"] == kind else None
        if master is not None:
            return master
    raise _WRONG[kind]


_WRONG: dict[SlotKind, type[GeowalletError]] = {
    "passphrase": WrongPassphraseError,
    "recovery": WrongRecoveryKeyError,
    "file": WrongKeyFileError,
    "keyring": KeyringEntryError,
}


def read_vault_id(path: Path) -> str:
    """Return the id (hex) of the wallet at ``path``, which no key protects.

    Raises:
        NoVaultError: There is none.
        VaultDamagedError: As `master_from_passphrase`.
    """
    return _public_part(path)[0].hex()


def existing_wallet(path: Path) -> Path:
    """Return ``path`` if a file is there.

    Raises:
        NoVaultError: None is.
    """
    if not path.is_file():
        raise NoVaultError(path=str(path))
    return path


def wallet_row(db: sqlite3.Connection) -> tuple[bytes, bytes, bytes]:
    """Return vault id, public key of the log, and its sealed seed.

    Raises:
        VaultDamagedError: They are missing or of another length.
    """
    row = db.execute("SELECT id, log_public, log_seed FROM wallet").fetchone()
    if row is None or not all(isinstance(part, bytes) for part in row):
        raise VaultDamagedError(what=WALLET_FILE)
    vault_id, public, sealed_seed = row
    if len(vault_id) != VAULT_ID_BYTES:
        raise VaultDamagedError(what=WALLET_FILE)
    return vault_id, public, sealed_seed


def write_slot(db: sqlite3.Connection, slot: Slot) -> None:
    """Add one slot after the others."""
    row = (canonical_bytes(slot.header), slot.wrapped)
    db.execute("INSERT INTO slot (header, wrapped) VALUES (?, ?)", row)


def read_slots(db: sqlite3.Connection) -> tuple[tuple[int, Slot], ...]:
    """Return position and slot, in order.

    Raises:
        VaultDamagedError: One is not of the form that is written, or asks for
            more memory or time than one may.
    """
    slots = []
    for position, header, wrapped in db.execute(f"{_SELECT} ORDER BY position"):
        try:
            slot = Slot(strict_json(header, max_bytes=_MAX_HEADER_BYTES), wrapped)
            check_slot(slot)
        except (ValueError, TypeError) as error:
            raise VaultDamagedError(what=SLOT) from error
        slots.append((position, slot))
    return tuple(slots)


def slots_digest(db: sqlite3.Connection) -> str:
    """Return SHA-256 (hex) over all slots: the head of the log keeps it."""
    return rows_digest(db.execute(f"{_SELECT} ORDER BY position"))


_SELECT = "SELECT position, header, wrapped FROM slot"


def _public_part(path: Path) -> tuple[bytes, tuple[Slot, ...]]:
    with disk_faults(), closing(connect(existing_wallet(path))) as db:
        check_schema(db)
        return wallet_row(db)[0], tuple(slot for _, slot in read_slots(db))


def _opened(slot: Slot, secret: bytes) -> bytes | None:
    try:
        return open_slot(slot, secret)
    except ValueError:
        return None
