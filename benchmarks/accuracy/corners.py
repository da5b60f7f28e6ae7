"""Fits the table of `geowallet.track.shortfall` anew, and prints it.

    python -m benchmarks.accuracy.corners --data DIR

Rides whose length a wheel, a cycling computer or dense fixes gave, and drawn ways, are
thinned to a fix every 1 to 200 seconds. The table is the least-squares answer to "how
much longer was the way than its chords", rising with the turning, robust to outliers.
UAH-DriveSet and GeoLife have no part in it. Needs scipy (extra ``fit``).
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import nnls

from benchmarks.accuracy import lengths
from benchmarks.accuracy.recordings import Recording, counted
from benchmarks.accuracy.roads import PACES, Receiver, ride
from benchmarks.accuracy.truth import read_set, word
from geowallet.model.fixes import fixes_from
from geowallet.track.legs import EDGE_WINDOW_S
from geowallet.track.modes.ragged import rows_of
from geowallet.track.motion import path_of, speeds_mps
from geowallet.track.shortfall import ASIDE_MPS2, LOST, SLOWEST_MPS, shortfall, turning
from geowallet.track.ways import ways_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray


CADENCES_S = (1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 200.0)
FOOT, BIKE, ROAD, RAIL = "foot", "bike", "road", "rail"
FAMILY = {
    **dict.fromkeys(("walk", "run"), FOOT),
    **dict.fromkeys(("bike", "e_scooter", "e_bike"), BIKE),
    **dict.fromkeys(("car", "bus", "tram"), ROAD),
    **dict.fromkeys(("car in town", "car on the road", "car on the motorway"), ROAD),
    **dict.fromkeys(("train", "subway", "ferry"), RAIL),
}
LEAST_M = 500.0
MOST_LOST = 0.8
"""More is a fault of the truth."""

DENSEST_S = 3.0
LONGEST_SILENCE_S = 20.0
DOUBTFUL = 0.02
"""Recordings whose dense length disagrees more with their own count are left out."""

ROUNDS = 8
_RADII = np.log(list(LOST))


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One thinned ride: its turning, the radii of its chords, and what they lost."""

    family: str
    group: str
    cadence_s: float
    shares: NDArray[np.float64]
    radii: float
    lost: float


def cases(data: Path) -> Iterator[Case]:
    """Yield every case of every source."""
    for number, path in enumerate(sorted((data / "corpus" / "fit").glob("*.fit"))):
        recording = counted(path, f"computer {number}")
        if recording is not None:
            yield from _trusted(list(_thinned(recording, BIKE)))
    for name in ("mobilitynet", "ssi"):
        for family, recording in _dense(data / "labelled" / name):
            yield from _thinned(recording, family)
    yield from _drawn()


def _trusted(found: list[Case]) -> list[Case]:
    dense = [case.lost for case in found if case.cadence_s == CADENCES_S[0]]
    return found if dense and abs(np.median(dense)) <= DOUBTFUL else []


def _thinned(recording: Recording, family: str) -> Iterator[Case]:
    for part in recording.rides():
        for cadence_s in CADENCES_S:
            thin = part.thinned(cadence_s) if cadence_s > 1 else part
            if len(thin.time_s) >= 4:
                true_m = float(thin.counted_m[-1] - thin.counted_m[0])
                case = _case(thin, true_m, (family, part.group, cadence_s))
                if case is not None:
                    yield case


def _case(thin: Recording, true_m: float, what: tuple[str, str, float]) -> Case | None:
    time_us = np.round(thin.time_s * 1e6).astype(np.int64)
    path = path_of(fixes_from(time_us, thin.lat_deg, thin.lon_deg))
    speed = speeds_mps(path, half_s=EDGE_WINDOW_S)
    ways = ways_of(path.time_s, path.lat_deg, path.lon_deg, speed, rows_of(np.array([len(path)])))
    shares, usual_m = turning(ways.rows, ways.x_m, ways.y_m)
    chords_m, _ = ways.chords_m()
    if not usual_m[0] or true_m < LEAST_M or chords_m[0] <= 0:
        return None
    lost = float((true_m - ways.ends_m[0]) / chords_m[0] - 1)
    radii = float(usual_m[0] * ASIDE_MPS2 / max(ways.usual_mps[0], SLOWEST_MPS) ** 2)
    return Case(*what, shares[0], radii, lost) if abs(lost) < MOST_LOST else None


