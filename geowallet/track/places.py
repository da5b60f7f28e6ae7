"""Places: where stops gather, what the owner calls them, and what they look like."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.calendar import instant_us, local_time, zone_of
from geowallet.model.geodesy import distance_m, distances_m
from geowallet.model.mobility import Place, PlaceKind, Point

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.model.mobility import NamedPlace, Stop

PLACE_RADIUS_M = 150.0
"""Stops this near the centre of a place are visits of it: a building with its car park
(DBSCAN radii of 50 to 200 m are usual; Hariharan and Toyama 2004)."""

NIGHT_HOURS = (0, 6)
"""Local hours in which nearly everyone is at home (French time-use survey, Insee 2010)."""

WORK_HOURS = (9, 17)
"""Local hours, Monday to Friday, in which most of the employed work."""

FEWEST_NIGHTS = 2
"""A single night is a hotel."""

FEWEST_WORK_DAYS = 3
"""Fewer days are a client."""

CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32."""

HOUR_US = 3_600_000_000


@dataclass(frozen=True, slots=True)
class _Habit:
    """What happens at one place."""

    nights: frozenset[dt.date]
    work_days: frozenset[dt.date]
    work_us: int
    night_us: int


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
    stops: Sequence[Stop], named: Sequence[NamedPlace], *, zone: str
) -> tuple[Place, ...]:
    """Return the places of all activity stops, most time spent first.

    Args:
        stops: In any order; short stops are left out.
        named: What the owner said of positions.
        zone: IANA time zone of nights and work hours.

    Returns:
        One place a cluster; at most one is guessed to be home (most nights),
        at most one work (most work hours, and not home).
    """
    activities = sorted(
        (stop for stop in stops if stop.is_activity),
        key=lambda stop: (stop.start_us - stop.end_us, stop.start_us),
    )
    clusters = _clusters(activities)
    places = [_place(cluster, named) for cluster in clusters]
    habits = [_habit(cluster, zone) for cluster in clusters]
    guesses = _guesses(habits)
    guessed = (replace(p, guess=guesses.get(number)) for number, p in enumerate(places))
    return tuple(sorted(guessed, key=lambda place: (-place.dwell_s, place.id)))


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


def _habit(cluster: list[Stop], zone: str) -> _Habit:
    nights: set[dt.date] = set()
    work_days: set[dt.date] = set()
    night_us = work_us = 0
    for stop in cluster:
        day = local_time(stop.start_us, zone).date()
        last = local_time(stop.end_us, zone).date()
        while day <= last:
            night = _overlap_us(stop, day, NIGHT_HOURS, zone)
            night_us += night
            if night >= HOUR_US:
                nights.add(day)
            work = _overlap_us(stop, day, WORK_HOURS, zone) if day.weekday() < 5 else 0
            work_us += work
            if work >= HOUR_US:
                work_days.add(day)
            day += dt.timedelta(days=1)
    return _Habit(frozenset(nights), frozenset(work_days), work_us, night_us)


def _overlap_us(stop: Stop, day: dt.date, hours: tuple[int, int], zone: str) -> int:
    start_us, end_us = (
        instant_us(dt.datetime.combine(day, dt.time(hour), tzinfo=zone_of(zone))) for hour in hours
    )
    return max(min(end_us, stop.end_us) - max(start_us, stop.start_us), 0)


def _guesses(habits: list[_Habit]) -> dict[int, PlaceKind]:
    guesses: dict[int, PlaceKind] = {}
    everyone = range(len(habits))
    home = max(everyone, key=lambda n: (len(habits[n].nights), habits[n].night_us), default=None)
    if home is not None and len(habits[home].nights) >= FEWEST_NIGHTS:
        guesses[home] = PlaceKind.HOME
    others = [n for n in everyone if n not in guesses]
    work = max(others, key=lambda n: habits[n].work_us, default=None)
    if work is not None and len(habits[work].work_days) >= FEWEST_WORK_DAYS:
        guesses[work] = PlaceKind.WORK
    return guesses
