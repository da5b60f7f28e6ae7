"""A wallet held still: what it holds at one moment, while other processes wait or write on."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geowallet.vault.check import check_file
from geowallet.vault.faults import disk_faults
from geowallet.vault.records import open_row, rows_of_kind

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from geowallet.vault.check import VaultReport
    from geowallet.vault.keys import Keys
    from geowallet.vault.store import Vault


@dataclass(frozen=True, slots=True)
class Still:
    """A wallet as of one moment; made by `held_still`.

    Attributes:
        db: Its file, for this room.
        keys: Its keys, for this room.
    """

    db: sqlite3.Connection
    keys: Keys = field(repr=False)

    def report(self) -> VaultReport:
        """Return what is wrong with it, reading all of it."""
        return check_file(self.db, self.keys)

    def row_id(self, kind: str, name: str) -> bytes:
        """Return where a record lies in the file."""
        return self.keys.record_id(kind, name)

    def versioned_items(self, kind: str) -> Iterator[tuple[str, bytes, int]]:
        """Yield name, payload and version of every record of a kind.

        The version is the position of the first entry of the transaction that wrote it.

        Raises:
            VaultDamagedError: One is not what was written.
        """
        with disk_faults():
            for row in rows_of_kind(self.db, self.keys, kind):
                yield *open_row(self.keys, kind, row), row.version


@contextmanager
def held_still(vault: Vault) -> Iterator[Still]:
    """Give a wallet as of one moment; it can be read by its own methods meanwhile.

    Raises:
        ValueError: A transaction is open.
    """
    with vault.snapshot() as (db, keys):
        yield Still(db, keys)
