"""Walking and running: gait, corners, crossings, shop windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from training.simulation.chance import Range, around, often, within
from training.simulation.motion import Motion, Sky, joined, moving, standing, wavering

if TYPE_CHECKING:
    from collections.abc import Iterator

WALK_MEAN_MPS = 1.34
WALK_SPREAD_MPS = 0.26
"""Source: Buchmueller and Weidmann, 2006, "Parameters of pedestrians, pedestrian traffic and
walking facilities", section 3.2."""
PURPOSE: dict[str, Range] = {
    "errand": (0.75, 1.05),
    "commute": (1.0, 1.2),
    "transfer": (0.8, 1.15),
    "stroll": (0.5, 0.9),
}
"""Speed relative to the mean: leisure 0.82, shopping 0.87, commuting 1.11, business 1.20 of it.
Source: Buchmueller and Weidmann, 2006, section 3.2."""
STREET_M: Range = (35, 260)
"""Between two corners. Source: Boeing, 2021 (see roads)."""
CROSSING_WAIT_S: Range = (3, 55)
"""Source: HCM, 6th ed., chapter 20 and HBS 2015, S9: cycles of 60 to 120 s, waits to a minute."""
RUN_MPS: Range = (2.0, 4.2)
"""Source: Emig and Peltonen, 2020, "Human running performance from real-world big data"
(mean training speeds of 14,000 runners, 2.2 to 4.2 m/s)."""


def walk(
    chance: np.random.Generator, length_m: float, purpose: str, *, sky: Sky = Sky.OPEN
) -> Motion:
    """Return a walk of about ``length_m`` for one of the purposes in `PURPOSE`."""
    own = chance.normal(WALK_MEAN_MPS, WALK_SPREAD_MPS) * within(chance, PURPOSE[purpose])
    speed = float(np.clip(own, 0.5, 2.1))
    parts = list(_blocks(chance, length_m, speed, purpose, sky))
    return joined(*parts)


def _blocks(
    chance: np.random.Generator, length_m: float, speed: float, purpose: str, sky: Sky
) -> Iterator[Motion]:
    turns, waits = chance.uniform(0.15, 0.6), chance.uniform(0.0, 0.35)
    lingers = chance.uniform(0.2, 0.7) if purpose == "stroll" else chance.uniform(0, 0.06)
    gone = 0.0
    while gone < length_m:
        block = min(around(chance, STREET_M), max(length_m - gone, 3.0))
        yield _paces(chance, block, speed, sky)
        gone += block
        if gone >= length_m:
            break
        if often(chance, waits) and sky != Sky.UNDERGROUND:
            yield standing(around(chance, CROSSING_WAIT_S), sky)
        if often(chance, lingers):
            yield _linger(chance, sky)
        if often(chance, turns):
            yield _corner(chance, speed, sky)


def _paces(chance: np.random.Generator, length_m: float, speed: float, sky: Sky) -> Motion:
    seconds = max(round(length_m / speed), 2)
    pace = speed * np.clip(wavering(chance, seconds, apart=12, spread=0.12), 0.3, 1.8)
    sway = (wavering(chance, seconds, apart=8, spread=1) - 1) * chance.uniform(0.02, 0.2)
    return moving(pace, sway, sky)


def _corner(chance: np.random.Generator, speed: float, sky: Sky) -> Motion:
    angle = chance.choice([-1, 1]) * abs(chance.normal(np.pi / 2, 0.35))
    return Motion(np.full(3, speed * 0.8), np.full(3, angle / 3), np.full(3, sky, np.int8))


def _linger(chance: np.random.Generator, sky: Sky) -> Motion:
    """Return some steps to and fro, or just standing, in front of something."""
    seconds = int(np.clip(np.exp(chance.normal(3.2, 0.9)), 4, 300))
    if often(chance, 0.5):
        return standing(seconds, sky)
    pace = np.clip(chance.normal(0.2, 0.25, seconds), 0, 1)
    return Motion(pace, chance.normal(0, 0.5, seconds), np.full(seconds, sky, np.int8))


def run(chance: np.random.Generator, length_m: float) -> Motion:
    """Return a run of about ``length_m``; some with lights, some with walking breaks."""
    speed = within(chance, RUN_MPS)
    waits, turns = chance.uniform(0, 0.08), chance.uniform(0.05, 0.35)
    breaks = chance.uniform(0.02, 0.12) if often(chance, 0.25) else 0.0
    parts, gone = [], 0.0
    while gone < length_m:
        block = around(chance, (60, 600))
        seconds = max(round(block / speed), 3)
        pace = speed * np.clip(wavering(chance, seconds, apart=25, spread=0.07), 0.5, 1.4)
        bend = (wavering(chance, seconds, apart=20, spread=1) - 1) * chance.uniform(0.02, 0.3)
        parts.append(moving(pace, bend))
        gone += block
        if often(chance, waits):
            parts.append(standing(around(chance, CROSSING_WAIT_S)))
        if often(chance, breaks):
            parts.append(_paces(chance, around(chance, (20, 200)), WALK_MEAN_MPS, Sky.OPEN))
        if often(chance, turns):
            parts.append(_corner(chance, speed, Sky.OPEN))
    return joined(*parts)
