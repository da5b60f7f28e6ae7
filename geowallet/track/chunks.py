"""The timeline of all sources, cut at silences into chunks, and chunks into walks and rides."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from geowallet.track.clean import BAD, flag_doubtful, flag_single
from geowallet.track.drafts import draft_of
from geowallet.track.motion import path_of
from geowallet.track.sources import CUT_GAP_US, Merged, SourcedFixes, merge

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from geowallet.model.fixes import Fixes
    from geowallet.track.drafts import Draft
    from geowallet.track.modes.hints import Hints

FIXES_TOGETHER = 200_000
"""Chunks up to this many fixes are finished together; a longer one alone."""

ALWAYS_US = (-(2**63), 2**63 - 1)
"""All instants."""


@dataclass(frozen=True, slots=True, eq=False)
class Chunked:
    """All fixes, and where they are cut.

    Attributes:
        merged: What the sources say together.
        fixes: All fixes of all sources in one table, flagged.
        good: Where those stand that can be used.
        used: These.
        within: Those of ``used`` that are asked for.
        chunks: The first of ``used`` and the one after the last of each chunk that is asked for.
    """

    merged: Merged
    fixes: Fixes
    good: NDArray[np.intp]
    used: Fixes
    within: slice
    chunks: Sequence[tuple[int, int]]

    def drafted(self, hints: Hints) -> Iterator[tuple[list[tuple[int, int]], list[Draft]]]:
        """Yield chunks in groups of some fixes, with their drafts, so that memory stays bounded.

        Args:
            hints: What is known beside the fixes. The labels of a source count in the
                chunks in which it has fixes.
        """
        for some in _together(self.chunks):
            yield some, [self._draft(first, last, hints) for first, last in some]

    def _draft(self, first: int, last: int, hints: Hints) -> Draft:
        rows = slice(first, last)
        around = slice(int(self.good[first]), int(self.good[last - 1]) + 1)
        stream = self.merged.stream
        heard = {self.merged.sources[number] for number in _numbers(stream[around])}
        return draft_of(path_of(self.used, rows), stream[self.good[rows]], hints.of(heard))


def chunked(
    traces: Sequence[SourcedFixes],
    *,
    latest_us: int | None = None,
    within_us: tuple[int, int] = ALWAYS_US,
) -> Chunked:
    """Return the fixes of all traces, cut; arguments as for `geowallet.track.pipeline.analyse`."""
    checked = [
        SourcedFixes(trace.source, trace.device, flag_single(trace.fixes, latest_us=latest_us))
        for trace in traces
    ]
    merged = merge(checked)
    fixes = flag_doubtful(merged.fixes)
    good = np.flatnonzero(fixes.unflagged(BAD))
    used = fixes.take(good)
    begin, after = np.searchsorted(used.time_us, within_us).tolist()
    chunks = [cut for cut in _chunks(used, merged.breaks_us) if begin <= cut[0] < after]
    return Chunked(merged, fixes, good, used, slice(begin, after), chunks)


def _chunks(used: Fixes, breaks_us: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Return ``(first, after last)`` of each chunk of good fixes."""
    if not len(used):
        return []
    cuts = np.flatnonzero(np.diff(used.time_us) >= CUT_GAP_US) + 1
    changes = np.searchsorted(used.time_us, breaks_us)
    changes = changes[(changes > 0) & (changes < len(used))]
    return list(pairwise([0, *sorted({*cuts.tolist(), *changes.tolist()}), len(used)]))


def _together(chunks: Sequence[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Yield chunks in groups of some fixes."""
    some: list[tuple[int, int]] = []
    for first, last in chunks:
        if some and last - some[0][0] > FIXES_TOGETHER:
            yield some
            some = []
        some.append((first, last))
    if some:
        yield some


def _numbers(stream: NDArray[np.int32]) -> list[int]:
    """Return which streams there are."""
    found: list[int] = np.flatnonzero(np.bincount(stream)).tolist()
    return found
