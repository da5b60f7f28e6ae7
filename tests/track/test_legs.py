from __future__ import annotations

import pytest

from geowallet.model.mobility import Mode, Trip
from geowallet.track.legs import Span, straight_on
from geowallet.track.motion import path_of
from geowallet.track.pipeline import analyse
from tests.track.synthetic import Traveller


def only_trip(traveller: Traveller) -> Trip:
    (trip,) = analyse([traveller.sourced()]).trips
    return trip


def kinds(trip: Trip) -> list[str]:
    return ["walk" if leg.mode is Mode.WALK else "ride" for leg in trip.legs]


@pytest.mark.parametrize("every_s", [1, 5, 15])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_walk_train_walk_gives_three_legs(every_s: float, seed: int) -> None:
    trip_made = Traveller(seed=seed).stay(3600, every_s=300).go(600, 1.4, every_s=every_s)
    trip_made.stay(180, every_s=30).go(24_000, 30.0, every_s=every_s)
    trip_made.go(500, 1.3, heading_deg=0, every_s=every_s).stay(3600)
    trip = only_trip(trip_made)
    assert kinds(trip) == ["walk", "ride", "walk"]
    assert trip.legs[1].distance_m == pytest.approx(24_000, rel=0.01)
    assert trip.legs[0].distance_m == pytest.approx(600, abs=60)


def test_legs_follow_each_other_without_hole_or_overlap() -> None:
    trip = only_trip(Traveller().stay(3600).go(900, 1.4).go(9000, 15.0).go(700, 1.4).stay(3600))
    assert trip.legs[0].start_us == trip.start_us
    assert trip.legs[-1].end_us == trip.end_us
    assert [a.end_us for a in trip.legs[:-1]] == [b.start_us for b in trip.legs[1:]]


def test_a_jam_is_no_walk() -> None:
    drive = Traveller().stay(3600).go(5000, 14.0)
    for _ in range(12):
        drive.go(30, 3.0, every_s=3).stay(15, every_s=3)
    assert kinds(only_trip(drive.go(5000, 14.0).stay(3600))) == ["ride"]


@pytest.mark.parametrize(
    ("metres", "heading_deg", "expected"),
    [
        (340, 90, ["ride"]),
        (340, 0, ["ride", "walk", "ride"]),
        (460, 90, ["ride", "walk", "ride"]),
    ],
    ids=["straight on", "another way on", "for longer than a jam lasts"],
)
def test_who_creeps_at_a_walking_pace_and_goes_straight_on_has_not_changed(
    metres: float, heading_deg: float, expected: list[str]
) -> None:
    drive = Traveller().stay(3600).zigzag(9000, 14.0, block_m=600, every_s=5)
    drive.go(600, 14.0).go(metres, 1.35).go(600, 14.0, heading_deg=heading_deg)
    drive.zigzag(9000, 14.0, block_m=600, every_s=5).stay(3600)
    assert kinds(only_trip(drive)) == expected


class TestStraightOn:
    """Promise: "whether a short walk between two rides keeps to their line"."""

    @pytest.mark.parametrize(
        ("ways", "expected"),
        [
            ([(400, 10, 90), (200, 1.3, 90), (400, 10, 90)], True),
            ([(400, 10, 90), (200, 1.3, 90), (400, 10, 60)], True),
            ([(400, 10, 90), (200, 1.3, 90), (400, 10, 30)], False),
            ([(400, 10, 90), (200, 1.3, 90), (400, 10, 270)], False),
            ([(400, 10, 90), (130, 1.3, 0), (130, 1.3, 180), (400, 10, 90)], False),
            ([(40, 10, 90), (200, 1.3, 90), (400, 10, 90)], False),
            ([(400, 10, 90), (400, 1.3, 90), (400, 10, 90)], False),
        ],
        ids=["on", "a bend", "a corner", "back", "aside", "a short way", "long"],
    )
    def test_asks_where_the_rides_lead_and_how_far_the_walk_goes_aside(
        self, ways: list[tuple[float, float, float]], *, expected: bool
    ) -> None:
        traveller, edges = Traveller(noise_m=0.0), [0]
        for metres, mps, heading_deg in ways:
            traveller.go(metres, mps, heading_deg=heading_deg, every_s=2)
            edges.append(len(traveller.rows) - 1)
        before, after = (Span(a, b, on_foot=False) for a, b in (edges[:2], edges[-2:]))
        walk = Span(edges[1], edges[-2], on_foot=True)
        assert straight_on(path_of(traveller.fixes()), before, walk, after) is expected


def test_a_short_sprint_within_a_walk_is_still_a_walk() -> None:
    walk = Traveller().stay(3600).go(500, 1.4).go(100, 4.0).go(500, 1.4).stay(3600)
    assert kinds(only_trip(walk)) == ["walk"]


def test_a_bike_ridden_to_the_platform_is_parted_from_the_train() -> None:
    way = Traveller().stay(3600).zigzag(3000, 5.0, block_m=500, every_s=5).stay(300, every_s=10)
    trip = only_trip(way.go(25_000, 30.0).stay(3600))
    assert [leg.distance_m > 10_000 for leg in trip.legs] == [False, True]
    assert trip.legs[0].mode is Mode.BIKE


def test_a_silence_while_riding_is_gap_metres_and_not_distance() -> None:
    ride = Traveller().stay(3600).go(10_000, 20.0).silence(300).jump_to(16_000, 0)
    trip = only_trip(ride.go(10_000, 20.0).stay(3600))
    assert trip.gap_m == pytest.approx(6000, rel=0.03)
    assert trip.distance_m == pytest.approx(20_000, rel=0.01)
    assert trip.legs[0].gap_s == pytest.approx(300, abs=10)
