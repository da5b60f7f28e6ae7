"""One counted look at a set that only measures: GeoLife.

    python -m training.look DIR --what "legs given" --why "first model" --out PRED.csv

The look is written to ``looks.toml`` before anything is scored.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from geowallet.track.modes.classify import classify_legs
from training.measure import figures_of
from training.scenes import labelled_folder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from training.measure import Figures
    from training.scenes import Scene

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
    scenes: Iterable[Scene],
) -> tuple[list[tuple[str, int, int, str, float]], list[str], list[float]]:
    """Return rows ``(owner, start_us, end_us, mode, probability)``, the truth, and metres."""
    rows, truth, metres = [], [], []
    for scene in scenes:
        moving = np.array([mode != "stop" for mode in scene.modes], dtype=np.bool_)
        bounds = scene.bounds_us[moving]
        for guess, (start_us, end_us) in zip(
            classify_legs(scene.fixes, bounds), bounds, strict=True
        ):
            mode, probability = str(guess.mode), float(guess.probability)
            rows.append((scene.owner, int(start_us), int(end_us), mode, probability))
        truth += [mode for mode in scene.modes if mode != "stop"]
        metres += list(scene.metres[moving])
    return rows, truth, metres


def write_rows(path: Path, rows: list[tuple[str, int, int, str, float]]) -> None:
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
    parser.add_argument("--model", default="", help="digest of the model that is scored")
    chosen = parser.parse_args()
    announce(chosen.what, chosen.why, chosen.model, today=dt.datetime.now(dt.UTC).date())
    rows, truth, metres = predicted(labelled_folder(chosen.folder, "geolife"))
    write_rows(chosen.out, rows)
    confidence = np.array([row[4] for row in rows])
    figures = figures_of(truth, [row[3] for row in rows], confidence, np.array(metres))
    record(figures)
    print(figures.line())
    print(json.dumps(figures.confusion, indent=1))


if __name__ == "__main__":
    main()
