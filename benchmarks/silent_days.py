"""What silences are called, against what was true on simulated days.

    python -m training.simulation --out DIR --held-out --roads-only
    python -m benchmarks.silent_days DIR/networks [--people 50]

On top of the receiver's own silences a part of each day is taken out: once as by a device
that was switched off, once as where a file ends and another one begins.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.timing import say
from geowallet.model.causes import Cause
from geowallet.model.fixes import Fixes, fixes_from
from geowallet.model.geodesy import distance_m
from geowallet.track.clean import POOR_ACCURACY_M
from geowallet.track.motion import GAP_CADENCES, PARKED_M, SHORTEST_GAP_S
from geowallet.track.silences import Setting, cause_of
from training.simulation.cadence import cadence, written
from training.simulation.chance import generator, often
from training.simulation.days import day
from training.simulation.motion import Sky, joined
from training.simulation.receiver import receiver, seen
from training.simulation.roads_kept import read_towns
from training.simulation.traces import OFF_IN_FLIGHT
from training.simulation.travellers import Part, traveller

METRES_DEG = 111_195.0
AROUND = 400
"""Positions on either side that are looked at."""
TAKEN_S = (900, 3600)
SEED = 7


@dataclass(frozen=True, slots=True, eq=False)
class Day:
    """A day as it was written, and as it was.

    Attributes:
        good: Positions that are exact enough, about the equator.
        coarse_us: Instants of the others.
        second: Of the day, for each good position.
        sky: A `Sky` a second.
        heard: Whether a position was to be had, a second.
        flown: Whether the device was off in flight, a second.
        moved_m: True metres a second.
    """

    good: Fixes
    coarse_us: np.ndarray
    second: np.ndarray
    sky: np.ndarray
    heard: np.ndarray
    flown: np.ndarray
    moved_m: np.ndarray

    def cause(self, last: int, first: int, *, files: bool = False) -> tuple[Cause, bool]:
        """Return the cause between two positions, and whether the silence hides a way."""
        before = self.good.take(slice(max(0, last - AROUND), last + 1))
        after = self.good.take(slice(first, first + AROUND))
        times = self.good.time_us[[last, first]]
        coarse = int(np.diff(np.searchsorted(self.coarse_us, times))[0])
        ends = [self.good.take(slice(row, row + 1)) for row in (last, first)]
        spots = [float(x) for one in ends for x in (one.lat_deg[0], one.lon_deg[0])]
        setting = Setting(coarse=coarse, file_ends=files, file_begins=files)
        return cause_of(before, after, setting)[0], distance_m(*spots) > PARKED_M

    def truth(self, last: int, first: int) -> str:
        """Return why a silence of the receiver's is there."""
        inside = slice(int(self.second[last]) + 1, int(self.second[first]))
        deaf = ~self.heard[inside]
        below = np.isin(self.sky[inside], (Sky.UNDERGROUND, Sky.STATION)) & deaf
        if np.mean(deaf) < 0.5:
            return "nothing to write"
        if np.mean(self.flown[inside]) > 0.3:
            return "switched off in flight"
        if np.mean(below) > 0.3:
            return "below ground"
        indoors = np.mean((self.sky[inside] == Sky.INDOORS) & deaf) > 0.4
        return "indoors" if indoors else "signal lost elsewhere"


def main() -> None:
    """Read the command line and print the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.silent_days", description=__doc__)
    parser.add_argument("networks", type=Path)
    parser.add_argument("--people", type=int, default=50)
    asked = parser.parse_args()
    towns = read_towns(asked.networks)
    table: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for number in range(asked.people):
        for of in range(2):
            chance = generator(SEED, "gap", number, of)
            who = traveller("gap", number, towns, generator(SEED, "gap", number))
            one = _day(day(who, chance), chance)
            for truth, cause, far in _silences(one, chance):
                table[f"{truth}, {'a way' if far else 'no way'}"][str(cause)] += 1
    say(" ".join(["".ljust(34), *(str(cause).rjust(9) for cause in Cause)]))
    for truth, row in sorted(table.items()):
        say(" ".join([truth.ljust(34), *(str(row[cause]).rjust(9) for cause in Cause)]))


def _day(parts: list[Part], chance: np.random.Generator) -> Day:
    motion = joined(*(part.motion for part in parts))
    at = motion.positions(heading_rad=chance.uniform(0, 2 * np.pi))[1:]
    device, how = receiver(chance), cadence(chance)
    view = seen(device, at, motion.sky, np.ones(len(at)), chance)
    off = [part.mode == "airplane" and often(chance, OFF_IN_FLIGHT) for part in parts]
    flown = np.repeat(off, [len(part.motion) for part in parts])
    heard = view.there & ~flown
    second = written(how, view.at, heard, chance)
    given = view.at[second] / METRES_DEG
    accuracy_m = view.accuracy_m[second] if device.accuracy else np.full(len(second), np.nan)
    fixes = fixes_from(
        (second * 1e6).astype(np.int64), given.imag, given.real, accuracy_m=accuracy_m
    )
    coarse = fixes.accuracy_m > POOR_ACCURACY_M
    moved_m = np.abs(np.diff(at, prepend=at[:1]))
    good = fixes.take(~coarse)
    return Day(good, fixes.time_us[coarse], second[~coarse], motion.sky, heard, flown, moved_m)


def _silences(one: Day, chance: np.random.Generator) -> list[tuple[str, Cause, bool]]:
    steps_s = np.diff(one.second)
    if len(steps_s) < 50:
        return []
    least_s = max(SHORTEST_GAP_S, GAP_CADENCES * float(np.median(steps_s)))
    rows = [int(n) for n in np.flatnonzero(steps_s >= least_s) if 3 <= n < len(steps_s) - 3]
    found = [(one.truth(row, row + 1), *one.cause(row, row + 1)) for row in rows]
    for _ in range(3):
        start = int(chance.integers(len(one.sky) // 10, len(one.sky) * 8 // 10))
        end = start + int(chance.integers(*TAKEN_S))
        last, first = (int(n) for n in np.searchsorted(one.second, (start, end)))
        last -= 1
        if last < 5 or first >= len(one.second) - 5 or one.second[last] < start - SHORTEST_GAP_S:
            continue
        on_the_way = float(np.mean(one.moved_m[max(0, int(one.second[last]) - 30) : start])) > 2.5
        truth = f"switched off {'on the way' if on_the_way else 'at rest'}"
        found.append((truth, *one.cause(last, first)))
        found.append(("cut between two files", *one.cause(last, first, files=True)))
    return found


if __name__ == "__main__":
    main()
