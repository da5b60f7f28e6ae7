"""Number, ends and length of the distinct timed positions of a source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.geodesy import step_lengths_m
from geowallet.vault.columns import join_fixes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from geowallet.model.fixes import Fixes


@dataclass(frozen=True, slots=True)
class Totals:
    """What is told of all positions together.

    Attributes:
        count: Distinct timed positions.
        first_us: Of them, or None.
        last_us: Of them, or None.
        length_m: Great-circle length over them in time order; latitude 0 with
            longitude 0 is no part of it.
    """

    count: int
    first_us: int | None
    last_us: int | None
    length_m: float


def totals(pieces: Iterable[Fixes]) -> Totals:
    """Return the totals of fixes that come in time order."""
    count, length_m = 0, 0.0
    first_us: int | None = None
    last_us: int | None = None
    before: NDArray[np.float64] = np.zeros((2, 0))
    for fixes in _whole_instants(pieces):
        kept = _distinct(fixes)
        placed = kept & ((fixes.lat_deg != 0) | (fixes.lon_deg != 0))
        path = np.hstack((before, np.vstack((fixes.lat_deg[placed], fixes.lon_deg[placed]))))
        count += int(np.count_nonzero(kept))
        length_m += float(step_lengths_m(path[0], path[1]).sum())
        before = path[:, -1:]
        first_us = int(fixes.time_us[0]) if first_us is None else first_us
        last_us = int(fixes.time_us[-1])
    return Totals(count, first_us, last_us, length_m)


def _whole_instants(pieces: Iterable[Fixes]) -> Iterator[Fixes]:
    """Yield the same fixes, cut nowhere within one instant."""
    held: list[Fixes] = []
    for piece in pieces:
        cut = int(np.searchsorted(piece.time_us, piece.time_us[-1], side="left"))
        if held and cut:
            yield join_fixes([*held, piece.take(slice(0, cut))])
            held = []
        elif cut:
            yield piece.take(slice(0, cut))
        held.append(piece.take(slice(cut, None)))
    if held:
        yield join_fixes(held)


def _distinct(fixes: Fixes) -> NDArray[np.bool_]:
    """Return a mask of the first of each (time, latitude, longitude)."""
    kept = np.ones(len(fixes), dtype=np.bool_)
    same = np.diff(fixes.time_us) == 0
    shared = np.zeros(len(fixes), dtype=np.bool_)
    shared[1:] |= same
    shared[:-1] |= same
    rows = np.flatnonzero(shared)
    time_us, lat_deg, lon_deg = fixes.time_us[rows], fixes.lat_deg[rows], fixes.lon_deg[rows]
    order = np.lexsort((lon_deg, lat_deg, time_us))
    again = (
        (np.diff(time_us[order]) == 0)
        & (np.diff(lat_deg[order]) == 0)
        & (np.diff(lon_deg[order]) == 0)
    )
    kept[rows[order[1:][again]]] = False
    return kept
