"""How far lengths fall short on roads that turn within one interval between two fixes.

    python -m benchmarks.accuracy.bends

Hairpins, roundabouts and winding valleys, driven evenly and no faster than their tightest
bend allows: what a receiver does not see there no estimate knows, and its own uncertainty
need not say so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.accuracy.lengths import length_of
from geowallet.model.fixes import fixes_from
from geowallet.model.geodesy import degree_lengths_m

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

CADENCES_S = (5.0, 15.0, 30.0, 60.0)
DRIVES = 30
NOISE_M = 3.0
NINETY = 1.645
"""Standard deviations on either side that hold nine of ten, if they are honest."""

START = 1_777_852_800_000_000, 45.0, 6.0


def hairpins(
    run_m: float = 250.0, radius_m: float = 15.0, turns: int = 40
) -> NDArray[np.complex128]:
    """Return points of a road that climbs to and fro, metres as complex numbers."""
    angle = np.linspace(-np.pi / 2, np.pi / 2, 40)
    parts = []
    for turn in range(turns):
        side = 1 if turn % 2 == 0 else -1
        begin = 0.0 if side == 1 else run_m
        level = 2j * radius_m * turn
        run = begin + side * np.arange(0.0, run_m)
        bend = (
            begin
            + side * run_m
            + 1j * radius_m
            + radius_m * (side * np.cos(angle) + 1j * np.sin(angle))
        )
        parts += [run + level, bend + level]
    return np.concatenate(parts)


def roundabouts(run_m: float = 800.0, radius_m: float = 20.0) -> NDArray[np.complex128]:
    """Return points of a straight road with twelve roundabouts."""
    angle = np.linspace(np.pi, 2 * np.pi, 60)
    half = radius_m + radius_m * np.exp(1j * angle)
    each = run_m + 2 * radius_m
    parts = [[n * each + np.arange(run_m), n * each + run_m + half] for n in range(12)]
    return np.concatenate([part for pair in parts for part in pair]).astype(np.complex128)


def valley(wide_m: float = 80.0, long_m: float = 377.0) -> NDArray[np.complex128]:
    """Return points of a road that winds evenly."""
    east_m = np.arange(12_000.0)
    return east_m + 1j * wide_m * np.sin(2 * np.pi * east_m / long_m)


ROADS: dict[str, tuple[Callable[[], NDArray[np.complex128]], float]] = {
    "hairpins every 250 m": (hairpins, 6.0),
    "roundabouts every 800 m": (roundabouts, 7.0),
    "a winding valley": (valley, 10.5),
}
"""Each with the speed that its tightest bend allows at 2.5 m/s2."""


def drives(
    road: NDArray[np.complex128], mps: float, every_s: float
) -> Iterator[tuple[float, float]]:
    """Yield the relative error of a length, and its relative standard deviation."""
    along_m = np.concatenate(([0.0], np.cumsum(np.abs(np.diff(road)))))
    start_us, lat_deg, lon_deg = START
    north_m, east_m = (float(length[0]) for length in degree_lengths_m(np.array([lat_deg])))
    for seed in range(DRIVES):
        rng = np.random.default_rng(seed)
        time_s = np.arange(rng.uniform(0.0, every_s), along_m[-1] / mps, every_s)
        true_m = float(mps * (time_s[-1] - time_s[0]))
        x_m = np.interp(time_s * mps, along_m, road.real) + rng.normal(0.0, NOISE_M, len(time_s))
        y_m = np.interp(time_s * mps, along_m, road.imag) + rng.normal(0.0, NOISE_M, len(time_s))
        time_us = start_us + np.round(time_s * 1e6).astype(np.int64)
        fixes = fixes_from(time_us, lat_deg + y_m / north_m, lon_deg + x_m / east_m)
        length = length_of(fixes, speeds=False)
        yield length.metres / true_m - 1.0, length.sd_m / true_m


def rows() -> Iterator[tuple[str, float, float, float, float]]:
    """Yield road, cadence, median error, median deviation, and the share within nine tenths."""
    for name, (road, mps) in ROADS.items():
        for every_s in CADENCES_S:
            error, sd = np.array(list(drives(road(), mps, every_s))).T
            held = float(np.mean(np.abs(error) <= NINETY * sd))
            yield name, every_s, float(np.median(error)), float(np.median(sd)), held


def main() -> None:
    """Print the table."""
    for name, every_s, *shares in rows():
        error, sd, held = (100 * share for share in shares)
        print(f"{name:24} {every_s:3.0f} s {error:+6.1f} % {sd:5.1f} % {held:4.0f} %")


if __name__ == "__main__":
    main()
