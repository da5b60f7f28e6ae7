"""Simulated months of one traveller, who goes to work by bike, by car and by train in turn.

The sets with labels hold hardly a way that was travelled by two modes; here most are.
"""

from __future__ import annotations

import numpy as np

from benchmarks.accuracy.truth import Leg, Trace
from geowallet.model.geodesy import distances_m
from geowallet.testing.simulate_journey import live_the_month
from geowallet.testing.simulate_receiver import phone


def months(count: int) -> tuple[dict[str, Trace], list[Leg]]:
    """Return what a phone recorded of ``count`` months, and the legs of their travellers."""
    traces: dict[str, Trace] = {}
    legs: list[Leg] = []
    for seed in range(1, count + 1):
        journeys, user = live_the_month(seed=seed), f"month-{seed}"
        samples = phone(journeys, seed=seed)
        time_s = np.array([float(sample.time_s) for sample in samples])
        lat, lon = (
            np.array([getattr(sample.point, name) for sample in samples])
            for name in ("lat_deg", "lon_deg")
        )
        steps_m = distances_m(lat[:-1], lon[:-1], lat[1:], lon[1:])
        along_m = np.concatenate(([0.0], np.cumsum(steps_m)))
        known = np.array([sample.accuracy_m for sample in samples])
        traces[user] = Trace(time_s, lat, lon, known, along_m)
        for leg in (leg for journey in journeys for leg in journey.legs):
            inside = np.flatnonzero((time_s >= leg.start_s) & (time_s <= leg.end_s))
            if len(inside) > 1:
                path_m = float(along_m[inside[-1]] - along_m[inside[0]])
                span = leg.start_s, leg.end_s
                legs.append(Leg(user, *span, str(leg.mode), len(inside), path_m))
    return traces, legs
