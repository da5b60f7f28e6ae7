from __future__ import annotations

import ctypes
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

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


class _Kernel:
    """A keyring of one key (man 2 add_key, man 2 keyctl), where the real one is missing."""

    restype: object = None

    def __init__(self) -> None:
        self.name, self.payload, self.seconds = b"", b"", 0

    def __call__(self, number: ctypes.c_long, *arguments: Any) -> int:
        if number.value == 248:
            _, self.name, self.payload, size, ring = arguments
            assert (size.value, ring.value) == (len(self.payload), -4)
            return 17
        operation, *rest = arguments
        calls: dict[int, Callable[..., int]] = {
            3: self._revoke,
            9: self._unlink,
            11: self._read,
            15: self._set_timeout,
        }
        if operation.value in calls:
            return calls[operation.value](*rest)
        return self._link_or_search(*rest)

    def _revoke(self, key: ctypes.c_long) -> int:
        self.name = b""
        return key.value - 17

    def _unlink(self, key: ctypes.c_long, ring: ctypes.c_long) -> int:
        return key.value + ring.value - 13

    def _read(self, _: object, found: ctypes.Array[ctypes.c_char], size: ctypes.c_long) -> int:
        found.raw = self.payload
        return size.value

    def _set_timeout(self, _: object, seconds: ctypes.c_long) -> int:
        self.seconds = seconds.value
        return 0

    def _link_or_search(self, *rest: Any) -> int:
        if len(rest) == 2:
            return 0
        return 17 if rest[2] == self.name else -1


def test_the_kernel_is_asked_as_the_manual_says(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = _Kernel()
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", lambda _: SimpleNamespace(syscall=kernel))
    assert session.available()
    assert session.recall("ab") is None
    assert session.remember("ab", MASTER, 900)
    assert (kernel.name, kernel.payload, kernel.seconds) == (b"geowallet:ab", MASTER, 900)
    assert session.recall("ab") == MASTER
    assert session.recall("cd") is None
    assert session.forget("ab")
    assert not session.forget("ab")
