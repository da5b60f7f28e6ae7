from __future__ import annotations

import builtins
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest
import secretstorage

from geowallet.crypto.merkle import EMPTY_ROOT
from geowallet.crypto.notes import Checkpoint, sign_checkpoint
from geowallet.model.errors import MemoryUnusableError, MissingExtraError
from geowallet.vault.memories import KEYRING, Standing, recall, remember, signed_mark
from geowallet.vault.store import Vault, open_vault
from tests import rings
from tests.vault.conftest import NOW_US, Made, statement


@pytest.fixture
def ring() -> Iterator[rings.Ring]:
    with rings.in_use(rings.Ring()) as own:
        yield own


@pytest.fixture(params=["file", KEYRING])
def place(request: pytest.FixtureRequest, tmp_path: Path, ring: rings.Ring) -> str:
    return KEYRING if request.param == KEYRING else str(tmp_path / "wallet.head")


def grow(vault: Vault) -> None:
    with vault.transaction(now_us=NOW_US) as tx:
        tx.log(statement())


class TestStandings:
    """Promise: "Each holds the signed checkpoint of the log"."""

    def test_nothing_yet(self, vault: Vault, place: str) -> None:
        assert recall(vault, place).standing is Standing.UNREACHABLE

    def test_the_same_then_older(self, vault: Vault, place: str) -> None:
        remember(vault, place)
        assert recall(vault, place).mark == vault.mark()
        assert recall(vault, place).standing is Standing.SAME
        grow(vault)
        assert recall(vault, place).standing is Standing.OLDER

    def test_an_older_copy_of_the_wallet_is_found(self, path: Path, made: Made, place: str) -> None:
        with open_vault(path, made.master, random=os.urandom) as vault:
            remember(vault, place)
        path.write_bytes(made.old)
        with open_vault(path, made.master, random=os.urandom) as vault:
            memory = recall(vault, place)
            assert memory.standing is Standing.NEWER
            assert memory.mark is not None
            assert memory.mark.size == 4

    def test_one_that_went_on_by_itself_is_another(
        self, path: Path, made: Made, place: str
    ) -> None:
        with open_vault(path, made.master, random=os.urandom) as vault:
            remember(vault, place)
        path.write_bytes(made.old)
        with open_vault(path, made.master, random=os.urandom) as vault:
            for _ in range(3):
                grow(vault)
            assert recall(vault, place).standing is Standing.FORKED

    def test_what_this_wallet_did_not_sign_is_no_memory(self, vault: Vault, place: str) -> None:
        remember(vault, place)
        for forged in (
            "",
            "no note",
            vault.checkpoint().replace("\n4\n", "\n9\n"),
            vault.checkpoint()[:-2],
            "\udcff",
            "x" * 10_000,
        ):
            if place == KEYRING:
                keyring.set_password("geowallet", vault.id, forged)
            else:
                Path(place).write_bytes(forged.encode(errors="surrogateescape"))
            assert recall(vault, place).standing is Standing.UNREADABLE
            assert recall(vault, place).mark is None

    def test_a_note_of_another_origin_is_none(self, vault: Vault) -> None:
        assert signed_mark(vault, vault.checkpoint()) == vault.mark()
        other = vault.checkpoint().replace(vault.origin, "geowallet/other")
        assert signed_mark(vault, other) is None

    def test_nor_is_one_of_another_log_by_the_same_key(self, vault: Vault) -> None:
        mark, seed = vault.mark(), vault._keys.log_seed
        for checkpoint in (
            Checkpoint("geowallet/other", mark.size, mark.root),
            Checkpoint(vault.origin, 0, EMPTY_ROOT),
        ):
            assert signed_mark(vault, sign_checkpoint(checkpoint, seed)) is None


class TestFile:
    def test_it_is_for_its_owner_only_and_leaves_no_draft(
        self, vault: Vault, tmp_path: Path
    ) -> None:
        place = tmp_path / "own" / "head"
        place.parent.mkdir()
        remember(vault, str(place))
        assert place.stat().st_mode & 0o777 == 0o600
        assert list(place.parent.iterdir()) == [place]
        assert place.read_text() == vault.checkpoint()

    def test_a_medium_that_is_away_is_told(self, vault: Vault, tmp_path: Path) -> None:
        place = str(tmp_path / "away" / "head")
        assert recall(vault, place).standing is Standing.UNREACHABLE
        with pytest.raises(MemoryUnusableError, match="cannot be written"):
            remember(vault, place)

    def test_a_full_disk_keeps_the_old_one(
        self, vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        place = tmp_path / "own" / "head"
        place.parent.mkdir()
        remember(vault, str(place))
        before = place.read_bytes()
        grow(vault)

        def full(_: int) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.raises(MemoryUnusableError):
                remember(vault, str(place))
        assert place.read_bytes() == before
        assert list(place.parent.iterdir()) == [place]


class TestKeyring:
    @pytest.mark.parametrize("error", [rings.LOCKED, secretstorage.ItemNotFoundException()])
    def test_one_that_is_locked_or_refuses_is_not_reachable(
        self, vault: Vault, ring: rings.Ring, error: Exception
    ) -> None:
        ring.refuses = error
        assert recall(vault, KEYRING).standing is Standing.UNREACHABLE
        with pytest.raises(MemoryUnusableError, match="locked"):
            remember(vault, KEYRING)

    def test_each_wallet_has_its_own(self, vault: Vault, ring: rings.Ring) -> None:
        remember(vault, KEYRING)
        assert list(ring.kept) == [("geowallet", vault.id)]

    def test_without_the_extra_that_is_said(
        self, vault: Vault, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = builtins.__import__

        def without(name: str, *rest: Any, **named: Any) -> Any:
            if name.startswith("keyring"):
                raise ImportError
            return real(name, *rest, **named)

        monkeypatch.setattr(builtins, "__import__", without)
        assert recall(vault, KEYRING).standing is Standing.UNREACHABLE
        with pytest.raises(MissingExtraError, match="keyring"):
            remember(vault, KEYRING)
