"""Labels of simulated journeys, as a labelled folder holds them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from geowallet.testing.simulate_journey import Journey


def labels_of(user: str, journeys: Iterable[Journey], **called: str) -> list[str]:
    """Return a line for each leg; ``called`` says what a mode is called instead."""
    return [
        f"{user},{_iso(leg.start_s)},{_iso(leg.end_s)},{called.get(leg.mode, leg.mode)}"
        for journey in journeys
        for leg in journey.legs
    ]


def _iso(time_s: float) -> str:
    return str(np.datetime64(round(time_s), "s")) + "Z"
