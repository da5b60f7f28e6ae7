"""Clocks that leap: time passes, and the movement goes on as if none had."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.geodesy import step_lengths_m

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geowallet.model.fixes import Fixes

LEAST_LEAP_S = 120.0
"""Shorter silences are bridged anyway."""

CADENCES = 10.0
"""And so many usual intervals: a source that is often silent has no leaps."""

BESIDE = 4
"""Intervals on both sides in which it must move."""

BESIDE_S = 60.0
"""None of which may be longer."""

MOVING_MPS = 5.0
"""A vehicle at this speed cannot come to rest, wait and be as fast again without being seen:
at 3 m/s2 that takes five seconds and a position."""

FURTHER = 3.0
"""The leap covers no more way than so many usual intervals."""


def clock_leaps(fixes: Fixes) -> tuple[tuple[int, int], ...]:
    """Return the instants before and after each leap, UTC microseconds.

    Args:
        fixes: Good positions of one device, in time order.
    """
    if len(fixes) < 2 * BESIDE + 2:
        return ()
    step_s = np.diff(fixes.time_us) / 1e6
    step_m = step_lengths_m(fixes.lat_deg, fixes.lon_deg)
    return tuple(
        (int(fixes.time_us[row]), int(fixes.time_us[row + 1]))
        for row in np.flatnonzero(step_s >= LEAST_LEAP_S)
        if BESIDE <= row < len(step_s) - BESIDE and _goes_on(step_s, step_m, int(row))
    )


def _goes_on(step_s: NDArray[np.float64], step_m: NDArray[np.float64], row: int) -> bool:
    beside = np.r_[row - BESIDE : row, row + 1 : row + 1 + BESIDE]
    usual_s = float(np.median(step_s[beside]))
    if usual_s <= 0 or step_s[beside].max() > BESIDE_S or step_s[row] < CADENCES * usual_s:
        return False
    speed_mps = step_m[beside] / np.maximum(step_s[beside], 1e-3)
    way_m = FURTHER * float(np.median(speed_mps)) * usual_s
    return bool(speed_mps.min() > MOVING_MPS and step_m[row] <= way_m)
