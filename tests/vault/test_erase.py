from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.model.errors import DiskFullError
from geowallet.vault import erase, schema
from geowallet.vault.erase import doomed_keys, keys_in
from geowallet.vault.store import Vault, open_vault
from tests.vault.conftest import NOW_US, Made, statement

PLACE, FIXES = ("place", "home"), ("fixes", "b")


def forget(vault: Vault) -> None:
    """Remove one record and write another anew."""
    with vault.transaction(now_us=NOW_US) as tx:
        tx.delete(*FIXES)
        tx.put(*PLACE, b"third home")
        tx.log(statement())


class TestKeys:
    """Promise: "to erase a record is to remove its key"."""

    def test_a_record_has_one_key_and_what_is_absent_none(self, vault: Vault) -> None:
        assert len(doomed_keys(vault, [PLACE, FIXES, ("place", "nowhere")])) == 2

    @pytest.mark.parametrize("overflowing", [b"", bytes(9_000)])
    def test_after_erasing_no_byte_of_the_file_or_its_journal_holds_it(
        self, vault: Vault, path: Path, overflowing: bytes
    ) -> None:
        with vault.transaction(now_us=NOW_US) as tx:
            tx.put(*FIXES, b"other fixes" + overflowing)
            tx.log(statement())
        keys = doomed_keys(vault, [PLACE, FIXES])
        assert keys_in(path, keys) == 2
        forget(vault)
        assert keys_in(path, keys) == 0
        assert keys_in(path.with_name("wallet.db-journal"), keys) == 0

    def test_without_secure_delete_the_search_finds_it(
        self, path: Path, made: Made, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The search is no mock: it sees what SQLite leaves lying about."""
        pragmas = [p for p in schema._PRAGMAS if not p.startswith("secure_delete")]
        monkeypatch.setattr(schema, "_PRAGMAS", (*pragmas, "secure_delete = OFF"))
        with open_vault(path, made.master, random=os.urandom) as vault:
            keys = doomed_keys(vault, [FIXES])
            forget(vault)
        assert keys_in(path, keys) == 1

    def test_what_was_written_over_is_gone_too(self, vault: Vault, path: Path) -> None:
        with vault.snapshot() as (db, _):
            before = [row[0] for row in db.execute("SELECT sealed FROM record")]
        forget(vault)
        assert not any(sealed in path.read_bytes() for sealed in before)


class TestSearch:
    """Promise: "every byte is looked at"."""

    @pytest.mark.parametrize("at", [0, 1, 5, 6, 7, 8, 9, 20])
    def test_a_key_across_the_edge_of_two_pieces_is_found(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
    ) -> None:
        monkeypatch.setattr(erase, "_PIECE_BYTES", 8)
        path = tmp_path / "file"
        path.write_bytes(bytes(at) + b"KEY!" + bytes(11))
        assert keys_in(path, [b"KEY!", b"none"]) == 1

    @pytest.mark.parametrize("content", [b"", b"a", b"ab", b"abc", b"xabc"])
    def test_short_files_and_no_key_at_all(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "file"
        path.write_bytes(content)
        assert keys_in(path, [b"abc"]) == content.count(b"abc")
        assert keys_in(path, []) == 0

    @given(data=st.data())
    def test_it_finds_what_a_plain_search_finds(self, data: st.DataObject) -> None:
        content = data.draw(st.binary(max_size=200))
        inside = st.integers(0, 200).map(lambda at: content[at : at + 5])
        keys = data.draw(st.sets(st.one_of(inside, st.binary(min_size=3, max_size=6))))
        wanted = {key for key in keys if len(key) >= 3}
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "file")
            path.write_bytes(content)
            assert keys_in(path, wanted) == sum(key in content for key in wanted)

    def test_a_file_that_is_not_there_holds_none(self, tmp_path: Path) -> None:
        assert keys_in(tmp_path / "none", [b"KEY!"]) == 0

    def test_what_cannot_be_read_is_not_called_empty(self, tmp_path: Path) -> None:
        with pytest.raises(DiskFullError):
            keys_in(tmp_path, [b"KEY!"])
