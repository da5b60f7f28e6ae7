"""The open vault: read records and evidence, write both together."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from geowallet.crypto.merkle import frontier_of
from geowallet.model.errors import VaultDamagedError
from geowallet.vault.faults import WALLET_FILE, disk_faults
from geowallet.vault.head import read_head
from geowallet.vault.highwater import Mark
from geowallet.vault.keys import TAG_BYTES, opened_keys
from geowallet.vault.log import read_leaves
from geowallet.vault.records import (
    KINDS,
    find_row,
    find_rows,
    open_row,
    record_ids,
    rows_of_kind,
)
from geowallet.vault.schema import BUSY_S, check_schema, connect, use_rollback_journal
from geowallet.vault.slots import existing_wallet, wallet_row
from geowallet.vault.transaction import Transaction
from geowallet.vault.turn import begin_writing

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from geowallet.model.provenance import Statement
    from geowallet.vault.head import Head
    from geowallet.vault.keys import Keys, Random
    from geowallet.vault.log import Leaf

_TOGETHER = 50
"""Records that are fetched at once; a page of trips takes some ten kilobytes."""


def open_vault(path: Path, master: bytes, *, random: Random, busy_s: float = BUSY_S) -> Vault:
    """Return the wallet at ``path``, open; tables, format, keys, slots and head are checked.

    Args:
        path: The wallet's file.
        master: 32-byte master key.
        random: Gives that many random bytes.
        busy_s: How long to wait for another process.

    Raises:
        NoVaultError: There is no file.
        VaultFormatError: Of another format; nothing was written.
        VaultSchemaError: Its tables were changed; nothing was written.
        VaultDamagedError: A part of it is not what was written, or ``master``
            is the key of another wallet.
        EvidenceError: The log does not end as its head says.
        VaultBusyError: Another process writes for longer than ``busy_s``.
        DiskFullError: The disk refuses.
    """
    with disk_faults():
        db = connect(existing_wallet(path), busy_s=busy_s)
        try:
            check_schema(db)
            use_rollback_journal(db)
            vault = Vault(db, keys_of(db, master), random, busy_s=busy_s)
            vault.checkpoint()
        except BaseException:
            db.close()
            raise
    return vault


class Vault:
    """An open wallet; a context manager that closes it. For one thread.

    Made by `open_vault`.
    """

    def __init__(
        self, db: sqlite3.Connection, keys: Keys, random: Random, *, busy_s: float = BUSY_S
    ) -> None:
        self._db, self._keys, self._random, self._busy_s = db, keys, random, busy_s

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; a second time does nothing."""
        self._db.close()

    @property
    def id(self) -> str:
        """32 hex digits, public."""
        return self._keys.vault_id.hex()

    @property
    def tag(self) -> bytes:
        """3 bytes of the id: they stand on the sheet with the recovery key."""
        return self._keys.vault_id[:TAG_BYTES]

    @property
    def log_public(self) -> bytes:
        """Ed25519 public key of the evidence log, 32 bytes."""
        return self._keys.log_public

    @property
    def origin(self) -> str:
        """Name of the evidence log in its checkpoints."""
        return self._keys.origin

    def get(self, kind: str, name: str) -> bytes | None:
        """Return the payload of a record, or None.

        Raises:
            ValueError: Unknown kind.
            VaultDamagedError: It is not what was written.
        """
        _check_kind(kind)
        with disk_faults():
            row = find_row(self._db, self._keys.record_id(kind, name))
        return open_row(self._keys, kind, row)[1] if row else None

    def get_each(self, kind: str, names: Iterable[str]) -> Iterator[bytes]:
        """Yield the payloads of those records of ``names`` that are there, in this order.

        Raises:
            ValueError: Unknown kind.
            VaultDamagedError: One is not what was written.
        """
        _check_kind(kind)
        row_ids = [self._keys.record_id(kind, name) for name in names]
        for start in range(0, len(row_ids), _TOGETHER):
            part = row_ids[start : start + _TOGETHER]
            with disk_faults():
                found = find_rows(self._db, part)
            for row_id in part:
                if row_id in found:
                    yield open_row(self._keys, kind, found[row_id])[1]

    def row_id(self, kind: str, name: str) -> bytes:
        """Return where a record lies in the file: what a `Damage` is named by.

        Raises:
            ValueError: Unknown kind.
        """
        _check_kind(kind)
        return self._keys.record_id(kind, name)

    def items(
        self, kind: str, *, aside: Iterable[tuple[str, str]] = ()
    ) -> Iterator[tuple[str, bytes]]:
        """Yield name and payload of every record of ``kind``, in an order that says nothing.

        No lock is held between them: what another process removes meanwhile is
        left out. Records at the addresses ``aside`` are not even opened.

        Raises:
            ValueError: Unknown kind.
            VaultDamagedError: One is not what was written.
        """
        _check_kind(kind)
        with disk_faults():
            row_ids = record_ids(self._db, self._keys, kind)
        not_these = {self._keys.record_id(*address) for address in aside}
        for row_id in (one for one in row_ids if one not in not_these):
            with disk_faults():
                row = find_row(self._db, row_id)
            if row is not None:
                yield open_row(self._keys, kind, row)

    def readable_items(self, kind: str) -> Iterator[tuple[str, bytes]]:
        """Yield what `items` would, leaving out what is not what was written.

        For saying what a damage touches; nothing else may be built on a part.
        """
        _check_kind(kind)
        with self.snapshot() as (db, keys), disk_faults():
            rows = list(rows_of_kind(db, keys, kind))
        for row in rows:
            with suppress(VaultDamagedError):
                yield open_row(self._keys, kind, row)

    def leaves(self) -> Iterator[Leaf]:
        """Yield every entry of the evidence log, opened and checked, oldest first.

        Raises:
            EvidenceError: The first entry that is not what was written.
        """
        size = self._head().size
        with disk_faults():
            yield from read_leaves(self._db, self._keys, size)

    def log_entries(self) -> Iterator[tuple[int, Statement, bytes]]:
        """Yield position, statement and leaf hash of every entry; see `leaves`."""
        for leaf in self.leaves():
            yield leaf.index, leaf.statement, leaf.leaf_hash

    def leaf_hashes(self) -> list[bytes]:
        """Return the RFC 6962 hashes of all entries, as stored."""
        with disk_faults():
            query = "SELECT leaf_hash FROM log ORDER BY position"
            return [hashed for (hashed,) in self._db.execute(query)]

    def follow(self, keys: Keys) -> None:
        """Go on with ``keys``: what was written in this file's place is sealed under them."""
        self._keys = keys

    def checkpoint(self) -> str:
        """Return the signed checkpoint of the log, as it is now.

        Raises:
            VaultDamagedError: The head is not what was written.
            EvidenceError: The log does not end as its head says.
        """
        return self._head().note

    def mark(self) -> Mark:
        """Return size and root of the log, to be remembered outside the wallet."""
        frontier = self._head().frontier
        return Mark(frontier.size, frontier.root())

    def root_at(self, size: int) -> bytes:
        """Return the root over the first ``size`` entries."""
        return frontier_of(self.leaf_hashes()[:size]).root()

    @contextmanager
    def transaction(self, *, now_us: int) -> Iterator[Transaction]:
        """Open the one transaction; it commits at the end of the block.

        Any exception leaves the wallet as it was. Other processes wait for it.

        Args:
            now_us: UTC microseconds, written into the log.

        Raises:
            ValueError: One is open already, or nothing was logged.
            VaultBusyError: Another process writes for too long.
            VaultSchemaError: The tables were changed since the wallet was opened.
            VaultDamagedError: The head is not what was written.
            DiskFullError: The disk is full or refuses.
        """
        with self.rewriting() as (db, keys, head):
            writing = Transaction(db, keys, self._random, head=head, now_us=now_us)
            yield writing
            with disk_faults():
                writing.finish()

    @contextmanager
    def rewriting(self) -> Iterator[tuple[sqlite3.Connection, Keys, Head]]:
        """Give the file to the other modules of this room, to be written as one.

        What they wrote is committed at the end of the block; any exception
        leaves the file as it was.

        Raises:
            ValueError: A transaction is open already.
            VaultBusyError: As `transaction`, and the others it names.
        """
        if self._db.in_transaction:
            raise ValueError("a transaction is open already")
        with disk_faults():
            begin_writing(self._db, busy_s=self._busy_s)
        try:
            with disk_faults():
                check_schema(self._db)
                head = read_head(self._db, self._keys)
            yield self._db, self._keys, head
            with disk_faults():
                self._db.execute("COMMIT")
        finally:
            _undo(self._db)

    @contextmanager
    def snapshot(self) -> Iterator[tuple[sqlite3.Connection, Keys]]:
        """Give the file as of one moment to the other modules of this room.

        Raises:
            ValueError: A transaction is open.
        """
        if self._db.in_transaction:
            raise ValueError("a transaction is open")
        with disk_faults():
            self._db.execute("BEGIN")
        try:
            yield self._db, self._keys
        finally:
            _undo(self._db)

    def _head(self) -> Head:
        if self._db.in_transaction:
            return read_head(self._db, self._keys)
        # Head and log are compared: another process may commit between two reads.
        with self.snapshot() as (db, keys), disk_faults():
            return read_head(db, keys)


def keys_of(db: sqlite3.Connection, master: bytes) -> Keys:
    """Return the keys of the wallet in ``db``.

    Raises:
        VaultDamagedError: ``master`` is not its key, or its first row is not
            what was written.
    """
    vault_id, public, sealed_seed = wallet_row(db)
    try:
        keys = opened_keys(vault_id, master, sealed_seed)
    except ValueError as error:
        raise VaultDamagedError(what=WALLET_FILE) from error
    if keys.log_public != public:
        raise VaultDamagedError(what=WALLET_FILE)
    return keys


def _undo(db: sqlite3.Connection) -> None:
    # After a commit, and where SQLite itself gave up, there is nothing to undo.
    if db.in_transaction:
        with disk_faults():
            db.execute("ROLLBACK")


def _check_kind(kind: str) -> None:
    if kind not in KINDS:
        raise ValueError("unknown kind of record")
