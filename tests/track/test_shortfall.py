from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.track import shortfall as module
from geowallet.track.modes.ragged import rows_of
from geowallet.track.shortfall import LOST, TURNS_DEG


def shortfall(x: np.ndarray, y: np.ndarray, *, usual_mps: float) -> float:
    """Return what one way loses."""
    return float(
        module.shortfall(rows_of(np.array([len(x)])), x, y, usual_mps=np.array([usual_mps]))[0]
    )


def walked(turn_deg: float, chord_m: float, chords: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """Return a way that turns left and right by ``turn_deg`` after each chord."""
    headings = np.radians(turn_deg * (np.arange(chords) % 2))
    x = np.concatenate(([0.0], np.cumsum(chord_m * np.sin(headings))))
    return x, np.concatenate(([0.0], np.cumsum(chord_m * np.cos(headings))))


def test_a_straight_way_loses_nothing() -> None:
    for chord_m in (5.0, 50.0, 500.0, 5000.0):
        assert shortfall(*walked(0.0, chord_m), usual_mps=5.0) == 0.0


def test_fewer_than_two_chords_tell_nothing() -> None:
    nothing = np.zeros(0)
    assert shortfall(nothing, nothing, usual_mps=1.0) == 0.0
    assert shortfall(np.array([0.0, 9.0]), np.zeros(2), usual_mps=1.0) == 0.0
    assert shortfall(np.zeros(9), np.zeros(9), usual_mps=1.0) == 0.0


def test_the_class_of_turning_and_the_length_choose_the_share() -> None:
    # At 5 m/s the tightest turn is 10 m.
    assert shortfall(*walked(35.0, 180.0), usual_mps=5.0) == pytest.approx(LOST[18.0][2])
    assert shortfall(*walked(60.0, 1600.0), usual_mps=5.0) == pytest.approx(LOST[160.0][3])
    assert shortfall(*walked(60.0, 9999.0), usual_mps=5.0) == pytest.approx(LOST[160.0][3])
    between = shortfall(*walked(35.0, 10 * float(np.sqrt(6.0 * 18.0))), usual_mps=5.0)
    assert between == pytest.approx((LOST[6.0][2] + LOST[18.0][2]) / 2)


def test_the_same_chord_hides_less_from_who_is_faster() -> None:
    cyclist, driver = (shortfall(*walked(60.0, 500.0), usual_mps=v) for v in (5.0, 28.0))
    assert driver < 0.7 * cyclist


def test_standing_is_no_speed() -> None:
    still, slow = (shortfall(*walked(60.0, 5.0), usual_mps=v) for v in (0.0, 0.5))
    assert still == slow


def test_a_half_of_corners_has_half_of_the_share() -> None:
    x, y = walked(60.0, 250.0, chords=2)
    x = np.concatenate((x, x[-1] + 250.0 * np.arange(1, 200) * np.sin(np.radians(60.0))))
    y = np.concatenate((y, y[-1] + 250.0 * np.arange(1, 200) * np.cos(np.radians(60.0))))
    shares, usual_m = module.turning(rows_of(np.array([len(x)])), x, y)
    assert usual_m[0] == pytest.approx(250.0)
    # The first chord turns by 60, the second by the mean of 60 and 0.
    assert shares[0].tolist() == pytest.approx([199 / 201, 0, 1 / 201, 1 / 201, 0, 0, 0])


def test_who_turns_more_loses_more() -> None:
    for shares in LOST.values():
        assert len(shares) == len(TURNS_DEG.split()) + 1
        assert list(shares) == sorted(shares)
        assert shares[0] == 0.0


class TestBounds:
    """Metres lost a metre of chord: 0 or more, never more than the table holds."""

    @given(st.lists(st.tuples(st.floats(-1e5, 1e5), st.floats(-1e5, 1e5)), min_size=0, max_size=30))
    def test_any_way(self, points: list[tuple[float, float]]) -> None:
        x, y = np.array([p[0] for p in points]), np.array([p[1] for p in points])
        assert 0.0 <= shortfall(x, y, usual_mps=4.0) <= max(map(max, LOST.values()))
