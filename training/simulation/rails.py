"""Rides on rails: from station to station by the kinematics of the line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from training.simulation.chance import Range, around, often, within
from training.simulation.motion import Motion, Sky, eased, joined, standing
from training.simulation.profile import Bends, Pull, Way, curves, driven, places, plain_way

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Rail:
    """A kind of line; every pair is a range.

    Attributes:
        apart_m: Between stations.
        top_kmh: Highest speed.
        ride_m: Length of a passenger's ride.
        accelerate_mps2: Service acceleration.
        power_kmh: Above this it falls.
        dwell_s: Standing at a station.
        radius_m: Of curves.
        curve_m: Mean distance between curves.
        tunnel: Share of the line below the ground.
        held: Chance of a stop at a signal between two stations.
    """

    apart_m: Range
    top_kmh: Range
    ride_m: Range
    accelerate_mps2: Range
    power_kmh: Range
    dwell_s: Range
    radius_m: Range
    curve_m: float
    tunnel: float
    held: float


# Columns: apart, top, ride / accelerate, power, dwell, radius / curve, tunnel, held.
# fmt: off
LINES: Mapping[str, Rail] = {
    "metro close": Rail(
        (450, 1000), (55, 80), (1200, 14000),
        (0.8, 1.3), (30, 45), (18, 40), (150, 800), 900, 0.75, 0.06,
    ),
    "metro": Rail(
        (900, 2300), (70, 90), (2000, 26000),
        (0.8, 1.2), (35, 50), (22, 45), (300, 1200), 1500, 0.6, 0.04,
    ),
    "metro wide": Rail(
        (2000, 5500), (90, 135), (4500, 45000),
        (0.8, 1.2), (40, 60), (25, 50), (400, 2000), 2500, 0.4, 0.03,
    ),
    "tram": Rail(
        (280, 650), (40, 55), (600, 8000),
        (0.8, 1.3), (25, 40), (12, 35), (25, 300), 500, 0.02, 0.5,
    ),
    "light rail": Rail(
        (500, 1400), (55, 100), (1500, 16000),
        (0.8, 1.2), (30, 45), (15, 35), (60, 700), 900, 0.10, 0.2,
    ),
    "suburban": Rail(
        (1000, 4500), (80, 140), (4000, 45000),
        (0.5, 1.1), (25, 55), (25, 60), (300, 2500), 2500, 0.08, 0.08,
    ),
    "regional": Rail(
        (3000, 14000), (90, 160), (9000, 90000),
        (0.4, 0.8), (45, 70), (30, 90), (350, 3000), 4000, 0.03, 0.1,
    ),
    "intercity": Rail(
        (18000, 70000), (130, 220), (25000, 260000),
        (0.25, 0.5), (60, 90), (60, 240), (700, 6000), 8000, 0.04, 0.2,
    ),
    "high speed": Rail(
        (45000, 180000), (230, 320), (60000, 420000),
        (0.25, 0.5), (80, 120), (90, 300), (3500, 9000), 15000, 0.1, 0.1,
    ),
}
# fmt: on
"""Stations: lengths and numbers of stations that the operators publish (Paris 226 km and 308,
Berlin 148 and 175, New York 399 and 472, Delhi 350 and 255, London 402 and 272, Tokyo Metro 195
and 180, Moscow 466 and 263, Beijing 836 and 490, Shanghai 831 and 508, BART 211 and 50 give
means of 0.7 to 4.3 km). Trams: UITP, 2019, "Light rail and tram: the European outlook" (0.3 to
0.8 km). Speeds, acceleration and dwell: Vuchic, 2007, "Urban transit systems and technology",
tables 2.4 and 7.2 (0.8 to 1.3 m/s2 urban, 20 to 40 s). Radii: EN 13803:2017 and, for trams,
BOStrab guidelines (25 m and more)."""

CANT_MM: Range = (110, 280)
"""Cant and cant deficiency together, main lines and metros. Source: EN 13803:2017, 6.2 and 6.3
(160 and 130 mm, 153 with reservation); speed follows from 11.8 V2 / R."""
THROAT_M: Range = (80, 900)
THROAT_KMH: Range = (25, 80)
"""Approaches to stations. Source: Ril 800.0120 (turnouts of 190 to 760 m radius: 40 to 80 km/h)."""
TRAM_LATERAL_MPS2: Range = (0.65, 0.98)
"""Unbalanced sideways acceleration on streets. Source: BOStrab guidelines on track layout."""
BRAKE_MPS2: Mapping[str, Range] = {
    "urban": (0.8, 1.3),
    "suburban": (0.6, 1.2),
    "main": (0.4, 0.8),
}
"""Service braking. Source: Vuchic, 2007, table 2.4; UIC 544-1 for main lines."""
MODES: Mapping[str, str] = {
    "metro close": "subway",
    "metro": "subway",
    "metro wide": "subway",
    "tram": "tram",
    "light rail": "tram",
    "suburban": "train",
    "regional": "train",
    "intercity": "train",
    "high speed": "train",
}


def railway(
    kind: str,
    chance: np.random.Generator,
    *,
    longest_m: float = np.inf,
    rail: Rail | None = None,
) -> Motion:
    """Return a ride of one passenger on a line of ``kind``, or like ``rail``, between platforms."""
    rail = rail or LINES[kind]
    apart_m = within(chance, rail.apart_m)
    wanted = min(around(chance, rail.ride_m), longest_m)
    length_m = max(wanted, apart_m * chance.uniform(0.8, 1.3))
    way = _line(kind, rail, chance, length_m)
    at_m = places(chance, length_m, apart_m, spread=0.45)
    usual_s = within(chance, rail.dwell_s)
    waits = usual_s * np.exp(chance.normal(0, 0.5, len(at_m)))
    signals = chance.uniform(0, length_m, chance.poisson(rail.held * (len(at_m) + 1)))
    held = np.exp(chance.normal(np.log(20), 0.7, len(signals)))
    if kind == "tram" and often(chance, 0.4):  # stops skipped when nobody waits
        waits = np.where(chance.random(len(waits)) < 0.2, 0.0, waits)
    halts = at_m[waits > 0]
    way = _roofed(_throats(kind, way, chance, halts), rail, chance, halts)
    main_line = "main" if MODES[kind] == "train" else "urban"
    brake = BRAKE_MPS2[kind if kind in BRAKE_MPS2 else main_line]
    ride = driven(
        way,
        np.concatenate([halts, signals]),
        np.concatenate([waits[waits > 0], held]),
        Pull(
            within(chance, rail.accelerate_mps2),
            within(chance, brake),
            within(chance, rail.power_kmh) / 3.6,
        ),
    )
    before, after = (Sky(int(ride.sky[n])) for n in (0, -1))
    door_s = chance.uniform(1, usual_s), chance.uniform(1, 0.5 * usual_s)
    return joined(standing(door_s[0], before), eased(ride, 1.2), standing(door_s[1], after))


def _line(kind: str, rail: Rail, chance: np.random.Generator, length_m: float) -> Way:
    top = within(chance, rail.top_kmh) / 3.6
    way = plain_way(length_m, top, step_m=float(np.clip(length_m / 6000, 4.0, 20.0)))
    count = len(way.limit_mps)
    sections = int(length_m / (3 * rail.curve_m)) + 2
    # Not every section is laid out, or run, at full speed.
    allowed = np.where(chance.random(sections) < 0.4, 1.0, chance.uniform(0.4, 1.0, sections))
    limit = way.limit_mps * allowed[(np.arange(count) * sections) // count]
    street = MODES[kind] == "tram"
    lateral = (
        within(chance, TRAM_LATERAL_MPS2) if street else within(chance, CANT_MM) / 11.8 / 3.6**2
    )
    return curves(
        chance,
        Way(way.step_m, limit, way.heading_rad, way.sky),
        Bends(
            rail.curve_m * chance.uniform(0.6, 2.0), rail.radius_m, (0.1, 1.5 if street else 1.0)
        ),
        lateral,
    )


def _throats(kind: str, way: Way, chance: np.random.Generator, halts_m: np.ndarray) -> Way:
    """Return the way with the slow approaches to stations that many main lines have."""
    if MODES[kind] != "train" or often(chance, 0.4):
        return way
    along = np.arange(len(way.limit_mps)) * way.step_m
    limit = way.limit_mps.copy()
    for at in np.concatenate([[0.0, way.length_m], halts_m]):
        near = np.abs(along - at) < within(chance, THROAT_M)
        limit[near] = np.minimum(limit[near], within(chance, THROAT_KMH) / 3.6)
    return Way(way.step_m, limit, way.heading_rad, way.sky)


def _roofed(way: Way, rail: Rail, chance: np.random.Generator, halts_m: np.ndarray) -> Way:
    """Return the way with its tunnels, and the stations in them."""
    along = np.arange(len(way.limit_mps)) * way.step_m
    sky = way.sky.copy()
    for first, last in _tunnels(rail.tunnel, chance, way.length_m):
        sky[(along >= first) & (along < last)] = Sky.UNDERGROUND
    ends = np.concatenate([[0.0, way.length_m], halts_m])
    for at in ends:
        near = np.abs(along - at) < 60
        sky[near & (sky == Sky.UNDERGROUND)] = Sky.STATION
    return Way(way.step_m, way.limit_mps, way.heading_rad, sky)


def _tunnels(share: float, chance: np.random.Generator, length_m: float) -> list[Range]:
    """Return the stretches below ground: everything, one or both ends open, or pieces."""
    if share >= 0.3:
        draw = chance.random()
        if draw < share * 0.75:
            return [(0.0, np.inf)]
        if draw < share:
            first, last = np.sort(chance.uniform(0, length_m, 2))
            pieces = ((0.0, last), (first, np.inf), (first, last))
            return [pieces[int(chance.integers(3))]]
        return []
    count = chance.poisson(share * length_m / 1200)
    starts = chance.uniform(0, length_m, count)
    return [(float(at), float(at + chance.exponential(1200))) for at in starts]
