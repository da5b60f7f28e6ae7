"""Trips cut in two or made one, as the owner says. The metres stay what was measured."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.geodesy import distance_m
from geowallet.model.mobility import Gap, GapKind, Leg, Point, Trip
from geowallet.track.clean import BAD
from geowallet.track.motion import PARKED_M, path_of
from geowallet.track.trips import trip_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geowallet.model.fixes import Fixes
    from geowallet.track.motion import Path

SHORTEST_PART_US = 60_000_000
"""A part lasts a minute, as the shortest trip does."""

PAUSE_SLACK_US = 600_000_000
"""Ten minutes, an activity stop: how much longer than twice a joined pause may become when
the trips around it are measured again."""

WHOLE = (1.0, 1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Cut:
    """An instant at which one trip ended and another began.

    Attributes:
        at_us: The instant, UTC microseconds.
        where: The position then.
        shares: Of the leg under way, what lay before the instant: metres, metres of
            gaps, seconds of gaps, fixes; each 0 to 1.
    """

    at_us: int
    where: Point
    shares: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Join:
    """A pause that parted nothing: what lies on both sides is one trip.

    Attributes:
        from_us: End of the trip before it.
        to_us: Beginning of the trip after it.
    """

    from_us: int
    to_us: int


def reshaped(trips: Sequence[Trip], cuts: Sequence[Cut], joins: Sequence[Join]) -> tuple[Trip, ...]:
    """Return ``trips`` with every cut made, then every join.

    Metres are handed over and neither gained nor lost: the parts of a leg sum to the
    leg, and the way between two joined trips is a gap of the trip where they are apart.
    A part is named by its own instants (`trip_id`), as every trip is; a cut that falls
    into no trip, and a join with nothing on one side, do nothing.

    Args:
        trips: In time order.
        cuts: In any order.
        joins: In any order.
    """
    parts = [part for trip in trips for part in _parts(trip, cuts)]
    whole: list[Trip] = []
    for trip in parts:
        if whole and any(parts_nothing(join, whole[-1], trip) for join in joins):
            whole[-1] = _joined(whole[-1], trip)
        else:
            whole.append(trip)
    return tuple(whole)


def falls_into(at_us: int, trip: Trip) -> bool:
    """Say whether ``trip`` can be cut at an instant: both parts last long enough."""
    return trip.start_us + SHORTEST_PART_US <= at_us <= trip.end_us - SHORTEST_PART_US


def measured(at_us: int, trip: Trip, fixes: Fixes) -> Cut:
    """Return the cut of ``trip`` at an instant, by the fixes that were travelled through.

    Args:
        at_us: Inside the trip, see `falls_into`.
        trip: As the analysis gave it.
        fixes: Flagged fixes of the time around, of all sources.

    Raises:
        ValueError: No fix of the trip is among ``fixes``.
    """
    leg = next(leg for leg in trip.legs if at_us <= leg.end_us or leg is trip.legs[-1])
    inside = fixes.unflagged(BAD)
    inside &= (fixes.time_us >= leg.start_us) & (fixes.time_us <= leg.end_us)
    if not np.any(inside):
        raise ValueError("no fix of the trip")
    path = path_of(fixes.take(np.flatnonzero(inside)))
    at_s = (at_us - path.start_us) / 1e6
    east = float(np.interp(at_s, path.time_s, path.lon_deg))
    where = Point(float(np.interp(at_s, path.time_s, path.lat_deg)), (east + 180.0) % 360.0 - 180.0)
    return Cut(at_us, where, _shares(path, at_s))


def _shares(path: Path, at_s: float) -> tuple[float, float, float, float]:
    """Return what lies before a second of the path, as shares."""
    step_s = np.diff(path.time_s)
    done = np.clip((at_s - path.time_s[:-1]) / step_s, 0.0, 1.0)
    travelled, silent = np.where(path.gap, 0.0, path.step_m), np.where(path.gap, path.step_m, 0.0)
    fixes = float(np.mean(path.time_s < at_s))
    silent_s = np.where(path.gap, step_s, 0.0)
    passed = min(max(at_s / max(float(path.time_s[-1]), 1e-9), 0.0), 1.0)

    def share(column: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        total = float(np.sum(column))
        return float(np.sum(column * done)) / total if total > 0 else passed

    return share(travelled), share(silent), share(silent_s), fixes


def _parts(trip: Trip, cuts: Sequence[Cut]) -> Iterable[Trip]:
    """Yield the trip, or its parts in time order."""
    inside: list[Cut] = []
    for cut in sorted((c for c in cuts if falls_into(c.at_us, trip)), key=lambda c: c.at_us):
        if not inside or cut.at_us - inside[-1].at_us >= SHORTEST_PART_US:
            inside.append(cut)
    if not inside:
        yield trip
        return
    pieces = [piece for leg in trip.legs for piece in _pieces(leg, inside)]
    edges = [trip.start_us, *(cut.at_us for cut in inside), trip.end_us]
    points = [trip.start, *(cut.where for cut in inside), trip.end]
    for (start_us, end_us), (start, end) in zip(pairwise(edges), pairwise(points), strict=True):
        legs = tuple(leg for leg in pieces if start_us <= leg.start_us and leg.end_us <= end_us)
        if legs:
            first_us, last_us = legs[0].start_us, legs[-1].end_us
            named = trip_id(first_us, last_us)
            yield Trip(named, first_us, last_us, legs, start, end, trip.sources)


def _pieces(leg: Leg, cuts: Sequence[Cut]) -> Iterable[Leg]:
    """Yield the leg, cut where it was under way; the pieces sum to it."""
    under_way = [cut for cut in cuts if leg.start_us < cut.at_us < leg.end_us]
    edges = [leg.start_us, *(cut.at_us for cut in under_way), leg.end_us]
    before = (0.0, 0.0, 0.0, 0.0)
    for (start_us, end_us), shares in zip(
        pairwise(edges), [*(cut.shares for cut in under_way), WHOLE], strict=True
    ):
        upto = tuple(max(a, b) for a, b in zip(before, shares, strict=True))
        metres, gap_m, gap_s, _fixes = (b - a for a, b in zip(before, upto, strict=True))
        yield replace(
            leg,
            start_us=start_us,
            end_us=end_us,
            distance_m=leg.distance_m * metres,
            distance_sd_m=leg.distance_sd_m * math.sqrt(metres),
            gap_m=leg.gap_m * gap_m,
            gap_s=leg.gap_s * gap_s,
            n_fixes=_between(leg.n_fixes, before[3], upto[3]),
            gaps=tuple(_clipped(leg.gaps, start_us, end_us)),
            set_aside=tuple(
                (name, count)
                for name, whole in leg.set_aside
                if (count := _between(whole, before[3], upto[3]))
            ),
        )
        before = upto  # type: ignore[assignment]  # four shares, as they were


def _between(count: int, first: float, last: float) -> int:
    """Return how many of ``count`` lie between two shares, so that the parts sum to it."""
    return round(count * last) - round(count * first)


def _clipped(gaps: Sequence[Gap], start_us: int, end_us: int) -> Iterable[Gap]:
    """Yield what of each gap lies inside a piece; metres go by time."""
    for gap in gaps:
        first_us, last_us = max(gap.start_us, start_us), min(gap.end_us, end_us)
        if first_us < last_us:
            share = (last_us - first_us) / (gap.end_us - gap.start_us)
            yield replace(gap, start_us=first_us, end_us=last_us, metres=gap.metres * share)


def parts_nothing(join: Join, before: Trip, after: Trip) -> bool:
    """Say whether the owner said that the pause between two neighbours parts nothing.

    The pause may have moved since; one that is far longer is another one.
    """
    meets = join.from_us <= after.start_us and before.end_us <= join.to_us
    longest_us = 2 * (join.to_us - join.from_us) + PAUSE_SLACK_US
    return meets and after.start_us - before.end_us <= longest_us


def _joined(before: Trip, after: Trip) -> Trip:
    """Return two trips as one; the way between them is a gap, never travelled metres."""
    apart_m = distance_m(
        before.end.lat_deg, before.end.lon_deg, after.start.lat_deg, after.start.lon_deg
    )
    last = before.legs[-1]
    if apart_m > PARKED_M:
        silent_s = last.gap_s + (after.start_us - before.end_us) / 1e6
        way = Gap(before.end_us, after.start_us, apart_m, GapKind.OFF)
        gaps = (*last.gaps, way)
        last = replace(last, gap_m=last.gap_m + apart_m, gap_s=silent_s, gaps=gaps)
    return Trip(
        id=trip_id(before.start_us, after.end_us),
        start_us=before.start_us,
        end_us=after.end_us,
        legs=(*before.legs[:-1], last, *after.legs),
        start=before.start,
        end=after.end,
        sources=tuple(sorted({*before.sources, *after.sources})),
    )
