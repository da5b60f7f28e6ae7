"""Landlock with an empty list of exceptions: handle everything, allow nothing.

Source:
    Linux, Documentation/userspace-api/landlock.rst; include/uapi/linux/landlock.h.
"""

from __future__ import annotations

import ctypes
import os
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geowallet.evaluator.kernel import Kernel

CREATE_RULESET = 444
RESTRICT_SELF = 446
"""System call numbers, the same on every architecture."""
ASK_VERSION = 1

NEWEST_KNOWN_ABI = 7
"""What later versions add stays open to Landlock and shut by the seccomp filter."""

_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}
"""How many of the file rights each version brought: the low bits, in order."""
_TCP_BIND_AND_CONNECT = 3
_ABSTRACT_SOCKETS_AND_SIGNALS = 3


def ruleset(abi: int) -> bytes:
    """Return `struct landlock_ruleset_attr` that handles all that version ``abi`` can, >= 1."""
    newest = max(version for version in _FILE_RIGHTS if version <= abi)
    fields = [(1 << _FILE_RIGHTS[newest]) - 1]
    if abi >= 4:
        fields.append(_TCP_BIND_AND_CONNECT)
    if abi >= 6:
        fields.append(_ABSTRACT_SOCKETS_AND_SIGNALS)
    return struct.pack(f"{len(fields)}Q", *fields)


def supported_abi(kernel: Kernel) -> int:
    """Return the version of Landlock here, at most the newest we know; 0 without Landlock."""
    abi = kernel.syscall(CREATE_RULESET, 0, 0, ASK_VERSION)
    return max(0, min(abi, NEWEST_KNOWN_ABI))


def restrict(kernel: Kernel, abi: int) -> bool:
    """Shut this thread out for good; return whether the kernel took the ruleset.

    Needs PR_SET_NO_NEW_PRIVS before, and one free descriptor.
    """
    attributes = ruleset(abi)
    memory = ctypes.create_string_buffer(attributes, len(attributes))
    descriptor = kernel.syscall(CREATE_RULESET, ctypes.addressof(memory), len(attributes), 0)
    if descriptor < 0:
        return False
    try:
        return kernel.syscall(RESTRICT_SELF, descriptor, 0, 0) == 0
    finally:
        os.close(descriptor)
