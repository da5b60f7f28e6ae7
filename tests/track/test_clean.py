from __future__ import annotations

import numpy as np
from hypothesis import given

from geowallet.model.fixes import Fixes, FixFlag, fixes_from
from geowallet.track.clean import (
    flag_coarse,
    flag_duplicates,
    flag_jumps,
    flag_repeated,
    flag_single,
)
from tests.strategies import fixes as any_fixes
from tests.track.synthetic import METRE_DEG, MONDAY_US, Traveller


def flagged(fixes: Fixes, flag: FixFlag) -> list[int]:
    return np.flatnonzero(~fixes.unflagged(flag)).tolist()


def moved(fixes: Fixes, index: int, metres: float) -> Fixes:
    lat = fixes.lat_deg.copy()
    lat[index] += metres * METRE_DEG
    return fixes_from(fixes.time_us.copy(), lat, fixes.lon_deg.copy())


class TestEveryStage:
    """Promise: cleaning flags, and never deletes."""

    @given(any_fixes())
    def test_keeps_every_fix_where_it_was(self, fixes: Fixes) -> None:
        for clean in (flag_single, flag_duplicates, flag_jumps):
            after = clean(fixes)
            for before_column, column in zip(
                fixes.columns()[:-1], after.columns()[:-1], strict=True
            ):
                np.testing.assert_array_equal(before_column, column)

    @given(any_fixes())
    def test_adds_flags_and_takes_none_away(self, fixes: Fixes) -> None:
        marked = fixes.with_flag(np.ones(len(fixes), dtype=np.bool_), FixFlag.SHADOWED)
        after = flag_jumps(flag_duplicates(flag_single(marked)))
        assert np.all(after.flags & FixFlag.SHADOWED)


def test_an_unset_receiver_at_latitude_and_longitude_zero_is_flagged() -> None:
    fixes = fixes_from(
        np.array([MONDAY_US, MONDAY_US + 1]), np.array([0.0, 0.0]), np.array([0.0, 9.0])
    )
    assert flagged(flag_single(fixes), FixFlag.NULL_ISLAND) == [0]


def test_times_before_gps_and_after_the_reading_are_flagged() -> None:
    times = np.array([0, MONDAY_US, MONDAY_US + 10])
    fixes = fixes_from(times, np.full(3, 48.0), np.full(3, 2.0))
    assert flagged(flag_single(fixes), FixFlag.IMPLAUSIBLE_TIME) == [0]
    late = flag_single(fixes, latest_us=MONDAY_US + 5)
    assert flagged(late, FixFlag.IMPLAUSIBLE_TIME) == [0, 2]


def test_an_accuracy_of_a_cell_tower_is_flagged_and_an_unknown_one_is_not() -> None:
    accuracy = np.array([5.0, np.nan, 800.0])
    times = MONDAY_US + np.arange(3)
    fixes = fixes_from(times, np.full(3, 48.0), np.full(3, 2.0), accuracy_m=accuracy)
    assert flagged(flag_single(fixes), FixFlag.POOR_ACCURACY) == [2]


def test_of_fixes_in_one_instant_the_first_stays_clear() -> None:
    times = MONDAY_US + np.array([0, 5, 5, 5, 9])
    fixes = fixes_from(times, np.linspace(48, 48.01, 5), np.full(5, 2.0))
    assert flagged(flag_duplicates(fixes), FixFlag.DUPLICATE) == [2, 3]


