from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geowallet.track.modes.ragged import (
    largest,
    means,
    quantiles,
    rows_of,
    runs,
    shares,
    spreads,
    turned_rad,
)

LEGS = st.lists(
    arrays(
        np.float64, st.integers(0, 12), elements=st.integers(-9999, 9999).map(lambda n: n / 100)
    ),
    min_size=1,
    max_size=6,
)


class TestFiguresOfEachLeg:
    """Promise: figures of each leg at once; a leg has the same figures alone as among others."""

    @settings(max_examples=60)
    @given(LEGS)
    def test_are_those_of_the_leg_alone(self, legs: list[np.ndarray]) -> None:
        rows, value = rows_of(np.array([len(leg) for leg in legs])), np.concatenate(legs)
        found = quantiles(rows, value, (0.0, 0.1, 0.5, 0.97, 1.0))
        # Beyond what half a word holds.
        far = quantiles(rows, value * 1e5, (1.0,))[:, 0]
        assert far == pytest.approx(largest(rows, value * 1e5), rel=1e-9, nan_ok=True)
        for number, leg in enumerate(legs):
            if not len(leg):
                assert np.all(np.isnan(found[number]))
                assert np.isnan(means(rows, value)[number])
                continue
            expected = np.quantile(leg, (0.0, 0.1, 0.5, 0.97, 1.0))
            assert found[number] == pytest.approx(expected, abs=1e-4)
            assert means(rows, value)[number] == pytest.approx(leg.mean(), abs=1e-9)
            assert largest(rows, value)[number] == leg.max()
            alone = quantiles(rows_of(np.array([len(leg)])), leg, (0.1, 0.97))
            assert np.array_equal(alone[0], found[number, [1, 3]])

    @settings(max_examples=60)
    @given(st.lists(st.lists(st.booleans(), max_size=8), min_size=1, max_size=5))
    def test_runs_never_cross_from_one_leg_into_the_next(self, legs: list[list[bool]]) -> None:
        rows = rows_of(np.array([len(leg) for leg in legs]))
        mask = np.array([value for leg in legs for value in leg], dtype=np.bool_)
        first, after = runs(rows, mask)
        inside = np.zeros(len(mask), dtype=np.bool_)
        for a, b in zip(first, after, strict=True):
            assert rows.leg[a] == rows.leg[b - 1]
            inside[a:b] = True
        assert np.array_equal(inside, mask)


def test_shares_and_spreads_by_hand() -> None:
    rows = rows_of(np.array([2, 0, 4]))
    mask = np.array([True, False, True, True, True, False])
    assert shares(rows, mask) == pytest.approx([0.5, np.nan, 0.75], nan_ok=True)
    value = np.array([1.0, 3.0, 2.0, 2.0, 2.0, 2.0])
    assert spreads(rows, value) == pytest.approx([0.5, np.nan, 0.0], nan_ok=True)


@given(arrays(np.float64, st.integers(0, 8), elements=st.floats(-2 * np.pi, 2 * np.pi)))
def test_a_turn_is_what_a_remainder_says(change: np.ndarray) -> None:
    """Promise: to the last bit."""
    exact = np.abs((change + np.pi) % (2 * np.pi) - np.pi)
    assert np.array_equal(turned_rad(change), exact)
