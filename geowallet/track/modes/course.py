"""The course of a path as whole numbers, ten seconds a row: all that a network may see of it.

Places are rounded to a sixteenth of a metre before anything is made of them, and all that
follows are sums, products, divisions and square roots, which are the same on every machine.
A row is a function of the path and its number, whatever else is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geowallet.track.between import Between
from geowallet.track.modes.ground import ground_of
from geowallet.track.modes.ragged import rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geowallet.track.motion import Path

ROW_S = 10.0

STEP_S = 5.0
"""Two steps make a row."""

CHANNELS = 15
"""Numbers of a row: of each step its speed, how it grew, how far ahead and aside it turned; of
the row its speed, what lies between its fixes, whether that is a silence; its speed over a
minute and over five; and whether half a minute, and a minute and a half, led straight on."""

SILENT = 10
"""The channel that is set in a silence, and alone is."""

PLACE_UNIT_M = 1.0 / 16.0

UNIT = 1.0 / 256.0
"""Of a channel."""

MOST = 2047.0
"""Of a channel, in `UNIT`."""

SLOW_MPS = 0.8
"""Slower has no direction."""

FASTEST_MPS = 45.0
LONGEST_GAP_S = 300.0

_CHORDS = (6, 30)
"""Steps on either side of a row's middle over which speeds are taken: a minute, five."""

_TURNS = (6, 18)
"""And over which directions are."""

_MARGIN = 30
"""Steps beyond rows that they look at."""


