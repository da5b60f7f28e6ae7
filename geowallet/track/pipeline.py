"""From the fixes of all sources to trips and stops.

The timeline is cut at silences of `CUT_GAP_US` and each chunk is analysed alone: the
result is a function of the set of fixes, never of the order in which files came, and a
new file changes nothing outside the chunks it touches.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import FunctionType
from typing import TYPE_CHECKING

import numpy as np

from geowallet.crypto.canonical import digest_of
from geowallet.model.fixes import FixFlag
from geowallet.model.geodesy import distance_m, distances_m
from geowallet.model.memory import keep_memory
from geowallet.model.mobility import Point, Stop, Trip
from geowallet.model.provenance import Algorithm
from geowallet.track import (
    calculated,
    carried,
    clean,
    devices,
    distance,
    drafts,
    gaps,
    grid_speeds,
    interleaved,
    legs,
    motion,
    shifted,
    sources,
    stops,
    trips,
    unwalked,
    walking,
    wandering,
    ways,
)
from geowallet.track.chunks import ALWAYS_US, chunked
from geowallet.track.doubts import with_doubts, with_drift
from geowallet.track.modes import (
    around,
    believed,
    context,
    course,
    decide,
    ends,
    features,
    grid,
    halts,
    labels,
    listener,
    network,
    reasons,
    repeated,
    shape,
    usual,
)
from geowallet.track.modes.habits import joined
from geowallet.track.modes.hints import NO_HINTS
from geowallet.track.modes.shipped import shipped_forest
from geowallet.track.motion import PARKED_M
from geowallet.track.sources import CUT_GAP_US, Merged, SourcedFixes
from geowallet.track.trips import finished, named_groups
from geowallet.track.walking import walking_digest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from numpy.typing import NDArray

    from geowallet.model.fixes import Fixes
    from geowallet.track.modes.forest import Forest
    from geowallet.track.modes.habits import Said
    from geowallet.track.modes.hints import Hints
    from geowallet.track.windows import Window

__all__ = [
    "CUT_GAP_US",
    "Analysis",
    "CountedOnce",
    "SourcedFixes",
    "algorithms",
    "analyse",
    "legs_say",
]

UNUSABLE = FixFlag.POOR_ACCURACY | FixFlag.COARSE | FixFlag.REPEATED
"""Flags of positions of a device that was on and did not know better."""

VERSION = "7"
"""Of all stages; raised whenever a result changes."""


@dataclass(frozen=True, slots=True, eq=False)
class CountedOnce:
    """What several sources saw and only one was counted for.

    Attributes:
        fixes_used: For each source (SHA-256, hex), how many of its fixes were used.
        starts_us: int64 ``(n,)``, ascending: where each straight step of the chosen
            source begins while another was active.
        steps_m: float64 ``(n,)``, how long each is.
    """

    fixes_used: tuple[tuple[str, int], ...]
    starts_us: NDArray[np.int64]
    steps_m: NDArray[np.float64]

    def metres_in(self, spans: Sequence[Window]) -> int:
        """Return the whole metres of the steps that begin in ``spans``, ascending and disjoint."""
        firsts, lasts = np.array(spans, dtype=np.int64).reshape(-1, 2).T
        begun = np.searchsorted(firsts, self.starts_us, side="right")
        ended = np.searchsorted(lasts, self.starts_us, side="left")
        return round(float(np.sum(self.steps_m[begun > ended])))


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Positions of a device that lay elsewhere while another was carried.

    Attributes:
        source: SHA-256 (hex) of the file of the device.
        device: Its name, or "".
        carried: SHA-256 (hex) of the file that was followed instead.
        start_us: First instant set aside, UTC microseconds.
        end_us: Last instant.
        fixes: How many positions were set aside.
    """

    source: str
    device: str
    carried: str
    start_us: int
    end_us: int
    fixes: int


@dataclass(frozen=True, slots=True)
class AnotherHour:
    """A file that tells the way of another one at another hour, and is set aside for it.

    Attributes:
        source: SHA-256 (hex) of the file.
        kept: SHA-256 (hex) of the file that counts.
        later_s: How much later its times are; below zero, earlier.
    """

    source: str
    kept: str
    later_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """What the fixes show.

    Attributes:
        trips: In time order.
        stops: In time order, activity stops and short ones.
        fixes: All fixes of all sources in one table, flagged; none is missing.
        counted_once: Where sources overlapped.
        elsewhere: Devices that lay elsewhere, in time order.
        another_hour: Files that tell the way of another one at another hour.
    """

    trips: tuple[Trip, ...]
    stops: tuple[Stop, ...]
    fixes: Fixes
    counted_once: CountedOnce
    elsewhere: tuple[Elsewhere, ...] = ()
    another_hour: tuple[AnotherHour, ...] = ()


