"""Analysing a long window in slices, so that years of fixes are never in memory at once.

Every chunk of the timeline is analysed alone, whatever lies around it; only its
neighbours matter, for the night that is parked between them. So a slice is read with
one chunk on each side, and what begins in those is left to their own slice: they are
cleaned, and nothing is sought in them.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from geowallet.app.intake.sources import Source, fixes_between
from geowallet.app.travel.hints import hints_of
from geowallet.track.pipeline import analyse
from geowallet.track.windows import Window, joined_runs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geowallet.model.mobility import Stop, Trip
    from geowallet.track.pipeline import AnotherHour, SourcedFixes
    from geowallet.vault.store import Vault

SLICE_FIXES = 100_000
"""Fixes of one slice, unless one chunk alone holds more; the analysis needs about
1 KB of memory for each."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a stretch of time shows; see `Analysis`.

    Attributes:
        trips: In time order.
        stops: In time order.
        end_us: Nothing that a later slice shows begins before it.
        shared_m: Whole metres of what changed that more than one source saw,
            counted once; rounded in each slice.
        another_hour: Files that tell the way of another one at another hour.
    """

    trips: tuple[Trip, ...]
    stops: tuple[Stop, ...]
    end_us: int
    shared_m: int
    another_hour: tuple[AnotherHour, ...] = ()


@dataclass(frozen=True, slots=True)
class Slice:
    """Some chunks, with one on each side.

    Attributes:
        around: First instant of the one before, and last instant of the one after.
        within_us: First instant of the slice, and of what follows it.
    """

    around: Window
    within_us: Window

    def fixes(self, vault: Vault, known: Sequence[Source]) -> list[SourcedFixes]:
        """Return what is stored of its time.

        Raises:
            VaultDamagedError: A blob does not authenticate.
        """
        return fixes_between(vault, known, self.around)


def slices_of(known: Sequence[Source], window: Window) -> Iterator[Slice]:
    """Yield the slices of ``window``, which is of whole chunks."""
    chunks = _chunks(known, window)
    for first, last in pairwise(_edges(known, chunks)):
        before, after = chunks[max(first - 1, 0) : first], chunks[last : last + 1]
        around = [*before, *chunks[first:last], *after]
        end_us = after[0][0] if after else chunks[-1][1] + 1
        yield Slice((around[0][0], around[-1][1]), (chunks[first][0], end_us))


def analyse_window(
    vault: Vault, known: Sequence[Source], window: Window, *, changed: Sequence[Window] = ()
) -> Iterator[Found]:
    """Yield what each slice of ``window`` shows; together, what the whole window shows.

    Args:
        vault: The open wallet.
        known: As `sources` returns them.
        window: First and last instant, of whole chunks.
        changed: What came or went, ascending and disjoint.

    Raises:
        VaultDamagedError: A blob does not authenticate.
    """
    hints = hints_of(vault, known)
    for part in slices_of(known, window):
        found = analyse(part.fixes(vault, known), hints=hints, within_us=part.within_us)
        shared_m = found.counted_once.metres_in(changed)
        end_us = part.within_us[1]
        yield Found(found.trips, found.stops, end_us, shared_m, found.another_hour)


def _chunks(known: Sequence[Source], window: Window) -> tuple[Window, ...]:
    """Return the stretches of ``window`` between silences that cut the timeline."""
    inside = (
        (first, last)
        for source in known
        for first, last in source.runs()
        if last >= window[0] and first <= window[1]
    )
    return joined_runs(sorted(inside))


def _edges(known: Sequence[Source], chunks: Sequence[Window]) -> list[int]:
    """Return the numbers of the chunks at which slices begin, and the number of chunks."""
    blobs = sorted((b.first_us, b.fixes) for s in known for t in s.traces for b in t.blobs)
    firsts = [first for first, _ in blobs]
    totals = [0, *accumulate(fixes for _, fixes in blobs)]
    edges, done = [0], totals[bisect_right(firsts, chunks[0][0])] if chunks else 0
    for number, (_, last) in enumerate(chunks, start=1):
        total = totals[bisect_right(firsts, last)]
        if total - done >= SLICE_FIXES and number < len(chunks):
            edges.append(number)
            done = total
    return [*edges, len(chunks)] if chunks else []
