"""The road networks: eight kinds of town and country, each with streets of its own.

A network is drawn from the ranges of its kind by the seed, so that no two have the same
blocks, lanes, limits, signals or load.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from training.simulation.chance import generator, within

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of town or country; every pair is a range.

    Attributes:
        shape: What netgenerate is asked for: ``grid``, ``spider`` or ``rand``.
        across: Junctions from west to east (arms of a spider, iterations of a random net).
        up: Junctions from south to north (circles of a spider).
        block_m: Length of a street.
        lanes: Per direction.
        limit_kmh: Speed limit.
        load: Cars wanted at once per lane-kilometre.
        signals: Share of junctions with lights.
        bus_stop_m: Distance between bus stops.
    """

    shape: str
    across: tuple[int, int]
    up: tuple[int, int]
    block_m: tuple[float, float]
    lanes: tuple[int, int]
    limit_kmh: tuple[float, ...]
    load: tuple[float, float]
    signals: tuple[float, float]
    bus_stop_m: tuple[float, float]


KINDS: dict[str, Kind] = {
    "superblock": Kind(
        "grid", (5, 8), (5, 7), (350, 700), (2, 3), (50, 60, 70), (3, 14), (0.9, 1), (500, 1000)
    ),
    "corridor": Kind(
        "grid", (18, 30), (2, 4), (150, 400), (1, 3), (50, 60), (4, 14), (0.5, 1), (250, 600)
    ),
    "blocks": Kind(
        "grid", (10, 16), (8, 14), (80, 220), (1, 2), (30, 40, 50), (3, 12), (0.4, 1), (180, 400)
    ),
    "old town": Kind(
        "spider", (8, 16), (8, 13), (70, 160), (1, 1), (30, 30, 50), (4, 12), (0.1, 0.5), (200, 400)
    ),
    "suburb": Kind(
        "rand", (140, 260), (0, 0), (90, 260), (1, 2), (30, 50), (2, 8), (0.1, 0.5), (250, 600)
    ),
    "country": Kind(
        "rand",
        (60, 110),
        (0, 0),
        (500, 1400),
        (1, 1),
        (70, 80, 90),
        (0.5, 3),
        (0, 0.1),
        (600, 2500),
    ),
    "expressway": Kind(
        "grid", (5, 8), (3, 5), (800, 2000), (2, 3), (70, 80, 100), (2, 9), (0.2, 0.7), (800, 2500)
    ),
    "motorway": Kind(
        "grid",
        (6, 10),
        (2, 2),
        (2500, 6000),
        (2, 3),
        (110, 120, 130),
        (1, 7),
        (0, 0),
        (4000, 20000),
    ),
}
"""Source for blocks and arterials: Boeing, 2021, "Off the grid ... and back again?" (street
lengths of 27,000 US places); UN-Habitat, 2013, "Streets as public spaces" (European cores of
70 to 150 m, superblocks of 400 m and more). Bus stops: TCRP Report 19, 1996, table 1 (90 to
365 m in towns, to 800 m in the country), and GB 50220-95 (500 to 800 m, 800 to 1,000 m outside).
Limits: the national ones of town, country and motorway roads."""


@dataclass(frozen=True, slots=True)
class Network:
    """One network to be simulated, with its own traffic."""

    name: str
    kind: str
    across: int
    up: int
    block_m: float
    lanes: int
    limit_kmh: float
    load: float
    signals: float
    cycle_s: int
    bus_stop_m: float
    bike_lanes: bool
    seed: int

    def arguments(self) -> list[str]:
        """Return what netgenerate is told."""
        shape = KINDS[self.kind].shape
        common = [
            f"--default.lanenumber={self.lanes}",
            f"--default.speed={self.limit_kmh / 3.6:.2f}",
            f"--seed={self.seed}",
            f"--tls.cycle.time={self.cycle_s}",
            "--tls.discard-simple",
            "--no-turnarounds.except-deadend",
            *(["--bikelanes.guess", "--bikelanes.guess.max-speed=25"] if self.bike_lanes else []),
        ]
        if shape == "grid":
            high = max(self.block_m * (0.45 if self.kind == "corridor" else 0.8), 60.0)
            junction = "traffic_light" if self.signals > 0.7 else "priority"
            return [
                "--grid",
                f"--grid.x-number={self.across}",
                f"--grid.y-number={self.up}",
                f"--grid.x-length={self.block_m:.0f}",
                f"--grid.y-length={high:.0f}",
                f"--perturb-x=norm(0,{0.06 * self.block_m:.1f})",
                f"--perturb-y=norm(0,{0.06 * high:.1f})",
                f"--default-junction-type={junction}",
                *(["--tls.guess", "--tls.guess.threshold=60"] if 0 < self.signals <= 0.7 else []),
                *common,
            ]
        if shape == "spider":
            return [
                "--spider",
                f"--spider.arm-number={self.across}",
                f"--spider.circle-number={self.up}",
                f"--spider.space-radius={self.block_m:.0f}",
                "--tls.guess",
                *common,
            ]
        return [
            "--rand",
            f"--rand.iterations={self.across}",
            f"--rand.max-distance={1.6 * self.block_m:.0f}",
            f"--rand.min-distance={0.6 * self.block_m:.0f}",
            "--rand.min-angle=40",
            *(["--tls.guess", "--tls.guess.threshold=40"] if self.signals > 0.1 else []),
            *common,
        ]


def networks(seed: int, *, rounds: int, held_out: bool = False) -> tuple[Network, ...]:
    """Return ``rounds`` networks of every kind, the kinds taking turns.

    Those of the held-out part come from another stream of chance and have other names.
    """
    part = "held" if held_out else "town"
    return tuple(
        _drawn(
            kind, f"{part}-{kind.replace(' ', '-')}-{number}", generator(seed, part, kind, number)
        )
        for number in range(rounds)
        for kind in KINDS
    )


def _drawn(kind: str, name: str, chance: np.random.Generator) -> Network:
    of = KINDS[kind]
    return Network(
        name=name,
        kind=kind,
        across=int(chance.integers(of.across[0], of.across[1] + 1)),
        up=int(chance.integers(of.up[0], of.up[1] + 1)),
        block_m=within(chance, of.block_m),
        lanes=int(chance.integers(of.lanes[0], of.lanes[1] + 1)),
        limit_kmh=float(chance.choice(of.limit_kmh)),
        load=within(chance, of.load),
        signals=within(chance, of.signals),
        cycle_s=int(chance.integers(60, 121)),
        bus_stop_m=within(chance, of.bus_stop_m),
        bike_lanes=bool(chance.random() < 0.4),
        seed=int(chance.integers(1, 2**31 - 1)),
    )
