from __future__ import annotations

import os
import sys
from contextlib import ExitStack

import pytest

from geowallet.evaluator import host, trial
from geowallet.evaluator.layers import LayerName
from geowallet.evaluator.limits import Limits
from geowallet.evaluator.trial import Attempt, escape_attempts
from geowallet.model.errors import SandboxError
from tests.evaluator import rogues

TWELVE = [
    *("read-file", "write-file", "tcp", "udp", "unix-socket", "fork", "allocate-1-gib"),
    *("kill", "ptrace", "environment", "exec", "cpu-spin"),
]

WITHOUT_FILTER = (
    *(LayerName.NETWORK, LayerName.PRIVILEGES, LayerName.DUMP),
    *(LayerName.LANDLOCK, LayerName.LIMITS),
)
FILTER_ALONE = (LayerName.PRIVILEGES, LayerName.LIMITS, LayerName.SECCOMP)


def allowed(attempts: tuple[Attempt, ...]) -> set[str]:
    assert [attempt.name for attempt in attempts] == TWELVE
    return {attempt.name for attempt in attempts if not attempt.refused}


def test_twelve_of_twelve_are_refused() -> None:
    assert allowed(escape_attempts()) == set()


def test_twelve_of_twelve_are_refused_by_the_smallest_confinement_that_runs() -> None:
    assert allowed(escape_attempts(layers=FILTER_ALONE)) == set()


def test_without_the_filter_only_a_root_user_can_still_fork() -> None:
    held = {layer.name for layer in host.layers() if layer.holds}
    if not held.issuperset(WITHOUT_FILTER):
        pytest.skip("this machine has no Landlock, or forbids user namespaces")
    # The kernel exempts root from the limit on processes; its copy is shut in as it is.
    expected = {"fork"} if os.geteuid() == 0 else set()
    assert allowed(escape_attempts(layers=WITHOUT_FILTER)) == expected


@pytest.mark.parametrize(
    ("layer", "stops"),
    [
        (LayerName.NETWORK, {"tcp", "udp"}),
        (LayerName.LANDLOCK, {"read-file", "write-file", "exec"}),
        (LayerName.LIMITS, {"read-file", "write-file", "udp", "unix-socket", "allocate-1-gib"}),
    ],
)
def test_a_layer_alone_stops_what_it_is_for(layer: LayerName, stops: set[str]) -> None:
    if layer not in {found.name for found in host.layers() if found.holds}:
        pytest.skip(f"this machine has no {layer}")
    with ExitStack() as stack:
        reports = trial._reports([layer, "", *trial._targets(stack)], Limits())
    assert {name for name in stops if not reports[name]} == set()


def test_the_attempts_bite_where_nothing_is_closed() -> None:
    # A system may forbid to trace one's parent, and everybody is stopped at the time limit.
    by_the_system = {"ptrace", "cpu-spin"}
    assert allowed(escape_attempts(layers=())) >= set(TWELVE) - by_the_system


@pytest.mark.parametrize("code", ["", "raise SystemExit(1)"], ids=["ends", "fails"])
def test_what_is_not_reported_counts_as_allowed(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "command", rogues.claiming(code))
    attempts = escape_attempts()
    assert allowed(attempts) == set(TWELVE)
    assert {attempt.reason for attempt in attempts} == {"no report"}


def test_another_system_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(SandboxError):
        escape_attempts()
