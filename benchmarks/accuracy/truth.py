"""Labelled traces, and the legs of them that can be scored.

A set is a folder of ``USER.csv.gz`` (``time,lat,lon`` and maybe ``accuracy_m``; ISO 8601
UTC) and ``labels.csv`` (``user,start,end,mode``).
"""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.fixes import Fixes, fixes_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

LONGEST_SILENCE_S = 1200.0
"""A label is cut where the trace is silent for longer."""

FEWEST_FIXES = 10
SHORTEST_S = 60.0
SHORTEST_M = 100.0
"""What a leg must have to be scored."""

SPHERE_M = 12_742_017.6
"""Diameter of the earth in the paths of truth legs: as other scorers of these sets have it."""

FASTEST_MPS = 100.0
"""Faster steps are spikes of the receiver and carry no distance in the truth."""


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """All fixes of one user, ``(n,)`` each, in time order.

    Attributes:
        time_s: Epoch seconds.
        lat_deg: Latitudes.
        lon_deg: Longitudes.
        accuracy_m: As the source says, NaN where it does not.
        along_m: Metres from the first fix; silences and spikes add none.
    """

    time_s: NDArray[np.float64]
    lat_deg: NDArray[np.float64]
    lon_deg: NDArray[np.float64]
    accuracy_m: NDArray[np.float64]
    along_m: NDArray[np.float64]

    def fixes(self) -> Fixes:
        """Return them as our own code takes them."""
        time_us = np.round(self.time_s * 1000).astype(np.int64) * 1000
        return fixes_from(time_us, self.lat_deg, self.lon_deg, accuracy_m=self.accuracy_m)


@dataclass(frozen=True, slots=True)
class Leg:
    """A stretch of a trace that somebody labelled.

    Attributes:
        user: Whose.
        start_s: First fix, epoch seconds.
        end_s: Last fix.
        mode: The word of the label.
        n_fixes: How many fixes it has.
        path_m: Metres of the raw path.
    """

    user: str
    start_s: float
    end_s: float
    mode: str
    n_fixes: int
    path_m: float


def word(mode: str) -> str:
    """Return a label as one lower-case word."""
    return mode.strip().lower().replace("-", "_").replace(" ", "_")


def epoch_s(texts: Iterable[str]) -> NDArray[np.float64]:
    """Return epoch seconds, to the millisecond, of ISO 8601 instants in UTC or of seconds."""
    found = [text.strip().removesuffix("Z").removesuffix("+00:00") for text in texts]
    if not found:
        return np.zeros(0)
    if "T" not in found[0] and ":" not in found[0]:
        return np.array(found, dtype=np.float64)
    moments = np.array(found, dtype="M8[us]").astype("M8[ms]").astype(np.int64)
    return moments / 1000.0


def haversine_m(
    lat_a: NDArray[np.float64],
    lon_a: NDArray[np.float64],
    lat_b: NDArray[np.float64],
    lon_b: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return metres between points on the sphere of the truth."""
    lat_a, lon_a, lat_b, lon_b = (np.radians(x) for x in (lat_a, lon_a, lat_b, lon_b))
    half = np.sin((lat_b - lat_a) / 2) ** 2
    half = half + np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_b - lon_a) / 2) ** 2
    metres: NDArray[np.float64] = SPHERE_M * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return metres


def read_trace(path: Path) -> Trace:
    """Read one user."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        place = {name: number for number, name in enumerate(next(rows))}
        wanted = [place[name] for name in ("time", "lat", "lon")]
        accuracy = place.get("accuracy_m")
        found = [
            (*(row[n] for n in wanted), (row[accuracy] if accuracy is not None else "") or "nan")
            for row in rows
        ]
    time_s = epoch_s(row[0] for row in found)
    order = np.argsort(time_s, kind="stable")
    time_s = time_s[order]
    lat, lon, accuracy_m = (np.array([float(r[n]) for r in found])[order] for n in (1, 2, 3))
    step_m = np.concatenate(([0.0], haversine_m(lat[:-1], lon[:-1], lat[1:], lon[1:])))
    step_s = np.concatenate(([1e9], np.diff(time_s)))
    silent = (step_s > LONGEST_SILENCE_S) | (step_m > FASTEST_MPS * np.maximum(step_s, 1))
    along_m = np.cumsum(np.where(silent, 0.0, step_m))
    return Trace(time_s, lat, lon, accuracy_m, along_m)


def read_labels(folder: Path) -> dict[str, list[tuple[float, float, str]]]:
    """Return the labelled intervals of every user; a later one ends an earlier one."""
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    starts, ends = (epoch_s(row[name] for row in rows) for name in ("start", "end"))
    by_user: dict[str, list[tuple[float, float, str]]] = {}
    for row, start, end in zip(rows, starts, ends, strict=True):
        by_user.setdefault(row["user"], []).append((float(start), float(end), row["mode"]))
    return {user: _clipped(sorted(labels)) for user, labels in sorted(by_user.items())}


def _clipped(labels: list[tuple[float, float, str]]) -> list[tuple[float, float, str]]:
    found: list[tuple[float, float, str]] = []
    for start, end, mode in labels:
        if found and found[-1][1] > start:
            found[-1] = (found[-1][0], start, found[-1][2])
        found.append((start, end, mode))
    return [label for label in found if label[1] > label[0]]


def read_set(folder: Path) -> tuple[dict[str, Trace], list[Leg]]:
    """Return the traces of a set by user, and its legs that can be scored, in order."""
    traces: dict[str, Trace] = {}
    legs: list[Leg] = []
    for user, labels in read_labels(folder).items():
        path = folder / f"{user}.csv.gz"
        if path.exists():
            traces[user] = read_trace(path)
            legs += _legs(user, traces[user], labels)
    return traces, sorted(legs, key=lambda leg: (leg.user, leg.start_s))


def _legs(user: str, trace: Trace, labels: list[tuple[float, float, str]]) -> Iterator[Leg]:
    silent = np.flatnonzero(np.diff(trace.time_s) > LONGEST_SILENCE_S) + 1
    for start, end, mode in labels:
        first = int(np.searchsorted(trace.time_s, start))
        last = int(np.searchsorted(trace.time_s, end, side="right"))
        if last - first < FEWEST_FIXES:
            continue
        cuts = silent[(silent > first) & (silent < last)].tolist()
        for a, b in zip([first, *cuts], [*cuts, last], strict=True):
            path_m = float(trace.along_m[b - 1] - trace.along_m[a])
            lasted_s = float(trace.time_s[b - 1] - trace.time_s[a])
            if b - a >= FEWEST_FIXES and lasted_s >= SHORTEST_S and path_m >= SHORTEST_M:
                times = float(trace.time_s[a]), float(trace.time_s[b - 1])
                yield Leg(user, *times, mode, b - a, round(path_m, 1))
