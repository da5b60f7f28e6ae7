"""Labelled traces a second time: as legs that our own cuts find in them.

Labels give whole legs. What a model has to tell are the legs that are found in raw
positions: pieces of rides, walks with a wait at their end, the ride that swallowed its walk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geowallet.track.modes.truth import TrueLegs, clipped
from geowallet.track.pipeline import SourcedFixes, analyse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.model.fixes import Fixes
    from geowallet.track.modes.truth import Label

MOSTLY = 0.8
"""Of a leg that is found, the time that the labels of one mode must cover to name it. With 0.6
some rides were taught by the walks beside them."""

ON_FOOT = frozenset({"walk", "run"})
"""Diaries do not note the walk between two rides: what our cuts find to be walked and a label
calls a ride teaches nothing. With such legs taught, 0.64 instead of 0.98 of the walks of simulated
days were told, by labels that swallow walks of less than five minutes."""

_SOURCE = "0" * 64


def found_legs(fixes: Fixes, labels: Sequence[Label]) -> TrueLegs:
    """Return the legs that our own cuts find and one mode covers, with that mode.

    Args:
        fixes: Of one device, in time order.
        labels: In any order; a later one ends an earlier one.
    """
    said = clipped(labels)
    start_us = np.array([label.start_us for label in said], dtype=np.int64)
    end_us = np.array([label.end_us for label in said], dtype=np.int64)
    bounds: list[tuple[int, int]] = []
    modes: list[str] = []
    metres: list[float] = []
    for trip in analyse([SourcedFixes(_SOURCE, "", fixes)]).trips:
        for leg in trip.legs:
            shared_us = np.minimum(end_us, leg.end_us) - np.maximum(start_us, leg.start_us)
            covered: dict[str, int] = {}
            for place in np.flatnonzero(shared_us > 0):
                mode = said[place].mode
                covered[mode] = covered.get(mode, 0) + int(shared_us[place])
            most = max(covered, key=lambda mode: covered[mode], default="")
            swallowed = leg.mode in ON_FOOT and most not in ON_FOOT
            whole_us = leg.end_us - leg.start_us
            if most and not swallowed and covered[most] >= MOSTLY * whole_us:
                bounds.append((leg.start_us, leg.end_us))
                modes.append(most)
                metres.append(leg.distance_m)
    return TrueLegs(np.array(bounds, dtype=np.int64).reshape(-1, 2), tuple(modes), np.array(metres))
