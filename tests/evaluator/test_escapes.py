"""The attempts, made here where nothing is closed, so that each must succeed."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import MappingProxyType

import pytest

from geowallet.evaluator import escapes, trial
from geowallet.evaluator.escapes import ATTEMPTS, EXEC, Targets
from geowallet.evaluator.layers import LayerName
from geowallet.evaluator.limits import Limits

HARMLESS = ["read-file", "write-file", "tcp", "udp", "unix-socket", "allocate-1-gib"]


class Ended(BaseException):
    """Stands for the end of the process, or for its becoming another."""


@pytest.fixture
def words() -> Iterator[list[str]]:
    with ExitStack() as stack:
        yield trial._targets(stack)


@pytest.fixture
def targets(words: list[str]) -> Targets:
    folder, tcp, udp, host = words
    return Targets(folder, int(tcp), int(udp), int(host))


@pytest.mark.parametrize("name", [*HARMLESS, "kill", "environment"])
def test_an_attempt_succeeds_in_the_open(name: str, targets: Targets) -> None:
    assert escapes.refusal(ATTEMPTS[name], targets) == 0


def test_tracing_attaches_to_a_process_of_ours(targets: Targets) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as prey:
        seen = escapes.refusal(
            escapes.trace, Targets(targets.folder, targets.tcp_port, targets.udp_port, prey.pid)
        )
        prey.kill()
    assert seen in {0, errno.EPERM}  # some systems let nobody trace


def test_tracing_nobody_is_refused(targets: Targets) -> None:
    nobody = Targets(targets.folder, targets.tcp_port, targets.udp_port, 2**22 + 1)
    assert escapes.refusal(escapes.trace, nobody) == errno.ESRCH


def test_a_variable_of_our_own_needs_no_reading(
    targets: Targets, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in set(os.environ):
        monkeypatch.delenv(name)
    assert escapes.refusal(escapes.environment, targets) == 0  # that of the host is readable


@pytest.mark.parametrize("here", [0, 4242], ids=["child", "parent"])
def test_forking_is_two_ends_of_one_call(
    here: int, targets: Targets, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends: list[int] = []
    monkeypatch.setattr(os, "fork", lambda: here)
    monkeypatch.setattr(os, "_exit", ends.append)
    monkeypatch.setattr(os, "waitpid", lambda pid, _: ends.append(pid))
    assert escapes.refusal(escapes.fork, targets) == 0
    assert ends == ([0, 0] if here == 0 else [4242])


def test_another_program_would_report_for_itself(
    targets: Targets, monkeypatch: pytest.MonkeyPatch
) -> None:
    became: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _, line: became.append(line))
    escapes.execute(targets)
    said = subprocess.run(became[0], capture_output=True, check=True).stdout
    assert json.loads(said) == {EXEC: 0}


@pytest.mark.parametrize(
    ("raised", "reason"),
    [
        (MemoryError(), errno.ENOMEM),
        (OSError(errno.EACCES, "refused"), errno.EACCES),
        (OSError("refused without a number"), errno.EPERM),
    ],
)
def test_a_refusal_is_told_by_its_number(raised: Exception, reason: int, targets: Targets) -> None:
    def attempt(_: Targets) -> None:
        raise raised

    assert escapes.refusal(attempt, targets) == reason


def test_it_closes_the_layers_before_the_first_attempt(
    words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[bytes] = []

    def lock_down(_: Limits, __: object, *, layers: tuple[LayerName, ...]) -> dict[str, int]:
        return dict.fromkeys(layers, 1)

    def end(status: int) -> None:
        raise Ended(status)

    attempts: dict[str, Callable[[Targets], None]] = {"nothing": lambda _: None}
    monkeypatch.setattr(escapes, "lock_down", lock_down)
    monkeypatch.setattr(escapes, "send", said.append)
    monkeypatch.setattr(escapes, "ATTEMPTS", MappingProxyType(attempts))
    monkeypatch.setattr(os, "_exit", end)
    with pytest.raises(Ended):
        escapes.main([*Limits().as_arguments(), "limits,seccomp", "", *words])
    assert said == [b'{"limits":1,"seccomp":1}\n', b'{"nothing":0}\n']
