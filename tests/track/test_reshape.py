from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.model.fixes import Fixes, FixFlag, fixes_from
from geowallet.model.mobility import Gap, GapKind, Leg, Mode, Point, Trip
from geowallet.track.reshape import Cut, Join, falls_into, measured, reshaped
from geowallet.track.trips import trip_id

MINUTE = 60_000_000
LYON, VIENNE, GRENOBLE = Point(45.76, 4.83), Point(45.52, 4.87), Point(45.19, 5.72)


def leg(start_min: float, end_min: float, mode: Mode = Mode.CAR, metres: float = 9_000.0) -> Leg:
    span = int(start_min * MINUTE), int(end_min * MINUTE)
    return Leg(*span, mode, 0.9, (), metres, 90.0, 300.0, 120.0, 60)


def trip(*legs: Leg, start: Point = LYON, end: Point = VIENNE) -> Trip:
    span = legs[0].start_us, legs[-1].end_us
    return Trip(trip_id(*span), *span, legs, start, end, ("a" * 64,))


def cut(at_min: float, share: float = 0.5) -> Cut:
    return Cut(int(at_min * MINUTE), GRENOBLE, (share, share, share, share))


def join(from_min: float, to_min: float) -> Join:
    return Join(int(from_min * MINUTE), int(to_min * MINUTE))


