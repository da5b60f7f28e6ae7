"""Damage: what a thief, a bug or bit rot can do to a wallet, and that it is found."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.crypto.notes import Checkpoint, sign_checkpoint
from geowallet.model.errors import (
    EvidenceCutShortError,
    EvidenceError,
    EvidenceSignatureError,
    GeowalletError,
    VaultDamagedError,
)
from geowallet.model.provenance import Statement
from geowallet.vault import head
from geowallet.vault.check import VaultReport, check_vault
from geowallet.vault.store import Vault, keys_of, open_vault
from tests.vault.conftest import NOW_US, Made, statement

COLUMNS = {
    "wallet": ("id", "log_public", "log_seed"),
    "slot": ("position", "header", "wrapped"),
    "record": ("id", "kind", "version", "sealed"),
    "record_key": ("id", "wrapped"),
    "log": ("position", "leaf_hash", "sealed"),
    "head": ("size", "sealed"),
}


@contextmanager
def _in_memory(data: bytes) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.deserialize(data)
        db.text_factory = bytes
        yield db


def _error(db: sqlite3.Connection, made: Made) -> GeowalletError | None:
    """The first thing that open or check finds."""
    try:
        vault = Vault(db, keys_of(db, made.master), os.urandom)
        vault.checkpoint()
    except GeowalletError as error:
        return error
    problems = check_vault(vault).problems
    return problems[0][1] if problems else None


def _bits(value: int | bytes) -> int:
    return 63 if isinstance(value, int) else 8 * len(value)


def _flipped(value: int | bytes, at: int) -> int | bytes:
    if isinstance(value, int):
        return value ^ 1 << at
    forged = bytearray(value)
    forged[at // 8] ^= 1 << at % 8
    return bytes(forged)


def _cells(db: sqlite3.Connection) -> Iterator[tuple[str, str, int, int | bytes]]:
    for table, columns in COLUMNS.items():
        for column in columns:
            query = f"SELECT rowid, {column} FROM {table}"  # noqa: S608  our own names
            for rowid, value in db.execute(query).fetchall():
                yield table, column, rowid, value


def _write(db: sqlite3.Connection, cell: tuple[str, str, int], value: int | bytes) -> bool:
    """Change one cell; return whether SQLite lets it be."""
    table, column, rowid = cell
    change = f"UPDATE {table} SET {column} = ? WHERE rowid = ?"  # noqa: S608  our own names
    try:
        db.execute(change, (value, rowid))
    except sqlite3.IntegrityError:  # the position of another row
        return False
    return True


class TestFlippedBits:
    """Promise: every flipped bit in any column of any row is found by check or open."""

    def test_the_wallet_itself_is_whole(self, made: Made) -> None:
        with _in_memory(made.new) as db:
            assert _error(db, made) is None

    @settings(max_examples=150)
    @given(st.data())
    def test_any_bit_of_any_column(self, made: Made, data: st.DataObject) -> None:
        with _in_memory(made.new) as db:
            table, column, rowid, value = data.draw(st.sampled_from(list(_cells(db))))
            at = data.draw(st.integers(0, _bits(value) - 1))
            if _write(db, (table, column, rowid), _flipped(value, at)):
                assert _error(db, made) is not None

    @pytest.mark.slow
    def test_one_bit_of_every_byte(self, made: Made) -> None:
        """All of the small wallet, as it was before its second transaction."""
        with _in_memory(made.old) as db:
            for table, column, rowid, value in list(_cells(db)):
                for at in range(0, _bits(value), 1 if isinstance(value, int) else 8):
                    bit = at if isinstance(value, int) else at + at // 8 % 8
                    forged = _flipped(value, bit)
                    if _write(db, (table, column, rowid), forged):
                        assert _error(db, made) is not None, (table, column, rowid, bit)
                    moved = forged if column == "position" else rowid
                    _write(db, (table, column, cast("int", moved)), value)
            assert _error(db, made) is None

    @settings(max_examples=60)
    @given(st.data())
    def test_any_bit_of_the_file(
        self, made: Made, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
    ) -> None:
        """Bits that SQLite never reads may change; the records may not."""
        at = data.draw(st.integers(0, 8 * len(made.new) - 1))
        path = tmp_path_factory.mktemp("flip") / "wallet.db"
        path.write_bytes(cast("bytes", _flipped(made.new, at)))
        try:
            with open_vault(path, made.master, random=os.urandom) as vault:
                if not check_vault(vault).problems:
                    assert vault.get("place", "home") == b"second home"
                    assert len(list(vault.leaves())) == 4
        except GeowalletError:
            return


def _check(path: Path, made: Made, *changes: str) -> VaultReport:
    with closing(sqlite3.connect(path)) as db, db:
        for change in changes:
            db.execute(change)
    with open_vault(path, made.master, random=os.urandom) as vault:
        return check_vault(vault)


class TestRecords:
    """Promise: "a record that was dropped, swapped, replayed or added is found"."""

    def test_a_dropped_record(self, path: Path, made: Made) -> None:
        report = _check(
            path,
            made,
            "DELETE FROM record_key WHERE id = (SELECT id FROM record LIMIT 1)",
            "DELETE FROM record WHERE id NOT IN (SELECT id FROM record_key)",
        )
        assert [part for part, _ in report.problems] == ["a record"]
        assert report.records == 1

    def test_a_dropped_key(self, path: Path, made: Made) -> None:
        report = _check(path, made, "DELETE FROM record_key")
        parts = sorted(part for part, _ in report.problems)
        assert parts == ["a record of fixes", "the record of a place"]

    def test_a_stray_key(self, path: Path, made: Made) -> None:
        report = _check(path, made, "INSERT INTO record_key VALUES (x'00', x'00')")
        assert [part for part, _ in report.problems] == ["the key of a record"]

    def test_two_records_swapped(self, path: Path, made: Made) -> None:
        report = _check(
            path,
            made,
            "CREATE TEMP TABLE was AS SELECT * FROM record",
            "UPDATE record SET sealed = (SELECT sealed FROM was WHERE was.id <> record.id)",
        )
        assert len(report.problems) == 2

    def test_two_records_swapped_with_their_keys_and_versions(self, path: Path, made: Made) -> None:
        other = "FROM was WHERE was.id <> {0}.id"
        report = _check(
            path,
            made,
            "CREATE TEMP TABLE was AS SELECT * FROM record JOIN record_key USING (id)",
            f"UPDATE record SET sealed = (SELECT sealed {other.format('record')})",  # noqa: S608
            f"UPDATE record_key SET wrapped = (SELECT wrapped {other.format('record_key')})",  # noqa: S608
        )
        assert len(report.problems) == 2

    @pytest.mark.parametrize("name", ["home", "a"])
    def test_a_record_replayed_from_an_older_copy(self, path: Path, made: Made, name: str) -> None:
        """The old record of a place that changed, and the fixes that were erased."""
        old = path.with_name("old.db")
        old.write_bytes(made.old)
        with open_vault(path, made.master, random=os.urandom) as vault:
            kind = "place" if name == "home" else "fixes"
            row_id = vault._keys.record_id(kind, name).hex()
        with closing(sqlite3.connect(path)) as db:
            db.execute("ATTACH ? AS old", (str(old),))
            for table in ("record", "record_key"):
                db.execute(
                    f"INSERT OR REPLACE INTO main.{table} "  # noqa: S608  our own names
                    f"SELECT * FROM old.{table} WHERE id = x'{row_id}'"
                )
            db.commit()
        with open_vault(path, made.master, random=os.urandom) as vault:
            assert vault.get(kind, name) in {b"first home", b"some fixes"}
            (problem,) = check_vault(vault).problems
        assert isinstance(problem[1], VaultDamagedError)

    def test_a_record_of_no_kind(self, path: Path, made: Made) -> None:
        report = _check(path, made, "INSERT INTO record VALUES (x'00', x'00', 1, x'00')")
        assert [part for part, _ in report.problems] == ["a record"]

    def test_no_problem_names_a_record(self, path: Path, made: Made) -> None:
        report = _check(path, made, "UPDATE record SET sealed = x'00'")
        assert len(report.problems) == 2
        assert "home" not in repr(report)

    def test_reading_a_damaged_record_names_its_kind_only(self, vault: Vault) -> None:
        vault._db.execute("UPDATE record SET sealed = x'00'")
        with pytest.raises(VaultDamagedError, match="the record of a place is not what was"):
            vault.get("place", "home")
        with pytest.raises(VaultDamagedError, match="a record of fixes"):
            list(vault.items("fixes"))

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE record SET version = version - 1",
            "UPDATE record_key AS k SET wrapped = (SELECT wrapped FROM was WHERE was.id <> k.id)",
            "UPDATE record SET sealed = (SELECT sealed FROM was WHERE was.id <> record.id)",
            "UPDATE record SET kind = (SELECT kind FROM was WHERE was.id <> record.id)",
        ],
    )
    def test_a_record_out_of_place_is_not_read(self, vault: Vault, change: str) -> None:
        vault._db.execute(
            "CREATE TEMP TABLE was AS SELECT * FROM record JOIN record_key USING (id)"
        )
        vault._db.execute(change)
        with pytest.raises(VaultDamagedError, match="the record of a place"):
            vault.get("place", "home")


class TestLog:
    """Promise: "The log names its first bad entry"."""

    @pytest.mark.parametrize("index", [0, 1, 2, 3])
    @pytest.mark.parametrize("change", ["sealed = x'00'", "leaf_hash = zeroblob(32)"])
    def test_a_changed_entry(self, path: Path, made: Made, index: int, change: str) -> None:
        report = _check(path, made, f"UPDATE log SET {change} WHERE position = {index}")  # noqa: S608
        ((part, error),) = report.problems
        assert part == "the evidence log"
        assert isinstance(error, EvidenceError)
        assert error.details == {"entry": index}

    def test_a_missing_entry(self, path: Path, made: Made) -> None:
        report = _check(path, made, "DELETE FROM log WHERE position = 2")
        assert report.problems[0][1].details == {"entry": 2}

    def test_two_entries_swapped(self, path: Path, made: Made) -> None:
        report = _check(
            path,
            made,
            "UPDATE log SET position = 100 WHERE position = 1",
            "UPDATE log SET position = 1 WHERE position = 2",
            "UPDATE log SET position = 2 WHERE position = 100",
        )
        assert report.problems[0][1].details == {"entry": 1}

    def test_a_log_cut_short(self, path: Path, made: Made) -> None:
        with pytest.raises(EvidenceCutShortError, match="after entry 1"):
            _check(path, made, "DELETE FROM log WHERE position > 1")
        with pytest.raises(EvidenceCutShortError, match="after entry -1"):
            _check(path, made, "DELETE FROM log")

    def test_an_entry_too_many(self, path: Path, made: Made) -> None:
        with pytest.raises(EvidenceError, match="entry 4 does not follow"):
            _check(path, made, "INSERT INTO log SELECT 4, leaf_hash, sealed FROM log LIMIT 1")

    @pytest.mark.parametrize(("spliced", "named"), [(4, 5), (5, 6), (6, 6)])
    def test_an_entry_of_another_branch_of_the_same_wallet(
        self, path: Path, made: Made, spliced: int, named: int
    ) -> None:
        """Two copies go on by themselves; an authentic entry of one is put into the other."""
        other = path.with_name("other.db")
        other.write_bytes(path.read_bytes())
        for one in (path, other):
            with open_vault(one, made.master, random=os.urandom) as vault:
                for _ in range(3):
                    with vault.transaction(now_us=NOW_US) as tx:
                        tx.log(statement())
        with closing(sqlite3.connect(path)) as db:
            db.execute("ATTACH ? AS other", (str(other),))
            between = f"BETWEEN 4 AND {spliced}"
            db.execute(
                f"INSERT OR REPLACE INTO log SELECT * FROM other.log WHERE position {between}"  # noqa: S608
            )
            db.commit()
        with open_vault(path, made.master, random=os.urandom) as vault:
            ((part, error),) = check_vault(vault).problems
        assert part == "the evidence log"
        assert error.details == {"entry": named}

    def test_an_entry_that_is_no_statement(self, vault: Vault) -> None:
        with vault.transaction(now_us=NOW_US) as tx:
            tx.log(cast("Statement", _Shapeless()))
        with pytest.raises(EvidenceError, match="entry 4"):
            list(vault.log_entries())


class _Shapeless:
    """What a program of the future may log."""

    def as_json(self) -> dict[str, str]:
        return {"predicateType": "urn:other"}


class TestHead:
    """Promise: "state of the log at the last commit", signed and sealed."""

    @pytest.mark.parametrize(
        "change",
        [
            "DELETE FROM head",
            "UPDATE head SET size = 3",
            "UPDATE head SET sealed = x'00'",
            "UPDATE head SET size = -1",
            "UPDATE head SET size = 9223372036854775807",
        ],
    )
    def test_a_changed_head(self, path: Path, made: Made, change: str) -> None:
        with pytest.raises(VaultDamagedError, match="the head of the evidence log"):
            _check(path, made, change)

    @pytest.mark.parametrize("forge", ["signature", "root"])
    def test_a_checkpoint_that_this_wallet_did_not_sign(
        self, vault: Vault, monkeypatch: pytest.MonkeyPatch, forge: str
    ) -> None:
        """Only the holder of the master key could seal it: the last line of defence."""

        def forged(checkpoint: Checkpoint, seed: bytes) -> str:
            if forge == "signature":
                return sign_checkpoint(checkpoint, bytes(32))
            return sign_checkpoint(Checkpoint(checkpoint.origin, checkpoint.size, bytes(32)), seed)

        monkeypatch.setattr(head, "sign_checkpoint", forged)
        with vault.transaction(now_us=NOW_US) as tx:
            tx.log(statement())
        with pytest.raises(EvidenceSignatureError):
            vault.checkpoint()

    def test_a_head_damaged_after_opening_is_a_problem_not_a_crash(self, vault: Vault) -> None:
        vault._db.execute("UPDATE head SET sealed = x'00'")
        report = check_vault(vault)
        assert [part for part, _ in report.problems] == ["the head of the evidence log"]
        assert report.entries == 0


def test_a_changed_schema_after_opening_is_a_problem(vault: Vault, path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE VIEW more AS SELECT 1")
    assert [part for part, _ in check_vault(vault).problems] == ["the tables of the wallet"]


def test_a_page_gone_bad_is_a_problem(vault: Vault) -> None:
    vault._db.execute("PRAGMA writable_schema = ON")
    vault._db.execute("UPDATE sqlite_master SET rootpage = 2 WHERE name = 'record_by_kind'")
    vault._db.execute("PRAGMA writable_schema = RESET")
    assert "the wallet's file" in [part for part, _ in check_vault(vault).problems]


def test_a_whole_wallet_has_no_problem(vault: Vault) -> None:
    assert check_vault(vault) == VaultReport(records=2, entries=4, problems=(), opened=2)