def analyse(
    traces: Sequence[SourcedFixes],
    *,
    latest_us: int | None = None,
    hints: Hints = NO_HINTS,
    within_us: tuple[int, int] = ALWAYS_US,
    together: bool = False,
) -> Analysis:
    """Return trips and stops; a function of the set of fixes and of ``hints``.

    Args:
        traces: Any number, in any order, repeated or not.
        latest_us: The moment of reading, UTC microseconds; later fixes are
            flagged. None leaves the future unchecked.
        hints: What is known of modes beside the fixes. The labels of a source
            count in the chunks in which it has fixes.
        within_us: Instant of the first fix of some chunk, and the one after the last of
            that or a later chunk. Only trips and stops that begin there are sought, and only
            fixes there are counted; what lies around is cleaned, and its ends are known.
        together: Whether habits and repeated ways are read off all trips that are found, so
            that they tell each other's modes. All chunks are held at once then, and each
            depends on all.
    """
    keep_memory()
    cut = chunked(traces, latest_us=latest_us, within_us=within_us)
    merged, used, good = cut.merged, cut.used, cut.good
    all_trips: list[Trip] = []
    all_stops: list[Stop] = []
    coarse_us = cut.fixes.time_us[~cut.fixes.unflagged(UNUSABLE)]
    for chunks, group, named in named_groups(cut.drafted(hints), together=together):
        found = finished(group, named, merged.sources, coarse_us=coarse_us)
        for (_, last), (trips_there, stops_there) in zip(chunks, found, strict=True):
            all_trips += trips_there
            all_stops += stops_there
            all_stops += _parked(used, last)
    fixes = with_drift(cut.fixes, all_stops, used)
    return Analysis(
        trips=with_doubts(all_trips, fixes),
        stops=tuple(all_stops),
        fixes=fixes,
        counted_once=_counted_once(merged, used, good, cut.within),
        elsewhere=_elsewhere(merged),
        another_hour=tuple(
            AnotherHour(merged.sources[one.stream], merged.sources[one.kept], one.later_s)
            for one in merged.shifted
        ),
    )


def legs_say(
    traces: Sequence[SourcedFixes],
    *,
    hints: Hints = NO_HINTS,
    within_us: tuple[int, int] = ALWAYS_US,
) -> Said:
    """Return what the legs of all trips say by themselves, from which habits are read off.

    Args:
        traces: As for `analyse`.
        hints: The same; habits among them are not heeded, or they would teach themselves.
        within_us: As for `analyse`.
    """
    cut = chunked(traces, within_us=within_us)
    hints = replace(hints, habits=None)
    return joined([trips.legs_say(drafts) for _, drafts in cut.drafted(hints)])


def algorithms(forest: Forest | None = None) -> tuple[Algorithm, ...]:
    """Return every stage with its version and the digest of its parameters.

    Args:
        forest: The model of modes, whose digest is one of the parameters; None
            is the one that ships.
    """
    stages: dict[str, tuple[ModuleType, ...]] = {
        "clean": (clean, calculated),
        "sources": (sources, devices, carried, interleaved, shifted),
        "stops": (stops, motion, wandering),
        "legs": (legs, walking, unwalked, grid_speeds),
        "mode": (
            *(around, context, decide, ends, features, grid, halts, labels, reasons, shape),
            *(course, network, listener, repeated, usual, believed),
        ),
        "distance": (distance, ways),
        "trips": (trips, drafts, gaps),
    }
    forest = forest or shipped_forest()
    model = {
        "mode": {"forest": forest.digest},
        "legs": {"forest": walking_digest(), "listened to": forest.digest},
    }
    found = [_algorithm(name, of, model.get(name, {})) for name, of in stages.items()]
    cut = digest_of({"CUT_GAP_US": str(CUT_GAP_US)})
    return (*found, Algorithm("geowallet.track.pipeline", VERSION, cut))


def _algorithm(name: str, modules: tuple[ModuleType, ...], more: dict[str, str]) -> Algorithm:
    parameters = more | {
        f"{module.__name__}.{key}": _written(value)
        for module in modules
        for key, value in vars(module).items()
        if key.isupper() and isinstance(value, int | float | str | dict)
    }
    return Algorithm(f"geowallet.track.{name}", VERSION, digest_of(parameters))


def _written(value: object) -> str:
    """Return a parameter as text that is the same in every process: sets have no order."""
    if isinstance(value, dict):
        return f"{{{', '.join(sorted(f'{_written(k)}: {_written(v)}' for k, v in value.items()))}}}"
    if isinstance(value, set | frozenset):
        return f"{{{', '.join(sorted(map(_written, value)))}}}"
    if isinstance(value, tuple | list):
        return f"({', '.join(map(_written, value))})"
    return value.__qualname__ if isinstance(value, FunctionType) else repr(value)


def _parked(used: Fixes, first: int) -> list[Stop]:
    """Return the stop in the silence before the chunk that begins at ``first``, if it is one."""
    if first == len(used):
        return []
    lat, lon = used.lat_deg[first - 1 : first + 1], used.lon_deg[first - 1 : first + 1]
    if distance_m(float(lat[0]), float(lon[0]), float(lat[1]), float(lon[1])) > PARKED_M:
        return []
    start_us, end_us = (int(when) for when in used.time_us[first - 1 : first + 1])
    return [Stop(start_us, end_us, Point(float(lat[0]), float(lon[0])), 0, is_activity=True)]


def _elsewhere(merged: Merged) -> tuple[Elsewhere, ...]:
    return tuple(
        Elsewhere(
            source=merged.sources[item.stream],
            device=merged.devices[item.stream],
            carried=merged.sources[item.carried],
            start_us=item.start_us,
            end_us=item.end_us,
            fixes=item.fixes,
        )
        for item in merged.lying
    )


def _counted_once(merged: Merged, used: Fixes, good: NDArray[np.intp], rows: slice) -> CountedOnce:
    """Return what was counted once of the fixes in ``rows``, ``good`` being where they stand."""
    several, stream = (column[good[rows]] for column in (merged.several, merged.stream))
    time_us, lat, lon = used.time_us[rows], used.lat_deg[rows], used.lon_deg[rows]
    both = np.flatnonzero(several[1:] & several[:-1])
    both = both[time_us[both + 1] - time_us[both] <= sources.ACTIVE_US]
    steps_m = distances_m(lat[both], lon[both], lat[both + 1], lon[both + 1])
    count = np.bincount(stream, minlength=len(merged.sources))
    totals: dict[str, int] = {}
    for source, fixes_used in zip(merged.sources, count, strict=True):
        totals[source] = totals.get(source, 0) + int(fixes_used)
    return CountedOnce(tuple(sorted(totals.items())), time_us[both], steps_m)
