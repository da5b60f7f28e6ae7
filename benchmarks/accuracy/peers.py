"""What other programs say of the same legs.

Their published thresholds are applied as their documentation and defaults state them;
trackintel runs itself, in an environment of its own; of OpenPATH the output that is
published beside the traces is read.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.accuracy.score import Guess
from benchmarks.accuracy.truth import haversine_m

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from benchmarks.accuracy.truth import Leg, Trace

KMH = 3.6


@dataclass(frozen=True, slots=True)
class Motion:
    """What rules of thumb look at, in km/h and m/s2."""

    mean_kmh: float
    top_kmh: float
    median_kmh: float
    high_kmh: float
    acceleration_mps2: float
    halted: float


def motion_of(trace: Trace, leg: Leg) -> Motion | None:
    """Return the motion of a leg from its raw fixes, None where two remain not."""
    rows = slice(
        int(np.searchsorted(trace.time_s, leg.start_s)),
        int(np.searchsorted(trace.time_s, leg.end_s, side="right")),
    )
    time_s, lat, lon = trace.time_s[rows], trace.lat_deg[rows], trace.lon_deg[rows]
    fresh = np.concatenate(([True], np.diff(time_s) > 0))
    time_s, lat, lon = time_s[fresh], lat[fresh], lon[fresh]
    if len(time_s) < 4:
        return None
    step_s, step_m = np.diff(time_s), haversine_m(lat[:-1], lon[:-1], lat[1:], lon[1:])
    speed = step_m / step_s
    smooth = np.convolve(np.pad(speed, 1, mode="edge"), (0.25, 0.5, 0.25), "valid")
    change = np.abs(np.diff(smooth)) / np.maximum((step_s[1:] + step_s[:-1]) / 2, 1e-9)
    order = np.argsort(smooth)
    share = np.cumsum(step_s[order]) / float(np.sum(step_s))
    middle, high = (
        smooth[order][min(int(np.searchsorted(share, q)), len(order) - 1)] for q in (0.5, 0.95)
    )
    return Motion(
        mean_kmh=KMH * float(np.sum(step_m) / np.sum(step_s)),
        top_kmh=KMH * float(np.max(smooth)),
        median_kmh=KMH * float(middle),
        high_kmh=KMH * float(high),
        acceleration_mps2=float(np.mean(change)) if len(change) else 0.0,
        halted=float(np.sum(step_s[smooth < 0.5]) / np.sum(step_s)),
    )


def dawarich(motion: Motion) -> str:
    """Return the mode by Dawarich's default thresholds (its ``ModeClassifier``, 1.7)."""
    mean, ratio = motion.mean_kmh, motion.top_kmh / max(motion.mean_kmh, 1e-9)
    calm = motion.acceleration_mps2 < 0.2
    bands: tuple[tuple[bool, str], ...] = (
        (mean <= 1, "stop"),
        (mean >= 150 and motion.top_kmh >= 200, "airplane"),
        (80 <= mean <= 350 and calm and ratio < 1.3, "train"),
        (mean <= 7, "walk"),
        (mean <= 20, "run" if motion.acceleration_mps2 > 0.25 else "bike"),
        (mean <= 45, "car" if motion.acceleration_mps2 > 0.4 or mean > 35 else "bike"),
        (mean <= 130, "motorcycle" if motion.acceleration_mps2 > 0.6 else "car"),
        (mean < 200, "train" if calm else "car"),
    )
    return next((mode for holds, mode in bands if holds), "unknown")


def reitti(motion: Motion) -> str:
    """Return the mode by Reitti's default limits of mean speed: 7, 20 and 120 km/h."""
    limits = ((7.0, "walk"), (20.0, "bike"), (120.0, "car"))
    return next((mode for limit, mode in limits if motion.mean_kmh < limit), "train")


def speed_rule(motion: Motion) -> str:
    """Return the mode by textbook speeds: the least that a good guess must beat."""
    if motion.high_kmh < 10 or (motion.median_kmh < 6.5 and motion.high_kmh < 14.4):
        return "walk"
    if motion.high_kmh < 27:
        return "bike"
    if motion.high_kmh > 119:
        return "train"
    return "bus" if motion.halted > 0.2 or motion.median_kmh < 18 else "car"


RULES: dict[str, Callable[[Motion], str]] = {
    "speed rule": speed_rule,
    "Reitti's limits": reitti,
    "Dawarich's thresholds": dawarich,
}


def by_rule(
    rule: Callable[[Motion], str], traces: Mapping[str, Trace], legs: Sequence[Leg]
) -> list[Guess]:
    """Return what a rule says of each leg."""
    found = []
    for leg in legs:
        motion = motion_of(traces[leg.user], leg)
        mode = "unknown" if motion is None else rule(motion)
        found.append(Guess(leg.user, leg.start_s, leg.end_s, mode))
    return found


OPENPATH_MODES = {
    0: "unknown", 1: "walk", 2: "bike", 3: "bus", 4: "train", 5: "car", 6: "airplane",
    7: "subway", 8: "tram", 9: "light_rail",
}  # fmt: skip
"""Numbers of the modes in ``analysis/inferred_section`` (e-mission ``PredictedModeTypes``)."""


def openpath(folder: Path, users: Sequence[str]) -> Iterator[Guess]:
    """Yield the sections in ``folder/USER/*.json``: ``analysis/inferred_section`` documents."""
    for user in users:
        for path in sorted((folder / user).glob("*.json")):
            for document in json.loads(path.read_text(encoding="utf-8")):
                section = document["data"]
                said = section["sensed_mode"]
                mode = OPENPATH_MODES.get(said, "unknown") if isinstance(said, int) else str(said)
                span = float(section["start_ts"]), float(section["end_ts"])
                yield Guess(user, *span, mode.lower().removeprefix("predictedmodetypes."))
