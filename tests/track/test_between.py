from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geowallet.track.between import Axis, Between, neighbours
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
            instants = np.array([*at_s, *times, *np.nextafter(times, -np.inf)])
            own = slice(rows.start[chunk], rows.end[chunk])
            which = np.full(len(instants), chunk)
            found = np.maximum(np.searchsorted(times, instants, side="right") - 1, 0)
            assert np.array_equal(axis.before(which, instants), found + own.start)
            expected = np.interp(instants, times, column[own])
            assert np.array_equal(axis.between(which, instants).of(column), expected)


class TestNeighbours:
    """Promise: what two searches of the same values say, of narrow windows and of wide ones."""

    @given(
        st.lists(st.sampled_from((0.1, 0.1, 0.3, 2.0, 9.0)), max_size=60),
        st.sampled_from((0.0, 0.1, 0.3, 1.0, 6.0, 200.0)),
        st.data(),
    )
    def test_says_the_same(self, steps: list[float], half_s: float, data: st.DataObject) -> None:
        time_s = np.cumsum([0.0, *steps])
        start = data.draw(st.integers(0, len(time_s) - 1))
        rows = slice(start, data.draw(st.integers(start + 1, len(time_s))))
        first, after = neighbours(time_s, rows, half_s)
        assert np.array_equal(first, np.searchsorted(time_s, time_s[rows] - half_s))
        assert np.array_equal(after, np.searchsorted(time_s, time_s[rows] + half_s, side="right"))

    def test_a_few_windows_may_be_wider_than_most(self) -> None:
        time_s = np.concatenate((np.arange(20) / 100, 1.0 + np.arange(40)))
        first, after = neighbours(time_s, slice(0, 60), 0.5)
        assert first.tolist() == [0] * 20 + list(range(20, 60))
        assert after.tolist() == [20] * 20 + list(range(21, 61))
