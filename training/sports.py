"""Legs of real recorders whose terms allow it: sport watches, bike computers, cars.

The mode is what the rider chose on the device, or, for a car's own log, the car. Only
files that ``index.csv`` lists under a permissive licence are read, and the logs that the
issue names.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np

from geowallet.connectors.api import ReadOptions
from geowallet.connectors.source import read_source
from geowallet.model.errors import GeowalletError
from geowallet.model.geodesy import step_lengths_m
from geowallet.track.motion import runs
from training.scenes import scene_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from geowallet.connectors.api import ReadResult
    from geowallet.model.fixes import Fixes
    from training.scenes import Scene

PERMISSIVE = frozenset({"MIT", "BSD", "Apache-2.0"})
"""Licences of `index.csv` that ask for no more than the notice."""

SPORTS = {
    "cycling": "bike",
    "biking": "bike",
    "running": "run",
    "walking": "walk",
    "hiking": "walk",
}
"""What watches call the modes they know; other sports are left out."""

RECORDERS = frozenset({"fit", "tcx"})
CAR_LOGS = frozenset({"teslafi"})

PARKED_S = 300.0
"""A car's log that stands this long has ended a drive."""


def recorded(corpus: Path) -> Iterator[Scene]:
    """Yield one scene a device of the corpus beside its ``index.csv``."""
    with (corpus / "index.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in sorted(rows, key=lambda row: row["file"]):
        if row["format"] in CAR_LOGS:
            yield from _drives(corpus / row["file"])
        elif row["format"] in RECORDERS and row["licence"] in PERMISSIVE:
            yield from _sports(corpus / row["file"])


def _sports(path: Path) -> Iterator[Scene]:
    result = _read(path)
    if result is None:
        return
    for trace in result.traces:
        intervals = sorted(
            (label.start_us, label.end_us, SPORTS[label.value.lower()])
            for label in result.labels
            if label.kind == "mode"
            and label.value.lower() in SPORTS
            and label.trace in {"", trace.device}
        )
        scene = scene_of("recorders", path.name, trace.fixes, intervals)
        if scene.modes:
            yield scene


def _drives(path: Path) -> Iterator[Scene]:
    result = _read(path)
    for trace in result.traces if result else ():
        intervals = [(start, end, "car") for start, end in _moving(trace.fixes)]
        scene = scene_of("recorders", f"{path.name}/{trace.device}", trace.fixes, intervals)
        if scene.modes:
            yield scene


def _moving(fixes: Fixes) -> list[tuple[int, int]]:
    """Return first and last instant of every drive of a car's own log."""
    step_s = np.diff(fixes.time_us) / 1e6
    rolling = (step_lengths_m(fixes.lat_deg, fixes.lon_deg) > step_s * 0.5) & (step_s < PARKED_S)
    return [
        (int(fixes.time_us[first]), int(fixes.time_us[last + 1])) for first, last in runs(rolling)
    ]


def _read(path: Path) -> ReadResult | None:
    try:
        with path.open("rb") as stream:
            return read_source(path.name, stream, options=ReadOptions(zone="UTC"))[1]
    except GeowalletError:
        return None
