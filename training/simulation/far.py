"""Ferries and flights: simple kinematics, enough to know them by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from training.simulation.chance import Range, around, often, within
from training.simulation.motion import Motion, Sky, eased, joined, moving, standing
from training.simulation.profile import Bends, Pull, Way, curves, driven, plain_way

if TYPE_CHECKING:
    from collections.abc import Mapping

FERRIES: Mapping[str, tuple[Range, Range]] = {
    "harbour": ((10, 26), (500, 9000)),
    "island": ((22, 40), (6000, 60000)),
    "fast": ((45, 70), (8000, 70000)),
}
"""Speed in km/h and length in m. Source: Interferry and operators' published timetables: harbour
ferries of 6 to 14 knots, ro-ro ships of 12 to 22, catamarans of 25 to 38."""
CRUISE_KMH: Range = (650, 900)
FLIGHT_M: Range = (300_000, 2_200_000)
TAXI_KMH: Range = (15, 40)
TAKE_OFF_KMH: Range = (240, 300)
"""Source: EUROCONTROL aircraft performance database, turboprops and medium jets; taxiing 7 to
26 minutes there (EUROCONTROL taxi times, 2023)."""


def ferry(chance: np.random.Generator) -> Motion:
    """Return a crossing, with the slow ways out of and into port."""
    name = str(chance.choice(list(FERRIES), p=[0.5, 0.3, 0.2]))
    speed_kmh, long_m = FERRIES[name]
    length_m, top = around(chance, long_m), within(chance, speed_kmh) / 3.6
    way = plain_way(length_m, top, step_m=float(np.clip(length_m / 4000, 2, 15)))
    along = np.arange(len(way.limit_mps)) * way.step_m
    port_m = min(chance.uniform(50, 900), 0.25 * length_m)
    slow = np.minimum(along, along[-1] - along) < port_m
    limit = np.where(slow, np.minimum(top, chance.uniform(2, 5)), way.limit_mps)
    bends = curves(
        chance,
        Way(way.step_m, limit, way.heading_rad, way.sky),
        Bends(chance.uniform(800, 6000), (150, 3000), (0.05, 0.8)),
        1.0,
    )
    halts = np.array([0.5 * length_m]) if often(chance, 0.2) else np.empty(0)
    crossing = driven(
        bends,
        halts,
        chance.uniform(60, 240, len(halts)),
        Pull(chance.uniform(0.03, 0.15), chance.uniform(0.03, 0.15)),
    )
    return joined(
        standing(chance.uniform(20, 240)), eased(crossing, 4), standing(chance.uniform(10, 120))
    )


def flight(chance: np.random.Generator) -> Motion:
    """Return a flight from gate to gate: taxi, climb, cruise, descent, taxi."""
    cruise = within(chance, CRUISE_KMH) / 3.6
    rolled = within(chance, TAKE_OFF_KMH) / 3.6
    length_m = around(chance, FLIGHT_M)
    climb = chance.uniform(0.12, 0.25)
    up = np.arange(rolled, cruise, climb)
    down = np.arange(cruise, rolled * 0.9, -climb)
    level = np.full(max(int((length_m - up.sum() - down.sum()) / cruise), 60), cruise)
    run, stop = np.arange(0, rolled, 2.0), np.arange(rolled * 0.9, 8, -2.2)
    air = np.concatenate([run, up, level, down, stop])
    knots = int(len(air) / 240) + 2
    turn = np.interp(
        np.arange(len(air)), np.arange(knots) * 240, np.cumsum(chance.normal(0, 0.15, knots))
    )
    turn[: len(run) + 30] = turn[len(run) + 30]
    inside = moving(air, turn, Sky.INDOORS)
    return joined(_taxi(chance), inside, _taxi(chance))


def _taxi(chance: np.random.Generator) -> Motion:
    length_m = chance.uniform(900, 5000)
    way = plain_way(length_m, within(chance, TAXI_KMH) / 3.6, step_m=5.0, sky=Sky.INDOORS)
    turning = curves(chance, way, Bends(500, (30, 120), (0.5, 1.6)), 0.8)
    halts = chance.uniform(100, length_m - 100, chance.poisson(1.5))
    return driven(
        turning,
        halts,
        chance.uniform(15, 240, len(halts)),
        Pull(0.4, 0.6),
    )
