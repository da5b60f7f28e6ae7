"""The same days once more: seen between high houses, or cut out of the middle of rides.

Whoever starts a recorder on a motorway, or labels a part of a bus ride, has legs without the
slow ends that all simulated ones have.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from training.reflections import reflected

if TYPE_CHECKING:
    from numpy.random import Generator

    from training.scenes import Scene

SHORTEST_WHOLE_S = 300.0
SHORTEST_PIECE_S = 120.0
LONGEST_SHARE = 0.8
"""Legs that are cut, and bounds of what is left of them."""


class Variant(StrEnum):
    """How days are seen."""

    PLAIN = "plain"
    REFLECTED = "reflected"
    PIECES = "pieces"


ALONE_SHARE = {Variant.PLAIN: 1.0 / 3.0, Variant.REFLECTED: 1.0 / 3.0, Variant.PIECES: 0.6}
"""Of legs, those that are described as if nothing around them had been recorded: pieces more
often, as a recording that begins under way has nothing before."""


def varied(scene: Scene, variant: Variant, rng: Generator) -> Scene:
    """Return ``scene`` as ``variant`` has it; it may be left without legs."""
    if variant is Variant.REFLECTED:
        return replace(scene, fixes=reflected(scene.fixes, rng))
    return pieces(scene, rng) if variant is Variant.PIECES else scene


def pieces(scene: Scene, rng: Generator) -> Scene:
    """Return ``scene`` with one piece of each long leg, and no other legs."""
    long_s = (scene.bounds_us[:, 1] - scene.bounds_us[:, 0]) / 1e6
    moving = np.array([mode != "stop" for mode in scene.modes], dtype=np.bool_)
    cut = np.flatnonzero((long_s > SHORTEST_WHOLE_S) & moving)
    most_s = np.maximum(LONGEST_SHARE * long_s[cut], SHORTEST_PIECE_S)
    piece_s = np.exp(rng.uniform(np.log(SHORTEST_PIECE_S), np.log(most_s)))
    start_s = rng.uniform(0.05, 0.95, len(cut)) * (long_s[cut] - piece_s)
    first_us = scene.bounds_us[cut, 0] + (start_s * 1e6).astype(np.int64)
    bounds_us = np.column_stack((first_us, first_us + (piece_s * 1e6).astype(np.int64)))
    return replace(
        scene,
        bounds_us=bounds_us,
        modes=tuple(scene.modes[leg] for leg in cut),
        metres=scene.metres[cut] * piece_s / long_s[cut],
    )
