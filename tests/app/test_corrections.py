from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from geowallet.app.travel.corrections import SAID, Correction, covering, with_modes, with_purposes
from geowallet.model.mobility import DescribedTrip, Leg, Mode, Point, Purpose, Trip

HOUR = 3_600_000_000
LYON = Point(45.76, 4.83)


def _leg(start_us: int, end_us: int, mode: Mode = Mode.BUS) -> Leg:
    return Leg(start_us, end_us, mode, 0.54, ((Mode.TRAM, 0.38),), 3_800.0, 40.0, 0.0, 0.0, 120)


def _trip(*legs: Leg) -> Trip:
    return Trip("t000000000001", legs[0].start_us, legs[-1].end_us, legs, LYON, LYON, ())


def _described(trip: Trip) -> DescribedTrip:
    return DescribedTrip(trip, "2026-05-05", 480, 540, Purpose.PRIVATE, None, None)


def _said(start_us: int, end_us: int, mode: Mode, at_us: int = 0) -> Correction:
    return Correction(start_us, end_us, mode, None, at_us)


class TestWithModes:
    def test_the_word_stands_and_the_guess_is_kept(self) -> None:
        trip = _trip(_leg(0, HOUR))
        (corrected,) = with_modes([trip], [_said(0, HOUR, Mode.TRAM)])
        leg = corrected.legs[0]
        assert (leg.mode, leg.confidence, leg.reasons) == (Mode.TRAM, 1.0, (SAID,))
        assert leg.alternatives == ((Mode.BUS, 0.54), (Mode.TRAM, 0.38))
        assert leg.distance_m == 3_800.0

    def test_other_legs_are_untouched(self) -> None:
        trip = _trip(_leg(0, HOUR), _leg(HOUR, 2 * HOUR, Mode.WALK))
        (corrected,) = with_modes([trip], [_said(0, HOUR, Mode.TRAM)])
        assert corrected.legs[1] == trip.legs[1]

    def test_it_holds_after_another_cut_of_the_same_ride(self) -> None:
        """A later import moves the ends by some minutes."""
        moved = _trip(_leg(HOUR // 10, HOUR + HOUR // 10))
        (corrected,) = with_modes([moved], [_said(0, HOUR, Mode.TRAM)])
        assert corrected.legs[0].mode is Mode.TRAM

    def test_it_does_not_hold_where_it_covers_less_than_half(self) -> None:
        longer = _trip(_leg(0, 3 * HOUR))
        (same,) = with_modes([longer], [_said(0, HOUR, Mode.TRAM)])
        assert same == longer

    def test_the_later_word_wins(self) -> None:
        said = [_said(0, HOUR, Mode.TRAM, 1), _said(1, HOUR, Mode.SUBWAY, 2)]
        (corrected,) = with_modes([_trip(_leg(0, HOUR))], said)
        assert corrected.legs[0].mode is Mode.SUBWAY

    @given(st.lists(st.tuples(st.integers(0, 10), st.integers(1, 5)), max_size=6))
    def test_no_metre_and_no_leg_is_gained_or_lost(self, spans: list[tuple[int, int]]) -> None:
        trip = _trip(*(_leg(n * HOUR, (n + 1) * HOUR) for n in range(8)))
        said = [_said(a * HOUR, (a + n) * HOUR, Mode.CAR, k) for k, (a, n) in enumerate(spans)]
        (corrected,) = with_modes([trip], said)
        assert corrected.distance_m == trip.distance_m
        assert [leg.start_us for leg in corrected.legs] == [leg.start_us for leg in trip.legs]


class TestWithPurposes:
    def test_a_purpose_that_was_said_marks_the_trip(self) -> None:
        said = [Correction(0, HOUR, None, Purpose.BUSINESS, 0)]
        (found,) = with_purposes([_described(_trip(_leg(0, HOUR)))], said)
        assert (found.purpose, found.by_owner) == (Purpose.BUSINESS, True)

    def test_a_corrected_leg_marks_its_trip(self) -> None:
        said = [_said(0, HOUR, Mode.TRAM)]
        trips = with_modes([_trip(_leg(0, HOUR))], said)
        (found,) = with_purposes([_described(trips[0])], said)
        assert (found.purpose, found.by_owner) == (Purpose.PRIVATE, True)

    def test_nothing_said_changes_nothing(self) -> None:
        described = _described(_trip(_leg(0, HOUR)))
        assert with_purposes([described], []) == [described]
        assert with_purposes([replace(described, day="2026-05-06")], [])[0].by_owner is False


def test_only_what_touches_a_trip_covers_it() -> None:
    said = [_said(0, HOUR, Mode.TRAM), _said(5 * HOUR, 6 * HOUR, Mode.CAR)]
    assert covering(said, _trip(_leg(0, HOUR))) == said[:1]
