"""Contenders in processes of their own, round after round, side by side.

Interleaved, so that what else the machine does falls on all alike; the median of
the rounds counts. Contenders that read the same must say the same sums.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

PEERS = Path(__file__).with_name("peers")
ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True)
class Contender:
    """One program at one job.

    Attributes:
        name: As the page calls it.
        command: Words; it prints one line of JSON with ``sums``, ``start_s``,
            ``cpu_s`` and ``peak_mb``.
    """

    name: str
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of a contender.

    Attributes:
        name: As the page calls it.
        start_s: What went before the work, the import of its libraries: median.
        cpu_s: The work: median of its rounds.
        peak_mb: Median of the most memory it held.
        sums: What it read, the same in every round.
    """

    name: str
    start_s: float
    cpu_s: float
    peak_mb: float
    sums: tuple[int, ...]


class DisagreementError(RuntimeError):
    """Two contenders read different things from the same files."""


def ours(name: str, paths: Sequence[Path]) -> Contender:
    """Return geowallet at the work called ``name`` of `benchmarks.suite.ours`."""
    return Contender(
        "geowallet", (sys.executable, "-m", "benchmarks.suite.ours", name, *map(str, paths))
    )


def peer(name: str, python: Path, script: str, *words: str | Path) -> Contender:
    """Return a script of ``peers`` under another interpreter."""
    return Contender(name, (str(python), str(PEERS / script), *map(str, words)))


def compete(contenders: Sequence[Contender], *, rounds: int) -> tuple[Standing, ...]:
    """Return how each fared, in the order given.

    Raises:
        DisagreementError: Sums differ.
        subprocess.CalledProcessError: A contender failed.
    """
    answers: dict[str, list[dict[str, Any]]] = {one.name: [] for one in contenders}
    for _ in range(rounds):
        for one in contenders:
            answers[one.name].append(_answer(one))
    said = {tuple(a["sums"]) for found in answers.values() for a in found if a["sums"]}
    if len(said) > 1:
        raise DisagreementError(", ".join(answers))
    return tuple(
        Standing(
            name,
            statistics.median(answer["start_s"] for answer in found),
            statistics.median(answer["cpu_s"] for answer in found),
            statistics.median(answer["peak_mb"] for answer in found),
            tuple(found[0]["sums"]),
        )
        for name, found in answers.items()
    )


def _answer(one: Contender) -> dict[str, Any]:
    done = subprocess.run(  # noqa: S603  words of ours
        one.command, cwd=ROOT, check=True, capture_output=True, text=True
    )
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer
