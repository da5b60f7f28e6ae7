from __future__ import annotations

import numpy as np
import pytest

from training.measure import calibration_error, figures_of


def test_the_figures_of_six_legs_worked_by_hand() -> None:
    truth = ["walk", "walk", "taxi", "bus", "subway", "run"]
    guess = ["walk", "bike", "bike", "bus", "train", "run"]
    metres = np.array([100.0, 100.0, 1000.0, 2000.0, 7000.0, 50.0])
    found = figures_of(truth, guess, np.full(6, 0.6), metres)
    assert found.legs == 5  # running is not scored
    assert found.accuracy == pytest.approx(3 / 5)
    # walk: one hit of two true and one said; car: none; bus and rail whole.
    assert found.f1 == pytest.approx({"walk": 2 / 3, "car": 0.0, "bus": 1.0, "rail": 1.0})
    assert found.macro_f1 == pytest.approx((2 / 3 + 0 + 1 + 1) / 4)
    assert found.by_distance == pytest.approx(9100 / 10200)
    assert found.soft_share == pytest.approx(1000 / 10000)
    assert found.ece == pytest.approx(0.0)
    assert found.confusion["car"] == {"bike": 1}


def test_an_unknown_is_wrong_but_not_soft() -> None:
    found = figures_of(["car"], ["unknown"], np.array([0.3]), np.array([10.0]))
    assert (found.accuracy, found.soft_share, found.unknown_share) == (0.0, 0.0, 1.0)


def test_the_calibration_error_weighs_each_tenth_by_its_legs() -> None:
    right = np.array([True, False, True, True])
    sure = np.array([0.55, 0.55, 0.95, 0.95])
    assert calibration_error(right, sure) == pytest.approx(0.5 * 0.05 + 0.5 * 0.05)


def test_full_confidence_belongs_to_the_last_tenth() -> None:
    assert calibration_error(np.array([True]), np.array([1.0])) == 0.0
