"""Silences within a leg, told apart by what the fixes around them say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.mobility import Gap, GapKind
from geowallet.track.motion import PARKED_M, SHORTEST_GAP_S

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geowallet.track.motion import Path

COVERED_S = 2_700.0
"""The longest ways below ground last three quarters of an hour: the end to end ride of
a metro line, the Channel Tunnel's 35 minutes."""

COVERED_MPS = 3.0
"""Door to door, waits for the next train included, a ride is faster than this."""

FEWEST_COARSE = 2
"""Coarse positions that show that the device was on; one is its last word."""


def gaps_of(path: Path, first: int, last: int, coarse_us: NDArray[np.int64]) -> tuple[Gap, ...]:
    """Return the silences between two fixes of a path, in time order.

    Args:
        path: The fixes of the chunk.
        first: Index of the first fix of the leg.
        last: Index of its last fix.
        coarse_us: Instants of fixes that were too coarse to use, ascending.
    """
    found = []
    for step in np.flatnonzero(path.gap[first:last]) + first:
        start_us, end_us = path.instant_us(int(step)), path.instant_us(int(step) + 1)
        metres = float(path.step_m[step])
        coarse = int(np.diff(np.searchsorted(coarse_us, (start_us, end_us)))[0])
        kind = _kind(metres, (end_us - start_us) / 1e6, coarse)
        found.append(Gap(start_us, end_us, metres, kind))
    return tuple(found)


def _kind(metres: float, seconds: float, coarse: int) -> GapKind:
    if metres <= PARKED_M:
        return GapKind.STILL
    if seconds < SHORTEST_GAP_S:
        return GapKind.LEAP
    if coarse >= FEWEST_COARSE:
        return GapKind.NO_SIGNAL
    if seconds <= COVERED_S and metres >= COVERED_MPS * seconds:
        return GapKind.COVERED
    return GapKind.OFF
