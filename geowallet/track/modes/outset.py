"""Where a fitted forest begins: at what another one says, as far as labels bear it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.track.modes.forest import softmax

if TYPE_CHECKING:
    from numpy.typing import NDArray

HELD = 5.0
"""How firmly power and bias are held: a few labels move them little. With 1 instead of 5, as
with 5 and no bound above, 58 legs that all agree would be believed without measure."""

MOST_POWER = 1.0
"""Nothing is said more surely than it was."""

STEPS = 40
ENOUGH = 1e-9
SHORTEST = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Outset:
    """How far another forest's logits are believed.

    Attributes:
        power: What they are multiplied with, 0 to 1.
        bias: float64 ``(classes,)``, what is added.
    """

    power: float
    bias: NDArray[np.float64]

    def of(self, logits: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where legs with these logits of the other forest begin, ``(k, classes)``."""
        return self.power * logits + self.bias

    def kept(self, share: float) -> Outset:
        """Return the outset of which a share is kept, against what the other forest says."""
        return Outset(1.0 + share * (self.power - 1.0), share * self.bias)


def outset_of(
    logits: NDArray[np.float64], classes: NDArray[np.int64], weights: NDArray[np.float64]
) -> Outset:
    """Return the outset under which labels are most probable.

    Newton's method on the cross-entropy of `Outset.of`, which is convex, with power held
    at 1 and bias at 0 by `HELD`; a kind of vector scaling (Guo et al. 2017, "On
    calibration of modern neural networks", ICML) with one number for all slopes.

    Args:
        logits: float64 ``(n, classes)``, of the other forest.
        classes: int64 ``(n,)``, what labels say.
        weights: float64 ``(n,)``, positive.
    """
    count = logits.shape[1]
    aim = np.append(1.0, np.zeros(count))
    found = aim
    loss, chance = _loss(found, aim, logits, (classes, weights))
    for _ in range(STEPS):
        slope, bend = _derivatives(chance, logits, (classes, weights))
        step = np.linalg.solve(bend, slope + 2.0 * HELD * (found - aim))
        length = 1.0
        lower, now = _loss(found - step, aim, logits, (classes, weights))
        while lower > loss and length > SHORTEST:
            length /= 2.0
            lower, now = _loss(found - length * step, aim, logits, (classes, weights))
        if lower > loss:
            break
        found, gained = found - length * step, loss - lower
        loss, chance = lower, now
        if gained <= ENOUGH * abs(loss):
            break
    return Outset(float(np.clip(found[0], 0.0, MOST_POWER)), found[1:])


def _loss(
    number: NDArray[np.float64],
    aim: NDArray[np.float64],
    logits: NDArray[np.float64],
    said: tuple[NDArray[np.int64], NDArray[np.float64]],
) -> tuple[float, NDArray[np.float64]]:
    classes, weights = said
    chance = softmax(number[0] * logits + number[1:])
    right = np.maximum(chance[np.arange(len(classes)), classes], 1e-300)
    held = HELD * float(np.sum((number - aim) ** 2))
    return held - float(np.sum(weights * np.log(right))), chance


def _derivatives(
    chance: NDArray[np.float64],
    logits: NDArray[np.float64],
    said: tuple[NDArray[np.int64], NDArray[np.float64]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the first and the second derivatives of the loss, without what holds it at its aim."""
    classes, weights = said
    count = logits.shape[1]
    off = chance.copy()
    off[np.arange(len(classes)), classes] -= 1.0
    off *= weights[:, None]
    slope = np.append(np.sum(off * logits), np.sum(off, axis=0))
    # A leg's logits follow power by what the other forest says of it, and bias one to one.
    sure = weights[:, None] * chance
    mean = np.sum(chance * logits, axis=1, keepdims=True)
    bend = 2.0 * HELD * np.eye(count + 1)
    bend[0, 0] += np.sum(sure * (logits - mean) ** 2)
    bend[0, 1:] += np.sum(sure * (logits - mean), axis=0)
    bend[1:, 0] = bend[0, 1:]
    bend[1:, 1:] += np.diag(np.sum(sure, axis=0)) - sure.T @ chance
    return slope, bend
