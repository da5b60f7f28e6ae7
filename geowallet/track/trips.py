"""Trips: movement between two activity stops, as one or more legs."""

from __future__ import annotations

import hashlib
import math
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.geodesy import distance_m
from geowallet.model.mobility import Leg, Mode, Point, Stop, Trip
from geowallet.track.distance import Length, path_lengths
from geowallet.track.gaps import gaps_of
from geowallet.track.legs import Span, straight_on
from geowallet.track.modes.classify import SpanModes
from geowallet.track.modes.ragged import rows_of, sums
from geowallet.track.stops import SETTLED_M
from geowallet.track.unwalked import is_change

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from geowallet.track.drafts import Draft
    from geowallet.track.modes.classify import Weighed
    from geowallet.track.modes.decide import Guess
    from geowallet.track.modes.habits import Said
    from geowallet.track.motion import Path
    from geowallet.track.stops import Stay

    _Chunks = Sequence[tuple[int, int]]

NOTHING = np.zeros(0, dtype=np.int64)

Named = list[list[tuple["Span", "Guess"]]]
"""The legs of each trip of a chunk, with their modes."""

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U."""


def trip_id(start_us: int, end_us: int) -> str:
    """Return the stable name of a trip: ``t`` and 12 characters (60 bits)."""
    digest = hashlib.blake2b(f"{start_us},{end_us}".encode(), digest_size=8).digest()
    number = int.from_bytes(digest, "big") >> 4
    return "t" + "".join(CROCKFORD[number >> shift & 31] for shift in range(55, -1, -5))


def finished(
    drafts: Sequence[Draft],
    named: Sequence[Named],
    sources: Sequence[str],
    *,
    coarse_us: NDArray[np.int64] = NOTHING,
) -> list[tuple[tuple[Trip, ...], tuple[Stop, ...]]]:
    """Return the trips and stops of each chunk, both in time order.

    That they are finished together only saves time.

    Args:
        drafts: The chunks.
        named: What `named_legs` returns for each of them.
        sources: SHA-256 (hex) of the file of each stream.
        coarse_us: Instants of fixes that were too coarse to use, ascending.
    """
    spans = [[span for parts in trips for span, _ in parts] for trips in named]
    lengths = iter(_lengths(drafts, spans))
    found = []
    for draft, trips in zip(drafts, named, strict=True):
        path = draft.path
        activities = _Activities([stay for stay in draft.stays if stay.is_activity])
        whole = []
        for (first, last), parts in zip(draft.episodes, trips, strict=True):
            measured = [next(lengths) for _ in parts]
            _from_door_to_door(path, measured, (first, last), activities)
            legs = tuple(
                _leg(path, span, length, guess, coarse_us)
                for (span, guess), length in zip(parts, measured, strict=True)
            )
            used = _used(draft.stream[first : last + 1], sources)
            whole.append(_trip(path, legs, (first, last), activities, used))
        found.append((tuple(whole), tuple(_stop(path, stay) for stay in draft.stays)))
    return found


class _Activities:
    """The stays that part trips, by the fixes at their ends."""

    __slots__ = ("by_first", "by_last")

    def __init__(self, stays: Sequence[Stay]) -> None:
        self.by_first = {stay.first: stay for stay in stays}
        self.by_last = {stay.last: stay for stay in stays}


def _used(stream: NDArray[np.int32], sources: Sequence[str]) -> tuple[str, ...]:
    """Return the files of the streams, sorted."""
    numbers = np.flatnonzero(np.bincount(stream)).tolist()
    return tuple(sorted({sources[number] for number in numbers}))


def named_groups(
    groups: Iterable[tuple[_Chunks, Sequence[Draft]]], *, together: bool
) -> Iterator[tuple[_Chunks, Sequence[Draft], list[Named]]]:
    """Yield groups of chunks with the legs of each.

    Args:
        groups: Where chunks begin and end, and their drafts.
        together: As for `named_legs`; then all groups are held at once.
    """
    if not together:
        yield from ((chunks, drafts, named_legs(drafts)) for chunks, drafts in groups)
        return
    every = list(groups)
    named = iter(named_legs([draft for _, some in every for draft in some], together=True))
    for chunks, drafts in every:
        yield chunks, drafts, [next(named) for _ in drafts]


def named_legs(drafts: Sequence[Draft], *, together: bool = False) -> list[Named]:
    """Return, for each chunk, the legs of each trip with their modes.

    Neighbours of one mode are one leg.

    Args:
        drafts: The chunks, of one owner.
        together: Whether legs of one chunk tell those of others; else the result is a
            function of each chunk alone.
    """
    cuts, weighed = _settled(drafts, together=together)
    guesses = iter(weighed.guesses())
    return [[[(span, next(guesses)) for span in spans] for spans in cut] for cut in cuts]


def legs_say(drafts: Sequence[Draft]) -> Said:
    """Return what the legs of some chunks say by themselves, from which habits are read off."""
    return _settled(drafts, together=False)[1].said()


def _settled(drafts: Sequence[Draft], *, together: bool) -> tuple[list[list[list[Span]]], Weighed]:
    """Return the legs of each trip of each chunk, and what they are taken for."""
    # All legs at once: those of a chunk see each other, and one call costs less than many.
    modes = SpanModes(
        [(draft.path, draft.hints) for draft in drafts],
        listeners=[draft.listener for draft in drafts],
    )
    cuts = [[list(spans) for spans in draft.cut] for draft in drafts]
    while True:
        spans = [[span for spans in cut for span in spans] for cut in cuts]
        weighed = modes.weighed(spans, estimate=together)
        said = iter(zip(weighed.modes, weighed.probabilities, strict=True))
        joined = [
            [_joined(draft.path, [(span, *next(said)) for span in spans]) for spans in cut]
            for draft, cut in zip(drafts, cuts, strict=True)
        ]
        if joined == cuts:
            return cuts, weighed
        cuts = joined


def _joined(path: Path, parts: Sequence[tuple[Span, Mode, float]]) -> list[Span]:
    """Return neighbours of one mode as one leg, and a ride with what is no walk in it.

    Args:
        path: The fixes of the chunk.
        parts: The legs of a trip, what they are taken for and how probable its family is.
    """
    heard = _heard(parts)
    if len(heard) < len(parts):
        return heard
    spans: list[Span] = []
    modes: list[Mode] = []
    for span, mode, _ in parts:
        if _jammed(path, [*spans[-2:], span], [*modes[-2:], mode]):
            spans[-2:] = [replace(spans[-2], last=span.last)]
            modes.pop()
        elif modes and mode is modes[-1] and mode is not Mode.UNKNOWN:
            spans[-1] = replace(spans[-1], last=span.last)
        else:
            spans.append(span)
            modes.append(mode)
    return spans


def _heard(parts: Sequence[tuple[Span, Mode, float]]) -> list[Span]:
    """Return the legs of a trip, two as one where no other vehicle was heard after all."""
    spans = [parts[0][0]]
    for before, (span, mode, probability) in pairwise(parts):
        if span.unwalked and not is_change(before[1:], (mode, probability)):
            spans[-1] = replace(spans[-1], last=span.last)
        else:
            spans.append(span)
    return spans


def _jammed(path: Path, spans: Sequence[Span], modes: Sequence[Mode]) -> bool:
    """Say whether the second of three legs is a jam within a ride, not a walk between two."""
    if len(spans) < 3 or modes[0] is not modes[2] or modes[0] is Mode.UNKNOWN:
        return False
    if [span.on_foot for span in spans] != [False, True, False]:
        return False
    return straight_on(path, *spans)


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
    path: Path, lengths: list[Length], span: tuple[int, int], activities: _Activities
) -> None:
    """Add the metres between the centres of the stops and the first and last fix."""
    first, last = span
    ends = (first, activities.by_last.get(first), 0), (last, activities.by_first.get(last), -1)
    for index, stay, leg in ends:
        if stay is None:
            continue
        here = float(path.lat_deg[index]), float(path.lon_deg[index])
        away_m = distance_m(*here, stay.lat_deg, stay.lon_deg)
        if away_m <= SETTLED_M:
            variance = lengths[leg].sd_m ** 2 + (away_m / 2) ** 2
            lengths[leg] = Length(lengths[leg].metres + away_m, math.sqrt(variance))


def _lengths(drafts: Sequence[Draft], spans: Sequence[Sequence[Span]]) -> list[Length]:
    """Return the length of each leg of each chunk: the parts between its gaps, added up."""
    columns: list[tuple[NDArray[np.float64], ...]] = []
    fixes, parts = [], []
    for draft, some in zip(drafts, spans, strict=True):
        path, index = draft.path, []
        gaps = np.flatnonzero(path.gap)
        for span in some:
            cuts = gaps[slice(*np.searchsorted(gaps, (span.first, span.last)))].tolist()
            ends = zip([span.first, *(cut + 1 for cut in cuts)], [*cuts, span.last], strict=True)
            index += [np.arange(first, last + 1) for first, last in ends]
            parts.append(len(cuts) + 1)
        fixes += [len(part) for part in index]
        if index:
            at = np.concatenate(index)
            own = path.time_s, path.lat_deg, path.lon_deg, draft.edge_mps, path.speed_mps
            columns.append(tuple(column.take(at) for column in own))
    if not columns:
        return []
    *rest, known_mps = (np.concatenate(column) for column in zip(*columns, strict=True))
    metres, sd_m = path_lengths(rows_of(np.array(fixes)), *rest, measured_mps=known_mps)
    legs = rows_of(np.array(parts))
    whole = sums(legs, metres), np.sqrt(sums(legs, sd_m**2))
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
