from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.crypto.merkle import root
from geowallet.crypto.notes import open_checkpoint
from geowallet.model.errors import EvidenceError, NoVaultError, VaultDamagedError
from geowallet.model.provenance import Statement, StatementKind
from geowallet.vault.check import check_vault
from geowallet.vault.head import read_head
from geowallet.vault.store import Vault, open_vault
from geowallet.vault.transaction import Transaction
from tests.vault.conftest import NOW_US, Made, statement


class Stopped(Exception):  # noqa: N818  what a caller may raise
    pass


def test_what_was_put_is_there_and_what_was_deleted_is_not(vault: Vault) -> None:
    assert vault.get("place", "home") == b"second home"
    assert vault.get("fixes", "a") is None
    assert list(vault.items("fixes")) == [("b", b"other fixes")]
    assert list(vault.items("trips")) == []


def test_the_same_name_in_two_kinds_is_two_records(vault: Vault) -> None:
    with vault.transaction(now_us=NOW_US) as tx:
        tx.put("vehicle", "home", b"a camper")
        tx.log(statement())
    assert vault.get("place", "home") == b"second home"
    assert vault.get("vehicle", "home") == b"a camper"


def test_many_records_come_in_the_order_of_their_names(vault: Vault) -> None:
    names = [f"2026-{number}" for number in range(120)]
    with vault.transaction(now_us=NOW_US) as tx:
        for name in names[::2]:
            tx.put("trips", name, name.encode())
        tx.log(statement())
    backwards = names[::-1]
    assert list(vault.get_each("trips", backwards)) == [n.encode() for n in backwards[1::2]]
    assert list(vault.get_each("trips", [])) == []


def test_a_damaged_one_of_many_is_an_error(vault: Vault) -> None:
    with vault.rewriting() as (db, _, _):
        db.execute(
            "UPDATE record SET sealed = zeroblob(99) WHERE id = ?", (vault.row_id("fixes", "b"),)
        )
    with pytest.raises(VaultDamagedError):
        list(vault.get_each("fixes", ["a", "b"]))


def test_the_log_says_what_was_done_and_when(vault: Vault) -> None:
    kinds = [entry.kind for _, entry, _ in vault.log_entries()]
    assert kinds == [
        StatementKind.CREATE,
        StatementKind.IMPORT,
        StatementKind.CLEAN,
        StatementKind.SEGMENT,
    ]
    assert [index for index, _, _ in vault.log_entries()] == [0, 1, 2, 3]
    assert [leaf.at_us - NOW_US for leaf in vault.leaves()] == [0, 1, 2, 2]
    assert [len(leaf.changes) for leaf in vault.leaves()] == [0, 2, 3, 0]


def test_the_checkpoint_covers_every_entry(vault: Vault) -> None:
    found = open_checkpoint(vault.checkpoint(), vault.log_public)
    hashes = [hashed for _, _, hashed in vault.log_entries()]
    assert hashes == vault.leaf_hashes()
    assert (found.origin, found.size, found.root) == (vault.origin, 4, root(hashes))
    assert (vault.mark().size, vault.mark().root) == (4, found.root)
    assert vault.root_at(2) == root(hashes[:2])


def test_two_equal_statements_have_different_hashes(vault: Vault) -> None:
    with vault.transaction(now_us=NOW_US) as tx:
        assert [tx.log(statement()), tx.log(statement())] == [4, 5]
    hashes = vault.leaf_hashes()
    assert hashes[4] != hashes[5]


def test_an_exception_leaves_the_wallet_as_it_was(vault: Vault, path: Path) -> None:
    before = path.read_bytes()

    def stop() -> None:
        with vault.transaction(now_us=NOW_US) as tx:
            tx.put("place", "home", b"third home")
            tx.log(statement())
            raise Stopped

    with pytest.raises(Stopped):
        stop()
    assert vault.get("place", "home") == b"second home"
    assert path.read_bytes() == before


