"""Accelerations of a vehicle along and across its way, from one fix a second.

Forces along the way need the speeds of the receiver (Doppler). From positions alone, one
braking in ten that we found on UAH-DriveSet was real, whatever the smoothing: so without
these speeds they are not measured. The course may come from positions two seconds apart.
Only steps of a second or so count: nothing is known of the moments between rarer ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.geodesy import EARTH_RADIUS_M, step_lengths_m

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geowallet.model.fixes import Fixes

LONGEST_STEP_S = 1.5
"""A fix a second, one of them late. Below that rate harsh events cannot be measured."""

HALF_S = 1.0
"""Speeds one second before and after: of the differences tried at 1 Hz against a 40 Hz
accelerometer the central one fits best, correlation 0.81 (Carleton University 2015,
IEEE; forward and backward ones 0.67 to 0.69)."""

DOPPLER_SHARE = 0.9
"""Share of fixes with a speed of the receiver above which these speeds are used."""

MOST_MPS2 = (-10.0, 5.0)
"""Beyond the grip of a dry road when braking, and beyond any car of the street when
accelerating, it is the receiver that found its speed anew."""

SLOWEST_TURN_MPS = 3.0
"""Below it the course of a receiver is noise."""


@dataclass(frozen=True, slots=True, eq=False)
class Forces:
    """What was measured between ``n`` fixes.

    Attributes:
        time_us: int64 ``(n,)``, UTC microseconds.
        step_m: float64 ``(n - 1,)``, metres to the next fix.
        dense: bool ``(n - 1,)``, whether the next fix follows within `LONGEST_STEP_S`.
        has_speeds: Whether the source gives the receiver's speeds.
        along_mps2: float64 ``(n,)``, positive where the vehicle gains speed; NaN where
            the fixes around are not dense, and everywhere without such speeds.
        across_mps2: float64 ``(n,)``, never negative; NaN as above and below
            `SLOWEST_TURN_MPS`.
    """

    time_us: NDArray[np.int64]
    step_m: NDArray[np.float64]
    dense: NDArray[np.bool_]
    has_speeds: bool
    along_mps2: NDArray[np.float64]
    across_mps2: NDArray[np.float64]


def forces_of(fixes: Fixes) -> Forces:
    """Return the accelerations of one drive.

    Args:
        fixes: ``n`` fixes at distinct instants, at least one, without those that
            cleaning refuses.
    """
    time_s = (fixes.time_us - fixes.time_us[0]) / 1e6
    step_m = step_lengths_m(fixes.lat_deg, fixes.lon_deg)
    dense = np.diff(time_s) <= LONGEST_STEP_S
    known = _surrounded(time_s, dense)
    has_speeds = bool(np.mean(~np.isnan(fixes.speed_mps)) >= DOPPLER_SHARE)
    speed_mps = _speed(fixes, time_s, has_speeds=has_speeds)
    course_rad = _course(fixes, time_s)
    along = _slope(time_s, speed_mps)
    possible = has_speeds & (along >= MOST_MPS2[0]) & (along <= MOST_MPS2[1])
    across = np.abs(_slope(time_s, course_rad)) * speed_mps
    known_course = known & (speed_mps >= SLOWEST_TURN_MPS)
    return Forces(
        time_us=fixes.time_us,
        step_m=step_m,
        dense=dense,
        has_speeds=has_speeds,
        along_mps2=np.where(known & possible, along, np.nan),
        across_mps2=np.where(known_course, across, np.nan),
    )


def _surrounded(time_s: NDArray[np.float64], dense: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which fixes have dense ones for `HALF_S` and a step on both sides."""
    sparse_before = np.concatenate(([0], np.cumsum(~dense)))
    reach_s = HALF_S + LONGEST_STEP_S
    low = np.maximum(np.searchsorted(time_s, time_s - reach_s, side="right") - 1, 0)
    high = np.minimum(np.searchsorted(time_s, time_s + reach_s, side="left"), len(time_s) - 1)
    whole = (time_s - time_s[low] >= HALF_S) & (time_s[high] - time_s >= HALF_S)
    surrounded: NDArray[np.bool_] = whole & (sparse_before[high] == sparse_before[low])
    return surrounded


def _speed(fixes: Fixes, time_s: NDArray[np.float64], *, has_speeds: bool) -> NDArray[np.float64]:
    if has_speeds:
        known = ~np.isnan(fixes.speed_mps)
        return np.interp(time_s, time_s[known], fixes.speed_mps[known])
    east, north = _velocity(fixes, time_s)
    return np.hypot(east, north)


def _course(fixes: Fixes, time_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the course in radians, without jumps at north."""
    known = ~np.isnan(fixes.bearing_deg)
    if np.mean(known) >= DOPPLER_SHARE:
        turned = np.unwrap(np.radians(fixes.bearing_deg[known]))
        return np.interp(time_s, time_s[known], turned)
    east, north = _velocity(fixes, time_s)
    return np.unwrap(np.arctan2(east, north))


def _velocity(
    fixes: Fixes, time_s: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return metres per second to the east and to the north, from positions."""
    scale_m = np.radians(1.0) * EARTH_RADIUS_M
    lon_deg = np.unwrap(fixes.lon_deg, period=360.0)
    narrow = np.cos(np.radians(fixes.lat_deg))
    east = _slope(time_s, lon_deg) * scale_m * narrow
    return east, _slope(time_s, fixes.lat_deg) * scale_m


def _slope(time_s: NDArray[np.float64], value: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the change per second of ``value``, from `HALF_S` before to `HALF_S` after."""
    before = np.maximum(time_s - HALF_S, time_s[0])
    after = np.minimum(time_s + HALF_S, time_s[-1])
    change = np.interp(after, time_s, value) - np.interp(before, time_s, value)
    span_s = after - before
    slope: NDArray[np.float64] = np.divide(
        change, span_s, out=np.zeros_like(change), where=span_s > 0
    )
    return slope
