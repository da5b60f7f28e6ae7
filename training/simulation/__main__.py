"""Simulate travellers' days; go on where an earlier run stopped.

    python -m training.simulation --out DIR --seed N [--quick] [--held-out] [--broad] [--roads-only]

writes one .npz a traveller-day into DIR, and the drives of each road network into
DIR/networks. The same seed gives the same files.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

import numpy as np

from training.simulation.chance import generator
from training.simulation.roads import networks
from training.simulation.roads_kept import drive_networks, read_towns
from training.simulation.traces import trace, write_trace
from training.simulation.travellers import traveller

ROUNDS = 6
"""Networks of each of the eight kinds."""
HELD_OUT_ROUNDS = 2
TRAVELLERS = 3000
HELD_OUT_TRAVELLERS = 160
BROAD_TRAVELLERS = (850, 80)
"""Travellers of the broad part, and those that are held out."""
DAYS = 4
"""Of each traveller: enough for habits to show."""


def main() -> None:
    """Read the command line and simulate."""
    asked = _asked()
    rounds = 1 if asked.quick else HELD_OUT_ROUNDS if asked.held_out else ROUNDS
    folder = asked.networks or asked.out / "networks"
    wanted = networks(asked.seed, rounds=rounds, held_out=asked.held_out)
    drive_networks(wanted, folder)
    if asked.roads_only:
        return
    towns = read_towns(folder, only=[network.name for network in wanted])
    people = HELD_OUT_TRAVELLERS if asked.held_out else TRAVELLERS
    people = BROAD_TRAVELLERS[asked.held_out] if asked.broad else people
    people = asked.travellers or (12 if asked.quick else people)
    part = ("held" if asked.held_out else "day") + ("-broad" if asked.broad else "")
    legs: Counter[str] = Counter()
    for number in range(people):
        chance = generator(asked.seed, part, number)
        who = traveller(part, number, towns, chance, broad=asked.broad)
        for day in range(DAYS):
            target = asked.out / f"{part}-{number:05d}-{day}.npz"
            if not target.exists():
                write_trace(trace(who, day, generator(asked.seed, part, number, day)), target)
            with np.load(target) as stored:
                legs.update(stored["mode"].tolist())
    print(f"{sum(legs.values())} legs in {asked.out}: {dict(legs.most_common())}")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="training.simulation", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="eight networks, twelve travellers")
    parser.add_argument("--held-out", action="store_true", help="other networks and travellers")
    parser.add_argument("--broad", action="store_true", help="travellers with rarer rides")
    parser.add_argument("--roads-only", action="store_true", help="stop after the networks")
    parser.add_argument("--networks", type=Path, help="where they are kept, if not in DIR")
    parser.add_argument("--travellers", type=int, help="how many")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    return asked


if __name__ == "__main__":
    main()
