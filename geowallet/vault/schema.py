"""Tables of the wallet's file, their pinned digest, and the settings of a connection."""

from __future__ import annotations

import hashlib
import sqlite3
from typing import TYPE_CHECKING, Any

from geowallet.model.errors import VaultDamagedError, VaultFormatError, VaultSchemaError
from geowallet.vault.faults import WALLET_FILE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FORMAT = 1
"""Kept in ``user_version``. It grows when the meaning of a stored byte changes."""

APPLICATION_ID = 0x47575631
"""``GWV1``: what ``file`` and SQLite know a wallet by."""

BUSY_S = 5.0
"""How long a writer waits for another one."""

TABLES = (
    (
        "CREATE TABLE wallet (only INTEGER PRIMARY KEY CHECK (only = 1), id BLOB NOT NULL, "
        "log_public BLOB NOT NULL, log_seed BLOB NOT NULL) STRICT"
    ),
    (
        "CREATE TABLE slot (position INTEGER PRIMARY KEY, header BLOB NOT NULL, "
        "wrapped BLOB NOT NULL) STRICT"
    ),
    (
        "CREATE TABLE record (id BLOB PRIMARY KEY NOT NULL, kind BLOB NOT NULL, "
        "version INTEGER NOT NULL, sealed BLOB NOT NULL) STRICT"
    ),
    "CREATE INDEX record_by_kind ON record (kind, id)",
    "CREATE TABLE record_key (id BLOB PRIMARY KEY NOT NULL, wrapped BLOB NOT NULL) STRICT",
    (
        "CREATE TABLE log (position INTEGER PRIMARY KEY, leaf_hash BLOB NOT NULL, "
        "sealed BLOB NOT NULL) STRICT"
    ),
    (
        "CREATE TABLE head (only INTEGER PRIMARY KEY CHECK (only = 1), size INTEGER NOT NULL, "
        "sealed BLOB NOT NULL) STRICT"
    ),
)
"""Keys of records have their own table: to erase a record is to remove its key."""

SCHEMA_SHA256 = "4c6edafdd96843754e85448db68db260b37ec5049bcf2f46c5499858c586f756"
"""`schema_digest` of `TABLES`; anything else in the file is refused."""

_PRAGMAS = (
    "trusted_schema = OFF",
    "cell_size_check = ON",
    "secure_delete = ON",
    "synchronous = EXTRA",
    "temp_store = MEMORY",
)
"""``synchronous = EXTRA``: with ``FULL`` 258 of 1,500 simulated power cuts lost an acknowledged
commit, because the removal of the journal was not on the disk (docs/performance.md)."""


def connect(path: Path, *, busy_s: float = BUSY_S) -> sqlite3.Connection:
    """Return a connection to the existing file at ``path``; nothing is written yet.

    Text comes back as bytes, so that no stray byte can fail to decode.

    Raises:
        sqlite3.Error: As SQLite gives it; the caller stands in `disk_faults`.
    """
    uri = f"{path.absolute().as_uri()}?mode=rw"
    db = sqlite3.connect(uri, uri=True, timeout=busy_s, isolation_level=None)
    db.text_factory = bytes
    try:
        for pragma in _PRAGMAS:
            db.execute(f"PRAGMA {pragma}")
    except BaseException:
        db.close()
        raise
    return db


def create_tables(db: sqlite3.Connection) -> None:
    """Create the tables of `FORMAT` in an empty database."""
    # A quarter of a second to import, needed once in the life of a wallet.
    from sqlite_utils import Database  # noqa: PLC0415

    # Plugins of other packages have no business near a wallet.
    tables = Database(db, execute_plugins=False, recursive_triggers=False)
    for statement in TABLES:
        tables.execute(statement)
    tables.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    tables.execute(f"PRAGMA user_version = {FORMAT}")


def check_schema(db: sqlite3.Connection) -> None:
    """Check that the file is a wallet of this format, with our tables and nothing else.

    Raises:
        VaultDamagedError: Not a wallet.
        VaultFormatError: Of another format.
        VaultSchemaError: A table, index, trigger or view was added, changed or removed.
    """
    if _number(db, "application_id") != APPLICATION_ID:
        raise VaultDamagedError(what=WALLET_FILE)
    if (found := _number(db, "user_version")) != FORMAT:
        raise VaultFormatError(found=found, known=FORMAT)
    if schema_digest(db) != SCHEMA_SHA256:
        raise VaultSchemaError


def use_rollback_journal(db: sqlite3.Connection) -> None:
    """Set ``journal_mode = DELETE``; after `check_schema`, as it may write.

    Write-ahead logging is not used: SQLite before 3.51.3 can corrupt a file
    when two processes reset the log at once.

    Raises:
        VaultDamagedError: The file insists on another mode.
    """
    if db.execute("PRAGMA journal_mode = DELETE").fetchone()[0] != b"delete":
        raise VaultDamagedError(what=WALLET_FILE)


def schema_digest(db: sqlite3.Connection) -> str:
    """Return SHA-256 (hex) over every object of the schema with its exact text."""
    query = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"
    return rows_digest(db.execute(query))


def rows_digest(rows: Iterable[tuple[Any, ...]]) -> str:
    """Return SHA-256 (hex) over rows, unambiguous whatever their columns hold."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(repr(row).encode() + b"\n")
    return digest.hexdigest()


def _number(db: sqlite3.Connection, pragma: str) -> int:
    return int(db.execute(f"PRAGMA {pragma}").fetchone()[0])
