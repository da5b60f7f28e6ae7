"""Promise: other days tell what a leg was, and never make a ride on a bike of a drive."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.track.modes.usual import WAY_LEGS, WAY_ODDS, everybody, together, told

NAMES = ("bike", "car", "bus", "ferry")
OTHERS = everybody(NAMES, [0.3, 0.4, 0.2, 0.1])
BIKE, CAR, BUS, FERRY = range(4)
NOBODY = np.zeros(0, dtype=np.intp)
WAY = (48.0, 2.0, 48.02, 2.0)
"""2.2 km to the north."""


def sure_of(*modes: int, share: float = 0.9) -> np.ndarray:
    shares = np.full((len(modes), 4), (1 - share) / 3)
    shares[np.arange(len(modes)), list(modes)] = share
    return shares


def test_what_two_others_say_worked_by_hand() -> None:
    alone, known = np.array([[0.1, 0.3, 0.5, 0.1]]), sure_of(BUS, CAR)
    found = told(alone, [np.array([0, 1])], known, OTHERS.prior, OTHERS)[0]
    usual = (WAY_LEGS * OTHERS.prior + known[0] + known[1]) / (WAY_LEGS + 2)
    odds = usual / OTHERS.prior
    odds[FERRY] = min(odds[FERRY], 1.0)
    assert found == pytest.approx(alone[0] * odds / np.sum(alone[0] * odds))


def test_who_drove_once_where_bikes_are_usual_drove() -> None:
    """Thirteen days by bike, one by car: the drive is told as it is without them."""
    alone = np.concatenate((sure_of(*[BIKE] * 13), sure_of(CAR, share=0.7)))
    found = together(alone, np.array([WAY] * 14), OTHERS)
    assert found[13, BIKE] <= alone[13, BIKE] + 1e-12
    assert found[13].argmax() == CAR
    assert (found[:13, BIKE] > alone[:13, BIKE]).all()


def test_who_rode_once_where_drives_are_usual_may_have_driven() -> None:
    alone = np.concatenate((sure_of(*[CAR] * 13), sure_of(BIKE, share=0.6)))
    found = together(alone, np.array([WAY] * 14), OTHERS)
    assert found[13, BIKE] < alone[13, BIKE]


def test_no_way_moves_a_mode_more_than_its_bound() -> None:
    alone, known = np.full((1, 4), 0.25), sure_of(*[BUS] * 1000, share=0.9999)
    found = told(alone, [np.arange(1000)], known, OTHERS.prior, OTHERS)[0]
    odds = found / OTHERS.prior
    assert odds[BUS] / odds[CAR] <= WAY_ODDS**2 * OTHERS.prior[CAR] / OTHERS.prior[BUS]


def test_a_rare_mode_is_not_raised_by_others_that_look_a_little_like_it() -> None:
    alone = np.array([[0.1, 0.5, 0.1, 0.3]] * 3)
    found = together(alone, np.array([WAY] * 3), OTHERS)
    assert (found[:, FERRY] <= alone[:, FERRY]).all()


def test_without_others_and_without_legs() -> None:
    alone = sure_of(CAR)
    assert told(alone, [NOBODY], alone, OTHERS.prior, OTHERS) == pytest.approx(alone)
    assert together(np.zeros((0, 4)), np.zeros((0, 4)), OTHERS).shape == (0, 4)


@given(st.permutations(range(7)), st.integers(0, 1000))
def test_the_order_of_the_legs_changes_nothing(order: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    ends = np.array([WAY, WAY[::-1]])[rng.integers(0, 2, 7)]
    alone = rng.dirichlet(np.ones(4), 7)
    found = together(alone, ends, OTHERS)
    assert np.array_equal(together(alone[order], ends[order], OTHERS), found[order])


@given(st.integers(0, 10_000))
def test_probabilities_stay_probabilities_and_no_drive_becomes_less_of_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    alone = rng.dirichlet(np.full(4, 0.3), 9)
    found = together(alone, np.array([WAY] * 9), OTHERS)
    assert found.sum(axis=1) == pytest.approx(1.0)
    assert (found >= 0).all()
    drives = alone[:, 1:].sum(axis=1) > 0.5
    assert (found[drives, BIKE] <= alone[drives, BIKE] + 1e-12).all()
