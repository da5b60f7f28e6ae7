"""Promise: legs between the same two places tell each other, in any order, and no others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.track.modes.repeated import ALIKE, SAME_SHARE, same_ways, told_by_others

PRIOR = np.array([0.5, 0.3, 0.2])
COMMON = np.zeros(3, dtype=np.bool_)
HOME, WORK, NEXT_DOOR, SHOP = (48.0, 2.0), (48.02, 2.0), (48.001, 2.0), (48.0, 2.01)
"""2.2 km north of home, 111 m north of it and 745 m east."""


def _ends(*ways: tuple[tuple[float, float], tuple[float, float]]) -> np.ndarray:
    return np.array([[*start, *end] for start, end in ways])


def test_the_way_there_and_the_way_back_are_the_same() -> None:
    ways = _ends((HOME, WORK), (WORK, NEXT_DOOR), (HOME, SHOP), (WORK, SHOP))
    assert [some.tolist() for some in same_ways(ways)] == [[1], [0], [], []]


def test_short_ways_and_round_trips_are_no_repeated_ways() -> None:
    ways = _ends((HOME, NEXT_DOOR), (HOME, NEXT_DOOR), (HOME, HOME), (HOME, HOME))
    assert not any(len(some) for some in same_ways(ways))
    assert same_ways(np.zeros((0, 4))) == []


def test_what_one_other_says_worked_by_hand() -> None:
    shares = np.array([[0.2, 0.4, 0.4], [0.1, 0.1, 0.8]])
    others = [np.array([1]), np.zeros(0, dtype=np.intp)]
    found = told_by_others(shares, others, PRIOR, rare=COMMON)
    odds = SAME_SHARE * np.array([0.2, 1 / 3, 4.0]) + 1 - SAME_SHARE
    whole = shares[0] * odds ** (1 / (1 + ALIKE))
    assert found[0] == pytest.approx(whole / whole.sum())
    assert found[1].tolist() == shares[1].tolist()


def test_a_rare_mode_is_not_raised_by_others_that_look_a_little_like_it() -> None:
    shares = np.array([[0.4, 0.3, 0.3], [0.4, 0.2, 0.4], [0.4, 0.2, 0.4]])
    others = [np.array([1, 2]), *[np.zeros(0, dtype=np.intp)] * 2]
    usual, rare = (
        told_by_others(shares, others, PRIOR, rare=np.array([False, False, last]))[0]
        for last in (False, True)
    )
    assert usual[2] > 0.35
    assert rare[2] < 0.35


@given(st.permutations(range(7)), st.integers(0, 1000))
def test_the_order_of_the_legs_changes_nothing(order: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    places = np.array([HOME, WORK, SHOP])[rng.integers(0, 3, (7, 2))]
    ends, shares = places.reshape(7, 4), rng.dirichlet(np.ones(3), 7)
    found = told_by_others(shares, same_ways(ends), PRIOR, rare=COMMON)
    moved = told_by_others(shares[order], same_ways(ends[order]), PRIOR, rare=COMMON)
    assert np.array_equal(moved, found[order])