class Course:
    """The rows of one path, counted from its first fix."""

    __slots__ = ("_gap", "_time_s", "_x_m", "_y_m")

    def __init__(self, path: Path) -> None:
        """Take a path of at least two fixes."""
        ground = ground_of([path])
        self._time_s, self._gap = path.time_s, path.gap
        self._x_m, self._y_m = ground.x_m, ground.y_m

    def rows(self, first: int, after: int) -> NDArray[np.float32]:
        """Return rows ``first`` to ``after - 1``, whole numbers ``(after - first, CHANNELS)``.

        Rows before the first fix and behind the last are silences.
        """
        silent, heard = self.heard([(first, after)])
        found = silences(after - first)
        found[~silent] = heard
        return found

    def heard(
        self, stretches: Sequence[tuple[int, int]]
    ) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
        """Return which rows of stretches, one after another, are silences, and `rows` of the rest.

        Args:
            stretches: ``(first, after)`` of at least one.
        """
        number = np.concatenate([np.arange(first, after) for first, after in stretches])
        middle_s = number * ROW_S + ROW_S / 2
        near = np.searchsorted(self._time_s, middle_s, side="right") - 1
        near = np.minimum(np.maximum(near, 0), len(self._time_s) - 2)
        outside = (middle_s < self._time_s[0]) | (middle_s > self._time_s[-1])
        silent = self._gap[near] | outside
        some = np.flatnonzero(~silent)
        near = near[some]
        gap_s = np.minimum(self._time_s[near + 1] - self._time_s[near], LONGEST_GAP_S)
        return silent, self._moving(number[some], gap_s)

    def _moving(self, number: NDArray[np.intp], gap_s: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return the rows of these numbers, which are no silences.

        Args:
            number: ``(n,)``, ascending but for where another stretch begins.
            gap_s: ``(n,)``, seconds between the fixes on either side of each row's middle.
        """
        if not len(number):
            return silences(0)
        # With a margin at either end, all runs are one sequence; rows between are not kept.
        further = np.diff(number)
        apart = (further <= 0) | (further > _MARGIN)
        begins = np.flatnonzero(np.concatenate(([True], apart)))
        first, last = number[begins], number[np.append(begins[1:], len(number)) - 1]
        runs = rows_of(last - first + 2 + _MARGIN)
        every = runs.offset() + runs.spread(first - _MARGIN // 2)
        steps = (2.0 * every[:, None] + np.array([0.0, 1.0])).ravel()
        x, y = self._places(steps[:-1] * STEP_S)
        run = np.cumsum(np.concatenate(([False], apart)))
        kept = number + (runs.start - first)[run]
        gaps_s = np.zeros(len(every) - _MARGIN - 1)
        gaps_s[kept] = gap_s
        every_row = channels(x, y, gaps_s, np.zeros(len(gaps_s), dtype=np.bool_))
        found: NDArray[np.float32] = every_row.take(kept, axis=0)
        return found

    def _places(self, at_s: NDArray[np.float64]) -> list[NDArray[np.float64]]:
        """Return where it was, in `PLACE_UNIT_M` east and north.

        Each is a mean of three instants a third of a step apart, which takes some noise off.
        """
        x, y = np.zeros((2, len(at_s)))
        for third_s in (-STEP_S / 3, 0.0, STEP_S / 3):
            between = Between(self._time_s, at_s + third_s)
            x += between.of(self._x_m)
            y += between.of(self._y_m)
        return [np.rint(axis / 3 / PLACE_UNIT_M) for axis in (x, y)]


def silences(count: int) -> NDArray[np.float32]:
    """Return rows of silence, ``(count, CHANNELS)``."""
    found = np.zeros((count, CHANNELS), dtype=np.float32)
    found[:, SILENT] = 1.0 / UNIT
    return found


def channels(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    gap_s: NDArray[np.float64],
    silent: NDArray[np.bool_],
) -> NDArray[np.float32]:
    """Return what places come to, ``(n, CHANNELS)``.

    Args:
        x: Whole numbers of `PLACE_UNIT_M` east, each step from 30 before the first row on
            to 30 behind the last, ``(2 * n + 61,)``.
        y: The same, north.
        gap_s: ``(n,)``, seconds between the fixes on either side of a row's middle.
        silent: ``(n,)``, whether that is a silence.
    """
    n = len(gap_s)

    def chord(low: int, high: int) -> _Chord:
        """Return the lines of rows from step ``low`` of theirs to step ``high``."""
        begin, end = (slice(_MARGIN + at, _MARGIN + at + 2 * n, 2) for at in (low, high))
        return _Chord(x[end] - x[begin], y[end] - y[begin], (high - low) * STEP_S)

    before, first, second = chord(-1, 0), chord(0, 1), chord(1, 2)
    far = [(chord(1 - away, 1), chord(1, 1 + away)) for away in _TURNS]
    parts = [
        *_step(before, first),
        *_step(first, second),
        np.minimum(chord(0, 2).mps, FASTEST_MPS) / 15,
        np.sqrt(gap_s) / 4,
        np.ones(n),
        *(np.sqrt(chord(1 - away, 1 + away).mps) / 2 for away in _CHORDS),
        *(_ahead(*pair)[0] for pair in far),
    ]
    whole = np.clip(np.rint(np.column_stack(parts) / UNIT), -MOST, MOST)
    whole[silent] = 0.0
    whole[:, SILENT] = silent / UNIT
    return whole.astype(np.float32)


class _Chord:
    """Straight lines: whole numbers east and north, and metres per second."""

    __slots__ = ("east", "length", "mps", "north")

    def __init__(
        self, east: NDArray[np.float64], north: NDArray[np.float64], long_s: float
    ) -> None:
        self.east, self.north = east, north
        self.length = np.sqrt(east * east + north * north)
        self.mps = self.length * PLACE_UNIT_M / long_s


def _step(before: _Chord, step: _Chord) -> list[NDArray[np.float64]]:
    growth = (step.mps - before.mps) * (2 / STEP_S)
    return [np.sqrt(step.mps) / 2, growth, *_ahead(before, step)]


def _ahead(before: _Chord, after: _Chord) -> list[NDArray[np.float64]]:
    """Return the cosine of each turn, and how far aside it leads; 0 where it has none."""
    moving = np.minimum(before.mps, after.mps) > SLOW_MPS
    both = np.where(moving, before.length * after.length, 1.0)
    ahead = before.east * after.east + before.north * after.north
    aside = np.abs(before.east * after.north - before.north * after.east)
    return [np.where(moving, ahead / both, 0.0), np.where(moving, aside / both, 0.0)]
