"""A wallet that another copy of it has overtaken: brought to the other's state, row by row.

The rows come over as they lie there: records and entries sealed as they are, with their
keys, the head, the ways in. One transaction, in the file that is there: a process that
waits for its turn then writes after it, where a file put in its place would leave that
process writing into one that has no name any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from geowallet.crypto.merkle import consistency_proof, root, verify_consistency
from geowallet.model.errors import VaultBusyError, VaultForkedError
from geowallet.vault.check import check_file
from geowallet.vault.faults import disk_faults

if TYPE_CHECKING:
    import sqlite3

    from geowallet.vault.highwater import Mark
    from geowallet.vault.still import Still
    from geowallet.vault.store import Vault


class _Table(NamedTuple):
    """How the rows of one table are read and written; the first column is its key."""

    every: str
    one: str
    put: str
    drop: str


_TABLES = (
    _Table(
        "SELECT * FROM wallet",
        "SELECT * FROM wallet WHERE only = ?",
        "INSERT OR REPLACE INTO wallet VALUES (?, ?, ?, ?)",
        "DELETE FROM wallet WHERE only = ?",
    ),
    _Table(
        "SELECT * FROM slot",
        "SELECT * FROM slot WHERE position = ?",
        "INSERT OR REPLACE INTO slot VALUES (?, ?, ?)",
        "DELETE FROM slot WHERE position = ?",
    ),
    _Table(
        "SELECT * FROM record",
        "SELECT * FROM record WHERE id = ?",
        "INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?)",
        "DELETE FROM record WHERE id = ?",
    ),
    _Table(
        "SELECT * FROM record_key",
        "SELECT * FROM record_key WHERE id = ?",
        "INSERT OR REPLACE INTO record_key VALUES (?, ?)",
        "DELETE FROM record_key WHERE id = ?",
    ),
    _Table(
        "SELECT * FROM log",
        "SELECT * FROM log WHERE position = ?",
        "INSERT OR REPLACE INTO log VALUES (?, ?, ?)",
        "DELETE FROM log WHERE position = ?",
    ),
    _Table(
        "SELECT * FROM head",
        "SELECT * FROM head WHERE only = ?",
        "INSERT OR REPLACE INTO head VALUES (?, ?, ?)",
        "DELETE FROM head WHERE only = ?",
    ),
)
"""All tables of the pinned schema."""


def advance(vault: Vault, other: Still, *, seen: Mark) -> int:
    """Bring a wallet to the state of a copy that continues it; return how many rows changed.

    The proof that the other log continues this one is computed and checked, and the whole
    of what was written is checked before it is committed.

    Args:
        vault: The wallet that is behind; it goes on with the keys of the other.
        other: The copy.
        seen: State of ``vault`` when it was found to be behind.

    Raises:
        VaultBusyError: Something was written to the wallet since.
        VaultForkedError: The copy does not continue this wallet.
        VaultDamagedError: What came over is not whole; also as `EvidenceError`.
        DiskFullError: The disk refuses; nothing was changed.
    """
    with vault.rewriting() as (db, _, _head):
        if vault.mark() != seen:
            raise VaultBusyError
        _check_continues(other.db, seen)
        with disk_faults():
            changed = sum(_copied(db, other.db, table) for table in _TABLES)
        for _part, error in check_file(db, other.keys).problems:
            raise error
    vault.follow(other.keys)
    return changed


def _check_continues(there: sqlite3.Connection, seen: Mark) -> None:
    with disk_faults():
        query = "SELECT leaf_hash FROM log ORDER BY position"
        hashes = [hashed for (hashed,) in there.execute(query)]
    try:
        verify_consistency(
            consistency_proof(seen.size, hashes),
            old_size=seen.size,
            new_size=len(hashes),
            old_root=seen.root,
            new_root=root(hashes),
        )
    except ValueError as error:
        raise VaultForkedError(found=len(hashes), remembered=seen.size) from error


def _copied(db: sqlite3.Connection, there: sqlite3.Connection, table: _Table) -> int:
    """Make one table what it is there and return how many rows were written or removed."""
    left = {row[0] for row in db.execute(table.every)}
    written = 0
    for row in there.execute(table.every):
        if row[0] not in left or db.execute(table.one, row[:1]).fetchone() != row:
            db.execute(table.put, row)
            written += 1
        left.discard(row[0])
    db.executemany(table.drop, [(key,) for key in left])
    return written + len(left)
