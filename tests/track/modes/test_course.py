from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geowallet.track.modes.course import CHANNELS, SILENT, Course, channels
from tests.track.modes.networks import errand, straight

ERRAND = Course(errand())


def test_ten_metres_a_second_straight_on_worked_by_hand() -> None:
    row = Course(straight(10.0, 900)).rows(40, 41)[0].tolist()
    step = [405, 0, 256, 0]  # sqrt(10) / 2, no growth, straight on, not aside; by 256
    # 10 / 15, sqrt(5) / 4, no silence; over a minute and five the same; straight on
    assert row == [*step, *step, 171, 143, 0, 405, 405, 256, 256]


def test_a_corner_leads_aside_and_a_start_is_growth() -> None:
    steps = np.arange(-30, 33)
    east = np.where(steps > 0, 0.0, np.minimum(steps, 0) * 800.0)
    north = np.maximum(steps, 0) * 800.0  # 10 m/s, a right turn back at step 0
    row = channels(east, north, np.array([5.0]), np.array([False]))[0]
    assert row[2:4].tolist() == [0.0, 256.0]
    begun = channels(np.maximum(steps, 0) * 800.0, 0.0 * north, np.array([5.0]), np.array([False]))
    assert begun[0, :4].tolist() == [405.0, 1024.0, 0.0, 0.0]  # 10 m/s more in 5 s


def test_before_the_first_fix_and_behind_the_last_is_silence() -> None:
    path = straight(10.0, 300)
    for first in (-5, 31):
        rows = Course(path).rows(first, first + 4)
        assert rows.sum(axis=0).tolist() == [1024.0 if n == SILENT else 0.0 for n in range(15)]


@given(st.integers(-40, 80), st.integers(1, 40), st.integers(1, 40))
def test_a_row_is_the_same_alone_and_among_others(first: int, some: int, more: int) -> None:
    """Promise: a row is a function of the path and its number, whatever else is asked for."""
    whole = ERRAND.rows(first, first + some + more)
    parts = ERRAND.rows(first, first + some), ERRAND.rows(first + some, first + some + more)
    assert np.array_equal(whole, np.concatenate(parts))
    silent, heard = ERRAND.heard([(5, 9), (first, first + some)])
    assert np.array_equal(silent[4:], parts[0][:, SILENT] > 0)
    assert np.array_equal(heard[4:], parts[0][~silent[4:]])
    assert whole.shape == (some + more, CHANNELS)
    assert np.array_equal(whole, np.rint(whole))
