"""Backups that held what was erased: given up, overwritten and removed.

A backup is the wallet's file in sealed blocks, the keys of its records among them. So
nothing in an older backup can be erased by itself: a backup of now takes the place of
all of them, and their objects are overwritten before their names go. Medium and file
system decide whether the bytes were really overwritten; a copy of the folder keeps them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.vault.backup import (
    Backup,
    backup,
    index_at,
    index_name,
    index_numbers,
)
from geowallet.vault.backup_index import INDEX, MAX_INDEX_BYTES, read_index
from geowallet.vault.faults import disk_faults
from geowallet.vault.shelf import shelf_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geowallet.vault.keys import Random
    from geowallet.vault.shelf import Place, Shelf
    from geowallet.vault.store import Vault


@dataclass(frozen=True, slots=True)
class Renewed:
    """A folder of backups that holds the wallet of now and nothing else.

    Attributes:
        backup: The one backup that counts.
        removed: Files that were overwritten and removed.
    """

    backup: Backup
    removed: int


def renew(vault: Vault, place: Place, *, now_us: int, random: Random) -> Renewed:
    """Make one backup of now, then remove every other one from ``place``.

    Objects go before the indexes that name them, and the new index comes before both: a
    killed renewal is finished by the next one, and until then the folder checks as whole.

    Raises:
        ForeignBackupError: The place holds backups of another wallet.
        BackupDamagedError: The newest index, or an object that is still needed, was changed.
        DiskFullError: The disk is full or refuses; run it again to go on.
    """
    shelf = shelf_at(place)
    done = backup(vault, shelf, now_us=now_us, random=random, alone=True)
    with disk_faults():
        _, index = index_at(shelf, done.number)
        doomed = [*_objects(shelf, set(index.blocks)), *_indexes(shelf, done.number)]
        for name in doomed:
            shelf.destroy(name)
        shelf.settle(sorted({name.rpartition("/")[0] for name in doomed}))
    return Renewed(done, len(doomed))


def first_entries(place: Place) -> int | None:
    """Return how many log entries the oldest backup has that lies there; None without one.

    One that no longer counts lies there where a renewal was killed; 0 of one that it
    had begun to overwrite.

    Raises:
        BackupDamagedError: Its index was changed.
        DiskFullError: The disk does not answer.
    """
    shelf = shelf_at(place)
    with disk_faults():
        numbers = index_numbers(shelf)
        if not numbers:
            return None
        data = shelf.read(index_name(numbers[0]), MAX_INDEX_BYTES, what=INDEX) or b""
        return read_index(data).mark.size if any(data) else 0


def _objects(shelf: Shelf, needed: set[str]) -> Iterator[str]:
    folders = (entry.name for entry in shelf.listed("objects"))
    for folder in sorted(name for name in folders if re.fullmatch("[0-9a-f]{2}", name)):
        for name in sorted(entry.name for entry in shelf.listed(f"objects/{folder}")):
            if name not in needed:
                yield f"objects/{folder}/{name}"


def _indexes(shelf: Shelf, number: int) -> Iterator[str]:
    for name in sorted(entry.name for entry in shelf.listed("index")):
        if f"index/{name}" != index_name(number):
            yield f"index/{name}"
