"""What the fixes show right before and right after a leg: a walk, a stay, another ride."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geowallet.track.between import Between
from geowallet.track.modes.grid import LONG_SILENCE_S
from geowallet.track.modes.ragged import lengths, ratio

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geowallet.track.motion import Path

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


def around_table(
    path: Path,
    first: NDArray[np.intp],
    last: NDArray[np.intp],
    plane: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> NDArray[np.float64]:
    """Return the columns `AROUND`, one row a leg.

    For each side the shares of the time heard that were still, at a walking pace and
    faster, NaN where nothing was heard; and how much of the time was heard.

    Args:
        path: The fixes of the chunk.
        first: Index of the first fix of each leg.
        last: Index of its last fix.
        plane: As `unrolled` returns it.
    """
    if len(path) < 2:
        return np.full((len(first), len(AROUND)), np.nan)
    places = np.arange(CHORD_S / 2, REACH_S, STEP_S)
    columns = []
    for edge, sign in ((first, -1.0), (last, 1.0)):
        middle_s = path.time_s[edge][:, None] + sign * places
        begin_s, end_s = middle_s - CHORD_S / 2, middle_s + CHORD_S / 2
        until, since = Between(path.time_s, end_s), Between(path.time_s, begin_s)
        east, north = (until.of(column) - since.of(column) for column in plane)
        speed = lengths(east, north) / CHORD_S
        # The step that holds the middle; beyond the ends of the path nothing is heard.
        step = np.searchsorted(path.time_s, middle_s, side="right") - 1
        inside = (begin_s >= path.time_s[0] - 1e-6) & (end_s <= path.time_s[-1] + 1e-6)
        step = np.clip(step, 0, len(path) - 2)
        brief = path.time_s[step + 1] - path.time_s[step] <= LONG_SILENCE_S
        # Phones at rest fall silent: a silence that ends where it began is a stay.
        heard = inside & (brief | (path.step_m[step] <= STAYED_M))
        count = np.sum(heard, axis=1)
        bands = (speed < STILL_MPS, (speed >= STILL_MPS) & (speed <= WALK_MPS), speed > WALK_MPS)
        columns += [ratio(np.sum(heard & band, axis=1), count) for band in bands]
        columns.append(count / len(places))
    return np.column_stack(columns)
