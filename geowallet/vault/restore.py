"""A wallet from a backup, proved before a byte is written; and the check that needs no key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.crypto.canonical import sha256_hex
from geowallet.crypto.envelope import open_sealed
from geowallet.crypto.keys import subkey
from geowallet.model.errors import (
    BackupDamagedError,
    GeowalletError,
    NoBackupError,
    VaultDamagedError,
    VaultExistsError,
)
from geowallet.vault.backup import (
    INDEX_NAME,
    MAX_OBJECT_BYTES,
    in_memory,
    index_at,
    index_numbers,
    object_name,
)
from geowallet.vault.backup_index import INDEX, check_proof, index_digest
from geowallet.vault.check import check_file
from geowallet.vault.faults import WALLET_FILE, disk_faults
from geowallet.vault.head import read_head
from geowallet.vault.highwater import Mark
from geowallet.vault.keys import about
from geowallet.vault.schema import check_schema
from geowallet.vault.shelf import OBJECT, STRAY, Sort, shelf_at
from geowallet.vault.store import keys_of
from geowallet.vault.writing import flush_folder, write_new

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from geowallet.vault.backup_index import Index
    from geowallet.vault.keys import Random
    from geowallet.vault.sample import InSample
    from geowallet.vault.shelf import Entry, Place, Shelf

    Problem = tuple[str, GeowalletError]

_OBJECT_NAME = re.compile(r"[0-9a-f]{64}")
_DRAFT_NAME = re.compile(r"\..*\.[0-9a-f]{16}\.new")


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a check without the key found.

    Attributes:
        vault_id: 32 hex digits of the wallet.
        backups: How many there are.
        newest: The last of them that can be read, or None.
        objects: Objects in the folder.
        opened: Those that were read; of the others only their names are known.
        total_bytes: Length of those that were read.
        unused: Objects of no backup that counts, drafts and old indexes: what a killed
            backup left, or one that was given up.
        problems: Which part, and its error; empty where all is well.
    """

    vault_id: str
    backups: int
    newest: Index | None
    objects: int
    opened: int
    total_bytes: int
    unused: int
    problems: tuple[Problem, ...]


def check_backup(place: Place, in_sample: InSample | None = None) -> BackupReport:
    """Return what is wrong with a folder of backups; no key is needed.

    Every index is signed by the key that the first one names, and names the one
    before it; every object is what its name says. That the objects open, and
    that the wallet inside is whole, only a restore can tell. With ``in_sample``
    (`geowallet.vault.sample`, by the digest of an object) the other objects are only found.

    Raises:
        NoBackupError: There is no backup.
        DiskFullError: The disk does not answer.
    """
    shelf = shelf_at(place)
    with disk_faults():
        numbers = index_numbers(shelf)
        if not numbers:
            raise NoBackupError(path=shelf.name)
        check = _Check(shelf, in_sample)
        check.indexes(numbers)
        check.objects()
        return check.report()


