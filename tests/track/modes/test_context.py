from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.track.modes.context import (
    chained,
    context_names,
    context_table,
    habits_of,
    walked_s,
    with_habits,
)

MINUTE_US = 60_000_000
CHAIN_US = np.array([[0, 5], [5, 25], [27, 31], [100, 110]]) * MINUTE_US
"""A walk, a ride and a walk on each other's heels; a ride an hour later."""
ALONE = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.3, 0.7]])


class TestNeighbours:
    def test_are_told_with_the_time_between_and_their_probabilities(self) -> None:
        names = context_names(("walk", "bus"))
        table = dict(zip(names, context_table(CHAIN_US, ALONE).T, strict=True))
        assert table["before_gap_s"] == pytest.approx([np.nan, 0, 120, np.nan], nan_ok=True)
        assert table["after_gap_s"] == pytest.approx([0, 120, np.nan, np.nan], nan_ok=True)
        assert table["before_walk"] == pytest.approx([np.nan, 0.9, 0.2, np.nan], nan_ok=True)
        assert table["after_bus"] == pytest.approx([0.8, 0.4, np.nan, np.nan], nan_ok=True)
        assert table["after_log_s"][0] == pytest.approx(np.log(1200))

    def test_walks_to_and_from_a_ride_are_timed(self) -> None:
        found = walked_s(CHAIN_US, np.array([True, False, True, False]))
        assert found.tolist() == [[0, 0], [300, 240], [0, 0], [0, 0]]

    @settings(max_examples=20)
    @given(st.permutations(range(4)))
    def test_do_not_depend_on_the_order_in_which_legs_are_given(self, order: list[int]) -> None:
        mixed = context_table(CHAIN_US[order], ALONE[order])
        assert np.array_equal(mixed, context_table(CHAIN_US, ALONE)[order], equal_nan=True)
        pairs = np.array([[-2.0, 1.0], [1.0, -1.0]])
        whole = chained(CHAIN_US, ALONE, pairs)
        assert np.array_equal(chained(CHAIN_US[order], ALONE[order], pairs), whole[order])


class TestChain:
    def test_two_legs_by_hand(self) -> None:
        bounds = CHAIN_US[:2]
        pairs = np.log(np.array([[0.5, 2.0], [2.0, 0.5]]))
        joint = ALONE[0][:, None] * np.exp(pairs) * ALONE[1]
        joint /= joint.sum()
        found = chained(bounds, ALONE[:2], pairs)
        assert found == pytest.approx(np.array([joint.sum(axis=1), joint.sum(axis=0)]))

    def test_a_leg_without_neighbours_stays_as_it_is(self) -> None:
        pairs = np.array([[-3.0, 3.0], [3.0, -3.0]])
        assert chained(CHAIN_US, ALONE, pairs)[3] == pytest.approx(ALONE[3])


class TestHabits:
    """Promise: the shares of modes that an owner's legs show, a function of their set."""

    PRIOR = np.array([0.5, 0.5])

    def test_of_one_who_always_takes_the_bus_lean_to_the_bus(self) -> None:
        rows = np.tile([0.35, 0.65], (600, 1))
        habits = habits_of(rows, self.PRIOR)
        assert habits[1] > 0.85
        assert with_habits(rows, habits, self.PRIOR)[0, 1] > 0.9

    def test_never_raise_what_is_rare(self) -> None:
        rows = np.tile([0.35, 0.65], (600, 1))
        habits = habits_of(rows, self.PRIOR, rare=np.array([False, True]))
        assert habits[1] <= 0.7
        assert habits[1] < habits_of(rows, self.PRIOR)[1] - 0.1

    def test_of_few_legs_stay_near_those_of_everybody(self) -> None:
        assert habits_of(np.array([[0.1, 0.9]]), self.PRIOR)[1] == pytest.approx(0.5, abs=0.03)
        assert habits_of(np.zeros((0, 2)), self.PRIOR) == pytest.approx(self.PRIOR)

    @settings(max_examples=30)
    @given(st.lists(st.floats(0.01, 0.99), min_size=1, max_size=12), st.integers(0, 99))
    def test_do_not_depend_on_the_order_of_the_legs(self, walk: list[float], seed: int) -> None:
        rows = np.array([[share, 1 - share] for share in walk])
        mixed = rows[np.random.default_rng(seed).permutation(len(rows))]
        assert np.array_equal(habits_of(rows, self.PRIOR), habits_of(mixed, self.PRIOR))
        assert habits_of(rows, self.PRIOR).sum() == pytest.approx(1.0)
