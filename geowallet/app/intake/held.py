"""What a source held, in time order and small pieces; packed if it came in several parts.

A gigabyte of positions becomes about 30 MB, so that a source of any size can be
looked at, or stored in one transaction, in bounded memory.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from geowallet.connectors.api import ReadResult, Trace
from geowallet.model.fixes import Fixes, TimeKind
from geowallet.vault.columns import (
    BLOB_FIXES,
    decode_fixes,
    encode_fixes,
    join_fixes,
    split_fixes,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from geowallet.connectors.api import Problem, SourceLabel
    from geowallet.model.words import Phrase


@dataclass(frozen=True, slots=True)
class _Packed:
    """Neighbouring fixes of one part of a source."""

    first_us: int
    part: int
    place: int
    body: bytes


@dataclass(frozen=True, slots=True)
class HeldTrace:
    """The fixes of one device of a source.

    Attributes:
        device: As `Trace`.
        time_kind: As `Trace`.
        fix_count: Number of fixes.
        packed: They, where the source came in several parts.
    """

    device: str
    time_kind: TimeKind
    fix_count: int
    _whole: Fixes | None
    packed: tuple[_Packed, ...] = ()

    def pieces(self) -> Iterator[Fixes]:
        """Yield the fixes in time order, in tables of `BLOB_FIXES`; the last may be shorter.

        Fixes of the same instant keep the order of the source.
        """
        if self._whole is not None:
            return split_fixes(self._whole)
        return _resized(_merged(self.packed))

    def whole(self) -> Trace:
        """Return all fixes as one table."""
        fixes = self._whole if self._whole is not None else join_fixes(list(self.pieces()))
        return Trace(self.device, fixes, self.time_kind)


@dataclass(frozen=True, slots=True)
class Held:
    """Everything one source held; as `ReadResult`, but its traces come in pieces."""

    traces: tuple[HeldTrace, ...]
    problems: tuple[Problem, ...]
    untimed: int
    note: Phrase | None
    labels: tuple[SourceLabel, ...]
    written_us: int | None = None

    def pieces(self) -> Iterator[Fixes]:
        """Yield the fixes of all traces together, as `HeldTrace.pieces` those of one."""
        if len(self.traces) == 1:
            return self.traces[0].pieces()
        packed = [piece for trace in self.traces for piece in trace.packed]
        if packed:
            return _resized(_merged(packed))
        tables = [trace.whole().fixes for trace in self.traces]
        return split_fixes(_sorted(tables, _owners(tables))[0]) if tables else iter(())

    @property
    def fix_count(self) -> int:
        """Fixes of all traces, repeated ones included."""
        return sum(trace.fix_count for trace in self.traces)

    @property
    def problem_count(self) -> int:
        """Problems, each counted as often as it occurred."""
        return sum(problem.count for problem in self.problems)


def hold(parts: Iterable[ReadResult]) -> Held:
    """Return what all parts of one source hold, packed if there is more than one.

    Raises:
        GeowalletError: What reading the parts raises.
    """
    remaining = iter(parts)
    first = next(remaining, ReadResult(()))
    second = next(remaining, None)
    if second is None:
        traces = tuple(
            HeldTrace(t.device, t.time_kind, len(t.fixes), t.fixes) for t in first.traces
        )
        written_us = first.written_us
        return Held(traces, first.problems, first.untimed, first.note, first.labels, written_us)
    packing = _Packing()
    for part in chain((first, second), remaining):
        packing.add(part)
    return packing.held()


class _Packing:
    """The parts of a source, packed as they come."""

    def __init__(self) -> None:
        self._packed: dict[str, list[_Packed]] = {}
        self._kinds: dict[str, set[TimeKind]] = {}
        self._counts: dict[str, int] = {}
        self._others: list[ReadResult] = []
        self._parts = 0

    def add(self, part: ReadResult) -> None:
        """Pack the fixes of one part."""
        self._parts += 1
        for trace in part.traces:
            packed = self._packed.setdefault(trace.device, [])
            packed += _packed(trace.fixes, self._parts)
            self._kinds.setdefault(trace.device, set()).add(trace.time_kind)
            known = self._counts.get(trace.device, 0)
            self._counts[trace.device] = known + len(trace.fixes)
        self._others.append(replace(part, traces=()))

    def held(self) -> Held:
        """Return everything."""
        return Held(
            tuple(
                HeldTrace(device, _kind(self._kinds[device]), count, None, tuple(packed))
                for (device, packed), count in zip(
                    self._packed.items(), self._counts.values(), strict=True
                )
            ),
            tuple(problem for part in self._others for problem in part.problems),
            sum(part.untimed for part in self._others),
            next((part.note for part in self._others if part.note is not None), None),
            tuple(label for part in self._others for label in part.labels),
        )


def _kind(kinds: set[TimeKind]) -> TimeKind:
    return next((k for k in (TimeKind.NAIVE, TimeKind.OFFSET) if k in kinds), TimeKind.UTC)


def _packed(fixes: Fixes, part: int) -> Iterator[_Packed]:
    for place, piece in enumerate(split_fixes(fixes)):
        # Times are kept to the millisecond, as in the wallet.
        first_us = int(piece.time_us[0]) // 1000 * 1000
        yield _Packed(first_us, part, place, encode_fixes(piece))


def _merged(packed: Sequence[_Packed]) -> Iterator[Fixes]:
    """Yield all fixes by time, then part, then place.

    In memory are only the pieces that overlap in time: one of each part at
    most, if every part is spread over all years.
    """
    waiting = sorted(packed, key=lambda p: (p.first_us, p.part, p.place))
    tables: list[Fixes] = []
    parts: NDArray[np.int32] = np.zeros(0, dtype=np.int32)
    for number, piece in enumerate(waiting, start=1):
        fixes = decode_fixes(piece.body)
        parts = np.concatenate((parts, np.full(len(fixes), piece.part, dtype=np.int32)))
        held, parts = _sorted([*tables, fixes], parts)
        ready = len(held)
        if number < len(waiting):
            ready = int(np.searchsorted(held.time_us, waiting[number].first_us, side="left"))
        if ready:
            yield held.take(slice(0, ready))
        tables = [held.take(slice(ready, None))] if ready < len(held) else []
        parts = parts[ready:]


def _owners(tables: Sequence[Fixes]) -> NDArray[np.int32]:
    """Return the number of the table for each row of all of them."""
    return np.repeat(np.arange(len(tables), dtype=np.int32), [len(table) for table in tables])


def _sorted(tables: list[Fixes], parts: NDArray[np.int32]) -> tuple[Fixes, NDArray[np.int32]]:
    if len(tables) == 1:
        return tables[0], parts
    columns = [np.concatenate(c) for c in zip(*(t.columns() for t in tables), strict=True)]
    order = np.lexsort((parts, columns[0]))
    return Fixes(*(column[order] for column in columns)), parts[order]


def _resized(tables: Iterable[Fixes]) -> Iterator[Fixes]:
    """Yield the same fixes in tables of `BLOB_FIXES`."""
    held: list[Fixes] = []
    count = 0
    for table in tables:
        held.append(table)
        count += len(table)
        if count >= BLOB_FIXES:
            whole = join_fixes(held)
            full = count // BLOB_FIXES * BLOB_FIXES
            yield from split_fixes(whole.take(slice(0, full)))
            held, count = [whole.take(slice(full, None))], count - full
    if count:
        yield join_fixes(held)
