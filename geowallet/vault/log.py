"""Entries of the evidence log: RFC 6962 leaves, each sealed where it lies.

An entry is the canonical JSON of a statement with a random salt (the published
root must not confirm a guess), its time, and, on the first entry of a
transaction, every record that the transaction wrote or removed. It is sealed
together with its position and the hash of the entry before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.crypto.canonical import canonical_bytes, strict_json
from geowallet.crypto.envelope import open_sealed, pad, seal, unpad
from geowallet.crypto.merkle import leaf_hash
from geowallet.model.errors import EvidenceError
from geowallet.model.provenance import Statement, entry_json
from geowallet.vault.keys import NONCE_BYTES

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from geowallet.vault.keys import Keys, Random

MAX_LEAF_BYTES = 64 << 20
"""Some 600,000 records in one transaction."""

SALT_BYTES = 16
GENESIS = b""
"""Stands for the hash before entry 0."""

_PAGE_ENTRIES = 256


@dataclass(frozen=True, slots=True)
class Change:
    """A record that a transaction wrote or removed.

    Attributes:
        id: Row id.
        version: Position of the transaction's first entry.
        sealed_sha256: SHA-256 (hex) of the ciphertext; None where removed.
    """

    id: bytes
    version: int
    sealed_sha256: str | None


@dataclass(frozen=True, slots=True)
class Leaf:
    """One entry of the log, opened and checked against its hash.

    Attributes:
        index: Position, from 0.
        at_us: When it was written, UTC microseconds, by this machine's clock.
        statement: What was done.
        leaf_hash: RFC 6962 hash, 32 bytes.
        changes: What its transaction wrote, on the first of its entries.
        salt: Random, hex: with all else it opens the entry to others.
    """

    index: int
    at_us: int
    statement: Statement
    leaf_hash: bytes
    changes: tuple[Change, ...]
    salt: str


def write_leaf(  # noqa: PLR0913  an entry is bound to every one of them
    db: sqlite3.Connection,
    keys: Keys,
    random: Random,
    *,
    index: int,
    before: bytes,
    at_us: int,
    statement: Statement,
    changes: Sequence[Change] = (),
) -> bytes:
    """Append one entry and return its hash; ``before`` is the hash of the last one.

    Raises:
        ValueError: The statement has no canonical JSON, or is too long.
    """
    objects = [(one.id.hex(), one.version, one.sealed_sha256) for one in changes]
    salt = random(SALT_BYTES).hex()
    text = canonical_bytes(entry_json(statement, salt=salt, at_us=at_us, objects=objects))
    if len(text) > MAX_LEAF_BYTES:
        raise ValueError("too many records for one transaction")
    hashed = leaf_hash(text)
    place = keys.about("leaf", index, before.hex())
    sealed = seal(keys.log, pad(text), aad=place, nonce24=random(NONCE_BYTES))
    db.execute("INSERT INTO log VALUES (?, ?, ?)", (index, hashed, sealed))
    return hashed


def read_leaves(db: sqlite3.Connection, keys: Keys, size: int) -> Iterator[Leaf]:
    """Yield the first ``size`` entries in order; no lock is held between them.

    Raises:
        EvidenceError: The first entry that is missing or not what was written.
    """
    before = GENESIS
    for index, row in enumerate(_rows(db, size)):
        leaf = _open_leaf(keys, index, before, row)
        yield leaf
        before = leaf.leaf_hash


def last_hash(db: sqlite3.Connection, size: int) -> bytes:
    """Return the hash of the last of ``size`` entries, at least one.

    Raises:
        EvidenceError: It is missing or of another type.
    """
    row = db.execute("SELECT leaf_hash FROM log WHERE position = ?", (size - 1,)).fetchone()
    if row is None or not isinstance(row[0], bytes):
        raise EvidenceError(entry=size - 1)
    return row[0]


def _rows(db: sqlite3.Connection, size: int) -> Iterator[tuple[Any, Any]]:
    query = "SELECT position, leaf_hash, sealed FROM log WHERE position >= ? AND position < ?"
    for start in range(0, size, _PAGE_ENTRIES):
        stop = min(start + _PAGE_ENTRIES, size)
        page = {row[0]: row[1:] for row in db.execute(query, (start, stop)).fetchall()}
        for index in range(start, stop):
            yield page.get(index, (None, None))


def _open_leaf(keys: Keys, index: int, before: bytes, row: tuple[Any, Any]) -> Leaf:
    hashed, sealed = row
    if not isinstance(sealed, bytes):
        raise EvidenceError(entry=index)
    try:
        text = unpad(open_sealed(keys.log, sealed, aad=keys.about("leaf", index, before.hex())))
        value = strict_json(text, max_bytes=MAX_LEAF_BYTES)
        changes = tuple(Change(bytes.fromhex(i), v, s) for i, v, s in value.get("objects", ()))
        statement, at_us = Statement.from_json(value), int(value["at_us"])
        salt = str(value["salt"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EvidenceError(entry=index) from error
    if leaf_hash(text) != hashed:
        raise EvidenceError(entry=index)
    return Leaf(index, at_us, statement, hashed, changes, salt)
