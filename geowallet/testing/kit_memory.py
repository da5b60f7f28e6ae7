"""What a connector takes of the memory, and what it does not give back."""

from __future__ import annotations

import gc
import sys
import tracemalloc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FLOOR_BYTES = 32 << 20
FOR_A_BYTE = 200
"""A reading may take so much, and so much for each byte of the source."""

WARM_UP = 20
"""Readings that may fill caches."""
TRACED_SHARE = 10
"""Of the readings one in so many is traced, which is slow."""
KEPT_BYTES = 160
"""What one reading may leave behind on average; a table of one fix is larger."""


def most_bytes(data: bytes) -> int:
    """Return how much memory one reading of ``data`` may take."""
    return FLOOR_BYTES + FOR_A_BYTE * len(data)


def peak_bytes(work: Callable[[], object]) -> int:
    """Return the most memory that ``work`` held at once."""
    with _tracing():
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        work()
        return tracemalloc.get_traced_memory()[1] - before


def keeps_memory(work: Callable[[], object], times: int) -> bool:
    """Say whether ``work``, done so many times, leaves something behind each time.

    Most of the time small objects are counted, which costs nothing; at the end bytes.
    """
    traced = times // TRACED_SHARE
    plain = times - traced
    _repeat(work, WARM_UP)
    before = sys.getallocatedblocks()
    _repeat(work, plain)
    if 2 * (sys.getallocatedblocks() - before) > max(plain, WARM_UP):
        return True
    with _tracing():
        _repeat(work, WARM_UP)
        before = tracemalloc.get_traced_memory()[0]
        _repeat(work, traced)
        return tracemalloc.get_traced_memory()[0] - before > KEPT_BYTES * max(traced, WARM_UP)


def _repeat(work: Callable[[], object], times: int) -> None:
    for _ in range(times):
        work()
    gc.collect()


@contextmanager
def _tracing() -> Iterator[None]:
    before = tracemalloc.is_tracing()
    if not before:
        tracemalloc.start()
    try:
        yield
    finally:
        if not before:
            tracemalloc.stop()
