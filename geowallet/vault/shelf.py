"""Where backups lie: the few things that a backup asks of a folder, and a folder of this machine.

A shelf of another machine (`geowallet.app.remote`) does the same by its protocol. Names on
a shelf are relative and have "/" between their parts, on every system.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from geowallet.model.errors import BackupDamagedError
from geowallet.model.words import N_
from geowallet.vault.writing import flush_folder, write_new

if TYPE_CHECKING:
    from collections.abc import Iterable

OBJECT = N_("an object of the backup")
STRAY = N_("something in the folder of the backup")


class Sort(StrEnum):
    """What an entry of a folder is; a link is `OTHER`, whatever it leads to."""

    FILE = "file"
    FOLDER = "folder"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in a folder of a shelf."""

    name: str
    sort: Sort


class Shelf(Protocol):
    """A place for backups. All of it may raise `OSError` (a disk) or `GeowalletError`."""

    @property
    def name(self) -> str:
        """What people call it."""

    def prepare(self, folders: Iterable[str]) -> None:
        """Make folders that are not there, for the owner only."""

    def listed(self, folder: str) -> tuple[Entry, ...]:
        """Return what lies in a folder; nothing where there is none."""

    def holds(self, name: str, data: bytes) -> bool:
        """Say whether a file is there.

        Raises:
            BackupDamagedError: It is, and can be seen not to be ``data``.
        """

    def read(self, name: str, max_bytes: int, *, what: str) -> bytes | None:
        """Return the bytes of a plain file; None where nothing has that name.

        Raises:
            BackupDamagedError: It is no plain file, or longer; ``what`` it is.
        """

    def add(self, name: str, data: bytes, mark: str) -> None:
        """Write a new file, whole or not at all; ``mark`` tells its draft from others.

        Raises:
            FileExistsError: Something is there; it stays as it is.
        """

    def settle(self, folders: Iterable[str]) -> None:
        """Make the names in folders last."""

    def destroy(self, name: str) -> None:
        """Overwrite a plain file where that can be had, then remove it."""


Place = Path | Shelf
"""A folder of this machine, or a shelf."""


def shelf_at(place: Place) -> Shelf:
    """Return the shelf that a folder is."""
    return DiskShelf(place) if isinstance(place, Path) else place


class DiskShelf:
    """A folder of this machine; no link in it is followed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self._folder)

    def prepare(self, folders: Iterable[str]) -> None:
        """Make folders that are not there, for the owner only.

        Raises:
            BackupDamagedError: A link is there instead.
        """
        for name in folders:
            path = self._folder / name
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if path.is_symlink():
                raise BackupDamagedError(what=STRAY)

    def listed(self, folder: str) -> tuple[Entry, ...]:
        """Return what lies in a folder; nothing where there is none."""
        try:
            with os.scandir(self._folder / folder) as found:
                return tuple(Entry(entry.name, _sort(entry)) for entry in found)
        except (FileNotFoundError, NotADirectoryError):
            return ()

    def holds(self, name: str, data: bytes) -> bool:
        """Say whether a file is there; its bytes are compared.

        Raises:
            BackupDamagedError: It is another one.
        """
        found = self.read(name, len(data), what=OBJECT)
        if found is not None and found != data:
            raise BackupDamagedError(what=OBJECT)
        return found is not None

    def read(self, name: str, max_bytes: int, *, what: str) -> bytes | None:
        """Return the bytes of a plain file that no link stands for; None without one.

        Raises:
            BackupDamagedError: It is no plain file, cannot be opened, or is longer.
        """
        path = self._folder / name
        if not os.path.lexists(path):
            return None
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as error:
            raise BackupDamagedError(what=what) from error
        with os.fdopen(handle, "rb") as stream:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise BackupDamagedError(what=what)
            data = stream.read(max_bytes + 1)
        if len(data) > max_bytes:
            raise BackupDamagedError(what=what)
        return data

    def add(self, name: str, data: bytes, mark: str) -> None:
        """Write a new file, whole or not at all.

        Raises:
            FileExistsError: Something is there; it stays as it is.
        """
        path = self._folder / name
        self.prepare([str(Path(name).parent)])
        write_new(path, data, mark)

    def settle(self, folders: Iterable[str]) -> None:
        """Make the names in folders last."""
        for name in folders:
            flush_folder(self._folder / name)

    def destroy(self, name: str) -> None:
        """Put zeros over a plain file, so that not only its name goes; then remove it."""
        path = self._folder / name
        handle = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "r+b", buffering=0) as stream:
            stream.write(bytes(os.fstat(handle).st_size))
            os.fsync(handle)
        path.unlink()


def _sort(entry: os.DirEntry[str]) -> Sort:
    if entry.is_file(follow_symlinks=False):
        return Sort.FILE
    return Sort.FOLDER if entry.is_dir(follow_symlinks=False) else Sort.OTHER
