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

from geowallet.model.geodesy import degree_lengths_m
from geowallet.track.shortfall import LOST, TURNS_DEG, shortfall

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["LOST", "TURNS_DEG", "Length", "Way", "path_length", "plane_m", "way_of"]

NARROWEST_M = 10.0
"""Least width of a bin: a quiet receiver needs no more."""

WIDEST_M = 45.0
"""Greatest width of a bin: a city block allows no more."""

NOISE_WIDTHS = 10.0
"""A bin is this many times as wide as the noise left in its mean: a chord across such
bins is one per cent too long, of which nine tenths are taken off."""

NOISE_TAKEN = 2.5
"""Variances of the noise across the way that lengthen a squared chord: 2 where the noise
of bins is fresh in each, 3 where it wanders and the same second differences show less."""

MOST_NOISE_M = 8.0
"""Larger lateral deviations of bins are bends of the road, not noise."""

CALMEST_SHARE = 0.25
"""Quantile of the lateral deviations that measures noise: noise is everywhere, bends are not."""

CALMEST_Z = 0.3186
"""That quantile of the absolute value of a standard normal variable."""

FARTHEST_M = 150.0
"""Steps longer than this say nothing of noise."""

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
    if len(time_s) < 2:
        return Length(0.0, 0.0)
    from_fixes = _from_fixes(time_s, lat_deg, lon_deg, speed_mps)
    if measured_mps is None:
        return from_fixes
    return _agreed(from_fixes, _from_speeds(time_s, measured_mps))


