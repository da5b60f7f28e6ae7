from __future__ import annotations

import errno
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.evaluator import seccomp
from geowallet.evaluator.seccomp import AARCH64, ALLOW, KILL_PROCESS, REFUSE, X86_64, Architecture
from tests.evaluator.kernels import FakeKernel

BOTH = pytest.mark.parametrize("machine", [X86_64, AARCH64], ids=["x86_64", "aarch64"])

DANGEROUS = {
    "x86_64": {
        "open": 2,
        "socket": 41,
        "connect": 42,
        "sendto": 44,
        "clone": 56,
        "fork": 57,
        "vfork": 58,
        "execve": 59,
        "kill": 62,
        "ptrace": 101,
        "prctl": 157,
        "openat": 257,
        "process_vm_readv": 310,
        "seccomp": 317,
        "memfd_create": 319,
        "execveat": 322,
        "io_uring_setup": 425,
        "clone3": 435,
        "openat2": 437,
        "pidfd_getfd": 438,
        "stat": 4,
        "ioctl": 16,
        "unshare": 272,
        "shmget": 29,
        "mq_open": 240,
        "bpf": 321,
    },
    "aarch64": {
        "openat": 56,
        "socket": 198,
        "connect": 203,
        "sendto": 206,
        "clone": 220,
        "execve": 221,
        "kill": 129,
        "ptrace": 117,
        "prctl": 167,
        "process_vm_readv": 270,
        "seccomp": 277,
        "memfd_create": 279,
        "execveat": 281,
        "io_uring_setup": 425,
        "clone3": 435,
        "openat2": 437,
        "pidfd_getfd": 438,
        "newfstatat": 79,
        "bpf": 280,
    },
}
"""Numbers from the kernel's own tables: must stay off the list."""


def verdict(machine: Architecture, number: int, *arguments: int, audit: int | None = None) -> int:
    """What the kernel would do: a second, independent reading of classic BPF."""
    words = (*arguments, 0, 0, 0, 0, 0, 0)[:6]
    data = struct.pack("<IIQ6Q", number, machine.audit if audit is None else audit, 0, *words)
    steps = seccomp.program(machine)
    register = at = 0
    while True:
        code, if_true, if_false, operand = steps[at]
        at += 1
        if code == 0x06:
            return operand
        if code == 0x20:
            (register,) = struct.unpack_from("<I", data, operand)
        elif code == 0x15:
            at += if_true if register == operand else if_false
        elif code == 0x45:
            at += if_true if register & operand else if_false
        else:
            pytest.fail(f"unknown instruction {code:#x}")


class TestProgram:
    """Promise: "EPERM by default, death for calls of a foreign architecture"."""

    @BOTH
    def test_allows_seventeen_calls_of_the_first_thousand(self, machine: Architecture) -> None:
        allowed = {number for number in range(1000) if verdict(machine, number) == ALLOW}
        # With every argument zero: read takes descriptor 0, write does not.
        assert allowed == set(machine.numbers.values()) - {machine.numbers["write"]}
        assert len(machine.numbers) == 17

    @pytest.mark.parametrize(
        ("machine", "number"),
        [
            pytest.param(machine, number, id=f"{family}-{name}")
            for family, machine in (("x86_64", X86_64), ("aarch64", AARCH64))
            for name, number in DANGEROUS[family].items()
        ],
    )
    def test_refuses_what_leads_outside(self, machine: Architecture, number: int) -> None:
        assert verdict(machine, number) == REFUSE

    @BOTH
    @given(data=st.data())
    def test_refuses_every_number_off_the_list(
        self, machine: Architecture, data: st.DataObject
    ) -> None:
        number = data.draw(st.integers(0, 2**32 - 1))
        arguments = data.draw(st.lists(st.integers(0, 2**64 - 1), max_size=6))
        if number not in machine.numbers.values():
            assert verdict(machine, number, *arguments) == REFUSE

    def test_refuses_the_x32_calls_of_x86_64(self) -> None:
        assert all(verdict(X86_64, number | 1 << 30) == REFUSE for number in range(600))

    @BOTH
    def test_kills_whoever_calls_as_another_architecture(self, machine: Architecture) -> None:
        i386 = 0x4000_0003
        assert verdict(machine, machine.numbers["read"], audit=i386) == KILL_PROCESS

    @BOTH
    def test_reads_standard_input_only(self, machine: Architecture) -> None:
        verdicts = [verdict(machine, machine.numbers["read"], fd) for fd in range(4)]
        assert verdicts == [ALLOW, REFUSE, REFUSE, REFUSE]

    @BOTH
    def test_writes_standard_output_only(self, machine: Architecture) -> None:
        verdicts = [verdict(machine, machine.numbers["write"], fd) for fd in range(4)]
        assert verdicts == [REFUSE, ALLOW, REFUSE, REFUSE]

    @BOTH
    @pytest.mark.parametrize("call", ["mmap", "mprotect"])
    def test_makes_no_memory_executable(self, machine: Architecture, call: str) -> None:
        verdicts = [verdict(machine, machine.numbers[call], 0, 4096, prot) for prot in range(8)]
        assert verdicts == [ALLOW] * 4 + [REFUSE] * 4

    def test_a_refusal_is_an_ordinary_error(self) -> None:
        assert REFUSE & 0xFFFF == errno.EPERM


def test_the_kernel_is_given_the_program_as_it_is() -> None:
    kernel = FakeKernel()
    assert seccomp.install(kernel, X86_64)
    assert list(struct.iter_unpack("<HBBI", kernel.filter)) == list(seccomp.program(X86_64))


def test_a_kernel_without_filters_is_reported() -> None:
    assert not seccomp.install(FakeKernel(takes_filter=False), AARCH64)


def test_a_processor_without_a_list_has_no_filter() -> None:
    assert seccomp.architecture_of("x86_64", pointer_bytes=8) is X86_64
    assert seccomp.architecture_of("aarch64", pointer_bytes=8) is AARCH64
    assert seccomp.architecture_of("riscv64", pointer_bytes=8) is None
    assert seccomp.architecture_of("x86_64", pointer_bytes=4) is None