def _dense(folder: Path) -> Iterator[tuple[str, Recording]]:
    """Yield labelled legs with dense fixes, counted by their own corrected length."""
    traces, legs = read_set(folder)
    for leg in legs:
        trace, family = traces[leg.user], FAMILY.get(word(leg.mode))
        rows = np.flatnonzero((trace.time_s >= leg.start_s) & (trace.time_s <= leg.end_s))
        step_s = np.diff(trace.time_s[rows])
        if family is None or np.median(step_s) > DENSEST_S or max(step_s) > LONGEST_SILENCE_S:
            continue
        rows = rows[np.concatenate(([True], step_s > 0))]
        columns = trace.time_s[rows], trace.lat_deg[rows], trace.lon_deg[rows]
        path = path_of(fixes_from(np.round(columns[0] * 1e6).astype(np.int64), *columns[1:]))
        speed = speeds_mps(path, half_s=EDGE_WINDOW_S)
        alone = rows_of(np.array([len(path)]))
        ways = ways_of(path.time_s, path.lat_deg, path.lon_deg, speed, alone)
        lost = shortfall(ways.rows, ways.x_m, ways.y_m, usual_mps=ways.usual_mps)
        total_m = float(ways.chords_m()[0][0] * (1 + lost[0]))
        along_m = np.concatenate(([0.0], np.cumsum((speed[1:] + speed[:-1]) * np.diff(columns[0]))))
        counted_m = along_m / max(along_m[-1], 1.0) * (total_m + ways.ends_m[0])
        yield family, Recording(leg.user, *columns, counted_m)


def _drawn() -> Iterator[Case]:
    for mode, pace in PACES.items():
        for kind in pace.kinds:
            for name, (wander_m, memory_s, jitter_m) in lengths.RECEIVERS.items():
                for cadence_s in CADENCES_S[:-1]:
                    for seed in range(2):
                        receiver = Receiver(wander_m, memory_s, jitter_m, cadence_s)
                        long_m = lengths.LENGTHS_M.get(mode, 20_000.0)
                        made = ride(mode, kind, long_m, receiver, seed=seed)
                        f = made.fixes
                        thin = Recording(name, f.time_us / 1e6, f.lat_deg, f.lon_deg, f.lat_deg)
                        what = FAMILY[mode], f"drawn {mode} {kind} {name}", cadence_s
                        case = _case(thin, made.true_m, what) if len(f) >= 4 else None
                        if case is not None:
                            yield case


def fitted(found: Sequence[Case]) -> NDArray[np.float64]:
    """Return the table ``(lengths, classes)`` that explains the cases best."""
    rises = np.array([np.cumsum(case.shares[::-1])[::-1][1:] for case in found])
    place = np.clip(np.log([case.radii for case in found]), _RADII[0], _RADII[-1])
    hats = np.array([np.interp(place, _RADII, row) for row in np.eye(len(_RADII))]).T
    design = (rises[:, :, None] * hats[:, None, :]).reshape(len(found), -1)
    lost = np.array([case.lost for case in found])
    weight, sound = _weights(found), np.ones(len(found))
    for _ in range(ROUNDS):
        root = np.sqrt(weight * sound)
        answer, _ = nnls(design * root[:, None], lost * root)
        left = np.abs(lost - design @ answer)
        usual = np.maximum(1.4826 * np.median(left), 0.3 * design @ answer + 0.004)
        sound = np.minimum(1.0, 2.5 * usual / np.maximum(left, 1e-9))
    steps = answer.reshape(-1, len(_RADII))
    table = np.vstack((np.zeros(len(_RADII)), np.cumsum(steps, axis=0))).T
    bounded: NDArray[np.float64] = np.minimum(table, MOST_LOST)
    return bounded


def _weights(found: Sequence[Case]) -> NDArray[np.float64]:
    """Return weights by which no recording, and no family of modes, outvotes the others."""
    groups = [case.group for case in found]
    _, place, count = np.unique(groups, return_inverse=True, return_counts=True)
    weight = 1 / np.sqrt(count[place])
    kinds = np.array([f"{case.family} {case.cadence_s}" for case in found])
    for kind in np.unique(kinds):
        weight[kinds == kind] /= np.sqrt(np.sum(weight[kinds == kind]))
    even: NDArray[np.float64] = weight / np.mean(weight)
    return even


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    found = list(cases(parser.parse_args().data))
    print(f"{len(found):,} cases")
    for radii, row in zip(LOST, fitted(found), strict=True):
        print(f"    {radii}: ({', '.join(f'{value:.4f}' for value in row)}),")


if __name__ == "__main__":
    main()
