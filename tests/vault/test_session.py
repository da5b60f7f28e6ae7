from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from geowallet.vault import session

MASTER = bytes(range(32))


@pytest.fixture
def vault_id() -> Iterator[str]:
    if not session.available():
        pytest.skip("this kernel keeps no keys for us (no keyring, or a container forbids it)")
    name = os.urandom(16).hex()
    yield name
    session.forget(name)


def test_what_is_remembered_is_recalled_until_forgotten(vault_id: str) -> None:
    assert session.recall(vault_id) is None
    assert session.remember(vault_id, MASTER, 60)
    assert session.recall(vault_id) == MASTER
    assert session.forget(vault_id)
    assert session.recall(vault_id) is None
    assert not session.forget(vault_id)


def test_another_process_of_the_same_user_recalls_it(vault_id: str) -> None:
    session.remember(vault_id, MASTER, 60)
    code = f"from geowallet.vault import session; print(session.recall({vault_id!r}).hex())"
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == MASTER.hex()


def test_another_wallet_is_not_unlocked(vault_id: str) -> None:
    session.remember(vault_id, MASTER, 60)
    assert session.recall(vault_id[::-1]) is None


def test_a_second_unlock_replaces_the_first(vault_id: str) -> None:
    session.remember(vault_id, MASTER, 60)
    session.remember(vault_id, MASTER[::-1], 60)
    assert session.recall(vault_id) == MASTER[::-1]


def test_the_kernel_forgets_by_itself(vault_id: str) -> None:
    assert session.remember(vault_id, MASTER, 1)
    deadline = time.monotonic() + 10
    while session.recall(vault_id) is not None:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert not session.forget(vault_id)


@pytest.mark.parametrize(("master", "seconds"), [(b"short", 60), (MASTER, 0)])
def test_half_a_key_or_no_time_is_a_mistake(master: bytes, seconds: int) -> None:
    with pytest.raises(ValueError, match="32 bytes and at least a second"):
        session.remember("ab", master, seconds)


@pytest.mark.parametrize(("where", "value"), [("machine", "vax"), ("platform", "win32")])
def test_where_there_is_no_keyring_every_call_says_so(
    monkeypatch: pytest.MonkeyPatch, where: str, value: str
) -> None:
    if where == "machine":
        monkeypatch.setattr(platform, "machine", lambda: value)
    else:
        monkeypatch.setattr(sys, "platform", value)
    _expect_nothing()


class _Refusing:
    """A kernel that refuses one operation (man 2 keyctl), or ``add_key`` itself."""

    def __init__(self, refused: int) -> None:
        self.refused, self.dropped = refused, False

    def control(self, operation: int, *_: object) -> int:
        return -1 if operation == self.refused else 0

    def add(self, *_: object) -> int:
        return -1 if self.refused == 0 else 17

    def find(self, *_: object) -> int:
        return -1

    def drop(self, _: int) -> None:
        self.dropped = True


def test_a_container_that_forbids_the_calls_is_no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(session, "_Ring", lambda _: _Refusing(session._LINK))
    _expect_nothing()


def test_a_key_that_cannot_be_added_is_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_ring", lambda: _Refusing(0))
    assert not session.remember("ab", MASTER, 60)


def test_a_key_without_an_end_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    ring = _Refusing(session._SET_TIMEOUT)
    monkeypatch.setattr(session, "_ring", lambda: ring)
    assert not session.remember("ab", MASTER, 60)
    assert ring.dropped


def _expect_nothing() -> None:
    assert not session.available()
    assert not session.remember("ab", MASTER, 60)
    assert session.recall("ab") is None
    assert not session.forget("ab")
