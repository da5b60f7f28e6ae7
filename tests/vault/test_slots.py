from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from nacl.pwhash import argon2id

from geowallet.crypto.keys import KdfCost, Slot, make_slot
from geowallet.model.errors import (
    NoVaultError,
    VaultDamagedError,
    WrongPassphraseError,
    WrongRecoveryKeyError,
)
from geowallet.model.provenance import StatementKind
from geowallet.vault import slots
from geowallet.vault.slots import master_from_passphrase, master_from_recovery, read_vault_id
from geowallet.vault.store import Vault, open_vault
from tests.vault.conftest import NOW_US, PASSPHRASE, RECOVERY, Made, statement


def _tag(path: Path) -> bytes:
    return bytes.fromhex(read_vault_id(path))[:3]


def _slot(vault: Vault, master: bytes, secret: bytes) -> Slot:
    return make_slot(
        "passphrase",
        secret,
        master,
        cost=KdfCost.LEAST,
        salt=os.urandom(16),
        nonce=os.urandom(24),
        vault_id=vault.id,
    )


def _forge_header(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        (text,) = db.execute("SELECT header FROM slot WHERE position = 1").fetchone()
        header = json.loads(text)
        change(header)
        db.execute("UPDATE slot SET header = ? WHERE position = 1", (json.dumps(header).encode(),))


def test_both_secrets_give_the_same_master_key(path: Path, made: Made) -> None:
    assert master_from_passphrase(path, PASSPHRASE) == made.master
    assert master_from_recovery(path, RECOVERY, _tag(path)) == made.master


def test_the_id_needs_no_key(path: Path, vault: Vault) -> None:
    assert read_vault_id(path) == vault.id


@pytest.mark.parametrize("passphrase", [b"another", b"", b"x" * 2000, RECOVERY])
def test_a_wrong_passphrase_has_its_own_error(path: Path, passphrase: bytes) -> None:
    """The recovery secret is no passphrase either: only slots of its kind are tried."""
    with pytest.raises(WrongPassphraseError):
        master_from_passphrase(path, passphrase)


def test_the_right_tag_with_another_secret_is_another_wallets_key(path: Path) -> None:
    with pytest.raises(WrongRecoveryKeyError):
        master_from_recovery(path, RECOVERY[::-1], _tag(path))


def test_another_wallets_recovery_key_is_told_without_deriving(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "open_slot", None)
    with pytest.raises(WrongRecoveryKeyError):
        master_from_recovery(path, RECOVERY, b"\0\0\0")


def test_no_file_is_no_wallet(tmp_path: Path) -> None:
    with pytest.raises(NoVaultError, match=r"none\.db"):
        master_from_passphrase(tmp_path / "none.db", PASSPHRASE)


@pytest.mark.parametrize(
    "change",
    [
        lambda header: header.update(memory_bytes=2**40),
        lambda header: header.update(memory_bytes=1),
        lambda header: header.update(ops=11),
        lambda header: header.update(ops=True),
        lambda header: header.update(kdf="none"),
        lambda header: header.update(salt="AA"),
        lambda header: header.update(more=1),
        lambda header: header.pop("vault"),
    ],
)
def test_a_hostile_header_is_refused_before_anything_is_allocated(
    path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[dict[str, Any]], object]
) -> None:
    _forge_header(path, change)
    monkeypatch.setattr(argon2id, "kdf", None)
    with pytest.raises(VaultDamagedError, match="a key slot is not what was written"):
        master_from_passphrase(path, PASSPHRASE)


@pytest.mark.parametrize("header", [b"", b"[]", b"7", b"\xff", b"{" * 2000])
def test_a_header_that_is_none_is_refused(path: Path, header: bytes) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE slot SET header = ?", (header,))
    with pytest.raises(VaultDamagedError, match="a key slot"):
        master_from_passphrase(path, PASSPHRASE)


@pytest.mark.parametrize("change", ["DELETE FROM wallet", "UPDATE wallet SET id = x'00'"])
def test_a_wallet_without_its_row_is_damaged(path: Path, made: Made, change: str) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(change)
    with pytest.raises(VaultDamagedError, match="wallet's file"):
        master_from_passphrase(path, PASSPHRASE)
    with pytest.raises(VaultDamagedError, match="wallet's file"):
        open_vault(path, made.master, random=os.urandom)


def test_a_second_passphrase_opens_beside_the_first(path: Path, made: Made) -> None:
    with (
        open_vault(path, made.master, random=os.urandom) as vault,
        vault.transaction(now_us=NOW_US) as tx,
    ):
        tx.add_slot(_slot(vault, made.master, b"a second one"))
        tx.log(statement(StatementKind.SETTING))
    assert master_from_passphrase(path, b"a second one") == made.master
    assert master_from_passphrase(path, PASSPHRASE) == made.master


def test_a_changed_passphrase_shuts_the_old_one_out(path: Path, made: Made) -> None:
    with (
        open_vault(path, made.master, random=os.urandom) as vault,
        vault.transaction(now_us=NOW_US) as tx,
    ):
        assert tx.drop_slots("passphrase") == 1
        tx.add_slot(_slot(vault, made.master, b"a new one"))
        tx.log(statement(StatementKind.SETTING))
    with pytest.raises(WrongPassphraseError):
        master_from_passphrase(path, PASSPHRASE)
    assert master_from_passphrase(path, b"a new one") == made.master
    open_vault(path, made.master, random=os.urandom).close()


def test_the_last_way_in_cannot_be_removed(vault: Vault, path: Path, made: Made) -> None:
    def lock_out() -> None:
        with vault.transaction(now_us=NOW_US) as tx:
            tx.drop_slots("passphrase")
            tx.drop_slots("recovery")
            tx.log(statement())

    with pytest.raises(ValueError, match="no key slot"):
        lock_out()
    assert master_from_passphrase(path, PASSPHRASE) == made.master


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM slot WHERE position = 2",
        "INSERT INTO slot SELECT 3, header, wrapped FROM slot WHERE position = 1",
        "UPDATE slot SET position = 3 - position + 4 * (position = 1)",
    ],
)
def test_a_dropped_added_or_moved_slot_is_found(path: Path, made: Made, change: str) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(change)
    with pytest.raises(VaultDamagedError, match="a key slot"):
        open_vault(path, made.master, random=os.urandom)
