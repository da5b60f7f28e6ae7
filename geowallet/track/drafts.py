"""One chunk of time cut into stays, and trips into walks and rides: all but modes and metres.

Modes and metres are found for the legs of many chunks at once, see `geowallet.track.trips`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.geodesy import distances_m
from geowallet.track.legs import EDGE_WINDOW_S, SPEED_WINDOW_S, find_legs
from geowallet.track.modes.classify import listener_of
from geowallet.track.modes.ragged import largest, rows_of
from geowallet.track.motion import Windows, median
from geowallet.track.stops import SMOOTH_S, find_stays, hidden_stays, still
from geowallet.track.wandering import with_wandering

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geowallet.track.legs import Span
    from geowallet.track.modes.hints import Hints
    from geowallet.track.modes.listener import Listener
    from geowallet.track.motion import Path
    from geowallet.track.stops import Stay

SHORTEST_TRIP_M = 150.0
"""A trip leads at least this far from where it began; less is roaming or noise."""

DRIFT_TIMES = 5.0
"""Within so many times the accuracy that a receiver reports (68 of 100 positions are nearer
than it), what comes back may be no more than the error of its positions."""

SHORTEST_TRIP_S = 60.0
"""Shorter movement is noise."""

FEWEST_FIXES = 3
"""Two positions show a displacement, not a way."""


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """One chunk, cut.

    Attributes:
        path: Its ``n`` fixes.
        stream: int32 ``(n,)``, the stream of each fix.
        hints: What is known of modes in its time.
        stays: Its stays, in time order.
        episodes: The first and the last fix of each trip, in time order.
        cut: The walks and rides of each trip.
        edge_mps: ``(n,)`` speeds over some seconds.
        listener: What the network of the model says of its path; None without trips or network.
    """

    path: Path
    stream: NDArray[np.int32]
    hints: Hints
    stays: tuple[Stay, ...]
    episodes: Sequence[tuple[int, int]]
    cut: Sequence[tuple[Span, ...]]
    edge_mps: NDArray[np.float64]
    listener: Listener | None = None


def draft_of(path: Path, stream: NDArray[np.int32], hints: Hints) -> Draft:
    """Return one chunk of at least one fix, cut.

    Args:
        path: Its ``n`` fixes.
        stream: ``(n,)`` the stream of each fix.
        hints: What is known of modes in its time.
    """
    windows = Windows(path)
    smooth = windows.smoothed(SMOOTH_S)
    still_fixes = still(path, smooth)
    stays = with_wandering(path, find_stays(path, still_fixes, smooth))
    del smooth
    slow_mps, edge_mps = (windows.speeds_mps(half_s) for half_s in (SPEED_WINDOW_S, EDGE_WINDOW_S))
    del windows
    episodes = _episodes(path, [stay for stay in stays if stay.is_activity], still_fixes)
    listener = listener_of(path, hints.forest) if episodes else None
    cut = find_legs(path, episodes, slow_mps=slow_mps, edge_mps=edge_mps, listener=listener)
    return Draft(path, stream, hints, stays, episodes, cut, edge_mps, listener)


def _episodes(
    path: Path, activities: Sequence[Stay], still_fixes: NDArray[np.bool_]
) -> list[tuple[int, int]]:
    """Return the first and last fix of every stretch of movement worth a trip."""
    starts = [0, *(stay.last for stay in activities)]
    ends = [*(stay.first for stay in activities), len(path) - 1]
    hidden = np.array(hidden_stays(path), dtype=np.intp)
    found: list[tuple[int, int]] = []
    for start, end in zip(starts, ends, strict=True):
        cuts = hidden[slice(*np.searchsorted(hidden, (start, end)))].tolist()
        found += zip([start, *(c + 1 for c in cuts)], [*cuts, end], strict=True)
    first, last = (np.array(column, dtype=np.intp) for column in zip(*found, strict=True))
    worth = last - first + 1 >= FEWEST_FIXES
    worth &= path.time_s[last] - path.time_s[first] >= SHORTEST_TRIP_S
    moving = np.concatenate(([0], np.cumsum(~still_fixes)))
    worth &= moving[last + 1] > moving[first]
    first, last = first[worth], last[worth]
    far = _farthest_m(path, first, last) >= _least_m(path, first, last)
    return list(zip(first[far].tolist(), last[far].tolist(), strict=True))


def _least_m(path: Path, first: NDArray[np.intp], last: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return how far each stretch has to lead to be more than the error of its positions.

    One whose ends lie apart leads somewhere; one that comes back may have been nowhere.
    """
    least_m = np.full(len(first), SHORTEST_TRIP_M)
    if np.all(np.isnan(path.accuracy_m)):
        return least_m
    ends = (column[index] for index in (first, last) for column in (path.lat_deg, path.lon_deg))
    apart_m = distances_m(*ends)
    for number, (start, end) in enumerate(zip(first.tolist(), last.tolist(), strict=True)):
        accuracy_m = path.accuracy_m[start : end + 1]
        known = accuracy_m[~np.isnan(accuracy_m)]
        error_m = DRIFT_TIMES * median(known) if len(known) else 0.0
        if apart_m[number] < error_m / 2:
            least_m[number] = max(error_m, SHORTEST_TRIP_M)
    return least_m


def _farthest_m(path: Path, first: NDArray[np.intp], last: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return how far each stretch of at least one fix leads from its first fix, metres."""
    rows = rows_of(last - first + 1)
    here, begin = first[rows.leg] + rows.offset(), first[rows.leg]
    columns = (column[index] for index in (here, begin) for column in (path.lat_deg, path.lon_deg))
    return largest(rows, distances_m(*columns))
