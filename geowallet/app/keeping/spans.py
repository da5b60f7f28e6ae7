"""Stretches of time, both ends included: joined, and looked up without walking over all."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geowallet.track.windows import Window

_END = 2**63
"""After every instant."""


def disjoint(windows: Iterable[Window]) -> tuple[Window, ...]:
    """Return ``windows`` in time order, those that share an instant as one."""
    joined: list[Window] = []
    for first, last in sorted(windows):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return tuple(joined)


def overlaps(windows: Sequence[Window], start_us: int, end_us: int) -> bool:
    """Say whether a stretch shares an instant with one of ``windows``, which are `disjoint`."""
    at = bisect_right(windows, (end_us, _END)) - 1
    return at >= 0 and windows[at][1] >= start_us


def holds(windows: Sequence[Window], start_us: int, end_us: int) -> bool:
    """Say whether a stretch lies wholly in one of ``windows``, which are `disjoint`."""
    at = bisect_right(windows, (start_us, _END)) - 1
    return at >= 0 and windows[at][1] >= end_us
