"""Use case of a recipient: what devices signed in other exports, beside what an export shows.

An export shows a run of batches, whole. That the run before it ended elsewhere, told of
other files under the same numbers, or that somebody else claims the same files too, only
shows beside the exports that came before.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geowallet.proofs.device_runs import Run

MARK_CHARS = 16
"""Kept of a digest: 64 bits, which nobody hits by chance; a device would have to be asked."""


class Chained(msgspec.Struct, frozen=True):
    """A run as the ledger keeps it.

    Attributes:
        key: Of the device, as a line.
        first: Counter of its first batch.
        marks: The beginning of each batch's digest, from that before the first on.
        used: Counters of the files that figures rest on.
    """

    key: str
    first: int
    marks: tuple[str, ...]
    used: tuple[int, ...] = ()

    @property
    def last(self) -> int:
        """Counter of the last batch."""
        return self.first + len(self.marks) - 2

    def by_counter(self) -> dict[int, str]:
        """Return the marks by counter; that before the first is among them."""
        return {self.first - 1 + n: mark for n, mark in enumerate(self.marks)}


@dataclass(frozen=True, slots=True)
class Doubt:
    """What an export says of a device otherwise than others did.

    Attributes:
        device: Its own name.
        skipped: First and last number of each stretch between this export and others
            that is in none.
        other: Numbers under which another export has something else.
        shared: Numbers of files that figures of another holder rest on too.
    """

    device: str
    skipped: tuple[tuple[int, int], ...] = ()
    other: tuple[int, ...] = ()
    shared: tuple[int, ...] = ()


def chained(runs: Iterable[Run]) -> tuple[Chained, ...]:
    """Return what the ledger keeps of the runs of an export."""
    return tuple(
        Chained(
            run.key,
            run.first,
            tuple(
                digest[:MARK_CHARS]
                for digest in (run.previous, *(batch.digest for batch in run.batches()))
            ),
            tuple(entry.counter for entry in run.entries),
        )
        for run in runs
    )


def doubts(
    now: Sequence[Chained], before: Sequence[Chained], strangers: Sequence[Chained] = ()
) -> tuple[Doubt, ...]:
    """Return what is odd about the runs of an export beside those of others, by device.

    A device of which no other export told is passed over: its chain may begin anywhere.

    Args:
        now: Of the export.
        before: Of all others at the desk.
        strangers: Of those, the ones of other holders.
    """
    found = []
    for key in sorted({one.key for one in now} & {one.key for one in before}):
        new = [one for one in now if one.key == key]
        known = [one for one in before if one.key == key]
        shared = _used(new) & _used([one for one in strangers if one.key == key])
        doubt = Doubt(
            key.partition("+")[0],
            _skipped(new, known),
            _other(new, known),
            tuple(sorted(shared)),
        )
        if doubt.skipped or doubt.other or shared:
            found.append(doubt)
    return tuple(found)


def _used(runs: Iterable[Chained]) -> set[int]:
    return {counter for one in runs for counter in one.used}


def _skipped(new: Sequence[Chained], known: Sequence[Chained]) -> tuple[tuple[int, int], ...]:
    """Return the gaps that touch the new runs and lie between them and others."""
    ours = {(one.first, one.last) for one in new}
    spans = sorted(ours | {(one.first, one.last) for one in known})
    reach, gaps = 0, []
    for (first, last), following in pairwise(spans):
        reach = max(reach, last)
        if following[0] > reach + 1 and {(first, last), following} & ours:
            gaps.append((reach + 1, following[0] - 1))
    inside = {(one.last + 1, two.first - 1) for one, two in pairwise(new)}
    return tuple(gap for gap in gaps if gap not in inside)


def _other(new: Sequence[Chained], known: Sequence[Chained]) -> tuple[int, ...]:
    marks: dict[int, set[str]] = {}
    for one in known:
        for counter, mark in one.by_counter().items():
            marks.setdefault(counter, set()).add(mark)
    return tuple(
        sorted(
            counter
            for one in new
            for counter, mark in one.by_counter().items()
            if marks.get(counter, {mark}) != {mark}
        )
    )
