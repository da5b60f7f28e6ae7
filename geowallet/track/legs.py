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

from geowallet.model.geodesy import EARTH_RADIUS_M
from geowallet.track.modes.ragged import rows_of
from geowallet.track.modes.ragged import runs as ragged_runs
from geowallet.track.motion import runs
from geowallet.track.unwalked import heard_changes, rows_between
from geowallet.track.walking import walking_spans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geowallet.track.modes.listener import Listener
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

LONGEST_JAM_S = 300.0
"""A walk from one ride to the next lasts four to six minutes (French survey EMP 2019); a slow
stretch that is longer is not taken for a jam."""

LANE_REACH_M = 150.0
"""How far the way is followed to both sides of a slow stretch."""

LANE_REACH_S = 600.0
"""And how long at most."""

LANE_LEAST_M = 50.0
"""Shorter ways do not show where they lead."""

LANE_TURN = 0.64
"""Cosine of 50 degrees: who changes vehicles seldom goes on as before."""

LANE_SIDE = 0.25
"""Of the way from the one side to the other, most that a slow stretch leads aside."""


@dataclass(frozen=True, slots=True)
class Span:
    """Some fixes of a path.

    Attributes:
        first: The first of them.
        last: The last, included.
        on_foot: Whether it is a walk.
        unwalked: Whether it begins where another vehicle was heard within a ride.
    """

    first: int
    last: int
    on_foot: bool
    unwalked: bool = False


def find_legs(
    path: Path,
    trips: Sequence[tuple[int, int]],
    *,
    slow_mps: NDArray[np.float64],
    edge_mps: NDArray[np.float64],
    listener: Listener | None = None,
) -> list[tuple[Span, ...]]:
    """Cut trips into walks and rides.

    Args:
        path: The fixes of the chunk.
        trips: Index of the first and of the last fix of each, in time order.
        slow_mps: ``(n,)`` speeds of the path over `SPEED_WINDOW_S`.
        edge_mps: ``(n,)`` speeds of the path over `EDGE_WINDOW_S`.
        listener: What a network says of the path, if there is one.

    Returns:
        At least one span for each trip; each begins at the fix where the one before
        ends.
    """
    if not trips:
        return []
    if listener is not None:
        listener.listen([rows_between(path, ends) for ends in trips])
    walkable = _may_walk(path, trips, slow_mps)
    some = [ends for ends, may in zip(trips, walkable, strict=True) if may]
    sought = iter(walking_spans(path, some, edge_mps=edge_mps, listener=listener))
    halts = _long_halts(path, slow_mps)
    found = []
    for (first, last), may in zip(trips, walkable, strict=True):
        walks = next(sought) if may else [(float(path.time_s[first]), False)]
        spans: list[Span] = []
        for a, b, on_foot in _parted(path, (first, last), walks, edge_mps):
            halted = not on_foot and bool(np.any((halts[0] < b) & (halts[1] > a)))
            cuts = _transfers(path.time_s, slow_mps, a, b) if halted else []
            parts = [Span(x, y, on_foot) for x, y in pairwise([a, *cuts, b]) if y > x]
            spans += parts if on_foot else _by_ear(path, parts, listener, slow_mps)
        found.append(tuple(spans))
    return found


def _by_ear(
    path: Path, rides: Sequence[Span], listener: Listener | None, slow_mps: NDArray[np.float64]
) -> list[Span]:
    """Return rides, cut where another vehicle is heard without a walk."""
    if listener is None:
        return list(rides)
    found = []
    for ride in rides:
        cuts = heard_changes(path, (ride.first, ride.last), listener, slow_mps)
        ends = pairwise([ride.first, *cuts, ride.last])
        found += [Span(a, b, on_foot=False, unwalked=a in cuts) for a, b in ends]
    return found


