"""Length of a way, with its uncertainty, from noisy or sparse fixes.

Adding up raw steps overstates a dense noisy track (each step carries twice the
noise) and understates a sparse one (chords cut corners): Ranacher et al. 2016,
"Why GPS makes distances bigger than they are", IJGIS 30(2). Here fixes are averaged
in bins of some tens of metres, the noise left in the bins is measured and taken
off, and the corners that chords cut are restored by comparing two bin widths.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.geodesy import EARTH_RADIUS_M, step_lengths_m

if TYPE_CHECKING:
    from numpy.typing import NDArray

BIN_M = 30.0
"""Width of a bin: several times the noise of a phone, shorter than a city block."""

MOST_NOISE_M = 8.0
"""Larger lateral deviations of bins are bends of the road, not noise."""

SPARSE_BINS = 1.5
"""Sources whose steps are longer than this many bins are sparse: each fix is its own bin."""

MOST_CUT = 0.05
"""Largest share restored: receivers that record at corners lose nothing there."""

MODEL_SD = 0.007
"""Relative standard deviation that remains on simulated streets of known length, with
white or wandering noise of 3 to 8 m and a fix every 1 to 15 seconds."""

MAD_TO_SD = 1.4826
"""Median absolute deviation to standard deviation for a normal distribution."""


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
) -> Length:
    """Estimate the length of a way without gaps.

    Args:
        time_s: ``(n,)`` seconds, ascending.
        lat_deg: ``(n,)`` latitudes.
        lon_deg: ``(n,)`` longitudes, unwrapped.
        speed_mps: ``(n,)`` windowed speeds, which say how far along each fix is.

    Returns:
        Metres; zero for fewer than two fixes.
    """
    if len(time_s) < 2:
        return Length(0.0, 0.0)
    steps_m = (speed_mps[1:] + speed_mps[:-1]) / 2 * np.diff(time_s)
    along_m = np.concatenate(([0.0], np.cumsum(steps_m)))
    fine, noise_m = _binned(along_m, lat_deg, lon_deg, BIN_M)
    usual_m = float(np.sum(steps_m**2) / max(np.sum(steps_m), 1e-9))
    if usual_m > SPARSE_BINS * BIN_M:
        coarse = _every_second(lat_deg, lon_deg)
    else:
        coarse, _ = _binned(along_m, lat_deg, lon_deg, 2 * BIN_M)
    # Chords lose in proportion to their length: doubling it loses the same once more.
    cut_m = max(fine - coarse, 0.0)
    metres = fine + min(cut_m, MOST_CUT * fine)
    bins = max(along_m[-1] / BIN_M, 1.0)
    across_m = noise_m**2 / BIN_M
    variance = (MODEL_SD * metres) ** 2 + (cut_m / 2) ** 2 + 2 * noise_m**2 + across_m**2 * bins
    return Length(metres, float(np.sqrt(variance)))


def _binned(
    along_m: NDArray[np.float64],
    lat_deg: NDArray[np.float64],
    lon_deg: NDArray[np.float64],
    width_m: float,
) -> tuple[float, float]:
    """Return the length through the means of bins, and the noise left in the means."""
    starts = np.flatnonzero(np.diff(np.floor(along_m / width_m), prepend=-1.0))
    count = np.diff(np.append(starts, len(along_m)))
    lat, lon, along = (
        np.add.reduceat(column - column[0], starts) / count + column[0]
        for column in (lat_deg, lon_deg, along_m)
    )
    chord_m = step_lengths_m(lat, lon)
    noise_m = _noise_m(lat, lon, chord_m)
    # Only the part of the noise across the way lengthens a chord.
    chord_m = np.sqrt(np.maximum(chord_m**2 - 2 * noise_m**2, 0.0))
    ends_m = (along[0] - along_m[0]) + (along_m[-1] - along[-1])
    return float(np.sum(chord_m) + ends_m), noise_m


def _every_second(lat_deg: NDArray[np.float64], lon_deg: NDArray[np.float64]) -> float:
    """Return the mean length through every second fix, from the first and from the next."""
    lengths = []
    for start in (0, 1):
        index = np.unique(np.r_[0, np.arange(start, len(lat_deg), 2), len(lat_deg) - 1])
        lengths.append(float(np.sum(step_lengths_m(lat_deg[index], lon_deg[index]))))
    return sum(lengths) / 2


def _noise_m(
    lat_deg: NDArray[np.float64], lon_deg: NDArray[np.float64], chord_m: NDArray[np.float64]
) -> float:
    """Return the standard deviation of the bins across the way, from second differences."""
    if len(lat_deg) < 5:
        return 0.0
    scale_m = np.radians(1.0) * EARTH_RADIUS_M
    x_m = (lon_deg - lon_deg[0]) * np.cos(np.radians(lat_deg)) * scale_m
    y_m = (lat_deg - lat_deg[0]) * scale_m
    x_m, y_m = np.diff(x_m), np.diff(y_m)
    ahead = np.hypot(x_m[1:] + x_m[:-1], y_m[1:] + y_m[:-1])
    cross = x_m[:-1] * y_m[1:] - y_m[:-1] * x_m[1:]
    # Distance of the middle bin from the line through its neighbours.
    offset_m = np.abs(cross) / np.maximum(ahead, 1e-9)
    share = chord_m[:-1] / np.maximum(chord_m[:-1] + chord_m[1:], 1e-9)
    weight = np.sqrt(1 + share**2 + (1 - share) ** 2)
    return min(MAD_TO_SD * float(np.median(offset_m / weight)), MOST_NOISE_M)
