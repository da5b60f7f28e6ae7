from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.evaluator.limits import MIB, Limits


class TestArguments:
    """Promise: "Read what `as_arguments` wrote"."""

    @given(
        st.builds(
            Limits,
            seconds=st.integers(1, 3600),
            memory_bytes=st.integers(64 * MIB, 65_536 * MIB),
            input_bytes=st.integers(1, 1 << 40),
            output_bytes=st.integers(1, 1 << 40),
        )
    )
    def test_come_back_as_they_were(self, limits: Limits) -> None:
        assert Limits.from_arguments(limits.as_arguments()) == limits

    def test_are_four_whole_numbers(self) -> None:
        assert Limits(seconds=3).as_arguments() == ["3", "536870912", "16777216", "1048576"]


@pytest.mark.parametrize(
    "bounds",
    [
        {"seconds": 0},
        {"seconds": 3601},
        {"memory_bytes": 64 * MIB - 1},
        {"memory_bytes": 65_536 * MIB + 1},
        {"input_bytes": 0},
        {"output_bytes": 0},
    ],
)
def test_a_limit_out_of_range_is_refused(bounds: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"must be"):
        Limits(**bounds)
