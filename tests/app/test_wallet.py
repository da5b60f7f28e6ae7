from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from geowallet.app import wallet
from geowallet.app.locations import Locations
from geowallet.app.sharing.identity import create_identity
from geowallet.crypto.keys import KdfCost
from geowallet.crypto.recovery import parse_recovery, recovery_text
from geowallet.model.errors import (
    BadNameError,
    DiskFullError,
    NoVaultError,
    RecoveryTypoError,
    VaultExistsError,
    VaultForkedError,
    VaultLockedError,
    VaultRolledBackError,
    WeakPassphraseError,
    WrongPassphraseError,
    WrongRecoveryKeyError,
)
from geowallet.model.provenance import StatementKind
from geowallet.vault import session
from tests.app import scene


def created(folder: Path) -> tuple[Locations, wallet.Created]:
    here = scene.places_at(folder)
    return here, wallet.create_wallet(here, scene.PASSPHRASE, cost=KdfCost.LEAST)


def set_back(here: Locations, folder: Path) -> None:
    """Write to a wallet, then put the copy from before in its place."""
    old = folder / "old"
    shutil.copy(here.wallet, old)
    with scene.opened(here) as vault:
        scene.introduce(vault)
    shutil.copy(old, here.wallet)


def write_and_fail(here: Locations) -> None:
    with scene.opened(here) as vault:
        scene.introduce(vault)
        raise BadNameError(name="")


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """A keyring that is a dictionary."""
    keys: dict[str, bytes] = {}

    def remember(vault_id: str, master: bytes, seconds: int) -> bool:
        keys[vault_id] = master
        return seconds > 0

    monkeypatch.setattr(session, "remember", remember)
    monkeypatch.setattr(session, "recall", keys.get)
    monkeypatch.setattr(session, "forget", lambda vault_id: keys.pop(vault_id, None) is not None)
    return keys


