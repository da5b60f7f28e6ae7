"""Legs: where, within a trip, walking turns into riding and back.

Change points are sought as in Zheng et al. 2008 ("Understanding mobility based on
GPS data", UbiComp): almost every change of mode passes through a walk, so a trip is
cut into walks and the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from geowallet.track.motion import runs
from geowallet.track.walking import walking_spans

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geowallet.track.motion import Path

FASTEST_WALK_MPS = 2.2
"""Walking turns into running at about 2.1 m/s (Hreljac 1993, "Preferred and
energetically optimal gait transition speeds", Med. Sci. Sports Exerc. 25)."""

SLOWEST_WALK_MPS = 0.6
"""Slower is waiting: 1.34 m/s less three standard deviations (Buchmueller and Weidmann)."""

SPEED_WINDOW_S = 20.0
"""Half window of the speed that tells walking from riding."""

EDGE_WINDOW_S = 6.0
"""Half window of the speed that places a change to the second."""

EDGE_SEARCH_S = 60.0
"""How far from its first estimate a change is looked for."""

SHORTEST_WALK_S = 40.0
"""The width of the window: whoever walks for a moment shows its pace for this long."""

TRANSFER_S = 90.0
"""A halt of this length may be a change of vehicle: longer than most red phases."""

SLOW_RIDE_MPS = 8.0
"""What a bike or a tram keeps below and a car on the open road or a train does not."""

TRANSFER_RATIO = 1.8
"""How much faster one side of a halt must be than the other to be another vehicle."""

SIDE_S = 180.0
"""A ride must last this long on both sides of a change of vehicle."""

SIDE_SHARE = 0.85
"""Quantile of the speeds of a side that is compared."""


@dataclass(frozen=True, slots=True)
class Span:
    """Fixes ``first`` to ``last`` of a path, both included; ``on_foot`` or not."""

    first: int
    last: int
    on_foot: bool


def find_legs(
    path: Path,
    first: int,
    last: int,
    *,
    slow_mps: NDArray[np.float64],
    edge_mps: NDArray[np.float64],
) -> tuple[Span, ...]:
    """Cut one trip into walks and rides.

    Args:
        path: The fixes of the chunk.
        first: Index of the first fix of the trip.
        last: Index of its last fix.
        slow_mps: ``(n,)`` speeds of the path over `SPEED_WINDOW_S`.
        edge_mps: ``(n,)`` speeds of the path over `EDGE_WINDOW_S`.

    Returns:
        At least one span; each begins at the fix where the one before ends.
    """
    rows = slice(first, last + 1)
    walks = [(float(path.time_s[first]), False)]
    if _may_walk(path.time_s[rows], slow_mps[rows]):
        walks = walking_spans(path, first, last, edge_mps=edge_mps)
    edges, kinds = [0], [walks[0][1]]
    for start_s, on_foot in walks[1:]:
        change = int(np.searchsorted(path.time_s[rows], start_s))
        place = _refine(path.time_s[rows], edge_mps[rows], change, not on_foot)
        if edges[-1] < place < last - first:
            edges.append(place)
            kinds.append(on_foot)
    edges.append(last - first)
    spans = zip(edges[:-1], edges[1:], kinds, strict=True)
    found: list[Span] = []
    for a, b, on_foot in spans:
        cuts = [] if on_foot else _transfers(path.time_s[rows], slow_mps[rows], a, b)
        parts = pairwise([a, *cuts, b])
        found += [Span(first + x, first + y, on_foot) for x, y in parts if y > x]
    return tuple(found)


def _may_walk(time_s: NDArray[np.float64], speed_mps: NDArray[np.float64]) -> bool:
    """Say whether the pace is that of a walk for long enough anywhere, to save the search."""
    pace = (speed_mps > SLOWEST_WALK_MPS / 2) & (speed_mps < FASTEST_WALK_MPS)
    return any(
        time_s[min(last + 1, len(time_s) - 1)] - time_s[max(first - 1, 0)] >= SHORTEST_WALK_S
        for first, last in runs(pace)
    )


def _transfers(
    time_s: NDArray[np.float64], speed_mps: NDArray[np.float64], first: int, last: int
) -> list[int]:
    """Return where, within a ride, a halt parts a slow vehicle from a fast one."""
    halts = [
        (first + a, min(first + b + 1, last))
        for a, b in runs(speed_mps[first : last + 1] < SLOWEST_WALK_MPS)
    ]
    halts = [(a, b) for a, b in halts if time_s[b] - time_s[a] >= TRANSFER_S]
    edges = [first, *(b for _, b in halts), last]
    cuts: list[int] = []
    for number, (start, end) in enumerate(halts):
        before, after = (edges[number], start), (end, edges[number + 2])
        if min(time_s[b] - time_s[a] for a, b in (before, after)) < SIDE_S:
            continue
        slow, fast = sorted(
            float(np.quantile(speed_mps[a : b + 1], SIDE_SHARE)) for a, b in (before, after)
        )
        if slow < SLOW_RIDE_MPS and fast > TRANSFER_RATIO * slow:
            cuts.append(end)
    return cuts


def _refine(
    time_s: NDArray[np.float64], speed_mps: NDArray[np.float64], change: int, on_foot_before: bool
) -> int:
    """Return the index near ``change`` that best parts walking speeds from higher ones."""
    low = int(np.searchsorted(time_s, time_s[change] - EDGE_SEARCH_S))
    high = int(np.searchsorted(time_s, time_s[change] + EDGE_SEARCH_S, side="right"))
    excess = np.clip(speed_mps[low:high] - FASTEST_WALK_MPS, -2.0, 2.0)
    weight = np.gradient(time_s[low:high]) if high - low > 1 else np.ones(high - low)
    gain = np.cumsum(excess * weight) * (1.0 if on_foot_before else -1.0)
    # The cut follows the fix after which riding pays most (or stops paying).
    return low + int(np.argmin(gain))