class TestCuts:
    def test_a_leg_under_way_is_shared_out_as_measured(self) -> None:
        first, second = reshaped([trip(leg(0, 30))], [cut(10, 0.25)], [])
        assert (first.distance_m, second.distance_m) == (2_250.0, 6_750.0)
        assert (first.gap_m, second.gap_m) == (75.0, 225.0)
        assert [part.legs[0].n_fixes for part in (first, second)] == [15, 45]
        assert first.end == second.start == GRENOBLE
        assert first.end_us == second.start_us == 10 * MINUTE

    def test_gaps_and_doubted_fixes_go_to_the_part_they_belong_to(self) -> None:
        gaps = tuple(
            Gap(a * MINUTE, b * MINUTE, metres, GapKind.COVERED)
            for a, b, metres in ((2, 4, 70.0), (8, 16, 200.0))
        )
        marked = replace(leg(0, 30), gaps=gaps, set_aside=(("jump", 3), ("poor_accuracy", 1)))
        first, second = (t.legs[0] for t in reshaped([trip(marked)], [cut(10)], []))
        assert [(g.start_us // MINUTE, g.end_us // MINUTE, g.metres) for g in first.gaps] == [
            (2, 4, 70.0),
            (8, 10, 50.0),
        ]
        assert [(g.start_us // MINUTE, g.end_us // MINUTE, g.metres) for g in second.gaps] == [
            (10, 16, 150.0)
        ]
        assert dict(first.set_aside)["jump"] + dict(second.set_aside)["jump"] == 3

    def test_variances_add_up_to_that_of_the_leg(self) -> None:
        parts = reshaped([trip(leg(0, 30))], [cut(10, 0.25), cut(20, 0.4)], [])
        assert sum(p.legs[0].distance_sd_m ** 2 for p in parts) == pytest.approx(90.0**2)

    def test_between_legs_each_keeps_its_own(self) -> None:
        whole = trip(leg(0, 10, Mode.WALK), leg(10, 30))
        first, second = reshaped([whole], [cut(10)], [])
        assert (first.legs, second.legs) == (whole.legs[:1], whole.legs[1:])

    def test_parts_are_named_by_their_own_instants(self) -> None:
        first, second = reshaped([trip(leg(0, 30))], [cut(10)], [])
        assert first.id == trip_id(0, 10 * MINUTE)
        assert second.id == trip_id(10 * MINUTE, 30 * MINUTE)

    @pytest.mark.parametrize("at_min", [-5, 0, 0.5, 29.5, 30, 99])
    def test_an_instant_at_the_edge_or_outside_cuts_nothing(self, at_min: float) -> None:
        whole = trip(leg(0, 30))
        assert reshaped([whole], [cut(at_min)], []) == (whole,)
        assert not falls_into(int(at_min * MINUTE), whole)

    def test_other_trips_are_left_alone(self) -> None:
        other = trip(leg(60, 90))
        assert reshaped([trip(leg(0, 30)), other], [cut(10)], [])[-1] is other

    @given(st.lists(st.tuples(st.floats(-5, 65), st.floats(0, 1)), max_size=6))
    def test_no_metre_is_gained_or_lost(self, said: list[tuple[float, float]]) -> None:
        """However shares and instants disagree, for example after another analysis."""
        whole = trip(leg(0, 20), leg(20, 60, Mode.WALK, 700.0))
        parts = reshaped([whole], [cut(*one) for one in said], [])
        assert sum(p.distance_m for p in parts) == pytest.approx(whole.distance_m)
        assert sum(p.gap_m for p in parts) == pytest.approx(whole.gap_m)
        assert all(leg.distance_m >= 0 for part in parts for leg in part.legs)
        ends = [end for part in parts for end in (part.start_us, part.end_us)]
        assert ends == sorted(ends)
        assert (ends[0], ends[-1]) == (whole.start_us, whole.end_us)


class TestJoins:
    def test_neighbours_become_one_with_all_their_legs(self) -> None:
        before, after = trip(leg(0, 10)), trip(leg(25, 40), start=VIENNE, end=GRENOBLE)
        (one,) = reshaped([before, after], [], [join(10, 25)])
        assert one.id == trip_id(0, 40 * MINUTE)
        assert one.distance_m == before.distance_m + after.distance_m
        assert (one.start, one.end) == (LYON, GRENOBLE)
        assert one.gap_m == before.gap_m + after.gap_m

    def test_the_way_between_them_is_a_gap_and_never_travelled(self) -> None:
        """Lyon to Grenoble is some 94 km as the crow flies."""
        before, after = trip(leg(0, 10), end=LYON), trip(leg(100, 140), start=GRENOBLE)
        (one,) = reshaped([before, after], [], [join(10, 100)])
        assert one.distance_m == 18_000.0
        assert one.gap_m - 600.0 == pytest.approx(94_000.0, rel=0.02)
        assert one.legs[0].gap_s == pytest.approx(120.0 + 90 * 60)
        (way,) = one.legs[0].gaps
        assert (way.start_us, way.end_us, way.kind) == (10 * MINUTE, 100 * MINUTE, GapKind.OFF)

    def test_a_pause_that_moved_a_little_is_the_same(self) -> None:
        moved = [trip(leg(0, 12)), trip(leg(27, 40))]
        assert len(reshaped(moved, [], [join(10, 25)])) == 1

    def test_a_pause_that_is_far_longer_is_another(self) -> None:
        """The trips of that morning are gone; yesterday and tomorrow stay apart."""
        apart = [trip(leg(0, 12)), trip(leg(500, 540))]
        assert len(reshaped(apart, [], [join(20, 35)])) == 2

    def test_a_pause_elsewhere_joins_nothing(self) -> None:
        two = [trip(leg(0, 10)), trip(leg(25, 40))]
        assert reshaped(two, [], [join(41, 60)]) == tuple(two)

    def test_a_part_may_be_joined_to_a_neighbour(self) -> None:
        two = [trip(leg(0, 30)), trip(leg(45, 60), start=VIENNE)]
        first, second = reshaped(two, [cut(10)], [join(30, 45)])
        assert (first.end_us, second.start_us) == (10 * MINUTE, 10 * MINUTE)
        assert second.end_us == 60 * MINUTE


class TestMeasured:
    def fixes(self, *, gap_min: tuple[int, int] = (0, 0)) -> Fixes:
        """A fix a minute going north, 100 m each in the first ten and 300 m each after."""
        minutes = [m for m in range(31) if not gap_min[0] < m < gap_min[1]]
        north_m = np.array([m * 100 if m <= 10 else 1_000 + (m - 10) * 300 for m in minutes])
        time_us = np.array(minutes, dtype=np.int64) * MINUTE
        return fixes_from(time_us, 45.0 + north_m / 111_195.0, np.full(len(minutes), 4.83))

    def test_the_metres_before_are_those_that_were_travelled(self) -> None:
        found = measured(10 * MINUTE, trip(leg(0, 30)), self.fixes())
        assert found.shares[0] == pytest.approx(1_000 / 7_000, abs=1e-4)
        assert found.shares[3] == pytest.approx(10 / 31, abs=1e-9)
        assert found.where.lat_deg == pytest.approx(45.0 + 1_000 / 111_195.0)

    def test_between_two_fixes_the_step_is_shared_by_time(self) -> None:
        at_us = 10 * MINUTE + MINUTE // 2
        found = measured(at_us, trip(leg(0, 30)), self.fixes())
        assert found.shares[0] == pytest.approx(1_150 / 7_000, abs=1e-4)

    def test_a_gap_is_no_travelled_metre(self) -> None:
        """From minute 2 to minute 29 there is nothing: what counts is the rest."""
        fixes = self.fixes(gap_min=(2, 29))
        found = measured(10 * MINUTE, trip(leg(0, 30)), fixes)
        assert found.shares[0] == pytest.approx(200 / 500, abs=1e-3)
        assert found.shares[2] == pytest.approx(8 / 27)

    def test_flagged_fixes_do_not_count(self) -> None:
        clean = self.fixes()
        doubted = np.zeros(31, dtype=np.bool_)
        doubted[5] = True
        wild = replace(clean, lat_deg=np.where(doubted, 46.0, clean.lat_deg))
        found = measured(10 * MINUTE, trip(leg(0, 30)), wild.with_flag(doubted, FixFlag.JUMP))
        assert found.shares[0] == pytest.approx(1_000 / 7_000, abs=1e-4)

    def test_without_a_fix_of_the_trip_it_is_a_mistake(self) -> None:
        with pytest.raises(ValueError, match="no fix"):
            measured(1_000 * MINUTE, trip(leg(990, 1_020)), self.fixes())
