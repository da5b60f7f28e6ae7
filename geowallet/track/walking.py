"""Where, within a trip, its owner walks: the most probable course of walking and riding.

A small forest says for every ten seconds how probable walking is, from speeds at several
scales, and where there is one, the network that knows all modes says it beside; a change
between walking and riding has a price, so that neither a jam nor a sprint for the bus is one.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

from geowallet.crypto.canonical import sha256_hex
from geowallet.track.grid_speeds import COLUMNS, GRID_S, MOST_POINTS, grid_table, instants_of
from geowallet.track.modes.course import ROW_S
from geowallet.track.modes.forest import Trees

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from geowallet.track.grid_speeds import Instants
    from geowallet.track.modes.listener import Listener
    from geowallet.track.motion import Path

NAME = "walking.npz"

MOST_ODDS = 3.0
"""No ten seconds say more than 20 to 1."""

NOBODY_WALKS_MPS = 4.0
"""Over forty seconds: race walkers reach it, nobody on the way to a bus."""

WORTH = 0.35
"""Ten seconds next to each other say nearly the same; this share of it is new."""

HEARD_SHARE = 0.5
"""Of what is said of ten seconds, the part of the network: it has seen more kinds of rides, the
forest has seen recorded diaries."""

UNSEEN_M = 500.0
UNSEEN_MPS = 2.2
"""A silence between places so far apart, at a pace at which people run (Hreljac 1993), is a ride
below ground, or with a phone that was off."""

UNHEARD = 1e-6
"""What is added to a probability whose logarithm is taken."""

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
    trips: Sequence[tuple[int, int]],
    *,
    edge_mps: NDArray[np.float64],
    trees: Trees | None = None,
    listener: Listener | None = None,
) -> list[list[tuple[float, bool]]]:
    """Return where each walk or ride of some trips begins, and which it is.

    Args:
        path: The fixes of the chunk.
        trips: Index of the first and of the last fix of each, in time order; the
            last comes after the first.
        edge_mps: ``(n,)`` speeds of the path over some seconds.
        trees: Others than those that ship.
        listener: What a network says of the path, if there is one.

    Returns:
        For each trip ``(instant in seconds, whether on foot)``, in time order; the
        first is the start of the trip.
    """
    found: list[list[tuple[float, bool]]] = []
    for some in _together(path, trips):
        instants = instants_of(path, some)
        odds = _odds(path, instants, edge_mps, trees or walking_trees())
        if listener is not None:
            odds = (1.0 - HEARD_SHARE) * odds + HEARD_SHARE * heard_odds(listener, instants)
        odds = _seen(path, instants, odds)
        for start, end in zip(instants.rows.start, instants.rows.end, strict=True):
            found.append(_changes(instants.at_s[start:end], course(odds[start:end], CHANGE_COST)))
    return found


def _together(path: Path, trips: Sequence[tuple[int, int]]) -> Iterator[Sequence[tuple[int, int]]]:
    """Yield trips that are looked at together, so that memory stays bounded."""
    some: list[tuple[int, int]] = []
    points = 0.0
    for first, last in trips:
        lasting = min((path.time_s[last] - path.time_s[first]) / GRID_S, MOST_POINTS)
        if some and points + lasting > MOST_POINTS:
            yield some
            some, points = [], 0.0
        some.append((first, last))
        points += lasting
    if some:
        yield some


def _odds(
    path: Path, instants: Instants, edge_mps: NDArray[np.float64], trees: Trees
) -> NDArray[np.float64]:
    """Return what each instant says for walking, logarithm of odds."""
    table = grid_table(path, instants, edge_mps)
    odds = np.full(len(table), -MOST_ODDS)
    slow = table[:, COLUMNS.index("over_2_mps")] <= NOBODY_WALKS_MPS
    if np.any(slow):
        odds[slow] = trees.logits(table[slow])[:, 0]
    said: NDArray[np.float64] = np.clip(odds, -MOST_ODDS, MOST_ODDS) * WORTH
    return said * instants.step_s[instants.rows.leg] / GRID_S


def heard_odds(listener: Listener, instants: Instants) -> NDArray[np.float64]:
    """Return what a network says of each instant for walking, logarithm of odds.

    The more probable rest is, the less it says.
    """
    row = np.floor(instants.at_s / ROW_S).astype(np.intp)
    first, after = row[instants.rows.start], row[instants.rows.end - 1] + 1
    stretches = list(zip(first.tolist(), after.tolist(), strict=True))
    listener.listen(stretches)
    shares = np.concatenate([listener.shares(*stretch) for stretch in stretches])
    walked = np.sum(shares[:, listener.on_foot], axis=1)
    moved = 1.0 - shares[:, -1]
    odds = np.log(walked + UNHEARD) - np.log(moved - walked + UNHEARD)
    said = moved * np.clip(odds, -MOST_ODDS, MOST_ODDS)
    # Of all stretches end to end.
    place = np.cumsum(after - first) - after
    found: NDArray[np.float64] = said[row + place[instants.rows.leg]]
    return found * WORTH * instants.step_s[instants.rows.leg] / GRID_S


def _changes(at_s: NDArray[np.float64], on_foot: NDArray[np.bool_]) -> list[tuple[float, bool]]:
    changes = np.flatnonzero(np.diff(on_foot.astype(np.int8))) + 1
    starts = [float(at_s[0]), *((at_s[changes] + at_s[changes - 1]) / 2).tolist()]
    return list(zip(starts, [bool(on_foot[0]), *on_foot[changes].tolist()], strict=True))


def _seen(path: Path, instants: Instants, odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the odds where something was seen; in a silence, of what its ends say.

    Whoever comes out of it further away than feet go rode, the rest says nothing.
    """
    before = np.searchsorted(path.time_s, instants.at_s, side="right") - 1
    before = np.clip(before, 0, len(path) - 2)
    long_s, way_m = np.diff(path.time_s)[before], path.step_m[before]
    rode = (way_m >= UNSEEN_M) & (way_m > UNSEEN_MPS * long_s)
    said = -MOST_ODDS * WORTH * instants.step_s[instants.rows.leg] / GRID_S
    return np.where(path.gap[before], np.where(rode, said, 0.0), odds)


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
        lead = (cost if lead > cost else max(lead, -cost)) + odd
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
