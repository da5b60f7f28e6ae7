"""Street rides by kinematics: cycles, scooters, motorcycles; cars and buses beyond the towns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from training.simulation.chance import Range, around, often, within
from training.simulation.motion import LATERAL_MPS2, Motion, eased, wavering
from training.simulation.profile import Bends, Pull, Way, curves, driven, places, plain_way

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Street:
    """How a vehicle goes through streets or along roads; every pair is a range.

    Attributes:
        speed_kmh: Undisturbed.
        ride_m: Length of a ride.
        accelerate_mps2: Comfortable.
        brake_mps2: Comfortable.
        waver: Spread of the undisturbed speed along the way.
        light_m: Between lights or crossings; none where infinite.
        red: Share of them at which it stops.
        wait_s: At one of them.
        stop_m: Between stops for passengers; none where infinite.
        stop_s: At one of them.
        corner_m: Between turns at corners.
        radius_m: Of bends between corners.
    """

    speed_kmh: Range
    ride_m: Range
    accelerate_mps2: Range
    brake_mps2: Range
    waver: Range
    light_m: Range
    red: Range
    wait_s: Range
    stop_m: Range
    stop_s: Range
    corner_m: Range
    radius_m: Range


_NEVER = (np.inf, np.inf)
_LIGHTS_S: Range = (5, 75)
"""Source: HBS 2015, S4, and HCM, 6th ed., chapter 19: cycles of 60 to 120 s."""

# Columns: speed, ride, accelerate, brake, waver / lights, red, wait / stops, stand, corners, radii.
# fmt: off
STREETS: Mapping[str, Street] = {
    "bike": Street(
        (11, 26), (900, 15000), (0.3, 1.0), (0.6, 2.0), (0.08, 0.3),
        (150, 800), (0.2, 0.7), _LIGHTS_S,
        _NEVER, (0, 0), (300, 2500), (25, 500),
    ),
    "e_bike": Street(
        (16, 28), (1000, 18000), (0.5, 1.2), (0.6, 2.0), (0.05, 0.2),
        (150, 800), (0.2, 0.7), _LIGHTS_S,
        _NEVER, (0, 0), (300, 2500), (25, 500),
    ),
    "e_scooter": Street(
        (14, 25), (500, 5000), (0.6, 1.4), (0.8, 2.4), (0.03, 0.2),
        (120, 600), (0.2, 0.7), _LIGHTS_S,
        _NEVER, (0, 0), (200, 1500), (20, 300),
    ),
    "motorcycle town": Street(
        (35, 75), (1500, 20000), (1.3, 3.0), (1.3, 3.2), (0.1, 0.3),
        (200, 900), (0.1, 0.4), (3, 40),
        _NEVER, (0, 0), (300, 3000), (40, 800),
    ),
    "motorcycle road": Street(
        (70, 125), (6000, 80000), (1.2, 2.6), (1.2, 2.6), (0.1, 0.25),
        (2000, 9000), (0.1, 0.5), (3, 40),
        _NEVER, (0, 0), (2000, 9000), (60, 900),
    ),
    "car yard": Street(
        (10, 28), (60, 700), (0.5, 1.2), (0.6, 1.6), (0.1, 0.35),
        (80, 500), (0.0, 0.4), (2, 25),
        _NEVER, (0, 0), (60, 300), (10, 100),
    ),
    "car street": Street(
        (30, 60), (1000, 14000), (0.8, 2.2), (1.0, 2.4), (0.1, 0.35),
        (150, 700), (0.2, 0.6), _LIGHTS_S,
        _NEVER, (0, 0), (250, 3500), (40, 800),
    ),
    "car road": Street(
        (60, 105), (5000, 60000), (0.8, 1.8), (0.9, 2.0), (0.06, 0.25),
        (1500, 8000), (0.1, 0.5), (4, 45),
        _NEVER, (0, 0), (2500, 12000), (90, 1500),
    ),
    "car motorway": Street(
        (95, 135), (8000, 180000), (0.6, 1.3), (0.6, 1.5), (0.03, 0.15),
        _NEVER, (0, 0), (0, 0),
        _NEVER, (0, 0), _NEVER, (500, 4000),
    ),
    "bus street": Street(
        (25, 55), (1200, 18000), (0.7, 1.2), (0.8, 1.6), (0.1, 0.35),
        (180, 900), (0.2, 0.6), _LIGHTS_S,
        (220, 900), (6, 45), (400, 4000), (40, 600),
    ),
    "bus express": Street(
        (45, 85), (3000, 35000), (0.7, 1.1), (0.8, 1.4), (0.08, 0.3),
        (500, 2500), (0.1, 0.5), _LIGHTS_S,
        (900, 6000), (10, 50), (1500, 9000), (80, 1200),
    ),
    "bus country": Street(
        (50, 85), (3000, 35000), (0.6, 1.1), (0.7, 1.4), (0.08, 0.3),
        (1500, 6000), (0.05, 0.4), (4, 45),
        (700, 4000), (6, 40), (1200, 7000), (60, 900),
    ),
    "coach": Street(
        (80, 102), (25000, 250000), (0.4, 0.8), (0.5, 1.1), (0.02, 0.1),
        _NEVER, (0, 0), (0, 0),
        (15000, 90000), (120, 900), _NEVER, (400, 4000),
    ),
}
# fmt: on
"""Cycles: Schleinitz et al., 2017 (bicycle 15.3, pedelec 17.4 km/h on the whole way, pedelecs
limited to 25); acceleration Twaddle and Grigoropoulos, 2016 (0.4 to 1.2 m/s2). Scooters: limits
of 20 (eKFV, 2019) and 25 km/h (R412-43-1 code de la route). Cars: HCM, 6th ed.; TomTom Traffic
Index 2023 (15 to 45 km/h in the centres of 387 cities) for what remains with lights and queues.
Buses: TCRP Report 165, chapter 6, TCRP Report 19 and GB 50220-95 for stops; 100 km/h for coaches
(EU 92/24). Radii: RAL 2012 and RASt 06; distances travelled: MiD 2017 and NHTS 2017, mean
lengths by mode (bike 4, car 16, bus 8 km)."""

STOP_AND_GO_MPS: Range = (1.5, 9.0)
STOP_AND_GO_M: Range = (250, 1800)
"""Waves in jammed motorways. Source: Treiber and Kesting, 2013, "Traffic flow dynamics", 18.1
(waves 1 to 3 km apart running at 15 to 20 km/h, periods of 4 to 20 minutes)."""


def ride(
    kind: str,
    chance: np.random.Generator,
    *,
    length_m: float | None = None,
    style: Street | None = None,
) -> Motion:
    """Return a ride of ``kind``, a name of `STREETS`, from rest to rest, as ``style`` has it."""
    style = style or STREETS[kind]
    long_m = around(chance, style.ride_m) if length_m is None else length_m
    way = _way(kind, style, chance, long_m)
    lights = _some(chance, long_m, style.light_m)
    lights = lights[chance.random(len(lights)) < within(chance, style.red)]
    stops = _some(chance, long_m, style.stop_m)
    usual_s = within(chance, style.stop_s)
    waits = np.concatenate(
        [
            chance.uniform(*style.wait_s, len(lights)) * chance.uniform(0.4, 1.1),
            np.maximum(usual_s * np.exp(chance.normal(0, 0.5, len(stops))), 3.0),
        ]
    )
    motion = driven(
        way,
        np.concatenate([lights, stops]),
        waits,
        Pull(
            within(chance, style.accelerate_mps2),
            within(chance, style.brake_mps2),
            within(chance, style.speed_kmh) / 3.6 * chance.uniform(0.3, 0.8),
        ),
    )
    return eased(motion, chance.uniform(0.5, 2.5))


def _some(chance: np.random.Generator, length_m: float, apart_m: Range) -> np.ndarray:
    if not np.isfinite(apart_m[0]):
        return np.empty(0)
    return places(chance, length_m, around(chance, apart_m), spread=0.5)


def _way(kind: str, style: Street, chance: np.random.Generator, length_m: float) -> Way:
    top = within(chance, style.speed_kmh) / 3.6
    way = plain_way(length_m, top, step_m=float(np.clip(length_m / 6000, 2.0, 15.0)))
    count = len(way.limit_mps)
    apart = max(around(chance, (150, 900)) / way.step_m, 2.0)
    limit = top * np.clip(
        wavering(chance, count, apart=apart, spread=within(chance, style.waver)), 0.35, 1.35
    )
    if kind == "e_scooter" or (kind == "e_bike" and often(chance, 0.8)):
        limit = np.minimum(limit, top)  # the motor stops there
    if kind in {"car motorway", "coach", "car road"} and often(chance, 0.3):
        limit = _jammed(limit, way.step_m, chance)
    shaped = Way(way.step_m, limit, way.heading_rad, way.sky)
    lateral = within(chance, LATERAL_MPS2)
    if np.isfinite(style.corner_m[0]):
        corners = Bends(around(chance, style.corner_m), (5, 16), (1.1, 1.9))
        shaped = curves(chance, shaped, corners, lateral)
    bends = Bends(4 * style.radius_m[0] + 150, style.radius_m, (0.05, 0.7))
    return curves(chance, shaped, bends, lateral)


def _jammed(limit_mps: np.ndarray, step_m: float, chance: np.random.Generator) -> np.ndarray:
    """Return the limits with a stretch of stop-and-go waves in them."""
    first = int(chance.uniform(0, 0.8) * len(limit_mps))
    last = first + int(chance.uniform(1500, 12000) / step_m)
    count = len(limit_mps[first:last])
    wave = within(chance, STOP_AND_GO_M) / step_m
    low, high = within(chance, STOP_AND_GO_MPS), chance.uniform(6, 17)
    phase = 2 * np.pi * np.arange(count) / max(wave, 2.0) + chance.uniform(0, 6)
    jam = np.maximum(low + (high - low) * 0.5 * (1 + np.sin(phase)), 0.6)
    out = limit_mps.copy()
    out[first:last] = np.minimum(out[first:last], jam)
    return out
