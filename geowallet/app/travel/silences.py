"""Use case: why nothing was recorded within trips, from the files around each silence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.app.intake.sources import sources
from geowallet.app.travel.trip_fixes import trips_with_fixes
from geowallet.app.travel.trips import own_zone
from geowallet.model.calendar import local_time
from geowallet.model.fixes import Fixes
from geowallet.track.clean import BAD, flag_duplicates, flag_jumps, flag_single
from geowallet.track.pipeline import UNUSABLE
from geowallet.track.silences import Setting, cause_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from geowallet.model.causes import Cause
    from geowallet.model.mobility import Gap, Trip
    from geowallet.model.words import Phrase
    from geowallet.vault.store import Vault

HABIT_MIN = 30
"""Silences that begin within half an hour of the day are about the same hour."""

_DAY_MIN = 1_440
_EDGE_US = 1_000_000
"""By how much a position may be rounded at the end of a file."""


@dataclass(frozen=True, slots=True)
class Silence:
    """A gap of a leg, and why it is there.

    Attributes:
        gap: The gap.
        cause: Why nothing was recorded, as far as it can be told.
        reasons: What says so, for people.
    """

    gap: Gap
    cause: Cause
    reasons: tuple[Phrase, ...]


def silences(vault: Vault, trips: Sequence[Trip]) -> dict[str, tuple[Silence, ...]]:
    """Return the silences within trips, by the id of the trip; without any it is left out.

    Args:
        vault: The open wallet.
        trips: In time order.

    Raises:
        VaultDamagedError: Stored positions do not authenticate.
    """
    silent = [trip for trip in trips if any(leg.gaps for leg in trip.legs)]
    if not silent:
        return {}
    edges, begun = _file_edges(vault), _Hours(vault, _gaps(silent))
    found = {}
    for one in trips_with_fixes(vault, silent):
        fixes = flag_jumps(flag_duplicates(flag_single(_joined(one.every))))
        told = tuple(_told(fixes, gap, edges, begun) for gap in _gaps([one.trip]))
        found[one.trip.id] = tuple(silence for silence in told if silence is not None)
    return {trip_id: told for trip_id, told in found.items() if told}


def _gaps(trips: Iterable[Trip]) -> Iterator[Gap]:
    return (gap for trip in trips for leg in trip.legs for gap in leg.gaps)


def _joined(tables: Sequence[Fixes]) -> Fixes:
    every = [np.concatenate(same) for same in zip(*(t.columns() for t in tables), strict=True)]
    order = np.argsort(every[0], kind="stable")
    return Fixes(*(column[order] for column in every))


def _told(
    fixes: Fixes, gap: Gap, edges: tuple[np.ndarray, np.ndarray], begun: _Hours
) -> Silence | None:
    good = fixes.take(fixes.unflagged(BAD))
    last = int(np.searchsorted(good.time_us, gap.start_us + _EDGE_US))
    first = int(np.searchsorted(good.time_us, gap.end_us - _EDGE_US))
    if not last or first >= len(good) or first < last:
        return None
    inside = (fixes.time_us > gap.start_us) & (fixes.time_us < gap.end_us)
    setting = Setting(
        coarse=int(np.count_nonzero(inside & ~fixes.unflagged(UNUSABLE))),
        file_ends=_is_near(edges[1], gap.start_us),
        file_begins=_is_near(edges[0], gap.end_us),
        from_midnight_s=min(begun.from_midnight_s(us) for us in (gap.start_us, gap.end_us)),
        other_days=begun.other_days(gap.start_us),
    )
    cause, reasons = cause_of(good.take(slice(0, last)), good.take(slice(first, None)), setting)
    return Silence(gap, cause, reasons)


def _file_edges(vault: Vault) -> tuple[np.ndarray, np.ndarray]:
    """Return first and last instants of all traces, each ascending."""
    spans = [
        (trace.blobs[0].first_us, max(blob.last_us for blob in trace.blobs))
        for source in sources(vault)
        for trace in source.traces
        if trace.blobs
    ]
    firsts, lasts = np.array(sorted(spans), dtype=np.int64).reshape(-1, 2).T
    return firsts, np.sort(lasts)


def _is_near(instants_us: np.ndarray, at_us: int) -> bool:
    place = int(np.searchsorted(instants_us, at_us - _EDGE_US))
    return place < len(instants_us) and int(instants_us[place]) <= at_us + _EDGE_US


class _Hours:
    """At which hours of which days silences begin."""

    def __init__(self, vault: Vault, gaps: Iterable[Gap]) -> None:
        self._zone = own_zone(vault)
        begun = (self._day_and_minute(gap.start_us) for gap in gaps)
        self._days: dict[int, set[str]] = {}
        for day, minute in begun:
            self._days.setdefault(minute // HABIT_MIN, set()).add(day)

    def other_days(self, at_us: int) -> int:
        """Return on how many other days a silence begins in this half hour or beside it."""
        day, minute = self._day_and_minute(at_us)
        half = minute // HABIT_MIN
        days = (self._days.get((half + n) % (_DAY_MIN // HABIT_MIN), set()) for n in (-1, 0, 1))
        return len(set().union(*days) - {day})

    def from_midnight_s(self, at_us: int) -> float:
        """Return the seconds to the nearest local midnight."""
        local = local_time(at_us, self._zone)
        since_s = local.hour * 3600 + local.minute * 60 + local.second
        return float(min(since_s, _DAY_MIN * 60 - since_s))

    def _day_and_minute(self, at_us: int) -> tuple[str, int]:
        local = local_time(at_us, self._zone)
        return local.date().isoformat(), local.hour * 60 + local.minute


def causes(told: Iterable[Silence]) -> dict[Cause, float]:
    """Return the metres between the ends of silences, by cause, most first."""
    total: Counter[Cause] = Counter()
    for silence in told:
        total[silence.cause] += round(silence.gap.metres)
    return {cause: float(metres) for cause, metres in total.most_common()}
