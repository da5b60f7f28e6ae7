"""Travellers, and the parts of their days.

Each traveller has means of his own (a car, a pass, a cycle), so that the legs of one day, and of
the days of one person, belong together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from training.simulation.broad import OFTEN, SHARE
from training.simulation.chance import often

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.simulation.motion import Motion
    from training.simulation.roads_kept import Town

RIDES: dict[str, float] = {
    "foot": 0.045,
    "run": 0.05,
    "bike": 0.11,
    "e_bike": 0.05,
    "e_scooter": 0.04,
    "car": 0.19,
    "motorcycle": 0.04,
    "bus": 0.20,
    "tram": 0.08,
    "subway": 0.15,
    "train": 0.13,
    "ferry": 0.03,
    "airplane": 0.02,
    "round": 0.035,
}
"""How often a trip has this as its main part over all travellers: balanced for learning, not a
modal split."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a day: a leg with its mode, or a stay (``mode`` empty)."""

    mode: str
    motion: Motion


@dataclass(frozen=True, slots=True)
class Traveller:
    """Who travels, in which part of the data.

    Attributes:
        part: Name of the part.
        number: In that part.
        towns: Where.
        habits: How often each main part of a trip.
        waits: What his diary calls a wait at a stop: ``walk``, ``ride``, or nothing.
        broad: Whether he makes rides of `broad` too.
    """

    part: str
    number: int
    towns: tuple[Town, ...]
    habits: dict[str, float]
    waits: str
    broad: bool = False

    def strays(self, mode: str, chance: np.random.Generator) -> bool:
        """Say whether the next ride by ``mode`` is a broad one."""
        return self.broad and mode in OFTEN and often(chance, SHARE)


def traveller(
    part: str,
    number: int,
    towns: Sequence[Town],
    chance: np.random.Generator,
    *,
    broad: bool = False,
) -> Traveller:
    """Return a traveller with habits of his own, and as many of the towns as he needs."""
    wanted = min(len(towns), int(chance.integers(2, 6)))
    some = [towns[int(n)] for n in chance.permutation(len(towns))]
    kinds = {kind for town in towns for kind, drives in town.drives.items() if drives}
    while not all(any(town.drives[kind] for town in some[:wanted]) for kind in kinds):
        wanted += 1
    share = np.array(list(RIDES.values())) * chance.gamma(0.6, 1.0, len(RIDES))
    habits = dict(zip(RIDES, (share / share.sum()).tolist(), strict=True))
    waits = str(chance.choice(["", "walk", "ride"], p=[0.55, 0.33, 0.12]))
    return Traveller(part, number, tuple(some[:wanted]), habits, waits, broad)
