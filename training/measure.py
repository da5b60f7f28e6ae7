"""Figures of predictions: the same definitions as the accuracy page uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

FAMILIES: Mapping[str, str] = {
    "walk": "walk",
    "run": "walk",
    "bike": "bike",
    "e_bike": "bike",
    "car": "car",
    "taxi": "car",
    "bus": "bus",
    "tram": "rail",
    "subway": "rail",
    "train": "rail",
}
"""Modes that the five-class score joins; others are not scored."""

FIVE = ("walk", "bike", "car", "bus", "rail")
SOFT = frozenset({"walk", "bike"})
BINS = 10


@dataclass(frozen=True, slots=True)
class Figures:
    """How well ``legs`` predictions hold.

    Attributes:
        legs: How many were scored.
        accuracy: Share that is right; an unknown is wrong.
        macro_f1: Mean F1 over the classes that occur.
        by_distance: Share of metres that is right.
        ece: Expected calibration error over ten equal bins of confidence.
        soft_share: Share of motorised metres taken for foot or bike.
        unknown_share: Share of legs left unknown.
        f1: F1 of each class that occurs.
        confusion: Truth to prediction to count.
    """

    legs: int
    accuracy: float
    macro_f1: float
    by_distance: float
    ece: float
    soft_share: float
    unknown_share: float
    f1: dict[str, float]
    confusion: dict[str, dict[str, int]]

    def line(self) -> str:
        """Return the figures on one line."""
        each = " ".join(f"{name} {value:.2f}" for name, value in self.f1.items())
        return (
            f"n {self.legs} acc {self.accuracy:.3f} mF1 {self.macro_f1:.3f} "
            f"dist {self.by_distance:.3f} ece {self.ece:.3f} "
            f"soft {100 * self.soft_share:.2f}% unk {100 * self.unknown_share:.1f}% | {each}"
        )


def figures_of(
    truth: Sequence[str],
    guess: Sequence[str],
    confidence: NDArray[np.float64],
    metres: NDArray[np.float64],
) -> Figures:
    """Return the five-class figures of ``n`` legs.

    Args:
        truth: ``n`` modes; those outside `FAMILIES` are left out.
        guess: ``n`` modes as predicted, ``unknown`` included.
        confidence: ``(n,)`` probability of each guess.
        metres: ``(n,)`` length of each leg.
    """
    scored = np.array([word in FAMILIES and word != "run" for word in truth], dtype=np.bool_)
    true = np.array([FAMILIES.get(word, "other") for word in truth])[scored]
    said = np.array([FAMILIES.get(word, word) for word in guess])[scored]
    sure, long_m = confidence[scored], metres[scored]
    right = true == said
    f1 = {}
    for name in FIVE:
        if np.any(true == name):
            hits = np.sum(right & (true == name))
            f1[name] = float(2 * hits / (np.sum(true == name) + np.sum(said == name)))
    motorised = np.array([name not in SOFT for name in true])
    soft = np.array([name in SOFT for name in said])
    confusion = {
        name: {
            str(other): int(np.sum(said[true == name] == other))
            for other in np.unique(said[true == name])
        }
        for name in f1
    }
    return Figures(
        legs=len(true),
        accuracy=float(np.mean(right)) if len(true) else float("nan"),
        macro_f1=float(np.mean(list(f1.values()))) if f1 else float("nan"),
        by_distance=float(np.sum(long_m[right]) / max(np.sum(long_m), 1e-9)),
        ece=calibration_error(right, sure),
        soft_share=float(np.sum(long_m[motorised & soft]) / max(np.sum(long_m[motorised]), 1e-9)),
        unknown_share=float(np.mean(said == "unknown")) if len(said) else 0.0,
        f1=f1,
        confusion=confusion,
    )


def calibration_error(right: NDArray[np.bool_], confidence: NDArray[np.float64]) -> float:
    """Return the mean gap between confidence and hits over ten equal bins."""
    if not len(right):
        return float("nan")
    place = np.minimum((confidence * BINS).astype(np.intp), BINS - 1)
    total = 0.0
    for number in np.unique(place):
        inside = place == number
        gap = abs(float(np.mean(right[inside])) - float(np.mean(confidence[inside])))
        total += gap * float(np.mean(inside))
    return total
