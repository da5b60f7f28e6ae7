from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.model.fixes import fixes_from
from geowallet.model.geodesy import distances_m
from training.reflections import reflected
from training.scenes import Scene, scene_of
from training.variants import LONGEST_SHARE, SHORTEST_PIECE_S, Variant, varied

SEEDS = st.integers(0, 2**32 - 1)


def _scene(*seconds: int) -> Scene:
    """Rides of so many seconds at 5 m/s, one after the other."""
    edges = np.cumsum([0, *seconds])
    time_us = np.arange(edges[-1], dtype=np.int64) * 1_000_000
    lat_deg = 45.0 + np.arange(edges[-1], dtype=np.float64) * 5.0 / 111_195.0
    fixes = fixes_from(time_us, lat_deg, np.full(len(lat_deg), 5.0))
    rides = [(int(a) * 1_000_000, int(b - 1) * 1_000_000, "bike") for a, b in pairwise(edges)]
    return scene_of("set", "her", fixes, rides)


class TestReflections:
    """Promise: "The same fixes as a receiver between high houses gives them"."""

    @settings(max_examples=20)
    @given(SEEDS)
    def test_move_fixes_and_lose_some_but_invent_none(self, seed: int) -> None:
        before = _scene(3600).fixes
        after = reflected(before, np.random.default_rng(seed))
        assert np.isin(after.time_us, before.time_us).all()
        assert len(after) > 300

    def test_are_some_ten_metres_and_wander(self) -> None:
        before = _scene(90_000).fixes
        after = reflected(before, np.random.default_rng(3))
        kept = np.searchsorted(before.time_us, after.time_us)
        away_m = distances_m(
            before.lat_deg[kept], before.lon_deg[kept], after.lat_deg, after.lon_deg
        )
        moved = away_m > 0.0
        assert 0.1 < np.mean(moved) < 0.95
        assert 8 < np.median(away_m[moved]) < 60
        # From one second to the next the error changes far less than it is large.
        assert np.median(np.abs(np.diff(away_m[moved]))) < 0.25 * np.median(away_m[moved])

    def test_are_the_same_for_the_same_seed_and_nothing_for_two_fixes(self) -> None:
        fixes = _scene(2000).fixes
        one, two = (reflected(fixes, np.random.default_rng(9)) for _ in range(2))
        np.testing.assert_array_equal(one.lat_deg, two.lat_deg)
        few = fixes.take(np.arange(2))
        assert reflected(few, np.random.default_rng(9)) is few


class TestPieces:
    @given(SEEDS)
    def test_lie_within_long_legs_and_short_ones_are_left_out(self, seed: int) -> None:
        before = _scene(400, 200, 3000)
        after = varied(before, Variant.PIECES, np.random.default_rng(seed))
        assert after.modes == ("bike", "bike")
        for piece, whole in zip(after.bounds_us, before.bounds_us[[0, 2]], strict=True):
            assert whole[0] <= piece[0] < piece[1] <= whole[1]
            long_s = (whole[1] - whole[0]) / 1e6
            assert (piece[1] - piece[0]) / 1e6 >= SHORTEST_PIECE_S - 1e-3
            assert (piece[1] - piece[0]) / 1e6 <= LONGEST_SHARE * long_s + 1e-3
        seconds = (after.bounds_us[:, 1] - after.bounds_us[:, 0]) / 1e6
        assert after.metres == pytest.approx(5.0 * seconds, rel=0.02)

    def test_of_a_day_without_long_legs_are_none(self) -> None:
        after = varied(_scene(120, 90), Variant.PIECES, np.random.default_rng(1))
        assert after.modes == ()
        assert after.bounds_us.shape == (0, 2)
        plain = _scene(120)
        assert varied(plain, Variant.PLAIN, np.random.default_rng(1)) is plain
