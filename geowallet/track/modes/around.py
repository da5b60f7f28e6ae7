"""What the fixes show right before and right after a leg: a walk, a stay, another ride."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geowallet.track.modes.grid import LONG_SILENCE_S
from geowallet.track.modes.ragged import lengths, ratio

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geowallet.track.modes.ground import Ground, Stretches

REACH_S = 300.0
"""How far before and after is looked: the usual walk to a stop lasts four to six minutes
(French survey EMP 2019)."""

STEP_S = 15.0
CHORD_S = 30.0
"""Between the points at which a speed is taken, and over which."""

STILL_MPS = 0.5
STAYED_M = 100.0
WALK_MPS = 2.2
"""Bounds of walking, and how near its begin a silence ends that was a stay; see
`geowallet.track.legs` and `geowallet.track.stops`."""

SIDES = ("before", "after")
AROUND = tuple(f"{side}_{what}" for side in SIDES for what in ("still", "walk", "fast", "heard"))


def around_table(ground: Ground, legs: Stretches) -> NDArray[np.float64]:
    """Return the columns `AROUND`, one row a leg.

    For each side the shares of the time heard that were still, at a walking pace and
    faster, NaN where nothing was heard; and how much of the time was heard.
    """
    places = np.arange(CHORD_S / 2, REACH_S, STEP_S)
    chunk = np.repeat(legs.chunk, len(places))
    start, last = ground.rows.start[chunk], ground.rows.end[chunk] - 1
    least_s, most_s = ground.time_s[start] - 1e-6, ground.time_s[last] + 1e-6
    columns = []
    for edge, sign in ((legs.first, -1.0), (legs.last, 1.0)):
        middle_s = (ground.time_s[edge][:, None] + sign * places).ravel()
        begin_s, end_s = middle_s - CHORD_S / 2, middle_s + CHORD_S / 2
        until, since = (ground.axis.between(chunk, at_s) for at_s in (end_s, begin_s))
        east, north = (until.of(c) - since.of(c) for c in (ground.x_m, ground.y_m))
        speed = lengths(east, north) / CHORD_S
        # The step that holds the middle; beyond the ends of the path nothing is heard.
        step = np.minimum(ground.axis.before(chunk, middle_s), last - 1)
        inside = (begin_s >= least_s) & (end_s <= most_s)
        brief = ground.time_s[step + 1] - ground.time_s[step] <= LONG_SILENCE_S
        # Phones at rest fall silent: a silence that ends where it began is a stay.
        heard = inside & (brief | (ground.step_m[step] <= STAYED_M))
        bands = (speed < STILL_MPS, (speed >= STILL_MPS) & (speed <= WALK_MPS), speed > WALK_MPS)
        shown = np.stack((heard, *(heard & band for band in bands)))
        count, *some = shown.reshape(4, -1, len(places)).sum(axis=2)
        columns += [ratio(band, count) for band in some]
        columns.append(count / len(places))
    return np.column_stack(columns)
