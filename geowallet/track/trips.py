"""Trips: movement between two activity stops, as one or more legs."""

from __future__ import annotations

import hashlib
import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.geodesy import distance_m, distances_m
from geowallet.model.mobility import Leg, Mode, Point, Stop, Trip
from geowallet.track.distance import Length, path_length
from geowallet.track.gaps import gaps_of
from geowallet.track.legs import EDGE_WINDOW_S, SPEED_WINDOW_S, Span, find_legs
from geowallet.track.modes.classify import classify_spans
from geowallet.track.modes.hints import NO_HINTS
from geowallet.track.motion import speeds_mps
from geowallet.track.stops import SETTLED_M, find_stays, hidden_stays, smoothed, still

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geowallet.track.modes.decide import Guess
    from geowallet.track.modes.hints import Hints
    from geowallet.track.motion import Path
    from geowallet.track.stops import Stay

SHORTEST_TRIP_M = 150.0
"""A trip leads at least this far from where it began; less is roaming or noise."""

SHORTEST_TRIP_S = 60.0
"""Shorter movement is noise."""

FEWEST_FIXES = 3
"""Two positions show a displacement, not a way."""

NOTHING = np.zeros(0, dtype=np.int64)

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U."""


def trip_id(start_us: int, end_us: int) -> str:
    """Return the stable name of a trip: ``t`` and 12 characters (60 bits)."""
    digest = hashlib.blake2b(f"{start_us},{end_us}".encode(), digest_size=8).digest()
    number = int.from_bytes(digest, "big") >> 4
    return "t" + "".join(CROCKFORD[number >> shift & 31] for shift in range(55, -1, -5))


def movements(
    path: Path,
    stream: NDArray[np.int32],
    sources: Sequence[str],
    *,
    hints: Hints = NO_HINTS,
    coarse_us: NDArray[np.int64] = NOTHING,
) -> tuple[tuple[Trip, ...], tuple[Stop, ...]]:
    """Return the trips and stops of one chunk.

    Args:
        path: Its ``n`` fixes, at least one.
        stream: ``(n,)`` index of each fix into ``sources``.
        sources: SHA-256 (hex) of the file of each stream.
        hints: What is known of modes beside the fixes.
        coarse_us: Instants of fixes that were too coarse to use, ascending.

    Returns:
        Both in time order; either may be empty.
    """
    smooth = smoothed(path)
    still_fixes = still(path, smooth)
    stays = find_stays(path, still_fixes, smooth)
    del smooth
    slow_mps = speeds_mps(path, half_s=SPEED_WINDOW_S)
    edge_mps = speeds_mps(path, half_s=EDGE_WINDOW_S)
    activities = [stay for stay in stays if stay.is_activity]
    episodes = _episodes(path, activities, still_fixes)
    cut = [find_legs(path, *ends, slow_mps=slow_mps, edge_mps=edge_mps) for ends in episodes]
    trips = []
    for (first, last), parts in zip(episodes, _classified(path, cut, hints), strict=True):
        legs = tuple(_leg(path, span, edge_mps, guess, coarse_us) for span, guess in parts)
        legs = _from_door_to_door(path, legs, (first, last), activities)
        used = tuple(sorted({sources[number] for number in np.unique(stream[first : last + 1])}))
        trips.append(_trip(path, legs, (first, last), activities, used))
    stops = tuple(_stop(path, stay) for stay in stays)
    return tuple(trips), stops


def _classified(
    path: Path, cut: Sequence[Sequence[Span]], hints: Hints
) -> list[list[tuple[Span, Guess]]]:
    """Return the legs of each trip with their modes; neighbours of one mode are one leg."""
    # All legs at once: they see their neighbours, and one call costs less than many.
    guesses = classify_spans(path, [span for spans in cut for span in spans], hints=hints)
    found, place = [], 0
    for spans in cut:
        found.append(list(zip(spans, guesses[place : place + len(spans)], strict=True)))
        place += len(spans)
    joined = [_joined(parts) for parts in found]
    if [len(spans) for spans in joined] == [len(spans) for spans in cut]:
        return found
    return _classified(path, joined, hints)


def _joined(parts: Sequence[tuple[Span, Guess]]) -> list[Span]:
    spans: list[Span] = []
    before = Mode.UNKNOWN
    for span, guess in parts:
        if spans and guess.mode is before and before is not Mode.UNKNOWN:
            spans[-1] = Span(spans[-1].first, span.last, spans[-1].on_foot)
        else:
            spans.append(span)
        before = guess.mode
    return spans


def _episodes(
    path: Path, activities: list[Stay], still_fixes: NDArray[np.bool_]
) -> list[tuple[int, int]]:
    """Return the first and last fix of every stretch of movement worth a trip."""
    starts = [0, *(stay.last for stay in activities)]
    ends = [*(stay.first for stay in activities), len(path) - 1]
    hidden = hidden_stays(path)
    found: list[tuple[int, int]] = []
    for start, end in zip(starts, ends, strict=True):
        cuts = [step for step in hidden if start <= step < end]
        for first, last in zip([start, *(c + 1 for c in cuts)], [*cuts, end], strict=True):
            part = _trimmed(still_fixes, first, last)
            if part and _is_trip(path, *part):
                found.append(part)
    return found


def _trimmed(still_fixes: NDArray[np.bool_], first: int, last: int) -> tuple[int, int] | None:
    """Drop the waiting before the first and after the last movement."""
    moving = np.flatnonzero(~still_fixes[first : last + 1])
    if not len(moving):
        return None
    return first, last


def _is_trip(path: Path, first: int, last: int) -> bool:
    if last - first + 1 < FEWEST_FIXES or path.time_s[last] - path.time_s[first] < SHORTEST_TRIP_S:
        return False
    rows = slice(first, last + 1)
    lat, lon = path.lat_deg[rows], path.lon_deg[rows]
    away_m = distances_m(lat, lon, lat[0], lon[0])
    return float(np.max(away_m)) >= SHORTEST_TRIP_M


def _leg(
    path: Path,
    span: Span,
    edge_mps: NDArray[np.float64],
    guess: Guess,
    coarse_us: NDArray[np.int64],
) -> Leg:
    length = _length(path, span, edge_mps)
    gaps = gaps_of(path, span.first, span.last, coarse_us)
    return Leg(
        start_us=path.instant_us(span.first),
        end_us=path.instant_us(span.last),
        mode=guess.mode,
        confidence=guess.confidence,
        alternatives=guess.alternatives,
        distance_m=length.metres,
        distance_sd_m=length.sd_m,
        gap_m=math.fsum(gap.metres for gap in gaps),
        gap_s=sum(gap.end_us - gap.start_us for gap in gaps) / 1e6,
        n_fixes=span.last - span.first + 1,
        reasons=guess.reasons,
        gaps=gaps,
    )


def _from_door_to_door(
    path: Path, legs: tuple[Leg, ...], span: tuple[int, int], activities: list[Stay]
) -> tuple[Leg, ...]:
    """Add the metres between the centres of the stops and the first and last fix."""
    first, last = span
    found = list(legs)
    for stay in activities:
        for index, end, leg in ((first, stay.last, 0), (last, stay.first, -1)):
            if index != end:
                continue
            here = float(path.lat_deg[index]), float(path.lon_deg[index])
            away_m = distance_m(*here, stay.lat_deg, stay.lon_deg)
            if away_m <= SETTLED_M:
                variance = found[leg].distance_sd_m ** 2 + (away_m / 2) ** 2
                metres = found[leg].distance_m + away_m
                found[leg] = replace(
                    found[leg], distance_m=metres, distance_sd_m=math.sqrt(variance)
                )
    return tuple(found)


def _length(path: Path, span: Span, edge_mps: NDArray[np.float64]) -> Length:
    """Add up the parts of a leg between its gaps."""
    cuts = np.flatnonzero(path.gap[span.first : span.last]) + span.first
    metres, variance = 0.0, 0.0
    for first, last in zip([span.first, *(cuts + 1)], [*cuts, span.last], strict=True):
        rows = slice(first, last + 1)
        columns = path.time_s[rows], path.lat_deg[rows], path.lon_deg[rows], edge_mps[rows]
        part = path_length(*columns, path.speed_mps[rows])
        metres, variance = metres + part.metres, variance + part.sd_m**2
    return Length(metres, float(np.sqrt(variance)))


def _trip(
    path: Path,
    legs: tuple[Leg, ...],
    span: tuple[int, int],
    activities: list[Stay],
    sources: tuple[str, ...],
) -> Trip:
    first, last = span
    before = next((s for s in activities if s.last == first), None)
    after = next((s for s in activities if s.first == last), None)
    return Trip(
        id=trip_id(legs[0].start_us, legs[-1].end_us),
        start_us=legs[0].start_us,
        end_us=legs[-1].end_us,
        legs=legs,
        start=_point(before.lat_deg, before.lon_deg) if before else _at(path, first),
        end=_point(after.lat_deg, after.lon_deg) if after else _at(path, last),
        sources=sources,
    )


def _stop(path: Path, stay: Stay) -> Stop:
    return Stop(
        start_us=path.instant_us(stay.first),
        end_us=path.instant_us(stay.last),
        centre=_point(stay.lat_deg, stay.lon_deg),
        n_fixes=stay.last - stay.first + 1,
        is_activity=stay.is_activity,
    )


def _at(path: Path, index: int) -> Point:
    return _point(float(path.lat_deg[index]), float(path.lon_deg[index]))


def _point(lat_deg: float, lon_deg: float) -> Point:
    return Point(float(lat_deg), (float(lon_deg) + 180.0) % 360.0 - 180.0)
