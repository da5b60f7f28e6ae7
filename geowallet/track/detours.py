"""Detours on the way to work or home: a school, a shop. The whole way is still a commute."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from geowallet.model.geodesy import distance_m
from geowallet.model.mobility import PlaceKind
from geowallet.track.places import place_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geowallet.model.mobility import Mode, NamedPlace, Trip

LONGEST_US = 3_600_000_000
"""All stops on the way together, at most an hour: dropping children off, shopping.
Longer stays are a place of their own (usual in tour analysis: Primerano et al. 2008 take
the stay that is longest as the purpose of a tour)."""

MOST_TRIPS = 4
"""Home, three stops, work."""

SAME_SPOT_M = 500.0
"""The next trip begins where the last one ended: a car park may lie between."""

FEWEST_DIRECT = 3
"""So many direct commutes tell the usual way."""

_ENDS = {PlaceKind.HOME, PlaceKind.WORK}

Ends = tuple["NamedPlace | None", "NamedPlace | None"]


@dataclass(frozen=True, slots=True)
class Detour:
    """One commute in several trips.

    Attributes:
        origin: Home or work.
        destination: The other.
        stops_us: Time spent on the way.
        by_way_of: The named places on the way, in order; unnamed ones are left out.
        longer_m: Metres more than the usual direct way, or None where none is known.
    """

    origin: NamedPlace
    destination: NamedPlace
    stops_us: int
    by_way_of: tuple[NamedPlace, ...]
    longer_m: float | None


def usual_ways(trips: Sequence[Trip], named: Sequence[NamedPlace]) -> dict[Mode, float]:
    """Return the median metres of direct commutes, by mode; of modes with three or more.

    Args:
        trips: In any order.
        named: What the owner said of positions.
    """
    direct: dict[Mode, list[float]] = {}
    for trip in trips:
        ends = place_at(trip.start, named), place_at(trip.end, named)
        if {place.kind for place in ends if place} == _ENDS:
            direct.setdefault(trip.main_leg.mode, []).append(trip.distance_m)
    return {mode: median(some) for mode, some in direct.items() if len(some) >= FEWEST_DIRECT}


def detours(
    trips: Sequence[Trip], named: Sequence[NamedPlace], usual_m: Mapping[Mode, float]
) -> dict[str, Detour]:
    """Return the trips, by id, that together lead from home to work or back.

    A chain leaves home (or work), stops for an hour at most in all, at no client, and
    ends at work (or home). Trips that lead there directly are no chain.

    Args:
        trips: In time order.
        named: What the owner said of positions.
        usual_m: See `usual_ways`.
    """
    ends = [(place_at(t.start, named), place_at(t.end, named)) for t in trips]
    found: dict[str, Detour] = {}
    first = 0
    while first < len(trips):
        last = last_of_chain(trips, ends, first)
        if last is None:
            first += 1
            continue
        detour = _detour(trips[first : last + 1], ends[first : last + 1], usual_m)
        found |= {trip.id: detour for trip in trips[first : last + 1]}
        first = last + 1
    return found


def last_of_chain(trips: Sequence[Trip], ends: Sequence[Ends], first: int) -> int | None:
    """Return the number of the trip that ends the chain beginning at ``first``."""
    origin = ends[first][0]
    if origin is None or origin.kind not in _ENDS:
        return None
    stops_us = 0
    for number in range(first, min(first + MOST_TRIPS, len(trips))):
        if number > first:
            before, after = trips[number - 1], trips[number]
            stops_us += after.start_us - before.end_us
            here, there = before.end, after.start
            away_m = distance_m(here.lat_deg, here.lon_deg, there.lat_deg, there.lon_deg)
            if stops_us > LONGEST_US or away_m > SAME_SPOT_M:
                return None
        end = ends[number][1]
        if end is None or end.kind is PlaceKind.OTHER:
            continue
        kinds = {origin.kind, end.kind}
        return number if kinds == _ENDS and number > first else None
    return None


def _detour(chain: Sequence[Trip], ends: Sequence[Ends], usual_m: Mapping[Mode, float]) -> Detour:
    origin, destination = ends[0][0], ends[-1][1]
    if origin is None or destination is None:
        raise ValueError("a chain leads from home to work or back")
    whole_m = sum(trip.distance_m for trip in chain)
    mode = max(chain, key=lambda trip: trip.distance_m).main_leg.mode
    return Detour(
        origin=origin,
        destination=destination,
        stops_us=sum(b.start_us - a.end_us for a, b in pairwise(chain)),
        by_way_of=tuple(place for _, place in ends[:-1] if place is not None),
        longer_m=whole_m - usual_m[mode] if mode in usual_m else None,
    )
