"""A model moved a little towards what its owner said: shares of modes, and how sure it is.

Only one number a class and one for all are learnt, and both are held back, because a few
corrections say little: trees stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from geowallet.crypto.canonical import digest_of
from geowallet.track.modes.artefact import check_settings
from geowallet.track.modes.forest import Forest, softmax

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

HELD_BACK_LEGS = 25.0
"""What the model says by itself weighs as much as this many legs of the owner."""

INFORMATION = 0.25
"""Of one leg between two modes that are equally probable: p (1 - p)."""

FLOOR = 1e-3
"""Least share of a mode: that it was thought impossible moves nothing by itself."""

MOST_BIAS = 1.6
"""A mode becomes at most five times more, or less, probable than the model says."""

BLUNTEST, SHARPEST = 0.5, 2.0
"""Bounds of the exponent on the model's probabilities."""

ROUNDS = 60
"""Steps of Newton's method; the loss is convex, a dozen are enough."""

STEP = 1000
"""Figures are kept in thousandths: whole numbers are the same on every machine."""


@dataclass(frozen=True, slots=True)
class Leaning:
    """How a model is moved for one owner: ``p ** sharpness * exp(bias)``, then shared to 1.

    Attributes:
        bias: Thousandths for each mode, by name.
        sharpness: Thousandths; below 1000 the model is made less sure.
    """

    bias: Mapping[str, int]
    sharpness: int

    def applied(self, shares: NDArray[np.float64], classes: tuple[str, ...]) -> NDArray[np.float64]:
        """Return the shares ``(n, classes)`` as they are for the owner."""
        bias = np.array([self.bias.get(name, 0) / STEP for name in classes])
        return softmax(self.sharpness / STEP * np.log(floored(shares)) + bias)


def floored(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return shares of which none is below `FLOOR`, before they are shared to 1 again."""
    lifted = np.maximum(shares, FLOOR)
    result: NDArray[np.float64] = lifted / lifted.sum(axis=1, keepdims=True)
    return result


def leaning_of(
    shares: NDArray[np.float64], said: NDArray[np.intp], classes: tuple[str, ...]
) -> Leaning:
    """Return the leaning that fits best what the owner said, held back by `HELD_BACK_LEGS`.

    The most probable one under normal priors about "as it is" (maximum a posteriori of
    a multinomial logistic model with an offset); the same for any order of the legs.

    Args:
        shares: ``(n, classes)`` that the model gives, at least one leg.
        said: ``(n,)`` places in ``classes`` of what the owner said.
        classes: Names of the modes.
    """
    order = np.lexsort((said, *shares.T))
    scores, truth = np.log(floored(shares))[order], said[order]
    count = len(classes)
    held = HELD_BACK_LEGS * INFORMATION
    place = np.zeros(count + 1)
    place[count] = 1.0
    rows = np.arange(len(truth))
    for _ in range(ROUNDS):
        chance = softmax(place[count] * scores + place[:count])
        miss = chance.copy()
        miss[rows, truth] -= 1.0
        mean = np.sum(chance * scores, axis=1)
        gradient = np.append(miss.sum(axis=0), np.sum(miss * scores)) + held * place
        gradient[count] -= held
        cross = np.sum(chance * (scores - mean[:, None]), axis=0)
        curve = np.zeros((count + 1, count + 1))
        curve[:count, :count] = np.diag(chance.sum(axis=0)) - chance.T @ chance
        curve[:count, count] = curve[count, :count] = cross
        curve[count, count] = np.sum(chance * (scores - mean[:, None]) ** 2)
        step = np.linalg.solve(curve + held * np.eye(count + 1), gradient)
        place -= step * min(1.0, 1.0 / max(float(np.max(np.abs(step))), 1e-12))
    bias = np.clip(place[:count], -MOST_BIAS, MOST_BIAS)
    sharpness = float(np.clip(place[count], BLUNTEST, SHARPEST))
    return Leaning(
        {name: round(float(value) * STEP) for name, value in zip(classes, bias, strict=True)},
        round(sharpness * STEP),
    )


def left_out(
    shares: NDArray[np.float64], said: NDArray[np.intp], classes: tuple[str, ...]
) -> NDArray[np.float64]:
    """Return the shares of each leg by the leaning of all others, ``(n, classes)``.

    Args:
        shares: As for `leaning_of`, at least two legs.
        said: As for `leaning_of`.
        classes: As for `leaning_of`.
    """
    found = np.empty_like(shares)
    for leg in range(len(said)):
        others = np.arange(len(said)) != leg
        leaning = leaning_of(shares[others], said[others], classes)
        found[leg] = leaning.applied(shares[leg : leg + 1], classes)[0]
    return found


def personalised(forest: Forest, leaning: Leaning) -> Forest:
    """Return the forest with its last stage moved; its digest names both.

    Raises:
        ValueError: The leaning is beyond what a forest may hold.
    """
    stage = "calibration" if forest.context is None else "context_calibration"
    bands = forest.settings.get(stage) or [_plain(forest)]
    settings = {**forest.settings, stage: [_moved(band, forest, leaning) for band in bands]}
    check_settings(settings, forest.classes)
    moved = {"bias": dict(leaning.bias), "sharpness": leaning.sharpness}
    digest = digest_of({"forest": forest.digest, "personal": moved})
    return replace(forest, settings=settings, digest=digest)


def _plain(forest: Forest) -> dict[str, Any]:
    bias = [0.0] * len(forest.classes)
    return {"cadence_s_up_to": None, "temperature": 1.0, "bias": bias}


def _moved(band: Mapping[str, Any], forest: Forest, leaning: Leaning) -> dict[str, Any]:
    sharpness = leaning.sharpness / STEP
    bias = [
        float(value) * sharpness + leaning.bias.get(name, 0) / STEP
        for name, value in zip(forest.classes, band["bias"], strict=True)
    ]
    return {**band, "temperature": float(band["temperature"]) / sharpness, "bias": bias}
