from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geowallet.track.between import Between

seconds = st.integers(0, 40).map(float)


class TestBetween:
    """Promise: what `numpy.interp` says, to the last digit, before, between and after."""

    @given(
        st.lists(seconds, min_size=1, max_size=8, unique=True).map(sorted),
        st.lists(st.floats(-10, 50), max_size=8),
    )
    def test_says_the_same(self, time_s: list[float], at_s: list[float]) -> None:
        times, instants = np.array(time_s), np.array([*at_s, *time_s])
        between = Between(times, instants)
        for scale in (1.0, 1e6):
            column = np.random.default_rng(len(at_s)).normal(0.0, scale, len(times))
            assert np.array_equal(between.of(column), np.interp(instants, times, column))
