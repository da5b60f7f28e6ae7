"""Our lengths against lengths that something else measured."""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.accuracy.recordings import Recording, counted
from benchmarks.accuracy.roads import PACES, Receiver, Ride, ride
from geowallet.connectors.api import ReadOptions
from geowallet.connectors.source import read_source
from geowallet.model.errors import GeowalletError
from geowallet.model.fixes import Fixes, fixes_from
from geowallet.model.geodesy import step_lengths_m
from geowallet.track.clean import BAD, flag_doubtful, flag_duplicates
from geowallet.track.distance import Length, path_length
from geowallet.track.legs import EDGE_WINDOW_S
from geowallet.track.modes.ragged import rows_of
from geowallet.track.motion import path_of, speeds_mps
from geowallet.track.ways import plane_m

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

CADENCES_S = (1.0, 5.0, 15.0, 30.0, 60.0, 120.0)
LEAST_M = 2000.0
"""Shorter rides are not scored: what an allowance pays for is longer."""

COARSE_M = 100.0
"""Fixes that say of themselves that they are worse have no part in a length, here as in use."""

MOST_ROUNDING = 0.005
"""An odometer that rounds a ride by more than this share of it does not score."""

TRAFFIC_NOISE_M = 2.0
"""Added to simulated days without error: without it the plain sum would be exact."""

LENGTHS_M = {"walk": 2500.0, "bike": 6000.0, "bus": 7000.0, "car in town": 7000.0}
RECEIVERS = {
    "quiet": (2.0, 40.0, 0.3),
    "phone": (4.0, 40.0, 1.0),
    "pocket": (9.0, 60.0, 3.0),
    "jittery": (0.5, 40.0, 5.0),
}
"""Wander in metres, its memory in seconds, jitter in metres."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One ride: what is true and what we say.

    Attributes:
        kind: Where the truth comes from.
        group: The device or recording: rides of one are alike.
        cadence_s: Seconds between fixes.
        true_m: By the odometer.
        metres: As we say.
        sd_m: As we say.
        chords_m: Sum of the steps, as most programs say.
    """

    kind: str
    group: str
    cadence_s: float
    true_m: float
    metres: float
    sd_m: float
    chords_m: float

    @property
    def error(self) -> float:
        """Relative error."""
        return self.metres / self.true_m - 1


def length_of(fixes: Fixes, *, speeds: bool) -> Length:
    """Return our length of a ride, with or without the receiver's own speeds."""
    checked = flag_doubtful(flag_duplicates(fixes))
    path = path_of(checked.take(np.flatnonzero(checked.unflagged(BAD))))
    moved = speeds_mps(path, half_s=EDGE_WINDOW_S)
    cuts = [0, *(np.flatnonzero(path.gap) + 1).tolist(), len(path)]
    metres, variance = 0.0, 0.0
    for first, last in pairwise(cuts):
        rows = slice(first, last)
        known = path.speed_mps[rows] if speeds else None
        columns = path.time_s[rows], path.lat_deg[rows], path.lon_deg[rows], moved[rows]
        part = path_length(*columns, known)
        metres, variance = metres + part.metres, variance + part.sd_m**2
    return Length(metres, float(np.sqrt(variance)))


def _measured(what: tuple[str, str, float], made: Ride, *, speeds: bool) -> Measured:
    """Return our length beside the true one; ``what`` is kind, group and cadence."""
    length = length_of(made.fixes, speeds=speeds)
    chords_m = float(np.sum(step_lengths_m(made.fixes.lat_deg, made.fixes.lon_deg)))
    return Measured(*what, made.true_m, length.metres, length.sd_m, chords_m)


def scored(recording: Recording, kind: str) -> Iterator[Measured]:
    """Yield the rides of a recording at every cadence, from positions alone."""
    for part in recording.rides():
        for cadence_s in CADENCES_S:
            thin = part.thinned(cadence_s) if cadence_s > 1 else part
            if len(thin.time_s) < 4:
                continue
            true_m = float(thin.counted_m[-1] - thin.counted_m[0])
            if true_m >= LEAST_M:
                time_us = np.round(thin.time_s * 1e6).astype(np.int64)
                fixes = fixes_from(time_us, thin.lat_deg, thin.lon_deg)
                what = kind, part.group, cadence_s
                yield _measured(what, Ride(fixes, true_m), speeds=False)


def wheels(folder: Path) -> Iterator[Measured]:
    """Yield rides of cycling computers whose wheel sensor counted the metres."""
    for number, path in enumerate(sorted(folder.glob("*.fit"))):
        recording = counted(path, f"bike {number}", wheel=True)
        if recording is not None:
            yield from scored(recording, "bikes, wheel sensor")


