"""A small forest made by hand, whose answers can be worked out on paper."""

from __future__ import annotations

from typing import Any

import numpy as np

from geowallet.track.modes.artefact import forest_bytes, read_forest
from geowallet.track.modes.forest import UNIT, Forest, Trees

CLASSES = ("walk", "bike", "car", "bus", "train")
FEATURES = ("v60_p90", "halts_km", "corners_km", "cadence_s")
SETTINGS: dict[str, Any] = {
    "prior": [0.3, 0.15, 0.3, 0.15, 0.1],
    "least_confidence": {"default": 0.4},
    "neutral": {"v60_p90": 8.0, "halts_km": 1.0, "corners_km": 1.0},
}


def step(feature: int, threshold: float, left: float, right: float) -> tuple[Any, ...]:
    """One tree: ``left`` up to the threshold, else ``right``; unknown goes left."""
    return feature, threshold, left, right


STEPS = (
    *(step(0, 2.5, 4.0, -4.0), step(0, 7.5, 2.0, -4.0), step(0, 7.5, -3.0, 2.0)),
    *(step(0, 7.5, -3.0, 1.0), step(0, 20.0, -3.0, 2.0)),
    *(step(1, 1.5, 0.0, 0.0), step(2, 1.5, 0.0, 0.5), step(1, 1.5, 1.0, -1.0)),
    *(step(1, 1.5, -1.0, 2.0), step(2, 0.2, 1.5, -1.5)),
)
"""Two trees a class: slow is a walk, halts make a bus, corners rule out a train."""


def trees_of(steps: tuple[tuple[Any, ...], ...] = STEPS, classes: int = len(CLASSES)) -> Trees:
    feature, threshold, left, right = zip(*steps, strict=True)
    n = len(steps)
    values = np.column_stack((left, right)).ravel()
    return Trees(
        feature=np.array(feature, dtype=np.uint8),
        threshold=np.array(threshold, dtype=np.float32),
        nan_left=np.ones(n, dtype=np.bool_),
        first=np.zeros(n, dtype=np.uint8),
        after=np.ones(n, dtype=np.uint8),
        count=np.ones(n, dtype=np.intp),
        leaf=np.rint(values / UNIT).astype(np.int64),
        classes=classes,
    )


def forest_of(**settings: Any) -> Forest:
    made = Forest(FEATURES, CLASSES, trees_of(), None, SETTINGS | settings, "")
    return read_forest(forest_bytes(made))
