from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from geowallet.app import wallet
from geowallet.app.keeping import memories
from geowallet.app.locations import Locations
from geowallet.model.errors import (
    MemoryUnusableError,
    VaultForkedError,
    VaultRolledBackError,
)
from geowallet.vault.check import check_vault
from geowallet.vault.memories import Standing
from geowallet.vault.store import Vault
from tests.app import scene


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick" / "head"


@pytest.fixture
def remembered(here: Locations, stick: Path) -> Locations:
    """A wallet with a memory on a stick."""
    with scene.opened(here) as vault:
        memories.add_memory(vault, str(stick), now_us=scene.NOON_US)
    return here


def write(here: Locations, times: int = 1) -> None:
    with scene.opened(here) as vault:
        for _ in range(times):
            with vault.transaction(now_us=scene.NOON_US) as tx:
                tx.log(scene.statement())


def standing(vault: Vault) -> list[Standing]:
    return [one.standing for one in memories.memories(vault)]


class TestOpening:
    """Promise: "compared at each opening and brought up at its end"."""

    def test_it_follows_the_wallet(self, remembered: Locations) -> None:
        write(remembered)
        with scene.opened(remembered) as vault:
            assert standing(vault) == [Standing.SAME]

    def test_an_old_copy_with_its_state_file_is_found_by_the_stick(
        self, remembered: Locations, tmp_path: Path
    ) -> None:
        """What one place cannot see: wallet and state folder put back together."""
        old = scene.copied(remembered, tmp_path / "old")
        write(remembered, 2)
        with pytest.raises(VaultRolledBackError), scene.opened(old):
            pass

    def test_a_copy_that_went_on_by_itself_is_found_and_nothing_is_merged(
        self, remembered: Locations, tmp_path: Path
    ) -> None:
        other = scene.copied(remembered, tmp_path / "other")
        away = tmp_path / "away"
        stick = tmp_path / "stick"
        write(remembered)
        stick.rename(away)
        write(other, 3)
        away.rename(stick)
        before = other.wallet.read_bytes()
        with pytest.raises(VaultForkedError), scene.opened(other):
            pass
        assert other.wallet.read_bytes() == before
        with scene.opened(remembered) as vault:
            assert standing(vault) == [Standing.SAME]

    def test_accepting_it_is_logged_and_brings_the_memory_up(
        self, remembered: Locations, tmp_path: Path
    ) -> None:
        old = scene.copied(remembered, tmp_path / "old")
        write(remembered, 2)
        wallet.accept_rollback(old, scene.ask)
        with scene.opened(old) as vault:
            assert standing(vault) == [Standing.SAME]
            said = [s.predicate.get("what") for _, s, _ in vault.log_entries()]
        assert said[-1] == "older copy accepted"
        with pytest.raises(VaultForkedError), scene.opened(remembered):
            pass

    def test_a_stick_that_is_away_refuses_nothing(self, remembered: Locations, stick: Path) -> None:
        shutil.rmtree(stick.parent)
        write(remembered)
        with scene.opened(remembered) as vault:
            assert standing(vault) == [Standing.UNREACHABLE]

    def test_what_was_put_in_its_place_is_left_alone(
        self, remembered: Locations, stick: Path
    ) -> None:
        stick.write_text("holiday pictures")
        write(remembered)
        assert stick.read_text() == "holiday pictures"

    def test_a_damaged_list_of_them_does_not_lock_the_wallet(self, remembered: Locations) -> None:
        with scene.opened(remembered) as vault:
            row_id = vault.row_id("setting", "memories")
            vault._db.execute("UPDATE record SET sealed = x'00' WHERE id = ?", (row_id,))
        with scene.opened(remembered) as vault:
            assert [one.kind for one in check_vault(vault).damages] == ["setting"]


class TestChoosing:
    def test_a_file_of_something_else_is_not_taken(self, vault: Vault, stick: Path) -> None:
        stick.write_text("holiday pictures")
        with pytest.raises(MemoryUnusableError, match="something else"):
            memories.add_memory(vault, str(stick), now_us=scene.NOON_US)
        assert memories.places(vault) == ()

    def test_one_that_knows_more_is_not_taken(
        self, remembered: Locations, stick: Path, tmp_path: Path
    ) -> None:
        with scene.opened(remembered) as vault:
            memories.remove_memory(vault, str(stick), now_us=scene.NOON_US)
        old = scene.copied(remembered, tmp_path / "old")
        with scene.opened(remembered) as vault:
            memories.add_memory(vault, str(stick), now_us=scene.NOON_US)
        with scene.opened(old) as vault, pytest.raises(VaultRolledBackError):
            memories.add_memory(vault, str(stick), now_us=scene.NOON_US)

    def test_it_is_removed_by_the_name_that_was_typed(
        self, remembered: Locations, stick: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(stick.parent)
        with scene.opened(remembered) as vault:
            assert not memories.remove_memory(vault, "other", now_us=scene.NOON_US)
            assert memories.remove_memory(vault, "head", now_us=scene.NOON_US)
            assert memories.places(vault) == ()
        assert stick.exists()

    def test_a_place_that_cannot_be_written_is_not_kept(self, vault: Vault, tmp_path: Path) -> None:
        before = vault.mark()
        with pytest.raises(MemoryUnusableError):
            memories.add_memory(vault, str(tmp_path / "no" / "head"), now_us=scene.NOON_US)
        assert vault.mark() == before
