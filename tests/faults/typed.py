"""Types every command that writes, and lets it die or fail at its steps.

``python -m tests.faults.typed [--points N] [--only COMMAND]``: each command of
`tests.faults.typed_table` is typed on a copy of one machine (`typed_stage`) by a child
that is killed at a step, at every one or at N of them; on a disk that is full; and where
a call that opens, renames, links or removes a file answers "input or output error".
What is left is opened, and the last child that was killed is followed by the same
command once more. Ends with status 1 where anything is lost, torn, or not told.
"""

from __future__ import annotations

import argparse
import errno
import os
import resource
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geowallet.model.errors import DiskFullError, GeowalletError
from geowallet.vault import session
from tests.faults.dying import KILLED, Countdown, watch
from tests.faults.typed_stage import Names, build, settled, typed
from tests.faults.typed_state import BETWEEN, State, how_it_stands, state_of
from tests.faults.typed_table import TYPED, Typed

FULL_BYTES = (0, 8192)
"""Lengths that no file may pass on a full disk: no journal, or a journal and nothing else."""

_BUG = 1


class Steps(Countdown):
    """Counts steps, and kills or fails at one of them; armed in a child only."""

    def __init__(self) -> None:
        super().__init__(at=0)
        self.calls = 0
        self.failing = 0

    def call(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], int):
            return  # a descriptor that is open already, such as of a pipe
        before = self.seen
        super().call(event, arguments)
        if self.seen > before:
            self.calls += 1
            if self.calls == self.failing:
                raise OSError(errno.EIO, os.strerror(errno.EIO))


@dataclass
class Ends:
    """How the children of one command ended."""

    steps: int = 0
    killed: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        said = [f"{self.steps} steps"]
        said += [f"{count} {how}" for how, count in sorted(self.killed.items())]
        said += [f"{count} {how}" for how, count in sorted(self.failed.items())]
        return ", ".join(said) + f" WRONG {sorted(set(self.wrong))}" * bool(self.wrong)


@dataclass(frozen=True)
class Trial:
    """One command on a machine where what comes before it was typed."""

    name: str
    command: Typed
    origin: Path
    names: Names
    steps: Steps

    @property
    def words(self) -> str:
        return f"{self.name} {self.command.words}"

    def ready(self, folder: Path) -> Trial:
        """Copy the machine and type what comes before."""
        shutil.copytree(self.origin, folder)
        with settled(folder):
            for words in self.command.first:
                status, _, code = typed(words, self.names)
                if status:
                    raise RuntimeError(words, code)
        return Trial(self.name, self.command, folder, self.names, self.steps)

    def finished(self, folder: Path) -> tuple[State, int, int]:
        """Type the command in this process; return what is there then, and count the steps."""
        shutil.copytree(self.origin, folder)
        self.steps.seen = self.steps.calls = 0
        with settled(folder):
            status, _, code = typed(self.words, self.names)
        counted = self.steps.seen, self.steps.calls
        if status:
            raise RuntimeError(self.words, status, code)
        return state_of(folder), *counted

    def child(
        self, folder: Path, *, kill: int = 0, fail: int = 0, full: int | None = None
    ) -> tuple[int, str]:
        """Type the command in a child; return its exit status and its error's code."""
        if not folder.exists():
            shutil.copytree(self.origin, folder)
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            self._type(folder, writing, kill=kill, fail=fail, full=full)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            code = pipe.read().decode()
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status), code

    def _type(self, folder: Path, out: int, *, kill: int, fail: int, full: int | None) -> None:
        status = _BUG
        try:
            with settled(folder):
                self.steps.seen = self.steps.calls = 0
                self.steps.at, self.steps.failing = kill, fail
                if full is not None:
                    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                    resource.setrlimit(resource.RLIMIT_FSIZE, (full, resource.RLIM_INFINITY))
                status, _, code = typed(self.words, self.names)
                self.steps.at = self.steps.failing = 0
            os.write(out, code.encode())
        finally:
            os._exit(status)


def tried(trial: Trial, folder: Path, points: int) -> Ends:
    """Let one command die and fail; ``points`` steps of each kind, or all if 0."""
    ends = Ends()
    trial = trial.ready(folder / "ready")
    before = state_of(trial.origin)
    after, ends.steps, calls = trial.finished(folder / "finished")
    unfinished = None
    for at in spread(ends.steps, points):
        here = folder / f"killed {at}"
        status, code = trial.child(here, kill=at)
        if status != KILLED:
            ends.wrong.append(f"step {at}: {status} {code}")
        how = _look(trial, here, before, after, ends)
        ends.killed[how] += 1
        if how != "new":
            unfinished = here
    if unfinished is not None:
        status, code = trial.child(unfinished)
        how = _look(trial, unfinished, before, after, Ends())  # twice may be more than once
        if status == _BUG or how in {"old", "damaged"}:
            ends.wrong.append(f"again: {status} {code}")
    for manner in _failures(calls, points):
        here = folder / f"failed {manner}"
        status, code = trial.child(here, **manner)
        how = _look(trial, here, before, after, ends)
        _judge(ends, manner, status, code, how)
    return ends


def spread(count: int, points: int) -> list[int]:
    """Return ``points`` numbers from 1 to ``count``, the last among them; all of them for 0."""
    if not points or points >= count:
        return list(range(1, count + 1))
    return sorted({count - round(number * count / points) for number in range(points)})


def _failures(calls: int, points: int) -> Iterator[dict[str, int]]:
    for size in FULL_BYTES[: points or None]:
        yield {"full": size}
    for at in spread(calls, points):
        yield {"fail": at}


def _judge(ends: Ends, manner: dict[str, int], status: int, code: str, how: str) -> None:
    if status == DiskFullError.exit_status and "." in code:
        ends.failed["told" if how != "new" else "told, and done"] += 1
    elif status == 0 and how == "new":
        ends.failed["done without"] += 1
    else:
        ends.wrong.append(f"{manner}: {status} {code}, {how}")


def _look(trial: Trial, folder: Path, before: State, after: State, ends: Ends) -> str:
    try:
        how, wrong = how_it_stands(state_of(folder), before, after)
    except GeowalletError as error:
        how, wrong = "damaged", [error.code]
    if trial.command.between:
        allowed = BETWEEN | {f"torn: {trial.command.cut}"}
        wrong = [word for word in wrong if word not in allowed]
    ends.wrong += wrong
    return how


def trials(only: Iterable[str], folder: Path) -> Iterator[Trial]:
    """Build the machine, and yield each command on it."""
    steps = Steps()
    origin = folder / "machine"
    names = build(origin)
    watch(steps.call, steps.statement)
    for name in only or TYPED:
        yield Trial(name, TYPED[name], origin, names, steps)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--points", type=int, default=0)
    parser.add_argument("--only", action="append", default=[])
    chosen = parser.parse_args()
    session._ring = lambda: None
    sys.dont_write_bytecode = True
    wrong = 0
    with tempfile.TemporaryDirectory() as name:
        for number, trial in enumerate(trials(chosen.only, Path(name))):
            folder = Path(name, str(number))
            folder.mkdir()
            ends = tried(trial, folder, chosen.points)
            shutil.rmtree(folder)
            wrong += len(ends.wrong)
            print(f"{trial.name}: {ends}", flush=True)  # noqa: T201
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
