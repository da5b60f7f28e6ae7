"""Models made by hand, that say one thing of every leg."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from geowallet.app.locations import Locations
from geowallet.app.travel import models, recompute
from geowallet.model.mobility import Mode
from geowallet.track.modes.artefact import forest_bytes, read_forest
from geowallet.track.modes.forest import UNIT, Forest, Trees
from tests.app import scene

CLASSES = ("walk", "bike", "car", "bus", "train")


def always(*modes: Mode, sure: float = 4.0) -> Forest:
    """Return a model that gives each of ``modes`` the same, and the others little."""
    logits = [sure if name in modes else 0.0 for name in CLASSES]
    n = len(CLASSES)
    trees = Trees(
        feature=np.zeros(0, dtype=np.uint8),
        threshold=np.zeros(0, dtype=np.float32),
        nan_left=np.zeros(0, dtype=np.bool_),
        first=np.zeros(0, dtype=np.uint8),
        after=np.zeros(0, dtype=np.uint8),
        count=np.zeros(n, dtype=np.intp),
        leaf=np.rint(np.array(logits) / UNIT).astype(np.int64),
        classes=n,
    )
    settings = {"prior": [0.2] * n, "least_confidence": {"default": 0.3}}
    return read_forest(forest_bytes(Forest(("v60_p90",), CLASSES, trees, None, settings, "")))


def of_another_version(forest: Forest) -> bytes:
    """Return the bytes of a model that looks at something unknown here."""
    name = "x" * len(forest.features[0])
    return forest_bytes(replace(forest, features=(name,)))


def torn_days(here: Locations, folder: Path) -> Locations:
    """Return the wallet of a scene with four days, found by a model torn between car and bus."""
    scene.ingest_files(here, scene.write_days(folder, scene.days_of_may(6, 7)))
    models.keep_model("torn", always(Mode.CAR, Mode.BUS))
    with scene.opened(here) as vault:
        models.use_model(vault, "torn", now_us=scene.NOON_US)
        recompute.carry_out(vault, recompute.plan(vault), now_us=scene.NOON_US)
    return here
