from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from geowallet.app import key_files, keys, wallet
from geowallet.app.locations import Locations
from geowallet.crypto.keys import KdfCost
from geowallet.model.errors import (
    DiskFullError,
    FileTakenError,
    LastSlotError,
    NotFoundError,
    WeakPassphraseError,
    WrongKeyFileError,
    WrongPassphraseError,
    WrongRecoveryKeyError,
)
from geowallet.vault import session
from geowallet.vault.check import check_vault
from tests.app import scene

SECOND = b"a second passphrase of mine"


@dataclass(frozen=True)
class Home:
    """A new wallet, its master key and its recovery key."""

    here: Locations
    master: bytes
    recovery: str


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(session, "_ring", lambda: None)
    monkeypatch.setattr(KdfCost, "MODERATE", KdfCost.LEAST)
    here = scene.places_at(tmp_path)
    made = wallet.create_wallet(here, scene.PASSPHRASE, cost=KdfCost.LEAST)
    return Home(here, wallet.master_of(here, scene.PASSPHRASE), made.recovery)


def kinds(here: Locations) -> list[str]:
    return [way.kind for way in keys.ways_in(here)]


def whole(here: Locations, passphrase: bytes = scene.PASSPHRASE) -> None:
    with wallet.opened(here, lambda: passphrase) as vault:
        assert check_vault(vault).problems == ()


