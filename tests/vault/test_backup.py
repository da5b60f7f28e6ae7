"""Backups: what was written is what comes back, or an error names what is wrong."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geowallet.crypto.canonical import canonical_bytes, sha256_hex
from geowallet.crypto.encoding import b64u
from geowallet.crypto.keys import subkey
from geowallet.crypto.signing import log_public, sign_log
from geowallet.model.errors import (
    BackupDamagedError,
    DiskFullError,
    ForeignBackupError,
    GeowalletError,
    NoBackupError,
    VaultDamagedError,
    VaultExistsError,
    VaultFormatError,
    WrongPassphraseError,
)
from geowallet.vault import backup as backups
from geowallet.vault import shelf as shelves
from geowallet.vault.backup import backup, index_at, index_name, object_name
from geowallet.vault.backup_index import Index, index_bytes, read_index
from geowallet.vault.highwater import Mark
from geowallet.vault.restore import check_backup, put_back, restored
from geowallet.vault.slots import master_by
from geowallet.vault.store import Vault, open_vault
from tests.vault.conftest import NOW_US, PASSPHRASE, Made, statement
from tests.vault.spoiled_backups import HARMLESS, HOSTILE, objects

FORGER = bytes(range(7, 39))


def _write(vault: Vault, payload: bytes = b"third home") -> None:
    with vault.transaction(now_us=NOW_US + 5) as tx:
        tx.put("place", "home", payload)
        tx.log(statement())


def _backup(vault: Vault, folder: Path) -> backups.Backup:
    return backup(vault, folder, now_us=NOW_US + 7, random=os.urandom)


def _restored(folder: Path, number: int, passphrase: bytes = PASSPHRASE) -> bytes:
    data, index = index_at(folder, number)
    return restored(folder, data, index, master_by(index.slots, "passphrase", passphrase))


def _signed(value: object, seed: bytes) -> bytes:
    payload = canonical_bytes(value)
    signature = b64u(sign_log(b"geowallet/backup/1\n" + payload, seed))
    return payload + b"\n" + signature.encode() + b"\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "stick" / "backups"


@pytest.fixture
def two(vault: Vault, folder: Path) -> Path:
    """A folder of two backups, the second with a record of 300 KB."""
    _backup(vault, folder)
    _write(vault, os.urandom(300_000))
    _backup(vault, folder)
    return folder


class TestBackup:
    """Promise: a backup gives back the file of its moment, byte for byte."""

    def test_what_comes_back_is_what_was_there(
        self, vault: Vault, path: Path, folder: Path
    ) -> None:
        first = path.read_bytes()
        assert _backup(vault, folder).number == 1
        _write(vault)
        assert _backup(vault, folder).number == 2
        assert _restored(folder, 1) == first
        assert _restored(folder, 2) == path.read_bytes() != first
        assert check_backup(folder).problems == ()

    def test_nothing_new_writes_nothing(self, vault: Vault, folder: Path) -> None:
        _backup(vault, folder)
        before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        again = _backup(vault, folder)
        assert (again.number, again.new, again.written) == (1, False, 0)
        assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def test_only_what_changed_is_written(self, two: Path, vault: Vault) -> None:
        before = {path: path.stat().st_mtime_ns for path in objects(two)}
        _write(vault)
        third = _backup(vault, two)
        assert 0 < third.written < third.objects
        assert before.items() <= {p: p.stat().st_mtime_ns for p in objects(two)}.items()

    def test_a_backup_goes_on_where_one_was_killed(self, two: Path, vault: Vault) -> None:
        (two / index_name(2)).unlink()
        (two / "index" / ".00000002.json.0123456789abcdef.new").write_bytes(b"half")
        assert check_backup(two).unused > 1
        again = _backup(vault, two)
        assert (again.number, again.new, again.written) == (2, True, 0)
        assert check_backup(two).problems == ()

    def test_files_are_the_owners_alone_and_show_no_record(self, two: Path) -> None:
        for path in two.rglob("*"):
            assert path.stat().st_mode & 0o077 == 0, path
        for path in objects(two):
            assert b"SQLite" not in path.read_bytes()

    def test_a_damaged_wallet_takes_no_good_backups_place(self, vault: Vault, folder: Path) -> None:
        with vault.snapshot() as (db, _):
            pass
        db.execute("UPDATE record SET version = 0")
        with pytest.raises(VaultDamagedError):
            _backup(vault, folder)
        assert not folder.exists()

    def test_another_wallets_folder_is_left_alone(
        self, two: Path, vault: Vault, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(vault, "_keys", replace(vault._keys, vault_id=bytes(16)))
        before = sorted(two.rglob("*"))
        with pytest.raises((ForeignBackupError, VaultDamagedError)):
            _backup(vault, two)
        data, index = index_at(two, 2)
        other = replace(index, vault_id=bytes(16))
        seed, wrap = vault._keys.log_seed, vault._keys.wrap
        (two / index_name(2)).write_bytes(index_bytes(other, wrap=wrap, log_seed=seed))
        monkeypatch.undo()
        assert read_index(data) == index
        with pytest.raises(ForeignBackupError):
            _backup(vault, two)
        assert sorted(two.rglob("*")) == before

    def test_a_full_disk_is_told(
        self, vault: Vault, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(shelves, "write_new", full)
        with pytest.raises(DiskFullError):
            _backup(vault, folder)
        monkeypatch.undo()
        assert _backup(vault, folder).number == 1


class TestRestore:
    def test_a_place_that_is_taken_stays(self, two: Path, tmp_path: Path) -> None:
        target = tmp_path / "new" / "wallet"
        put_back(target, _restored(two, 2), os.urandom)
        assert target.stat().st_mode & 0o777 == 0o600
        with pytest.raises(VaultExistsError):
            put_back(target, b"", os.urandom)
        assert target.read_bytes() == _restored(two, 2)

    def test_it_opens_with_the_passphrase_of_its_time_only(self, two: Path) -> None:
        with pytest.raises(WrongPassphraseError):
            _restored(two, 1, b"another passphrase")

    def test_there_must_be_such_a_backup(self, two: Path, tmp_path: Path) -> None:
        with pytest.raises(NoBackupError):
            index_at(two, 3)
        with pytest.raises(NoBackupError):
            check_backup(tmp_path)
        with pytest.raises(NoBackupError):
            check_backup(two / "index" / "00000001.json")

    def test_a_wallet_that_was_not_whole_is_not_restored(
        self, vault: Vault, folder: Path, made: Made, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Authentic objects of a file that the log does not speak of."""
        with vault.snapshot() as (db, _):
            pass
        monkeypatch.setattr(backups, "check_file", lambda *_: type("R", (), {"problems": ()}))
        db.execute("UPDATE record SET version = 0")
        _backup(vault, folder)
        data, index = index_at(folder, 1)
        with pytest.raises(VaultDamagedError):
            restored(folder, data, index, made.master)

    def test_a_head_that_is_not_the_signed_one_is_refused(
        self, vault: Vault, folder: Path, made: Made
    ) -> None:
        _backup(vault, folder)
        _, index = index_at(folder, 1)
        other = replace(index, mark=Mark(index.mark.size + 1, index.mark.root))
        data = index_bytes(other, wrap=subkey(made.master, "wrap"), log_seed=vault._keys.log_seed)
        with pytest.raises(VaultDamagedError):
            restored(folder, data, read_index(data), made.master)


