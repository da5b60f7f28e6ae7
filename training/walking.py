"""Fit the small forest that tells walking from riding, every ten seconds of a trip.

``python -m training.walking --data DIR --simulation DIR`` writes
``geowallet/track/walking.npz``. MobilityNet and SSI share the weight with the simulation;
what is said of each set comes from a fit without it.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import lightgbm as lgb
import numpy as np

from geowallet.model.fixes import fixes_from
from geowallet.track.grid_speeds import COLUMNS, grid_table, instants_of
from geowallet.track.legs import EDGE_WINDOW_S
from geowallet.track.modes.boosted import trees_from_dump
from geowallet.track.modes.classify import good_fixes
from geowallet.track.motion import path_of, speeds_mps
from training.scenes import labelled_folder, scene_of, simulated
from training.variants import Variant, varied

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from geowallet.track.modes.forest import Trees
    from geowallet.track.motion import Path as Way
    from training.scenes import Scene

SEED = 20_261_122

OUT = Path(__file__).parent.parent / "geowallet" / "track" / "walking.npz"

CHAIN_S = 300.0
"""Legs this near each other are looked at as one trip, as the analysis does."""

SHARES = {"simulation": 0.3, "reflected": 0.2, "crawls": 0.1}
"""Of the weight; the real sets share the rest."""

EVERY, EVERY_REFLECTED = 8, 12
"""Of the simulated days each eighth is used, and each twelfth with reflections: ten seconds next
to each other say little new."""

CRAWLS = 240
"""Drives through jams: stop-and-go waves of 3 to 10 m/s between halts of 5 to 40 s
(Treiber and Kesting 2013, "Traffic Flow Dynamics", chapters 8 and 18)."""

ROUNDS = 60
"""More and larger trees (150 of 31 leaves) find 0.01 more changes of simulated days and lose as
many of MobilityNet and SSI left out, at three times the cost."""

SETTINGS = {
    "objective": "binary",
    "num_leaves": 15,
    "learning_rate": 0.12,
    "min_data_in_leaf": 200,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.6,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "seed": SEED,
    "num_threads": 1,
    "deterministic": True,
    "verbosity": -1,
}


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Described instants of one set.

    Attributes:
        name: Of the set.
        table: float64 ``(n, len(COLUMNS))``.
        walks: bool ``(n,)``.
    """

    name: str
    table: NDArray[np.float64]
    walks: NDArray[np.bool_]


def part_of(name: str, scenes: Iterable[Scene]) -> Part:
    """Return every ten seconds of the legs of ``scenes``, described and labelled."""
    tables, walks = [], []
    for scene in scenes:
        good = good_fixes(scene.fixes)
        if len(good) < 2 or not len(scene.bounds_us):
            continue
        way = path_of(good)
        edge_mps = speeds_mps(way, half_s=EDGE_WINDOW_S)
        for bounds_s, modes in _chains(scene, way):
            first = int(np.searchsorted(way.time_s, bounds_s[0, 0]))
            last = int(np.searchsorted(way.time_s, bounds_s[-1, 1], side="right")) - 1
            if last - first < 2:
                continue
            instants = instants_of(way, [(first, last)])
            on_foot = _on_foot(way, instants.at_s, bounds_s, modes)
            tables.append(grid_table(way, instants, edge_mps)[on_foot >= 0])
            walks.append(on_foot[on_foot >= 0] == 1)
    return Part(name, np.concatenate(tables), np.concatenate(walks))


def _chains(scene: Scene, way: Way) -> Iterator[tuple[NDArray[np.float64], list[str]]]:
    bounds_s = (scene.bounds_us - way.start_us) / 1e6
    parting = np.flatnonzero(bounds_s[1:, 0] - bounds_s[:-1, 1] > CHAIN_S) + 1
    for rows in np.split(np.arange(len(bounds_s)), parting):
        yield bounds_s[rows], [scene.modes[row] for row in rows]


def _on_foot(
    way: Way, grid_s: NDArray[np.float64], bounds_s: NDArray[np.float64], modes: Sequence[str]
) -> NDArray[np.int8]:
    """Return 1 for walking, 0 for other movement, -1 where nobody said or saw."""
    found = np.full(len(grid_s), -1, dtype=np.int8)
    for (start_s, end_s), mode in zip(bounds_s, modes, strict=True):
        if mode != "stop":
            found[(grid_s >= start_s) & (grid_s <= end_s)] = mode == "walk"
    before = np.clip(np.searchsorted(way.time_s, grid_s) - 1, 0, len(way) - 2)
    found[way.gap[before]] = -1
    return found


