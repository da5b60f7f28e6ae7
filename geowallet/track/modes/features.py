"""Numbers that describe one leg: all that the forest may see of it.

Speeds are chords over windows of 10 to 180 seconds, so that noise and cadence of the
receiver matter little; turns are taken by length, halts by their number, duration and
what lies between them. The time of day, the place and the direction are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.geodesy import distances_m
from geowallet.track.modes.around import AROUND, around_table
from geowallet.track.modes.grid import FEWEST_FIXES, core_of, grid_of, steps_of
from geowallet.track.modes.ground import ground_of, stretches_on, together
from geowallet.track.modes.halts import HALTS, halts_table
from geowallet.track.modes.ragged import (
    largest,
    lengths,
    means,
    quantiles,
    ratio,
    rows_of,
    running,
    shares,
    spreads,
    sums,
)
from geowallet.track.modes.shape import SHAPE, shape_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geowallet.track.legs import Span
    from geowallet.track.modes.grid import Chords, Grid, Steps
    from geowallet.track.modes.ground import Ground, Stretches
    from geowallet.track.motion import Path

FAST_MPS = 5.0
"""Faster through a silence than on foot."""

UNDERGROUND_M = 50.0
"""Accuracies worse than this under way: a tunnel, a station, a deep street."""

EVERY = (0.1, 0.25, 0.5, 0.75, 0.9, 0.97)
SPEED_SHARES = ((10, EVERY), (30, EVERY), (60, EVERY), (180, (0.1, 0.5, 0.9)))
"""Windows in seconds, and the quantiles of the speeds over them."""

LEVELS_MPS = (0.6, 2.1, 4.2, 6.2, 7.4, 10.0, 14.0, 19.0, 25.0, 36.0, 60.0)
"""Bounds of the histogram of speeds: standing, walking, running, cycling, the plateau of
pedelecs at 25 km/h (Regulation (EU) 168/2013, annex I), streets, roads, motorways."""

SPEEDS = (
    *(f"v{window}_p{round(100 * s):02d}" for window, every in SPEED_SHARES for s in every),
    *(f"share_{number}" for number in range(len(LEVELS_MPS) + 1)),
    "v30_spread",
    "v60_max",
    "v30_moving",
    "flat",
)
CHANGES = ("up_p97", "up_p90", "down_p97", "down_p90", "up_over_down", "change", "change_share")
SIZE = ("core_share", "log_m", "log_s", "crow", "log_crow_m")
SAMPLING = ("cadence_s", "cadence_p90_s", "log_fixes_km", "jitter")
SILENCES = (
    "silent_share",
    "silent_m_share",
    "silent_mps",
    "silent_fast",
    "silences_km",
    "silence_s",
)
DOPPLER = ("doppler_share", "doppler_p50", "doppler_p95", "doppler_halted", "doppler_ratio")
ACCURACY = ("accuracy_p50", "accuracy_p95", "accuracy_surge", "accuracy_poor")

GROUPS: dict[str, tuple[str, ...]] = {
    "speed": SPEEDS,
    "change": CHANGES,
    "halts": HALTS,
    "turns": SHAPE,
    "size": SIZE,
    "sampling": SAMPLING,
    "silences": SILENCES,
    "doppler": DOPPLER,
    "accuracy": ACCURACY,
    "around": AROUND,
}
"""The features by what they speak of."""

FEATURES: tuple[str, ...] = tuple(name for names in GROUPS.values() for name in names)
"""The columns of a table, in order."""


def feature_table(path: Path, spans: Sequence[Span]) -> NDArray[np.float64]:
    """Describe legs of one chunk, one row each; see `feature_tables`."""
    return feature_tables([(path, spans)])


def feature_tables(legs: Sequence[tuple[Path, Sequence[Span]]]) -> NDArray[np.float64]:
    """Describe legs, one row each, chunk after chunk.

    Args:
        legs: The fixes of each chunk and its legs, ``k`` in all; in any order,
            overlapping or not.

    Returns:
        ``(k, len(FEATURES))``; NaN where unknown, a whole row of NaN for a leg
        of fewer than four fixes.
    """
    tables = [_table(some) for some in together([pair for pair in legs if pair[1]])]
    return np.concatenate(tables) if tables else np.full((0, len(FEATURES)), np.nan)


def _table(legs: Sequence[tuple[Path, Sequence[Span]]]) -> NDArray[np.float64]:
    """Describe legs of at least one chunk, each of which has some."""
    table = np.full((sum(len(spans) for _, spans in legs), len(FEATURES)), np.nan)
    ground = ground_of([path for path, _ in legs])
    stretches = stretches_on(ground, [spans for _, spans in legs])
    rich = stretches.last - stretches.first + 1 >= FEWEST_FIXES
    if np.any(rich):
        table[rich] = _described(ground, stretches.taken(rich))
    return table


def _described(ground: Ground, legs: Stretches) -> NDArray[np.float64]:
    steps = steps_of(ground, legs)
    core, core_share = core_of(grid_of(ground, legs, steps))
    ends = (c[at] for at in (legs.first, legs.last) for c in (ground.lat_deg, ground.lon_deg))
    crow_m = distances_m(*ends)
    # Counted in millimetres: sums of whole numbers do not depend on what comes before.
    edge_mm = np.zeros(len(core.rows))
    edge_mm[1:] = np.rint(lengths(np.diff(core.x_m), np.diff(core.y_m)) * 1e3)
    edge_mm[core.rows.start] = 0.0
    along_m = running(core.rows, edge_mm) / 1e3
    core_m = along_m[core.rows.end - 1]
    brief = core.chords(10.0)
    parts = (
        _speeds(core, brief),
        _changes(core, brief),
        halts_table(core, along_m, core_m),
        shape_table(core, along_m, core_m),
        _size(core, core_share, core_m, crow_m),
        _sampling(steps, core_m / core_share),
        _silences(steps, core_m),
        _doppler(ground, steps, brief),
        _accuracy(ground, steps),
        around_table(ground, legs),
    )
    return np.column_stack(parts)


def _speeds(core: Grid, brief: Chords) -> NDArray[np.float64]:
    """Describe how fast it went, over chords of several lengths; ``brief`` are the first."""
    chords = {10: brief} | {window: core.chords(float(window)) for window, _ in SPEED_SHARES[1:]}
    columns = [quantiles(chords[w].rows, chords[w].speed, every) for w, every in SPEED_SHARES]
    rows, speed = chords[30].rows, chords[30].speed
    level = np.zeros(len(speed), dtype=np.intp)
    for edge in LEVELS_MPS:
        level += speed >= edge
    cells = len(LEVELS_MPS) + 1
    filled = np.bincount(rows.leg * cells + level, minlength=len(rows.count) * cells)
    columns.append(ratio(filled.reshape(-1, cells), rows.count[:, None]))
    high = rows.spread(columns[1][:, EVERY.index(0.9)])
    near = np.abs(speed - high) < 0.12 * high
    moving = speed > 0.8
    usual = quantiles(rows.kept(moving), speed[moving], (0.5,))[:, 0]
    top = largest(chords[60].rows, chords[60].speed)
    more = (spreads(rows, speed), top, np.nan_to_num(usual), shares(rows, near))
    return np.column_stack((*columns, *more))


def _changes(core: Grid, brief: Chords) -> NDArray[np.float64]:
    """Describe how speed changes from one chord of ten seconds to the next."""
    rows, speed, lag = brief.rows, brief.speed, brief.lag
    pairs = rows_of(np.maximum(rows.count - lag, 0))
    first = np.arange(len(pairs)) + pairs.spread(rows.start - pairs.start)
    change = speed.take(first + pairs.spread(lag)) - speed.take(first)
    change /= pairs.spread(lag * core.step_s)
    heard = ~core.silent[brief.first[first]]
    kept, change = pairs.kept(heard), change[heard]
    high = quantiles(kept, change, (0.97, 0.9, 0.03, 0.1))
    up97, up90, down97, down90 = high[:, 0], high[:, 1], -high[:, 2], -high[:, 3]
    usual = means(kept, np.abs(change))
    pace = quantiles(rows, speed, (0.5,))[:, 0]
    more = (up97 / np.maximum(down97, 0.05), usual, usual / np.maximum(pace, 0.5))
    return np.column_stack((up97, up90, down97, down90, *more))


def _size(
    core: Grid,
    core_share: NDArray[np.float64],
    core_m: NDArray[np.float64],
    crow_m: NDArray[np.float64],
) -> NDArray[np.float64]:
    duration_s = core.rows.count * core.step_s
    first, last = core.rows.start, core.rows.end - 1
    apart_m = np.hypot(core.x_m[last] - core.x_m[first], core.y_m[last] - core.y_m[first])
    crow = apart_m / np.maximum(core_m, 1.0)
    logs = np.log(core_m + 50.0), np.log(duration_s), crow, np.log(crow_m + 50.0)
    return np.column_stack((core_share, *logs))


def _sampling(steps: Steps, length_m: NDArray[np.float64]) -> NDArray[np.float64]:
    slow = quantiles(steps.rows, steps.dt_s, (0.9,))[:, 0]
    fixes_km = steps.fixes.count / (length_m / 1000 + 0.05)
    heard_m = sums(steps.rows, np.where(steps.silent, 0.0, steps.ds_m))
    jitter = np.minimum(heard_m / np.maximum(length_m, 1.0), 10.0)
    return np.column_stack((steps.usual_s, slow, np.log(fixes_km), jitter))


def _silences(steps: Steps, core_m: NDArray[np.float64]) -> NDArray[np.float64]:
    rows, silent = steps.rows.kept(steps.silent), steps.silent
    silent_s, silent_m = steps.dt_s[silent], steps.ds_m[silent]
    total_s, total_m = sums(steps.rows, steps.dt_s), sums(steps.rows, steps.ds_m)
    speed = silent_m / silent_s
    fast_s = sums(rows, np.where(speed > FAST_MPS, silent_s, 0.0))
    top, longest = largest(rows, speed), largest(rows, silent_s)
    return np.column_stack(
        (
            sums(rows, silent_s) / total_s,
            sums(rows, silent_m) / np.maximum(total_m, 1.0),
            np.nan_to_num(top, nan=-1.0),
            fast_s / total_s,
            rows.count / (core_m / 1000 + 0.2),
            np.nan_to_num(longest),
        )
    )


def _doppler(ground: Ground, steps: Steps, brief: Chords) -> NDArray[np.float64]:
    """Describe speeds that the receiver measured itself, where it gives them."""
    speed = ground.speed_mps[steps.index]
    known = ~np.isnan(speed)
    rows = steps.fixes.kept(known)
    if not len(rows):
        found = np.full((len(rows.count), len(DOPPLER)), np.nan)
        found[:, 0] = 0.0
        return found
    speed = speed[known]
    middle = quantiles(rows, speed, (0.5, 0.95, 0.9))
    halted = shares(rows, speed < 0.3)
    pace = quantiles(brief.rows, brief.speed, (0.9,))[:, 0]
    agreement = ratio(middle[:, 2], np.maximum(pace, 0.3))
    share = ratio(rows.count, steps.fixes.count)
    return np.column_stack((share, middle[:, :2], halted, np.minimum(agreement, 10.0)))


def _accuracy(ground: Ground, steps: Steps) -> NDArray[np.float64]:
    """Describe what accuracies the source states: they worsen underground."""
    accuracy = ground.accuracy_m[steps.index]
    known = ~np.isnan(accuracy)
    rows = steps.fixes.kept(known)
    if not len(rows):
        return np.full((len(rows.count), len(ACCURACY)), np.nan)
    accuracy = accuracy[known]
    usual = quantiles(rows, accuracy, (0.5, 0.95))
    surge = ratio(usual[:, 1], np.maximum(usual[:, 0], 1.0))
    return np.column_stack((usual, surge, shares(rows, accuracy > UNDERGROUND_M)))
