"""Halts of a leg, and the runs between them: stops, lights and stations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geowallet.track.modes.ragged import (
    largest,
    quantiles,
    rows_of,
    runs,
    shares,
    spreads,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geowallet.track.modes.grid import Grid
    from geowallet.track.modes.ragged import Rows

WINDOW_S = 15.0
"""Chord that tells halted from moving."""

HALTED_MPS = 0.6
"""Slower is halted."""

HALTED_SHARE = 0.06
"""Or slower than this share of the high speed: fixes drift while a train stands."""

AFTER_S = 20.0
"""How long after a halt the speed is looked at: rails are slow to gather speed."""

FEWEST_HALTS = 3
"""Needed before a spread means something."""

HALTS = (
    "halted",
    "halts_km",
    "halts_min",
    "halt_s_p50",
    "halt_s_p90",
    "halt_s_max",
    "halt_s_spread",
    "halt_short",
    "run_log_m_p50",
    "run_log_m_max",
    "run_spread",
    "run_top_p50",
    "run_top_spread",
    "out_mps",
    "in_mps",
    "out_share",
)


def halts_table(
    core: Grid, along_m: NDArray[np.float64], core_m: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the columns `HALTS`, one row a leg.

    Args:
        core: Positions of the legs.
        along_m: ``(t,)`` metres along each of them.
        core_m: ``(k,)`` metres of each.
    """
    chords = core.chords(WINDOW_S)
    rows, speed = chords.rows, chords.speed
    high = quantiles(rows, speed, (0.9,))[:, 0]
    limit = np.maximum(HALTED_MPS, HALTED_SHARE * high)
    slow = speed < rows.spread(limit)
    first, after = runs(rows, slow)
    leg = rows.leg[first]
    inner = (first > rows.start[leg]) & (after < rows.end[leg])
    first, after, leg = first[inner], after[inner], leg[inner]
    halts = rows_of(np.bincount(leg, minlength=len(rows.count)))
    halt_s = (after - first) * core.step_s[leg] + WINDOW_S * 2 / 3
    lasting = _durations(halts, halt_s)
    count = halts.count
    km, minutes = core_m / 1000 + 0.2, core.rows.count * core.step_s / 60
    middle = along_m[chords.first[(first + after) // 2]]
    between = _runs(halts, core, middle, along_m)
    tops = _tops(rows, slow, speed)
    edges = _edges(rows, halts, (first, after), speed, core)
    out_share = edges[0] / np.maximum(high, 0.5)
    return np.column_stack(
        (
            shares(rows, slow),
            count / km,
            count / minutes,
            *lasting,
            *between,
            *tops,
            *edges,
            out_share,
        )
    )


def _durations(halts: Rows, halt_s: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    usual = np.nan_to_num(quantiles(halts, halt_s, (0.5, 0.9)))
    longest = np.nan_to_num(largest(halts, halt_s))
    spread = np.where(halts.count >= FEWEST_HALTS, spreads(halts, halt_s), -1.0)
    brief = np.nan_to_num(shares(halts, halt_s < 30.0), nan=-1.0)
    return usual[:, 0], usual[:, 1], longest, spread, brief


def _runs(
    halts: Rows, core: Grid, middle_m: NDArray[np.float64], along_m: NDArray[np.float64]
) -> tuple[NDArray[np.float64], ...]:
    """Describe the metres from the start over each halt to the end."""
    k = len(halts.count)
    starts, ends = along_m[core.rows.start], along_m[core.rows.end - 1]
    leg = np.concatenate((np.arange(k), halts.leg, np.arange(k)))
    place = np.concatenate((starts, middle_m, ends))
    order = np.lexsort((place, leg))
    leg, place = leg[order], place[order]
    same = leg[1:] == leg[:-1]
    lengths = np.diff(place)[same]
    rows = rows_of(halts.count + 1)
    usual = np.log(quantiles(rows, lengths, (0.5,))[:, 0] + 10.0)
    longest = np.log(largest(rows, lengths) + 10.0)
    return usual, longest, np.where(halts.count >= FEWEST_HALTS, spreads(rows, lengths), -1.0)


def _tops(
    rows: Rows, slow: NDArray[np.bool_], speed: NDArray[np.float64]
) -> tuple[NDArray[np.float64], ...]:
    """Describe the top speed of each run: trains repeat theirs."""
    first, after = runs(rows, ~slow)
    if not len(first):
        nothing = np.full(len(rows.count), np.nan)
        return nothing, nothing
    pairs = np.column_stack((first, after)).ravel()
    top = np.maximum.reduceat(np.append(speed, 0.0), pairs)[::2]
    parts = rows_of(np.bincount(rows.leg[first], minlength=len(rows.count)))
    spread = np.where(parts.count >= FEWEST_HALTS, spreads(parts, top), -1.0)
    return quantiles(parts, top, (0.5,))[:, 0], spread


def _edges(
    rows: Rows,
    halts: Rows,
    bounds: tuple[NDArray[np.intp], NDArray[np.intp]],
    speed: NDArray[np.float64],
    core: Grid,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the usual speed `AFTER_S` after a halt, and as long before one."""
    first, after = bounds
    lag = np.maximum(np.rint(AFTER_S / core.step_s).astype(np.intp), 1)[halts.leg]
    out = speed[np.minimum(after + lag, rows.end[halts.leg] - 1)]
    into = speed[np.maximum(first - lag, rows.start[halts.leg])]
    return quantiles(halts, out, (0.5,))[:, 0], quantiles(halts, into, (0.5,))[:, 0]
