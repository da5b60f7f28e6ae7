"""Recordings of one way that stand at two hours: a clock or a time zone is wrong.

A watch and a phone on one ride are in one place at one time. Where one of them says the
same way moment by moment, a whole number of quarter hours earlier or later, it is the same
ride at another hour: nobody halts twice at the same lights for the same seconds. The hour
cannot be told from the ways alone. What is kept is the recording that fewer others
contradict, then the one with the better fixes; the other's fixes are set aside.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.geodesy import distances_m
from geowallet.track.between import Between
from geowallet.track.devices import MOST_COMPARED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from geowallet.model.fixes import Fixes

QUARTER_S = 900.0
"""Time zones differ by whole quarters of an hour (the IANA time zone database)."""

FARTHEST_QUARTERS = 104
"""26 hours, from UTC-12 to UTC+14."""

SLACK_S = 60.0
"""Beside that, the clock of a watch may be off by so much."""

FEWEST_MOMENTS = 10
LEAST_MOVING_S = 300.0
"""In less of it two rides may be alike by chance."""

MOST_MOMENTS = 200
"""So many are compared, however long the way."""

MOVED_M = 50.0
"""Less in a minute is standing, which says nothing of the hour, or a receiver's noise."""

NEAR_M = 50.0
ALIKE_S = 2.0
"""A moment agrees within so many metres and so many seconds of travel."""

ALIKE_SHARE = 0.9
COVERED_SHARE = 0.5
"""Of the moments, so many agree, and of so many the other recording speaks."""

SILENT_S = 150.0
"""Between two fixes farther apart in time the other says nothing."""

ROUGHLY_M = 300.0
"""Before the clock's rest is known, moments agree within so much more."""

LEAST_DEGREE_M = 111_000.0
"""No way is shorter than so much for a degree of latitude."""

ROUNDS_S = (30, 1_200, 5)
"""Whoever is where they were so long before goes in rounds, which say nothing of the hour."""


@dataclass(frozen=True, slots=True)
class Shifted:
    """A recording set aside, since another one says the same way at another hour.

    Attributes:
        stream: Index of the stream set aside.
        kept: Index of the stream that counts.
        later_s: How much later its times are than those of the other; below zero, earlier.
        start_us: First instant set aside.
        end_us: Last instant set aside.
    """

    stream: int
    kept: int
    later_s: float
    start_us: int
    end_us: int


