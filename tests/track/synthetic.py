"""A small seeded traveller: says where it goes, writes what a phone would."""

from __future__ import annotations

import numpy as np

from geowallet.model.fixes import Fixes, fixes_from
from geowallet.track.sources import SourcedFixes

METRE_DEG = 1 / 111_195.0
EAST_DEG = 1 / 74_625.3
"""A metre in degrees of latitude and of longitude at 48 N, on the ellipsoid."""
MONDAY_US = 1_777_852_800_000_000
"""4 May 2026, 00:00 UTC."""


class Traveller:
    """Moves on a plane about 48 N 2 E; ``fixes`` gives what was recorded."""

    def __init__(self, *, at_s: float = 0.0, noise_m: float = 4.0, seed: int = 1) -> None:
        self.rng = np.random.default_rng(seed)
        self.noise_m = noise_m
        self.now_s = at_s
        self.x_m = self.y_m = 0.0
        self.rows: list[tuple[float, float, float]] = []
        self.travelled_m = 0.0

    def stay(self, seconds: float, *, every_s: float = 300.0) -> Traveller:
        for when in np.arange(self.now_s, self.now_s + seconds, every_s):
            self.rows.append((when, self.x_m, self.y_m))
        self.now_s += seconds
        return self

    def silence(self, seconds: float) -> Traveller:
        self.now_s += seconds
        return self

    def go(
        self, metres: float, mps: float, *, heading_deg: float = 90.0, every_s: float = 5.0
    ) -> Traveller:
        east, north = np.sin(np.radians(heading_deg)), np.cos(np.radians(heading_deg))
        duration_s = metres / mps
        due_s = self.rows[-1][0] + every_s - self.now_s if self.rows else 0.0
        for after in np.arange(max(due_s, 0.0), duration_s, every_s):
            along = after * mps
            self.rows.append(
                (self.now_s + after, self.x_m + along * east, self.y_m + along * north)
            )
        self.jump_to(self.x_m + metres * east, self.y_m + metres * north)
        self.now_s += duration_s
        self.travelled_m += metres
        return self

    def zigzag(self, metres: float, mps: float, *, block_m: float, every_s: float) -> Traveller:
        """Go through streets that cross at right angles."""
        for number in range(round(metres / block_m)):
            self.go(block_m, mps, heading_deg=90.0 * (number % 2), every_s=every_s)
        return self

    def jump_to(self, x_m: float, y_m: float) -> Traveller:
        self.x_m, self.y_m = x_m, y_m
        return self

    def fixes(self, *, accuracy_m: float | None = None) -> Fixes:
        time_s, x_m, y_m = np.array(self.rows).T
        noise = self.rng.normal(0.0, self.noise_m, (2, len(time_s)))
        lat = 48.0 + (y_m + noise[0]) * METRE_DEG
        lon = 2.0 + (x_m + noise[1]) * EAST_DEG
        time_us = MONDAY_US + np.round(time_s * 1e6).astype(np.int64)
        known = {} if accuracy_m is None else {"accuracy_m": np.full(len(lat), accuracy_m)}
        return fixes_from(time_us, np.round(lat, 7), np.round(lon, 7), **known)

    def sourced(self, source: str = "a", device: str = "phone") -> SourcedFixes:
        return SourcedFixes(source * 64, device, self.fixes())


def workday(*, seed: int = 1, every_s: float = 5.0) -> Traveller:
    """Home, car to the office, lunch walk, walk-train-walk home."""
    day = Traveller(at_s=6 * 3600, seed=seed).stay(7200)
    day.zigzag(9000, 11.7, block_m=600, every_s=every_s).stay(4 * 3600)
    day.go(500, 1.4, heading_deg=0).go(500, 1.4, heading_deg=180).stay(4 * 3600)
    day.go(500, 1.4, heading_deg=270).stay(180, every_s=30)
    for run_m in (7000, 6500):
        day.go(run_m, 36.0, heading_deg=300, every_s=every_s).stay(75, every_s=every_s)
    day.go(6500, 36.0, heading_deg=300, every_s=every_s).go(600, 1.4, heading_deg=180)
    return day.stay(5 * 3600)
