from __future__ import annotations

from itertools import starmap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.crypto.curve import IDENTITY, ORDER, base_times, check_point, plus, times
from geowallet.crypto.pedersen import (
    MOST_VALUE,
    SECOND_BASE,
    SECOND_BASE_LABEL,
    check_opening,
    check_sum,
    commit,
    opening_at,
)
from tests.crypto import slow_curve as slow

SEED = b"\x07" * 32
VALUES = st.integers(0, MOST_VALUE - 1) | st.sampled_from([0, 1, MOST_VALUE - 1])
OPENINGS = st.integers(1, ORDER - 1)


def test_the_second_base_is_this_point() -> None:
    """Published: another one would make every commitment another."""
    written = "c4dc65131a2c7d879d62dd2812cefa53d7cf7e3a148ca5c186012edfe71e129d"
    assert SECOND_BASE.hex() == written
    assert slow.encode(slow.second_base(SECOND_BASE_LABEL)).hex() == written
    assert SECOND_BASE not in {base_times(1), base_times(-1), IDENTITY}


@pytest.mark.parametrize(
    ("value", "opening", "written"),
    [
        (0, 1, "c4dc65131a2c7d879d62dd2812cefa53d7cf7e3a148ca5c186012edfe71e129d"),
        (1, 0, "58" + "66" * 31),
        (37_120, 123_456_789, "aa96b9934af08d638bb565c1de4e90e3ed90c733ca3e73b7907d2e4ad9c9b8a9"),
        (
            MOST_VALUE - 1,
            ORDER - 1,
            "3bc27a4e27f4a317c934cc04a764374a279ce4b038d5ad7c21bf0bc492ec5a61",
        ),
    ],
)
def test_a_second_implementation_commits_alike(value: int, opening: int, written: str) -> None:
    point = commit(value, opening)
    assert point == slow.commitment(value, opening)
    assert point.hex() == written


class TestCommit:
    """`commit`: "a number that is fixed now and shown later"."""

    @settings(max_examples=60)
    @given(VALUES, OPENINGS, VALUES, OPENINGS)
    def test_it_opens_to_its_value_alone(
        self, value: int, opening: int, other: int, o2: int
    ) -> None:
        point = commit(value, opening)
        check_opening(point, value, opening)
        if other != value:
            with pytest.raises(ValueError, match="does not open"):
                check_opening(point, other, opening)
        if o2 != opening:
            with pytest.raises(ValueError, match="does not open"):
                check_opening(point, value, o2)

    @pytest.mark.parametrize("value", [-1, MOST_VALUE])
    def test_a_value_out_of_range_is_refused(self, value: int) -> None:
        with pytest.raises(ValueError, match="out of range"):
            commit(value, 1)

    def test_the_identity_opens_to_nothing(self) -> None:
        with pytest.raises(ValueError, match="not a point"):
            check_opening(IDENTITY, 0, 0)

    def test_the_openings_of_a_seed_are_all_different(self) -> None:
        assert len({opening_at(SEED, index) for index in range(366)}) == 366
        assert opening_at(SEED, 0) != opening_at(b"\x08" * 32, 0)
        with pytest.raises(ValueError, match="32 bytes"):
            opening_at(b"short", 0)


class TestCheckSum:
    """`check_sum`: "the values of all commitments add up to the total"."""

    @settings(max_examples=25)
    @given(st.lists(st.tuples(st.integers(0, 1 << 20), OPENINGS), min_size=1, max_size=31))
    def test_a_true_sum_holds_and_no_other(self, days: list[tuple[int, int]]) -> None:
        points = list(starmap(commit, days))
        total, opening = sum(v for v, _ in days), sum(r for _, r in days)
        check_sum(points, total, opening)
        for wrong in ((total + 1, opening), (total, opening + 1)):
            with pytest.raises(ValueError, match="do not add up"):
                check_sum(points, *wrong)
        with pytest.raises(ValueError, match="do not add up"):
            check_sum(points[1:], total, opening)

    def test_no_commitment_adds_up_to_nothing(self) -> None:
        check_sum([], 0, 0)
        with pytest.raises(ValueError, match="do not add up"):
            check_sum([], 1, 0)

    def test_a_second_implementation_judges_a_month_alike(self) -> None:
        days = [(1_000 * day, opening_at(SEED, day)) for day in range(5)]
        points = list(starmap(commit, days))
        opening = sum(r for _, r in days) % ORDER
        assert slow.check_sum(points, 10_000, opening)
        assert not slow.check_sum(points, 10_001, opening)
        assert not slow.check_sum(points[:-1], 10_000, opening)

    def test_a_part_of_small_order_is_refused_though_the_sum_holds(self) -> None:
        two = bytes.fromhex("ec" + "ff" * 30 + "7f")
        points = [plus(commit(5, 1), two), plus(commit(6, 2), two)]
        with pytest.raises(ValueError, match="not a point"):
            check_sum(points, 11, 3)

    def test_a_negative_day_passes_as_the_page_says(self) -> None:
        """Known and written down: why a total needs the audit or a range proof."""
        negative = plus(base_times(-500_000), times(7, SECOND_BASE))
        check_sum([check_point(negative), commit(800_000, 9)], 300_000, 16)

    def test_a_total_out_of_range_is_refused(self) -> None:
        negative = plus(base_times(-5), times(7, SECOND_BASE))
        with pytest.raises(ValueError, match="do not add up"):
            check_sum([negative], -5, 7)