def crawls() -> Iterator[Scene]:
    """Yield drives with jams in them, as receivers of several kinds see them."""
    rng = np.random.default_rng(SEED)
    for number in range(CRAWLS):
        speed = [np.full(rng.integers(60, 240), rng.uniform(8, 30))]
        for _ in range(rng.integers(4, 30)):
            speed += [np.full(rng.integers(5, 20), rng.uniform(2.5, 10)), _halt(rng)]
        speed.append(np.full(rng.integers(60, 240), rng.uniform(8, 30)))
        # Nobody accelerates at once.
        smooth = np.convolve(np.concatenate(speed), np.ones(5) / 5, mode="same")
        heading = np.cumsum(rng.normal(0.0, 0.01, len(smooth)))
        east, north = np.cumsum(smooth * np.sin(heading)), np.cumsum(smooth * np.cos(heading))
        every, noise_m = int(rng.choice([1, 1, 2, 5, 10])), rng.uniform(1, 6)
        seen = np.arange(0, len(smooth), every)
        noise = rng.normal(0.0, noise_m, (2, len(seen)))
        time_us = 1_700_000_000_000_000 + seen * 1_000_000
        lat = 47.0 + (north[seen] + noise[0]) / 111_195.0
        lon = 7.0 + (east[seen] + noise[1]) / 75_834.0
        bounds = [(int(time_us[0]), int(time_us[-1]), "car")]
        yield scene_of("crawls", f"crawl-{number}", fixes_from(time_us, lat, lon), bounds)


def _halt(rng: np.random.Generator) -> NDArray[np.float64]:
    return np.zeros(rng.integers(5, 40))


def fitted(parts: Sequence[Part]) -> lgb.Booster:
    """Return the forest of all parts, each with its share, both classes with half."""
    real = [part for part in parts if part.name not in SHARES]
    rest = 1.0 - sum(SHARES.values())
    total = sum(len(part.walks) ** 0.5 for part in real)
    weight = np.concatenate(
        [
            np.full(
                len(part.walks),
                SHARES.get(part.name, rest * len(part.walks) ** 0.5 / total) / len(part.walks),
            )
            for part in parts
        ]
    )
    walks = np.concatenate([part.walks for part in parts])
    for side in (True, False):
        weight[walks == side] *= 0.5 / float(np.sum(weight[walks == side]))
    table = np.concatenate([part.table for part in parts]).astype(np.float32).astype(np.float64)
    data = lgb.Dataset(
        table,
        walks.astype(np.int8),
        weight=weight * len(weight),
        feature_name=list(COLUMNS),
    )
    return lgb.train(SETTINGS, data, ROUNDS)


def save(trees: Trees, out: Path) -> None:
    """Write the trees as plain arrays."""
    np.savez_compressed(
        out,
        feature=trees.feature,
        threshold=trees.threshold,
        nan_left=trees.nan_left,
        first=trees.first,
        after=trees.after,
        count=trees.count.astype(np.uint8),
        leaf=trees.leaf,
    )


def _told(part: Part, booster: lgb.Booster) -> str:
    share = np.asarray(booster.predict(part.table.astype(np.float32)))
    right = float(np.mean((share > 0.5) == part.walks))
    return f"{part.name:12s} {len(part.walks):7d} instants, {right:.3f} right without it"


def main() -> None:
    """Fit, measure, write."""
    parser = argparse.ArgumentParser(prog="training.walking")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--simulation", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--measure", action="store_true", help="leave each real set out, too")
    chosen = parser.parse_args()
    labelled = chosen.data / "labelled"
    days = list(enumerate(simulated(chosen.simulation)))
    rng = np.random.default_rng(SEED)
    seen = (varied(scene, Variant.REFLECTED, rng) for n, scene in days if n % EVERY_REFLECTED == 3)
    parts = [
        part_of("simulation", (scene for n, scene in days if n % EVERY == 0)),
        part_of("reflected", seen),
        part_of("crawls", crawls()),
    ]
    parts += [part_of(n, labelled_folder(labelled / n, n)) for n in ("mobilitynet", "ssi")]
    if chosen.measure:
        for part in parts[len(SHARES) :]:
            print(_told(part, fitted([p for p in parts if p is not part])))
    save(trees_from_dump(fitted(parts).dump_model()), chosen.out)
    print(f"{chosen.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
