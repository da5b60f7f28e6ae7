"""What is known of the folders of a server, so that none is asked for twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geowallet.model.errors import BackupDamagedError
from geowallet.vault.shelf import OBJECT, Entry, Sort

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_ENTRIES = 1_000_000
"""Of one folder; beyond that a server only keeps us busy."""


@dataclass(frozen=True, slots=True)
class Found:
    """One name on a server, and the length that the server says it has."""

    entry: Entry
    size: int | None


@dataclass(slots=True)
class KnownFolders:
    """Sizes of what lies in folders, by the listing of each and what was added since.

    Attributes:
        look: Asks the server what lies in a folder.
    """

    look: Callable[[str], list[Found]]
    _sizes: dict[str, dict[str, int | None]] = field(default_factory=dict)

    def holds(self, name: str, data: bytes) -> bool:
        """Say whether a file is there; its length is compared here, not its bytes.

        Raises:
            BackupDamagedError: It is there with another length, or is no file.
        """
        folder, _, last = name.rpartition("/")
        sizes = self._of(folder)
        if last not in sizes:
            return False
        if sizes[last] not in (None, len(data)):
            raise BackupDamagedError(what=OBJECT)
        return True

    def has_folder(self, folder: str) -> bool:
        """Say whether ``folder`` is in the one above it."""
        above, _, last = folder.rpartition("/")
        return last in self._of(above)

    def note(self, name: str, size: int | None) -> None:
        """Take note of what was added."""
        folder, _, last = name.rpartition("/")
        self._of(folder)[last] = size

    def _of(self, folder: str) -> dict[str, int | None]:
        if folder not in self._sizes:
            above = folder.rpartition("/")[0]
            gone = above in self._sizes and folder.rpartition("/")[2] not in self._sizes[above]
            found = [] if gone else self.look(folder)
            self._sizes[folder] = {
                one.entry.name: one.size if one.entry.sort is Sort.FILE else -1 for one in found
            }
        return self._sizes[folder]


def digest_in(name: str) -> bytes | None:
    """Return the digest that an object is called by; None for what is called otherwise."""
    try:
        return bytes.fromhex(name.rpartition("/")[2])
    except ValueError:
        return None
