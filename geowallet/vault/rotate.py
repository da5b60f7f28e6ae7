"""A new master key: every key sealed anew in one transaction, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geowallet.crypto.envelope import open_sealed, seal
from geowallet.model.provenance import Statement, StatementKind
from geowallet.vault.check import check_file
from geowallet.vault.faults import disk_faults
from geowallet.vault.keys import NONCE_BYTES, derived_keys, kept_secrets, seal_log_seed
from geowallet.vault.log import GENESIS
from geowallet.vault.records import KINDS, open_row, rows_of_kind
from geowallet.vault.transaction import Transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from geowallet.crypto.keys import Slot
    from geowallet.vault.keys import Keys, Random
    from geowallet.vault.store import Vault


def rotate(  # noqa: PLR0913  a key, its slots, how far, a time, and randomness
    vault: Vault,
    master: bytes,
    slots: Sequence[Slot],
    *,
    deep: bool,
    now_us: int,
    random: Random,
) -> int:
    """Give a vault a new master key and return how many records it has.

    The key of every record and every entry of the log are sealed anew, and
    ``slots`` replace all others. ``deep`` also encrypts every record under a
    new key of its own, at a new row id: who knows the old master key and an old
    copy of the file then knows nothing that the new file holds. The log keeps
    its entries and its signing key. The whole file is checked first: a replayed
    record must not become the one that the log names.

    ``vault`` is closed: open it again with ``master``.

    Args:
        vault: Open, with the old master key.
        master: 32 fresh random bytes.
        slots: Ways to ``master``, at least one.
        deep: Whether the records themselves are encrypted anew.
        now_us: UTC microseconds, written into the log.
        random: Gives that many random bytes.

    Raises:
        VaultDamagedError: A part is not what was written; nothing was changed.
        EvidenceError: An entry is not what was written; nothing was changed.
        VaultBusyError: Another process writes for too long.
        DiskFullError: The disk is full or refuses; nothing was changed.
    """
    with vault.rewriting() as (db, old, head), disk_faults():
        for _part, error in (report := check_file(db, old)).problems:
            raise error
        new = derived_keys(old.vault_id, master, old.log_seed, None if deep else old.index)
        writing = Transaction(db, new, random, head=head, now_us=now_us)
        if deep:
            _encrypt_anew(db, old, writing)
        else:
            _wrap_anew(db, old, new, random)
        _seal_log_anew(db, old, new, random, head.size)
        secrets = kept_secrets(new, master)
        sealed = seal_log_seed(new.vault_id, master, secrets, random(NONCE_BYTES))
        db.execute("UPDATE wallet SET log_seed = ?", (sealed,))
        db.execute("DELETE FROM slot")
        for slot in slots:
            writing.add_slot(slot)
        writing.log(Statement(StatementKind.SETTING, (), (), {"what": _said(deep=deep)}))
        writing.finish()
    vault.close()
    return report.records


def _said(*, deep: bool) -> str:
    return "keys rotated, records encrypted anew" if deep else "keys rotated"


def _wrap_anew(db: sqlite3.Connection, old: Keys, new: Keys, random: Random) -> None:
    for kind in KINDS:
        for row in rows_of_kind(db, old, kind):
            place = old.about("record_key", kind, row.id.hex(), row.version)
            key = open_sealed(old.wrap, row.wrapped, aad=place)
            wrapped = seal(new.wrap, key, aad=place, nonce24=random(NONCE_BYTES))
            db.execute("UPDATE record_key SET wrapped = ? WHERE id = ?", (wrapped, row.id))


def _encrypt_anew(db: sqlite3.Connection, old: Keys, writing: Transaction) -> None:
    for kind in KINDS:
        for row in rows_of_kind(db, old, kind):
            name, payload = open_row(old, kind, row)
            writing.delete_row(row.id)
            writing.put(kind, name, payload)


def _seal_log_anew(db: sqlite3.Connection, old: Keys, new: Keys, random: Random, size: int) -> None:
    before = GENESIS
    query = "SELECT leaf_hash, sealed FROM log WHERE position = ?"
    for index in range(size):
        hashed, sealed = db.execute(query, (index,)).fetchone()
        place = old.about("leaf", index, before.hex())
        text = open_sealed(old.log, sealed, aad=place)
        again = seal(new.log, text, aad=place, nonce24=random(NONCE_BYTES))
        db.execute("UPDATE log SET sealed = ? WHERE position = ?", (again, index))
        before = hashed
