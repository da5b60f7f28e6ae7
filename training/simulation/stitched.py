"""Rides through the simulated towns: pieces of several networks, one behind the other.

A traveller belongs to a few towns. A piece goes on where the last one ended, at its speed, so
that a ride is as long as people's rides are and sees more than one kind of street.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from training.simulation.chance import Range, around, often, within
from training.simulation.motion import (
    Motion,
    bent,
    cut_to,
    eased,
    halts,
    joined,
    moving,
    paced,
    rested,
    straightened,
    varied,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.simulation.roads_kept import Town

RIDE_M: dict[str, Range] = {
    "car": (900, 22000),
    "bus": (1200, 20000),
    "bike": (900, 12000),
}
"""Lengths of rides in towns. Source: MiD 2017, tables of way lengths by means of transport (95 %
of ways by car in large cities below 25 km, by bus 15, by cycle 9)."""
TURNS_KEPT: dict[str, Range] = {"car": (0.1, 0.8), "bus": (0.05, 0.7), "bike": (0.2, 0.9)}
"""Share of a network's random turns that a ride takes: real trips follow corridors and their
detour is small. Source: Giacomin and Levinson, 2015, "Road network circuity in metropolitan
areas" (1.2 to 1.5, falling with length)."""
PACE: dict[str, Range] = {"car": (0.6, 1.15), "bus": (0.7, 1.05), "bike": (0.8, 1.2)}
"""Bus lines run at 10 to 25 km/h, stops included. Source: UITP, 2015, "Bus commercial speed";
TCRP Report 165, exhibit 6-62. Cars in the centres of large cities mean 15 to 45 km/h. Source:
TomTom Traffic Index 2023."""
STRETCH_M: Range = (200, 1500)
VARIETY: Range = (0.05, 0.35)
"""How far the pace stays about the same, and how much it changes: mean speeds on the streets of
one city differ by a factor of two and more. Source: Boeing, 2021; HBS 2015, part S, classes."""
MOST_PIECES = 8


def town_ride(
    who: str,
    towns: Sequence[Town],
    chance: np.random.Generator,
    *,
    length_m: float | None = None,
) -> Motion:
    """Return a ride of a ``car``, ``bus`` or ``bike`` through ``towns``, from rest to rest.

    Raises:
        ValueError: No such drive in any of the towns.
    """
    wanted = around(chance, RIDE_M[who]) if length_m is None else length_m
    motion = _stitched(who, towns, chance, wanted)
    motion = straightened(motion, chance, 1 - within(chance, TURNS_KEPT[who]))
    dropped = chance.choice([0, 0, 0, 0.2] if who == "bus" else [0, 0, 0.2, 0.5])
    motion = rested(motion, chance, around(chance, (0.5, 1.8)), dropped)
    motion = paced(motion, within(chance, PACE[who]))
    motion = varied(motion, chance, around(chance, STRETCH_M), within(chance, VARIETY))
    motion = (
        _from_halt_to_halt(motion, chance, wanted)
        if who == "bus"
        else cut_to(motion, chance, wanted)
    )
    motion = bent(motion, chance, around(chance, (150, 900)), chance.uniform(0.02, 0.25))
    return eased(_brought_to_rest(motion, chance), chance.uniform(0.5, 5.0))


def _stitched(
    who: str, towns: Sequence[Town], chance: np.random.Generator, wanted: float
) -> Motion:
    usable = [town for town in towns if town.drives[who]]
    if not usable:
        raise ValueError(f"no drive by {who} in these towns")
    motion = _piece(who, usable, chance)
    for _ in range(MOST_PIECES):
        if motion.length_m >= 1.15 * wanted:
            break
        motion = _continued(motion, _piece(who, usable, chance))
    return motion


def _piece(who: str, towns: Sequence[Town], chance: np.random.Generator) -> Motion:
    drives = towns[int(chance.integers(len(towns)))].drives[who]
    drive = drives[int(chance.integers(len(drives)))]
    motion = moving(drive.speed_mps, drive.heading_rad)
    if often(chance, 0.5):  # the other hand
        motion = Motion(motion.speed_mps, -motion.turn_rad, motion.sky)
    return motion


def _continued(motion: Motion, piece: Motion) -> Motion:
    """Return both, the second from where it first is about as fast as the first ended."""
    last = motion.speed_mps[-1]
    fast = np.flatnonzero(piece.speed_mps[: len(piece) // 3] >= 0.9 * last)
    return joined(motion, piece.part(int(fast[0]) if len(fast) else 0, len(piece)))


def _from_halt_to_halt(motion: Motion, chance: np.random.Generator, wanted: float) -> Motion:
    """Return the stretch between two halts that comes nearest to ``wanted`` metres."""
    stands = halts(motion)
    along = np.concatenate([[0.0], np.cumsum(motion.speed_mps)])
    if len(stands) < 2:
        return cut_to(motion, chance, wanted)
    on = int(chance.integers(len(stands) // 2 + 1))
    gone = along[stands[:, 0]] - along[stands[on, 1]]
    off = int(np.argmin(np.abs(gone - wanted)))
    if off <= on:
        return cut_to(motion, chance, wanted)
    lead = int(chance.uniform(0, min(stands[on, 1] - stands[on, 0], 30)))
    tail = int(chance.uniform(1, min(max(stands[off, 1] - stands[off, 0], 2), 10)))
    return motion.part(int(stands[on, 1]) - lead, int(stands[off, 0]) + tail)


def _brought_to_rest(motion: Motion, chance: np.random.Generator) -> Motion:
    """Return the movement with a start from rest and an end at rest."""
    first, last = float(motion.speed_mps[0]), float(motion.speed_mps[-1])
    rate = chance.uniform(0.8, 2.0)
    up, down = np.arange(0.5, first, rate), np.arange(last, 0.3, -rate)
    return joined(moving(up, np.zeros(len(up))), motion, moving(down, np.zeros(len(down))))
