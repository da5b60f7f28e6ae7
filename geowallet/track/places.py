"""Places: where stops gather, what the owner calls them, and what they look like."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.geodesy import distance_m, distances_m
from geowallet.model.mobility import Place, Point
from geowallet.track.habits import Guess, guesses, habit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.model.calendar import WorkWeek
    from geowallet.model.mobility import NamedPlace, Stop

PLACE_RADIUS_M = 150.0
"""Stops this near the centre of a place are visits of it: a building with its car park
(DBSCAN radii of 50 to 200 m are usual; Hariharan and Toyama 2004)."""

CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32."""


def place_at(point: Point, named: Sequence[NamedPlace]) -> NamedPlace | None:
    """Return the named place nearest to ``point``, within 150 m, or None."""
    best: tuple[float, str] | None = None
    found: NamedPlace | None = None
    for place in named:
        away_m = distance_m(
            point.lat_deg, point.lon_deg, place.centre.lat_deg, place.centre.lon_deg
        )
        if away_m <= PLACE_RADIUS_M and (best is None or (away_m, place.name) < best):
            best, found = (away_m, place.name), place
    return found


def find_places(
    stops: Sequence[Stop],
    named: Sequence[NamedPlace],
    *,
    zone: str,
    work: WorkWeek | None = None,
) -> tuple[Place, ...]:
    """Return the places of all activity stops, most time spent first.

    Args:
        stops: In any order; short stops are left out.
        named: What the owner said of positions.
        zone: IANA time zone of nights and work hours.
        work: The owner's hours; None for those of most people.

    Returns:
        One place a cluster, with what it looks like (`geowallet.track.habits`).
    """
    activities = sorted(
        (stop for stop in stops if stop.is_activity),
        key=lambda stop: (stop.start_us - stop.end_us, stop.start_us),
    )
    clusters = _clusters(activities)
    places = [_place(cluster, named) for cluster in clusters]
    found = guesses([habit(cluster, zone, work) for cluster in clusters])
    guessed = (_guessed(place, found.get(number)) for number, place in enumerate(places))
    return tuple(sorted(guessed, key=lambda place: (-place.dwell_s, place.id)))


def _guessed(place: Place, guess: Guess | None) -> Place:
    if guess is None:
        return place
    return replace(place, guess=guess.kind, confidence=guess.confidence, reason=guess.reason)


def _clusters(stops: list[Stop]) -> list[list[Stop]]:
    """Gather stops about the longest one first; each joins the nearest centre in reach."""
    clusters: list[list[Stop]] = []
    lat = np.zeros(0)
    lon = np.zeros(0)
    for stop in stops:
        here = np.asarray(stop.centre.lat_deg), np.asarray(stop.centre.lon_deg)
        away_m = distances_m(lat, lon, *here)
        nearest = int(np.argmin(away_m)) if len(away_m) else -1
        if nearest >= 0 and away_m[nearest] <= PLACE_RADIUS_M:
            clusters[nearest].append(stop)
        else:
            clusters.append([stop])
            lat, lon = np.append(lat, here[0]), np.append(lon, here[1])
    return clusters


def _place(cluster: list[Stop], named: Sequence[NamedPlace]) -> Place:
    weight = np.array([max(stop.end_us - stop.start_us, 1) for stop in cluster], dtype=np.float64)
    origin = cluster[0].centre
    lat = np.array([stop.centre.lat_deg for stop in cluster])
    lon = np.array([stop.centre.lon_deg for stop in cluster])
    east = (lon - origin.lon_deg + 180.0) % 360.0 - 180.0
    mean_lon = origin.lon_deg + float(np.average(east, weights=weight))
    centre = Point(float(np.average(lat, weights=weight)), (mean_lon + 180.0) % 360.0 - 180.0)
    name = place_at(centre, named)
    return Place(
        id=_place_id(origin),
        centre=centre,
        radius_m=PLACE_RADIUS_M,
        visits=len(cluster),
        dwell_s=sum(stop.end_us - stop.start_us for stop in cluster) // 1_000_000,
        name=name.name if name else "",
        kind=name.kind if name else None,
    )


def _place_id(centre: Point) -> str:
    """Return ``p`` and 6 characters from the position, to about ten metres."""
    cell = f"{centre.lat_deg:.4f},{centre.lon_deg:.4f}"
    digest = hashlib.blake2b(cell.encode(), digest_size=4, person=b"geowallet place")
    number = int.from_bytes(digest.digest(), "big") >> 2
    return "p" + "".join(CODE_LETTERS[number >> shift & 31] for shift in range(25, -1, -5))
