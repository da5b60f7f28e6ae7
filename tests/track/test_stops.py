from __future__ import annotations

import pytest

from geowallet.model.mobility import Stop, StopKind, Trip
from geowallet.track.motion import Windows, path_of
from geowallet.track.pipeline import analyse
from geowallet.track.stops import SMOOTH_S, find_stays, hidden_stays, still
from tests.track.synthetic import Traveller


def stops_of(traveller: Traveller) -> tuple[Stop, ...]:
    return analyse([traveller.sourced()]).stops


def trips_of(traveller: Traveller) -> tuple[Trip, ...]:
    return analyse([traveller.sourced()]).trips


def test_a_stay_of_ten_minutes_separates_trips() -> None:
    day = Traveller().go(3000, 10.0).stay(900, every_s=60).go(3000, 10.0)
    assert [stop.is_activity for stop in stops_of(day)] == [True]
    assert len(trips_of(day)) == 2


def test_three_minutes_on_a_platform_do_not() -> None:
    day = Traveller().go(3000, 10.0).stay(200, every_s=20).go(3000, 10.0)
    assert [stop.is_activity for stop in stops_of(day)] == [False]
    assert len(trips_of(day)) == 1


def test_a_red_light_is_no_stop() -> None:
    day = Traveller().go(3000, 10.0).stay(60, every_s=5).go(3000, 10.0)
    assert stops_of(day) == ()


def test_a_slow_walk_is_no_stop() -> None:
    assert stops_of(Traveller().go(1500, 0.9)) == ()


def test_roaming_in_a_building_stays_one_stop() -> None:
    day = Traveller(noise_m=6.0).stay(1800, every_s=60)
    day.go(60, 1.2).stay(1200, every_s=60).go(60, 1.2, heading_deg=270).stay(1800, every_s=60)
    assert len(stops_of(day)) == 1
    assert trips_of(day) == ()


def test_a_silence_in_one_place_is_a_stop() -> None:
    day = Traveller().go(3000, 10.0).silence(3600).go(3000, 10.0)
    (stop,) = stops_of(day)
    assert stop.end_us - stop.start_us == pytest.approx(3600e6, rel=0.02)
    assert len(trips_of(day)) == 2


def test_a_night_without_a_fix_is_a_stop_without_fixes() -> None:
    day = Traveller().go(3000, 10.0).silence(9 * 3600).go(3000, 10.0)
    (stop,) = [stop for stop in stops_of(day) if stop.n_fixes == 0]
    assert stop.is_activity
    assert stop.end_us - stop.start_us == pytest.approx(9 * 3600e6, rel=0.01)


def test_a_night_that_ends_elsewhere_is_no_stop() -> None:
    day = Traveller().go(3000, 10.0).silence(9 * 3600).jump_to(50_000, 0).go(3000, 10.0)
    assert stops_of(day) == ()


def test_a_departure_noticed_late_does_not_lengthen_the_trip() -> None:
    day = Traveller().go(3000, 10.0).stay(7000, every_s=600).jump_to(3120, 0).go(3000, 10.0)
    first, second = trips_of(day)
    assert second.start_us - first.end_us > 6000e6
    assert second.distance_m == pytest.approx(3000, rel=0.03)


def test_a_long_silence_with_displacement_hides_a_stay() -> None:
    day = Traveller().go(3000, 10.0).silence(5400).jump_to(9000, 0).go(3000, 10.0)
    path = path_of(day.fixes())
    assert len(hidden_stays(path)) == 1
    smooth = Windows(path).smoothed(SMOOTH_S)
    assert find_stays(path, still(path, smooth), smooth) == ()
    trips = trips_of(day)
    assert len(trips) == 2
    # The last fix of each way lies 50 m before its end: a fix each 5 s, 0 to 295 s.
    assert sum(trip.distance_m for trip in trips) == pytest.approx(5900, rel=0.01)


class TestShortActivity:
    """Promise: who comes for a stop of minutes and goes back made two trips."""

    def test_a_child_taken_to_school_on_foot_makes_two_trips(self) -> None:
        school = Traveller().stay(3600).go(900, 1.3).stay(300, every_s=20)
        school.go(900, 1.3, heading_deg=270).stay(3600)
        assert len(analyse([school.sourced()]).trips) == 2

    @pytest.mark.parametrize("every_s", [1, 5, 20])
    def test_bread_fetched_by_car_makes_two_trips(self, every_s: float) -> None:
        bread = Traveller().stay(3600).go(3000, 10.0, every_s=every_s).stay(240, every_s=every_s)
        bread.go(3000, 10.0, heading_deg=270, every_s=every_s).stay(3600)
        assert len(analyse([bread.sourced()]).trips) == 2

    @pytest.mark.parametrize("seconds", [240, 500])
    def test_a_wait_on_the_platform_is_on_the_way(self, seconds: float) -> None:
        ride = Traveller().stay(3600).go(600, 1.4).stay(seconds, every_s=10)
        (trip,) = analyse([ride.go(9000, 20.0).stay(3600).sourced()]).trips
        assert len(trip.legs) == 2

    def test_a_level_crossing_is_on_the_way_even_round_a_corner(self) -> None:
        drive = Traveller().stay(3600).go(3000, 12.0).stay(300, every_s=5)
        found = analyse([drive.go(3000, 12.0, heading_deg=0).stay(3600).sourced()])
        assert len(found.trips) == 1
        assert [stop.kind for stop in found.stops if stop.n_fixes][1] is StopKind.PAUSE

    def test_a_bus_that_goes_back_the_way_is_waited_for(self) -> None:
        bus = Traveller().stay(3600).go(600, 1.4).stay(300, every_s=10)
        bus.go(9000, 12.0, heading_deg=270)
        assert len(analyse([bus.stay(3600).sourced()]).trips) == 1

    def test_a_turn_without_a_stop_parts_nothing(self) -> None:
        walk = Traveller().stay(3600).go(900, 1.3).stay(100, every_s=10)
        walk.go(900, 1.3, heading_deg=270).stay(3600)
        assert len(analyse([walk.sourced()]).trips) == 1
