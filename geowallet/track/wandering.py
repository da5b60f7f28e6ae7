"""Stays of a device whose positions wander: it lies still, and its error walks about.

Indoors a position may be off by a hundred metres and more, and what it is off by changes
within minutes: no halt shows, and hours of it look like one walk after another. Who goes
somewhere keeps a direction for longer than chance does; an error has none, and comes back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.geodesy import degree_lengths_m, distances_m, step_lengths_m
from geowallet.track.motion import median, runs
from geowallet.track.stops import Stay

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from geowallet.track.motion import Path

LOOK_S = 30.0
"""A path is looked at every half minute."""

CHORD_M = 60.0
"""It is followed in chords of at least so much: shorter ones show the smoothing of the
receiver, not where the way leads."""

CHORDS = 30
"""Fewer may look like chance without being it: with 20 of them, seven times as much of true
walks on drawn days is taken for wandering (docs/adr/0043-positions-that-wander.md)."""

WITHIN_M = 500.0
"""What leads farther in so many chords leads somewhere."""

EVEN = 0.5
"""Who goes somewhere, or round a block or a stadium, turns by much the same from chord to
chord: as unit vectors, the mean of the turns is longer. That of chance is near 0."""

ROAMED = 0.68
"""So many of the positions lie within the radius of what wanders, as in an accuracy."""

WAY_RADII = 3.0
"""What stays within so many radii of it is no way out."""

ADMITTED_TIMES = 5.0
"""Positions that wander farther than so many times their accuracy have been there."""

EVEN_PACE = 0.47
"""Deviation of the speeds of who keeps a pace, over their mean: who strolls. Those of an error
in two directions are spread by chance: 0.52, the square root of 4 / pi - 1 (Rayleigh)."""

SHORTEST_STEP_M = 10.0
"""Shorter steps in half a minute are rest."""


@dataclass(frozen=True, slots=True)
class _Span:
    """Fixes ``first`` to ``last`` wander about a centre; most are within ``radius_m``."""

    first: int
    last: int
    lat_deg: float
    lon_deg: float
    radius_m: float


def with_wandering(path: Path, stays: Sequence[Stay]) -> tuple[Stay, ...]:
    """Return the stays of a path, and those where its positions only wander.

    Args:
        path: The fixes of one chunk.
        stays: Those that show by a halt, in time order. One that a wandering touches, or
            that is parted from it by no way, is one stay with it.
    """
    found = list(stays)
    for span in _wandering(path):
        found = _joined(path, found, span)
    return tuple(found)


def _wandering(path: Path) -> Iterator[_Span]:
    """Yield the stretches that wander, in time order."""
    samples = np.flatnonzero(np.diff(np.floor(path.time_s / LOOK_S), prepend=-1.0))
    for first, last in _tortuous(path, samples):
        rows = samples[first : last + 1]
        lat, lon = path.lat_deg[rows], path.lon_deg[rows]
        north_m, east_m = degree_lengths_m(lat[:1])
        x_m, y_m = (lon - lon[0]) * east_m, (lat - lat[0]) * north_m
        ends = _chords(x_m, y_m)
        for a, b in runs(_aimless(x_m[ends], y_m[ends])):
            # Before the first of the chords and after the last one it may have halted.
            if _paced(path, rows[ends[a + 1] : ends[b - 1] + 1]):
                continue
            span = _span(path, rows[ends[a] : ends[b] + 1])
            if span is not None:
                yield span


def _tortuous(path: Path, samples: NDArray[np.intp]) -> list[tuple[int, int]]:
    """Return the stretches of samples in which a long way leads nowhere: all that may wander."""
    lat, lon, piece = path.lat_deg[samples], path.lon_deg[samples], path.piece[samples]
    step_m = step_lengths_m(lat, lon)
    step_m[step_m < SHORTEST_STEP_M] = 0.0
    along_m = np.concatenate(([0.0], np.cumsum(step_m)))
    after = np.searchsorted(along_m, along_m + CHORDS * CHORD_M)
    begin = np.flatnonzero(after < len(samples))
    after = after[begin]
    near = distances_m(lat[begin], lon[begin], lat[after], lon[after]) <= WITHIN_M
    near &= piece[begin] == piece[after]
    edges = np.zeros(len(samples) + 1, dtype=np.intp)
    np.add.at(edges, begin[near], 1)
    np.add.at(edges, after[near] + 1, -1)
    return runs(np.cumsum(edges[:-1]) > 0)


def _chords(x_m: NDArray[np.float64], y_m: NDArray[np.float64]) -> list[int]:
    """Return the points where the chords of a way begin and end."""
    ends = [0]
    here = complex(x_m[0], y_m[0])
    for number, there in enumerate((x_m + 1j * y_m).tolist()):
        if abs(there - here) >= CHORD_M:
            ends.append(number)
            here = there
    return ends


def _aimless(x_m: NDArray[np.float64], y_m: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which ends of chords lie in some row of chords that has no direction."""
    found = np.zeros(len(x_m), dtype=np.bool_)
    if len(x_m) < CHORDS + 2:
        return found
    chord = np.diff(x_m) + 1j * np.diff(y_m)
    chord /= np.abs(chord)
    turned = np.cumsum(np.concatenate(([0.0], chord[1:] * np.conj(chord[:-1]))))
    even = np.abs(turned[CHORDS:] - turned[:-CHORDS]) / CHORDS
    wide = [
        np.ptp(np.lib.stride_tricks.sliding_window_view(column, CHORDS + 2), axis=1)
        for column in (x_m, y_m)
    ]
    for row in np.flatnonzero((even < EVEN) & (np.hypot(*wide) <= WITHIN_M)):
        found[row : row + CHORDS + 2] = True
    return found