class _Check:
    def __init__(self, shelf: Shelf, in_sample: InSample | None) -> None:
        self._shelf, self._in_sample = shelf, in_sample
        self._problems: list[Problem] = []
        self._needed: set[str] = set()
        self._first: Index | None = None
        self._newest: Index | None = None
        self._backups = self._found = self._opened = self._bytes = self._unused = 0

    def report(self) -> BackupReport:
        vault_id = self._first.vault_id.hex() if self._first else ""
        found = (self._found, self._opened, self._bytes, self._unused)
        return BackupReport(vault_id, self._backups, self._newest, *found, tuple(self._problems))

    def indexes(self, numbers: list[int]) -> None:
        oldest = oldest_that_counts(self._shelf, numbers)
        counting = [number for number in numbers if number >= oldest]
        self._backups = len(counting)
        self._unused += len(numbers) - len(counting)
        before = "" if oldest == 1 else "unknown"
        for position, number in enumerate(counting, start=oldest):
            try:
                data, index = index_at(self._shelf, number)
            except GeowalletError as error:
                self._problems.append((INDEX, error))
                before = "unknown"
                continue
            first = self._first = self._first or index
            same = (index.vault_id, index.log_public) == (first.vault_id, first.log_public)
            follows = before in ("unknown", index.before)
            if number != position or not same or not follows:
                self._damaged(INDEX)
            before, self._newest = index_digest(data), index
            self._needed.update(index.blocks)
        for entry in self._shelf.listed("index"):
            if not INDEX_NAME.fullmatch(entry.name):
                self._other(entry)

    def objects(self) -> None:
        missing = set(self._needed)
        for entry in self._entries():
            if not _OBJECT_NAME.fullmatch(entry.name):
                self._other(entry)
                continue
            if self._in_sample is None or self._in_sample(bytes.fromhex(entry.name)):
                try:
                    self._read(entry.name)
                except BackupDamagedError as error:
                    self._problems.append((OBJECT, error))
                    continue
            self._found += 1
            missing.discard(entry.name)
            self._unused += entry.name not in self._needed
        for _name in missing:
            self._damaged(OBJECT)

    def _read(self, name: str) -> None:
        data = _object(self._shelf, name)
        self._opened += 1
        self._bytes += len(data)
        # Zeros are what a killed renewal leaves of an object that was given up.
        if sha256_hex(data) != name and (name in self._needed or any(data)):
            self._damaged(OBJECT)

    def _entries(self) -> Iterator[Entry]:
        for entry in self._shelf.listed("objects"):
            if re.fullmatch("[0-9a-f]{2}", entry.name) and entry.sort is Sort.FOLDER:
                yield from self._shelf.listed(f"objects/{entry.name}")
            else:
                self._damaged(STRAY)

    def _other(self, entry: Entry) -> None:
        if _DRAFT_NAME.fullmatch(entry.name) and entry.sort is Sort.FILE:
            self._unused += 1
        else:
            self._damaged(STRAY)

    def _damaged(self, what: str) -> None:
        self._problems.append((what, BackupDamagedError(what=what)))


def oldest_that_counts(shelf: Shelf, numbers: list[int]) -> int:
    """Return the number of the oldest backup that was not given up, by the newest index.

    1 where that cannot be read.
    """
    try:
        return index_at(shelf, numbers[-1])[1].oldest
    except GeowalletError:
        return 1


def restored(place: Place, data: bytes, index: Index, master: bytes) -> bytes:
    """Return the wallet's file from a backup, after proving that it is whole.

    Args:
        place: Of the backups.
        data: The bytes of the index.
        index: What `index_at` read from them.
        master: 32-byte master key, from one of its slots.

    Raises:
        BackupDamagedError: The index was not written by this wallet, or an
            object is missing, swapped or changed.
        VaultDamagedError: The objects are authentic, but the wallet in them is
            not whole; also as `VaultSchemaError`, `VaultFormatError` or
            `EvidenceError`.
    """
    wrap = subkey(master, "wrap")
    check_proof(data, wrap)
    key, aad = subkey(wrap, "backup"), about(index.vault_id, "backup")
    shelf = shelf_at(place)
    file = b"".join(_block(shelf, name, key, aad) for name in index.blocks)
    if sha256_hex(file) != index.file_sha256:
        raise BackupDamagedError(what=INDEX)
    with disk_faults(), in_memory(file) as db:
        check_schema(db)
        keys = keys_of(db, master)
        head = read_head(db, keys)
        if Mark(head.size, head.frontier.root()) != index.mark:
            raise VaultDamagedError(what=WALLET_FILE)
        for _part, error in check_file(db, keys).problems:
            raise error
    return file


def put_back(path: Path, file: bytes, random: Random) -> None:
    """Write a restored wallet to a new place, whole or not at all.

    Raises:
        VaultExistsError: Something is there; it stays as it is.
        DiskFullError: The disk is full or refuses.
    """
    with disk_faults():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            write_new(path, file, random(8).hex())
        except FileExistsError as error:
            raise VaultExistsError(path=str(path)) from error
        flush_folder(path.parent)


def _object(shelf: Shelf, name: str) -> bytes:
    data = shelf.read(object_name(name), MAX_OBJECT_BYTES, what=OBJECT)
    if data is None:
        raise BackupDamagedError(what=OBJECT)
    return data


def _block(shelf: Shelf, name: str, key: bytes, aad: bytes) -> bytes:
    sealed = _object(shelf, name)
    if sha256_hex(sealed) != name:
        raise BackupDamagedError(what=OBJECT)
    try:
        return open_sealed(key, sealed, aad=aad)
    except ValueError as error:
        raise BackupDamagedError(what=OBJECT) from error
