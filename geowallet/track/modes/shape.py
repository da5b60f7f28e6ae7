"""The shape of a leg's way: how it turns, by length and not by time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.track.between import Axis
from geowallet.track.modes.ragged import (
    largest,
    lengths,
    means,
    quantiles,
    rows_of,
    runs,
    shares,
    turned_rad,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geowallet.track.modes.grid import Grid
    from geowallet.track.modes.ragged import Rows

LENGTHS_M = (60.0, 250.0, 1000.0)
"""Street corners, bends of roads, bends of railways."""

MOST_PARTS = 2000
"""Longer ways are cut into longer parts."""

FEWEST_PARTS = 3
"""Needed for two turns and a bend."""

SHARP_RAD = 0.9
"""A corner of a street; railways need hundreds of metres for such a turn."""

SHAPE = (
    *(f"{what}{length:.0f}" for length in LENGTHS_M for what in ("turn", "turn_p90_", "straight")),
    "sharp_share",
    "corners_km",
    "corner_free_log_m",
    "side_mps2",
)


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """Ways cut into parts of one length: turns between them and chords over them.

    A bend is the turn from a part to the next but one.
    """

    turns: Rows
    turn_rad: NDArray[np.float64]
    bends: Rows
    bend_rad: NDArray[np.float64]
    chords: Rows
    straight: NDArray[np.float64]
    part_m: NDArray[np.float64]
    side_mps2: NDArray[np.float64]


def shape_table(
    core: Grid, along_m: NDArray[np.float64], core_m: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the columns `SHAPE`, one row a leg; NaN where the way is too short.

    Args:
        core: Positions of the legs.
        along_m: ``(t,)`` metres along each of them.
        core_m: ``(k,)`` metres of each.
    """
    columns = []
    along = Axis(core.rows, along_m)
    cut = [_parts(core, along, core_m, length_m) for length_m in LENGTHS_M]
    for parts in cut:
        high = quantiles(parts.turns, parts.turn_rad, (0.9,))[:, 0]
        usual = quantiles(parts.chords, parts.straight, (0.5,))[:, 0]
        columns += [means(parts.turns, parts.turn_rad), high, usual]
    parts, wide = cut[:2]
    side = quantiles(parts.turns, parts.side_mps2, (0.95,))[:, 0]
    columns += [shares(wide.turns, wide.turn_rad > SHARP_RAD), *_corners(parts, core_m), side]
    return np.column_stack(columns)


def _corners(
    parts: _Parts, core_m: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return corners per kilometre, and the logarithm of the longest way without one."""
    # Over two parts, so that a corner inside a part is seen whole.
    bends, sharp = parts.bends, parts.bend_rad > SHARP_RAD
    first, _ = runs(bends, sharp)
    k = len(core_m)
    known = bends.count > 0
    count = np.bincount(bends.leg[first], minlength=k)
    begin, after = runs(bends, ~sharp)
    free = rows_of(np.bincount(bends.leg[begin], minlength=k))
    free_m = (after - begin) * parts.part_m[free.leg]
    longest = np.log(np.nan_to_num(largest(free, free_m)) + 50.0)
    km = np.maximum(core_m, 1.0) / 1000
    return np.where(known, count / km, np.nan), np.where(known, longest, np.nan)


def _parts(core: Grid, along: Axis, core_m: NDArray[np.float64], length_m: float) -> _Parts:
    count = np.minimum((core_m // length_m).astype(np.intp), MOST_PARTS)
    count = np.where(count >= FEWEST_PARTS, count, -1)
    points = rows_of(count + 1)
    part_m = core_m / np.maximum(count, 1)
    at = points.offset() * points.spread(part_m)
    at = np.minimum(at, points.spread(core_m))
    time_s = core.rows.offset() * core.rows.spread(core.step_s)
    between = along.between(points.leg, at)
    edges = _edges(points)
    east, north, lasting = (np.diff(between.of(c))[edges] for c in (core.x_m, core.y_m, time_s))
    chords = rows_of(np.maximum(count, 0))
    heading = np.arctan2(east, north)
    turns = rows_of(np.maximum(count - 1, 0))
    pair = _edges(chords)
    turn = turned_rad(np.diff(heading))[pair]
    bends = rows_of(np.maximum(count - 2, 0))
    bend = turned_rad(heading[2:] - heading[:-2])[chords.leg[2:] == chords.leg[:-2]]
    chord_m = chords.spread(part_m)
    straight = lengths(east, north) / chord_m
    pace = chord_m / np.maximum(lasting, 1.0)
    slower = np.minimum(pace[1:], pace[:-1])[pair] if len(pace) else pace
    side = slower**2 * turn / turns.spread(part_m)
    return _Parts(turns, turn, bends, bend, chords, straight, part_m, side)


def _edges(rows: Rows) -> NDArray[np.bool_]:
    """Return which neighbours belong to one leg, ``(t - 1,)``."""
    result: NDArray[np.bool_] = rows.leg[1:] == rows.leg[:-1]
    return result
