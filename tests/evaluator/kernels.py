"""Kernels of many ages, to be confined by without being confined."""

from __future__ import annotations

import ctypes
import os
from dataclasses import dataclass, field

from geowallet.evaluator import kernel as calls
from geowallet.evaluator import landlock


@dataclass
class FakeKernel:
    """Grants or refuses what a given kernel would, and remembers what it was given."""

    namespaces: bool = True
    obeys: bool = True
    abi: int = 7
    takes_ruleset: bool = True
    takes_domain: bool = True
    takes_filter: bool = True
    attributes: dict[int, int] = field(default_factory=dict)
    ruleset: bytes = b""
    filter: bytes = b""

    def prctl(self, option: int, value: int, pointer: int = 0) -> int:
        if option == calls.PR_SET_SECCOMP:
            return self._take_filter(pointer)
        getters = {
            calls.PR_GET_NO_NEW_PRIVS: (calls.PR_SET_NO_NEW_PRIVS, 0),
            calls.PR_GET_DUMPABLE: (calls.PR_SET_DUMPABLE, 1),
        }
        if option in getters:
            setter, before = getters[option]
            return self.attributes.get(setter, before)
        if self.obeys:
            self.attributes[option] = value
        return 0 if self.obeys else -1

    def syscall(self, number: int, first: int, second: int, third: int) -> int:
        if third == landlock.ASK_VERSION and number == landlock.CREATE_RULESET:
            return self.abi
        if number == landlock.CREATE_RULESET:
            self.ruleset = ctypes.string_at(first, second)
            return os.open(os.devnull, os.O_RDONLY) if self.takes_ruleset else -1
        return 0 if self.takes_domain else -1

    def unshare(self, flags: int) -> int:
        assert flags == calls.CLONE_NEWUSER | calls.CLONE_NEWNET
        return 0 if self.namespaces else -1

    def _take_filter(self, pointer: int) -> int:
        length = ctypes.c_ushort.from_address(pointer).value
        steps = ctypes.c_ulonglong.from_address(pointer + 8).value
        self.filter = ctypes.string_at(steps, length * 8)
        return 0 if self.takes_filter else -1
