"""One write to the vault: records, log entries and head, all or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geowallet.crypto.canonical import canonical_bytes
from geowallet.vault.faults import disk_faults
from geowallet.vault.head import write_head
from geowallet.vault.log import Change, last_hash, write_leaf
from geowallet.vault.records import KINDS, remove_record, write_record
from geowallet.vault.slots import read_slots, write_slot

if TYPE_CHECKING:
    import sqlite3

    from geowallet.crypto.keys import Slot, SlotKind
    from geowallet.model.provenance import Statement
    from geowallet.vault.head import Head
    from geowallet.vault.keys import Keys, Random

MAX_NAME_BYTES = 1024


class Transaction:
    """What is to be written together; made by `Vault.transaction`.

    Every transaction says what it does: at least one `log`.
    """

    def __init__(
        self, db: sqlite3.Connection, keys: Keys, random: Random, *, head: Head, now_us: int
    ) -> None:
        self._db, self._keys, self._random = db, keys, random
        self._head, self._now_us = head, now_us
        self._statements: list[Statement] = []
        self._changes: dict[bytes, str | None] = {}

    def put(self, kind: str, name: str, payload: bytes) -> None:
        """Write a record, over the one of the same kind and name if there is one.

        Raises:
            ValueError: Unknown kind, or a name longer than 1,024 bytes in UTF-8.
            DiskFullError: The disk is full or refuses.
        """
        _check_address(kind, name)
        with disk_faults():
            self._changes[self._keys.record_id(kind, name)] = write_record(
                self._db,
                self._keys,
                self._random,
                kind=kind,
                name=name,
                payload=payload,
                version=self._head.size,
            )

    def delete(self, kind: str, name: str) -> bool:
        """Erase a record and its key; return whether there was one.

        Raises:
            ValueError: As `put`.
            DiskFullError: The disk is full or refuses.
        """
        _check_address(kind, name)
        return self.delete_row(self._keys.record_id(kind, name))

    def delete_row(self, row_id: bytes) -> bool:
        """Erase the record at a row id and its key; return whether there was one."""
        with disk_faults():
            found = remove_record(self._db, row_id)
        if found:
            self._changes[row_id] = None
        return found

    def give_up_row(self, row_id: bytes) -> None:
        """Erase what lies at a row id, and note that nothing is there, even if nothing was."""
        with disk_faults():
            remove_record(self._db, row_id)
        self._changes[row_id] = None

    def log(self, statement: Statement) -> int:
        """Append an entry to the evidence log and return its position.

        Raises:
            ValueError: The statement holds a float or another value that
                canonical JSON has not.
        """
        canonical_bytes(statement.as_json())
        self._statements.append(statement)
        return self._head.size + len(self._statements) - 1

    def add_slot(self, slot: Slot) -> None:
        """Add a way to the master key."""
        with disk_faults():
            write_slot(self._db, slot)

    def drop_slots(self, kind: SlotKind) -> int:
        """Remove every slot of ``kind`` and return how many there were."""
        with disk_faults():
            positions = [p for p, slot in read_slots(self._db) if slot.header["kind"] == kind]
            self._db.executemany("DELETE FROM slot WHERE position = ?", [(p,) for p in positions])
        return len(positions)

    def drop_slot(self, position: int) -> None:
        """Remove one slot by its position; where there is none, nothing."""
        with disk_faults():
            self._db.execute("DELETE FROM slot WHERE position = ?", (position,))

    def finish(self) -> None:
        """Write entries and head; the commit is the caller's.

        Raises:
            ValueError: Nothing was logged, or no key slot is left.
        """
        if not self._statements:
            raise ValueError("a transaction without an entry in the log")
        if not read_slots(self._db):
            raise ValueError("no key slot would be left")
        first = frontier = self._head.frontier
        before = last_hash(self._db, first.size)
        changes = [Change(i, first.size, sha) for i, sha in sorted(self._changes.items())]
        for statement in self._statements:
            before = write_leaf(
                self._db,
                self._keys,
                self._random,
                index=frontier.size,
                before=before,
                at_us=self._now_us,
                statement=statement,
                changes=changes if frontier is first else (),
            )
            frontier = frontier.append(before)
        write_head(self._db, self._keys, self._random, frontier)


def _check_address(kind: str, name: str) -> None:
    if kind not in KINDS:
        raise ValueError("unknown kind of record")
    if len(name.encode()) > MAX_NAME_BYTES:
        raise ValueError("the name of a record is too long")