class TestWaysIn:
    def test_a_second_passphrase_opens_beside_the_first(self, home: Home) -> None:
        assert keys.add_passphrase(home.here, home.master, SECOND) == 3
        assert wallet.master_of(home.here, SECOND) == home.master
        whole(home.here)
        assert kinds(home.here) == ["passphrase", "recovery", "passphrase"]

    def test_a_weak_one_is_refused(self, home: Home) -> None:
        with pytest.raises(WeakPassphraseError):
            keys.add_passphrase(home.here, home.master, b"short")
        assert len(kinds(home.here)) == 2

    def test_changing_one_passphrase_leaves_the_other(self, home: Home) -> None:
        keys.add_passphrase(home.here, home.master, SECOND)
        wallet.change_passphrase(
            home.here, home.master, b"the third passphrase", old=SECOND, cost=KdfCost.LEAST
        )
        whole(home.here)
        with pytest.raises(WrongPassphraseError):
            wallet.master_of(home.here, SECOND)

    def test_a_lost_passphrase_is_gone_with_all_the_others(self, home: Home) -> None:
        keys.add_passphrase(home.here, home.master, SECOND)
        wallet.change_passphrase(
            home.here, home.master, b"the third passphrase", cost=KdfCost.LEAST
        )
        assert kinds(home.here) == ["recovery", "passphrase"]

    def test_a_key_file_is_the_owners_alone_and_opens(self, home: Home, tmp_path: Path) -> None:
        path = tmp_path / "key"
        number = keys.add_key_file(home.here, home.master, path)
        assert path.stat().st_mode & 0o777 == 0o600
        assert len(path.read_bytes()) == 32
        assert keys.master_by_file(home.here, path) == home.master
        assert keys.remove(home.here, home.master, number).kind == "file"
        with pytest.raises(WrongKeyFileError):
            keys.master_by_file(home.here, path)
        with pytest.raises(WrongKeyFileError):
            keys.key_file_secret(home.here, path)

    def test_the_name_of_a_key_file_lasts_before_the_wallet_relies_on_it(
        self, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(_: Path) -> None:
            raise OSError(5, "Input/output error")

        before = keys.ways_in(home.here)
        monkeypatch.setattr(key_files, "flush_folder", fail)
        with pytest.raises(DiskFullError):
            keys.add_key_file(home.here, home.master, tmp_path / "key")
        assert keys.ways_in(home.here) == before
        assert not (tmp_path / "key").exists()

    def test_nothing_is_overwritten_by_a_key_file(self, home: Home, tmp_path: Path) -> None:
        (tmp_path / "key").write_bytes(b"something else")
        with pytest.raises(FileTakenError):
            keys.add_key_file(home.here, home.master, tmp_path / "key")
        assert (tmp_path / "key").read_bytes() == b"something else"
        with pytest.raises(WrongKeyFileError):
            keys.master_by_file(home.here, tmp_path / "key")

    def test_a_key_file_that_cannot_count_is_removed(
        self, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise DiskFullError(reason="")

        monkeypatch.setattr(keys, "new_slot", refuse)
        with pytest.raises(DiskFullError):
            keys.add_key_file(home.here, home.master, tmp_path / "key")
        assert not (tmp_path / "key").exists()
        with pytest.raises(DiskFullError):
            keys.add_key_file(home.here, home.master, tmp_path / "none" / "key")

    def test_the_last_passphrase_and_the_recovery_key_stay(self, home: Home) -> None:
        for number in (1, 2):
            with pytest.raises(LastSlotError):
                keys.remove(home.here, home.master, number)
        with pytest.raises(NotFoundError):
            keys.remove(home.here, home.master, 3)
        assert kinds(home.here) == ["passphrase", "recovery"]

    def test_one_of_two_passphrases_can_go(self, home: Home) -> None:
        keys.add_passphrase(home.here, home.master, SECOND)
        keys.remove(home.here, home.master, 1)
        whole(home.here, SECOND)
        with pytest.raises(WrongPassphraseError):
            wallet.master_of(home.here, scene.PASSPHRASE)


class TestRecovery:
    def test_a_test_proves_and_writes_nothing(self, home: Home) -> None:
        before = home.here.wallet.read_bytes()
        keys.prove_recovery(home.here, home.recovery.lower())
        assert home.here.wallet.read_bytes() == before

    def test_a_new_one_takes_the_place_of_the_old(self, home: Home, tmp_path: Path) -> None:
        new = keys.new_recovery(home.here)
        with keys.recovery_file(tmp_path / "paper", new):
            keys.replace_recovery(home.here, home.master, new)
        keys.prove_recovery(home.here, (tmp_path / "paper").read_text())
        with pytest.raises(WrongRecoveryKeyError):
            keys.prove_recovery(home.here, home.recovery)
        assert kinds(home.here) == ["passphrase", "recovery"]


class TestRotate:
    @pytest.mark.parametrize("deep", [False, True])
    def test_what_was_proved_stays_a_way_in(
        self, home: Home, tmp_path: Path, *, deep: bool
    ) -> None:
        keys.add_passphrase(home.here, home.master, SECOND)
        keys.add_key_file(home.here, home.master, tmp_path / "key")
        file = keys.key_file_secret(home.here, tmp_path / "key")
        new = keys.new_recovery(home.here)
        keys.rotate_keys(
            home.here,
            home.master,
            passphrases=[scene.PASSPHRASE],
            recovery=new,
            key_files=[file],
            deep=deep,
        )
        assert kinds(home.here) == ["passphrase", "recovery", "file"]
        whole(home.here)
        keys.prove_recovery(home.here, new.text)
        assert keys.master_by_file(home.here, tmp_path / "key") != home.master
        with pytest.raises(WrongPassphraseError):
            wallet.master_of(home.here, SECOND)

    def test_an_open_session_goes_on(self, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
        kept = {"": home.master}
        monkeypatch.setattr(session, "forget", lambda _: kept.pop("", None) is not None)
        monkeypatch.setattr(session, "remember", lambda _, key, __: bool(kept.update({"": key})))
        monkeypatch.setattr(session, "recall", lambda _: kept.get(""))
        new = keys.new_recovery(home.here)
        keys.rotate_keys(home.here, home.master, passphrases=[scene.PASSPHRASE], recovery=new)
        with wallet.opened(home.here, lambda: b"not asked") as vault:
            assert vault.mark().size > 0
        kept[""] = home.master  # left over by a process that died before it told the keyring
        whole(home.here)
        assert not kept
