"""trackintel, run in an environment of its own under the user's cache."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from platformdirs import user_cache_path

from benchmarks.accuracy.score import Guess

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.accuracy.truth import Leg, Trace

WANTED = "trackintel==1.4.2"
WORKER = Path(__file__).with_name("trackintel_worker.py")
COARSE = {"slow_mobility": "soft", "motorized_mobility": "motorised", "fast_mobility": "motorised"}
"""Its classes in two: what moves by muscle, and what by motor."""


class NoPeerError(RuntimeError):
    """The other program could not be set up here."""


def interpreter(*, install: bool) -> Path:
    """Return the interpreter that has trackintel.

    Raises:
        NoPeerError: It is not there and could not be installed.
    """
    folder = user_cache_path("geowallet-peers") / "trackintel"
    python = folder / "bin" / "python"
    if python.exists() and _has(python):
        return python
    if not install:
        raise NoPeerError
    done = subprocess.run([sys.executable, "-m", "venv", str(folder)], check=False)
    if done.returncode == 0:
        command = [str(python), "-m", "pip", "install", "--quiet", WANTED]
        done = subprocess.run(command, check=False)
    if done.returncode or not _has(python):
        raise NoPeerError
    return python


def _has(python: Path) -> bool:
    command = [str(python), "-c", "import trackintel"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def ask(python: Path, question: dict[str, Any]) -> dict[str, Any]:
    """Return what the worker answers."""
    done = subprocess.run(
        [str(python), str(WORKER)],
        input=json.dumps(question).encode(),
        capture_output=True,
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def two_classes(python: Path, traces: Mapping[str, Trace], legs: Sequence[Leg]) -> list[Guess]:
    """Return "soft" or "motorised" for each leg."""
    lines = []
    for leg in legs:
        trace = traces[leg.user]
        first = int(np.searchsorted(trace.time_s, leg.start_s))
        last = int(np.searchsorted(trace.time_s, leg.end_s, side="right"))
        lines.append(np.c_[trace.lon_deg[first:last], trace.lat_deg[first:last]].tolist())
    spans = [[leg.start_s, leg.end_s] for leg in legs]
    said = ask(python, {"lines": lines, "spans": spans})["modes"]
    return [
        Guess(leg.user, leg.start_s, leg.end_s, COARSE.get(mode, "unknown"))
        for leg, mode in zip(legs, said, strict=True)
    ]