def _span(path: Path, rows: NDArray[np.intp]) -> _Span | None:
    """Return the stretch without the ways in and out; None where its positions are too good."""
    lat, lon = (median(column[rows]) for column in (path.lat_deg, path.lon_deg))
    away_m = _away_m(path, rows, lat, lon)
    radius_m = float(np.quantile(away_m, ROAMED))
    known_m = path.accuracy_m[rows]
    known_m = known_m[~np.isnan(known_m)]
    if len(known_m) and radius_m > ADMITTED_TIMES * median(known_m):
        return None
    inside = rows[away_m <= radius_m]
    return _Span(int(inside[0]), int(inside[-1]), lat, lon, radius_m)


def _paced(path: Path, rows: NDArray[np.intp]) -> bool:
    """Say whether the way through some fixes is followed at an even pace."""
    step_m = step_lengths_m(path.lat_deg[rows], path.lon_deg[rows])
    mps = step_m / np.diff(path.time_s[rows])
    return float(np.std(mps)) < EVEN_PACE * float(np.mean(mps))


def _away_m(
    path: Path, rows: NDArray[np.intp] | slice, lat: float, lon: float
) -> NDArray[np.float64]:
    return distances_m(path.lat_deg[rows], path.lon_deg[rows], np.asarray(lat), np.asarray(lon))


def _joined(path: Path, stays: Sequence[Stay], span: _Span) -> list[Stay]:
    """Return the stays with one more, which swallows those that it touches."""
    first, last = span.first, span.last
    before = [stay for stay in stays if stay.last < first]
    after = [stay for stay in stays if stay.first > last]
    touched = [stay for stay in stays if stay.last >= first and stay.first <= last]
    if touched:
        first, last = min(first, touched[0].first), max(last, touched[-1].last)
    while before and _no_way(path, before[-1].last, first, span):
        first = before.pop().first
    while after and _no_way(path, last, after[0].first, span):
        last = after.pop(0).last
    lasts_s = float(path.time_s[last] - path.time_s[first])
    whole = Stay(first, last, span.lat_deg, span.lon_deg, lasts_s)
    return [*before, whole, *after]


def _no_way(path: Path, first: int, last: int, span: _Span) -> bool:
    """Say whether nothing between two fixes leads out of where the positions wander."""
    if path.piece[first] != path.piece[last]:
        return False
    rows = slice(first, last + 1)
    return (
        float(np.max(_away_m(path, rows, span.lat_deg, span.lon_deg))) <= WAY_RADII * span.radius_m
    )
