"""How well guesses hold against labels, by family of modes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.mobility import Mode
from geowallet.track.modes.decide import (
    FAMILIES,
    decided,
    over_all_modes,
    shared_out,
    within_physics,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geowallet.track.modes.forest import Forest

BINS = 10
"""Equal bins of confidence, for the calibration error."""

NAMES = ("foot", "bike", "car", "bus", "rail", "ferry", "airplane")
"""Of `FAMILIES`, in their order."""

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Figures:
    """How well ``legs`` guesses hold; an unknown is wrong.

    Attributes:
        legs: How many.
        accuracy: Share that is right, by family.
        macro_f1: Mean F1 over the families that occur.
        ece: Expected calibration error over `BINS` bins.
        soft_share: Share of motorised metres taken for foot or bike.
        unknown_share: Share of legs left unknown.
        confusion: Truth to guess to count.
    """

    legs: int
    accuracy: float
    macro_f1: float
    ece: float
    soft_share: float
    unknown_share: float
    confusion: Mapping[str, Mapping[str, int]]


def family_name(mode: str) -> str:
    """Return the name of the family of ``mode``, "unknown" for none."""
    for name, family in zip(NAMES, FAMILIES, strict=True):
        if mode in family:
            return name
    return UNKNOWN


def guesses_of(
    probabilities: NDArray[np.float64], table: NDArray[np.float64], forest: Forest
) -> tuple[list[str], NDArray[np.float64]]:
    """Return family and probability of each leg, as the program decides without an owner.

    Args:
        probabilities: ``(k, classes)`` of the classes of ``forest``.
        table: ``(k, len(FEATURES))``.
        forest: For its classes and limits.
    """
    shares = over_all_modes(probabilities, forest.classes)
    shares = shared_out(shares, table, None, np.zeros_like(shares))
    decisions = [decided(row, forest.settings) for row in within_physics(shares, table)]
    names = [family_name(one.best if one.claimed else Mode.UNKNOWN) for one in decisions]
    return names, np.array([one.family for one in decisions])


def figures_of(
    truth: Sequence[str],
    guess: Sequence[str],
    probability: NDArray[np.float64],
    metres: NDArray[np.float64],
) -> Figures:
    """Return the figures of ``k`` legs, at least one.

    Args:
        truth: ``k`` names of families.
        guess: ``k`` names of families, or "unknown".
        probability: ``(k,)`` of each guess.
        metres: ``(k,)``.
    """
    true, said = np.array(truth), np.array(guess)
    right = true == said
    there = [name for name in NAMES if np.any(true == name)]
    f1 = [
        2
        * float(np.sum(right & (true == name)))
        / float(np.sum(true == name) + np.sum(said == name))
        for name in there
    ]
    hard = ~np.isin(true, NAMES[:2])
    soft = np.isin(said, NAMES[:2])
    confusion = {
        name: {
            other: int(np.sum(said[true == name] == other))
            for other in (*NAMES, UNKNOWN)
            if np.any(said[true == name] == other)
        }
        for name in there
    }
    return Figures(
        legs=len(true),
        accuracy=float(np.mean(right)),
        macro_f1=float(np.mean(f1)),
        ece=calibration_error(right, probability),
        soft_share=float(np.sum(metres[hard & soft]) / max(float(np.sum(metres[hard])), 1e-9)),
        unknown_share=float(np.mean(said == UNKNOWN)),
        confusion=confusion,
    )


def calibration_error(right: NDArray[np.bool_], probability: NDArray[np.float64]) -> float:
    """Return the mean gap between promise and hits, over equal bins weighed by their legs."""
    place = np.minimum((probability * BINS).astype(np.intp), BINS - 1)
    gaps = [
        abs(float(np.sum(right[place == n]) - np.sum(probability[place == n])))
        for n in np.unique(place)
    ]
    return sum(gaps) / len(right)