class TestCreate:
    def test_the_file_is_the_owners_alone_and_nothing_lies_beside_it(self, tmp_path: Path) -> None:
        here, _ = created(tmp_path / "new")
        assert here.wallet.stat().st_mode & 0o777 == 0o600
        assert sorted(p.name for p in here.wallet.parent.iterdir()) == ["state", "wallet.gwv"]

    def test_a_wallet_is_never_overwritten(self, empty: Locations) -> None:
        before = empty.wallet.read_bytes()
        with pytest.raises(VaultExistsError):
            wallet.create_wallet(empty, scene.PASSPHRASE, cost=KdfCost.LEAST)
        assert empty.wallet.read_bytes() == before

    def test_a_wallet_made_meanwhile_by_another_process_is_left_alone(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        here = scene.places_at(tmp_path)
        real = create_identity

        def slowly(*arguments: object, **named: object) -> None:
            real(*arguments, **named)  # type: ignore[arg-type]  # handed on as it came
            here.wallet.write_bytes(b"another one's")

        monkeypatch.setattr(wallet, "create_identity", slowly)
        with pytest.raises(VaultExistsError):
            wallet.create_wallet(here, scene.PASSPHRASE, cost=KdfCost.LEAST)
        assert here.wallet.read_bytes() == b"another one's"
        assert not list(tmp_path.glob(".wallet*"))

    @pytest.mark.parametrize("weak", [b"", b"fifteen letters", "é".encode() * 15])
    def test_a_short_passphrase_is_refused(self, tmp_path: Path, weak: bytes) -> None:
        here = scene.places_at(tmp_path)
        with pytest.raises(WeakPassphraseError):
            wallet.create_wallet(here, weak, cost=KdfCost.LEAST)
        assert not here.wallet.exists()

    def test_length_is_counted_in_characters(self, tmp_path: Path) -> None:
        wallet.create_wallet(scene.places_at(tmp_path), "é".encode() * 16, cost=KdfCost.LEAST)

    def test_no_wallet_is_left_where_its_keys_could_not_be_written(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise DiskFullError(reason="")

        monkeypatch.setattr(wallet, "create_identity", refuse)
        with pytest.raises(DiskFullError):
            created(tmp_path)
        assert list(tmp_path.iterdir()) == []

    def test_a_disk_without_hard_links_is_said_to_refuse(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = create_identity

        def then_no_links(*arguments: object, **named: object) -> None:
            real(*arguments, **named)  # type: ignore[arg-type]  # handed on as it came
            monkeypatch.setattr(os, "link", refuse)

        def refuse(*_: object) -> None:
            raise PermissionError(1, "Operation not permitted")

        monkeypatch.setattr(wallet, "create_identity", then_no_links)
        with pytest.raises(DiskFullError):
            created(tmp_path)


class TestOpen:
    def test_a_wrong_passphrase_opens_nothing(self, empty: Locations) -> None:
        with (
            pytest.raises(WrongPassphraseError),
            wallet.opened(empty, lambda: b"correct horse battery stable"),
        ):
            pass

    def test_there_must_be_a_wallet(self, tmp_path: Path) -> None:
        with pytest.raises(NoVaultError), scene.opened(scene.places_at(tmp_path)):
            pass

    def test_nobody_to_ask_leaves_it_locked(self, empty: Locations) -> None:
        def nobody() -> bytes:
            raise VaultLockedError

        with pytest.raises(VaultLockedError), wallet.opened(empty, nobody):
            pass

    @pytest.mark.usefixtures("kept")
    def test_signing_asks_even_within_a_session(self, empty: Locations) -> None:
        assert wallet.unlock(empty, scene.PASSPHRASE)
        with pytest.raises(WrongPassphraseError):
            wallet.check_passphrase(empty, lambda: b"somebody at the open laptop")
        wallet.check_passphrase(empty, scene.ask)

    def test_a_session_spares_the_question_until_it_is_locked(
        self, empty: Locations, kept: dict[str, bytes]
    ) -> None:
        def never() -> bytes:
            pytest.fail("asked although it is open")

        wallet.unlock(empty, scene.PASSPHRASE)
        with wallet.opened(empty, never) as vault:
            assert kept.keys() == {vault.id}
        assert wallet.lock(empty)
        assert not wallet.lock(empty)
        assert kept == {}

    def test_without_a_keyring_unlocking_says_so(self, empty: Locations) -> None:
        assert not wallet.unlock(empty, scene.PASSPHRASE)


class TestRecovery:
    def test_the_recovery_key_opens_its_wallet(
        self, tmp_path: Path, kept: dict[str, bytes]
    ) -> None:
        here, new = created(tmp_path)
        kept.clear()
        assert wallet.unlock_with_recovery(here, new.recovery)
        with wallet.opened(here, lambda: b"forgotten") as vault:
            assert vault.id == new.vault_id

    def test_the_key_of_another_wallet_is_named_as_such(self, tmp_path: Path) -> None:
        here, _ = created(tmp_path / "mine")
        _, other = created(tmp_path / "other")
        with pytest.raises(WrongRecoveryKeyError):
            wallet.unlock_with_recovery(here, other.recovery)

    def test_a_key_forged_for_this_wallet_is_wrong_too(self, tmp_path: Path) -> None:
        here, new = created(tmp_path)
        forged = recovery_text(bytes(32), parse_recovery(new.recovery)[1])
        with pytest.raises(WrongRecoveryKeyError):
            wallet.unlock_with_recovery(here, forged)

    @pytest.mark.parametrize("group", range(1, 9))
    def test_a_typing_error_is_found_in_its_group(self, tmp_path: Path, group: int) -> None:
        here, new = created(tmp_path)
        groups = new.recovery.split()
        wrong = "A" if groups[group - 1][0] != "A" else "B"
        groups[group - 1] = wrong + groups[group - 1][1:]
        with pytest.raises(RecoveryTypoError) as caught:
            wallet.unlock_with_recovery(here, " ".join(groups))
        assert caught.value.details == {"group": group}


class TestRollback:
    """Promise: an older copy of the wallet never passes for the newest one."""

    def test_an_older_copy_is_refused(self, empty: Locations, tmp_path: Path) -> None:
        set_back(empty, tmp_path)
        with pytest.raises(VaultRolledBackError), scene.opened(empty):
            pass

    def test_it_stays_refused(self, empty: Locations, tmp_path: Path) -> None:
        set_back(empty, tmp_path)
        for _ in range(2):
            with pytest.raises(VaultRolledBackError), scene.opened(empty):
                pass

    def test_the_owner_may_accept_it_and_the_log_says_so(
        self, empty: Locations, tmp_path: Path
    ) -> None:
        set_back(empty, tmp_path)
        wallet.accept_rollback(empty, scene.ask)
        with scene.opened(empty) as vault:
            *_, (_, last, _) = vault.log_entries()
        assert (last.kind, last.predicate["what"]) == (
            StatementKind.SETTING,
            "older copy accepted",
        )

    def test_the_newer_state_is_then_a_stranger(self, empty: Locations, tmp_path: Path) -> None:
        newer = tmp_path / "newer"
        shutil.copy(empty.wallet, tmp_path / "older")
        with scene.opened(empty) as vault:
            scene.introduce(vault)
        shutil.copy(empty.wallet, newer)
        shutil.copy(tmp_path / "older", empty.wallet)
        wallet.accept_rollback(empty, scene.ask)
        shutil.copy(newer, empty.wallet)
        with pytest.raises(VaultForkedError), scene.opened(empty):
            pass

    def test_work_done_before_a_failure_is_remembered_too(
        self, empty: Locations, tmp_path: Path
    ) -> None:
        shutil.copy(empty.wallet, tmp_path / "old")
        with pytest.raises(BadNameError):
            write_and_fail(empty)
        shutil.copy(tmp_path / "old", empty.wallet)
        with pytest.raises(VaultRolledBackError), scene.opened(empty):
            pass

    def test_a_failure_is_told_even_where_nothing_can_be_remembered(self, empty: Locations) -> None:
        shutil.rmtree(empty.state)
        empty.state.write_text("a file where the folder should be")
        with pytest.raises(BadNameError), scene.opened(empty):
            raise BadNameError(name="")

    def test_a_wallet_from_another_machine_is_welcome(
        self, empty: Locations, tmp_path: Path
    ) -> None:
        moved = scene.places_at(tmp_path / "laptop")
        moved.wallet.parent.mkdir()
        shutil.copy(empty.wallet, moved.wallet)
        with scene.opened(moved) as vault:
            assert moved.highwater(vault.id).exists() is False
        assert moved.highwater(vault.id).exists()
