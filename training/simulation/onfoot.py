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
    "round": (0.7, 1.1),
    "dog": (0.55, 0.95),
    "hike": (0.7, 1.1),
}
"""Speed relative to the mean: leisure 0.82, shopping 0.87, commuting 1.11, business 1.20 of it.
Source: Buchmueller and Weidmann, 2006, section 3.2."""
STREET_M: Range = (35, 260)
"""Between two corners. Source: Boeing, 2021 (see roads)."""
DOORS_M: Range = (6, 70)
"""Between two doors of somebody on a round (post, deliveries, meters)."""
LINGERS: dict[str, Range] = {
    "errand": (0.0, 0.25),
    "commute": (0.0, 0.12),
    "transfer": (0.0, 0.25),
    "stroll": (0.2, 0.7),
    "round": (0.5, 1.0),
    "dog": (0.5, 0.95),
    "hike": (0.0, 0.1),
}
"""Chance of a stop after each stretch that has nothing to do with crossing."""
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
    return joined(*_blocks(chance, length_m, speed, purpose, sky))


def _blocks(
    chance: np.random.Generator, length_m: float, speed: float, purpose: str, sky: Sky
) -> Iterator[Motion]:
    turns, waits = chance.uniform(0.1, 0.5), chance.uniform(0.0, 0.6)
    lingers = within(chance, LINGERS[purpose])
    sway = chance.uniform(0.02, 0.12)
    gone, facing = 0.0, 0.0
    while gone < length_m:
        stretch = DOORS_M if purpose == "round" else STREET_M
        block = min(around(chance, stretch), max(length_m - gone, 3.0))
        yield _paces(chance, block, speed, sway).under(sky)
        gone += block
        if gone >= length_m:
            break
        if often(chance, waits) and sky != Sky.UNDERGROUND and purpose != "round":
            yield standing(around(chance, CROSSING_WAIT_S), sky)
        if often(chance, lingers):
            yield _linger(chance, sky)
        if often(chance, turns):
            angle = _corner_rad(chance, 0.0 if purpose in {"stroll", "round", "dog"} else facing)
            facing += angle
            yield _corner(speed, angle).under(sky)


def _paces(chance: np.random.Generator, length_m: float, speed: float, sway: float) -> Motion:
    seconds = max(round(length_m / speed), 2)
    pace = speed * np.clip(wavering(chance, seconds, apart=12, spread=0.12), 0.3, 1.8)
    return moving(pace, sway * (wavering(chance, seconds, apart=10, spread=1) - 1))


def _corner_rad(chance: np.random.Generator, facing_rad: float) -> float:
    """Return a turn, more likely back to the direction of the goal the further off it is."""
    back = 0.5 + min(abs(facing_rad), 1.5) / 3 * 0.9
    side = -np.sign(facing_rad or chance.choice([-1, 1])) * (1 if often(chance, back) else -1)
    return float(side * abs(chance.normal(np.pi / 2, 0.35)))


def _corner(speed: float, angle_rad: float) -> Motion:
    return Motion(np.full(3, speed * 0.8), np.full(3, angle_rad / 3), np.zeros(3, np.int8))


def _linger(chance: np.random.Generator, sky: Sky) -> Motion:
    """Return some steps to and fro, or just standing, in front of something."""
    seconds = int(np.clip(np.exp(chance.normal(3.3, 0.9)), 4, 300))
    if often(chance, 0.5):
        return standing(seconds, sky)
    pace = np.clip(chance.normal(0.2, 0.25, seconds), 0, 1)
    return Motion(pace, chance.normal(0, 0.5, seconds), np.full(seconds, sky, np.int8))


def run(chance: np.random.Generator, length_m: float) -> Motion:
    """Return a run of about ``length_m``; some with lights, some with walking breaks."""
    speed = within(chance, RUN_MPS)
    waits, turns = chance.uniform(0, 0.08), chance.uniform(0.05, 0.35)
    breaks = chance.uniform(0.02, 0.12) if often(chance, 0.25) else 0.0
    parts, gone, facing = [], 0.0, 0.0
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
            parts.append(_paces(chance, around(chance, (20, 200)), WALK_MEAN_MPS, 0.05))
        if often(chance, turns):
            angle = _corner_rad(chance, facing)
            facing += angle
            parts.append(_corner(speed, angle))
    return joined(*parts)