@dataclass(frozen=True, slots=True, eq=False)
class _Way:
    """The fixes of one stream in a chunk, and the moments at which it moves."""

    stream: int
    rows: NDArray[np.intp]
    time_s: NDArray[np.float64]
    lat_deg: NDArray[np.float64]
    lon_deg: NDArray[np.float64]
    moments: NDArray[np.intp]
    mps: NDArray[np.float64]

    def at(
        self, time_s: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
        """Return where it was at each of some instants, and whether it says so."""
        between = Between(self.time_s, time_s)
        places = between.of(self.lat_deg), between.of(self.lon_deg)
        return *places, self.says(time_s)

    def says(self, time_s: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return at which instants it says where it was."""
        after = np.searchsorted(self.time_s, time_s)
        np.minimum(np.maximum(after, 1, out=after), len(self.time_s) - 1, out=after)
        silent_s = self.time_s.take(after) - self.time_s.take(after - 1)
        inside = (time_s >= self.time_s[0]) & (time_s <= self.time_s[-1])
        known: NDArray[np.bool_] = inside & (silent_s <= SILENT_S)
        return known


def shifted(
    fixes: Fixes,
    stream: NDArray[np.int32],
    rows: NDArray[np.intp],
    cost_m: Callable[[NDArray[np.intp]], float],
) -> tuple[Shifted, ...]:
    """Return which streams of a chunk repeat another one's way at another hour.

    Args:
        fixes: All fixes in time order.
        stream: The stream of each.
        rows: Those of the chunk that count, of two streams at least.
        cost_m: What the fixes at some rows are worth; less is better.
    """
    ways = _ways(fixes, stream, rows)
    found = {}
    for one, other in permutations(ways, 2):
        later_s = _later_s(one, other)
        if later_s is not None:
            found[one.stream, other.stream] = later_s
            found[other.stream, one.stream] = -later_s
    if not found:
        return ()
    by_stream = {way.stream: way for way in ways}
    told = []
    while found:
        wrong = _worst([by_stream[n] for n in {pair[0] for pair in found}], found, cost_m)
        beside = [pair for pair in sorted(found) if pair[0] == wrong.stream]
        told += [_told(wrong, by_stream[pair[1]], found[pair]) for pair in beside]
        found = {pair: later_s for pair, later_s in found.items() if wrong.stream not in pair}
    return tuple(sorted(told, key=lambda one: (one.start_us, one.stream, one.kept)))


def _worst(
    ways: Sequence[_Way],
    found: Iterable[tuple[int, int]],
    cost_m: Callable[[NDArray[np.intp]], float],
) -> _Way:
    """Return the stream that most others contradict, then the dearer, then the later one."""
    against = [pair[0] for pair in found]

    def rank(way: _Way) -> tuple[int, float, int]:
        return against.count(way.stream), cost_m(way.rows), way.stream

    return max(ways, key=rank)


def _told(wrong: _Way, kept: _Way, later_s: float) -> Shifted:
    """Return what is set aside of a stream: the time in which the other one speaks."""
    first_s = max(wrong.time_s[0], kept.time_s[0] + later_s)
    last_s = min(wrong.time_s[-1], kept.time_s[-1] + later_s)
    span = round(float(first_s) * 1e6), round(float(last_s) * 1e6)
    return Shifted(wrong.stream, kept.stream, later_s, *span)


def _ways(fixes: Fixes, stream: NDArray[np.int32], rows: NDArray[np.intp]) -> list[_Way]:
    """Return the streams that move for long enough, those with most fixes first."""
    order = rows[np.argsort(stream[rows], kind="stable")]
    if not len(order):
        return []
    parts = np.split(order, np.flatnonzero(np.diff(stream[order])) + 1)
    longest = sorted(parts, key=lambda part: (-len(part), stream[part[0]]))[:MOST_COMPARED]
    ways = (_way(fixes, int(stream[part[0]]), part) for part in longest)
    return [way for way in ways if way is not None]


def _way(fixes: Fixes, number: int, rows: NDArray[np.intp]) -> _Way | None:
    if len(rows) < FEWEST_MOMENTS:
        return None
    time_s, lat = fixes.time_us[rows] / 1e6, fixes.lat_deg[rows]
    lon = fixes.lon_deg[rows]
    if np.any(np.abs(np.diff(lon)) > 180.0):
        lon = np.unwrap(lon, period=360.0)
    way = _Way(number, rows, time_s, lat, lon, np.zeros(0, dtype=np.intp), np.zeros(0))
    *before, seen = way.at(time_s - 30.0)
    *after, still = way.at(time_s + 30.0)
    minute_m = np.where(seen & still, distances_m(*before, *after), 0.0)
    moving = np.flatnonzero(minute_m > MOVED_M)
    lasts_s = np.minimum(np.diff(time_s, append=time_s[-1]), SILENT_S)
    if len(moving) < FEWEST_MOMENTS or float(np.sum(lasts_s[moving])) < LEAST_MOVING_S:
        return None
    moments = moving[np.linspace(0, len(moving) - 1, MOST_MOMENTS).astype(np.int64)]
    moments = np.unique(moments)
    return replace(way, moments=moments, mps=minute_m[moments] / 60.0)


def _later_s(one: _Way, other: _Way) -> float | None:
    """Return by how much ``one`` says the way of ``other`` later; None if it does not."""
    first_s = one.time_s[one.moments[0]] - other.time_s[-1]
    last_s = one.time_s[one.moments[-1]] - other.time_s[0]
    quarters = np.arange(np.ceil(first_s / QUARTER_S), np.floor(last_s / QUARTER_S) + 1)
    quarters = quarters[(quarters != 0) & (np.abs(quarters) <= FARTHEST_QUARTERS)]
    if not len(quarters) or _rest_s(one, other, 0.0) is not None:
        return None
    quarters = quarters[_roughly(one, other, quarters * QUARTER_S)]
    for quarter in sorted(quarters.tolist(), key=abs):
        off_s = _rest_s(one, other, quarter * QUARTER_S)
        if off_s is not None and _agrees(one, other, quarter * QUARTER_S + off_s):
            later_s = float(quarter * QUARTER_S + off_s)
            return None if any(_agrees(one, one, lag) for lag in range(*ROUNDS_S)) else later_s
    return None


def _roughly(one: _Way, other: _Way, later_s: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which shifts are worth a closer look: the first round of `_rest_s`, all at once."""
    count = len(later_s), len(one.moments)
    when_s = (one.time_s[one.moments] - later_s[:, None]).ravel()
    # Most shifts lead beyond the other's time, and most moments elsewhere.
    some = np.flatnonzero((when_s >= other.time_s[0]) & (when_s <= other.time_s[-1]))
    some = some[other.says(when_s[some])]
    known = np.bincount(some // count[1], minlength=count[0])
    some = some[(known >= FEWEST_MOMENTS)[some // count[1]]]
    shift, moment = np.divmod(some, count[1])
    place, slack_m = one.moments[moment], (ROUGHLY_M + SLACK_S * one.mps)[moment]
    between = Between(other.time_s, when_s[some])
    lat, here = between.of(other.lat_deg), one.lat_deg[place]
    maybe = np.flatnonzero(np.abs(here - lat) * LEAST_DEGREE_M <= slack_m)
    lon = between.of(other.lon_deg)[maybe]
    away_m = distances_m(lat[maybe], lon, here[maybe], one.lon_deg[place[maybe]])
    near = np.bincount(shift[maybe][away_m <= slack_m[maybe]], minlength=count[0])
    worth: NDArray[np.bool_] = near >= np.maximum(ALIKE_SHARE * known, FEWEST_MOMENTS)
    return worth


def _rest_s(one: _Way, other: _Way, later_s: float) -> float | None:
    """Return what the clocks differ by beside a shift, if the way is roughly the same."""
    rest_s, slack_m = 0.0, ROUGHLY_M + SLACK_S * one.mps
    for _ in range(3):
        when_s = one.time_s[one.moments] - later_s - rest_s
        if np.count_nonzero(other.says(when_s)) < FEWEST_MOMENTS:
            return None
        lat, lon, known = other.at(when_s)
        here = one.lat_deg[one.moments], one.lon_deg[one.moments]
        roughly = known & (distances_m(lat, lon, *here) <= slack_m)
        if np.count_nonzero(roughly) < max(FEWEST_MOMENTS, ALIKE_SHARE * np.count_nonzero(known)):
            return None
        ahead = other.at(when_s + 1.0)
        east = np.cos(np.radians(lat))
        moved = (ahead[0] - lat) + 1j * (ahead[1] - lon) * east
        off = (here[0] - lat) + 1j * (((here[1] - lon) + 180.0) % 360.0 - 180.0) * east
        weight = float(np.sum(np.abs(moved[roughly]) ** 2))
        if not weight:
            return None
        # Who is ahead of the other's place was there earlier.
        rest_s -= float(np.sum((off * np.conj(moved)).real[roughly])) / weight
        if abs(rest_s) > SLACK_S:
            return None
    return rest_s


def _agrees(one: _Way, other: _Way, later_s: float) -> bool:
    """Say whether nearly all moments agree where both speak, and half of them are spoken of."""
    lat, lon, known = other.at(one.time_s[one.moments] - later_s)
    away_m = distances_m(lat, lon, one.lat_deg[one.moments], one.lon_deg[one.moments])
    alike = known & (away_m <= NEAR_M + ALIKE_S * one.mps)
    spoken = int(np.count_nonzero(known))
    enough = max(FEWEST_MOMENTS, COVERED_SHARE * len(known))
    return spoken >= enough and int(np.count_nonzero(alike)) >= ALIKE_SHARE * spoken
