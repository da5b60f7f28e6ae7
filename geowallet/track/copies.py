"""Trips that hold the very positions of another trip.

A receiver never writes the same way to the centimetre twice. Four positions in a row
that another trip has too, in this order or backwards, were copied, whatever their times.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from geowallet.track.marks import marks_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from geowallet.model.fixes import Fixes

IN_A_ROW = 4
"""Positions that are compared together."""

FEWEST = 10
"""Such rows that must be shared."""

SHARE = 0.3
"""And the share of a trip's rows."""

UNIT_DEG = 1e-7
"""As the wallet keeps positions."""

COARSE_UNITS = 1_000
"""Sources with four decimals of a degree (11 m) repeat themselves by chance."""

APART_US = 1_800_000_000
"""Trips that begin less than half an hour apart are one trip, recorded twice."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The rows of positions of a trip, as numbers.

    Attributes:
        id: Of the trip.
        start_us: Of its first position.
        marks: uint64 ``(n,)``, ascending, each once.
    """

    id: str
    start_us: int
    marks: NDArray[np.uint64]


def rows_of(trip_id: str, fixes: Fixes) -> Rows | None:
    """Return the rows of a trip; None where they are too few, or its positions too coarse.

    Args:
        trip_id: Its id.
        fixes: Those of its time, of one source.
    """
    lat, lon = (
        np.rint(column / UNIT_DEG).astype(np.int64) for column in (fixes.lat_deg, fixes.lon_deg)
    )
    if len(lat) < IN_A_ROW or not np.any(lat % COARSE_UNITS) or not np.any(lon % COARSE_UNITS):
        return None
    moved = np.concatenate(([True], (np.diff(lat) != 0) | (np.diff(lon) != 0)))
    spots = marks_of(lat[moved], lon[moved])
    if len(spots) < IN_A_ROW + FEWEST - 1:
        return None
    marks = np.minimum(_in_a_row(spots), _in_a_row(spots[::-1])[::-1])
    return Rows(trip_id, int(fixes.time_us[0]), np.unique(marks))


def copies(trips: Sequence[Rows]) -> Iterator[tuple[str, str]]:
    """Yield the id of each trip that shares its positions with an earlier one, and of that one.

    Args:
        trips: In any order.
    """
    known = sorted(trips, key=lambda one: (one.start_us, one.id))
    if not known:
        return
    marks = np.concatenate([one.marks for one in known])
    owner = np.repeat(np.arange(len(known)), [len(one.marks) for one in known])
    order = np.argsort(marks, kind="stable")
    marks, owner = marks[order], owner[order]
    first = np.concatenate(([True], marks[1:] != marks[:-1]))
    # A mark is laid to the earliest trip that has it.
    origin = owner[first][np.cumsum(first) - 1]
    again = origin != owner
    both, counts = np.unique(np.stack((owner[again], origin[again])), axis=1, return_counts=True)
    edges = np.flatnonzero(np.diff(both[0], prepend=-1, append=len(known)))
    for begin, end in pairwise(edges):
        one = known[int(both[0][begin])]
        other = known[int(both[1][begin + int(np.argmax(counts[begin:end]))])]
        enough = max(FEWEST, SHARE * len(one.marks))
        if counts[begin:end].sum() >= enough and one.start_us - other.start_us >= APART_US:
            yield one.id, other.id


def _in_a_row(spots: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return one number for each `IN_A_ROW` positions in this order."""
    count = len(spots) - IN_A_ROW + 1
    return marks_of(*(spots[step : step + count].view(np.int64) for step in range(IN_A_ROW)))
