"""Promise: legs between the same two places are found, either way, and no others."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geowallet.track.modes.repeated import same_ways, ways_among

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


def test_among_known_ways_all_count_and_their_places_ascend() -> None:
    known = _ends((HOME, SHOP), (WORK, HOME), (HOME, WORK), (HOME, NEXT_DOOR))
    found = ways_among(_ends((HOME, WORK), (HOME, HOME)), known)
    assert [some.tolist() for some in found] == [[1, 2], []]
    assert [some.tolist() for some in ways_among(known, np.zeros((0, 4)))] == [[]] * 4


@given(st.permutations(range(7)), st.integers(0, 1000))
def test_the_order_of_the_legs_changes_nothing(order: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    ends = np.array([HOME, WORK, SHOP])[rng.integers(0, 3, (7, 2))].reshape(7, 4)
    found, moved = same_ways(ends), same_ways(ends[order])
    assert [{order[n] for n in some} for some in moved] == [set(found[n]) for n in order]
