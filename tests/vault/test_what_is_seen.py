"""What the file shows without a key: what docs/security.md says, and nothing more."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.what_a_thief_sees import changed, look, main

GOLDEN = Path(__file__).parent / "golden" / "format-1"
WALLET = GOLDEN / "wallet.gwv"


class TestSeen:
    """Promise: counts, sizes and the order of writes."""

    def test_counts_of_the_golden_wallet(self) -> None:
        """By hand from golden.json: 12 entries; the kinds with how many records each has."""
        golden = json.loads((GOLDEN / "golden.json").read_text(encoding="utf-8"))
        counts = sorted((len(found) for found in golden["records"].values()), reverse=True)
        seen = look(WALLET)
        assert [count for count, _ in seen.groups] == counts
        assert (seen.rows["log"], seen.slots) == (golden["entries"], ("passphrase", "recovery"))
        assert seen.rows["record"] == seen.rows["record_key"] == sum(counts)

    def test_sizes_are_rounded(self) -> None:
        """No record is smaller than 512 bytes, its nonce and its tag."""
        with closing(sqlite3.connect(WALLET)) as db:
            sizes = [size for (size,) in db.execute("SELECT length(sealed) FROM record")]
        assert min(sizes) == 512 + 24 + 16
        assert len(set(sizes)) < len(sizes)

    def test_two_copies_show_what_changed(self, tmp_path: Path) -> None:
        later = Path(shutil.copy(WALLET, tmp_path / "later.gwv"))
        with closing(sqlite3.connect(later)) as db:
            first, second = db.execute("SELECT id FROM record ORDER BY id LIMIT 2").fetchall()
            db.execute("DELETE FROM record WHERE id = ?", first)
            db.execute("UPDATE record SET version = 99 WHERE id = ?", second)
            db.commit()
        assert dict(changed(WALLET, later)) == {"new": 0, "gone": 1, "written anew": 1}

    def test_it_prints_without_a_key(self, capsys: pytest.CaptureFixture[str]) -> None:
        main([str(WALLET), str(WALLET)])
        assert "passphrase, recovery" in capsys.readouterr().out


class TestNotSeen:
    """Promise: "the names of files, places and contracts" are in no byte of the file."""

    @pytest.mark.parametrize(
        "word",
        ["2026-05-04", ".csv", "Home", "clio", "AB-123-CD", "Nobody", "Paris", "trips", "fixes"],
    )
    def test_no_word_of_the_owner_or_of_the_program(self, word: str) -> None:
        assert word.encode() not in WALLET.read_bytes()

    def test_only_these_columns_are_in_the_clear(self) -> None:
        """All others are sealed, or keyed hashes; the header of a slot names no owner."""
        with closing(sqlite3.connect(WALLET)) as db:
            (headers,) = zip(*db.execute("SELECT header FROM slot").fetchall(), strict=True)
            columns = {
                table: {row[1]: row[2] for row in db.execute(f"PRAGMA table_info({table})")}
                for table in ("wallet", "slot", "record", "record_key", "log", "head")
            }
        for header in headers:
            assert set(json.loads(header)) == {
                *("kdf", "kind", "memory_bytes", "ops", "salt", "vault")
            }
        numbers = {
            (table, name)
            for table, found in columns.items()
            for name, kind in found.items()
            if kind != "BLOB"
        }
        assert numbers == {
            *(("wallet", "only"), ("slot", "position"), ("record", "version")),
            *(("log", "position"), ("head", "only"), ("head", "size")),
        }
