"""Overlapping sources: one stream of fixes, in which no interval counts twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.fixes import Fixes, FixFlag, no_fixes
from geowallet.track.carried import Lying, follow, several
from geowallet.track.clean import BAD, flag_duplicates
from geowallet.track.interleaved import device_of
from geowallet.track.motion import median
from geowallet.track.shifted import Shifted, shifted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

CUT_GAP_US = 2 * 3_600_000_000
"""Two hours without a fix end a chunk: longer than any tunnel or dead phone within a
trip that could still be measured, shorter than a night or a working morning."""

ACTIVE_US = 120_000_000
"""A source is active between fixes at most two minutes apart; in longer silences
another source may fill in."""

UNKNOWN_ACCURACY_M = 10.0
"""Assumed where a source gives none: twice the 4.9 m (68 %) that GPS.gov reports for
smartphones under open sky."""

CADENCE_COST_M_PER_S = 2.0
"""How many metres of accuracy one second of cadence is worth: what a pedestrian or a
turning car may move unseen."""


@dataclass(frozen=True, slots=True, eq=False)
class SourcedFixes:
    """Fixes of one device from one source file.

    Attributes:
        source: SHA-256 (hex) of the file.
        device: Name of the device within the file, or "".
        fixes: The fixes themselves.
    """

    source: str
    device: str
    fixes: Fixes


@dataclass(frozen=True, slots=True, eq=False)
class Merged:
    """All fixes of all sources in one table.

    Attributes:
        fixes: ``n`` fixes in time order; those of the worse source `SHADOWED`.
        stream: int32 ``(n,)``, index into ``sources``.
        sources: SHA-256 (hex) of the file of each stream.
        devices: Name of the device of each stream, or "".
        several: bool ``(n,)``, whether another source was active at the time.
        breaks_us: Instants at which the timeline goes on with another device in
            another place.
        lying: Devices that lay elsewhere, in time order.
        shifted: Recordings that say another one's way at another hour.
    """

    fixes: Fixes
    stream: NDArray[np.int32]
    sources: tuple[str, ...]
    devices: tuple[str, ...]
    several: NDArray[np.bool_]
    breaks_us: NDArray[np.int64]
    lying: tuple[Lying, ...]
    shifted: tuple[Shifted, ...] = ()


def merge(traces: Sequence[SourcedFixes]) -> Merged:
    """Put all traces in one table and shadow, in each interval, all but the best.

    The result is a function of the set of traces: neither their order nor
    their repetition changes it. The same fix in two files counts once. Where
    sources overlap, the one with the lower cost (median accuracy plus
    cadence) is kept; ties fall to the lower digest, then device name. Where
    they are in different places, the carried one is followed. Where one says the
    way of another at another hour, it is set aside.
    """
    streams = [part for trace in _streams(traces) for part in _unmixed(trace)]
    fixes, stream = _table([trace.fixes for trace in streams])
    clear = fixes.unflagged(BAD)
    copy = _copies(fixes, clear)
    twice = _twice(fixes, stream, clear & ~copy)
    fixes = fixes.with_flag(_spans(fixes, stream, twice), FixFlag.SHIFTED)
    clear = fixes.unflagged(BAD)
    carried = follow(fixes, stream, clear & ~copy, cut_us=CUT_GAP_US)
    fixes = fixes.with_flag(carried.left, FixFlag.ELSEWHERE)
    clear &= ~carried.left
    segments = _segments(fixes, stream, clear & ~copy)
    shadowed, several = _choose(fixes, stream, segments)
    fixes = fixes.with_flag(clear & (shadowed | copy), FixFlag.SHADOWED)
    fixes = flag_duplicates(fixes)
    return Merged(
        fixes=fixes,
        stream=stream,
        sources=tuple(trace.source for trace in streams),
        devices=tuple(trace.device for trace in streams),
        several=several,
        breaks_us=carried.breaks_us,
        lying=carried.lying,
        shifted=twice,
    )


def _streams(traces: Sequence[SourcedFixes]) -> list[SourcedFixes]:
    """Return the traces in a fixed order."""

    def rank(trace: SourcedFixes) -> tuple[str, str, int, bytes]:
        columns = (trace.fixes.time_us, trace.fixes.lat_deg, trace.fixes.lon_deg)
        return trace.source, trace.device, len(trace.fixes), b"".join(c.tobytes() for c in columns)

    found = [trace for trace in traces if len(trace.fixes)]
    return sorted(found, key=rank) if len(found) > 1 else found


def _unmixed(trace: SourcedFixes) -> list[SourcedFixes]:
    """Return the trace, or each of two devices that are mixed in it."""
    which = device_of(trace.fixes)
    if not np.any(which):
        return [trace]
    parts = (trace.fixes.take(which == number) for number in (0, 1))
    return [SourcedFixes(trace.source, trace.device, part) for part in parts]


def _table(tables: list[Fixes]) -> tuple[Fixes, NDArray[np.int32]]:
    """Return one table sorted by time, then position, then stream."""
    if not tables:
        return no_fixes(), np.zeros(0, dtype=np.int32)
    # Most files follow each other in time: laid so, nothing is left to sort.
    turn = sorted(range(len(tables)), key=lambda number: int(tables[number].time_us[0]))
    parts = zip(*(tables[number].columns() for number in turn), strict=True)
    columns = [np.concatenate(part) for part in parts]
    stream = np.repeat(np.array(turn, dtype=np.int32), [len(tables[number]) for number in turn])
    time_us, lat_deg, lon_deg, _, accuracy_m = columns[:5]
    if np.all(time_us[1:] > time_us[:-1]):
        return Fixes(*columns), stream
    known_m = np.where(np.isnan(accuracy_m), np.inf, accuracy_m)
    order = np.lexsort((stream, known_m, lon_deg, lat_deg, time_us))
    return Fixes(*(column[order] for column in columns)), stream[order]


def _copies(fixes: Fixes, clear: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return a mask of clear fixes that repeat the instant and place of one before."""
    index = np.flatnonzero(clear)
    same = np.diff(fixes.time_us[index]) == 0
    same &= np.abs(np.diff(fixes.lat_deg[index])) < 1e-7
    same &= np.abs(np.diff(fixes.lon_deg[index])) < 1e-7
    copy = np.zeros(len(fixes), dtype=np.bool_)
    copy[index[1:]] = same
    return copy


