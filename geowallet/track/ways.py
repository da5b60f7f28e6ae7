"""Ways as the means of bins that are wide against the noise of their fixes.

Ways of any number lie end to end, so that one pass over all fixes serves all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.geodesy import degree_lengths_m
from geowallet.track.modes.ragged import Rows, lengths, rows_of, running, sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

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

FEWEST_POINTS = 5
"""Fewer say nothing of noise either."""


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """``k`` ways as the means of ``t`` bins in all.

    Attributes:
        rows: The bins of each way.
        x_m: ``(t,)`` metres east.
        y_m: ``(t,)`` metres north.
        ends_m: ``(k,)`` metres before the first mean and after the last.
        noise_m: ``(k,)`` standard deviation left in the means, across the way.
        usual_mps: ``(k,)`` speed of the journey, halts left out.
    """

    rows: Rows
    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    ends_m: NDArray[np.float64]
    noise_m: NDArray[np.float64]
    usual_mps: NDArray[np.float64]

    def chords_m(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the sums of the chords, and the metres of them that noise has made."""
        leg = self.rows.leg[1:]
        raw_m = lengths(np.diff(self.x_m), np.diff(self.y_m))
        raw_m[leg != self.rows.leg[:-1]] = 0.0
        # Only the part of the noise across the way lengthens a chord.
        taken_m2 = NOISE_TAKEN * self.noise_m**2
        clean_m = np.sqrt(np.maximum(raw_m**2 - taken_m2[leg], 0.0))
        rows = Rows(self.rows.count, self.rows.start, leg)
        clean = sums(rows, clean_m)
        return clean, sums(rows, raw_m) - clean


def plane_m(
    lat_deg: NDArray[np.float64], lon_deg: NDArray[np.float64], rows: Rows
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return metres east and north along each way, each ``(n,)``, on the ellipsoid.

    Each step is exact at its own latitude, so that lengths and turns are true
    though the way be long.
    """
    a_north_m, a_east_m = degree_lengths_m((lat_deg[1:] + lat_deg[:-1]) / 2)
    found = []
    for a_degree_m, column in ((a_east_m, lon_deg), (a_north_m, lat_deg)):
        steps_m = np.zeros(len(column))
        np.multiply(a_degree_m, np.diff(column), out=steps_m[1:])
        steps_m[rows.start] = 0.0
        found.append(running(rows, steps_m))
    return found[0], found[1]


def ways_of(
    time_s: NDArray[np.float64],
    lat_deg: NDArray[np.float64],
    lon_deg: NDArray[np.float64],
    speed_mps: NDArray[np.float64],
    rows: Rows,
) -> Ways:
    """Return the ways through at least two fixes each, in bins wide against their noise.

    Args:
        time_s: ``(n,)`` seconds, ascending within each way.
        lat_deg: ``(n,)`` latitudes.
        lon_deg: ``(n,)`` longitudes, unwrapped.
        speed_mps: ``(n,)`` windowed speeds, which say how far along each fix is.
        rows: The fixes of each of ``k`` ways.
    """
    x_m, y_m = plane_m(lat_deg, lon_deg, rows)
    steps_m = np.zeros(len(time_s))
    steps_m[1:] = (speed_mps[1:] + speed_mps[:-1]) / 2 * np.diff(time_s)
    steps_m[rows.start] = 0.0
    total_m = np.maximum(sums(rows, steps_m), 1e-9)
    usual_m = _usual_m(rows, steps_m, total_m)
    usual_mps = sums(rows, speed_mps * steps_m) / total_m
    near = usual_m < FARTHEST_M
    moving = steps_m > 0.5
    moving[rows.start] = True
    fresh_m = np.where(near, _noise_m(rows.kept(moving), x_m[moving], y_m[moving]), 0.0)
    width_m = _width_m(np.cbrt((NOISE_WIDTHS * fresh_m) ** 2 * usual_m))
    fixes = running(rows, steps_m), x_m, y_m
    bins, ends_m = _binned(rows, *fixes, width_m)
    noise_m = np.where(near, _noise_m(*bins), 0.0)
    wanders = (NOISE_WIDTHS * noise_m > 2 * width_m) & (2 * width_m < WIDEST_M)
    if np.any(wanders):
        # An error that wanders does not average out in a narrow bin.
        width_m = np.where(wanders, _width_m(NOISE_WIDTHS * noise_m), width_m)
        bins, ends_m = _binned(rows, *fixes, width_m)
        noise_m = np.where(near, _noise_m(*bins), 0.0)
    return Ways(*bins, ends_m, np.minimum(noise_m, MOST_NOISE_M), usual_mps)


def _usual_m(
    rows: Rows, steps_m: NDArray[np.float64], total_m: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the mean step of each way over its metres.

    Where most of the way is in short steps, only these: one tunnel does not make it sparse.
    """
    usual_m = sums(rows, steps_m**2) / total_m
    if np.any(usual_m >= FARTHEST_M):
        short_m = np.where(steps_m < FARTHEST_M, steps_m, 0.0)
        known_m = sums(rows, short_m)
        dense = known_m > total_m / 2
        np.divide(sums(rows, short_m**2), known_m, out=usual_m, where=dense)
    return usual_m


def _width_m(wished_m: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.minimum(np.maximum(wished_m, NARROWEST_M), WIDEST_M)


def _binned(
    rows: Rows,
    along_m: NDArray[np.float64],
    x_m: NDArray[np.float64],
    y_m: NDArray[np.float64],
    width_m: NDArray[np.float64],
) -> tuple[tuple[Rows, NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]:
    """Return the means of bins, and the metres of each way before the first and after the last."""
    cell = np.floor(along_m / width_m[rows.leg])
    begins = np.diff(cell, prepend=-1.0) != 0
    begins[rows.start] = True
    starts = np.flatnonzero(begins)
    count = np.diff(np.append(starts, len(along_m)))
    x_bin, y_bin, along = (
        np.add.reduceat(column, starts) / count for column in (x_m, y_m, along_m)
    )
    bins = rows.kept(begins)
    ends_m = along[bins.start] - along_m[rows.start]
    ends_m += along_m[rows.end - 1] - along[bins.end - 1]
    return (bins, x_bin, y_bin), ends_m


def _noise_m(rows: Rows, x_m: NDArray[np.float64], y_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the standard deviation of points across each way, from second differences."""
    found = np.zeros(len(rows.count))
    if len(x_m) < FEWEST_POINTS:
        return found
    x_m, y_m = np.diff(x_m), np.diff(y_m)
    chord_m = lengths(x_m, y_m)
    ahead_m = lengths(x_m[1:] + x_m[:-1], y_m[1:] + y_m[:-1])
    cross = np.abs(x_m[:-1] * y_m[1:] - y_m[:-1] * x_m[1:])
    # Distance of the middle point from the line through its neighbours.
    offset_m = cross / np.maximum(ahead_m, 1e-9)
    share = chord_m[:-1] / np.maximum(chord_m[:-1] + chord_m[1:], 1e-9)
    offset_m /= np.sqrt(1 + share**2 + (1 - share) ** 2)
    offset_m = offset_m[rows.leg[2:] == rows.leg[:-2]]
    triples = rows_of(np.maximum(rows.count - 2, 0))
    place = (CALMEST_SHARE * (triples.count - 1)).astype(np.intp)
    for way in np.flatnonzero(rows.count >= FEWEST_POINTS).tolist():
        part = offset_m[triples.start[way] : triples.end[way]]
        part.partition(place[way])
        found[way] = part[place[way]]
    return found / CALMEST_Z
