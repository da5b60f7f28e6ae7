"""Promise: what labels name is also taught as our own cuts find it, where one mode covers it."""

from __future__ import annotations

from geowallet.app.travel.found_legs import found_legs
from geowallet.track.modes.truth import Label
from tests.track.synthetic import MONDAY_US, Traveller


def at_us(seconds: float) -> int:
    return MONDAY_US + round(seconds * 1_000_000)


DAY = Traveller(seed=3).stay(900).go(8000, 12.0).stay(1200).go(9000, 12.0).stay(900).fixes()
RIDES_S = ((900, 1567), (2767, 3517))


def test_a_leg_has_the_mode_that_covers_most_of_it() -> None:
    walk = Label(at_us(RIDES_S[0][0] - 30), at_us(RIDES_S[0][0] + 60), "walk")
    bus = Label(at_us(RIDES_S[0][0] + 60), at_us(RIDES_S[0][1] + 30), "bus")
    found = found_legs(DAY, [bus, walk])
    assert found.modes == ("bus",)
    assert abs(int(found.bounds_us[0, 0]) - at_us(900)) < 60_000_000
    assert abs(found.metres[0] - 8000) < 400


def test_a_walk_that_a_diary_swallowed_teaches_nothing() -> None:
    way = Traveller(seed=4).stay(900).go(8000, 12.0).go(500, 1.3).go(9000, 12.0).stay(900).fixes()
    ride = Label(at_us(0), at_us(4_000), "bus")
    assert found_legs(way, [ride]).modes == ("bus", "bus")
    walk = Label(at_us(1_567), at_us(1_952), "walk")
    after = Label(at_us(1_952), at_us(4_000), "bus")
    assert found_legs(way, [ride, walk, after]).modes == ("bus", "walk", "bus")


def test_a_leg_of_two_modes_or_of_none_teaches_nothing() -> None:
    half_s = sum(RIDES_S[0]) / 2
    two = [
        Label(at_us(RIDES_S[0][0]), at_us(half_s), "tram"),
        Label(at_us(half_s), at_us(RIDES_S[0][1]), "bus"),
    ]
    found = found_legs(DAY, two)
    assert (found.modes, found.bounds_us.shape, len(found.metres)) == ((), (0, 2), 0)
