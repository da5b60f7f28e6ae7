from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geowallet.model.mobility import Leg, Mode, Point, Trip
from geowallet.model.trip_columns import MODES, columns_of


def _leg(start_us: int, metres: float, mode: Mode = Mode.CAR) -> Leg:
    return Leg(start_us, start_us + 5, mode, 0.9, (), metres, 1.0, 0.0, 0.0, 3)


def _trip(name: str, *legs: Leg) -> Trip:
    start, end = Point(48.0, 2.0), Point(49.0, 3.0)
    return Trip(name, legs[0].start_us, legs[-1].end_us, legs, start, end, ())


WALK_RIDE_WALK = _trip("a", _leg(0, 300, Mode.WALK), _leg(10, 9_000), _leg(20, 80, Mode.WALK))
DRIVE = _trip("b", _leg(40, 700))
EQUALS = _trip("c", _leg(60, 500, Mode.BUS), _leg(60, 500), _leg(70, 500, Mode.TRAM))


def test_every_leg_lies_beside_its_trip() -> None:
    found = columns_of([WALK_RIDE_WALK, DRIVE])
    assert (found.ids, found.legs.tolist()) == (("a", "b"), [3, 1])
    assert (found.first_leg().tolist(), found.trip_of_leg().tolist()) == ([0, 3], [0, 0, 0, 1])
    assert [MODES[number] for number in found.leg_mode] == ["walk", "car", "walk", "car"]


def test_the_main_leg_is_the_longest_the_first_of_equals() -> None:
    trips = [WALK_RIDE_WALK, DRIVE, EQUALS]
    found = columns_of(trips)
    assert found.main_leg().tolist() == [1, 3, 4]
    assert [MODES[found.leg_mode[n]] for n in found.main_leg()] == [t.main_leg.mode for t in trips]


def test_no_trips_are_columns_too() -> None:
    assert (len(columns_of([])), columns_of([]).main_leg().tolist()) == (0, [])


def test_what_is_taken_keeps_its_legs() -> None:
    found = columns_of([DRIVE, EQUALS, WALK_RIDE_WALK]).taken(np.array([True, False, True]))
    assert repr(found) == repr(columns_of([DRIVE, WALK_RIDE_WALK]))


class TestTripColumns:
    """Promise: "Columns of different length, a trip without legs, an unknown mode"."""

    GOOD = columns_of([WALK_RIDE_WALK, DRIVE])

    def test_columns_of_another_length_are_refused(self) -> None:
        with pytest.raises(ValueError, match="belong together"):
            replace(self.GOOD, start_us=self.GOOD.start_us[1:])
        with pytest.raises(ValueError, match="belong together"):
            replace(self.GOOD, leg_confidence=self.GOOD.leg_confidence[1:])

    @pytest.mark.parametrize("legs", [[4, 0], [5, -1], [3, 2]])
    def test_legs_that_do_not_share_out_are_refused(self, legs: list[int]) -> None:
        with pytest.raises(ValueError, match="belong together"):
            replace(self.GOOD, legs=np.array(legs))

    def test_an_unknown_mode_is_refused(self) -> None:
        with pytest.raises(ValueError, match="unknown mode"):
            replace(self.GOOD, leg_mode=np.full(4, len(MODES), dtype=np.uint8))
