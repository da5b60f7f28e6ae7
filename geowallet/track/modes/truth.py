"""The legs of a labelled trace that can be told: what a forest is fitted on and tried with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.geodesy import step_lengths_m

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geowallet.model.fixes import Fixes

LONGEST_SILENCE_S = 1200.0
"""A silence of twenty minutes parts a leg."""

FEWEST_FIXES = 10
SHORTEST_S = 60.0
SHORTEST_M = 100.0

FASTEST_MPS = 350.0
"""A step that is faster carries no distance: no airliner is."""


@dataclass(frozen=True, slots=True)
class Label:
    """What somebody says a stretch of time was travelled by.

    Attributes:
        start_us: First instant, UTC microseconds.
        end_us: Last instant.
        mode: Name of a class.
    """

    start_us: int
    end_us: int
    mode: str


@dataclass(frozen=True, slots=True, eq=False)
class TrueLegs:
    """``k`` legs of one trace with a label.

    Attributes:
        bounds_us: int64 ``(k, 2)``, first and last fix of each.
        modes: ``k`` names.
        metres: float64 ``(k,)``, from fix to fix.
    """

    bounds_us: NDArray[np.int64]
    modes: tuple[str, ...]
    metres: NDArray[np.float64]


def clipped(labels: Sequence[Label]) -> tuple[Label, ...]:
    """Return the labels in time order, each ended where the next begins."""
    ordered = sorted(labels, key=lambda label: (label.start_us, label.end_us, label.mode))
    found = []
    for number, label in enumerate(ordered):
        after_us = ordered[number + 1].start_us if number + 1 < len(ordered) else label.end_us
        if min(label.end_us, after_us) > label.start_us:
            found.append(Label(label.start_us, min(label.end_us, after_us), label.mode))
    return tuple(found)


def true_legs(
    fixes: Fixes, labels: Sequence[Label], *, fastest_mps: float = FASTEST_MPS
) -> TrueLegs:
    """Return the legs of a trace that are long enough to be told.

    Args:
        fixes: Of one device, in time order.
        labels: In any order; a later one ends an earlier one.
        fastest_mps: A step that is faster carries no distance.
    """
    time_us = fixes.time_us
    step_s = np.diff(time_us) / 1e6
    step_m = step_lengths_m(fixes.lat_deg, fixes.lon_deg)
    silent = step_s > LONGEST_SILENCE_S
    lost = silent | (step_m > fastest_mps * np.maximum(step_s, 1.0))
    along_m = np.concatenate(([0.0], np.cumsum(np.where(lost, 0.0, step_m))))
    bounds: list[tuple[int, int]] = []
    modes: list[str] = []
    metres: list[float] = []
    for label in clipped(labels):
        first = int(np.searchsorted(time_us, label.start_us))
        after = int(np.searchsorted(time_us, label.end_us, side="right"))
        cuts = np.flatnonzero(silent[first : max(after - 1, first)]) + first + 1
        for low, high in zip([first, *cuts], [*cuts, after], strict=True):
            if high - low < FEWEST_FIXES:
                continue
            length_m = float(along_m[high - 1] - along_m[low])
            seconds = float(time_us[high - 1] - time_us[low]) / 1e6
            if seconds >= SHORTEST_S and length_m >= SHORTEST_M:
                bounds.append((int(time_us[low]), int(time_us[high - 1])))
                modes.append(label.mode)
                metres.append(length_m)
    return TrueLegs(np.array(bounds, dtype=np.int64).reshape(-1, 2), tuple(modes), np.array(metres))
