"""A new master key: the same wallet, and nothing that the old key opens."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from geowallet.crypto.keys import KdfCost, Slot, SlotKind, make_slot
from geowallet.model.errors import (
    VaultDamagedError,
    WrongKeyFileError,
    WrongPassphraseError,
    WrongRecoveryKeyError,
)
from geowallet.vault.check import check_vault
from geowallet.vault.keys import derived_keys
from geowallet.vault.rotate import rotate
from geowallet.vault.slots import (
    is_master,
    master_from_file,
    master_from_passphrase,
    master_from_recovery,
    opens,
    read_vault_id,
    slots_of,
)
from geowallet.vault.store import Vault, open_vault
from tests.vault.conftest import NOW_US, PASSPHRASE, RECOVERY, Made, statement

FRESH = bytes(range(100, 132))
KEY_FILE = bytes(range(50, 82))
DEPTHS = pytest.mark.parametrize("deep", [False, True], ids=["keys", "deep"])


def _slot(vault_id: str, kind: SlotKind, secret: bytes, master: bytes) -> Slot:
    return make_slot(
        kind,
        secret,
        master,
        cost=KdfCost.LEAST,
        salt=os.urandom(16),
        nonce=os.urandom(24),
        vault_id=vault_id,
    )


def _rotate(path: Path, old: bytes, new: bytes, *, deep: bool) -> int:
    vault_id = read_vault_id(path)
    ways: list[tuple[SlotKind, bytes]] = [
        ("passphrase", b"a new passphrase"),
        ("recovery", RECOVERY[::-1]),
        ("file", KEY_FILE),
    ]
    slots = [_slot(vault_id, kind, secret, new) for kind, secret in ways]
    with open_vault(path, old, random=os.urandom) as vault:
        return rotate(vault, new, slots, deep=deep, now_us=NOW_US + 9, random=os.urandom)


def _column(path: Path, query: str) -> set[bytes]:
    with closing(sqlite3.connect(path)) as db:
        return {row[0] for row in db.execute(query)}


@DEPTHS
class TestRotate:
    """Promise: a new master key opens the same records and log; the old one opens nothing."""

    def test_records_log_and_signing_key_are_the_same(
        self, path: Path, made: Made, *, deep: bool
    ) -> None:
        with open_vault(path, made.master, random=os.urandom) as vault:
            before = (vault.leaf_hashes(), vault.log_public, sorted(vault.items("place")))
        assert _rotate(path, made.master, FRESH, deep=deep) == 2
        with open_vault(path, FRESH, random=os.urandom) as vault:
            hashes = vault.leaf_hashes()
            assert (hashes[:-1], vault.log_public, sorted(vault.items("place"))) == before
            assert vault.get("fixes", "b") == b"other fixes"
            last = list(vault.leaves())[-1]
            assert str(last.statement.predicate["what"]).startswith("keys rotated")
            assert check_vault(vault).problems == ()

    def test_the_old_master_key_opens_nothing(self, path: Path, made: Made, *, deep: bool) -> None:
        _rotate(path, made.master, FRESH, deep=deep)
        assert not is_master(path, made.master)
        with pytest.raises(VaultDamagedError):
            open_vault(path, made.master, random=os.urandom)

    def test_only_the_given_ways_lead_in(self, path: Path, made: Made, *, deep: bool) -> None:
        _rotate(path, made.master, FRESH, deep=deep)
        tag = bytes.fromhex(read_vault_id(path))[:3]
        assert master_from_passphrase(path, b"a new passphrase") == FRESH
        assert master_from_recovery(path, RECOVERY[::-1], tag) == FRESH
        assert master_from_file(path, KEY_FILE) == FRESH
        with pytest.raises(WrongPassphraseError):
            master_from_passphrase(path, PASSPHRASE)
        with pytest.raises(WrongRecoveryKeyError):
            master_from_recovery(path, RECOVERY, tag)

    def test_no_sealed_byte_string_stays(self, path: Path, made: Made, *, deep: bool) -> None:
        """Deep: of the records neither."""
        sealed = ["SELECT wrapped FROM record_key", "SELECT sealed FROM log"]
        sealed += ["SELECT sealed FROM head", "SELECT log_seed FROM wallet"]
        records = ["SELECT sealed FROM record", "SELECT id FROM record"]
        records += ["SELECT kind FROM record"]
        before = {query: _column(path, query) for query in sealed + records}
        _rotate(path, made.master, FRESH, deep=deep)
        data = path.read_bytes()
        for query in sealed + (records if deep else []):
            assert not before[query] & _column(path, query), query
            assert not any(old in data for old in before[query]), query
        if not deep:
            assert all(before[query] == _column(path, query) for query in records)

    def test_it_goes_on_and_again(self, path: Path, made: Made, *, deep: bool) -> None:
        _rotate(path, made.master, FRESH, deep=deep)
        with (
            open_vault(path, FRESH, random=os.urandom) as vault,
            vault.transaction(now_us=NOW_US + 10) as tx,
        ):
            tx.put("place", "home", b"third home")
            tx.log(statement())
        _rotate(path, FRESH, FRESH[::-1], deep=not deep)
        with open_vault(path, FRESH[::-1], random=os.urandom) as vault:
            assert vault.get("place", "home") == b"third home"
            assert check_vault(vault).problems == ()

    def test_a_replayed_record_is_not_taken_over(
        self, path: Path, made: Made, tmp_path: Path, *, deep: bool
    ) -> None:
        """Authentic in itself, but not what the log says: nothing is rotated."""
        old = tmp_path / "old.db"
        old.write_bytes(made.old)
        with closing(sqlite3.connect(path)) as db:
            db.execute("ATTACH ? AS old", (str(old),))
            for table in ("record", "record_key"):
                db.execute(
                    f"INSERT OR REPLACE INTO main.{table} SELECT * FROM old.{table}"  # noqa: S608
                )
            db.commit()
        before = path.read_bytes()
        with pytest.raises(VaultDamagedError):
            _rotate(path, made.master, FRESH, deep=deep)
        assert path.read_bytes() == before


class TestSlots:
    def test_a_key_file_is_its_own_kind(self, path: Path) -> None:
        """The recovery secret opens no slot of the kind "file"."""
        with pytest.raises(WrongKeyFileError):
            master_from_file(path, RECOVERY)

    def test_each_slot_can_be_tried(self, path: Path, made: Made) -> None:
        (first, passphrase), (second, recovery) = slots_of(path)
        assert (first, second) == (1, 2)
        assert opens(passphrase, PASSPHRASE)
        assert not opens(passphrase, RECOVERY)
        assert opens(recovery, RECOVERY)
        assert is_master(path, made.master)

    def test_one_slot_is_dropped_by_its_position(self, vault: Vault, path: Path) -> None:
        with vault.transaction(now_us=NOW_US) as tx:
            tx.drop_slot(1)
            tx.drop_slot(7)
            tx.log(statement())
        assert [position for position, _ in slots_of(path)] == [2]


def test_an_index_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="index key"):
        derived_keys(bytes(16), FRESH, FRESH, b"short")
