"""Medians of wall and processor time of functions and of commands."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Timing:
    """Medians in seconds, and the range of the wall times.

    Attributes:
        wall_s: Median by the clock on the wall.
        cpu_s: Median of the processor's, children included.
        spread_s: Fastest and slowest wall time.
    """

    wall_s: float
    cpu_s: float
    spread_s: tuple[float, float]

    def __str__(self) -> str:
        low, high = self.spread_s
        return f"{self.wall_s:.3f} s wall ({low:.3f} to {high:.3f}), {self.cpu_s:.3f} s processor"


def timed(work: Callable[[], object], *, rounds: int) -> Timing:
    """Return the medians of ``rounds`` calls of ``work``."""
    walls, cpus = [], []
    for _ in range(rounds):
        wall_s, cpu_s = time.perf_counter(), _cpu_s()
        work()
        walls.append(time.perf_counter() - wall_s)
        cpus.append(_cpu_s() - cpu_s)
    spread_s = min(walls), max(walls)
    return Timing(statistics.median(walls), statistics.median(cpus), spread_s)


def geowallet(*words: str | Path) -> list[str]:
    """Return the command line that runs geowallet with this interpreter."""
    return [sys.executable, "-m", "geowallet", *map(str, words)]


def ran(command: Sequence[str], *, where: Path | None = None, **settings: str) -> str:
    """Return what a command wrote.

    Args:
        command: Its words.
        where: Folder to run it in.
        **settings: Further environment variables.

    Raises:
        subprocess.CalledProcessError: It failed.
    """
    done = subprocess.run(  # noqa: S603  this interpreter, and words of ours
        list(command),
        cwd=where,
        env=os.environ | settings,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def say(line: str) -> None:
    """Write one line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _cpu_s() -> float:
    found = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in found)
