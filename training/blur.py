"""The same legs as another phone would have recorded and another person labelled them.

A set must not be known by its format: cadence, columns and the care of its labels vary
from device to device, the modes do not.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from training.scenes import Scene

CADENCES_S = (0.0, 0.0, 2.0, 3.0, 5.0, 5.0, 10.0, 15.0, 30.0, 60.0)
"""What trackers record by default or by setting; 0 keeps the cadence as it is."""

SLOP_S = 60.0
"""Labels are set by hand, and begin or end up to a minute off."""

SLOPPY_SHARE = 0.6
"""Of the legs; the others keep the bounds as labelled."""

CUT_OVER_S = 3600.0
LONGEST_CUT_S = (240.0, 3600.0)
"""Legs that last for hours, as sports do, are cut to parts of everyday length."""

CUT_SHARE = 0.7
"""Of legs over an hour."""

SPREAD_SHARE = 0.5
"""Chance that a column of the receiver is taken away."""


def blurred(scene: Scene, rng: Generator, *, thin: bool = True) -> Scene:
    """Return ``scene`` with other cadence, columns and bounds.

    Args:
        scene: Any.
        rng: Seeded.
        thin: Whether fixes are left out; simulated ones have their cadence already.
    """
    fixes = scene.fixes
    if thin:
        fixes = fixes.take(_kept(fixes.time_us, float(rng.choice(CADENCES_S)), rng))
    blank = np.full(len(fixes), np.nan)
    gone = {name: blank for name in ("accuracy_m", "speed_mps") if rng.random() < SPREAD_SHARE}
    moved = np.array([_moved(start, end, rng) for start, end in scene.bounds_us], dtype=np.int64)
    return replace(
        scene,
        fixes=replace(fixes, **gone),
        bounds_us=moved.reshape(-1, 2),
    )


def _kept(time_us: NDArray[np.int64], cadence_s: float, rng: Generator) -> NDArray[np.intp]:
    """Return the fixes of a recorder that wakes every ``cadence_s``, more or less."""
    if cadence_s <= 0 or not len(time_us):
        return np.arange(len(time_us))
    offset_us = rng.uniform(0, cadence_s) * 1e6
    slot = np.floor((time_us - time_us[0] + offset_us) / (cadence_s * 1e6))
    return np.flatnonzero(np.diff(slot, prepend=-1.0))


def _moved(start_us: int, end_us: int, rng: Generator) -> tuple[int, int]:
    """Return bounds as another person would have set them."""
    first, last = float(start_us), float(end_us)
    long_s = (last - first) / 1e6
    if long_s > CUT_OVER_S and rng.random() < CUT_SHARE:
        high_s = min(LONGEST_CUT_S[1], long_s)
        keep_s = float(np.exp(rng.uniform(np.log(LONGEST_CUT_S[0]), np.log(high_s))))
        first += rng.uniform(0, long_s - keep_s) * 1e6
        last = first + keep_s * 1e6
    elif rng.random() < SLOPPY_SHARE:
        # A label may reach into the neighbours' time by as much as it may fall short.
        most_s = min(SLOP_S, 0.15 * long_s)
        first += rng.uniform(-most_s, most_s) * 1e6
        last += rng.uniform(-most_s, most_s) * 1e6
    return int(first), int(last)
