"""Where, within a trip, its owner walks: the most probable course of walking and riding.

A small forest says for every ten seconds how probable walking is, from speeds at several
scales; a change between walking and riding has a price, so that neither a jam nor a
sprint for the bus is one.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

from geowallet.crypto.canonical import sha256_hex
from geowallet.track.grid_speeds import COLUMNS, GRID_S, grid_of, grid_table
from geowallet.track.modes.forest import Trees

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geowallet.track.motion import Path

NAME = "walking.npz"

MOST_ODDS = 3.0
"""No ten seconds say more than 20 to 1."""

NOBODY_WALKS_MPS = 4.0
"""Over forty seconds: race walkers reach it, nobody on the way to a bus."""

WORTH = 0.35
"""Ten seconds next to each other say nearly the same; this share of it is new."""

CHANGE_COST = 2.5
"""Price of a change, as logarithm of odds: a walk between two rides must show for a
minute and a half. Chosen on labelled diaries, see training/walking.py."""


@cache
def walking_trees() -> Trees:
    """Return the forest that lies beside this module, a part of the program as code is."""
    with resources.as_file(resources.files(__package__) / NAME) as place:
        columns = dict(np.load(place, allow_pickle=False))
    columns["count"] = columns["count"].astype(np.intp)
    return Trees(**columns, classes=1)


@cache
def walking_digest() -> str:
    """Return the SHA-256 (hex) of the forest, which is a parameter of the result."""
    return sha256_hex((resources.files(__package__) / NAME).read_bytes())


def walking_spans(
    path: Path,
    first: int,
    last: int,
    *,
    edge_mps: NDArray[np.float64],
    trees: Trees | None = None,
) -> list[tuple[float, bool]]:
    """Return where each walk or ride of a trip begins, and which it is.

    Args:
        path: The fixes of the chunk.
        first: Index of the first fix of the trip.
        last: Index of its last fix, after ``first``.
        edge_mps: ``(n,)`` speeds of the path over some seconds.
        trees: Others than those that ship.

    Returns:
        ``(instant in seconds, whether on foot)``, in time order; the first is
        the start of the trip.
    """
    grid_s = grid_of(path, first, last)
    table = grid_table(path, grid_s, edge_mps)
    odds = np.full(len(grid_s), -MOST_ODDS)
    slow = table[:, COLUMNS.index("over_2_mps")] <= NOBODY_WALKS_MPS
    if np.any(slow):
        odds[slow] = (trees or walking_trees()).logits(table[slow])[:, 0]
    step_s = float(grid_s[1] - grid_s[0])
    said = np.clip(odds, -MOST_ODDS, MOST_ODDS) * WORTH * step_s / GRID_S
    said[_silent(path, grid_s)] = 0.0
    on_foot = course(said, CHANGE_COST)
    changes = np.flatnonzero(np.diff(on_foot.astype(np.int8))) + 1
    starts = [float(grid_s[0]), *((grid_s[changes] + grid_s[changes - 1]) / 2).tolist()]
    kinds = [bool(on_foot[0]), *on_foot[changes].tolist()]
    return list(zip(starts, kinds, strict=True))


def _silent(path: Path, grid_s: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which instants lie in a gap: nothing was seen there."""
    before = np.clip(np.searchsorted(path.time_s, grid_s, side="right") - 1, 0, len(path) - 2)
    silent: NDArray[np.bool_] = path.gap[before]
    return silent


def course(odds: NDArray[np.float64], cost: float) -> NDArray[np.bool_]:
    """Return the most probable course of two states, where each change has a price.

    Args:
        odds: ``(n,)``, logarithm of the odds of the first state; at least one.
        cost: Of each change, >= 0.

    Returns:
        bool ``(n,)``, where the first state holds.

    Source:
        Viterbi (1967), "Error bounds for convolutional codes and an
        asymptotically optimum decoding algorithm", IEEE Trans. Inf. Theory 13(2).
    """
    if np.all(odds <= 0):
        return np.zeros(len(odds), dtype=np.bool_)
    lead, leads = 0.0, []
    # The lead of the first state over the second stays within one change.
    for odd in odds.tolist():
        lead = min(max(lead, -cost), cost) + odd
        leads.append(lead)
    state = lead > 0
    found = np.zeros(len(leads), dtype=np.bool_)
    for place in range(len(leads) - 1, -1, -1):
        if leads[place] > cost:
            state = True
        elif leads[place] < -cost:
            state = False
        found[place] = state
    return found
