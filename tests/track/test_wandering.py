from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geowallet.model.fixes import Fixes, fixes_from
from geowallet.track.motion import Windows, path_of
from geowallet.track.pipeline import SourcedFixes, analyse
from geowallet.track.stops import SMOOTH_S, Stay, find_stays, still
from geowallet.track.wandering import with_wandering
from tests.track.synthetic import EAST_DEG, METRE_DEG, MONDAY_US, Traveller

HOUR_US = 3_600_000_000


def wandering(hours: float, *, seed: int, at_us: int = 0, accuracy_m: float = np.nan) -> Fixes:
    """Rest, a fix in ten seconds, whose error of 80 m settles in 300 s and is smoothed."""
    rng = np.random.default_rng(seed)
    kept, smooth = np.exp(-10.0 / 300.0), np.exp(-10.0 / 30.0)
    drawn = rng.normal(0.0, 80.0 * np.sqrt(1.0 - kept**2), (round(hours * 360), 2))
    error_m, shown_m = np.zeros(2), np.zeros((len(drawn), 2))
    for row in range(1, len(drawn)):
        error_m = kept * error_m + drawn[row]
        shown_m[row] = smooth * shown_m[row - 1] + (1.0 - smooth) * error_m
    east_m, north_m = shown_m.T
    time_us = MONDAY_US + at_us + np.arange(len(drawn)) * 10_000_000
    lat_deg, lon_deg = 48.0 + north_m * METRE_DEG, 2.0 + east_m * EAST_DEG
    return fixes_from(time_us, lat_deg, lon_deg, accuracy_m=np.full(len(drawn), accuracy_m))


def stays_of(fixes: Fixes) -> tuple[tuple[Stay, ...], tuple[Stay, ...]]:
    """Return the stays that show by a halt, and these with those that wander."""
    path = path_of(fixes)
    smooth = Windows(path).smoothed(SMOOTH_S)
    found = find_stays(path, still(path, smooth), smooth)
    return found, with_wandering(path, found)


class TestWithWandering:
    """Promise: "it lies still, and its error walks about"."""

    @pytest.mark.parametrize("seed", [0, 1])
    @pytest.mark.parametrize("accuracy_m", [np.nan, 60.0])
    def test_hours_of_wandering_are_one_stay(self, seed: int, accuracy_m: float) -> None:
        halts, (whole,) = stays_of(wandering(4.0, seed=seed, accuracy_m=accuracy_m))
        assert len(halts) > 1
        assert whole.duration_s > 3.8 * 3600.0

    def test_positions_that_are_good_have_been_there(self) -> None:
        halts, found = stays_of(wandering(4.0, seed=0, accuracy_m=10.0))
        assert found == halts

    @pytest.mark.parametrize("block_m", [60.0, 100.0])
    def test_laps_around_a_block_are_a_way(self, block_m: float) -> None:
        way = Traveller().stay(1200, every_s=10)
        for number in range(48):
            way.go(block_m, 1.4, heading_deg=90.0 * (number % 4), every_s=10)
        halts, found = stays_of(way.stay(1200, every_s=10).fixes())
        assert found == halts
        assert len(found) == 2

    @pytest.mark.parametrize("seed", [1, 3, 5])
    def test_a_stroll_to_and_fro_keeps_its_pace(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        walk = Traveller().stay(1200, every_s=10)
        for x_m, y_m in rng.uniform(0.0, 250.0, (24, 2)):
            east, north = x_m - walk.x_m, y_m - walk.y_m
            heading = np.degrees(np.arctan2(east, north))
            walk.go(np.hypot(east, north), 1.3, heading_deg=heading, every_s=10)
        halts, found = stays_of(walk.stay(1200, every_s=10).fixes())
        assert found == halts

    def test_a_drive_from_where_it_wandered_begins_when_it_leaves(self) -> None:
        before = wandering(2.0, seed=3)
        drive = Traveller(at_s=7200.0).zigzag(9000, 11.7, block_m=600, every_s=10).fixes()
        after = wandering(2.0, seed=4, at_us=7200_000_000 + 770_000_000)
        ends = drive.lat_deg[-1] - 48.0, drive.lon_deg[-1] - 2.0
        after = replace(after, lat_deg=after.lat_deg + ends[0], lon_deg=after.lon_deg + ends[1])
        tables = zip(before.columns(), drive.columns(), after.columns(), strict=True)
        fixes = Fixes(*(np.concatenate(columns) for columns in tables))
        (trip,) = analyse([SourcedFixes("a" * 64, "logger", fixes)]).trips
        assert trip.start_us == pytest.approx(drive.time_us[0], abs=180e6)
        assert trip.end_us == pytest.approx(drive.time_us[-1], abs=180e6)
        assert sum(leg.distance_m for leg in trip.legs) == pytest.approx(9000.0, rel=0.05)
