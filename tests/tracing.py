"""Without the tracer of coverage: what repeats on purpose, and finds no line that is new.

The tracer takes half as long again as what it watches. A sweep that kills one command at each of
its statements, a stranger's verifier, a simulated year: they go over lines that the tests of each
room have reached already, and the floors of coverage stand on those (docs/adr/0034).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import coverage
import pytest

HERE = Path(__file__).parent
ROOMS = frozenset({"accuracy", "faults", "interop", "performance", "redteam", "training"})
MARKS = ("hypothesis", "slow", "untraced")

_FOR_CHILDREN = "COVERAGE_PROCESS_CONFIG"  # coverage measures a child that finds this


def is_traced(item: pytest.Item) -> bool:
    """Return whether the tracer is to watch this test and its fixtures."""
    room = item.path.relative_to(HERE).parts[0]
    return room not in ROOMS and not any(map(item.get_closest_marker, MARKS))


@contextmanager
def untraced() -> Iterator[None]:
    """Stop the tracers meanwhile, here and in children.

    A worker has two, as it is a child as well: the second stopped would wake the first.
    """
    tracers = []
    while (tracer := coverage.Coverage.current()) is not None:
        tracer.stop()
        tracers.append(tracer)
    told = os.environ.pop(_FOR_CHILDREN, None) if tracers else None
    try:
        yield
    finally:
        for tracer in reversed(tracers):
            tracer.start()
        if told is not None:
            os.environ[_FOR_CHILDREN] = told
