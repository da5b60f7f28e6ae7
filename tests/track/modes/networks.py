"""Small networks made by hand or drawn, and paths for them to read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geowallet.model.fixes import fixes_from
from geowallet.track.modes.artefact import forest_bytes, read_forest
from geowallet.track.modes.course import CHANNELS
from geowallet.track.modes.forest import Forest
from geowallet.track.modes.network import LOGIT_UNIT, Layer, Network
from geowallet.track.motion import Path, path_of
from tests.track.modes.forests import CLASSES, forest_of
from tests.track.synthetic import MONDAY_US, Traveller

SPEED = 8
"""The channel of a row's speed, 256 at 15 m/s."""


def drawn(seed: int = 1, *, outputs: int = len(CLASSES) + 1) -> Network:
    """Three layers of any weights, which look five rows ahead and back."""
    rng = np.random.default_rng(seed)

    def layer(
        inputs: int, width: int, kernel: int = 1, dilation: int = 1, *, adds: bool = False
    ) -> Layer:
        weight = rng.integers(-127, 128, (kernel * inputs, width)).astype(np.float32)
        scale, bias = rng.uniform(0.0005, 0.003, width), rng.normal(0.0, 20.0, width)
        line = scale.astype(np.float32), bias.astype(np.float32)
        return Layer(weight, *line, kernel, dilation, adds)

    return Network((layer(CHANNELS, 8, 5), layer(8, 8, 3, 3, adds=True), layer(8, outputs)))


def fast_is(mode: str, *, logit: float = 8.0) -> Network:
    """Say ``mode`` by ``logit`` for each 15 m/s of a row's speed, and nothing else."""
    weight = np.zeros((CHANNELS, len(CLASSES) + 1), dtype=np.float32)
    weight[SPEED, CLASSES.index(mode)] = 1.0
    ones = np.ones(weight.shape[1], dtype=np.float32)
    return Network((Layer(weight, ones * np.float32(logit / 256 / LOGIT_UNIT), 0 * ones),))


def forest_with(network: Network, **settings: float) -> Forest:
    made = replace(forest_of(**settings), network=network)
    return read_forest(forest_bytes(made))


def straight(mps: float, seconds: int, *, every_s: int = 5) -> Path:
    """A path due east on the equator."""
    time_s = np.arange(0, seconds + 1, every_s)
    lon_deg = np.degrees(time_s * mps / 6_371_008.8)
    return path_of(fixes_from(MONDAY_US + time_s * 1_000_000, np.zeros(len(time_s)), lon_deg))


def errand(seed: int = 1) -> Path:
    """A walk, a ride through crossing streets, a silence, a walk."""
    way = Traveller(noise_m=3.0, seed=seed).go(300, 1.4).zigzag(3000, 9.0, block_m=300, every_s=4.0)
    return path_of(way.silence(400).jump_to(3000.0, 2500.0).go(300, 1.4).fixes())
