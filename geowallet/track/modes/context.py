"""What surrounds a leg: its neighbours in time, and the habits of its owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geowallet.track.modes.forest import softmax

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEIGHBOUR_S = 900.0
"""Legs further apart in time say nothing of each other: between them lies a stay."""

HABIT_LEGS = 60.0
"""The habits of everybody weigh as much as this many legs of the owner: with 25, few legs of a
kind that looks like another were drawn over to it (MobilityNet, left out: 0.80 right with 10 or
25, 0.85 without habits, 0.86 with 60, 0.84 with 150; SSI 0.83, 0.83, 0.81, 0.84, 0.83; simulated
travellers of some 27 legs 0.89, 0.89, 0.88, 0.89, 0.88)."""

HABIT_ROUNDS = 50
"""Of expectation and maximisation; the shares no longer move then."""

MOST_ODDS = 5.0
"""A habit makes a mode at most this much more, or less, probable than it is for everybody."""


def context_names(classes: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns of `context_table` for a forest of ``classes``."""
    sides = ("before", "after")
    return tuple(
        name
        for side in sides
        for name in (f"{side}_gap_s", f"{side}_log_s", *(f"{side}_{mode}" for mode in classes))
    )


def context_table(
    bounds_us: NDArray[np.int64], probabilities: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Describe the neighbours of each leg.

    Args:
        bounds_us: ``(k, 2)`` first and last instant of the legs of one owner, in
            any order.
        probabilities: ``(k, classes)`` of each leg alone.

    Returns:
        ``(k, 2 * (2 + classes))``: for the leg before and the one after, the
        seconds between, the logarithm of its own seconds and its probabilities;
        NaN where none is near.
    """
    order = _in_time(bounds_us)
    start_s, end_s = (bounds_us[order, side] / 1e6 for side in (0, 1))
    between_s = start_s[1:] - end_s[:-1]
    near = np.abs(between_s) <= NEIGHBOUR_S
    lasting = np.log(np.maximum(end_s - start_s, 1.0))
    facts = np.column_stack((lasting, probabilities[order]))
    k, width = len(order), 2 + probabilities.shape[1]
    found = np.full((k, 2 * width), np.nan)
    silent = np.maximum(between_s, 0.0)[:, None]
    found[1:, :width] = np.where(near[:, None], np.hstack((silent, facts[:-1])), np.nan)
    found[:-1, width:] = np.where(near[:, None], np.hstack((silent, facts[1:])), np.nan)
    result = np.empty_like(found)
    result[order] = found
    return result


def chained(
    bounds_us: NDArray[np.int64],
    probabilities: NDArray[np.float64],
    pairs: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return probabilities of legs, given which modes follow each other.

    Sum-product over each chain of near legs (Rabiner 1989, "A tutorial on hidden
    Markov models", Proc. IEEE 77(2)).

    Args:
        bounds_us: ``(k, 2)`` as for `context_table`.
        probabilities: ``(k, classes)`` of each leg alone.
        pairs: ``(classes, classes)`` logarithm of how much more often the second
            mode follows the first than chance has it.
    """
    order = _in_time(bounds_us)
    alone = probabilities[order]
    start_us, end_us = bounds_us[order, 0], bounds_us[order, 1]
    near = np.abs(start_us[1:] - end_us[:-1]) <= NEIGHBOUR_S * 1e6
    odds = np.exp(pairs)
    ahead, behind = np.ones_like(alone), np.ones_like(alone)
    for leg in range(1, len(order)):
        if near[leg - 1]:
            message = (alone[leg - 1] * ahead[leg - 1]) @ odds
            ahead[leg] = message / np.sum(message)
    for leg in range(len(order) - 2, -1, -1):
        if near[leg]:
            message = odds @ (alone[leg + 1] * behind[leg + 1])
            behind[leg] = message / np.sum(message)
    together = alone * ahead * behind
    result = np.empty_like(together)
    result[order] = together / np.sum(together, axis=1, keepdims=True)
    return result


def walked_s(bounds_us: NDArray[np.int64], on_foot: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return how long the owner walked right before and right after each leg, ``(k, 2)``.

    Args:
        bounds_us: ``(k, 2)`` as for `context_table`.
        on_foot: bool ``(k,)``, which of the legs are walks.
    """
    order = _in_time(bounds_us)
    start_us, end_us = bounds_us[order, 0], bounds_us[order, 1]
    near = np.abs(start_us[1:] - end_us[:-1]) <= NEIGHBOUR_S * 1e6
    foot_s = np.where(on_foot[order], (end_us - start_us) / 1e6, 0.0)
    found = np.zeros((len(order), 2))
    found[1:, 0] = np.where(near, foot_s[:-1], 0.0)
    found[:-1, 1] = np.where(near, foot_s[1:], 0.0)
    result = np.empty_like(found)
    result[order] = found
    return result


def habits_of(
    probabilities: NDArray[np.float64],
    prior: NDArray[np.float64],
    *,
    rare: NDArray[np.bool_] | None = None,
) -> NDArray[np.float64]:
    """Return the shares of modes that an owner's legs show, without any label.

    Args:
        probabilities: ``(k, classes)`` of all legs of one owner; a function of
            their set.
        prior: ``(classes,)`` shares that the probabilities rest on.
        rare: bool ``(classes,)``, modes that are nobody's habit: their share is
            never raised.

    Source:
        Saerens, Latinne and Decaestecker 2002, "Adjusting the outputs of a
        classifier to new a priori probabilities", Neural Computation 14(1); here
        pulled to ``prior`` by `HABIT_LEGS`.
    """
    # Sorted, so that sums do not depend on the order of the legs.
    rows = probabilities[np.lexsort(probabilities.T)]
    shares = prior / np.sum(prior)
    for _ in range(HABIT_ROUNDS):
        seen = with_habits(rows, shares, prior)
        shares = (np.sum(seen, axis=0) + HABIT_LEGS * prior) / (len(rows) + HABIT_LEGS)
        if rare is not None:
            shares = np.where(rare, np.minimum(shares, prior), shares)
            shares /= np.sum(shares)
    result: NDArray[np.float64] = shares
    return result


def with_habits(
    probabilities: NDArray[np.float64],
    habits: NDArray[np.float64],
    prior: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the probabilities for an owner with ``habits``, ``(k, classes)``.

    Args:
        probabilities: ``(k, classes)``.
        habits: ``(classes,)`` shares of the owner's legs.
        prior: ``(classes,)`` shares that the probabilities rest on.
    """
    odds = np.clip(habits / prior, 1 / MOST_ODDS, MOST_ODDS)
    return softmax(np.log(np.maximum(probabilities, 1e-12)) + np.log(odds))


def _in_time(bounds_us: NDArray[np.int64]) -> NDArray[np.intp]:
    return np.lexsort((bounds_us[:, 1], bounds_us[:, 0]))
