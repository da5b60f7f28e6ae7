"""Cleaning: mark fixes that cannot be where, or when, the receiver says they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.fixes import Fixes, FixFlag
from geowallet.model.geodesy import distances_m, step_lengths_m
from geowallet.track.calculated import flag_calculated

if TYPE_CHECKING:
    from numpy.typing import NDArray

GPS_EPOCH_US = 315_964_800_000_000
"""6 January 1980, the first instant of GPS time (IS-GPS-200, section 20.3.3.3.1)."""

POOR_ACCURACY_M = 200.0
"""Coarser fixes come from cell towers, not satellites (Android documents fused
positions of 100 m and worse as "city block" accuracy); they cannot follow a path."""

MAX_ACCELERATION_MPS2 = 10.0
"""About 1 g: more than any road or rail vehicle can brake or corner (emergency
braking on dry asphalt is 8 m/s2)."""

MAX_REVERSAL_MPS2 = 4.0
"""Average change of velocity of a vehicle that brakes hard, turns back and leaves
again: drivers brake at 3.4 m/s2 for an obstacle (AASHTO Green Book, section 3.2)."""

JUMP_FLOOR_M = 50.0
"""Smaller detours are receiver noise, which smoothing takes care of."""

EVEN_SHARE = 0.25
"""Of the longer of its two steps, the shorter is at least so much: where only one is long,
the fix is where the device went on, and the long one is a leap (`geowallet.track.motion`)."""

LONGEST_JUMP_FIXES = 3
"""Reflections that last longer look like movement and are left to segmentation."""

SAME_TRACK_US = 600_000_000
"""Beyond ten minutes a detour is a visit, not an outlier."""

LONELY_US = 1_800_000_000
"""One fix away from a place, with the fixes before and after at that place within half
an hour, shows no way there and back."""

LONELY_M = 100.0
"""How near each other the fixes before and after are then."""

COARSE_M = 100.0
"""Cell towers and wifi give accuracies of this size and more."""

FINE_M = 50.0
"""A fix of satellites is finer, even between houses."""

FINE_NEAR_US = 300_000_000
"""Between fine fixes at most five minutes away on both sides a coarse one adds nothing."""

REPEATED_MPS = 25.0
"""A remembered position is left at once and faster than this."""

REPEATED_TIMES = 3.0
"""And this many times as fast as the whole way since it was first said."""

REPEATED_M = 150.0
"""Shorter ways may be a start after a halt, which some receivers freeze."""

BAD = FixFlag.JUMP | FixFlag.DUPLICATE | FixFlag.NULL_ISLAND | FixFlag.IMPLAUSIBLE_TIME
BAD |= FixFlag.POOR_ACCURACY | FixFlag.SHADOWED | FixFlag.ELSEWHERE
BAD |= FixFlag.REPEATED | FixFlag.COARSE | FixFlag.SHIFTED | FixFlag.CALCULATED
"""Flags that keep a fix out of stops, legs and distances."""


def flag_single(
    fixes: Fixes, *, latest_us: int | None = None, poor_accuracy_m: float = POOR_ACCURACY_M
) -> Fixes:
    """Flag what each fix shows by itself: null island, impossible time, poor accuracy.

    Args:
        fixes: ``n`` fixes.
        latest_us: The moment of reading, UTC microseconds; None leaves the
            future unchecked.
        poor_accuracy_m: Coarser accuracies are flagged, metres.

    Returns:
        The same ``n`` fixes with flags added.
    """
    null_island = (np.abs(fixes.lat_deg) < 1e-6) & (np.abs(fixes.lon_deg) < 1e-6)
    implausible = fixes.time_us < GPS_EPOCH_US
    if latest_us is not None:
        implausible |= fixes.time_us > latest_us
    fixes = fixes.with_flag(null_island, FixFlag.NULL_ISLAND)
    fixes = fixes.with_flag(implausible, FixFlag.IMPLAUSIBLE_TIME)
    return fixes.with_flag(fixes.accuracy_m > poor_accuracy_m, FixFlag.POOR_ACCURACY)


def flag_duplicates(fixes: Fixes) -> Fixes:
    """Flag every unflagged fix at the same instant as an unflagged one before it.

    Returns:
        The same ``n`` fixes; the first of each instant stays clear, so that no
        step lasts zero seconds.
    """
    index = np.flatnonzero(fixes.unflagged(BAD))
    again = np.zeros(len(fixes), dtype=np.bool_)
    again[index[1:]] = np.diff(fixes.time_us[index]) == 0
    return fixes.with_flag(again, FixFlag.DUPLICATE)


def flag_doubtful(fixes: Fixes) -> Fixes:
    """Flag what the fixes show together: remembered, coarse, calculated, impossible positions.

    Returns:
        The same ``n`` fixes with flags added.
    """
    return flag_jumps(flag_calculated(flag_coarse(flag_repeated(fixes)), BAD))


def flag_repeated(fixes: Fixes) -> Fixes:
    """Flag positions that were said again while the device had moved on.

    A receiver that has lost its signal may repeat the last position exactly, and
    then be elsewhere at once. The first saying stays clear.
    """
    index = np.flatnonzero(fixes.unflagged(BAD))
    if len(index) < 3:
        return fixes
    time_us, lat, lon = fixes.time_us[index], fixes.lat_deg[index], fixes.lon_deg[index]
    anew = np.concatenate(([True], (np.diff(lat) != 0) | (np.diff(lon) != 0)))
    firsts = np.flatnonzero(anew)
    lasts = np.append(firsts[1:] - 1, len(index) - 1)
    again = lasts > firsts
    if not np.any(again):
        return fixes
    firsts, lasts = firsts[again], lasts[again]
    after = np.minimum(lasts + 1, len(index) - 1)
    away_m = distances_m(lat[lasts], lon[lasts], lat[after], lon[after])
    leave_us, whole_us = time_us[after] - time_us[lasts], time_us[after] - time_us[firsts]
    leave_mps = away_m / np.maximum(leave_us / 1e6, 1e-3)
    stale = (away_m > REPEATED_M) & (leave_mps > REPEATED_MPS)
    # The way is the same, so that the speeds are as the times: no rounding breaks a tie.
    stale &= whole_us > REPEATED_TIMES * leave_us
    mask = np.zeros(len(fixes), dtype=np.bool_)
    for first, last in zip(firsts[stale], lasts[stale], strict=True):
        mask[index[first + 1 : last + 1]] = True
    return fixes.with_flag(mask, FixFlag.REPEATED)


def flag_coarse(fixes: Fixes) -> Fixes:
    """Flag coarse fixes between fine ones: they would bend the way that these follow."""
    index = np.flatnonzero(fixes.unflagged(BAD))
    accuracy_m = fixes.accuracy_m[index]
    coarse = index[accuracy_m >= COARSE_M]
    fine_us = fixes.time_us[index[accuracy_m <= FINE_M]]
    if not len(coarse) or not len(fine_us):
        return fixes
    place = np.searchsorted(fine_us, fixes.time_us[coarse])
    before = fixes.time_us[coarse] - fine_us[np.maximum(place - 1, 0)]
    behind = fine_us[np.minimum(place, len(fine_us) - 1)] - fixes.time_us[coarse]
    between = (place > 0) & (place < len(fine_us))
    between &= (before <= FINE_NEAR_US) & (behind <= FINE_NEAR_US)
    mask = np.zeros(len(fixes), dtype=np.bool_)
    mask[coarse[between]] = True
    return fixes.with_flag(mask, FixFlag.COARSE)


def flag_jumps(fixes: Fixes) -> Fixes:
    """Flag fixes, alone or up to three in a row, that no vehicle can reach and leave.

    Two-sided: both the step in and the step out must be impossible together,
    so that the first fix after a tunnel is no jump.

    Returns:
        The same ``n`` fixes; `FixFlag.JUMP` added, nothing else changed.

    Source:
        Two-sided filter after Zheng (2015), "Trajectory Data Mining: An
        Overview", ACM TIST 6(3), section on outlier detection; here on the
        change of velocity, which also finds jumps slower than a train.
    """
    index = np.flatnonzero(fixes.unflagged(BAD))
    step_m = step_lengths_m(fixes.lat_deg[index], fixes.lon_deg[index])
    for run in range(1, LONGEST_JUMP_FIXES + 1):
        found = _jumps(fixes, index, step_m, run)
        if not len(found):
            continue
        jump = np.zeros(len(index), dtype=np.bool_)
        for offset in range(run):
            jump[found + offset] = True
        mask = np.zeros(len(fixes), dtype=np.bool_)
        mask[index[jump]] = True
        fixes = fixes.with_flag(mask, FixFlag.JUMP)
        index, step_m = _without(fixes, index, step_m, jump)
    return fixes


def _without(
    fixes: Fixes, index: NDArray[np.intp], step_m: NDArray[np.float64], jump: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return the places of fixes and the steps between them, without those that jumped."""
    kept = np.flatnonzero(~jump)
    steps = step_m[kept[:-1]]
    over = np.flatnonzero(np.diff(kept) > 1)
    a, b = index[kept[over]], index[kept[over + 1]]
    steps[over] = distances_m(
        fixes.lat_deg[a], fixes.lon_deg[a], fixes.lat_deg[b], fixes.lon_deg[b]
    )
    return index[kept], steps


