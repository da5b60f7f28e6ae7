"""Movements by the second, ways by the rules; worked by hand where that is possible."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.simulation.chance import around, generator
from training.simulation.motion import (
    Motion,
    Sky,
    cut_to,
    halts,
    joined,
    moving,
    paced,
    rested,
    standing,
    straightened,
    under_streets,
)
from training.simulation.profile import Bends, Pull, curves, driven, places, plain_way

SEEDS = st.integers(0, 2**32 - 1)


def straight(speed: float, seconds: int) -> Motion:
    return moving(np.full(seconds, speed), np.zeros(seconds))


def test_the_same_names_give_the_same_numbers_and_others_give_others() -> None:
    first = generator(1, "day", 7).random(4)
    assert np.array_equal(first, generator(1, "day", 7).random(4))
    assert not np.any(np.isin(generator(1, "day", 8).random(4), first))
    assert not np.any(np.isin(generator(2, "day", 7).random(4), first))


def test_a_name_gives_the_same_numbers_in_every_process() -> None:
    assert generator(1, "day", 7).integers(10**6) == 314742


def test_a_quarter_turn_leads_from_east_to_north() -> None:
    way = joined(straight(10.0, 5), moving(np.full(5, 10.0), np.zeros(5)))
    way.turn_rad[5] = np.pi / 2
    end = way.positions()[-1]
    assert end.real == pytest.approx(50.0)
    assert end.imag == pytest.approx(50.0)


def test_halts_are_found_with_their_bounds() -> None:
    way = joined(straight(5.0, 4), standing(3), straight(5.0, 2))
    assert halts(way).tolist() == [[4, 7]]


def test_a_dropped_halt_costs_no_metre_and_nearly_no_time() -> None:
    way = joined(straight(5.0, 40), standing(30), straight(5.0, 40))
    without = rested(way, generator(1), 1.0, drop=1.0)
    assert without.length_m == pytest.approx(400.0, abs=6)
    assert 79 <= len(without) <= 83


def test_twice_the_pace_halves_the_time_and_keeps_the_halt() -> None:
    way = joined(straight(5.0, 40), standing(30), straight(5.0, 40))
    fast = paced(way, 2.0)
    assert len(fast) == pytest.approx(70, abs=2)
    assert fast.length_m == pytest.approx(400.0, rel=0.03)
    first, last = halts(fast)[0]
    assert last - first == pytest.approx(30, abs=2)


def test_straightening_everything_leaves_a_line() -> None:
    way = straight(10.0, 60)
    way.turn_rad[20:23] = 0.5
    way.turn_rad[40:43] = 0.5
    end = straightened(way, generator(1), 1.0).positions()[-1]
    assert abs(end) > 0.98 * way.length_m
    assert abs(way.positions()[-1]) < 0.7 * way.length_m


def test_houses_never_stand_in_a_tunnel() -> None:
    way = straight(10.0, 600).under(Sky.UNDERGROUND)
    assert set(under_streets(way, generator(1), 1.0).sky.tolist()) == {int(Sky.UNDERGROUND)}


class TestDriven:
    """From rest to rest, no faster than allowed, and standing where and as long as told."""

    def test_a_kilometre_at_ten_takes_a_hundred_seconds_and_ten_for_starting_and_stopping(
        self,
    ) -> None:
        # Each of the two ramps at 1 m/s2 to 10 m/s costs 10 s instead of 5.
        way = plain_way(1000.0, 10.0, step_m=1.0)
        motion = driven(way, np.empty(0), np.empty(0), Pull(1.0, 1.0))
        assert len(motion) == pytest.approx(110, abs=2)

    def test_a_halt_of_twenty_seconds_costs_thirty(self) -> None:
        way = plain_way(1000.0, 10.0, step_m=1.0)
        motion = driven(way, np.array([500.0]), np.array([20.0]), Pull(1.0, 1.0))
        assert len(motion) == pytest.approx(140, abs=2)
        longest = max(last - first for first, last in halts(motion))
        assert longest == pytest.approx(20, abs=2)

    def test_constant_power_reaches_the_limit_later(self) -> None:
        way = plain_way(3000.0, 30.0, step_m=2.0)
        strong = driven(way, np.empty(0), np.empty(0), Pull(1.0, 1.0))
        weak = driven(way, np.empty(0), np.empty(0), Pull(1.0, 1.0, power_mps=8.0))
        assert np.argmax(weak.speed_mps > 25) > 1.3 * np.argmax(strong.speed_mps > 25)

    @settings(max_examples=25, deadline=None)
    @given(
        seed=SEEDS,
        length_m=st.floats(300, 20_000),
        limit_mps=st.floats(2, 60),
        pull=st.builds(Pull, st.floats(0.3, 3), st.floats(0.3, 3)),
    )
    def test_it_ends_where_the_way_ends_and_never_exceeds_limit_or_pull(
        self, seed: int, length_m: float, limit_mps: float, pull: Pull
    ) -> None:
        chance = generator(seed)
        way = plain_way(length_m, limit_mps, step_m=4.0)
        at_m = places(chance, length_m, 600.0)
        motion = driven(way, at_m, np.full(len(at_m), 15.0), pull)
        assert motion.length_m == pytest.approx(way.length_m, abs=0.01)
        assert np.max(motion.speed_mps) <= limit_mps + 0.01
        change = np.diff(motion.speed_mps)
        assert np.max(change) <= pull.accelerate_mps2 + 0.02
        assert np.min(change) >= -pull.brake_mps2 - 0.02


def test_bends_slow_to_what_the_sideways_acceleration_allows() -> None:
    way = plain_way(20_000.0, 40.0, step_m=5.0)
    bent = curves(generator(3), way, Bends(1000, (300, 300), (0.5, 0.5)), lateral_mps2=1.2)
    assert np.min(bent.limit_mps) == pytest.approx(np.sqrt(1.2 * 300))
    assert np.ptp(bent.heading_rad) >= 0.5


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, low=st.floats(0.1, 100), ratio=st.floats(1.1, 50))
def test_a_value_around_a_range_is_never_far_outside(seed: int, low: float, ratio: float) -> None:
    value = around(generator(seed), (low, low * ratio))
    assert 0.79 * low <= value <= 1.26 * low * ratio


def test_a_cut_is_as_long_as_asked() -> None:
    cut = cut_to(straight(10.0, 500), generator(1), 1200.0)
    assert cut.length_m == pytest.approx(1200.0, abs=21)
