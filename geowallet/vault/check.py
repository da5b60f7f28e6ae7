"""Check a whole vault: file, tables, head, every entry, every record, every key."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from geowallet.crypto.merkle import frontier_of
from geowallet.model.errors import EvidenceError, GeowalletError, VaultDamagedError
from geowallet.model.words import N_
from geowallet.vault.faults import WALLET_FILE, disk_faults
from geowallet.vault.head import HEAD, read_head
from geowallet.vault.log import read_leaves
from geowallet.vault.records import KINDS, all_stubs, find_row, open_row
from geowallet.vault.schema import check_schema

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from geowallet.vault.head import Head
    from geowallet.vault.keys import Keys
    from geowallet.vault.log import Change
    from geowallet.vault.records import Row, Stub
    from geowallet.vault.sample import InSample
    from geowallet.vault.store import Vault

    Problem = tuple[str, GeowalletError]

TABLES = N_("the tables of the wallet")
LOG = N_("the evidence log")
RECORD = N_("a record")
RECORD_KEY = N_("the key of a record")


class Trouble(StrEnum):
    """What is wrong with a row of the file."""

    UNREADABLE = "unreadable"
    REPLACED = "replaced"
    STRAY = "stray"
    MISSING = "missing"
    STRAY_KEY = "stray_key"


@dataclass(frozen=True, slots=True)
class Damage:
    """One row that is not what the log says.

    Attributes:
        trouble: In which way.
        row_id: Where it lies, or should lie.
        kind: What kind of record it says to be, or None.
    """

    trouble: Trouble
    row_id: bytes
    kind: str | None


@dataclass(frozen=True, slots=True)
class VaultReport:
    """What a check found.

    Attributes:
        records: Records in the file.
        entries: Entries of the evidence log, 0 where its head cannot be read.
        problems: Which part, and its error; empty where all is well. The log
            names its first bad entry only; records are named by kind only.
        damages: The rows among them.
        opened: Records that were looked into; the others are there, as the log says.
    """

    records: int
    entries: int
    problems: tuple[Problem, ...]
    damages: tuple[Damage, ...] = ()
    opened: int = 0


def check_vault(vault: Vault, in_sample: InSample | None = None) -> VaultReport:
    """Return what is wrong with an open vault, reading all of it as of one moment.

    Every transaction's first log entry names the records it wrote. Their sum is
    the set of records that must be there now, in these versions and no others:
    a record that was dropped, swapped, replayed from an older copy of the file
    or added is found although each may be authentic in itself.

    With ``in_sample`` (`geowallet.vault.sample`) the log is read whole, of all other
    records only whether they are there in the right version, and SQLite's own check of
    its pages is left out.

    Raises:
        VaultBusyError: Another process writes for too long.
        DiskFullError: The disk does not answer.
    """
    with vault.snapshot() as (db, keys):
        return check_file(db, keys, in_sample)


def check_file(
    db: sqlite3.Connection, keys: Keys, in_sample: InSample | None = None
) -> VaultReport:
    """Return what is wrong with the file, as `check_vault`; the caller holds it still."""
    return _Check(db, keys, in_sample).report()


class _Check:
    def __init__(self, db: sqlite3.Connection, keys: Keys, in_sample: InSample | None) -> None:
        self._db, self._keys, self._in_sample = db, keys, in_sample
        self._kinds = {keys.kind_id(kind): kind for kind in KINDS}
        self._records = self._entries = self._opened = 0
        self._problems: list[Problem] = []
        self._damages: list[Damage] = []

    def report(self) -> VaultReport:
        if self._in_sample is None:
            self._gather(WALLET_FILE, self._file())
        self._gather(TABLES, self._tables())
        self._gather(HEAD, self._log())
        return VaultReport(
            self._records,
            self._entries,
            tuple(self._problems),
            tuple(self._damages),
            self._opened,
        )

    def _gather(self, part: str, problems: Iterator[Problem]) -> None:
        try:
            with disk_faults():
                self._problems.extend(problems)
        except (VaultDamagedError, EvidenceError) as error:
            self._problems.append((part, error))

    def _file(self) -> Iterator[Problem]:
        if self._db.execute("PRAGMA integrity_check(1)").fetchall() != [(b"ok",)]:
            yield _damage(WALLET_FILE)

    def _tables(self) -> Iterator[Problem]:
        check_schema(self._db)
        yield from ()

    def _log(self) -> Iterator[Problem]:
        head = read_head(self._db, self._keys)
        self._entries = head.size
        expected: dict[bytes, Change] | None = None
        try:
            expected = self._fold(head)
        except EvidenceError as error:
            yield LOG, error
        yield from self._rows(expected)
        yield from self._stray_keys()

    def _fold(self, head: Head) -> dict[bytes, Change]:
        expected: dict[bytes, Change] = {}
        hashes = []
        for leaf in read_leaves(self._db, self._keys, head.size):
            hashes.append(leaf.leaf_hash)
            expected.update((change.id, change) for change in leaf.changes)
        if frontier_of(hashes) != head.frontier:
            # Each entry is sealed with the hash of the one before it, so only
            # the last can be authentic and yet another than the head knows.
            raise EvidenceError(entry=head.size - 1)
        return {i: change for i, change in expected.items() if change.sealed_sha256}

    def _rows(self, expected: dict[bytes, Change] | None) -> Iterator[Problem]:
        for stub in all_stubs(self._db):
            self._records += 1
            kind = self._kinds.get(stub.kind)
            change = expected.pop(stub.id, None) if expected is not None else None
            trouble = self._trouble(stub, kind, change, known=expected is not None)
            if trouble is not None:
                self._damages.append(Damage(trouble, stub.id, kind))
                yield _damage(KINDS[kind] if kind else RECORD)
        for row_id in expected or ():
            self._damages.append(Damage(Trouble.MISSING, row_id, None))
        if expected:
            yield _damage(RECORD)

    def _trouble(
        self, stub: Stub, kind: str | None, change: Change | None, *, known: bool
    ) -> Trouble | None:
        """Return what is wrong with one row; ``known`` says whether the log could be read."""
        if self._in_sample is not None and not self._in_sample(stub.id):
            if known and change is None:
                return Trouble.STRAY
            as_logged = change is None or stub.version == change.version
            return None if as_logged and stub.has_key else Trouble.REPLACED
        self._opened += 1
        row = find_row(self._db, stub.id)
        opens = row is not None and kind is not None and _opens(self._keys, kind, row)
        if known and change is None:
            return Trouble.STRAY
        if not opens:
            return Trouble.UNREADABLE
        if known and row is not None and not _is_the_one(row, change):
            return Trouble.REPLACED
        return None

    def _stray_keys(self) -> Iterator[Problem]:
        query = "SELECT id FROM record_key WHERE id NOT IN (SELECT id FROM record)"
        found = [row_id for (row_id,) in self._db.execute(query)]
        self._damages += [Damage(Trouble.STRAY_KEY, row_id, None) for row_id in found]
        if found:
            yield _damage(RECORD_KEY)


def _damage(what: str) -> Problem:
    return what, VaultDamagedError(what=what)


def _opens(keys: Keys, kind: str, row: Row) -> bool:
    try:
        open_row(keys, kind, row)
    except VaultDamagedError:
        return False
    return True


def _is_the_one(row: Row, change: Change | None) -> bool:
    found = (row.version, hashlib.sha256(row.sealed).hexdigest())
    return change is not None and found == (change.version, change.sealed_sha256)