def _jumps(
    fixes: Fixes, index: NDArray[np.intp], step_m: NDArray[np.float64], run: int
) -> NDArray[np.intp]:
    """Return the positions in ``index`` at which a jump of ``run`` fixes begins."""
    if len(index) < run + 2:
        return np.zeros(0, dtype=np.intp)
    # Few steps are long enough: only these are looked at closely.
    far = np.flatnonzero((step_m[:-run] > JUMP_FLOOR_M) & (step_m[run:] > JUMP_FLOOR_M))
    before, first, last, after = (index[far + n] for n in (0, 1, run, run + 1))
    in_m, out_m = step_m[far], step_m[far + run]
    direct_m = distances_m(
        fixes.lat_deg[before], fixes.lon_deg[before], fixes.lat_deg[after], fixes.lon_deg[after]
    )
    in_s = np.maximum(fixes.time_us[first] - fixes.time_us[before], 1) / 1e6
    out_s = np.maximum(fixes.time_us[after] - fixes.time_us[last], 1) / 1e6
    in_mps, out_mps, direct2 = in_m / in_s, out_m / out_s, direct_m**2
    # Law of cosines in the triangle before-jump-after gives the turn at the jump.
    cosine = (in_m**2 + out_m**2 - direct2) / np.maximum(2 * in_m * out_m, 1e-9)
    turn2 = in_mps**2 + out_mps**2 + 2 * in_mps * out_mps * np.clip(cosine, -1, 1)
    change_mps2 = np.sqrt(np.maximum(turn2, 0)) / ((in_s + out_s) / 2)
    limit = np.where(cosine > 0.5, MAX_REVERSAL_MPS2, MAX_ACCELERATION_MPS2)
    wide = in_m + out_m > direct_m + JUMP_FLOOR_M
    wide &= np.minimum(in_m, out_m) > EVEN_SHARE * np.maximum(in_m, out_m)
    near = fixes.time_us[after] - fixes.time_us[before] < SAME_TRACK_US
    sharp = near & (change_mps2 > limit)
    if run == 1:
        within = fixes.time_us[after] - fixes.time_us[before] < LONELY_US
        sharp |= within & (direct_m < LONELY_M) & (np.minimum(in_m, out_m) > 2 * LONELY_M)
    found: NDArray[np.intp] = far[wide & sharp] + 1
    if run == 1:
        return _worst_of_neighbours(found, change_mps2[wide & sharp], len(index))
    return found


def _worst_of_neighbours(
    found: NDArray[np.intp], change_mps2: NDArray[np.float64], fixes: int
) -> NDArray[np.intp]:
    """Keep, of two adjacent candidates, the sharper: a jump also bends its neighbours."""
    strength = np.zeros(fixes)
    strength[found] = change_mps2
    sharper = (strength[found] >= strength[found - 1]) & (strength[found] > strength[found + 1])
    return found[sharper]
