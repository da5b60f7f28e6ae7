from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.model.fixes import Fixes, fixes_from
from geowallet.track.modes.truth import Label, clipped, true_legs

SECOND_US = 1_000_000
METRE_DEG = 1 / 111_195.0


def line(seconds: list[int], metres_a_second: float = 2.0) -> Fixes:
    """Northward from the equator, a fix at each of ``seconds``."""
    at = np.array(seconds, dtype=np.int64)
    lat_deg = at.astype(np.float64) * (metres_a_second * METRE_DEG)
    return fixes_from(at * SECOND_US, lat_deg, np.zeros(len(at)))


def label(start_s: int, end_s: int, mode: str = "walk") -> Label:
    return Label(start_s * SECOND_US, end_s * SECOND_US, mode)


def test_a_leg_runs_from_its_first_fix_to_its_last() -> None:
    found = true_legs(line(list(range(0, 600, 10))), [label(95, 405, "bike")])
    assert found.modes == ("bike",)
    assert found.bounds_us.tolist() == [[100 * SECOND_US, 400 * SECOND_US]]
    assert found.metres[0] == pytest.approx(600, rel=0.01)


def test_a_silence_of_more_than_twenty_minutes_parts_it() -> None:
    seconds = [*range(0, 300, 10), *range(1700, 2000, 10)]
    found = true_legs(line(seconds), [label(0, 2000)])
    assert found.bounds_us[:, 0].tolist() == [0, 1700 * SECOND_US]
    seconds = [*range(0, 300, 10), *range(1490, 1800, 10)]
    assert len(true_legs(line(seconds), [label(0, 2000)]).modes) == 1


@pytest.mark.parametrize(
    ("seconds", "speed"),
    [
        (list(range(0, 90, 10)), 2.0),
        (list(range(0, 55, 5)), 4.0),
        (list(range(0, 600, 10)), 0.1),
    ],
    ids=["nine fixes", "fifty seconds", "sixty metres"],
)
def test_what_is_too_short_to_tell_is_left_out(seconds: list[int], speed: float) -> None:
    found = true_legs(line(seconds, speed), [label(0, 600)])
    assert found.modes == ()
    assert found.bounds_us.shape == (0, 2)


def test_a_jump_carries_no_distance() -> None:
    fixes = line([*range(0, 300, 10), *range(310, 600, 10)])
    lat_deg = fixes.lat_deg.copy()
    lat_deg[30:] += 10_000 * METRE_DEG
    jumped = fixes_from(fixes.time_us, lat_deg, fixes.lon_deg)
    assert true_legs(jumped, [label(0, 600)]).metres[0] < 1_200


def test_a_later_label_ends_an_earlier_one() -> None:
    cut = clipped([label(200, 300, "bus"), label(0, 250, "walk"), label(300, 300, "car")])
    assert cut == (label(0, 200, "walk"), label(200, 300, "bus"))


class TestClipped:
    """Promise: labels never overlap, whatever they are."""

    @given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=8))
    def test_they_are_disjoint_and_in_order(self, spans: list[tuple[int, int]]) -> None:
        found = clipped([label(a, b) for a, b in spans])
        assert all(one.start_us < one.end_us for one in found)
        assert all(a.end_us <= b.start_us for a, b in pairwise(found))
