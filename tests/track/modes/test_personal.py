"""Promise: what its owner said moves a model a little, and never without being held back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geowallet.track.modes.features import FEATURES
from geowallet.track.modes.forest import Trees, softmax
from geowallet.track.modes.personal import (
    FLOOR,
    MOST_BIAS,
    Leaning,
    floored,
    leaning_of,
    left_out,
    personalised,
)
from tests.track.modes.forests import CLASSES, forest_of, step, trees_of

BUS, CAR = CLASSES.index("bus"), CLASSES.index("car")
AS_IT_IS = Leaning(dict.fromkeys(CLASSES, 0), 1000)


def shares_of(number: int, **given_: float) -> NDArray[np.float64]:
    """Return equal rows with the shares that are named; the others share the rest."""
    rest = (1 - sum(given_.values())) / (len(CLASSES) - len(given_))
    return np.tile([given_.get(name, rest) for name in CLASSES], (number, 1))


def test_buses_that_were_called_cars_make_buses_likelier() -> None:
    shares, said = shares_of(12, car=0.6, bus=0.3), np.full(12, BUS)
    leaning = leaning_of(shares, said, CLASSES)
    assert leaning.bias["bus"] > 0 > leaning.bias["car"]
    assert leaning.applied(shares, CLASSES)[0].argmax() == BUS


def test_two_words_move_less_than_twenty() -> None:
    few, many = (
        leaning_of(shares_of(n, car=0.6, bus=0.3), np.full(n, BUS), CLASSES).bias["bus"]
        for n in (2, 20)
    )
    assert 0 < few < many / 3


def test_one_leg_is_held_back_as_worked_out_by_hand() -> None:
    """Of two modes with a half each, the bias b solves 25/4 b = 1 - 1 / (1 + exp(-2 b))."""
    classes = ("bus", "car")
    leaning = leaning_of(np.array([[0.5, 0.5]]), np.array([0]), classes)
    b = leaning.bias["bus"] / 1000
    assert b == pytest.approx(0.0741, abs=0.0006)
    assert 6.25 * b == pytest.approx(1 - 1 / (1 + np.exp(-2 * b)), abs=0.005)
    assert leaning.bias["car"] == -leaning.bias["bus"]
    assert leaning.sharpness == 1000


def test_a_model_that_is_too_sure_is_made_less_sure() -> None:
    shares = shares_of(40, car=0.97)
    said = np.array([CAR] * 22 + [BUS] * 6 + [CLASSES.index("train")] * 6 + [1] * 6)
    assert leaning_of(shares, said, CLASSES).sharpness < 950


def test_no_mode_is_moved_beyond_the_bound() -> None:
    leaning = leaning_of(shares_of(3000, car=0.99), np.full(3000, BUS), CLASSES)
    assert max(abs(value) for value in leaning.bias.values()) <= MOST_BIAS * 1000
    assert leaning.sharpness == 500


def test_a_share_of_nothing_is_lifted_to_the_floor() -> None:
    lifted = floored(np.array([[1.0, 0.0]]))
    assert lifted[0, 1] == pytest.approx(FLOOR / (1 + FLOOR))


def test_each_leg_is_tried_without_its_own_word() -> None:
    shares, said = shares_of(3, car=0.5, bus=0.4), np.array([BUS, CAR, CAR])
    tried = left_out(shares, said, CLASSES)
    others = leaning_of(shares[1:], said[1:], CLASSES)
    assert tried[0] == pytest.approx(others.applied(shares[:1], CLASSES)[0])
    whole = leaning_of(shares, said, CLASSES).applied(shares, CLASSES)
    assert tried[0, BUS] < whole[0, BUS]


class TestAnyOrder:
    """Promise: the same legs in any order teach the same."""

    @settings(max_examples=20, deadline=None)
    @given(st.permutations(range(9)), st.integers(0, 100))
    def test_order_does_not_matter(self, order: list[int], seed: int) -> None:
        rng = np.random.default_rng(seed)
        shares, said = rng.dirichlet(np.ones(len(CLASSES)), 9), rng.integers(0, len(CLASSES), 9)
        assert leaning_of(shares, said, CLASSES) == leaning_of(shares[order], said[order], CLASSES)


class TestPersonalised:
    table = np.full((1, len(FEATURES)), np.nan)
    table[0, FEATURES.index("v60_p90")] = 14.0
    table[0, FEATURES.index("cadence_s")] = 5.0

    @pytest.mark.parametrize("temperature", [1.0, 2.0])
    def test_it_says_what_the_leaning_makes_of_the_shares(self, temperature: float) -> None:
        bias = [0.0, 0.1, -0.2, 0.3, 0.0]
        band = {"cadence_s_up_to": None, "temperature": temperature, "bias": bias}
        forest = forest_of(calibration=[band])
        leaning = Leaning({"bus": 900, "car": -400}, 700)
        shares = forest.probabilities(self.table)
        expected = softmax(0.7 * np.log(shares) + np.array([0, 0, -0.4, 0.9, 0]))
        moved = personalised(forest, leaning)
        assert moved.probabilities(self.table) == pytest.approx(expected, abs=1e-9)

    def test_a_forest_without_calibration_gets_one(self) -> None:
        moved = personalised(forest_of(), Leaning({"bus": 500}, 1000))
        before = forest_of().probabilities(self.table)[0]
        after = moved.probabilities(self.table)[0]
        odds = after[BUS] / after[CAR] / (before[BUS] / before[CAR])
        assert odds == pytest.approx(np.exp(0.5))

    def test_only_the_last_stage_moves(self) -> None:
        forest = forest_of()
        near: Trees = trees_of(tuple(step(0, 7.5, 0.0, 0.0) for _ in CLASSES))
        two = type(forest)(
            forest.features, forest.classes, forest.trees, near, forest.settings, "d"
        )
        moved = personalised(two, Leaning({"bus": 500}, 1000))
        assert np.array_equal(moved.probabilities(self.table), two.probabilities(self.table))
        assert "context_calibration" in moved.settings

    def test_its_digest_names_both(self) -> None:
        forest = forest_of()
        digests = {
            forest.digest,
            personalised(forest, AS_IT_IS).digest,
            personalised(forest, Leaning({"bus": 1}, 1000)).digest,
            personalised(forest, Leaning({}, 999)).digest,
        }
        assert len(digests) == 4

    def test_what_no_forest_may_hold_is_refused(self) -> None:
        with pytest.raises(ValueError, match=r"^$"):
            personalised(forest_of(), Leaning({"bus": 99_000}, 1000))
