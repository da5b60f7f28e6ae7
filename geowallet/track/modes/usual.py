"""What is usual for an owner: how often each mode is taken, and how the same ways were travelled.

Other days say how probable a mode was before anything of the leg itself was looked at.
The numbers here are stated: no labelled set at hand holds enough repeated ways to fit them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.mobility import Mode
from geowallet.track.modes.context import MOST_ODDS, habits_of, with_habits
from geowallet.track.modes.decide import MOTORISED
from geowallet.track.modes.repeated import same_ways

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geowallet.track.modes.forest import Forest

RARE = frozenset({Mode.FERRY, Mode.AIRPLANE})
"""Modes that are nobody's habit: what looks a little like them all the time is not."""

WAY_LEGS = 1.0
"""On a way that repeats, the habits of the owner weigh as much as this many legs along it: then
two legs of one way are by one mode in 6 of 10 cases. People do more (46 of 49 pairs of
MobilityNet), but two places do not make a way yet."""

WAY_ODDS = 10.0
"""No way makes a mode more than this many times more or less probable."""


@dataclass(frozen=True, slots=True, eq=False)
class Everybody:
    """What is usual for everybody, by class.

    Attributes:
        prior: float64 ``(classes,)``, shares that probabilities rest on; their sum is 1.
        rare: bool ``(classes,)``, those that other legs never make more probable.
        motorised: bool ``(classes,)``.
    """

    prior: NDArray[np.float64]
    rare: NDArray[np.bool_]
    motorised: NDArray[np.bool_]

    def shares(self, alone: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the shares of an owner whose legs say this, ``(classes,)``."""
        return habits_of(alone, self.prior, rare=self.rare)

    def habitual(
        self, alone: NDArray[np.float64], shares: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the probabilities of legs for an owner with these shares, ``(k, classes)``."""
        return with_habits(alone, np.maximum(shares, 1e-6), self.prior)


def everybody(classes: Sequence[str], prior: Sequence[float] | NDArray[np.float64]) -> Everybody:
    """Return what is usual for everybody.

    Args:
        classes: Names of modes.
        prior: Their shares, in any unit.
    """
    shares = np.asarray(prior, dtype=np.float64)
    rare, motorised = (np.array([name in some for name in classes]) for some in (RARE, MOTORISED))
    return Everybody(shares / np.sum(shares), rare, motorised)


def everybody_by(forest: Forest) -> Everybody:
    """Return what is usual for everybody by a model."""
    return everybody(forest.classes, forest.settings["prior"])


def together(
    alone: NDArray[np.float64], ends_deg: NDArray[np.float64], others: Everybody
) -> NDArray[np.float64]:
    """Return the probabilities of legs of one owner that tell each other, ``(k, classes)``.

    Args:
        alone: ``(k, classes)`` of each leg among its neighbours.
        ends_deg: As for `same_ways`.
        others: What is usual for everybody.
    """
    shares = others.shares(alone)
    known = others.habitual(alone, shares)
    return told(alone, same_ways(ends_deg), known, shares, others)


def told(
    alone: NDArray[np.float64],
    ways: Sequence[NDArray[np.intp]],
    known: NDArray[np.float64],
    shares: NDArray[np.float64],
    others: Everybody,
) -> NDArray[np.float64]:
    """Return the probabilities of legs after habits and ways that repeat, ``(k, classes)``.

    A leg that by itself is more probably motorised than not is never made less so: who
    cycles on most days drives on some, and a drive that counts as a ride is a false claim.

    Args:
        alone: ``(k, classes)`` of each leg among its neighbours.
        ways: For each leg, which of ``known`` lead along the same way.
        known: ``(n, classes)`` of other legs, habits heeded.
        shares: ``(classes,)`` of the owner.
        others: What is usual for everybody.
    """
    odds = np.tile(np.clip(shares / others.prior, 1 / MOST_ODDS, MOST_ODDS), (len(alone), 1))
    for leg, some in enumerate(ways):
        if len(some):
            # Sorted, so that the sum does not depend on the order of the legs.
            seen = np.sum(np.sort(known[some], axis=0), axis=0)
            usual = (WAY_LEGS * shares + seen) / (WAY_LEGS + len(some))
            here = np.clip(usual / others.prior, 1 / WAY_ODDS, WAY_ODDS)
            odds[leg] = np.where(others.rare, np.minimum(here, 1.0), here)
    found = alone * odds
    found /= np.sum(found, axis=1, keepdims=True)
    return _as_motorised(alone, found, others.motorised)


def _as_motorised(
    alone: NDArray[np.float64], found: NDArray[np.float64], motorised: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return ``found``, but what was rather motorised by itself is no less so."""
    was, now = (np.sum(shares[:, motorised], axis=1) for shares in (alone, found))
    less = (was > 0.5) & (now < was)
    motor = np.where(less, was / np.maximum(now, 1e-12), 1.0)
    muscle = np.where(less, (1.0 - was) / np.maximum(1.0 - now, 1e-12), 1.0)
    return found * np.where(motorised, motor[:, None], muscle[:, None])
