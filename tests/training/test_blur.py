from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.model.fixes import fixes_from
from training.blur import LONGEST_CUT_S, SLOP_S, blurred
from training.scenes import Scene, scene_of

SEEDS = st.integers(0, 2**32 - 1)


def _scene(seconds: int) -> Scene:
    time_us = np.arange(seconds, dtype=np.int64) * 1_000_000
    along_deg = np.arange(seconds, dtype=np.float64) * 5.0 / 111_195.0
    lat_deg = np.asarray(45.0 + along_deg, dtype=np.float64)
    known = {name: np.full(seconds, 4.0) for name in ("accuracy_m", "speed_mps")}
    fixes = fixes_from(time_us, lat_deg, np.full(seconds, 5.0), **known)
    return scene_of("set", "her", fixes, [(0, int(time_us[-1]), "bike")])


class TestBlurred:
    """Promise: "other cadence, columns and bounds", and nothing else."""

    @given(SEEDS)
    def test_invents_no_fix(self, seed: int) -> None:
        before = _scene(400)
        after = blurred(before, np.random.default_rng(seed))
        assert np.isin(after.fixes.time_us, before.fixes.time_us).all()
        assert np.isin(after.fixes.lat_deg, before.fixes.lat_deg).all()
        assert after.modes == before.modes

    @given(SEEDS)
    def test_moves_a_short_leg_by_a_minute_at_most(self, seed: int) -> None:
        before = _scene(400)
        after = blurred(before, np.random.default_rng(seed))
        moved_s = np.abs(after.bounds_us - before.bounds_us) / 1e6
        assert moved_s.max() <= SLOP_S

    @given(SEEDS)
    def test_cuts_a_long_leg_to_an_everyday_part_of_it(self, seed: int) -> None:
        before = _scene(9000)
        after = blurred(before, np.random.default_rng(seed))
        (start_us, end_us) = after.bounds_us[0]
        if end_us - start_us < 8800e6:
            assert start_us >= 0
            assert end_us <= before.bounds_us[0, 1]
            assert LONGEST_CUT_S[0] <= (end_us - start_us) / 1e6 + 1e-3
            assert (end_us - start_us) / 1e6 <= LONGEST_CUT_S[1] + 1e-3

    @given(SEEDS)
    def test_keeps_every_simulated_fix(self, seed: int) -> None:
        after = blurred(_scene(400), np.random.default_rng(seed), thin=False)
        assert len(after.fixes) == 400

    def test_is_the_same_for_the_same_seed(self) -> None:
        one, two = (blurred(_scene(3000), np.random.default_rng(5)) for _ in range(2))
        np.testing.assert_array_equal(one.fixes.time_us, two.fixes.time_us)
        np.testing.assert_array_equal(one.bounds_us, two.bounds_us)


@pytest.mark.parametrize("name", ["accuracy_m", "speed_mps"])
def test_a_column_is_taken_away_from_some_and_left_to_others(name: str) -> None:
    known = [
        bool(np.isfinite(getattr(blurred(_scene(100), np.random.default_rng(s)).fixes, name)).all())
        for s in range(20)
    ]
    assert set(known) == {True, False}
