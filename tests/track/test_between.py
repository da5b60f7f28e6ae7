from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geowallet.track.between import Axis, Between
from geowallet.track.modes.ragged import rows_of

# Fractions of a second, as devices write them, and seconds of a long recording.
seconds = st.integers(0, 40).map(lambda n: n / 10) | st.integers(0, 10**9).map(lambda n: n / 1e3)
ascending = st.lists(seconds, min_size=1, max_size=8, unique=True).map(sorted)
sought = st.lists(st.floats(-10, 1e6) | seconds, max_size=8)


class TestBetween:
    """Promise: what `numpy.interp` says, to the last digit, before, between and after."""

    @given(ascending, sought)
    def test_says_the_same(self, time_s: list[float], at_s: list[float]) -> None:
        times, instants = np.array(time_s), np.array([*at_s, *time_s])
        between = Between(times, instants)
        for scale in (1.0, 1e6):
            column = np.random.default_rng(len(at_s)).normal(0.0, scale, len(times))
            assert np.array_equal(between.of(column), np.interp(instants, times, column))


class TestAxis:
    """Promise: a chunk among others is searched as if it were alone."""

    @given(st.lists(st.tuples(ascending, sought), min_size=1, max_size=4))
    def test_finds_the_same(self, chunks: list[tuple[list[float], list[float]]]) -> None:
        value = np.concatenate([np.array(times) for times, _ in chunks])
        rows = rows_of(np.array([len(times) for times, _ in chunks]))
        axis, column = Axis(rows, value), np.random.default_rng(1).normal(0.0, 1e3, len(value))
        for chunk, (times, at_s) in enumerate(chunks):
            instants = np.array([*at_s, *times])
            own = slice(rows.start[chunk], rows.end[chunk])
            which = np.full(len(instants), chunk)
            found = np.maximum(np.searchsorted(times, instants, side="right") - 1, 0)
            assert np.array_equal(axis.before(which, instants), found + own.start)
            expected = np.interp(instants, times, column[own])
            assert np.array_equal(axis.between(which, instants).of(column), expected)
