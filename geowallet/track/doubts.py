"""What was set aside in the time of each leg, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.fixes import FixFlag
from geowallet.model.geodesy import distances_m
from geowallet.track.stops import SETTLED_M

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.model.fixes import Fixes
    from geowallet.model.mobility import Stop, Trip


NOT_DOUBTED = frozenset({FixFlag.SHADOWED, FixFlag.DUPLICATE})
"""Another source says the same; how often depends on what was imported twice."""


def with_doubts(trips: Sequence[Trip], fixes: Fixes) -> tuple[Trip, ...]:
    """Return the trips, each leg with the number of fixes of its time by flag."""
    if not trips:
        return ()
    legs = [leg for trip in trips for leg in trip.legs]
    start_us = np.array([leg.start_us for leg in legs])
    end_us = np.array([leg.end_us for leg in legs])
    named: list[list[tuple[str, int]]] = [[] for _ in legs]
    there = FixFlag(int(np.bitwise_or.reduce(fixes.flags)))
    for flag in sorted(set(there) - NOT_DOUBTED, key=_name):
        # The same fix in two files is one.
        times_us = fixes.time_us[(fixes.flags & np.uint16(flag)) != 0]
        times_us = times_us[np.concatenate(([True], np.diff(times_us) != 0))]
        count = np.searchsorted(times_us, end_us) - np.searchsorted(times_us, start_us)
        for place in np.flatnonzero(count):
            named[place].append((_name(flag), int(count[place])))
    aside = iter(named)
    return tuple(_with(trip, [tuple(next(aside)) for _ in trip.legs]) for trip in trips)


def _with(trip: Trip, named: Sequence[tuple[tuple[str, int], ...]]) -> Trip:
    """Return the trip with what was set aside in the time of each leg."""
    if not any(named):
        return trip
    legs = zip(trip.legs, named, strict=True)
    return replace(trip, legs=tuple(replace(leg, set_aside=aside) for leg, aside in legs))


def with_drift(fixes: Fixes, stops: Sequence[Stop], used: Fixes) -> Fixes:
    """Flag the fixes of stops that wandered: away from the centre, and back at rest.

    Args:
        fixes: All fixes.
        stops: In time order.
        used: Those of ``fixes`` that the analysis used.

    Returns:
        ``fixes`` with `FixFlag.DRIFT` added; such fixes stay in use.
    """
    spans = [stop for stop in stops if stop.n_fixes]
    if not spans:
        return fixes
    starts = np.array([stop.start_us for stop in spans])
    which = np.searchsorted(starts, used.time_us, side="right") - 1
    until = np.array([stop.end_us for stop in spans])
    inside = np.flatnonzero((which >= 0) & (used.time_us <= until[which]))
    which = which[inside]
    lat, lon = (
        np.array([getattr(stop.centre, name) for stop in spans])[which]
        for name in ("lat_deg", "lon_deg")
    )
    away_m = distances_m(used.lat_deg[inside], used.lon_deg[inside], lat, lon)
    known_m = np.nan_to_num(used.accuracy_m[inside], nan=0.0)
    wandering_us = used.time_us[inside[away_m > np.maximum(2 * SETTLED_M, known_m)]]
    if not len(wandering_us):
        return fixes
    place = np.searchsorted(wandering_us, fixes.time_us)
    mask = wandering_us[np.minimum(place, len(wandering_us) - 1)] == fixes.time_us
    return fixes.with_flag(mask & (fixes.flags == 0), FixFlag.DRIFT)


def _name(flag: FixFlag) -> str:
    return (flag.name or "").lower()