def receivers(path: Path) -> Iterator[Measured]:
    """Yield drives whose metres are the sum of a receiver's speeds, once a second."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    by_trip: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        if float(row["hacc"]) < COARSE_M:
            by_trip.setdefault(row["trip"], []).append(row)
    for number, trip in enumerate(by_trip.values()):
        columns = np.array([[float(r[n]) for n in ("t", "lat", "lon", "speed_kmh")] for r in trip])
        time_s, lat, lon, kmh = columns[np.concatenate(([True], np.diff(columns[:, 0]) > 0))].T
        steps_m = (kmh[1:] + kmh[:-1]) / 7.2 * np.diff(time_s)
        counted_m = np.concatenate(([0.0], np.cumsum(steps_m)))
        recording = Recording(f"drive {number}", time_s, lat, lon, counted_m)
        yield from scored(recording, "cars, sum of the receiver's speeds")


def traffic(folder: Path) -> Iterator[Measured]:
    """Yield legs of simulated days (``*.npz``, a fix a second, no error), with noise added."""
    rng = np.random.default_rng(1)
    for path in sorted(folder.glob("*.npz")):
        with np.load(path, allow_pickle=False) as day:
            bounds = list(zip(day["start_us"], day["end_us"], strict=True))
            when_us, lat, lon = day["time_us"], day["lat_deg"], day["lon_deg"]
        for start_us, end_us in bounds:
            rows = np.flatnonzero((when_us >= start_us) & (when_us <= end_us))
            if len(rows) < 60:
                continue
            x_m, y_m = plane_m(lat[rows], lon[rows], rows_of(np.array([len(rows)])))
            steps_m = np.hypot(np.diff(x_m), np.diff(y_m))
            counted_m = np.concatenate(([0.0], np.cumsum(steps_m)))
            noise = rng.normal(0.0, TRAFFIC_NOISE_M, (2, len(rows))) / np.radians(1) / 6_371_000
            place = lat[rows] + noise[0], lon[rows] + noise[1] / np.cos(np.radians(lat[rows]))
            recording = Recording(path.stem, when_us[rows] / 1e6, *place, counted_m)
            yield from scored(recording, "simulated traffic, all modes")


def vehicles(files: Sequence[Path]) -> Iterator[Measured]:
    """Yield drives of vehicle logs with an odometer, as long as its rounding allows."""
    for path in files:
        try:
            with path.open("rb") as stream:
                _, result = read_source(path.name, stream, options=ReadOptions(zone="UTC"))
        except GeowalletError:
            continue
        for trace in result.traces:
            said = [
                (label.start_us, float(label.value))
                for label in result.labels
                if label.kind == "odometer_m" and label.trace in {"", trace.device}
            ]
            yield from _drives(path.stem, trace.fixes, np.array(sorted(said)).reshape(-1, 2))


def _drives(group: str, fixes: Fixes, odometer: NDArray[np.float64]) -> Iterator[Measured]:
    """Yield the stretches in which the odometer is read every five minutes and moves."""
    if len(odometer) < 3 or len(fixes) < 4:
        return
    moves_m, apart_s = np.diff(odometer[:, 1]), np.diff(odometer[:, 0]) / 1e6
    cuts = np.flatnonzero(apart_s > 300.0) + 1
    finest_m = float(np.min(moves_m[moves_m > 0], initial=np.inf))
    for part in np.split(odometer, cuts):
        true_m = float(part[-1, 1] - part[0, 1])
        rows = (fixes.time_us >= part[0, 0]) & (fixes.time_us <= part[-1, 0])
        if true_m < LEAST_M or int(np.sum(rows)) < 4:
            continue
        ride_fixes = fixes.take(rows)
        if len(set(ride_fixes.lat_deg.tolist())) < 4:
            continue
        if min(finest_m, 1000.0) / np.sqrt(6.0) / true_m < MOST_ROUNDING:
            cadence_s = float(np.median(np.diff(ride_fixes.time_us))) / 1e6
            what = "vehicle logs, odometer", group, cadence_s
            yield _measured(what, Ride(ride_fixes, true_m), speeds=True)


def drawn(*, rides: int, speed_sd_mps: float = float("nan")) -> Iterator[Measured]:
    """Yield rides over drawn ways: every mode, way, receiver and cadence."""
    for mode, pace in PACES.items():
        for kind in pace.kinds:
            for name, (wander_m, memory_s, jitter_m) in RECEIVERS.items():
                for cadence_s in CADENCES_S:
                    receiver = Receiver(
                        wander_m, memory_s, jitter_m, cadence_s, speed_sd_mps=speed_sd_mps
                    )
                    for seed in range(rides):
                        long_m = LENGTHS_M.get(mode, 20_000.0)
                        made = ride(mode, kind, long_m, receiver, seed=1000 + seed)
                        if made.true_m >= LEAST_M and len(made.fixes) >= 4:
                            group = f"{mode}, {kind}, {name}, {seed}"
                            seeing = not np.isnan(speed_sd_mps)
                            said = "speeds measured" if seeing else "positions alone"
                            what = f"drawn ways, {said}", group, cadence_s
                            yield _measured(what, made, speeds=seeing)
