"""Backups that held what was erased: given up, overwritten and removed.

A backup is the wallet's file in sealed blocks, the keys of its records among them. So
nothing in an older backup can be erased by itself: a backup of now takes the place of
all of them, and their objects are overwritten before their names go. Medium and file
system decide whether the bytes were really overwritten; a copy of the folder keeps them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.vault.backup import (
    Backup,
    backup,
    index_at,
    index_numbers,
    index_path,
    read_regular,
)
from geowallet.vault.backup_index import INDEX, MAX_INDEX_BYTES, read_index
from geowallet.vault.faults import disk_faults
from geowallet.vault.writing import flush_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from geowallet.vault.keys import Random
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


def renew(vault: Vault, folder: Path, *, now_us: int, random: Random) -> Renewed:
    """Make one backup of now, then remove every other one from ``folder``.

    Objects go before the indexes that name them, and the new index comes before both: a
    killed renewal is finished by the next one, and until then the folder checks as whole.

    Raises:
        ForeignBackupError: The folder holds backups of another wallet.
        BackupDamagedError: The newest index, or an object that is still needed, was changed.
        DiskFullError: The disk is full or refuses; run it again to go on.
    """
    done = backup(vault, folder, now_us=now_us, random=random, alone=True)
    with disk_faults():
        _, index = index_at(folder, done.number)
        doomed = [*_objects(folder, set(index.blocks)), *_indexes(folder, done.number)]
        for path in doomed:
            _overwrite(path)
            path.unlink()
        for parent in sorted({path.parent for path in doomed}):
            flush_folder(parent)
    return Renewed(done, len(doomed))


def first_entries(folder: Path) -> int | None:
    """Return how many log entries the oldest backup has that lies there; None without one.

    One that no longer counts lies there where a renewal was killed; 0 of one that it
    had begun to overwrite.

    Raises:
        BackupDamagedError: Its index was changed.
        DiskFullError: The disk does not answer.
    """
    with disk_faults():
        numbers = index_numbers(folder)
        if not numbers:
            return None
        data = read_regular(index_path(folder, numbers[0]), MAX_INDEX_BYTES, what=INDEX)
        return read_index(data).mark.size if any(data) else 0


def _objects(folder: Path, needed: set[str]) -> Iterator[Path]:
    for path in sorted((folder / "objects").glob("[0-9a-f][0-9a-f]/*")):
        if path.name not in needed:
            yield path


def _indexes(folder: Path, number: int) -> Iterator[Path]:
    for path in sorted((folder / "index").iterdir()):
        if path != index_path(folder, number):
            yield path


def _overwrite(path: Path) -> None:
    """Put zeros over a plain file, so that not only its name goes."""
    handle = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "r+b", buffering=0) as stream:
        stream.write(bytes(os.fstat(handle).st_size))
        os.fsync(handle)
