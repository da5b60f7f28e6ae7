"""Records: each sealed under a key of its own, which has a table of its own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.crypto.envelope import KEY_BYTES, open_sealed, pad, seal, unpad
from geowallet.model.errors import VaultDamagedError
from geowallet.model.words import N_
from geowallet.vault.keys import NONCE_BYTES

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from geowallet.vault.keys import Keys, Random

KINDS = {
    "source": N_("the record of a source file"),
    "fixes": N_("a record of fixes"),
    "trips": N_("a page of trips"),
    "correction": N_("a correction"),
    "shape": N_("a split or a merge of trips"),
    "rule": N_("a rule on trips"),
    "place": N_("the record of a place"),
    "vehicle": N_("the record of a vehicle"),
    "work": N_("the record of the work week"),
    "contract": N_("the record of a contract"),
    "offer": N_("the record of an offer"),
    "module": N_("a scoring module"),
    "recipient": N_("the record of a recipient"),
    "export": N_("the record of an export"),
    "acknowledgement": N_("the word of a recipient on an export"),
    "opening": N_("the secrets of commitments"),
    "audit": N_("the record of an audit"),
    "stamp": N_("a time stamp"),
    "witness": N_("the signature of a witness"),
    "device": N_("the record of a device"),
    "identity": N_("an identity key"),
    "setting": N_("a setting"),
}
"""What a record can be, and what an error calls it: never by its name."""

_NAME_LENGTH_BYTES = 2


@dataclass(frozen=True, slots=True)
class Row:
    """A record as it lies in the file, with its key; nothing in it is trusted.

    Attributes:
        id: Keyed hash of kind and name.
        kind: Keyed hash of the kind.
        version: Log entry that committed to it.
        sealed: Name and payload.
        wrapped: The record's own key, or None where it is missing.
    """

    id: Any
    kind: Any
    version: Any
    sealed: Any
    wrapped: Any


@dataclass(frozen=True, slots=True)
class Stub:
    """What lies beside a record in the file; nothing in it is trusted.

    Attributes:
        id: As `Row`.
        kind: As `Row`.
        version: As `Row`.
        has_key: Whether there is a key for it.
    """

    id: Any
    kind: Any
    version: Any
    has_key: bool


_SELECT = (
    "SELECT record.id, record.kind, record.version, record.sealed, record_key.wrapped "
    "FROM record LEFT JOIN record_key ON record_key.id = record.id "
)


def write_record(  # noqa: PLR0913  a record is bound to every one of them
    db: sqlite3.Connection,
    keys: Keys,
    random: Random,
    *,
    kind: str,
    name: str,
    payload: bytes,
    version: int,
) -> str:
    """Write a record over what stood there and return SHA-256 (hex) of its ciphertext."""
    row_id, key = keys.record_id(kind, name), random(KEY_BYTES)
    label = name.encode()
    text = len(label).to_bytes(_NAME_LENGTH_BYTES, "big") + label + payload
    place = (kind, row_id.hex(), version)
    sealed = seal(key, pad(text), aad=keys.about("record", *place), nonce24=random(NONCE_BYTES))
    wrapped = seal(
        keys.wrap, key, aad=keys.about("record_key", *place), nonce24=random(NONCE_BYTES)
    )
    row = (row_id, keys.kind_id(kind), version, sealed)
    db.execute("INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?)", row)
    db.execute("INSERT OR REPLACE INTO record_key VALUES (?, ?)", (row_id, wrapped))
    return hashlib.sha256(sealed).hexdigest()


def remove_record(db: sqlite3.Connection, row_id: bytes) -> bool:
    """Remove a record and its key; return whether there was one."""
    db.execute("DELETE FROM record_key WHERE id = ?", (row_id,))
    return db.execute("DELETE FROM record WHERE id = ?", (row_id,)).rowcount > 0


def record_ids(db: sqlite3.Connection, keys: Keys, kind: str) -> list[bytes]:
    """Return the row ids of one kind, in an order that says nothing."""
    found = db.execute("SELECT id FROM record WHERE kind = ? ORDER BY id", (keys.kind_id(kind),))
    return [row_id for (row_id,) in found]


def find_row(db: sqlite3.Connection, row_id: bytes) -> Row | None:
    """Return the row at ``row_id``, or None."""
    found = db.execute(f"{_SELECT}WHERE record.id = ?", (row_id,)).fetchone()
    return Row(*found) if found else None


def find_rows(db: sqlite3.Connection, row_ids: Sequence[bytes]) -> dict[bytes, Row]:
    """Return the rows that are there at ``row_ids``, at most 500, by id."""
    places = ",".join("?" * len(row_ids))
    query = f"{_SELECT}WHERE record.id IN ({places})"
    return {found[0]: Row(*found) for found in db.execute(query, row_ids)}


def rows_of_kind(db: sqlite3.Connection, keys: Keys, kind: str) -> Iterator[Row]:
    """Yield every row of one kind, while no other process writes; ours may."""
    for row_id in record_ids(db, keys, kind):
        yield Row(*db.execute(f"{_SELECT}WHERE record.id = ?", (row_id,)).fetchone())


def all_stubs(db: sqlite3.Connection) -> Iterator[Stub]:
    """Yield what lies beside every record; none of them is read."""
    query = (
        "SELECT record.id, record.kind, record.version, record_key.id IS NOT NULL "
        "FROM record LEFT JOIN record_key ON record_key.id = record.id"
    )
    for row_id, kind, version, has_key in db.execute(query):
        yield Stub(row_id, kind, version, bool(has_key))


def open_row(keys: Keys, kind: str, row: Row) -> tuple[str, bytes]:
    """Return name and payload of a record.

    Raises:
        VaultDamagedError: Any bit of it, its key, id, kind or version differs
            from what was written.
    """
    try:
        return _open(keys, kind, row)
    except ValueError as error:
        raise VaultDamagedError(what=KINDS[kind]) from error


def _open(keys: Keys, kind: str, row: Row) -> tuple[str, bytes]:
    typed = all(isinstance(part, bytes) for part in (row.id, row.sealed, row.wrapped))
    if not typed or row.kind != keys.kind_id(kind):
        raise ValueError("a column is missing or another")
    place = (kind, row.id.hex(), row.version)
    key = open_sealed(keys.wrap, row.wrapped, aad=keys.about("record_key", *place))
    text = unpad(open_sealed(key, row.sealed, aad=keys.about("record", *place)))
    start = _NAME_LENGTH_BYTES
    stop = start + int.from_bytes(text[:start], "big")
    return text[start:stop].decode(), text[stop:]