def test_inside_a_transaction_its_own_writes_are_seen(vault: Vault) -> None:
    with vault.transaction(now_us=NOW_US) as tx:
        tx.put("place", "home", b"third home")
        assert vault.get("place", "home") == b"third home"
        tx.log(statement())


def test_a_record_put_twice_and_one_put_and_deleted_check_out(vault: Vault) -> None:
    with vault.transaction(now_us=NOW_US) as tx:
        tx.put("place", "home", b"one")
        tx.put("place", "home", b"two")
        tx.put("place", "work", b"three")
        assert tx.delete("place", "work")
        assert not tx.delete("place", "nowhere")
        tx.log(statement())
    assert list(vault.items("place")) == [("home", b"two")]
    assert check_vault(vault).problems == ()


def test_the_checkpoint_inside_a_transaction_is_the_last_committed_one(vault: Vault) -> None:
    before = vault.checkpoint()
    with vault.transaction(now_us=NOW_US) as tx:
        tx.log(statement())
        assert vault.checkpoint() == before
    assert vault.checkpoint() != before


def test_many_entries_are_read_in_pages(vault: Vault) -> None:
    with vault.transaction(now_us=NOW_US) as tx:
        for n in range(600):
            tx.log(statement(n=n))
    facts = [leaf.statement.predicate.get("n") for leaf in vault.leaves()]
    assert facts[4:] == list(range(600))
    assert check_vault(vault).entries == 604


def test_what_is_removed_while_reading_is_left_out(vault: Vault) -> None:
    with vault.transaction(now_us=NOW_US) as tx:
        for name in "cde":
            tx.put("fixes", name, b"")
        tx.log(statement())
    reading = vault.items("fixes")
    first, _ = next(reading)
    with vault.transaction(now_us=NOW_US) as tx:
        for name in set("bcde") - {first}:
            tx.delete("fixes", name)
        tx.log(statement())
    assert list(reading) == []