def _twice(fixes: Fixes, stream: NDArray[np.int32], use: NDArray[np.bool_]) -> tuple[Shifted, ...]:
    """Return the recordings that say another one's way at another hour."""

    def cost_m(rows: NDArray[np.intp]) -> float:
        return _cost_m(fixes.time_us[rows], fixes.accuracy_m[rows])

    chunks = several(fixes, stream, use, cut_us=CUT_GAP_US)
    return tuple(one for rows in chunks for one in shifted(fixes, stream, rows, cost_m))


def _spans(fixes: Fixes, stream: NDArray[np.int32], twice: Sequence[Shifted]) -> NDArray[np.bool_]:
    """Return which fixes lie in the spans that are set aside of their stream."""
    mask = np.zeros(len(fixes), dtype=np.bool_)
    for one in twice:
        first, after = np.searchsorted(fixes.time_us, (one.start_us, one.end_us + 1)).tolist()
        mask[first:after] |= stream[first:after] == one.stream
    return mask


@dataclass(frozen=True, slots=True, eq=False)
class _Segments:
    """``k`` stretches of one stream each without silence, by their start.

    Attributes:
        stream: int32 ``(k,)``.
        first: intp ``(k,)``, place of its first fix in ``index``.
        after: intp ``(k,)``, place after its last.
        start_us: int64 ``(k,)``.
        end_us: int64 ``(k,)``.
        index: The fixes, stream after stream.
    """

    stream: NDArray[np.int32]
    first: NDArray[np.intp]
    after: NDArray[np.intp]
    start_us: NDArray[np.int64]
    end_us: NDArray[np.int64]
    index: NDArray[np.intp]

    def alone(self) -> NDArray[np.bool_]:
        """Return which of them no other overlaps."""
        until_us = np.maximum.accumulate(self.end_us)
        alone = np.ones(len(self.stream), dtype=np.bool_)
        alone[1:] &= self.start_us[1:] > until_us[:-1]
        alone[:-1] &= self.end_us[:-1] < self.start_us[1:]
        return alone


def _segments(fixes: Fixes, stream: NDArray[np.int32], use: NDArray[np.bool_]) -> _Segments | None:
    """Return the segments of at least two fixes; None where there is one stream only."""
    index = np.flatnonzero(use)
    if not len(index) or stream[index].min() == stream[index].max():
        return None
    index = index[np.argsort(stream[index], kind="stable")]
    time_us, number = fixes.time_us[index], stream[index]
    breaks = (np.diff(time_us) > ACTIVE_US) | (np.diff(number) != 0)
    first = np.concatenate(([0], np.flatnonzero(breaks) + 1))
    after = np.append(first[1:], len(index))
    several = after - first > 1
    first, after = first[several], after[several]
    order = np.argsort(time_us[first], kind="stable")
    first, after = first[order], after[order]
    return _Segments(number[first], first, after, time_us[first], time_us[after - 1], index)


def _cost_m(time_us: NDArray[np.int64], accuracy_m: NDArray[np.float64]) -> float:
    known_m = np.where(np.isnan(accuracy_m), UNKNOWN_ACCURACY_M, accuracy_m)
    cadence_s = median(np.diff(time_us).astype(np.float64)) / 1e6
    return median(known_m) + CADENCE_COST_M_PER_S * cadence_s


def _choose(
    fixes: Fixes, stream: NDArray[np.int32], segments: _Segments | None
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which fixes a better segment covers, and which two streams see."""
    owner = np.full(len(fixes), -1, dtype=np.int32)
    several = np.zeros(len(fixes), dtype=np.bool_)
    if segments is None:
        return several, several
    low = np.searchsorted(fixes.time_us, segments.start_us, side="left")
    high = np.searchsorted(fixes.time_us, segments.end_us, side="right")
    alone = segments.alone()
    for number in np.flatnonzero(alone).tolist():
        owner[low[number] : high[number]] = segments.stream[number]
    for number in _by_cost(fixes, segments, np.flatnonzero(~alone).tolist()):
        rows, one = slice(low[number], high[number]), segments.stream[number]
        several[rows] |= (owner[rows] >= 0) & (owner[rows] != one)
        owner[rows] = np.where(owner[rows] < 0, one, owner[rows])
    return (owner >= 0) & (owner != stream), several


def _by_cost(fixes: Fixes, segments: _Segments, numbers: Sequence[int]) -> list[int]:
    """Return the numbers of segments, the cheapest first, then the lower stream."""

    def rank(number: int) -> tuple[float, int, int]:
        part = segments.index[segments.first[number] : segments.after[number]]
        cost_m = _cost_m(fixes.time_us[part], fixes.accuracy_m[part])
        return cost_m, int(segments.stream[number]), int(segments.start_us[number])

    return sorted(numbers, key=rank)
