"""Trips: movement between two activity stops, as one or more legs."""

from __future__ import annotations

import hashlib
import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.geodesy import distance_m, distances_m
from geowallet.model.mobility import Leg, Mode, Point, Stop, Trip
from geowallet.track.distance import Length, path_lengths
from geowallet.track.gaps import gaps_of
from geowallet.track.legs import EDGE_WINDOW_S, SPEED_WINDOW_S, Span, find_legs
from geowallet.track.modes.classify import SpanModes
from geowallet.track.modes.hints import NO_HINTS
from geowallet.track.modes.ragged import largest, rows_of, sums
from geowallet.track.motion import Windows
from geowallet.track.stops import SETTLED_M, SMOOTH_S, find_stays, hidden_stays, still

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
    windows = Windows(path)
    smooth = windows.smoothed(SMOOTH_S)
    still_fixes = still(path, smooth)
    stays = find_stays(path, still_fixes, smooth)
    del smooth
    slow_mps, edge_mps = (windows.speeds_mps(half_s) for half_s in (SPEED_WINDOW_S, EDGE_WINDOW_S))
    del windows
    activities = _Activities([stay for stay in stays if stay.is_activity])
    episodes = _episodes(path, activities.stays, still_fixes)
    cut = find_legs(path, episodes, slow_mps=slow_mps, edge_mps=edge_mps)
    found = _classified(path, cut, hints)
    lengths = iter(_lengths(path, [span for parts in found for span, _ in parts], edge_mps))
    trips = []
    for (first, last), parts in zip(episodes, found, strict=True):
        legs = tuple(_leg(path, span, next(lengths), guess, coarse_us) for span, guess in parts)
        legs = _from_door_to_door(path, legs, (first, last), activities)
        used = _used(stream[first : last + 1], sources)
        trips.append(_trip(path, legs, (first, last), activities, used))
    stops = tuple(_stop(path, stay) for stay in stays)
    return tuple(trips), stops


class _Activities:
    """The stays that part trips, in time order, by the fixes at their ends."""

    __slots__ = ("by_first", "by_last", "stays")

    def __init__(self, stays: Sequence[Stay]) -> None:
        self.stays = stays
        self.by_first = {stay.first: stay for stay in stays}
        self.by_last = {stay.last: stay for stay in stays}


def _used(stream: NDArray[np.int32], sources: Sequence[str]) -> tuple[str, ...]:
    """Return the files of the streams, sorted."""
    one = int(stream[0])
    if one == stream.min() == stream.max():
        return (sources[one],)
    return tuple(sorted({sources[number] for number in np.unique(stream)}))


def _classified(
    path: Path, cut: Sequence[Sequence[Span]], hints: Hints
) -> list[list[tuple[Span, Guess]]]:
    """Return the legs of each trip with their modes; neighbours of one mode are one leg."""
    # All legs at once: they see their neighbours, and one call costs less than many.
    modes = SpanModes(path, hints)
    while True:
        weighed = modes.weighed([span for spans in cut for span in spans])
        said = iter(weighed.modes)
        joined = [_joined([(span, next(said)) for span in spans]) for spans in cut]
        if [len(spans) for spans in joined] == [len(spans) for spans in cut]:
            guesses = iter(weighed.guesses())
            return [[(span, next(guesses)) for span in spans] for spans in cut]
        cut = joined


def _joined(parts: Sequence[tuple[Span, Mode]]) -> list[Span]:
    spans: list[Span] = []
    before = Mode.UNKNOWN
    for span, mode in parts:
        if spans and mode is before and before is not Mode.UNKNOWN:
            spans[-1] = Span(spans[-1].first, span.last, spans[-1].on_foot)
        else:
            spans.append(span)
        before = mode
    return spans


