from __future__ import annotations

import numpy as np
import pytest

from geowallet.model.mobility import Mode
from geowallet.track.modes.features import FEATURES
from geowallet.track.modes.figures import (
    NAMES,
    calibration_error,
    family_name,
    figures_of,
    guesses_of,
)
from tests.track.modes.forests import CLASSES, forest_of


def test_every_mode_has_a_family_and_others_have_none() -> None:
    found = {mode: family_name(mode) for mode in Mode}
    assert {found[Mode.RUN], found[Mode.E_SCOOTER], found[Mode.TRAM]} == {"foot", "bike", "rail"}
    assert [mode for mode, name in found.items() if name == "unknown"] == ["other", "unknown"]
    assert set(found.values()) == {*NAMES, "unknown"}


def test_figures_are_those_worked_out_by_hand() -> None:
    """Four of six right; foot F1 2/3, car 2/3, rail 1; 100 of 1,000 motorised metres soft."""
    truth = ["foot", "foot", "car", "car", "rail", "car"]
    guess = ["foot", "unknown", "car", "foot", "rail", "car"]
    found = figures_of(truth, guess, np.full(6, 0.5), np.array([50, 50, 300, 100, 500, 100]))
    assert found.legs == 6
    assert found.accuracy == pytest.approx(4 / 6)
    assert found.macro_f1 == pytest.approx((2 * 1 / 4 + 2 * 2 / 5 + 1) / 3)
    assert found.soft_share == pytest.approx(0.1)
    assert found.unknown_share == pytest.approx(1 / 6)
    assert found.ece == pytest.approx(1 / 6)
    assert found.confusion["car"] == {"foot": 1, "car": 2}


def test_no_motorised_leg_is_no_false_claim() -> None:
    assert figures_of(["foot"], ["bike"], np.ones(1), np.ones(1)).soft_share == 0


def test_promises_that_are_kept_have_no_error() -> None:
    right = np.array([True, True, True, False])
    assert calibration_error(right, np.full(4, 0.75)) == pytest.approx(0)
    assert calibration_error(right, np.ones(4)) == pytest.approx(0.25)


def test_guesses_heed_physics_and_the_least_confidence() -> None:
    table = np.full((3, len(FEATURES)), np.nan)
    table[:, FEATURES.index("v60_p90")] = [1.0, 30.0, 1.0]
    shares = np.array([[0.9, 0.1, 0, 0, 0], [0.8, 0, 0.2, 0, 0], [0.3, 0.3, 0.2, 0.1, 0.1]])
    assert shares.shape[1] == len(CLASSES)
    names, probability = guesses_of(shares, table, forest_of())
    assert names == ["foot", "car", "unknown"]
    assert probability[0] == pytest.approx(0.9)
