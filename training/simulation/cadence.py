"""When a device writes a fix: every so many seconds, every so many metres, or when it pleases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from training.simulation.chance import often

if TYPE_CHECKING:
    from collections.abc import Mapping

STEPS_S: Mapping[int, float] = {
    1: 0.24,
    2: 0.15,
    3: 0.09,
    5: 0.16,
    7: 0.06,
    10: 0.11,
    15: 0.05,
    30: 0.09,
    60: 0.05,
}
"""Seconds and how often: the settings of loggers (1 to 5), trackers (10 to 60) and phones."""
STEPS_M = (10.0, 20.0, 50.0, 100.0)
LONGEST_WAIT_S = 300
"""A distance-triggered device writes now and then while it stands."""
GEOFENCE_M = 100.0
"""A saving phone wakes up this far from where it slept. Source: Android and iOS geofencing
guides: 100 m and more."""
SLEEP_AFTER_S = 240


@dataclass(frozen=True, slots=True)
class Cadence:
    """``kind`` is ``time``, ``distance``, ``irregular`` or ``waking``; ``step`` in s or m."""

    kind: str
    step: float


def cadence(chance: np.random.Generator) -> Cadence:
    """Return one of the ways in which devices write."""
    kind = str(
        chance.choice(["time", "distance", "irregular", "waking"], p=[0.62, 0.14, 0.1, 0.14])
    )
    if kind == "distance":
        return Cadence(kind, float(chance.choice(STEPS_M)))
    return Cadence(kind, float(chance.choice(list(STEPS_S), p=list(STEPS_S.values()))))


def written(
    how: Cadence, at: np.ndarray, there: np.ndarray, chance: np.random.Generator
) -> np.ndarray:
    """Return the seconds, rising, at which a fix is written.

    Args:
        how: The cadence.
        at: Complex metres that the device sees, one a second.
        there: Seconds at which a fix is to be had.
        chance: The stream.
    """
    seconds = np.flatnonzero(there)
    if how.kind == "distance":
        return _by_distance(seconds, at, how.step)
    if how.kind == "waking":
        seconds = seconds[_awake(at, seconds)]
    if how.kind == "irregular":
        gaps = np.maximum(chance.exponential(how.step, int(len(at) / how.step) + 1), 1.0)
        due = np.cumsum(gaps)
    else:
        due = np.arange(chance.integers(int(how.step)), len(at), how.step).astype(float)
        if how.step > 2 and often(chance, 0.35):
            due = due + chance.integers(-1, 2, len(due))
    return _first_after(seconds, due, how.step)


def _first_after(seconds: np.ndarray, due: np.ndarray, step: float) -> np.ndarray:
    """Return the first second with a fix at or within a step after each due time."""
    place = np.searchsorted(seconds, due)
    place, due = place[place < len(seconds)], due[place < len(seconds)]
    found = seconds[place]
    return np.unique(found[found - due < max(step, 1.0)])


def _by_distance(seconds: np.ndarray, at: np.ndarray, step_m: float) -> np.ndarray:
    kept: list[int] = []
    places = at[seconds]
    for n, second in enumerate(seconds.tolist()):
        if not kept or (
            abs(places[n] - at[kept[-1]]) >= step_m or second - kept[-1] >= LONGEST_WAIT_S
        ):
            kept.append(second)
    return np.array(kept, int)


def _awake(at: np.ndarray, seconds: np.ndarray) -> np.ndarray:
    """Return which of ``seconds`` find a device awake that sleeps when it has not moved."""
    awake = np.zeros(len(seconds), bool)
    if not len(seconds):
        return awake
    anchor, since, asleep = at[seconds[0]], int(seconds[0]), True
    for n, second in enumerate(seconds.tolist()):
        moved = abs(at[second] - anchor) > GEOFENCE_M
        if moved:
            anchor, since, asleep = at[second], second, False
        elif second - since > SLEEP_AFTER_S:
            asleep = True
        awake[n] = not asleep
    return awake
