"""Every command that writes is typed, killed and refused by the disk; none is forgotten."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from geowallet.cli.commands import TABLE, load
from tests.conftest import ROOT
from tests.faults.dying import ACTIONS, PREPARED
from tests.faults.typed import spread
from tests.faults.typed_state import HALF, UNKNOWN, State, how_it_stands
from tests.faults.typed_table import ELSEWHERE, READING, TYPED, UNTRIED


def commands() -> Iterator[str]:
    """Yield every command as it is typed."""
    left: list[tuple[str, Any]] = [(name, load(name)) for name in TABLE]
    for name, command in left:
        below = getattr(command, "commands", {})
        left += [(f"{name} {word}", one) for word, one in below.items()]
        if not below:
            yield name


class TestTable:
    """Promise: a new command says how its writing is tried, or that it writes nothing."""

    def test_every_command_is_in_one_list(self) -> None:
        listed = [*TYPED, *ELSEWHERE, *UNTRIED, *READING]
        assert sorted(listed) == sorted(commands())

    def test_what_is_tried_elsewhere_is_an_action_there(self) -> None:
        assert set(ELSEWHERE.values()) <= ACTIONS.keys() | PREPARED.keys()


@pytest.mark.slow
def test_some_commands_killed_at_one_step_and_refused_at_one() -> None:
    """By command: all of them at every step (``python -m tests.faults.typed``)."""
    drawn = random.sample(sorted(TYPED), 9)  # drawn anew in each run
    words = [word for name in drawn for word in ("--only", name)]
    command = [sys.executable, "-m", "tests.faults.typed", "--points", "1", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, "WRONG" in done.stdout) == (0, False), done.stdout + done.stderr
    assert len(done.stdout.splitlines()) == len(drawn)


BEFORE = State({("place", "a"): b"1"}, 3, 2, {"kept": b"k" * 40})
AFTER = State({("place", "a"): b"2", ("export", "b"): b"b"}, 4, 2, {"kept": b"k" * 40, "out": b"o"})


class TestHowItStands:
    """Promise: what is neither old nor new is said."""

    @pytest.mark.parametrize(
        ("now", "how", "wrong"),
        [
            (BEFORE, "old", []),
            (AFTER, "new", []),
            (State(AFTER.records, 4, 2, BEFORE.files), "part", []),
            (State(BEFORE.records, 3, 2, AFTER.files), "part", [UNKNOWN]),
            (State(BEFORE.records, 3, 3, BEFORE.files), "part", [HALF]),
            (State(BEFORE.records, 4, 2, BEFORE.files), "part", [HALF]),
            (State(BEFORE.records, 3, 2, {}), "old", ["lost: kept"]),
            (State(AFTER.records, 4, 2, AFTER.files | {"x": b""}), "new", ["stray: x"]),
            (State(AFTER.records, 4, 2, AFTER.files | {"out": b"o" * 99}), "new", ["torn: out"]),
            (
                State({("place", "c"): b"1"}, 3, 2, BEFORE.files),
                "part",
                ["a record of neither: place", HALF],
            ),
        ],
    )
    def test_one_of_each(self, now: State, how: str, wrong: list[str]) -> None:
        assert how_it_stands(now, BEFORE, AFTER) == (how, wrong)

    def test_points_are_spread_and_end_at_the_last(self) -> None:
        assert spread(18, 3) == [6, 12, 18]
        assert spread(3, 0) == spread(3, 9) == [1, 2, 3]
