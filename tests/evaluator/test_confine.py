from __future__ import annotations

import errno
import os
import resource
from dataclasses import dataclass, field

import pytest

from geowallet.evaluator import confine, landlock, seccomp
from geowallet.evaluator.kernel import PR_GET_DUMPABLE, PR_GET_NO_NEW_PRIVS, Libc
from geowallet.evaluator.layers import LayerName, missing
from geowallet.evaluator.limits import MIB, Limits
from tests.evaluator.kernels import FakeKernel

EVERYTHING = {"limits": 1, "no-new-privileges": 1, "seccomp": 1, "landlock": 7}


@dataclass
class Machine:
    """What the confined process would meet, without confining the test."""

    opening: int = 0
    parent: int = 4242
    ceiling: int = resource.RLIM_INFINITY
    limits: dict[int, tuple[int, int]] = field(default_factory=dict)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine()

    def opened(path: str, flags: int) -> int:
        if machine.opening:
            raise OSError(machine.opening, "refused")
        return os.dup(0)

    monkeypatch.setattr(os, "open", opened)
    monkeypatch.setattr(os, "getppid", lambda: machine.parent)
    monkeypatch.setattr(resource, "getrlimit", lambda _: (0, machine.ceiling))
    monkeypatch.setattr(resource, "setrlimit", machine.limits.__setitem__)
    monkeypatch.setattr(landlock, "restrict", lambda kernel, _: kernel.takes_ruleset)
    return machine


class TestEachLayerIsTried:
    """Promise: "what each of the layers is worth, after closing and trying it"."""

    def test_landlock_is_worth_its_version(self, machine: Machine) -> None:
        machine.opening = errno.EACCES
        assert confine.shut_files(FakeKernel(abi=5)) == 5

    @pytest.mark.parametrize("kernel", [FakeKernel(abi=0), FakeKernel(takes_ruleset=False)])
    def test_without_landlock_it_is_worth_nothing(
        self, machine: Machine, kernel: FakeKernel
    ) -> None:
        machine.opening = errno.EACCES
        assert confine.shut_files(kernel) == 0

    def test_landlock_that_still_lets_open_is_worth_nothing(self, machine: Machine) -> None:
        machine.opening = 0
        assert confine.shut_files(FakeKernel()) == 0

    def test_a_filter_that_lets_an_unlisted_call_through_is_worth_nothing(
        self, machine: Machine
    ) -> None:
        assert not confine.filter_calls(FakeKernel())
        machine.parent = -1
        assert confine.filter_calls(FakeKernel())
        assert not confine.filter_calls(FakeKernel(takes_filter=False))

    def test_a_processor_without_a_list_has_no_filter(
        self, machine: Machine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        machine.parent = -1
        monkeypatch.setattr(seccomp, "architecture_of", lambda *_, **__: None)
        assert not confine.filter_calls(FakeKernel())

    def test_limits_that_leave_a_descriptor_are_worth_nothing(self, machine: Machine) -> None:
        assert not confine.set_limits(Limits())
        machine.opening = errno.EMFILE
        assert confine.set_limits(Limits())

    def test_attributes_are_read_back(self) -> None:
        assert confine.renounce_privileges(FakeKernel())
        assert not confine.renounce_privileges(FakeKernel(obeys=False))
        assert confine.forbid_dumps(FakeKernel())
        assert not confine.forbid_dumps(FakeKernel(obeys=False))

    def test_a_namespace_may_be_forbidden(self) -> None:
        assert confine.leave_network(FakeKernel())
        assert not confine.leave_network(FakeKernel(namespaces=False))


def test_the_limits_are_those_asked_for(machine: Machine) -> None:
    confine.set_limits(Limits(seconds=3, memory_bytes=256 * MIB))
    assert machine.limits == {
        resource.RLIMIT_AS: (268_435_456, 268_435_456),
        resource.RLIMIT_CPU: (3, 4),
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_NPROC: (0, 0),
        resource.RLIMIT_NOFILE: (0, 0),
    }


def test_a_lower_limit_that_stands_already_stays(machine: Machine) -> None:
    machine.ceiling = 2
    confine.set_limits(Limits(seconds=9))
    assert machine.limits[resource.RLIMIT_CPU] == (2, 2)
    assert machine.limits[resource.RLIMIT_AS] == (2, 2)


def test_only_the_layers_asked_for_are_closed(machine: Machine) -> None:
    kernel = FakeKernel()
    assert confine.lock_down(Limits(), kernel, layers=(LayerName.DUMP,)) == {
        "network-namespace": 0,
        "no-new-privileges": 0,
        "no-dump": 1,
        "landlock": 0,
        "limits": 0,
        "seccomp": 0,
    }
    assert machine.limits == {}
    assert kernel.filter == b""


@pytest.mark.parametrize(
    ("lost", "reason"),
    [
        ((), ()),
        (("landlock",), ()),
        (("seccomp",), ("seccomp/network-namespace",)),
        (("limits",), ("limits",)),
        (("no-new-privileges",), ("no-new-privileges",)),
        (("seccomp", "landlock"), ("seccomp/landlock", "seccomp/network-namespace")),
    ],
)
def test_no_layer_no_run(lost: tuple[str, ...], reason: tuple[str, ...]) -> None:
    report = {name: worth for name, worth in EVERYTHING.items() if name not in lost}
    assert missing(report) == reason


def test_landlock_and_an_empty_network_stand_in_for_the_filter() -> None:
    report = {"limits": 1, "no-new-privileges": 1, "landlock": 7, "network-namespace": 1}
    assert missing(report) == ()


def test_the_real_kernel_answers() -> None:
    kernel = Libc()
    assert kernel.prctl(PR_GET_NO_NEW_PRIVS, 0) in {0, 1}
    assert kernel.prctl(PR_GET_DUMPABLE, 0) in {0, 1, 2}
    assert kernel.syscall(0x7FFF, 0, 0, 0) == -1  # no such call
    assert kernel.unshare(-1) == -1  # no such namespaces
