"""Distances and bearings on the sphere."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

EARTH_RADIUS_M = 6_371_008.8
"""Mean Earth radius R1 = (2a + b) / 3 of WGS 84 (IUGG; Moritz 2000, "Geodetic
Reference System 1980", Journal of Geodesy 74)."""

SEMI_MAJOR_M = 6_378_137.0
"""Equatorial radius of WGS 84."""

ECCENTRICITY_SQUARED = 0.006694379990141
"""First eccentricity squared of WGS 84."""


def degree_lengths_m(
    lat_deg: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Metres of a degree of latitude and of a degree of longitude, on the ellipsoid.

    On a sphere a degree of longitude is 0.3 % too short in Europe: too much
    where a metre is to be a metre.

    Source:
        Meridional and prime vertical radius of curvature (Torge and Mueller
        2012, "Geodesy", 4th edition, 4.1.3).
    """
    latitude = np.radians(lat_deg)
    flat = 1.0 - ECCENTRICITY_SQUARED * np.sin(latitude) ** 2
    north = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_SQUARED) / flat**1.5
    east = SEMI_MAJOR_M / np.sqrt(flat) * np.cos(latitude)
    return np.radians(north), np.radians(east)


def step_lengths_m(
    lat_deg: NDArray[np.float64], lon_deg: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Great-circle distance between each fix and the next.

    Args:
        lat_deg: ``(n,)`` WGS 84 latitudes in degrees.
        lon_deg: ``(n,)`` WGS 84 longitudes in degrees.

    Returns:
        ``(max(n - 1, 0),)`` distances in metres. The sphere is within 0.6 % of
        the ellipsoid, below the error of consumer GPS over one step.
    """
    return distances_m(lat_deg[:-1], lon_deg[:-1], lat_deg[1:], lon_deg[1:])


_DEGREE_M = (111_000.0, 112_000.0)
"""Between these lies a degree of a great circle."""


def long_steps_m(
    lat_deg: NDArray[np.float64], lon_deg: NDArray[np.float64], *, longer_m: float
) -> NDArray[np.float64]:
    """Return what `step_lengths_m` says of steps longer than ``longer_m``, of some others 0.

    Looking for a few long steps costs less than to measure all.
    """
    turned_deg = np.maximum(np.abs(np.diff(lat_deg)), np.abs(np.diff(lon_deg)))
    at = np.flatnonzero(turned_deg > longer_m / (2 * _DEGREE_M[1]))
    step_m = np.zeros(len(turned_deg))
    step_m[at] = distances_m(lat_deg[at], lon_deg[at], lat_deg[at + 1], lon_deg[at + 1])
    return step_m


def nearer(
    lat_a_deg: NDArray[np.float64],
    lon_a_deg: NDArray[np.float64],
    lat_b_deg: NDArray[np.float64],
    lon_b_deg: NDArray[np.float64],
    than_m: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Return which points, each ``(n,)``, at least one, are nearer than ``than_m``.

    What `distances_m` says, which measures only those that are not plainly farther. They
    are less than half a turn apart in longitude.
    """
    four = lat_a_deg, lon_a_deg, lat_b_deg, lon_b_deg
    highest_deg = max(float(np.max(np.abs(lat))) for lat in (lat_a_deg, lat_b_deg))
    # No way is shorter than along the meridian, or than the chord of the shortest parallel.
    chord = math.cos(highest_deg * _RAD) * 2 / math.pi
    least_deg = np.maximum(np.abs(lat_b_deg - lat_a_deg), np.abs(lon_b_deg - lon_a_deg) * chord)
    maybe = np.flatnonzero(least_deg * _DEGREE_M[0] < than_m)
    found = np.zeros(len(than_m), dtype=np.bool_)
    found[maybe] = distances_m(*(column[maybe] for column in four)) < than_m[maybe]
    return found


_BLOCK = 1 << 13
"""Points at a time: what is held between stays in the cache, and small."""

_NEAR_RAD = 0.005
"""Up to this difference, 32 km of latitude, three terms of a series are exact to the last
digits of a double, and cost a quarter of the sines."""

_RAD = math.pi / 180


def distances_m(
    lat_a_deg: NDArray[np.float64],
    lon_a_deg: NDArray[np.float64],
    lat_b_deg: NDArray[np.float64],
    lon_b_deg: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Great-circle distance (haversine) between two arrays of points, elementwise.

    Args:
        lat_a_deg: ``(n,)`` or scalar array, degrees.
        lon_a_deg: The same shape.
        lat_b_deg: A shape that broadcasts with it.
        lon_b_deg: The same shape as ``lat_b_deg``.

    Returns:
        Metres, in the broadcast shape.

    Source:
        Sinnott (1984), "Virtues of the Haversine", Sky and Telescope 68(2).
    """
    four = (lat_a_deg, lon_a_deg, lat_b_deg, lon_b_deg)
    if np.ndim(lat_a_deg) != 1 or np.shape(lat_a_deg) != np.shape(lat_b_deg):
        return _blockwise_m(*four)
    found = np.empty(len(lat_a_deg))
    for start in range(0, len(found), _BLOCK):
        here = slice(start, start + _BLOCK)
        found[here] = _blockwise_m(*(column[here] for column in four))
    return found


def _blockwise_m(
    lat_a_deg: NDArray[np.float64],
    lon_a_deg: NDArray[np.float64],
    lat_b_deg: NDArray[np.float64],
    lon_b_deg: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the distances, by a series where the points are near each other."""
    # Differences of degrees are exact; radians of each would not be.
    north, east = (lat_b_deg - lat_a_deg) * _RAD, (lon_b_deg - lon_a_deg) * _RAD
    four = (lat_a_deg, lon_a_deg, lat_b_deg, lon_b_deg)
    far = (np.abs(north) > _NEAR_RAD) | (np.abs(east) > _NEAR_RAD)
    if np.all(far):
        return _haversine_m(*four)
    found = _near_m(north, east, (lat_a_deg + lat_b_deg) * _RAD)
    if np.any(far):
        found[far] = _haversine_m(*(column[far] for column in np.broadcast_arrays(*four)))
    return found


def _near_m(
    north: NDArray[np.float64], east: NDArray[np.float64], lat_sum: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the haversine of small differences in radians, by the series of its sines."""
    north2, east2 = north * north, east * east
    # The product of two cosines is the mean of those of the sum and of the difference.
    cosines = np.cos(lat_sum) + (1.0 - north2 * (0.5 - north2 / 24.0))
    half_chord = north2 * (1.0 - north2 * (1 / 12 - north2 / 360.0))
    half_chord += cosines * 0.5 * (east2 * (1.0 - east2 * (1 / 12 - east2 / 360.0)))
    half_chord = np.maximum(half_chord, 0.0) * 0.25
    result: NDArray[np.float64] = np.sqrt(half_chord)
    result *= 1.0 + half_chord * (1 / 6 + half_chord * 0.075)
    return result * (2 * EARTH_RADIUS_M)


def _haversine_m(
    lat_a_deg: NDArray[np.float64],
    lon_a_deg: NDArray[np.float64],
    lat_b_deg: NDArray[np.float64],
    lon_b_deg: NDArray[np.float64],
) -> NDArray[np.float64]:
    lat_a, lon_a, lat_b, lon_b = map(np.radians, (lat_a_deg, lon_a_deg, lat_b_deg, lon_b_deg))
    half_chord = (
        np.sin((lat_b - lat_a) / 2) ** 2
        + np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_b - lon_a) / 2) ** 2
    )
    angle: NDArray[np.float64] = 2 * np.arcsin(np.sqrt(np.clip(half_chord, 0.0, 1.0)))
    return EARTH_RADIUS_M * angle


def distance_m(lat_a_deg: float, lon_a_deg: float, lat_b_deg: float, lon_b_deg: float) -> float:
    """Great-circle distance in metres between two points given in degrees."""
    lat_a, lon_a, lat_b, lon_b = map(math.radians, (lat_a_deg, lon_a_deg, lat_b_deg, lon_b_deg))
    half_chord = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    )
    return EARTH_RADIUS_M * 2 * math.asin(math.sqrt(min(half_chord, 1.0)))
