from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.app.desk.chains import Chained, Doubt, chained, doubts
from tests.verify.signed_exports import BATCHES, KEY, runs


def kept(*counters: int) -> tuple[Chained, ...]:
    return chained(runs(*counters))


class TestChains:
    """Promise: what one export cannot show shows beside another: numbers that no export has."""

    def test_what_is_kept_of_a_run(self) -> None:
        (one,) = kept(3, 4)
        assert (one.key, one.first, one.last) == (KEY, 3, 4)
        digests = [BATCHES[n][0].digest for n in (1, 2, 3)]
        assert one.marks == tuple(digest[:16] for digest in digests)

    def test_what_continues_is_no_doubt(self) -> None:
        assert doubts(kept(4, 5), kept(1, 2, 3)) == ()
        assert doubts(kept(3, 4, 5), kept(1, 2, 3)) == ()
        assert doubts(kept(1, 2), kept(3, 4)) == ()
        assert doubts(kept(7, 8), (*kept(1, 2, 3, 4, 5, 6), *kept(2, 3))) == ()

    def test_a_device_seen_for_the_first_time_may_begin_anywhere(self) -> None:
        assert doubts(kept(5, 6), ()) == ()
        (one,) = kept(2)
        other = Chained("van-2+x+y", one.first, one.marks)
        assert doubts(kept(5, 6), (other,)) == ()

    def test_what_lies_between_two_exports_is_said(self) -> None:
        assert doubts(kept(5, 6), kept(1, 2)) == (Doubt("van-1", ((3, 4),), ()),)
        assert doubts(kept(1, 2), kept(5, 6)) == (Doubt("van-1", ((3, 4),), ()),)

    def test_a_gap_that_the_export_itself_shows_is_not_said_again(self) -> None:
        assert doubts(kept(3, 6), kept(1, 2)) == ()

    def test_a_gap_that_an_earlier_export_fills_is_none(self) -> None:
        assert doubts(kept(3, 6), kept(4, 5)) == ()

    def test_another_history_of_the_same_device_is_said(self) -> None:
        """Under 2 it signed something else: 3 and 4 differ too, as they name what came before."""
        (true,) = kept(1, 2, 3, 4)
        forged = Chained(KEY, 2, (true.marks[1], "f" * 16, "e" * 16))
        assert doubts((forged,), (true,)) == (Doubt("van-1", (), (2, 3)),)

    def test_files_behind_two_holders_are_said(self) -> None:
        """The second claims 3 to 5, of which the first used 4 and 5; a gap or a fork is none."""
        mine, theirs = chained(runs(3, 4, 5)), chained(runs(3, 4, 5, 6, opened=(4, 5, 6)))
        assert doubts(mine, theirs, theirs) == (Doubt("van-1", shared=(4, 5)),)
        assert doubts(mine, theirs) == ()

    @given(st.sets(st.integers(1, 8), min_size=1), st.sets(st.integers(1, 8), min_size=1))
    @settings(max_examples=40)
    def test_two_exports_of_one_history_never_contradict_each_other(
        self, one: set[int], two: set[int]
    ) -> None:
        found = doubts(kept(*sorted(one)), kept(*sorted(two)))
        assert all(doubt.other == () for doubt in found)
        said = {n for d in found for low, high in d.skipped for n in range(low, high + 1)}
        assert not said & (one | two)
