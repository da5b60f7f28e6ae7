"""One counted look at a set that only measures: GeoLife.

    python -m training.look DIR --what "legs given" --why "first model" --out PRED.csv

The look is written to ``looks.toml`` before anything is scored.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from geowallet.app.travel.model_fit import growth_for
from geowallet.track.modes.classify import classify_legs, leg_logits, leg_table
from geowallet.track.modes.fitting import folds_of
from geowallet.track.modes.hints import NO_HINTS, Hints
from geowallet.track.modes.shipped import shipped_forest
from geowallet.track.modes.teaching import fit_forest
from training.measure import figures_of
from training.recipe import SEED
from training.scenes import labelled_folder
from training.tables import CLASSES, NEAREST

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from geowallet.track.modes.forest import Forest
    from training.measure import Figures
    from training.scenes import Scene

Row: TypeAlias = tuple[str, int, int, str, float]
FEWEST_LEGS = 20
"""A mode with fewer legs is not learnt."""

LOOKS = Path(__file__).parent / "looks.toml"


def announce(what: str, why: str, digest: str, *, today: dt.date) -> None:
    """Write that a look is about to be taken."""
    with LOOKS.open("a", encoding="utf-8") as stream:
        stream.write("\n[[look]]\n")
        stream.write(f"date = {today.isoformat()}\n")
        for name, value in (("what", what), ("why", why), ("model", digest)):
            stream.write(f"{name} = {json.dumps(value)}\n")


def record(figures: Figures) -> None:
    """Add what the look that was announced last has shown."""
    with LOOKS.open("a", encoding="utf-8") as stream:
        stream.write(f"accuracy = {figures.accuracy:.4f}\n")
        stream.write(f"macro_f1 = {figures.macro_f1:.4f}\n")
        stream.write(f"legs = {figures.legs}\n")


def predicted(
    scenes: Iterable[Scene], *, hints: Hints = NO_HINTS
) -> tuple[list[Row], list[str], list[float]]:
    """Return rows ``(owner, start_us, end_us, mode, probability)``, the truth, and metres."""
    rows: list[Row] = []
    truth: list[str] = []
    metres: list[float] = []
    for scene in scenes:
        moving = np.array([mode != "stop" for mode in scene.modes], dtype=np.bool_)
        bounds = scene.bounds_us[moving]
        for guess, (start_us, end_us) in zip(
            classify_legs(scene.fixes, bounds, hints=hints), bounds, strict=True
        ):
            mode, probability = str(guess.mode), float(guess.probability)
            rows.append((scene.owner, int(start_us), int(end_us), mode, probability))
        truth += [mode for mode in scene.modes if mode != "stop"]
        metres += list(scene.metres[moving])
    return rows, truth, metres


def predicted_by_others(
    scenes: Sequence[Scene], *, folds: int
) -> tuple[list[Row], list[str], list[float]]:
    """Return the same, each user's legs told by a forest that was fitted on the others'.

    What `geowallet model fit` would make of the set; it stays here.
    """
    fold = folds_of([scene.owner for scene in scenes for _ in scene.modes], folds=folds)
    edges = np.cumsum([0, *(len(scene.modes) for scene in scenes)])
    described = [_described(scene) for scene in scenes]
    rows: list[Row] = []
    truth: list[str] = []
    metres: list[float] = []
    for number in range(folds):
        inside = [n for n, scene in enumerate(scenes) if scene.modes and fold[edges[n]] != number]
        forest = _forest_of([scenes[n] for n in inside], [described[n] for n in inside])
        asked = [s for n, s in enumerate(scenes) if s.modes and fold[edges[n]] == number]
        some, true, long_m = predicted(asked, hints=Hints(forest=forest))
        rows, truth, metres = rows + some, truth + true, metres + long_m
    return rows, truth, metres


def _described(scene: Scene) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the legs as features, and what the network that ships says of them."""
    network = shipped_forest().network
    table = leg_table(scene.fixes, scene.bounds_us)
    if network is None:
        return table, np.empty((len(table), 0))
    return table, leg_logits(network, scene.fixes, scene.bounds_us)


def _forest_of(
    scenes: Sequence[Scene],
    described: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]],
) -> Forest:
    modes = [NEAREST.get(mode, mode) for scene in scenes for mode in scene.modes]
    table, by_network = (np.concatenate(some) for some in zip(*described, strict=True))
    often = {
        mode for mode, count in Counter(modes).items() if count >= FEWEST_LEGS and mode in CLASSES
    }
    kept = np.array([mode in often for mode in modes]) & np.any(np.isfinite(table), axis=1)
    owners = [scene.owner for scene in scenes for _ in scene.modes]
    bounds_us = np.concatenate([scene.bounds_us for scene in scenes])
    # As `model fit` does: with what neighbours say, and from the forest that ships.
    return fit_forest(
        table[kept],
        [mode for mode, keep in zip(modes, kept, strict=True) if keep],
        [owner for owner, keep in zip(owners, kept, strict=True) if keep],
        seed=SEED,
        bounds_us=bounds_us[kept],
        growth=growth_for(int(kept.sum())),
        base=shipped_forest(),
        by_network=by_network[kept] if shipped_forest().network else None,
    )


def write_rows(path: Path, rows: list[Row]) -> None:
    """Write predictions as the scorer reads them: epoch seconds and modes."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("user", "start", "end", "mode", "probability"))
        for owner, start_us, end_us, mode, probability in rows:
            writer.writerow((owner, start_us / 1e6, end_us / 1e6, mode, f"{probability:.4f}"))


def main() -> None:
    """Take one look."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--what", required=True)
    parser.add_argument("--why", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--folds", type=int, default=0, help="fit on the users of other folds")
    parser.add_argument("--model", default="", help="digest of the model that is scored")
    chosen = parser.parse_args()
    announce(chosen.what, chosen.why, chosen.model, today=dt.datetime.now(dt.UTC).date())
    scenes = labelled_folder(chosen.folder, "geolife")
    rows, truth, metres = (
        predicted_by_others(list(scenes), folds=chosen.folds) if chosen.folds else predicted(scenes)
    )
    write_rows(chosen.out, rows)
    confidence = np.array([row[4] for row in rows])
    figures = figures_of(truth, [row[3] for row in rows], confidence, np.array(metres))
    record(figures)
    print(figures.line())
    print(json.dumps(figures.confusion, indent=1))


if __name__ == "__main__":
    main()