class TestHostile:
    """Promise: a changed backup is named as such, and nothing of it is restored."""

    @pytest.mark.parametrize("change", HOSTILE, ids=lambda change: change.__name__)
    def test_each_change_is_found_without_a_key(
        self, two: Path, change: Callable[[Path], None]
    ) -> None:
        change(two)
        problems = check_backup(two).problems
        assert problems
        assert {error.exit_status for _, error in problems} == {26}

    @pytest.mark.parametrize("change", HOSTILE, ids=lambda change: change.__name__)
    def test_each_change_is_refused_or_makes_no_difference(
        self, two: Path, path: Path, change: Callable[[Path], None]
    ) -> None:
        for stale in set(objects(two)) - set(_needed(two, 2)):
            stale.unlink()
        change(two)
        if change in HARMLESS:
            assert _restored(two, 2) == path.read_bytes()
            return
        with pytest.raises(BackupDamagedError):
            _restored(two, 2)

    @settings(
        max_examples=60,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
        deadline=None,
    )
    @given(data=st.data())
    def test_any_bit_of_any_file(self, two: Path, data: st.DataObject) -> None:
        path = data.draw(st.sampled_from(objects(two) + [two / index_name(n) for n in (1, 2)]))
        counts = path in {*_needed(two, 2), two / index_name(2)}
        good = path.read_bytes()
        at = data.draw(st.integers(0, 8 * len(good) - 1))
        forged = bytearray(good)
        forged[at // 8] ^= 1 << at % 8
        path.write_bytes(forged)
        try:
            assert check_backup(two).problems
            if counts:
                with pytest.raises(GeowalletError) as caught:
                    _restored(two, 2)
                assert caught.value.exit_status == 26
        finally:
            path.write_bytes(good)

    def test_what_is_outside_the_sample_is_found_but_not_read(self, two: Path) -> None:
        objects(two)[0].write_bytes(b"")
        assert check_backup(two).problems
        assert check_backup(two, lambda _: False).problems == ()

    def test_another_signing_key_cannot_stand_in(self, two: Path, made: Made) -> None:
        """It can sign what it likes; who has the master key is told."""
        value = json.loads((two / index_name(2)).read_bytes().split(b"\n")[0])
        value |= {"log_public": log_public(FORGER).hex(), "at_us": 0}
        data = _signed(value, FORGER)
        (two / index_name(2)).write_bytes(data)
        assert check_backup(two).problems
        with pytest.raises(BackupDamagedError):
            restored(two, data, read_index(data), made.master)

    def test_blocks_in_another_order_are_refused_though_proved(
        self, two: Path, vault: Vault, made: Made
    ) -> None:
        _, index = index_at(two, 2)
        other = replace(index, blocks=index.blocks[::-1])
        wrap = subkey(made.master, "wrap")
        data = index_bytes(other, wrap=wrap, log_seed=vault._keys.log_seed)
        with pytest.raises(BackupDamagedError):
            restored(two, data, other, made.master)

    def test_an_object_of_another_wallet_is_refused(
        self, two: Path, vault: Vault, made: Made
    ) -> None:
        alien = os.urandom(2000)
        name = sha256_hex(alien)
        (two / object_name(name)).parent.mkdir(exist_ok=True)
        (two / object_name(name)).write_bytes(alien)
        _, index = index_at(two, 2)
        other = replace(index, blocks=(name, *index.blocks[1:]))
        wrap = subkey(made.master, "wrap")
        data = index_bytes(other, wrap=wrap, log_seed=vault._keys.log_seed)
        with pytest.raises(BackupDamagedError):
            restored(two, data, other, made.master)

    @pytest.mark.parametrize(
        "change",
        [
            {"extra": 1},
            {"number": True},
            {"file_bytes": 1},
            {"file_sha256": "AB" * 32},
            {"blocks": ["../../../etc/passwd"]},
            {"vault": "ab"},
            {"root": 5},
            {"slots": [{"header": {}, "wrapped": ""}]},
        ],
    )
    def test_a_signed_index_of_another_shape_is_refused(
        self, two: Path, change: dict[str, object]
    ) -> None:
        value = json.loads((two / index_name(2)).read_bytes().split(b"\n")[0])
        value |= {"log_public": log_public(FORGER).hex()} | change
        with pytest.raises(BackupDamagedError):
            read_index(_signed(value, FORGER))

    def test_blanks_and_more_lines_are_refused(self, two: Path) -> None:
        data = (two / index_name(2)).read_bytes()
        for forged in (b" " + data, data + b"x", data + b"\n"):
            with pytest.raises(BackupDamagedError):
                read_index(forged)

    def test_a_newer_format_is_told_as_such(self, two: Path) -> None:
        value = json.loads((two / index_name(2)).read_bytes().split(b"\n")[0]) | {"format": 2}
        with pytest.raises(VaultFormatError):
            read_index(_signed(value, FORGER))

    def test_a_changed_object_is_not_built_upon(self, two: Path, vault: Vault) -> None:
        _truncate_all(two)
        with vault.transaction(now_us=NOW_US + 6) as tx:
            tx.put("place", "work", b"beside the large one")
            tx.log(statement())
        with pytest.raises(BackupDamagedError):
            _backup(vault, two)

    def test_nothing_is_written_through_a_link(self, vault: Vault, folder: Path) -> None:
        (folder / "else").mkdir(parents=True)
        (folder / "objects").symlink_to(folder / "else")
        with pytest.raises(BackupDamagedError):
            _backup(vault, folder)
        assert not list((folder / "else").iterdir())


def _truncate_all(folder: Path) -> None:
    for path in objects(folder):
        path.write_bytes(b"")


def _needed(folder: Path, number: int) -> list[Path]:
    index: Index = index_at(folder, number)[1]
    return sorted((folder / object_name(name)) for name in set(index.blocks))


def test_a_restored_wallet_goes_on(two: Path, made: Made, tmp_path: Path) -> None:
    put_back(tmp_path / "back.gwv", _restored(two, 1), os.urandom)
    with open_vault(tmp_path / "back.gwv", made.master, random=os.urandom) as vault:
        _write(vault, b"another home")
        assert vault.get("place", "home") == b"another home"
