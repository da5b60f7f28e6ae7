"""The true legs of a day, and how a person would have written them down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from training.simulation.chance import often

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.simulation.travellers import Part

NOTED_WITHIN_S = 45.0
"""Scale of the error of a noted instant: a minute or two. Source: Stopher et al., 2007, "Assessing
the accuracy of the Sydney household travel survey with GPS" (times reported to some minutes)."""
UNBROKEN = 0.4
"""Share of diaries that know no waiting: a leg begins where the one before it ends."""
WAIT_S = 900.0
"""A longer stay is noted as one even in those."""
WITH_RIDE = 1 / 3
"""Share of waits noted with the ride that follows, the others with the walk before."""


@dataclass(frozen=True, slots=True)
class TrueLeg:
    """A leg from its first second to before its last."""

    first: int
    last: int
    mode: str


def legs_of(parts: Sequence[Part]) -> list[TrueLeg]:
    """Return the legs of a day; neighbours of one mode without a stay between are one leg."""
    legs: list[TrueLeg] = []
    now = 0
    for part in parts:
        then = now + len(part.motion)
        if part.mode and legs and (legs[-1].last, legs[-1].mode) == (now, part.mode):
            legs[-1] = TrueLeg(legs[-1].first, then, part.mode)
        elif part.mode:
            legs.append(TrueLeg(now, then, part.mode))
        now = then
    return legs


def noted(bounds_s: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Return the bounds as a person notes them: early or late, in order, never overlapping.

    Args:
        bounds_s: True first and last second of each leg, shape (k, 2), rising.
        chance: The stream.
    """
    most_s = 0.35 * (bounds_s[:, 1] - bounds_s[:, 0])[:, None]
    off = chance.laplace(0, NOTED_WITHIN_S, bounds_s.shape)
    out = np.maximum(bounds_s + np.clip(off, -most_s, most_s), 0.0)
    if len(out) > 1:
        before, after = bounds_s[:-1, 1], bounds_s[1:, 0]
        unbroken = (after - before < WAIT_S) & often(chance, UNBROKEN)
        meet = np.where(chance.random(len(before)) < WITH_RIDE, before, after)
        crossed = out[:-1, 1] > out[1:, 0]
        middle = np.where(unbroken, meet, (before + after) / 2)
        out[:-1, 1] = np.where(crossed | unbroken, middle, out[:-1, 1])
        out[1:, 0] = np.where(crossed | unbroken, middle, out[1:, 0])
    return np.asarray(out)