def _parted(
    path: Path,
    trip: tuple[int, int],
    walks: Sequence[tuple[float, bool]],
    edge_mps: NDArray[np.float64],
) -> list[tuple[int, int, bool]]:
    """Return the first and last fix of each walk or ride of a trip, and which it is."""
    first, last = trip
    rows = slice(first, last + 1)
    edges, kinds = [first], [walks[0][1]]
    for start_s, on_foot in walks[1:]:
        change = int(np.searchsorted(path.time_s[rows], start_s))
        place = first + _refine(path.time_s[rows], edge_mps[rows], change, not on_foot)
        if edges[-1] < place < last:
            edges.append(place)
            kinds.append(on_foot)
    return list(zip(edges, [*edges[1:], last], kinds, strict=True))


def _may_walk(
    path: Path, trips: Sequence[tuple[int, int]], speed_mps: NDArray[np.float64]
) -> list[bool]:
    """Say of each trip whether the pace is that of a walk for long enough anywhere.

    That saves the search in others.
    """
    first, last = (np.array(column, dtype=np.intp) for column in zip(*trips, strict=True))
    rows = rows_of(last - first + 1)
    index = first[rows.leg] + rows.offset()
    speed = speed_mps[index]
    begin, after = ragged_runs(rows, (speed > SLOWEST_WALK_MPS / 2) & (speed < FASTEST_WALK_MPS))
    trip = rows.leg[begin]
    # From the fix before to the one after.
    since = np.maximum(index[begin] - 1, first[trip])
    until = np.minimum(index[after - 1] + 1, last[trip])
    lasting = path.time_s[until] - path.time_s[since] >= SHORTEST_WALK_S
    found: list[bool] = (np.bincount(trip[lasting], minlength=len(trips)) > 0).tolist()
    return found


def _long_halts(
    path: Path, speed_mps: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the first fix of each halt that may be a transfer, and the fix after its last."""
    halts = np.array(runs(speed_mps < SLOWEST_WALK_MPS), dtype=np.intp).reshape(-1, 2)
    first, after = halts[:, 0], np.minimum(halts[:, 1] + 1, len(path) - 1)
    long = path.time_s[after] - path.time_s[first] >= TRANSFER_S
    return first[long], after[long]


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


def straight_on(path: Path, before: Span, walk: Span, after: Span) -> bool:
    """Say whether a short walk between two rides keeps to their line, as a vehicle in a jam.

    Who gets off leaves the lane and goes on in another direction: of 136 true walks between
    two rides of simulated days none keeps to the line of two rides that look alike, of 69 false
    ones 15.
    """
    if path.time_s[walk.last] - path.time_s[walk.first] >= LONGEST_JAM_S:
        return False
    since = np.searchsorted(path.time_s, path.time_s[walk.first] - LANE_REACH_S)
    until = np.searchsorted(path.time_s, path.time_s[walk.last] + LANE_REACH_S)
    first, last = max(before.first, int(since)), min(after.last, int(until) - 1)
    scale = np.array([np.cos(np.radians(path.lat_deg[walk.first])), 1.0])
    place = np.column_stack((path.lon_deg[first : last + 1], path.lat_deg[first : last + 1]))
    place = (place - place[walk.first - first]) * (np.radians(EARTH_RADIUS_M) * scale)
    begin, end = walk.first - first, walk.last - first
    back, ahead = place[begin::-1] - place[begin], place[end:] - place[end]
    start, goal = (_within_reach(way) for way in (back, ahead))
    came, goes = -back[start], ahead[goal]
    if min(_long(came), _long(goes)) < LANE_LEAST_M:
        return False
    if float(came @ goes) < LANE_TURN * _long(came) * _long(goes):
        return False
    chord = place[end] + goes - place[begin] + came
    aside = (place[begin : end + 1] - place[begin] + came) @ np.array([-chord[1], chord[0]])
    return float(np.max(np.abs(aside))) < LANE_SIDE * _long(chord) ** 2


def _within_reach(way_m: NDArray[np.float64]) -> int:
    """Return the first of some places that is `LANE_REACH_M` from the first, or the last."""
    far = np.flatnonzero(np.hypot(way_m[:, 0], way_m[:, 1]) > LANE_REACH_M)
    return int(far[0]) if len(far) else len(way_m) - 1


def _long(vector_m: NDArray[np.float64]) -> float:
    return float(np.hypot(vector_m[0], vector_m[1]))


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
