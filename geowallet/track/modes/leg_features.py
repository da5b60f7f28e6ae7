"""Numbers that describe one candidate leg: all that a classifier of modes may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.geodesy import EARTH_RADIUS_M, distance_m
from geowallet.track.motion import runs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geowallet.track.legs import Span
    from geowallet.track.motion import Path

MOVING_MPS = 0.7
"""Slower is halted; half of the usual walking speed."""

HALT_S = 10.0
"""Shortest halt counted."""

TURN_BIN_M = 60.0
"""Headings are taken between points this far apart: noise turns them by some degrees."""

SHARP_DEG = 50.0
"""A corner of a street; railways need hundreds of metres for such a turn."""


@dataclass(frozen=True, slots=True)
class LegFeatures:
    """What a leg looks like; NaN where the fixes are too few to tell.

    Attributes:
        duration_s: From first to last fix.
        length_m: Measured metres, gaps excluded.
        gap_share: Share of straight metres that lie in gaps, 0 to 1.
        cadence_s: Median interval between fixes.
        median_mps: Median speed while moving.
        high_mps: 95th percentile of speed while moving.
        halts_per_km: Halts of at least `HALT_S` per kilometre.
        halted_share: Share of time halted.
        sharp_per_km: Sharp turns per kilometre.
        straightness: Distance between the ends over length, 0 to 1.
        steady_share: Share of moving time near the cruising speed.
        walk_before_s: Duration of the walk right before it.
        walk_after_s: Duration of the walk right after it.
    """

    duration_s: float
    length_m: float
    gap_share: float
    cadence_s: float
    median_mps: float
    high_mps: float
    halts_per_km: float
    halted_share: float
    sharp_per_km: float
    straightness: float
    steady_share: float
    walk_before_s: float = 0.0
    walk_after_s: float = 0.0


def features_of(
    path: Path,
    span: Span,
    *,
    speed_mps: NDArray[np.float64],
    length_m: float,
    walked_s: tuple[float, float] = (0.0, 0.0),
) -> LegFeatures:
    """Describe the fixes of ``span``.

    Args:
        path: The fixes of the chunk.
        span: Which of them.
        speed_mps: ``(n,)`` windowed speeds of the path.
        length_m: Its measured length.
        walked_s: Durations of the walks right before and right after it, seconds.
    """
    rows, steps = slice(span.first, span.last + 1), slice(span.first, span.last)
    time_s, speed = path.time_s[rows], speed_mps[rows]
    step_s = np.diff(time_s)
    travelled = ~path.gap[steps]
    weight = np.where(travelled, step_s, 0.0)
    step_mps = (speed[1:] + speed[:-1]) / 2
    moving = travelled & (step_mps > MOVING_MPS)
    median, high = _quantiles(step_mps[moving], weight[moving], (0.5, 0.95))
    km = max(length_m, 1.0) / 1000
    gap_m = float(np.sum(path.step_m[steps][~travelled]))
    ends_m = distance_m(
        path.lat_deg[span.first],
        path.lon_deg[span.first],
        path.lat_deg[span.last],
        path.lon_deg[span.last],
    )
    return LegFeatures(
        duration_s=float(time_s[-1] - time_s[0]),
        length_m=length_m,
        gap_share=gap_m / max(gap_m + length_m, 1.0),
        cadence_s=float(np.median(step_s)),
        median_mps=median,
        high_mps=high,
        halts_per_km=_halts(step_mps, weight, travelled) / km,
        halted_share=1.0 - float(np.sum(weight[moving]) / max(np.sum(weight), 1e-9)),
        sharp_per_km=_sharp_turns(path, rows, speed) / km,
        straightness=min(ends_m / max(length_m + gap_m, 1.0), 1.0),
        steady_share=_steady_share(step_mps[moving], weight[moving], high),
        walk_before_s=walked_s[0],
        walk_after_s=walked_s[1],
    )


def _quantiles(
    value: NDArray[np.float64], weight: NDArray[np.float64], shares: tuple[float, float]
) -> tuple[float, float]:
    """Return two weighted quantiles, NaN where nothing moved."""
    if not len(value) or np.sum(weight) <= 0:
        return float("nan"), float("nan")
    order = np.argsort(value, kind="stable")
    total = np.cumsum(weight[order])
    places = np.searchsorted(total, np.array(shares) * total[-1])
    low, high = value[order][np.minimum(places, len(value) - 1)]
    return float(low), float(high)


def _halts(
    step_mps: NDArray[np.float64], weight: NDArray[np.float64], travelled: NDArray[np.bool_]
) -> int:
    slow = travelled & (step_mps <= MOVING_MPS)
    return sum(float(np.sum(weight[a : b + 1])) >= HALT_S for a, b in runs(slow))


def _steady_share(
    step_mps: NDArray[np.float64], weight: NDArray[np.float64], high_mps: float
) -> float:
    near = step_mps > 0.75 * high_mps
    total = float(np.sum(weight))
    return float(np.sum(weight[near])) / total if total > 0 else float("nan")


def _sharp_turns(path: Path, rows: slice, speed_mps: NDArray[np.float64]) -> float:
    """Count headings that change by more than `SHARP_DEG` from one point to the next but one."""
    time_s = path.time_s[rows]
    along_m = np.concatenate(
        ([0.0], np.cumsum((speed_mps[1:] + speed_mps[:-1]) / 2 * np.diff(time_s)))
    )
    starts = np.flatnonzero(np.diff(np.floor(along_m / TURN_BIN_M), prepend=-1.0))
    if len(starts) < 4:
        return float("nan")
    count = np.diff(np.append(starts, len(along_m)))
    lat, lon = (
        np.add.reduceat(column[rows] - column[rows][0], starts) / count
        for column in (path.lat_deg, path.lon_deg)
    )
    scale_m = np.radians(1.0) * EARTH_RADIUS_M
    east_m = np.diff(lon) * np.cos(np.radians(path.lat_deg[rows][0])) * scale_m
    heading = np.degrees(np.arctan2(east_m, np.diff(lat) * scale_m))
    # Over two bins, so that a corner inside a bin is seen whole.
    turn = np.abs((heading[2:] - heading[:-2] + 180.0) % 360.0 - 180.0)
    return float(len(runs(turn > SHARP_DEG)))
