from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from geowallet.model.errors import VaultDamagedError, VaultFormatError, VaultSchemaError
from geowallet.vault import schema
from geowallet.vault.slots import master_from_passphrase
from geowallet.vault.store import Vault, open_vault
from tests.vault.conftest import NOW_US, PASSPHRASE, Made, statement

HOSTILE = [
    "CREATE TRIGGER erase AFTER INSERT ON log BEGIN DELETE FROM record; END",
    "CREATE VIEW more AS SELECT * FROM record",
    "CREATE TABLE more (x)",
    "CREATE INDEX more ON log (sealed)",
    "ALTER TABLE record ADD COLUMN more ANY",
    "DROP TABLE record_key",
    "DROP INDEX record_by_kind",
    "ALTER TABLE slot RENAME TO slots",
]


def _run(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        for one in statements:
            db.execute(one)


@pytest.mark.parametrize("change", HOSTILE)
def test_a_changed_schema_is_refused_before_anything_is_written(
    path: Path, made: Made, change: str
) -> None:
    _run(path, change)
    before = path.read_bytes()
    with pytest.raises(VaultSchemaError):
        open_vault(path, made.master, random=os.urandom)
    with pytest.raises(VaultSchemaError):
        master_from_passphrase(path, PASSPHRASE)
    assert path.read_bytes() == before


def test_a_trigger_added_after_opening_is_refused_before_the_write(
    vault: Vault, path: Path
) -> None:
    _run(path, HOSTILE[0])
    with pytest.raises(VaultSchemaError), vault.transaction(now_us=NOW_US) as tx:
        tx.log(statement())
    assert vault.get("place", "home") == b"second home"


def test_text_that_is_no_text_in_the_schema_is_refused(path: Path, made: Made) -> None:
    _run(
        path,
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET name = CAST(x'ff00fe' AS TEXT) WHERE name = 'slot'",
    )
    with pytest.raises(VaultDamagedError):
        open_vault(path, made.master, random=os.urandom)


@pytest.mark.parametrize("number", [0, 2, 99])
def test_another_format_is_named_and_nothing_is_written(
    path: Path, made: Made, number: int
) -> None:
    _run(path, f"PRAGMA user_version = {number}", "CREATE TABLE future (x)")
    before = path.read_bytes()
    with pytest.raises(VaultFormatError, match=f"format {number}, this program knows 1"):
        open_vault(path, made.master, random=os.urandom)
    assert path.read_bytes() == before


@pytest.mark.parametrize("data", [b"", b"not a database, surely" * 100])
def test_another_file_is_no_wallet(path: Path, made: Made, data: bytes) -> None:
    path.write_bytes(data)
    with pytest.raises(VaultDamagedError, match="wallet's file"):
        open_vault(path, made.master, random=os.urandom)


def test_a_database_of_another_program_is_no_wallet(path: Path, made: Made) -> None:
    _run(path, "PRAGMA application_id = 7")
    with pytest.raises(VaultDamagedError, match="wallet's file"):
        open_vault(path, made.master, random=os.urandom)


def test_a_file_in_write_ahead_mode_is_taken_back(path: Path, made: Made) -> None:
    _run(path, "PRAGMA journal_mode = WAL")
    with open_vault(path, made.master, random=os.urandom) as vault:
        assert vault._db.execute("PRAGMA journal_mode").fetchone() == (b"delete",)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_file_that_insists_on_another_mode_is_refused() -> None:
    with closing(sqlite3.connect(":memory:")) as db, pytest.raises(VaultDamagedError):
        schema.use_rollback_journal(db)


def test_opening_a_wallet_loads_neither_sqlite_utils_nor_numpy() -> None:
    code = (
        "import sys; from geowallet.vault import check, create, slots, store;"
        "print(sorted({'sqlite_utils', 'numpy', 'msgspec', 'zstandard'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == "[]"
