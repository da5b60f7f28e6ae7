"""Backups to real servers: an sshd, and lighttpd with WebDAV."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from geowallet.app import backups
from geowallet.app.keeping import copies
from geowallet.app.keeping.copies import Standing
from geowallet.app.remote.access import opened_place
from geowallet.crypto.keys import KdfCost
from geowallet.model.errors import (
    BackupDamagedError,
    GeowalletError,
    NoBackupError,
    RemoteFullError,
    RemoteLoginError,
    RemotePlainError,
    RemoteUnknownHostError,
    RemoteUnreachableError,
)
from geowallet.vault.backup import Backup, index_at, object_name
from geowallet.vault.create import create_vault
from geowallet.vault.restore import check_backup, restored
from geowallet.vault.slots import master_from_passphrase
from geowallet.vault.store import Vault
from tests.app.remote.cutting import cut_line
from tests.app.remote.servers import Server, agent, small_disk, sshd, webdav
from tests.vault.conftest import NOW_US, PASSPHRASE, RECOVERY, statement

SERVERS = [sshd, webdav]


def write(vault: Vault, name: str, length: int = 150_000) -> None:
    with vault.transaction(now_us=NOW_US) as tx:
        tx.put("fixes", name, os.urandom(length))
        tx.log(statement())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "wallet.gwv"


@pytest.fixture
def vault(path: Path) -> Iterator[Vault]:
    """A wallet of several blocks."""
    with create_vault(
        path,
        slots_secret=PASSPHRASE,
        recovery_secret=RECOVERY,
        cost=KdfCost.LEAST,
        now_us=NOW_US,
        random=os.urandom,
    ) as vault:
        write(vault, "a")
        yield vault


@pytest.fixture(params=SERVERS, ids=lambda kind: kind.__name__)
def kind(request: pytest.FixtureRequest) -> Callable[..., AbstractContextManager[Server]]:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def server(kind: Callable[..., AbstractContextManager[Server]], tmp_path: Path) -> Iterator[Server]:
    with kind(tmp_path / "server") as server:
        yield server


def back_up(vault: Vault, server: Server) -> Backup:
    with opened_place(server.address, server.access) as place:
        return backups.back_up(vault, place)


def reach(server: Server) -> copies.Reach:
    return lambda address: opened_place(address, server.access)


def files(server: Server) -> dict[str, bytes]:
    found = (path for path in server.files.rglob("*") if path.is_file())
    return {str(path.relative_to(server.files)): path.read_bytes() for path in found}


@contextmanager
def broken(server: Server, tmp_path: Path, after_bytes: int) -> Iterator[Server]:
    """The same server at the end of a line that breaks."""
    port = int(server.address.split(":")[2].split("/")[0])
    with cut_line(port, after_bytes=after_bytes) as near:
        known = tmp_path / "known"
        if server.access.known_hosts.exists():
            known.write_text(server.access.known_hosts.read_text().replace(str(port), str(near)))
        address = server.address.replace(f":{port}", f":{near}", 1)
        access = replace(server.access, known_hosts=known)
        yield replace(server, address=address, access=access)


class TestBackup:
    """Promise: "the same code can write to another machine"."""

    def test_what_lies_there_is_what_a_folder_would_hold(
        self, vault: Vault, path: Path, server: Server
    ) -> None:
        assert back_up(vault, server).number == 1
        write(vault, "b", 100)
        second = back_up(vault, server)
        assert (second.number, 0 < second.written < second.objects) == (2, True)
        assert back_up(vault, server).new is False
        report = check_backup(server.files)
        assert (report.backups, report.unused, report.problems) == (2, 0, ())
        with opened_place(server.address, server.access) as place:
            assert check_backup(place) == report
            data, index = index_at(place, 2)
            master = master_from_passphrase(path, PASSPHRASE)
            assert restored(place, data, index, master) == path.read_bytes()

    def test_an_empty_place_has_no_backup(self, server: Server) -> None:
        with opened_place(server.address, server.access) as place:
            with pytest.raises(NoBackupError):
                check_backup(place)
            with pytest.raises(NoBackupError):
                index_at(place, 1)

    @pytest.mark.parametrize("by_copies", [False, True])
    def test_what_was_erased_goes_from_there_with_the_next_backup_or_renewal(
        self, vault: Vault, server: Server, *, by_copies: bool
    ) -> None:
        back_up(vault, server)
        with vault.transaction(now_us=NOW_US) as tx:
            tx.delete("fixes", "a")
            copies.note_erased(tx, entries=vault.mark().size)
            tx.log(statement())
        assert [one.standing for one in copies.copies(vault)] == [Standing.AWAY]
        assert [one.standing for one in copies.renew_copies(vault)] == [Standing.AWAY]
        before = files(server)
        if by_copies:
            (done,) = copies.renew_copies(vault, reach(server))
            assert (done.standing, done.removed > 2) == (Standing.CLEAN, True)
        else:
            assert back_up(vault, server).new
        assert [one.standing for one in copies.copies(vault)] == [Standing.CLEAN]
        report = check_backup(server.files)
        assert (report.backups, report.unused, report.problems) == (1, 0, ())
        assert len(set(before) - set(files(server))) > 2
        assert copies.forget_place(vault, server.address)

    def test_a_server_that_is_gone_stays_due_and_says_why(
        self, vault: Vault, kind: Callable[..., AbstractContextManager[Server]], tmp_path: Path
    ) -> None:
        with kind(tmp_path / "server") as server:
            back_up(vault, server)
        with vault.transaction(now_us=NOW_US) as tx:
            copies.note_erased(tx, entries=vault.mark().size)
            tx.log(statement())
        (copy,) = copies.renew_copies(vault, reach(server))
        assert (copy.standing, copy.error and copy.error.code) == (
            Standing.AWAY,
            "remote.unreachable",
        )

    @pytest.mark.parametrize("after_bytes", [3_000, 90_000, 170_000])
    def test_a_line_that_breaks_is_told_and_the_next_run_goes_on(
        self, vault: Vault, server: Server, tmp_path: Path, after_bytes: int
    ) -> None:
        with (
            broken(server, tmp_path, after_bytes) as far,
            pytest.raises(RemoteUnreachableError),
        ):
            back_up(vault, far)
        left = sum(name.startswith("objects") and ".new" not in name for name in files(server))
        assert not [name for name in files(server) if name.endswith(".json")]
        done = back_up(vault, server)
        assert done.number == 1
        assert done.written == done.objects if after_bytes < 60_000 else left > 0
        assert check_backup(server.files).problems == ()

    def test_a_full_server_is_told_and_loses_nothing(
        self, kind: Callable[..., AbstractContextManager[Server]], vault: Vault, tmp_path: Path
    ) -> None:
        home = tmp_path / "server"
        with kind(home) as server:
            back_up(vault, server)
        write(vault, "b")
        with kind(home, max_kib=32) as server:
            before = files(server)
            with pytest.raises(RemoteFullError):
                back_up(vault, server)
            assert files(server) == before
        with kind(home) as server:
            assert back_up(vault, server).number == 2
            assert check_backup(server.files).problems == ()

    def test_a_disk_that_is_full_there_is_told_and_the_next_run_goes_on(
        self,
        kind: Callable[..., AbstractContextManager[Server]],
        vault: Vault,
        tmp_path: Path,
    ) -> None:
        home = tmp_path / "server"
        with small_disk(home / "files", 160) as resize, kind(home) as server:
            with pytest.raises(RemoteFullError):
                back_up(vault, server)
            left = files(server)
            assert left
            assert {len(data) for data in left.values()} == {65_576}
            assert not [name for name in left if ".new" in name or name.endswith(".json")]
            resize(2_000)
            done = back_up(vault, server)
            assert (done.number, done.written) == (1, done.objects - len(left))
            assert check_backup(server.files).problems == ()


class TestHostile:
    """Promise: what a server changed, dropped or swapped is named, and nothing is restored."""

    def test_objects_changed_there_are_found(
        self, vault: Vault, path: Path, server: Server
    ) -> None:
        back_up(vault, server)
        objects = sorted(one for one in server.files.glob("objects/*/*"))
        data = objects[0].read_bytes()
        for forged in (data[:-1], data + b"x", b"", bytes(len(data)), objects[1].read_bytes()):
            objects[0].write_bytes(forged)
            with opened_place(server.address, server.access) as place:
                problems = check_backup(place).problems
                assert {error.code for _, error in problems} == {"backup.damaged"}
                text, index = index_at(place, 1)
                with pytest.raises(BackupDamagedError):
                    restored(place, text, index, master_from_passphrase(path, PASSPHRASE))
        objects[0].unlink()
        with opened_place(server.address, server.access) as place:
            assert check_backup(place).problems

    def test_an_object_of_another_length_is_not_built_upon(
        self, vault: Vault, server: Server
    ) -> None:
        back_up(vault, server)
        for one in server.files.glob("objects/*/*"):
            one.write_bytes(b"short")
        write(vault, "b", 100)
        with pytest.raises(BackupDamagedError):
            back_up(vault, server)

    @pytest.mark.parametrize("unchanged", [False, True])
    def test_an_object_of_the_same_length_is_read_back_where_it_is_in_the_sample(
        self, vault: Vault, server: Server, *, unchanged: bool
    ) -> None:
        back_up(vault, server)
        for one in server.files.glob("objects/*/*"):
            one.write_bytes(bytes(one.stat().st_size))
        if not unchanged:
            write(vault, "b", 100)
        with pytest.raises(BackupDamagedError):
            back_up(vault, server)
        quick = replace(server, access=replace(server.access, in_sample=lambda _digest: False))
        assert back_up(vault, quick).new is not unchanged

    def test_other_files_and_links_there_stay_and_are_named(
        self, vault: Vault, server: Server, tmp_path: Path
    ) -> None:
        back_up(vault, server)
        (server.files / "readme").write_bytes(b"of the owner")
        assert check_backup(server.files).problems == ()
        (server.files / "objects" / "readme").write_bytes(b"")
        (server.files / "objects" / "elsewhere").symlink_to(tmp_path)
        with opened_place(server.address, server.access) as place:
            assert check_backup(place).problems
        assert back_up(vault, server).new is False
        assert (server.files / "readme").read_bytes() == b"of the owner"

    def test_nothing_is_put_in_anothers_place(self, server: Server) -> None:
        with opened_place(server.address, server.access) as place:
            assert not isinstance(place, Path)
            name = object_name("ab" * 32)
            place.add(name, b"first", "m")
            with pytest.raises(FileExistsError):
                place.add(name, b"second", "n")
            assert place.read(name, 9, what="") == b"first"
            with pytest.raises(BackupDamagedError):
                place.read(name, 4, what="")
        assert list(files(server).values()) == [b"first"]

    def test_a_folder_or_a_link_in_place_of_a_file_is_no_file(
        self, server: Server, tmp_path: Path
    ) -> None:
        server.files.mkdir(parents=True)
        (server.files / "a").mkdir()
        (server.files / "b").symlink_to(tmp_path / "nothing")
        with opened_place(server.address, server.access) as place:
            assert not isinstance(place, Path)
            for name in ("a", "b"):
                with suppress(GeowalletError):
                    assert not place.read(name, 99, what="")


class TestSftp:
    def test_a_server_nobody_knows_is_not_spoken_to(self, tmp_path: Path) -> None:
        with sshd(tmp_path / "one") as server, sshd(tmp_path / "two") as other:
            (tmp_path / "empty").write_text("")
            port = server.address.split(":")[2].split("/")[0]
            line = other.access.known_hosts.read_text().split(" ", 1)[1]
            (tmp_path / "changed").write_text(f"[127.0.0.1]:{port} {line}")
            for known in ("none", "empty", "changed"):
                access = replace(server.access, known_hosts=tmp_path / known)
                with pytest.raises(RemoteUnknownHostError), opened_place(server.address, access):
                    pass

    def test_another_key_is_not_let_in(self, tmp_path: Path) -> None:
        with sshd(tmp_path / "one") as server, sshd(tmp_path / "two") as other:
            access = replace(server.access, ssh_key=other.access.ssh_key)
            with pytest.raises(RemoteLoginError), opened_place(server.address, access):
                pass
            (tmp_path / "bad").write_text("no key")
            access = replace(server.access, ssh_key=tmp_path / "bad")
            with pytest.raises(GeowalletError), opened_place(server.address, access):
                pass

    def test_a_key_file_with_a_passphrase_is_asked_for(self, tmp_path: Path) -> None:
        with sshd(tmp_path / "server", phrase="of the key") as server:
            with opened_place(server.address, server.access) as place:
                assert not isinstance(place, Path)
                assert place.listed("") == ()
            access = replace(server.access, ask=lambda: b"another")
            with pytest.raises(RemoteLoginError), opened_place(server.address, access):
                pass

    def test_the_key_of_an_agent_opens_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HOME", str(tmp_path))  # no key file of whoever runs the tests
        with sshd(tmp_path / "server") as server:
            access = replace(server.access, ssh_key=None)
            with pytest.raises(RemoteLoginError), opened_place(server.address, access):
                pass
            with agent(tmp_path, tmp_path / "server" / "user") as socket_path:
                monkeypatch.setenv("SSH_AUTH_SOCK", socket_path)
                with opened_place(server.address, access) as place:
                    assert not isinstance(place, Path)
                    assert place.listed("") == ()

    def test_nobody_there(self, tmp_path: Path) -> None:
        with sshd(tmp_path / "server") as server:
            pass
        with pytest.raises(RemoteUnreachableError), opened_place(server.address, server.access):
            pass


class TestWebdav:
    def test_a_wrong_password_is_not_let_in(self, tmp_path: Path) -> None:
        with webdav(tmp_path / "server") as server:
            access = replace(server.access, ask=lambda: b"wrong")
            with pytest.raises(RemoteLoginError), opened_place(server.address, access):
                pass

    def test_tls_is_held_against_the_authorities_of_the_system(
        self, vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with webdav(tmp_path / "server", tls=True) as server:
            with (
                pytest.raises(RemoteUnreachableError) as caught,
                opened_place(server.address, server.access),
            ):
                pass
            assert "certificate" in str(caught.value)
            monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server" / "authority.pem"))
            assert back_up(vault, server).number == 1

    def test_a_password_is_not_sent_in_the_clear_to_another_machine(self, tmp_path: Path) -> None:
        with webdav(tmp_path / "server") as server:
            address = server.address.replace("127.0.0.1", "webdav.example")
            with pytest.raises(RemotePlainError), opened_place(address, server.access):
                pass
