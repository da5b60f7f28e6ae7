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
from geowallet.track.motion import Windows
from geowallet.track.stops import SMOOTH_S, find_stays, hidden_stays, still

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geowallet.track.legs import Span
    from geowallet.track.modes.hints import Hints
    from geowallet.track.modes.network import Listener
    from geowallet.track.motion import Path
    from geowallet.track.stops import Stay

SHORTEST_TRIP_M = 150.0
"""A trip leads at least this far from where it began; less is roaming or noise."""

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
    stays = find_stays(path, still_fixes, smooth)
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
    far = _farthest_m(path, first, last) >= SHORTEST_TRIP_M
    return list(zip(first[far].tolist(), last[far].tolist(), strict=True))


def _farthest_m(path: Path, first: NDArray[np.intp], last: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return how far each stretch of at least one fix leads from its first fix, metres."""
    rows = rows_of(last - first + 1)
    here, begin = first[rows.leg] + rows.offset(), first[rows.leg]
    columns = (column[index] for index in (here, begin) for column in (path.lat_deg, path.lon_deg))
    return largest(rows, distances_m(*columns))