class TestJumps:
    def test_one_fix_thrown_aside_while_driving_is_flagged_alone(self) -> None:
        drive = moved(Traveller().go(3000, 15.0, every_s=5).fixes(), 20, 700.0)
        assert flagged(flag_jumps(drive), FixFlag.JUMP) == [20]

    def test_one_fix_thrown_aside_on_foot_is_flagged_alone(self) -> None:
        walk = moved(Traveller().go(500, 1.3, every_s=5).fixes(), 30, 400.0)
        assert flagged(flag_jumps(walk), FixFlag.JUMP) == [30]

    def test_a_lonely_fix_between_two_at_home_is_flagged(self) -> None:
        night = moved(Traveller().stay(7200, every_s=420).fixes(), 8, 1500.0)
        assert flagged(flag_jumps(night), FixFlag.JUMP) == [8]

    def test_three_fixes_in_a_row_are_flagged_together(self) -> None:
        walk = Traveller().go(500, 1.3, every_s=5).fixes()
        for index in (30, 31, 32):
            walk = moved(walk, index, 3000.0)
        assert flagged(flag_jumps(walk), FixFlag.JUMP) == [30, 31, 32]

    def test_the_first_fix_after_a_tunnel_is_no_jump(self) -> None:
        ride = Traveller().go(2000, 25.0).silence(60)
        ride.jump_to(3500, 0).go(2000, 25.0)
        assert flagged(flag_jumps(ride.fixes()), FixFlag.JUMP) == []

    def test_an_airplane_is_no_jump(self) -> None:
        flight = Traveller().go(200_000, 250.0, every_s=10)
        assert flagged(flag_jumps(flight.fixes()), FixFlag.JUMP) == []

    def test_noise_of_a_receiver_is_no_jump(self) -> None:
        walk = Traveller(noise_m=8.0).go(2000, 1.3, every_s=1)
        assert flagged(flag_jumps(walk.fixes()), FixFlag.JUMP) == []

    def test_a_u_turn_is_no_jump(self) -> None:
        drive = Traveller().go(1000, 8.0).go(1000, 8.0, heading_deg=270)
        assert flagged(flag_jumps(drive.fixes()), FixFlag.JUMP) == []


def riding(every_s: float = 5.0) -> Fixes:
    return Traveller(noise_m=0).go(6000, 20.0, every_s=every_s).fixes(accuracy_m=6.0)


class TestRepeated:
    def test_a_position_said_again_while_riding_is_flagged_but_for_the_first(self) -> None:
        table = riding()
        lat, lon = table.lat_deg.copy(), table.lon_deg.copy()
        lat[20:26], lon[20:26] = lat[20], lon[20]
        found = flag_repeated(fixes_from(table.time_us, lat, lon))
        assert np.flatnonzero(~found.unflagged(FixFlag.REPEATED)).tolist() == [21, 22, 23, 24, 25]

    def test_a_receiver_that_freezes_at_a_halt_is_believed(self) -> None:
        halt = Traveller(noise_m=0).go(600, 12.0).stay(120, every_s=5).go(600, 12.0)
        assert np.all(flag_repeated(halt.fixes()).flags == 0)


class TestCoarse:
    def test_a_coarse_position_between_fine_ones_is_flagged(self) -> None:
        table = riding()
        accuracy = table.accuracy_m.copy()
        accuracy[[30, 31, 50]] = 150.0
        found = flag_coarse(
            fixes_from(table.time_us, table.lat_deg, table.lon_deg, accuracy_m=accuracy)
        )
        assert np.flatnonzero(~found.unflagged(FixFlag.COARSE)).tolist() == [30, 31, 50]

    def test_where_nothing_better_is_near_it_is_used(self) -> None:
        table = riding(every_s=100.0)
        accuracy = np.full(len(table), 120.0)
        accuracy[0] = 5.0
        found = flag_coarse(
            fixes_from(table.time_us, table.lat_deg, table.lon_deg, accuracy_m=accuracy)
        )
        assert np.all(found.flags == 0)


def test_the_far_side_of_a_leap_is_no_jump() -> None:
    way = Traveller(noise_m=0.0).go(3000, 12.0, every_s=5, heading_deg=0)
    way.silence(5).jump_to(3000.0, way.y_m).go(3000, 12.0, every_s=5, heading_deg=0)
    assert flagged(flag_jumps(way.fixes()), FixFlag.JUMP) == []