def plane_m(
    lat_deg: NDArray[np.float64], lon_deg: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return metres east and north along the way, each ``(n,)``, on the ellipsoid.

    Each step is exact at its own latitude, so that lengths and turns are true
    though the way be long.
    """
    a_north_m, a_east_m = degree_lengths_m((lat_deg[1:] + lat_deg[:-1]) / 2)
    east_m, north_m = a_east_m * np.diff(lon_deg), a_north_m * np.diff(lat_deg)
    return np.concatenate(([0.0], np.cumsum(east_m))), np.concatenate(([0.0], np.cumsum(north_m)))


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """A way as the means of bins, ``(n,)`` each.

    Attributes:
        x_m: Metres east.
        y_m: Metres north.
        ends_m: Metres before the first mean and after the last.
        noise_m: Standard deviation left in the means, across the way.
        usual_mps: Speed of the journey, halts left out.
    """

    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    ends_m: float
    noise_m: float
    usual_mps: float

    def chords_m(self) -> tuple[float, float]:
        """Return the sum of the chords, and the metres of it that noise has made."""
        raw_m = np.hypot(np.diff(self.x_m), np.diff(self.y_m))
        # Only the part of the noise across the way lengthens a chord.
        clean_m = np.sqrt(np.maximum(raw_m**2 - NOISE_TAKEN * self.noise_m**2, 0.0))
        return float(np.sum(clean_m)), float(np.sum(raw_m - clean_m))


def way_of(
    time_s: NDArray[np.float64],
    lat_deg: NDArray[np.float64],
    lon_deg: NDArray[np.float64],
    speed_mps: NDArray[np.float64],
) -> Way:
    """Return the way through at least two fixes, in bins wide against their noise."""
    x_m, y_m = plane_m(lat_deg, lon_deg)
    steps_m = (speed_mps[1:] + speed_mps[:-1]) / 2 * np.diff(time_s)
    along_m = np.concatenate(([0.0], np.cumsum(steps_m)))
    total_m = max(float(np.sum(steps_m)), 1e-9)
    usual_m = float(np.sum(steps_m**2)) / total_m
    near = usual_m < FARTHEST_M
    moving = np.concatenate(([True], steps_m > 0.5))
    fresh_m = _noise_m(x_m[moving], y_m[moving]) if near else 0.0
    width_m = _width_m(float(np.cbrt((NOISE_WIDTHS * fresh_m) ** 2 * usual_m)))
    x_bin, y_bin, ends_m = _binned(along_m, x_m, y_m, width_m)
    noise_m = _noise_m(x_bin, y_bin) if near else 0.0
    if NOISE_WIDTHS * noise_m > 2 * width_m < WIDEST_M:
        # An error that wanders does not average out in a narrow bin.
        width_m = _width_m(NOISE_WIDTHS * noise_m)
        x_bin, y_bin, ends_m = _binned(along_m, x_m, y_m, width_m)
        noise_m = _noise_m(x_bin, y_bin)
    usual_mps = float(np.sum(speed_mps[1:] * steps_m)) / total_m
    return Way(x_bin, y_bin, ends_m, min(noise_m, MOST_NOISE_M), usual_mps)


def _from_fixes(
    time_s: NDArray[np.float64],
    lat_deg: NDArray[np.float64],
    lon_deg: NDArray[np.float64],
    speed_mps: NDArray[np.float64],
) -> Length:
    """Estimate the length from positions alone."""
    way = way_of(time_s, lat_deg, lon_deg, speed_mps)
    chords_m, noisy_m = way.chords_m()
    lost = shortfall(way.x_m, way.y_m, usual_mps=way.usual_mps)
    metres = chords_m * (1.0 + lost) + way.ends_m
    averaged = CORNERS_A_CHORD * lost / max(len(way.x_m) - 1, 1)
    share = MODEL_SD**2 + (CORNERS_SD * lost) ** 2 + averaged
    variance = share * metres**2 + (NOISE_SD * noisy_m) ** 2 + 2 * way.noise_m**2
    return Length(metres, float(np.sqrt(variance)))


def _from_speeds(time_s: NDArray[np.float64], measured_mps: NDArray[np.float64]) -> Length | None:
    """Add up measured speeds over time; None where too few are known."""
    step_s = np.diff(time_s)
    mean_mps = (measured_mps[1:] + measured_mps[:-1]) / 2
    known = np.isfinite(mean_mps)
    known_s = float(np.sum(step_s[known]))
    if known_s < LEAST_SPEEDS * float(np.sum(step_s)) or known_s <= 0.0:
        return None
    metres = float(np.sum((mean_mps * step_s)[known])) * float(np.sum(step_s)) / known_s
    unseen_mps = UNSEEN_SHARE * np.abs(mean_mps) * np.minimum(step_s / UNSEEN_S, 1.0)
    change_mps = (np.abs(np.diff(measured_mps)) + unseen_mps + SPEED_STEP_MPS)[known]
    variance = BETWEEN_SD**2 * float(np.sum((change_mps * step_s[known]) ** 2))
    return Length(metres, float(np.sqrt(variance + (SPEED_SD * metres) ** 2)))


def _agreed(first: Length, second: Length | None) -> Length:
    """Return the mean of two opinions by their variances, or the first if they contradict."""
    if second is None or first.sd_m <= 0.0 or second.sd_m <= 0.0:
        return first
    apart_m = abs(first.metres - second.metres)
    if apart_m > MOST_APART * np.hypot(first.sd_m, second.sd_m):
        return first
    weight = second.sd_m**2 / (first.sd_m**2 + second.sd_m**2)
    metres = weight * first.metres + (1.0 - weight) * second.metres
    return Length(metres, float(np.sqrt(weight) * first.sd_m))


def _width_m(wished_m: float) -> float:
    return min(max(wished_m, NARROWEST_M), WIDEST_M)


def _binned(
    along_m: NDArray[np.float64],
    x_m: NDArray[np.float64],
    y_m: NDArray[np.float64],
    width_m: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Return the means of bins, and the metres of the way before the first and after the last."""
    starts = np.flatnonzero(np.diff(np.floor(along_m / width_m), prepend=-1.0))
    count = np.diff(np.append(starts, len(along_m)))
    x_bin, y_bin, along = (
        np.add.reduceat(column, starts) / count for column in (x_m, y_m, along_m)
    )
    return x_bin, y_bin, float((along[0] - along_m[0]) + (along_m[-1] - along[-1]))


def _noise_m(x_m: NDArray[np.float64], y_m: NDArray[np.float64]) -> float:
    """Return the standard deviation of points across the way, from second differences."""
    if len(x_m) < 5:
        return 0.0
    x_m, y_m = np.diff(x_m), np.diff(y_m)
    chord_m = np.hypot(x_m, y_m)
    ahead_m = np.hypot(x_m[1:] + x_m[:-1], y_m[1:] + y_m[:-1])
    cross = np.abs(x_m[:-1] * y_m[1:] - y_m[:-1] * x_m[1:])
    # Distance of the middle point from the line through its neighbours.
    offset_m = cross / np.maximum(ahead_m, 1e-9)
    share = chord_m[:-1] / np.maximum(chord_m[:-1] + chord_m[1:], 1e-9)
    weight = np.sqrt(1 + share**2 + (1 - share) ** 2)
    place = int(CALMEST_SHARE * (len(offset_m) - 1))
    return float(np.partition(offset_m / weight, place)[place]) / CALMEST_Z
