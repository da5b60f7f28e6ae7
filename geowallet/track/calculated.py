"""Positions that a receiver calculated where it measured none: in tunnels they go straight on.

Phones carry on with the last speed and direction where satellites are lost, and leap to
where they truly are when these come back. What was said in between follows a line as
nothing that is measured does: not one step differs from the one before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.fixes import FixFlag
from geowallet.model.geodesy import distance_m
from geowallet.track.motion import runs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geowallet.model.fixes import Fixes

LEAP_M = 50.0
"""So far from the line, at least, lies the place that is said next: less is noise."""

LEAP_MPS2 = 10.0
"""And nothing on land speeds up or turns so hard (see `geowallet.track.clean`)."""

EXACT_M = 0.2
"""A calculated position is off its line by what rounding makes, at most; one that is
measured is off by more within a few seconds, however calm the receiver."""

FEWEST = 10
"""So many positions in a row on one line are no chance."""

SLOWEST_MPS = 2.0
"""Who stands is on a line as well."""

LONGEST_STEP_S = 10.0
"""Positions rarer than this do not show how they were made."""

SAME_STEP = 0.02
"""Steps of a line last equally long, but for this share."""

_DEGREE_M = 111_000.0


def flag_calculated(fixes: Fixes, bad: FixFlag) -> Fixes:
    """Flag positions that follow a line exactly until the receiver leaps off it.

    The first two on the line may have been measured, and stay clear.

    Args:
        fixes: ``n`` fixes.
        bad: Flags of fixes that are not looked at.
    """
    index = np.flatnonzero(fixes.unflagged(bad))
    time_s, lat, lon = fixes.time_us[index] / 1e6, fixes.lat_deg[index], fixes.lon_deg[index]
    mask = np.zeros(len(fixes), dtype=np.bool_)
    for first, last in runs(_in_line(time_s, lat, lon)):
        if last - first + 1 >= FEWEST and _leaps(time_s, lat, lon, last):
            mask[index[first : last + 1]] = True
    return fixes.with_flag(mask, FixFlag.CALCULATED) if np.any(mask) else fixes


def _in_line(
    time_s: NDArray[np.float64], lat_deg: NDArray[np.float64], lon_deg: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return which fixes repeat the step of the fix before them, in time and in space."""
    found = np.zeros(len(time_s), dtype=np.bool_)
    step_s, north, east = np.diff(time_s), np.diff(lat_deg), np.diff(lon_deg)
    exact_deg = EXACT_M / _DEGREE_M
    line = np.abs(np.diff(north)) <= exact_deg
    at = np.flatnonzero(line & (step_s[1:] <= LONGEST_STEP_S)) + 1
    wide = np.cos(np.radians(lat_deg[at]))
    same = np.abs(east[at] - east[at - 1]) * wide <= exact_deg
    same &= np.abs(step_s[at] - step_s[at - 1]) <= SAME_STEP * step_s[at]
    moved_m = np.hypot(north[at], east[at] * wide) * _DEGREE_M
    found[at[same & (moved_m >= SLOWEST_MPS * step_s[at])] + 1] = True
    return found


def _leaps(
    time_s: NDArray[np.float64],
    lat_deg: NDArray[np.float64],
    lon_deg: NDArray[np.float64],
    last: int,
) -> bool:
    """Say whether what follows the last fix of a line lies where nothing gets from it."""
    if last + 1 == len(time_s):
        return False
    step_s, next_s = np.diff(time_s[last - 1 : last + 2])
    lat, lon = (c[last] + (c[last] - c[last - 1]) * next_s / step_s for c in (lat_deg, lon_deg))
    off_m = distance_m(float(lat), float(lon), float(lat_deg[last + 1]), float(lon_deg[last + 1]))
    return bool(off_m > LEAP_M and off_m > LEAP_MPS2 * next_s * (step_s + next_s) / 2)