def _episodes(
    path: Path, activities: Sequence[Stay], still_fixes: NDArray[np.bool_]
) -> list[tuple[int, int]]:
    """Return the first and last fix of every stretch of movement worth a trip."""
    starts = [0, *(stay.last for stay in activities)]
    ends = [*(stay.first for stay in activities), len(path) - 1]
    hidden = np.array(hidden_stays(path), dtype=np.intp)
    found: list[tuple[int, int]] = []
    for start, end in zip(starts, ends, strict=True):
        cuts = hidden[slice(*np.searchsorted(hidden, (start, end)))].tolist()
        found += zip([start, *(c + 1 for c in cuts)], [*cuts, end], strict=True)
    first, last = (np.array(column, dtype=np.intp) for column in zip(*found, strict=True))
    worth = last - first + 1 >= FEWEST_FIXES
    worth &= path.time_s[last] - path.time_s[first] >= SHORTEST_TRIP_S
    moving = np.concatenate(([0], np.cumsum(~still_fixes)))
    worth &= moving[last + 1] > moving[first]
    first, last = first[worth], last[worth]
    far = _farthest_m(path, first, last) >= SHORTEST_TRIP_M
    return list(zip(first[far].tolist(), last[far].tolist(), strict=True))


def _farthest_m(path: Path, first: NDArray[np.intp], last: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return how far each stretch of at least one fix leads from its first fix, metres."""
    rows = rows_of(last - first + 1)
    here, begin = first[rows.leg] + rows.offset(), first[rows.leg]
    columns = (column[index] for index in (here, begin) for column in (path.lat_deg, path.lon_deg))
    return largest(rows, distances_m(*columns))


def _leg(path: Path, span: Span, length: Length, guess: Guess, coarse_us: NDArray[np.int64]) -> Leg:
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
    path: Path, legs: tuple[Leg, ...], span: tuple[int, int], activities: _Activities
) -> tuple[Leg, ...]:
    """Add the metres between the centres of the stops and the first and last fix."""
    first, last = span
    found = list(legs)
    ends = (first, activities.by_last.get(first), 0), (last, activities.by_first.get(last), -1)
    for index, stay, leg in ends:
        if stay is None:
            continue
        here = float(path.lat_deg[index]), float(path.lon_deg[index])
        away_m = distance_m(*here, stay.lat_deg, stay.lon_deg)
        if away_m <= SETTLED_M:
            variance = found[leg].distance_sd_m ** 2 + (away_m / 2) ** 2
            metres = found[leg].distance_m + away_m
            found[leg] = replace(found[leg], distance_m=metres, distance_sd_m=math.sqrt(variance))
    return tuple(found)


def _lengths(path: Path, spans: Sequence[Span], edge_mps: NDArray[np.float64]) -> list[Length]:
    """Return the length of each leg: the parts between its gaps, added up."""
    if not spans:
        return []
    gaps = np.flatnonzero(path.gap)
    starts, ends, count = [], [], []
    for span in spans:
        cuts = gaps[slice(*np.searchsorted(gaps, (span.first, span.last)))].tolist()
        starts += [span.first, *(cut + 1 for cut in cuts)]
        ends += [*cuts, span.last]
        count.append(len(cuts) + 1)
    first, last = np.array(starts), np.array(ends)
    rows, parts = rows_of(last - first + 1), rows_of(np.array(count))
    index = first[rows.leg] + rows.offset()
    known_mps = path.speed_mps.take(index)
    columns = (path.time_s, path.lat_deg, path.lon_deg, edge_mps)
    metres, sd_m = path_lengths(rows, *(c.take(index) for c in columns), measured_mps=known_mps)
    whole = sums(parts, metres), np.sqrt(sums(parts, sd_m**2))
    return [Length(*pair) for pair in zip(*(column.tolist() for column in whole), strict=True)]


def _trip(
    path: Path,
    legs: tuple[Leg, ...],
    span: tuple[int, int],
    activities: _Activities,
    sources: tuple[str, ...],
) -> Trip:
    first, last = span
    before, after = activities.by_last.get(first), activities.by_first.get(last)
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
