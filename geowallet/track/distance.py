"""Length of a way, with its uncertainty, from noisy or sparse fixes.

Adding up raw steps overstates a dense noisy track (each step carries twice the noise)
and understates a sparse one (chords cut corners): Ranacher et al. 2016, "Why GPS makes
distances bigger than they are", IJGIS 30(2). Here fixes are averaged in bins that are
wide against the noise, the noise left in the bins is measured and taken off, and what
chords cut is restored by how the way turns (`shortfall`). Where the receiver measured
its speed, the speed over time is a second opinion, weighed by its own uncertainty.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.track.modes.ragged import rows_of
from geowallet.track.shortfall import LOST, TURNS_DEG, shortfall
from geowallet.track.ways import ways_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geowallet.track.modes.ragged import Rows
    from geowallet.track.ways import Ways

    _Lengths = tuple[NDArray[np.float64], NDArray[np.float64]]

__all__ = ["LOST", "TURNS_DEG", "Length", "path_length", "path_lengths"]

MODEL_SD = 0.006
"""Relative standard deviation that remains where nothing had to be corrected. This and
the four below: maximum likelihood on the errors, cross-validated by source."""

CORNERS_SD = 0.35
"""Standard deviation of what corners cost, as a share of what was restored for them."""

CORNERS_A_CHORD = 0.22
"""Variance of it that averages out over the chords."""

NOISE_SD = 0.5
"""Standard deviation of what noise cost, as a share of what was taken off for it."""

SPEED_SD = 0.005
"""Relative standard deviation of a receiver's speed over a journey."""

BETWEEN_SD = 0.3
"""Standard deviation of the metres between two fixes from their speeds, as a share of
what the change of speed, and what may hide between them, would make."""

SPEED_STEP_MPS = 0.3
"""Change of speed between two fixes that the speeds themselves may hide."""

UNSEEN_SHARE = 0.5
"""Change of speed, as a share of the speed, that a minute between two fixes may hide: a halt."""

UNSEEN_S = 60.0
"""That minute."""

LEAST_SPEEDS = 0.95
"""Share of the time for which speeds must be known to be used."""

MOST_APART = 3.0
"""Standard deviations between the two opinions beyond which the speeds are not believed."""


@dataclass(frozen=True, slots=True)
class Length:
    """Metres and their standard deviation."""

    metres: float
    sd_m: float


def path_length(
    time_s: NDArray[np.float64],
    lat_deg: NDArray[np.float64],
    lon_deg: NDArray[np.float64],
    speed_mps: NDArray[np.float64],
    measured_mps: NDArray[np.float64] | None = None,
) -> Length:
    """Estimate the length of a way without gaps.

    Args:
        time_s: ``(n,)`` seconds, ascending.
        lat_deg: ``(n,)`` latitudes.
        lon_deg: ``(n,)`` longitudes, unwrapped.
        speed_mps: ``(n,)`` windowed speeds, which say how far along each fix is.
        measured_mps: ``(n,)`` speeds as the receiver measured them, NaN where
            it did not; None where it never did.

    Returns:
        Metres; zero for fewer than two fixes.
    """
    columns = time_s, lat_deg, lon_deg, speed_mps
    alone = rows_of(np.array([len(time_s)]))
    metres, sd_m = path_lengths(alone, *columns, measured_mps=measured_mps)
    return Length(float(metres[0]), float(sd_m[0]))


def path_lengths(
    rows: Rows, *columns: NDArray[np.float64], measured_mps: NDArray[np.float64] | None = None
) -> _Lengths:
    """Estimate the lengths of ways without gaps.

    Args:
        rows: The ``n`` fixes of each of ``k`` ways.
        *columns: The first four of `path_length`, each ``(n,)``, way after way.
        measured_mps: The fifth.

    Returns:
        Metres and their standard deviations, each ``(k,)``; zero for fewer than
        two fixes.
    """
    metres, sd_m = np.zeros(len(rows.count)), np.zeros(len(rows.count))
    ways = rows.count >= 2
    if not np.all(ways):
        mask = ways[rows.leg]
        columns = tuple(column[mask] for column in columns)
        measured_mps = None if measured_mps is None else measured_mps[mask]
        rows = rows_of(rows.count[ways])
    if not len(rows):
        return metres, sd_m
    time_s, lat_deg, lon_deg, speed_mps = columns
    found = _from_fixes(ways_of(time_s, lat_deg, lon_deg, speed_mps, rows))
    if measured_mps is not None and not np.all(np.isnan(measured_mps)):
        found = _agreed(found, _from_speeds(time_s, measured_mps, rows))
    metres[ways], sd_m[ways] = found
    return metres, sd_m


def _from_fixes(ways: Ways) -> _Lengths:
    """Estimate the lengths from positions alone."""
    chords_m, noisy_m = ways.chords_m()
    lost = shortfall(ways.rows, ways.x_m, ways.y_m, usual_mps=ways.usual_mps)
    metres = chords_m * (1.0 + lost) + ways.ends_m
    averaged = CORNERS_A_CHORD * lost / np.maximum(ways.rows.count - 1, 1)
    share = MODEL_SD**2 + (CORNERS_SD * lost) ** 2 + averaged
    variance = share * metres**2 + (NOISE_SD * noisy_m) ** 2 + 2 * ways.noise_m**2
    return metres, np.sqrt(variance)


def _from_speeds(
    time_s: NDArray[np.float64], measured_mps: NDArray[np.float64], rows: Rows
) -> _Lengths:
    """Add up measured speeds over time; NaN where too few are known."""
    leg, k = rows.leg[1:], len(rows.count)
    inside = leg == rows.leg[:-1]
    step_s = np.diff(time_s)
    mean_mps = (measured_mps[1:] + measured_mps[:-1]) / 2
    known = np.isfinite(mean_mps) & inside
    all_s = np.bincount(leg[inside], step_s[inside], minlength=k)
    leg, mean_mps, change_mps = leg[known], mean_mps[known], np.diff(measured_mps)[known]
    step_s = step_s[known]
    known_s = np.bincount(leg, step_s, minlength=k)
    enough = (known_s >= LEAST_SPEEDS * all_s) & (known_s > 0.0)
    metres = np.bincount(leg, mean_mps * step_s, minlength=k).astype(np.float64)
    metres *= np.divide(all_s, known_s, out=np.full(k, np.nan), where=enough)
    unseen_mps = UNSEEN_SHARE * np.abs(mean_mps) * np.minimum(step_s / UNSEEN_S, 1.0)
    change_mps = np.abs(change_mps) + unseen_mps + SPEED_STEP_MPS
    variance = BETWEEN_SD**2 * np.bincount(leg, (change_mps * step_s) ** 2, minlength=k)
    return metres, np.sqrt(variance + (SPEED_SD * metres) ** 2)


def _agreed(first: _Lengths, second: _Lengths) -> _Lengths:
    """Return the means of two opinions by their variances, or the first if they contradict."""
    (metres, sd_m), (other_m, other_sd_m) = first, second
    apart_m = np.abs(metres - other_m)
    both = (sd_m > 0.0) & (other_sd_m > 0.0)
    both &= apart_m <= MOST_APART * np.hypot(sd_m, other_sd_m)
    weight = np.ones(len(metres))
    np.divide(other_sd_m**2, sd_m**2 + other_sd_m**2, out=weight, where=both)
    other_m = np.where(both, other_m, 0.0)
    return weight * metres + (1.0 - weight) * other_m, np.sqrt(weight) * sd_m
