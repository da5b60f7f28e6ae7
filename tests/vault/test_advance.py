"""A wallet that another copy of it has overtaken."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from geowallet.crypto.keys import SALT_BYTES, KdfCost, SlotKind, make_slot
from geowallet.model.errors import EvidenceError, VaultBusyError, VaultForkedError
from geowallet.vault.advance import advance
from geowallet.vault.check import check_vault
from geowallet.vault.keys import NONCE_BYTES
from geowallet.vault.rotate import rotate
from geowallet.vault.still import held_still
from geowallet.vault.store import Vault, open_vault
from tests.vault.conftest import NOW_US, PASSPHRASE, RECOVERY, Made, statement


def dump(path: Path) -> list[str]:
    with sqlite3.connect(path) as db:
        found = list(db.iterdump())
    db.close()
    return found


def say(vault: Vault, name: str) -> None:
    with vault.transaction(now_us=NOW_US + 9) as tx:
        tx.put("place", name, name.encode())
        tx.log(statement())


@pytest.fixture
def behind(made: Made, tmp_path: Path) -> Iterator[Vault]:
    """The wallet as it was one transaction ago."""
    path = tmp_path / "behind.db"
    path.write_bytes(made.old)
    with open_vault(path, made.master, random=os.urandom, busy_s=0.05) as opened:
        yield opened


class TestAdvance:
    """Promise: "the rows come over as they lie there", in one transaction, checked before."""

    def test_the_file_then_holds_what_the_other_holds(
        self, behind: Vault, vault: Vault, path: Path
    ) -> None:
        with held_still(vault) as other:
            assert advance(behind, other, seen=behind.mark()) > 0
            assert advance(behind, other, seen=behind.mark()) == 0
        assert dump(path.with_name("behind.db")) == dump(path)
        assert check_vault(behind).problems == ()
        say(behind, "after")
        assert check_vault(behind).problems == ()

    def test_a_copy_with_other_keys_brings_them(
        self, behind: Vault, vault: Vault, path: Path
    ) -> None:
        fresh = os.urandom(32)
        ways: list[tuple[SlotKind, bytes]] = [("passphrase", PASSPHRASE), ("recovery", RECOVERY)]
        slots = [
            make_slot(
                kind,
                secret,
                fresh,
                cost=KdfCost.LEAST,
                salt=os.urandom(SALT_BYTES),
                nonce=os.urandom(NONCE_BYTES),
                vault_id=vault.id,
            )
            for kind, secret in ways
        ]
        rotate(vault, fresh, slots, deep=True, now_us=NOW_US, random=os.urandom)
        with open_vault(path, fresh, random=os.urandom) as newer, held_still(newer) as other:
            advance(behind, other, seen=behind.mark())
        assert behind.get("place", "home") == b"second home"
        assert dump(path.with_name("behind.db")) == dump(path)

    def test_one_that_does_not_continue_it_is_refused(self, behind: Vault, vault: Vault) -> None:
        say(behind, "elsewhere")
        before = behind.mark()
        with held_still(vault) as other, pytest.raises(VaultForkedError):
            advance(behind, other, seen=before)
        assert (behind.mark(), check_vault(behind).problems) == (before, ())

    def test_a_wallet_that_was_written_to_meanwhile_is_left_alone(
        self, behind: Vault, vault: Vault
    ) -> None:
        seen = behind.mark()
        say(behind, "meanwhile")
        with held_still(vault) as other, pytest.raises(VaultBusyError):
            advance(behind, other, seen=seen)

    def test_what_comes_over_damaged_is_not_kept(
        self, behind: Vault, vault: Vault, path: Path
    ) -> None:
        before = dump(path.with_name("behind.db"))
        vault._db.execute("UPDATE log SET sealed = x'00' WHERE position = 3")
        with held_still(vault) as other, pytest.raises(EvidenceError):
            advance(behind, other, seen=behind.mark())
        assert dump(path.with_name("behind.db")) == before
