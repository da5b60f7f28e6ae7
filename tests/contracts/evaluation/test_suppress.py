"""Small groups, and what a subtraction would find."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from geowallet.contracts.evaluation.suppress import kept_back


def trips(*counts: int) -> list[frozenset[int]]:
    """Groups of so many trips each, none of them shared."""
    firsts = [sum(counts[:n]) for n in range(len(counts))]
    return [frozenset(range(a, a + n)) for a, n in zip(firsts, counts, strict=True)]


def test_nothing_is_kept_back_where_every_group_is_large_or_empty() -> None:
    assert kept_back(trips(5, 0, 9), 14, 5) == (frozenset(), False)
    assert kept_back(trips(1, 2), 3, 0) == (frozenset(), False)


def test_one_small_group_takes_the_smallest_other_with_it() -> None:
    """12 - 7 would be 5 otherwise; 3 + 7 together say 10."""
    assert kept_back(trips(3, 9, 7, 0), 19, 5) == (frozenset({0, 2}), False)


def test_two_small_groups_with_enough_trips_between_them_stand_alone() -> None:
    assert kept_back(trips(3, 2, 9), 14, 5) == (frozenset({0, 1}), False)


def test_two_small_groups_with_too_few_trips_take_a_third() -> None:
    assert kept_back(trips(1, 1, 9), 11, 5) == (frozenset({0, 1, 2}), False)


def test_a_trip_of_two_modes_is_one_trip() -> None:
    """Bike and bus share their three trips: three in all, not six."""
    shared = frozenset({1, 2, 3})
    assert kept_back([shared, shared, frozenset(range(4, 14))], 13, 5) == (
        frozenset({0, 1, 2}),
        False,
    )


def test_where_nothing_else_can_be_kept_back_the_total_is() -> None:
    assert kept_back(trips(3, 0, 0), 3, 5) == (frozenset({0}), True)
    assert kept_back([frozenset({1, 2}), frozenset({1, 2, 3})], 5, 4) == (frozenset({0, 1}), True)
    assert kept_back([], 2, 5) == (frozenset(), True)
    assert kept_back([], 0, 5) == (frozenset(), False)


COUNTS = st.lists(st.integers(0, 12), min_size=1, max_size=8)


class TestKeptBack:
    """Promise: "a total less the groups that are shown" never tells of too few trips."""

    @given(COUNTS, st.integers(2, 10))
    def test_a_subtraction_finds_at_least_so_many_trips(
        self, counts: list[int], least: int
    ) -> None:
        hidden, all_hidden = kept_back(trips(*counts), sum(counts), least)
        assert all(counts[n] >= least or counts[n] == 0 for n in set(range(len(counts))) - hidden)
        if not all_hidden and hidden:
            assert len(hidden) > 1
            assert sum(counts[n] for n in hidden) >= least

    @given(COUNTS, st.integers(2, 10))
    def test_no_more_is_kept_back_than_is_needed(self, counts: list[int], least: int) -> None:
        hidden, all_hidden = kept_back(trips(*counts), sum(counts), least)
        small = {n for n, count in enumerate(counts) if 0 < count < least}
        if all_hidden or not hidden:
            return
        enough = [
            len(few)
            for size in range(len(counts) + 1)
            for few in combinations(range(len(counts)), size)
            if small <= set(few) and len(few) > 1 and sum(counts[n] for n in few) >= least
        ]
        assert len(hidden) == min(enough)
