"""Backups on a shelf: write-once sealed objects, and one signed index for each backup.

    index/00000001.json     what makes the file, signed (`geowallet.vault.backup_index`)
    objects/ab/ab12...      64 KiB of the wallet's file, sealed; its name is its SHA-256

The same 64 KiB seal to the same object, so that the next backup writes what
changed. Objects come first and the index last: a killed backup leaves objects
that the next one finds, and no index that lacks any.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.crypto.canonical import sha256_hex
from geowallet.crypto.envelope import seal
from geowallet.crypto.keys import subkey
from geowallet.model.errors import (
    BackupDamagedError,
    ForeignBackupError,
    NoBackupError,
)
from geowallet.vault.backup_index import (
    BLOCK_BYTES,
    INDEX,
    MAX_INDEX_BYTES,
    Index,
    index_bytes,
    index_digest,
    read_index,
)
from geowallet.vault.check import check_file
from geowallet.vault.faults import disk_faults
from geowallet.vault.head import read_head
from geowallet.vault.highwater import Mark
from geowallet.vault.keys import NONCE_BYTES, about
from geowallet.vault.shelf import shelf_at
from geowallet.vault.slots import read_slots

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geowallet.crypto.keys import Slot
    from geowallet.vault.head import Head
    from geowallet.vault.keys import Keys, Random
    from geowallet.vault.shelf import Place, Shelf
    from geowallet.vault.store import Vault

MAX_OBJECT_BYTES = BLOCK_BYTES + 24 + 16
"""A block with its nonce and its tag."""

INDEX_NAME = re.compile(r"[0-9]{8}\.json")


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup did.

    Attributes:
        number: Of the backup that now stands for the wallet.
        objects: Objects that make it.
        written: Objects that were not there yet.
        written_bytes: Their length together.
        new: False where the newest backup already is the wallet as it is.
    """

    number: int
    objects: int
    written: int
    written_bytes: int
    new: bool


def backup(
    vault: Vault, place: Place, *, now_us: int, random: Random, alone: bool = False
) -> Backup:
    """Add the wallet as it is now to the backups in ``place``; nothing is overwritten.

    ``alone`` says that the backups before it no longer count, see
    `geowallet.vault.prune`.

    The file is read into memory as of one moment; other processes write on
    while its objects are written. A damaged wallet is refused: its backup would
    take the place of a good one.

    Raises:
        VaultDamagedError: The wallet is not what was written.
        ForeignBackupError: The place holds backups of another wallet.
        BackupDamagedError: An index or object that is there was changed.
        DiskFullError: The disk is full or refuses; run it again to go on.
    """
    with vault.snapshot() as (db, keys), disk_faults():
        head, slots, data = read_head(db, keys), read_slots(db), db.serialize()
    with in_memory(data) as copy:
        for _part, error in check_file(copy, keys).problems:
            raise error
    with disk_faults():
        return _Writer(shelf_at(place), keys, now_us, random, alone=alone).write(
            head, tuple(slot for _, slot in slots), data
        )


class _Writer:
    def __init__(
        self, shelf: Shelf, keys: Keys, now_us: int, random: Random, *, alone: bool
    ) -> None:
        self._shelf, self._keys, self._now_us, self._random = shelf, keys, now_us, random
        self._alone = alone
        self._written = self._written_bytes = 0

    def write(self, head: Head, slots: tuple[Slot, ...], data: bytes) -> Backup:
        self._shelf.prepare(["objects", "index"])
        number, before, last = self._newest()
        digest = sha256_hex(data)
        alone = not self._alone or (last is not None and last.oldest == number)
        blocks = [data[at : at + BLOCK_BYTES] for at in range(0, len(data), BLOCK_BYTES)]
        if last is not None and alone and (last.file_sha256, last.slots) == (digest, slots):
            self._settle([self._keep(block) for block in blocks])
            return Backup(number, len(blocks), self._written, self._written_bytes, new=False)
        index = Index(
            number=number + 1,
            at_us=self._now_us,
            before=before,
            vault_id=self._keys.vault_id,
            log_public=self._keys.log_public,
            mark=Mark(head.size, head.frontier.root()),
            file_bytes=len(data),
            file_sha256=digest,
            blocks=tuple([self._keep(block) for block in blocks]),
            slots=slots,
            oldest=number + 1 if self._alone or last is None else last.oldest,
        )
        self._settle(index.blocks)
        text = index_bytes(index, wrap=self._keys.wrap, log_seed=self._keys.log_seed)
        self._shelf.add(index_name(index.number), text, self._random(8).hex())
        self._shelf.settle(["index", ""])
        return Backup(index.number, len(blocks), self._written, self._written_bytes, new=True)

    def _settle(self, names: Iterable[str]) -> None:
        if self._written:
            self._shelf.settle([*sorted({f"objects/{name[:2]}" for name in names}), "objects"])

    def _newest(self) -> tuple[int, str, Index | None]:
        numbers = index_numbers(self._shelf)
        if not numbers:
            return 0, "", None
        data, last = index_at(self._shelf, numbers[-1])
        if (last.vault_id, last.log_public) != (self._keys.vault_id, self._keys.log_public):
            raise ForeignBackupError
        return last.number, index_digest(data), last

    def _keep(self, block: bytes) -> str:
        sealed = seal_block(self._keys.vault_id, self._keys.wrap, block)
        name = sha256_hex(sealed)
        if not self._shelf.holds(object_name(name), sealed):
            self._shelf.add(object_name(name), sealed, self._random(8).hex())
            self._written += 1
            self._written_bytes += len(sealed)
        return name


def seal_block(vault_id: bytes, wrap: bytes, block: bytes) -> bytes:
    """Return a block, sealed: the same block of the same wallet gives the same bytes.

    The nonce is a keyed digest of the block, so that no two blocks share one.
    """
    nonce_key = subkey(wrap, "backup-nonce")
    nonce = hashlib.blake2b(block, key=nonce_key, digest_size=NONCE_BYTES).digest()
    return seal(subkey(wrap, "backup"), block, aad=about(vault_id, "backup"), nonce24=nonce)


def in_memory(data: bytes) -> closing[sqlite3.Connection]:
    """Return a database that is the bytes of a file, closed at the end of the block.

    Raises:
        sqlite3.Error: Later, where they are none; the caller stands in `disk_faults`.
    """
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.text_factory = bytes
    db.deserialize(data)
    return closing(db)


def index_numbers(place: Place) -> list[int]:
    """Return the numbers of the backups in ``place``, sorted; none where there is none."""
    names = [entry.name for entry in shelf_at(place).listed("index")]
    return sorted(int(name[:8]) for name in names if INDEX_NAME.fullmatch(name))


def index_at(place: Place, number: int) -> tuple[bytes, Index]:
    """Return bytes and content of one index.

    Raises:
        NoBackupError: There is no such backup.
        BackupDamagedError: It was changed, or is that of another number.
    """
    shelf = shelf_at(place)
    data = shelf.read(index_name(number), MAX_INDEX_BYTES, what=INDEX)
    if data is None:
        raise NoBackupError(path=shelf.name)
    index = read_index(data)
    if index.number != number:
        raise BackupDamagedError(what=INDEX)
    return data, index


def index_name(number: int) -> str:
    """Return where an index lies on a shelf."""
    return f"index/{number:08}.json"


def object_name(digest: str) -> str:
    """Return where an object lies on a shelf."""
    return f"objects/{digest[:2]}/{digest}"
