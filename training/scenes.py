"""Labelled movement: the fixes of one person, and the true legs among them.

Truth legs are cut as the field's scorers do: a later label ends an earlier one, silences
of more than twenty minutes part a leg, and what is too short to tell is left out.
"""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.fixes import fixes_from
from geowallet.model.geodesy import EARTH_RADIUS_M
from geowallet.track.modes.truth import Label, true_legs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from geowallet.model.fixes import Fixes

FASTEST_MPS = 100.0
"""A step that is faster is a spike and carries no distance; flights are of no length here."""

PLACE_DEG = 45.0
"""Latitude at which sets that give metres only are laid."""

DRIVEN_US = 1_447_000_000_000_000
"""Times of day without a date are laid in November 2015."""

LATER_US = 60 * 365 * 86_400_000_000
"""GOAL's arbitrary dates lie before GPS existed; sixty years later they are plausible."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """The fixes of one person or vehicle, and ``k`` true legs in time order.

    Attributes:
        set_name: Where it comes from.
        owner: Who travelled; never in training and test at once.
        fixes: In time order.
        bounds_us: int64 ``(k, 2)``, first and last instant of each leg.
        modes: ``k`` words as the set uses them.
        metres: float64 ``(k,)``, path length.
    """

    set_name: str
    owner: str
    fixes: Fixes
    bounds_us: NDArray[np.int64]
    modes: tuple[str, ...]
    metres: NDArray[np.float64]


def labelled_folder(folder: Path, set_name: str) -> Iterator[Scene]:
    """Yield one scene a user of a folder of ``USER.csv.gz`` files and ``labels.csv``."""
    intervals: dict[str, list[tuple[int, int, str]]] = {}
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            start_us, end_us = _instants([row["start"], row["end"]])
            interval = int(start_us), int(end_us), row["mode"]
            intervals.setdefault(row["user"], []).append(interval)
    for user in sorted(intervals):
        path = folder / f"{user}.csv.gz"
        if path.exists():
            yield scene_of(set_name, user, _fixes_of(path), intervals[user])


def goal_archive(archive: Path) -> Iterator[Scene]:
    """Yield one scene a chunk of the GOAL archive (metres about an unknown place)."""
    metre_deg = np.degrees(1.0 / EARTH_RADIUS_M)
    with zipfile.ZipFile(archive) as members:
        for name in sorted(n for n in members.namelist() if n.endswith(".csv")):
            text = io.StringIO(members.read(name).decode("utf-8"))
            rows = list(csv.DictReader(text))
            time_us = _instants([row["timestamp"] for row in rows]) + LATER_US
            x_m, y_m = (np.array([float(row[axis]) for row in rows]) for axis in "xy")
            lat_deg = PLACE_DEG + y_m * metre_deg
            lon_deg = x_m * metre_deg / np.cos(np.radians(PLACE_DEG))
            words = ["walk" if "oot" in row["groundtruth"] else "car" for row in rows]
            fixes = fixes_from(time_us, lat_deg, lon_deg)
            yield scene_of("goal", name, fixes, _runs_of(time_us, words))


def drives(table: Path, set_name: str) -> Iterator[Scene]:
    """Yield one scene a trip of a table of cars: ``trip,driver,t,lat,lon,hacc`` and more."""
    trips: dict[str, list[dict[str, str]]] = {}
    with gzip.open(table, "rt", encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            trips.setdefault(row["trip"], []).append(row)
    for _, rows in sorted(trips.items()):
        seconds, lat_deg, lon_deg = (
            np.array([float(row[name]) for row in rows]) for name in ("t", "lat", "lon")
        )
        time_us = (seconds * 1e6).astype(np.int64) + DRIVEN_US
        interval = int(time_us.min()), int(time_us.max()), "car"
        fixes = fixes_from(time_us, lat_deg, lon_deg)
        yield scene_of(set_name, rows[0]["driver"], fixes, [interval])


def simulated(folder: Path, some: slice = slice(None)) -> Iterator[Scene]:
    """Yield one scene for each of ``some`` files of the simulation, in order of their names."""
    for path in sorted(folder.glob("*.npz"))[some]:
        with np.load(path, allow_pickle=False) as stored:
            fixes = fixes_from(
                stored["time_us"],
                stored["lat_deg"],
                stored["lon_deg"],
                accuracy_m=stored["accuracy_m"],
                speed_mps=stored["speed_mps"],
            )
            legs = zip(stored["start_us"], stored["end_us"], stored["mode"], strict=True)
            intervals = [(int(start), int(end), str(mode)) for start, end, mode in legs]
            yield scene_of("simulation", path.stem, fixes, intervals)


def scene_of(
    set_name: str, owner: str, fixes: Fixes, intervals: Iterable[tuple[int, int, str]]
) -> Scene:
    """Return the scene whose truth legs are what can be told of ``intervals``.

    Args:
        set_name: Where it comes from.
        owner: Who travelled.
        fixes: In time order.
        intervals: ``(start_us, end_us, mode)``; a later one ends an earlier one.
    """
    labels = [Label(*interval) for interval in intervals]
    legs = true_legs(fixes, labels, fastest_mps=FASTEST_MPS)
    return Scene(
        set_name=set_name,
        owner=owner,
        fixes=fixes,
        bounds_us=legs.bounds_us,
        modes=legs.modes,
        metres=legs.metres,
    )


def _fixes_of(path: Path) -> Fixes:
    columns: dict[str, list[str]] = {"time": [], "lat": [], "lon": [], "accuracy_m": []}
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream)
        head = next(reader)
        places = [head.index(name) if name in head else -1 for name in columns]
        for row in reader:
            for column, place in zip(columns.values(), places, strict=True):
                column.append(row[place] if place >= 0 else "")
    lat_deg, lon_deg, accuracy_m = (
        np.array([value or "nan" for value in columns[name]], dtype=np.float64)
        for name in ("lat", "lon", "accuracy_m")
    )
    return fixes_from(_instants(columns["time"]), lat_deg, lon_deg, accuracy_m=accuracy_m)


def _instants(texts: Sequence[str]) -> NDArray[np.int64]:
    """Return UTC microseconds of ISO 8601 texts in UTC."""
    plain = [text.removesuffix("Z").removesuffix("+00:00") for text in texts]
    instants: NDArray[np.int64] = np.array(plain, dtype="datetime64[us]").astype(np.int64)
    return instants


def _runs_of(time_us: NDArray[np.int64], words: Sequence[str]) -> list[tuple[int, int, str]]:
    edges = [i for i in range(1, len(words)) if words[i] != words[i - 1]]
    return [
        (int(time_us[low]), int(time_us[high - 1]), words[low])
        for low, high in zip([0, *edges], [*edges, len(words)], strict=True)
    ]
