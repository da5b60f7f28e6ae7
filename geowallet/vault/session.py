"""The unlock session: the master key in the memory of the kernel, for a while.

The key sits in the user keyring, so that every terminal of the same user finds
it, no file holds it, and the kernel forgets it by itself. Where the kernel has
no keyring (other systems, some containers) every call says so and the caller
asks for the passphrase again.

Source: man 2 add_key, man 2 keyctl, man 7 user-keyring, man 7 process-keyring.
"""

from __future__ import annotations

import ctypes
import platform
import sys

_CALLS = {"x86_64": (248, 250), "aarch64": (217, 219), "riscv64": (217, 219)}
"""System call numbers of ``add_key`` and ``keyctl`` (Linux, unistd_64.h and asm-generic/unistd.h);
libkeyutils is often absent."""

_PROCESS_RING, _USER_RING = -2, -4
_REVOKE, _LINK, _UNLINK, _SEARCH, _READ, _SET_TIMEOUT = 3, 8, 9, 10, 11, 15

_MASTER_BYTES = 32


def available() -> bool:
    """Say whether this kernel keeps keys for us."""
    return _ring() is not None


def remember(vault_id: str, master: bytes, seconds: int) -> bool:
    """Keep ``master`` (32 bytes) for ``seconds``, from now; return whether it worked.

    Raises:
        ValueError: Not 32 bytes, or no time at all.
    """
    if len(master) != _MASTER_BYTES or seconds < 1:
        msg = "32 bytes and at least a second are needed"
        raise ValueError(msg)
    ring = _ring()
    if ring is None:
        return False
    key = ring.add(_name(vault_id), master)
    if key < 0:
        return False
    if ring.control(_SET_TIMEOUT, key, seconds) != 0:
        ring.drop(key)  # a key that nothing would ever remove
        return False
    return True


def recall(vault_id: str) -> bytes | None:
    """Return the remembered master key, or None where there is none (any more)."""
    ring = _ring()
    if ring is None:
        return None
    key = ring.find(_name(vault_id))
    found = ctypes.create_string_buffer(_MASTER_BYTES)
    if key < 0 or ring.control(_READ, key, found, _MASTER_BYTES) != _MASTER_BYTES:
        return None
    return found.raw


def forget(vault_id: str) -> bool:
    """Remove the remembered key; return whether there was one."""
    ring = _ring()
    if ring is None:
        return False
    key = ring.find(_name(vault_id))
    if key < 0:
        return False
    ring.drop(key)
    return True


class _Ring:
    """The user keyring, linked into this process so that its keys may be read."""

    def __init__(self, calls: tuple[int, int]) -> None:
        self._add, self._keyctl = calls
        self._syscall = ctypes.CDLL(None).syscall
        self._syscall.restype = ctypes.c_long

    def control(self, operation: int, *arguments: int | bytes | ctypes.Array[ctypes.c_char]) -> int:
        """Return what ``keyctl`` returns: negative where the kernel refuses."""
        wide = (ctypes.c_long(a) if isinstance(a, int) else a for a in arguments)
        return int(self._syscall(ctypes.c_long(self._keyctl), ctypes.c_long(operation), *wide))

    def add(self, name: bytes, payload: bytes) -> int:
        size, ring = ctypes.c_size_t(len(payload)), ctypes.c_long(_USER_RING)
        return int(self._syscall(ctypes.c_long(self._add), b"user", name, payload, size, ring))

    def find(self, name: bytes) -> int:
        return self.control(_SEARCH, _USER_RING, b"user", name, 0)

    def drop(self, key: int) -> None:
        self.control(_REVOKE, key)
        self.control(_UNLINK, key, _USER_RING)


def _ring() -> _Ring | None:
    calls = _CALLS.get(platform.machine())
    # A 32-bit process has other numbers: it must not try these.
    if sys.platform != "linux" or sys.maxsize < 2**32 or calls is None:
        return None
    ring = _Ring(calls)
    return ring if ring.control(_LINK, _USER_RING, _PROCESS_RING) == 0 else None


def _name(vault_id: str) -> bytes:
    return b"geowallet:" + vault_id.encode()
