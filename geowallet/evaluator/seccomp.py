"""A seccomp filter of our own: a list of what a calculation needs, and nothing else.

A filter is a classic BPF program that the kernel runs before every system call
of the process, over `struct seccomp_data`. Whatever is not on the list fails
with EPERM: files, sockets of every family, processes, signals, tracing, and
every call that a later kernel may add.

Source:
    Linux, Documentation/userspace-api/seccomp_filter.rst;
    include/uapi/linux/{seccomp,bpf_common,audit}.h. Numbers of the calls:
    arch/x86/entry/syscalls/syscall_64.tbl; include/uapi/asm-generic/unistd.h.
"""

from __future__ import annotations

import ctypes
import errno
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.evaluator.kernel import PR_SET_SECCOMP

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from geowallet.evaluator.kernel import Kernel

SECCOMP_MODE_FILTER = 2
KILL_PROCESS = 0x8000_0000
REFUSE = 0x0005_0000 | errno.EPERM
"""SECCOMP_RET_ERRNO: the call fails and the process goes on."""
ALLOW = 0x7FFF_0000

LOAD_WORD = 0x20
"""BPF_LD | BPF_W | BPF_ABS: load 32 bits of `struct seccomp_data`."""
JUMP_IF_EQUAL = 0x15
JUMP_IF_ANY_BIT = 0x45
RETURN = 0x06

OFFSET_NUMBER = 0
OFFSET_ARCHITECTURE = 4
OFFSET_ARGUMENTS = 16
"""Eight bytes each; the low half first, as both architectures are little-endian."""

PROT_EXEC = 4
STDIN, STDOUT = 0, 1

Instruction = tuple[int, int, int, int]
"""Code, jump if true, jump if false, operand: `struct sock_filter`."""


@dataclass(frozen=True, slots=True)
class Architecture:
    """One processor family.

    Attributes:
        audit: Its AUDIT_ARCH_* number, which the kernel shows to the filter.
        numbers: The numbers of the calls a calculation needs.
    """

    audit: int
    numbers: Mapping[str, int]


UNCONDITIONAL = (
    "exit",
    "exit_group",
    "brk",
    "munmap",
    "mremap",
    "madvise",
    "futex",
    "rt_sigreturn",
    "rt_sigprocmask",
    "sigaltstack",
    "clock_gettime",
    "sched_yield",
    "restart_syscall",
)
"""Memory, the interpreter's own lock and signal masks, the end. None names anything outside."""

X86_64 = Architecture(
    0xC000_003E,
    {"read": 0, "write": 1, "mmap": 9, "mprotect": 10, "munmap": 11, "brk": 12}
    | {"rt_sigprocmask": 14, "rt_sigreturn": 15, "sched_yield": 24, "mremap": 25, "madvise": 28}
    | {"exit": 60, "sigaltstack": 131, "futex": 202, "restart_syscall": 219}
    | {"clock_gettime": 228, "exit_group": 231},
)
AARCH64 = Architecture(
    0xC000_00B7,
    {"read": 63, "write": 64, "exit": 93, "exit_group": 94, "futex": 98, "clock_gettime": 113}
    | {"sched_yield": 124, "restart_syscall": 128, "sigaltstack": 132, "rt_sigprocmask": 135}
    | {"rt_sigreturn": 139, "brk": 214, "munmap": 215, "mremap": 216, "mmap": 222}
    | {"mprotect": 226, "madvise": 233},
)


def architecture_of(machine: str, *, pointer_bytes: int) -> Architecture | None:
    """Return the architecture that `os.uname` calls ``machine``; None without a filter for it.

    A 32-bit interpreter on a 64-bit kernel makes other calls: None too.
    """
    known = {"x86_64": X86_64, "aarch64": AARCH64}
    return known.get(machine) if pointer_bytes == 8 else None


def program(architecture: Architecture) -> tuple[Instruction, ...]:
    """Return the filter: EPERM by default, death for calls of a foreign architecture.

    Read takes standard input only and write standard output only; memory can
    be mapped but never made executable. Calls are compared by their whole
    number, so that the x32 calls of x86_64 (bit 30 set) are refused too.
    """
    return tuple(_instructions(architecture))


def install(kernel: Kernel, architecture: Architecture) -> bool:
    """Put this process under the filter for good; return whether the kernel took it.

    Needs no new privileges to be switched off (PR_SET_NO_NEW_PRIVS) before.
    """
    code = b"".join(struct.pack("HBBI", *step) for step in program(architecture))
    steps = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("HxxxxxxQ", len(code) // 8, ctypes.addressof(steps))
    pointer = ctypes.create_string_buffer(header, len(header))
    return kernel.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(pointer)) == 0


def _instructions(architecture: Architecture) -> Iterator[Instruction]:
    yield (LOAD_WORD, 0, 0, OFFSET_ARCHITECTURE)
    yield (JUMP_IF_EQUAL, 1, 0, architecture.audit)
    yield (RETURN, 0, 0, KILL_PROCESS)
    yield (LOAD_WORD, 0, 0, OFFSET_NUMBER)
    for name in UNCONDITIONAL:
        yield (JUMP_IF_EQUAL, 0, 1, architecture.numbers[name])
        yield (RETURN, 0, 0, ALLOW)
    for name, descriptor in (("read", STDIN), ("write", STDOUT)):
        yield (JUMP_IF_EQUAL, 0, 4, architecture.numbers[name])
        yield (LOAD_WORD, 0, 0, OFFSET_ARGUMENTS)
        yield (JUMP_IF_EQUAL, 0, 1, descriptor)
        yield (RETURN, 0, 0, ALLOW)
        yield (RETURN, 0, 0, REFUSE)
    for name in ("mmap", "mprotect"):
        yield (JUMP_IF_EQUAL, 0, 4, architecture.numbers[name])
        yield (LOAD_WORD, 0, 0, OFFSET_ARGUMENTS + 2 * 8)
        yield (JUMP_IF_ANY_BIT, 1, 0, PROT_EXEC)
        yield (RETURN, 0, 0, ALLOW)
        yield (RETURN, 0, 0, REFUSE)
    yield (RETURN, 0, 0, REFUSE)
