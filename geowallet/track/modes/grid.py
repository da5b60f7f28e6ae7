"""Legs as positions at even steps, so that all sources are described alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.track.modes.ragged import Rows, lengths, quantiles, ratio, rows_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geowallet.track.modes.ground import Ground, Stretches

STEP_S = 5.0
"""Step of the grid where the fixes allow it."""

MOST_STEPS = 4000
"""Longer legs have wider steps: the work for a leg is bounded."""

STEPS_PER_FIX = 4.0
"""Sparse legs have wider steps: between fixes nothing is known."""

FEWEST_STEPS = 13
"""Short legs have narrower steps."""

FEWEST_FIXES = 4
"""Fewer describe no movement."""

LONG_SILENCE_S = 90.0
"""Silences of this length are described apart, if they last three usual intervals."""

CORE_SHARE = 0.35
"""The core of a leg begins and ends at this share of its high speed: what is slower at
the ends is waiting, walking or a label that comes early."""

FEWEST_CORE = 8
"""Where the core would be shorter, the whole leg is described."""


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """The fixes of ``k`` legs and what lies between them.

    Attributes:
        fixes: The fixes of each leg.
        index: intp, index of each fix on the ground.
        rows: The steps of each leg: from each fix to the next.
        dt_s: float64, duration of each step.
        ds_m: float64, its straight length.
        usual_s: float64 ``(k,)``, median duration of a step.
        silent: bool, whether the step is a long silence.
    """

    fixes: Rows
    index: NDArray[np.intp]
    rows: Rows
    dt_s: NDArray[np.float64]
    ds_m: NDArray[np.float64]
    usual_s: NDArray[np.float64]
    silent: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Positions at even steps.

    Attributes:
        rows: The grid points of each leg.
        step_s: float64 ``(k,)``, the step of each leg.
        x_m: float64, metres east, unrolled along the path.
        y_m: float64, metres north.
        silent: bool, whether the point lies in a long silence.
    """

    rows: Rows
    step_s: NDArray[np.float64]
    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    silent: NDArray[np.bool_]

    def lag(self, window_s: float) -> NDArray[np.intp]:
        """Return, per leg, the number of steps that come nearest to ``window_s``."""
        wanted = np.maximum(np.rint(window_s / self.step_s).astype(np.intp), 1)
        result: NDArray[np.intp] = np.maximum(np.minimum(wanted, self.rows.count - 1), 1)
        return result

    def chords(self, window_s: float) -> Chords:
        """Return the chords of ``window_s`` that begin and end within a leg."""
        lag = self.lag(window_s)
        rows = rows_of(np.maximum(self.rows.count - lag, 0))
        first = np.arange(len(rows)) + rows.spread(self.rows.start - rows.start)
        last = first + rows.spread(lag)
        east, north = (column.take(last) - column.take(first) for column in (self.x_m, self.y_m))
        speed = lengths(east, north)
        speed /= rows.spread(lag * self.step_s)
        return Chords(rows, first, speed, lag)

    def taken(self, mask: NDArray[np.bool_]) -> Grid:
        """Return the grid points where ``mask`` is set."""
        columns = (self.x_m[mask], self.y_m[mask], self.silent[mask])
        return Grid(self.rows.kept(mask), self.step_s, *columns)


@dataclass(frozen=True, slots=True, eq=False)
class Chords:
    """Straight lines between grid points some time apart.

    Attributes:
        rows: The chords of each leg.
        first: intp, the grid point at which each begins.
        speed: float64, metres per second.
        lag: intp ``(k,)``, the grid steps of each leg that a chord spans.
    """

    rows: Rows
    first: NDArray[np.intp]
    speed: NDArray[np.float64]
    lag: NDArray[np.intp]


def steps_of(ground: Ground, legs: Stretches) -> Steps:
    """Return the fixes of legs, the first and the last included."""
    first, last = legs.first, legs.last
    fixes, rows = rows_of(last - first + 1), rows_of(last - first)
    at = np.arange(len(rows)) + rows.spread(first - rows.start)
    dt_s, ds_m = ground.time_s[at + 1] - ground.time_s[at], ground.step_m[at]
    usual_s = quantiles(rows, dt_s, (0.5,))[:, 0]
    limit_s = np.maximum(LONG_SILENCE_S, 3 * usual_s)
    silent = dt_s > rows.spread(limit_s)
    index = np.arange(len(fixes)) + fixes.spread(first - fixes.start)
    return Steps(fixes, index, rows, dt_s, ds_m, usual_s, silent)


def grid_of(ground: Ground, legs: Stretches, steps: Steps) -> Grid:
    """Return the even grid of legs that last some time.

    Each position is a mean of three instants a third of a step apart, which takes
    some receiver noise off.
    """
    begin_s, end_s = ground.time_s[legs.first], ground.time_s[legs.last]
    duration_s = end_s - begin_s
    step_s = np.maximum(STEP_S, duration_s / MOST_STEPS)
    step_s = np.maximum(step_s, duration_s / (STEPS_PER_FIX * steps.fixes.count))
    step_s = np.minimum(step_s, duration_s / FEWEST_STEPS)
    rows = rows_of(np.floor(duration_s / step_s + 1e-6).astype(np.intp) + 1)
    when_s = rows.spread(begin_s) + rows.offset() * rows.spread(step_s)
    third_s, begin_s, end_s = rows.spread(step_s / 3), rows.spread(begin_s), rows.spread(end_s)
    at, chunk = np.zeros((2, len(rows))), rows.spread(legs.chunk)
    for near_s in (when_s - third_s, when_s, when_s + third_s):
        np.minimum(np.maximum(near_s, begin_s, out=near_s), end_s, out=near_s)
        between = ground.axis.between(chunk, near_s)
        at += [between.of(column) / 3 for column in (ground.x_m, ground.y_m)]
        if near_s is when_s:
            before = np.minimum(between.before, rows.spread(legs.last - 1))
    step = before + rows.spread(steps.rows.start - legs.first)
    return Grid(rows, step_s, at[0], at[1], steps.silent[step])


def core_of(grid: Grid) -> tuple[Grid, NDArray[np.float64]]:
    """Return the grid without slow ends, and the share of points that is left, ``(k,)``."""
    chords = grid.chords(30.0)
    high = quantiles(chords.rows, chords.speed, (0.9,))[:, 0]
    fast = np.flatnonzero(chords.speed > chords.rows.spread(CORE_SHARE * high))
    leg, lag = chords.rows.leg[fast], chords.lag
    fast = chords.first[fast]
    # A chord speaks for its middle; the first and the last one also for their ends.
    middle = fast + lag[leg] // 2
    first = np.where(fast == grid.rows.start[leg], fast, middle)
    last = np.where(fast + lag[leg] == grid.rows.end[leg] - 1, fast + lag[leg], middle)
    k = len(grid.step_s)
    low, top = grid.rows.end.copy(), grid.rows.start.copy()
    # Middles ascend within a leg: its first and its last one are its least and its most.
    heard = rows_of(np.bincount(leg, minlength=k))
    some = heard.count > 0
    low[some], top[some] = first[heard.start[some]], last[heard.end[some] - 1] + 1
    short = top - low < FEWEST_CORE
    low, top = np.where(short, grid.rows.start, low), np.where(short, grid.rows.end, top)
    at = np.arange(len(grid.rows))
    core = grid.taken((at >= grid.rows.spread(low)) & (at < grid.rows.spread(top)))
    return core, ratio(core.rows.count, grid.rows.count).reshape(k)
