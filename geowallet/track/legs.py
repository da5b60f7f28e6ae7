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

SHORTEST_WALK_S = 60.0
"""Less is manoeuvring, a jam or a stop of a bus."""

SHORTEST_WALK_M = 60.0
"""A walk that is worth a leg."""

SHORTEST_CHANGE_M = 100.0
"""A walk between two rides, from one platform or stop to another; less is a crawl."""

SHORTEST_RIDE_S = 45.0
"""Less is noise, a short run, or an escalator."""

SHORTEST_RIDE_M = 150.0
"""A ride that is worth a leg."""

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

HALTED_SHARE = 0.3
"""A walk halts for less of its time, at crossings; a jam for about half."""

WALKING_SHARE = 0.6
"""Of the time not spent waiting, this share of a walk is at walking speed; a jam
alternates between standing and rolling."""


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
    travelled = ~path.gap[first:last]
    step_s = np.append(np.where(travelled, np.diff(path.time_s[rows]), 0.0), 0.0)
    labels = _labels(step_s, slow_mps[rows], edge_mps[rows])
    changes = np.flatnonzero(np.diff(labels.astype(np.int8))) + 1
    edges = [0]
    for change in changes:
        on_foot_before = bool(labels[change - 1])
        place = _refine(path.time_s[rows], edge_mps[rows], int(change), on_foot_before)
        edges.append(min(max(place, edges[-1] + 1), last - first - 1))
    edges.append(last - first)
    kinds = [bool(labels[0]), *(bool(labels[change]) for change in changes)]
    spans = zip(edges[:-1], edges[1:], kinds, strict=True)
    found: list[Span] = []
    for a, b, on_foot in spans:
        cuts = [] if on_foot else _transfers(path.time_s[rows], slow_mps[rows], a, b)
        parts = pairwise([a, *cuts, b])
        found += [Span(first + x, first + y, on_foot) for x, y in parts if y > x]
    return tuple(found)


def _labels(
    step_s: NDArray[np.float64], speed_mps: NDArray[np.float64], edge_mps: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return which fixes are on foot, after short runs have joined their neighbours."""
    step_m = step_s * speed_mps
    riding = speed_mps > FASTEST_WALK_MPS
    for first, last in runs(riding):
        run = slice(first, last + 1)
        if np.sum(step_s[run]) < SHORTEST_RIDE_S or np.sum(step_m[run]) < SHORTEST_RIDE_M:
            riding[run] = False
    if not np.any(riding):
        return np.ones(len(step_s), dtype=np.bool_)
    for first, last in runs(~riding):
        inside = first > 0 and last < len(step_s) - 1
        run = slice(first, last + 1)
        walk = _is_walk(step_s[run], speed_mps[run], edge_mps[run])
        least_m = SHORTEST_CHANGE_M if inside else SHORTEST_WALK_M
        if not walk or float(np.sum(step_m[run])) < least_m:
            riding[run] = True
    return ~riding


def _is_walk(
    step_s: NDArray[np.float64], speed_mps: NDArray[np.float64], edge_mps: NDArray[np.float64]
) -> bool:
    """Say whether slow movement is a walk, not a jam or manoeuvres.

    A walk holds its pace for half a minute at least; a jam has the same mean
    speed, but comes to a halt again and again.
    """
    moving = speed_mps >= SLOWEST_WALK_MPS
    pace = moving & (speed_mps <= FASTEST_WALK_MPS)
    moving_s, walking_s = float(np.sum(step_s[moving])), float(np.sum(step_s[pace]))
    metres = float(np.sum((step_s * speed_mps)[pace]))
    if walking_s < SHORTEST_WALK_S or metres < SHORTEST_WALK_M:
        return False
    longest_s = max(float(np.sum(step_s[a : b + 1])) for a, b in runs(pace))
    halted_s = float(np.sum(step_s[moving & (edge_mps < SLOWEST_WALK_MPS)]))
    steady = longest_s >= SHORTEST_WALK_S / 2 and halted_s <= HALTED_SHARE * moving_s
    return steady and walking_s >= WALKING_SHARE * moving_s


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
