from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from geowallet.app.keeping.spans import disjoint, holds, overlaps

instants = st.integers(-50, 50)
windows = st.tuples(instants, instants).map(lambda ends: (min(ends), max(ends)))


class TestSpans:
    """Promise: joined, and looked up without walking over all."""

    def test_by_hand(self) -> None:
        assert disjoint([(5, 7), (0, 2), (2, 3), (6, 6)]) == ((0, 3), (5, 7))
        assert disjoint([]) == ()
        assert not overlaps((), 0, 1)

    @given(st.lists(windows), windows)
    def test_as_a_walk_over_all_says(
        self, found: list[tuple[int, int]], asked: tuple[int, int]
    ) -> None:
        joined = disjoint(found)
        shared = any(first <= asked[1] and last >= asked[0] for first, last in found)
        assert overlaps(joined, *asked) == shared
        inside = any(first <= asked[0] and asked[1] <= last for first, last in joined)
        assert holds(joined, *asked) == inside

    @given(st.lists(windows))
    def test_no_two_share_an_instant_and_none_is_lost(self, found: list[tuple[int, int]]) -> None:
        joined = disjoint(found)
        times = {time for first, last in found for time in range(first, last + 1)}
        again = [time for first, last in joined for time in range(first, last + 1)]
        assert (sorted(times), len(again)) == (again, len(set(again)))
