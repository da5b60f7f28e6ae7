"""Which earlier trips are worth comparing with a trip, without comparing all.

Each trip is cut into windows, and what is left of a window without its mean position is
written as a few slow waves: eight numbers that jitter hardly moves and another day's
lights move far. Windows of like waves fall into one cell, wherever and whenever they were.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from geowallet.track.marks import marks_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

SHORTEST = 48
"""Steps of the shortest window; each next size is longer by half."""

PART = 0.7
"""Longest window as a part of the way: more than copies have in common would find none."""

WAVES = 6
"""Of each axis. Copies differ in fast waves, other days in slow ones."""

CELL_WAVES = 4
"""Of which the slowest make the cell."""

STRIDE = 8
"""Steps between the windows that are looked up; all are stored."""

CELL_S = 8.0
"""Side of a cell in seconds of travel: four times what copies may differ by."""

WIDEST_M = 160.0
"""And at most so wide, likewise."""

SLOWEST_MPS = 0.5
"""Windows that move less say nothing."""

PACE_STEPS = 12
"""Steps over which a pace is measured: a minute, so that jitter does not matter."""

EDGE = 0.1
"""So near to the next size of cells, in powers of two, both are looked up."""

LIKE_S = 2.2
"""What is left between two windows that are alike, root of the mean square, in seconds of
travel; what a copy may be off by, and the part of a step that it may begin later."""

LIKE_M = 42.0
"""And at most so much, likewise."""

REACH = 36
"""Steps by which two ways may differ in length and be compared."""

MOST = 96
"""Trips that are compared with one at most: those with the windows most alike."""


@dataclass(frozen=True, slots=True, eq=False)
class _Windows:
    """Windows of one way or of many.

    Attributes:
        marks: uint64 ``(n,)``, the cell of each.
        waves: float32 ``(n, 2 * WAVES)``, metres.
        paces: float32 ``(n,)``, metres a second.
        owners: int32 ``(n,)``, number of the way.
        offsets: float32 ``(n,)``, steps from the begin of the way.
    """

    marks: NDArray[np.uint64]
    waves: NDArray[np.float32]
    paces: NDArray[np.float32]
    owners: NDArray[np.int32]
    offsets: NDArray[np.float32]

    def at(self, rows: NDArray[np.intp]) -> _Windows:
        return _Windows(*(getattr(self, field.name)[rows] for field in fields(self)))


class Lookalikes:
    """The windows of trips by cell."""

    def __init__(self, ways: Iterable[NDArray[np.complex128]], step_s: float) -> None:
        """Take in ways, whose numbers are their places.

        Args:
            ways: Positions at equal steps of time, metres east and north of any point.
            step_s: Between two of them.
        """
        self._step_s = step_s
        every = _joined([part for n, way in enumerate(ways) for part in _stored(way, n, step_s)])
        self._stored = every.at(np.argsort(every.marks, kind="stable"))

    def of(self, way: NDArray[np.complex128], before: int) -> list[tuple[int, int]]:
        """Return ways like this one, most alike first.

        Args:
            way: Any.
            before: Only ways of a smaller number.

        Returns:
            Their numbers, and at which step of them this one begins.
        """
        asked = _asked(way, self._step_s)
        firsts = np.searchsorted(self._stored.marks, asked.marks)
        counts = np.searchsorted(self._stored.marks, asked.marks, side="right") - firsts
        if not counts.any():
            return []
        mine = np.repeat(np.arange(len(counts)), counts)
        rows = np.arange(len(mine)) - np.repeat(np.cumsum(counts) - counts, counts) + firsts[mine]
        earlier = self._stored.owners[rows] < before
        mine, rows = mine[earlier], rows[earlier]
        apart_m = np.linalg.norm(asked.waves[mine] - self._stored.waves[rows], axis=1)
        alike = apart_m <= np.minimum(LIKE_S * asked.paces[mine], LIKE_M)
        mine, rows, apart_m = mine[alike], rows[alike], apart_m[alike]
        order = np.argsort(apart_m, kind="stable")
        _, firsts = np.unique(self._stored.owners[rows[order]], return_index=True)
        best = order[np.sort(firsts)[:MOST]]
        lags = np.rint(self._stored.offsets[rows[best]] - asked.offsets[mine[best]])
        owners = self._stored.owners[rows[best]]
        return [(int(owner), int(lag)) for owner, lag in zip(owners, lags, strict=True)]


def _stored(way: NDArray[np.complex128], number: int, step_s: float) -> Iterator[_Windows]:
    """Yield all windows of the sizes in which the way may be looked for."""
    for size in sorted({_size(len(way) + more) for more in (-REACH, 0, REACH)}):
        if size <= len(way):
            waves = _waves(way, size)
            at = np.arange(len(waves), dtype=np.float64)
            yield _marked(waves, _paces(way, size, step_s), size, number, at)


def _asked(way: NDArray[np.complex128], step_s: float) -> _Windows:
    """Return some windows, at whole and half steps, in both sizes of cells near an edge."""
    size = _size(len(way))
    if size > len(way):
        return _joined([])
    waves, paces = _waves(way, size), _paces(way, size, step_s)
    stride = STRIDE if len(way) >= 2 * SHORTEST else 1
    offsets = np.arange(len(waves), dtype=np.float64)
    every = np.concatenate((waves[::stride], ((waves[:-1] + waves[1:]) / 2)[::stride]))
    at = np.concatenate((offsets[::stride], offsets[:-1][::stride] + 0.5))
    pace = np.concatenate((paces[::stride], paces[:-1][::stride]))
    both = [_marked(every, pace * 2.0**aside, size, 0, at) for aside in (-EDGE, EDGE)]
    if len(both[0].marks) == len(both[1].marks):
        other = both[0].marks != both[1].marks
        both[1] = both[1].at(np.flatnonzero(other))
    return _joined(both)


def _joined(parts: Sequence[_Windows]) -> _Windows:
    empty = _marked(np.zeros((0, 2 * WAVES)), np.zeros(0), SHORTEST, 0, np.zeros(0))
    columns = (
        [getattr(part, field.name) for part in (empty, *parts)] for field in fields(_Windows)
    )
    return _Windows(*(np.concatenate(column) for column in columns))


def _size(steps: int) -> int:
    """Return the longest window for a way of so many steps."""
    size = SHORTEST
    while size * 3 // 2 <= PART * steps:
        size = size * 3 // 2
    return size


def _waves(way: NDArray[np.complex128], size: int) -> NDArray[np.float64]:
    """Return the slow waves of each window, ``(n - size + 1, 2 * WAVES)``, metres."""
    at = (np.arange(size) + 0.5) * np.pi / size
    basis = np.sqrt(2.0) / size * np.cos(np.outer(at, np.arange(1, WAVES + 1)))
    view = np.lib.stride_tricks.sliding_window_view
    # East and north of a wave side by side: the first ones make the cell.
    parts = [
        np.ascontiguousarray(view(axis - axis[0], size)) @ basis for axis in (way.real, way.imag)
    ]
    return np.stack(parts, axis=2).reshape(len(parts[0]), 2 * WAVES)


def _paces(way: NDArray[np.complex128], size: int, step_s: float) -> NDArray[np.float64]:
    """Return the mean pace of each window over minutes, metres a second."""
    ways_m = np.abs(way[PACE_STEPS:] - way[:-PACE_STEPS])
    total_m = np.concatenate(([0.0], np.cumsum(ways_m)))
    inside = size - PACE_STEPS
    paces: NDArray[np.float64] = (total_m[inside:] - total_m[:-inside]) / inside
    return paces / (PACE_STEPS * step_s)


def _marked(
    waves: NDArray[np.float64],
    paces: NDArray[np.float64],
    size: int,
    number: int,
    offsets: NDArray[np.float64],
) -> _Windows:
    """Return the windows that move, with their cells."""
    moving = paces >= SLOWEST_MPS
    waves, paces = waves[moving], paces[moving]
    scale = np.floor(np.log2(paces)).astype(np.int64)
    side_m = np.minimum(CELL_S * 2.0 ** (scale + 0.5), WIDEST_M)
    slow = waves[:, : 2 * CELL_WAVES]
    cells = np.floor(slow / side_m[:, np.newaxis] + 0.5).astype(np.int64)
    marks = marks_of(np.full(len(scale), size), scale, *np.ascontiguousarray(cells.T))
    owners = np.full(len(scale), number, dtype=np.int32)
    return _Windows(
        marks,
        waves.astype(np.float32),
        paces.astype(np.float32),
        owners,
        offsets[moving].astype(np.float32),
    )
