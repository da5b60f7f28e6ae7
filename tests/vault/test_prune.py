from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from geowallet.crypto.keys import KdfCost
from geowallet.model.errors import BackupDamagedError, ForeignBackupError, GeowalletError
from geowallet.vault import backup as module
from geowallet.vault import backup_index
from geowallet.vault.backup import backup, index_at, index_numbers
from geowallet.vault.backup_index import Index
from geowallet.vault.create import create_vault
from geowallet.vault.prune import first_entries, renew
from geowallet.vault.restore import check_backup, restored
from geowallet.vault.store import Vault
from tests.vault.conftest import NOW_US, PASSPHRASE, RECOVERY, Made, statement


def write(vault: Vault, name: str) -> None:
    with vault.transaction(now_us=NOW_US) as tx:
        tx.put("fixes", name, os.urandom(150_000))
        tx.log(statement())


@pytest.fixture
def folder(vault: Vault, tmp_path: Path) -> Path:
    """Two backups of a wallet of several blocks."""
    folder = tmp_path / "backups"
    for name in ("a", "b"):
        write(vault, name)
        backup(vault, folder, now_us=NOW_US, random=os.urandom)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class TestRenew:
    """Promise: "A folder of backups that holds the wallet of now and nothing else"."""

    def test_only_the_newest_is_left_and_it_can_be_restored(
        self, vault: Vault, folder: Path, made: Made, path: Path
    ) -> None:
        before = files(folder)
        write(vault, "b")
        done = renew(vault, folder, now_us=NOW_US, random=os.urandom)
        assert (done.backup.number, index_numbers(folder)) == (3, [3])
        data, index = index_at(folder, 3)
        assert restored(folder, data, index, made.master) == path.read_bytes()
        assert set(files(folder)) == {"00000003.json", *index.blocks}
        assert done.removed == len(set(before) - set(files(folder)))
        report = check_backup(folder)
        assert (report.backups, report.unused, report.problems) == (1, 0, ())

    def test_the_next_backup_goes_on_from_there(self, vault: Vault, folder: Path) -> None:
        renew(vault, folder, now_us=NOW_US, random=os.urandom)
        write(vault, "c")
        assert backup(vault, folder, now_us=NOW_US, random=os.urandom).number == 4
        report = check_backup(folder)
        assert (report.backups, report.problems) == (2, ())

    def test_one_taken_away_after_it_is_still_found(self, vault: Vault, folder: Path) -> None:
        renew(vault, folder, now_us=NOW_US, random=os.urandom)
        for name in ("c", "d"):
            write(vault, name)
            backup(vault, folder, now_us=NOW_US, random=os.urandom)
        (folder / "index" / "00000004.json").unlink()
        assert check_backup(folder).problems

    def test_a_wallet_as_it_was_backed_up_last_is_renewed_too(
        self, vault: Vault, folder: Path
    ) -> None:
        done = renew(vault, folder, now_us=NOW_US, random=os.urandom)
        assert (done.backup.number, done.backup.new) == (3, True)
        again = renew(vault, folder, now_us=NOW_US, random=os.urandom)
        assert (again.backup.number, again.backup.new, again.removed) == (3, False, 0)

    def test_what_goes_is_overwritten_first(
        self, vault: Vault, folder: Path, tmp_path: Path
    ) -> None:
        """A second name for each file shows what was done to its bytes."""
        links = tmp_path / "links"
        links.mkdir()
        before = files(folder)
        for path in folder.rglob("*"):
            if path.is_file():
                os.link(path, links / path.name)
        write(vault, "b")
        renew(vault, folder, now_us=NOW_US, random=os.urandom)
        gone = set(before) - set(files(folder))
        assert len(gone) > 3
        assert all(not any((links / name).read_bytes()) for name in gone)

    def test_an_interrupted_one_is_finished_by_the_next(
        self, vault: Vault, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(vault, "b")
        removed = []
        unlink = Path.unlink

        def dying(path: Path, *, missing_ok: bool = False) -> None:
            if not path.name.endswith(".new"):
                removed.append(path)
                if len(removed) == 2:
                    raise KeyboardInterrupt
            unlink(path, missing_ok=missing_ok)

        monkeypatch.setattr(Path, "unlink", dying)
        with pytest.raises(KeyboardInterrupt):
            renew(vault, folder, now_us=NOW_US, random=os.urandom)
        monkeypatch.setattr(Path, "unlink", unlink)
        report = check_backup(folder)
        assert (report.backups, report.problems) == (1, ())
        assert report.unused > 0
        assert first_entries(folder) == 5
        renew(vault, folder, now_us=NOW_US, random=os.urandom)
        assert (check_backup(folder).unused, first_entries(folder)) == (0, 7)

    def test_the_folder_of_another_wallet_is_left_alone(self, folder: Path, tmp_path: Path) -> None:
        before = files(folder)
        with (
            create_vault(
                tmp_path / "other.db",
                slots_secret=PASSPHRASE,
                recovery_secret=RECOVERY,
                cost=KdfCost.LEAST,
                now_us=NOW_US,
                random=os.urandom,
            ) as other,
            pytest.raises(ForeignBackupError),
        ):
            renew(other, folder, now_us=NOW_US, random=os.urandom)
        assert files(folder) == before

    def test_a_link_in_place_of_an_object_is_not_followed(
        self, vault: Vault, folder: Path, tmp_path: Path
    ) -> None:
        precious = tmp_path / "precious"
        precious.write_bytes(b"of the owner")
        stray = folder / "objects" / "00" / ("00" * 32)
        stray.parent.mkdir(exist_ok=True)
        stray.symlink_to(precious)
        write(vault, "b")
        with pytest.raises(GeowalletError):
            renew(vault, folder, now_us=NOW_US, random=os.urandom)
        assert precious.read_bytes() == b"of the owner"


class TestFirstEntries:
    """Promise: "how many log entries the oldest backup has that lies there"."""

    def test_none_without_backups(self, tmp_path: Path) -> None:
        assert first_entries(tmp_path) is None

    def test_of_the_oldest(self, folder: Path) -> None:
        assert first_entries(folder) == 5

    def test_a_changed_index_says_nothing(self, folder: Path) -> None:
        path = folder / "index" / "00000001.json"
        path.write_bytes(path.read_bytes().replace(b'"size":5', b'"size":9'))
        with pytest.raises(BackupDamagedError):
            first_entries(folder)


def test_a_folder_whose_newest_index_is_damaged_still_says_what_is_wrong(folder: Path) -> None:
    path = folder / "index" / "00000002.json"
    path.write_bytes(b"{}")
    assert check_backup(folder).problems


@pytest.mark.parametrize("oldest", [0, 4, -1])
def test_an_index_whose_oldest_is_none_is_refused(
    vault: Vault, folder: Path, monkeypatch: pytest.MonkeyPatch, oldest: int
) -> None:
    """Only who has the keys could write one."""
    write_index = backup_index.index_bytes

    def forged(index: Index, *, wrap: bytes, log_seed: bytes) -> bytes:
        return write_index(replace(index, oldest=oldest), wrap=wrap, log_seed=log_seed)

    monkeypatch.setattr(module, "index_bytes", forged)
    write(vault, "c")
    backup(vault, folder, now_us=NOW_US, random=os.urandom)
    with pytest.raises(BackupDamagedError):
        index_at(folder, 3)
