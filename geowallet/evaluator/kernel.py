"""The few calls to the Linux kernel that Python has no function for."""

from __future__ import annotations

import ctypes
from typing import Protocol

PR_GET_DUMPABLE = 3
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_SET_NO_NEW_PRIVS = 38
PR_GET_NO_NEW_PRIVS = 39

CLONE_NEWUSER = 0x1000_0000
CLONE_NEWNET = 0x4000_0000


class Kernel(Protocol):
    """What confinement asks of the kernel; each call returns -1 where it is refused."""

    def prctl(self, option: int, value: int, pointer: int = 0) -> int:
        """Set or read one attribute of this process."""

    def syscall(self, number: int, first: int, second: int, third: int) -> int:
        """Make a call that the C library has no wrapper for."""

    def unshare(self, flags: int) -> int:
        """Leave the namespaces named by ``flags`` for fresh ones."""


class Libc:
    """The kernel, through the C library that Python itself is linked to."""

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._libc.syscall.restype = ctypes.c_long

    def prctl(self, option: int, value: int, pointer: int = 0) -> int:
        """Set or read one attribute of this process."""
        rest = (ctypes.c_ulong(0), ctypes.c_ulong(0))
        arguments = (ctypes.c_ulong(value), ctypes.c_ulong(pointer), *rest)
        return int(self._libc.prctl(ctypes.c_int(option), *arguments))

    def syscall(self, number: int, first: int, second: int, third: int) -> int:
        """Make a call that the C library has no wrapper for."""
        arguments = map(ctypes.c_ulong, (first, second, third))
        return int(self._libc.syscall(ctypes.c_long(number), *arguments))

    def unshare(self, flags: int) -> int:
        """Leave the namespaces named by ``flags`` for fresh ones."""
        return int(self._libc.unshare(ctypes.c_int(flags)))
