from __future__ import annotations

import pytest

from geowallet.model.mobility import Leg, Mode, Point, Sureness, Trip


def leg(start_us: int, mode: Mode, metres: float, gap_m: float = 0.0) -> Leg:
    return Leg(start_us, start_us + 10, mode, 0.9, (), metres, 1.0, gap_m, 0.0, 5)


@pytest.mark.parametrize(
    ("confidence", "word"),
    [(1.0, "sure"), (0.9, "sure"), (0.89, "likely"), (0.7, "likely"), (0.69, "unsure")],
)
def test_a_probability_has_a_word(confidence: float, word: str) -> None:
    assert Sureness.of(confidence) == word


def test_sureness_is_ordered() -> None:
    assert Sureness.SURE.at_least(Sureness.LIKELY)
    assert Sureness.LIKELY.at_least(Sureness.LIKELY)
    assert not Sureness.UNSURE.at_least(Sureness.LIKELY)


def test_a_trip_adds_up_its_legs_and_is_named_by_the_longest() -> None:
    legs = (leg(0, Mode.WALK, 400), leg(10, Mode.TRAIN, 9000, 120.0), leg(20, Mode.WALK, 300))
    trip = Trip("t", 0, 30, legs, Point(48, 2), Point(48, 2), ())
    assert trip.distance_m == 9700
    assert trip.gap_m == 120.0
    assert trip.main_leg.mode is Mode.TRAIN


def test_of_two_equal_legs_the_first_names_the_trip() -> None:
    legs = (leg(0, Mode.BIKE, 400), leg(10, Mode.CAR, 400))
    assert Trip("t", 0, 20, legs, Point(48, 2), Point(48, 2), ()).main_leg.mode is Mode.BIKE
