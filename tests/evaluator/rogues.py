"""Children that misbehave: some in the real confinement, some only claiming it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import geowallet

CONFINED = """
import os, sys
sys.path.append(sys.argv[1])
from geowallet.evaluator import worker
def evaluate(job, rows):
    {body}
worker.evaluate = evaluate
worker.main(sys.argv[2:])
"""

CLAIMING = """
import os, sys
os.write(1, b'{"limits": 1, "no-new-privileges": 1, "seccomp": 1}\\n')
"""

Command = Callable[[str, Sequence[str]], list[str]]


def confined(body: str) -> Command:
    """The real worker, really locked down, with another ``evaluate(job, rows)``."""
    folder = str(Path(geowallet.__file__).parent.parent)
    code = CONFINED.format(body=body.replace("\n", "\n    "))
    return lambda _, arguments: [sys.executable, "-I", "-S", "-c", code, folder, *arguments]


def bare(code: str) -> Command:
    """Any program at all."""
    return lambda _, arguments: [sys.executable, "-I", "-S", "-c", code, *arguments]


def claiming(code: str) -> Command:
    """A program that says it is locked down and is not."""
    return bare(CLAIMING + code)