class TestTransaction:
    """Promise: "Every transaction says what it does: at least one `log`"."""

    def test_without_an_entry_it_is_a_mistake(self, vault: Vault) -> None:
        with (
            pytest.raises(ValueError, match="without an entry"),
            vault.transaction(now_us=NOW_US) as tx,
        ):
            tx.put("place", "home", b"third home")
        assert vault.get("place", "home") == b"second home"

    def test_a_second_one_inside_is_a_mistake(self, vault: Vault) -> None:
        with vault.transaction(now_us=NOW_US) as tx:
            with pytest.raises(ValueError, match="open already"), vault.transaction(now_us=0):
                pass
            with pytest.raises(ValueError, match="a transaction is open"):
                check_vault(vault)
            tx.log(statement())
        assert len(vault.leaf_hashes()) == 5

    @pytest.mark.parametrize("kind", ["", "places", "Place"])
    def test_an_unknown_kind_is_a_mistake(self, vault: Vault, kind: str) -> None:
        with vault.transaction(now_us=NOW_US) as tx:
            for call in (
                lambda: tx.put(kind, "x", b""),
                lambda: tx.delete(kind, "x"),
                lambda: vault.get(kind, "x"),
                lambda: list(vault.items(kind)),
            ):
                with pytest.raises(ValueError, match="unknown kind"):
                    call()
            tx.log(statement())

    def test_a_name_as_long_as_a_text_is_a_mistake(self, vault: Vault) -> None:
        with pytest.raises(ValueError, match="too long"), vault.transaction(now_us=0) as tx:
            tx.put("place", "é" * 513, b"")

    def test_a_fact_with_a_fraction_is_a_mistake(self, vault: Vault) -> None:
        with (
            pytest.raises(ValueError, match="canonical JSON"),
            vault.transaction(now_us=NOW_US) as tx,
        ):
            tx.log(Statement(StatementKind.CLEAN, (), (), {"metres": 1.5}))

    def test_an_entry_too_long_to_be_read_again_is_a_mistake(
        self, vault: Vault, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("geowallet.vault.log.MAX_LEAF_BYTES", 100)
        with (
            pytest.raises(ValueError, match="too many records"),
            vault.transaction(now_us=NOW_US) as tx,
        ):
            tx.log(statement())


NAMES = st.text(st.characters(codec="utf-8"), max_size=20)


class TestRoundTrip:
    """Promise: what is put comes back, byte for byte, in this process and the next."""

    @settings(max_examples=25)
    @given(st.dictionaries(NAMES, st.binary(max_size=3000), max_size=5))
    def test_any_names_and_payloads(
        self, made: Made, tmp_path_factory: pytest.TempPathFactory, records: dict[str, bytes]
    ) -> None:
        path = tmp_path_factory.mktemp("trip") / "wallet.db"
        path.write_bytes(made.new)
        with (
            open_vault(path, made.master, random=os.urandom) as vault,
            vault.transaction(now_us=NOW_US) as tx,
        ):
            for name, payload in records.items():
                tx.put("export", name, payload)
            tx.log(statement())
        with open_vault(path, made.master, random=os.urandom) as vault:
            assert dict(vault.items("export")) == records
            assert check_vault(vault).problems == ()


def test_no_file_is_no_wallet(tmp_path: Path) -> None:
    with pytest.raises(NoVaultError):
        open_vault(tmp_path / "none.db", bytes(32), random=os.urandom)


@pytest.mark.parametrize("master", [bytes(32), b"short"])
def test_the_key_of_another_wallet_does_not_open_it(path: Path, master: bytes) -> None:
    with pytest.raises(VaultDamagedError, match="wallet's file"):
        open_vault(path, master, random=os.urandom)


def test_a_last_entry_without_its_hash_stops_the_next_write(vault: Vault, path: Path) -> None:
    db = vault._db
    db.execute("PRAGMA writable_schema = ON")
    db.execute("UPDATE sqlite_master SET sql = replace(sql, 'BLOB NOT NULL', 'BLOB')")
    db.execute("PRAGMA writable_schema = RESET")
    db.execute("UPDATE log SET leaf_hash = NULL WHERE position = 3")
    with pytest.raises(EvidenceError, match="entry 3"):
        Transaction.finish(_unchecked(vault))


def _unchecked(vault: Vault) -> Transaction:
    head = read_head(vault._db, vault._keys)
    tx = Transaction(vault._db, vault._keys, os.urandom, head=head, now_us=0)
    tx.log(statement())
    return tx


def test_a_wallet_that_names_another_log_does_not_open(path: Path, made: Made) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE wallet SET log_public = zeroblob(32)")
    with pytest.raises(VaultDamagedError, match="wallet's file"):
        open_vault(path, made.master, random=os.urandom)


def test_closing_twice_does_nothing(vault: Vault) -> None:
    vault.close()
    vault.close()


def test_using_a_closed_vault_is_a_mistake_not_damage(vault: Vault) -> None:
    vault.close()
    with pytest.raises(sqlite3.ProgrammingError):
        vault.get("place", "home")


def test_a_failed_open_keeps_no_lock(path: Path) -> None:
    with pytest.raises(VaultDamagedError):
        open_vault(path, bytes(32), random=os.urandom)
    with closing(sqlite3.connect(path, timeout=0)) as db, db:
        db.execute("BEGIN EXCLUSIVE")


def test_erasing_leaves_no_wrapped_key_in_the_file(vault: Vault, path: Path) -> None:
    row_id = vault._keys.record_id("fixes", "b")
    query = "SELECT wrapped FROM record_key WHERE id = ?"
    (wrapped,) = vault._db.execute(query, (row_id,)).fetchone()
    assert wrapped in path.read_bytes()
    with vault.transaction(now_us=NOW_US) as tx:
        tx.delete("fixes", "b")
        tx.log(statement())
    assert wrapped not in path.read_bytes()
    assert wrapped[-32:] not in path.read_bytes()
