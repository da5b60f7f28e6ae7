"""One counted look at a set that only measures: GeoLife.

With ``--folds`` each user is told by a model fitted on others, legs given and from raw fixes.

    python -m training.look DIR --what "legs given" --why "first model" --out PRED.csv

The look is written to ``looks.toml`` before anything is scored.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from benchmarks.accuracy.measure import of_whole
from benchmarks.accuracy.ours import of_whole_traces
from benchmarks.accuracy.score import score
from benchmarks.accuracy.truth import read_set
from geowallet.app.travel.found_legs import found_legs
from geowallet.app.travel.model_fit import chains_of, growth_for, limits_of
from geowallet.track.modes.classify import classify_legs, leg_ends, leg_hearing, leg_table
from geowallet.track.modes.features import FEATURES
from geowallet.track.modes.fitting import folds_of
from geowallet.track.modes.hints import NO_HINTS, Hints
from geowallet.track.modes.shipped import shipped_forest
from geowallet.track.modes.teaching import fit_and_try
from geowallet.track.modes.truth import Label
from geowallet.track.pipeline import SourcedFixes, analyse
from training.measure import figures_of
from training.recipe import SEED
from training.scenes import labelled_folder
from training.tables import CLASSES, NEAREST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from benchmarks.accuracy.score import Guess
    from geowallet.track.modes.forest import Forest
    from training.measure import Figures
    from training.scenes import Scene

Row: TypeAlias = tuple[str, int, int, str, float]
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


def by_others(scenes: Sequence[Scene], *, folds: int) -> Iterator[tuple[list[Scene], Forest]]:
    """Yield the users of each fold, with a forest that was fitted on the others.

    What `geowallet model fit` would make of the set; it stays here.
    """
    fold = folds_of([scene.owner for scene in scenes for _ in scene.modes], folds=folds)
    edges = np.cumsum([0, *(len(scene.modes) for scene in scenes)])
    described = [_described(scene) for scene in scenes]
    for number in range(folds):
        inside = [n for n, scene in enumerate(scenes) if scene.modes and fold[edges[n]] != number]
        asked = [s for n, s in enumerate(scenes) if s.modes and fold[edges[n]] == number]
        yield asked, _forest_of([scenes[n] for n in inside], [described[n] for n in inside])


def told_by_others(
    scenes: Sequence[Scene], *, folds: int
) -> tuple[list[Row], list[str], list[float], list[Guess]]:
    """Return what `predicted` does, and what is found in raw fixes, by forests of others."""
    rows: list[Row] = []
    truth: list[str] = []
    metres: list[float] = []
    whole: list[Guess] = []
    for asked, forest in by_others(scenes, folds=folds):
        hints = Hints(forest=forest)
        some, true, long_m = predicted(asked, hints=hints)
        rows, truth, metres = rows + some, truth + true, metres + long_m
        whole += found_in(asked, hints=hints)
    return rows, truth, metres, whole


def found_in(scenes: Iterable[Scene], *, hints: Hints) -> Iterator[Guess]:
    """Yield what is found in all fixes of users, no legs given."""
    source = "0" * 64
    analyses = {
        scene.owner: analyse([SourcedFixes(source, "", scene.fixes)], hints=hints, together=True)
        for scene in scenes
    }
    yield from of_whole_traces(analyses)


@dataclass(frozen=True, slots=True, eq=False)
class _Shown:
    """The legs of one scene as `model fit` is shown them: as labelled, then as they are found."""

    table: NDArray[np.float64]
    said: NDArray[np.float64]
    ends_deg: NDArray[np.float64]
    modes: tuple[str, ...]
    given: NDArray[np.bool_]


def _described(scene: Scene) -> _Shown:
    said = [
        Label(int(start_us), int(end_us), NEAREST.get(mode, mode))
        for mode, (start_us, end_us) in zip(scene.modes, scene.bounds_us, strict=True)
    ]
    found = found_legs(scene.fixes, said)
    bounds_us = np.concatenate((scene.bounds_us, found.bounds_us))
    modes = (*scene.modes, *found.modes)
    given = np.arange(len(modes)) < len(scene.modes)
    network = shipped_forest().network
    table, ends_deg = leg_table(scene.fixes, bounds_us), leg_ends(scene.fixes, bounds_us)
    if network is None:
        return _Shown(table, np.empty((len(table), 0)), ends_deg, modes, given)
    heard, held = leg_hearing(network, scene.fixes, bounds_us)
    return _Shown(np.hstack((table, held)), heard, ends_deg, modes, given)


def _forest_of(scenes: Sequence[Scene], shown: Sequence[_Shown]) -> Forest:
    modes = [NEAREST.get(mode, mode) for some in shown for mode in some.modes]
    table = np.concatenate([some.table for some in shown])
    given = np.concatenate([some.given for some in shown])
    told = np.any(np.isfinite(table[:, : len(FEATURES)]), axis=1)
    kept = np.flatnonzero(told & np.array([mode in CLASSES for mode in modes]))
    owners = [scene.owner for scene, some in zip(scenes, shown, strict=True) for _ in some.modes]
    owned = [owners[leg] for leg in kept]
    base = shipped_forest()
    # As `model fit` does: from the forest that ships.
    return fit_and_try(
        table[kept],
        [modes[leg] for leg in kept],
        owned,
        seed=SEED,
        growth=growth_for(int(given[kept].sum())),
        base=base,
        by_network=np.concatenate([some.said for some in shown])[kept] if base.network else None,
        limits=limits_of(base),
        chains=chains_of(owned, given[kept]),
        ends_deg=np.concatenate([some.ends_deg for some in shown])[kept],
    ).forest


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
    if chosen.folds:
        rows, truth, metres, whole = told_by_others(list(scenes), folds=chosen.folds)
        print(json.dumps(of_whole(score(*read_set(chosen.folder), whole)), indent=1))
    else:
        rows, truth, metres = predicted(scenes)
    write_rows(chosen.out, rows)
    confidence = np.array([row[4] for row in rows])
    figures = figures_of(truth, [row[3] for row in rows], confidence, np.array(metres))
    record(figures)
    print(figures.line())
    print(json.dumps(figures.confusion, indent=1))


if __name__ == "__main__":
    main()
