"""Stretches of time: which fixes lie together, and what a change makes necessary to see again."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from geowallet.track.sources import CUT_GAP_US

if TYPE_CHECKING:
    from collections.abc import Iterable

Window = tuple[int, int]
"""First and last instant, both included, UTC microseconds."""


def joined_runs(runs: Iterable[Window]) -> tuple[Window, ...]:
    """Return runs, given by their beginnings, joined where no silence cuts the timeline."""
    joined: list[Window] = []
    for first, last in runs:
        if joined and first - joined[-1][1] < CUT_GAP_US:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return tuple(joined)


def affected_window(coverage: Iterable[Window], changed: Iterable[Window]) -> list[Window]:
    """Return which stretches of time to analyse again after a change.

    Args:
        coverage: Every stored run of fixes, the new ones included; overlaps are welcome.
        changed: Each run that came or went.

    Returns:
        Ascending and disjoint: the chunks that were touched and the neighbours of
        each, because a parked night lies between two chunks. Replace the trips and
        stops that lie wholly inside.
    """
    touched = list(changed)
    chunks = joined_runs(sorted([*coverage, *touched]))
    # Each change lies in one chunk: that which begins last before it.
    starts = [start for start, _ in chunks]
    places = {bisect_right(starts, first) - 1 for first, _ in touched}
    hit = [number in places for number in range(len(chunks))]
    near = [any(hit[max(number - 1, 0) : number + 2]) for number in range(len(chunks))]
    windows: list[Window] = []
    for number, (start, end) in enumerate(chunks):
        if near[number] and number and near[number - 1]:
            windows[-1] = (windows[-1][0], end)
        elif near[number]:
            windows.append((start, end))
    return windows
