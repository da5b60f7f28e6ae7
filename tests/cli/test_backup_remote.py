"""``vault backup`` and ``vault restore`` to a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from geowallet.vault import session
from tests.app import scene
from tests.app.remote.servers import PASSWORD, Server, webdav
from tests.cli.conftest import Terminal


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with webdav(tmp_path / "server") as server:
        yield server


@pytest.fixture
def own(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setattr(session, "_ring", lambda: None)
    assert terminal("init", "--recovery-file", "recovery").status == 0
    (terminal.folder / "password").write_bytes(PASSWORD + b"\n")
    return terminal


def test_a_backup_goes_to_a_server_and_comes_back(own: Terminal, server: Server) -> None:
    to = (server.address, "--password-file", "password")
    done = own("vault", "backup", *to)
    assert (done.status, "Connecting to 127.0.0.1" in done.err) == (0, True)
    assert own("vault", "backup", *to, "--check").status == 0
    assert own("vault", "restore", server.address, "back.gwv", *to[1:]).status == 0
    wallet = (own.folder / "wallet.gwv").read_bytes()
    assert (own.folder / "back.gwv").read_bytes() == wallet
    assert server.address in own("vault", "copies").out
    assert own("vault", "copies", "--forget", server.address).status == 0
    assert server.address not in own("vault", "copies").out


def test_without_a_password_nobody_is_asked_in_the_dark(own: Terminal, server: Server) -> None:
    done = own("vault", "backup", server.address, "--no-input")
    assert "[usage.needs_terminal]" in done.err


def test_known_hosts_can_be_named(own: Terminal) -> None:
    done = own("vault", "backup", "sftp://127.0.0.1:9/a", "--known-hosts", "known")
    assert (done.status, "[remote.unreachable]" in done.err) == (7, True)


def test_copies_there_are_renewed_and_a_part_can_be_read_back(
    own: Terminal, server: Server
) -> None:
    to = (server.address, "--password-file", "password")
    assert own("vault", "backup", *to).status == 0
    done = own("vault", "backup", *to, "--check", "--percent", "1", "--json")
    assert (done.status, done.records[0]["opened"] < done.records[0]["objects"]) == (0, True)
    assert own("vault", "backup", *to, "--percent", "0").status == 2
    day = scene.write_days(own.folder, scene.days_of_may(4))
    assert own("ingest", *day).status == 0
    assert own("vault", "backup", *to).status == 0
    erased = own("vault", "erase", "--everything", "--confirm", "everything")
    assert (erased.status, "vault copies --renew" in erased.out) == (0, True)
    done = own("vault", "copies", "--renew", *to[1:])
    assert (done.status, "Connecting to 127.0.0.1" in done.err) == (0, True)
    assert "files removed there" in done.out
    assert own("vault", "backup", *to, "--check", "--json").records[0]["backups"] == 1
