"""Forces along and across the way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.driving.forces import forces_of
from geowallet.model.fixes import Fixes, fixes_from

METRE_DEG = 1 / 111_195.08
"""One metre of latitude on the sphere of model.geodesy."""


def drive(
    speed_mps: list[float], *, step_s: float = 1.0, bearing: list[float] | None = None
) -> Fixes:
    """Fixes that go north at the given speeds, which the receiver reports."""
    n = len(speed_mps)
    speed = np.array(speed_mps, dtype=np.float64)
    metres = np.concatenate(([0.0], np.cumsum((speed[1:] + speed[:-1]) / 2 * step_s)))
    known = {"speed_mps": speed}
    if bearing is not None:
        known["bearing_deg"] = np.array(bearing, dtype=np.float64)
    time_us = (np.arange(n) * step_s * 1e6).astype(np.int64)
    return fixes_from(time_us, 45 + metres * METRE_DEG, np.full(n, 5.0), **known)


class TestAlong:
    def test_is_the_central_difference_at_one_fix_a_second(self) -> None:
        forces = forces_of(drive([20, 20, 20, 18, 14, 12, 12, 12]))
        # (v[t + 1] - v[t - 1]) / 2, by hand.
        assert forces.along_mps2[1:-1] == pytest.approx([0, -1, -3, -3, -1, 0])

    def test_is_unknown_at_the_ends(self) -> None:
        along = forces_of(drive([10.0] * 5)).along_mps2
        assert list(np.isnan(along)) == [True, False, False, False, True]

    def test_uses_a_second_on_both_sides_of_a_source_with_ten_fixes_a_second(self) -> None:
        speed = [20 - 0.3 * i for i in range(41)]
        along = forces_of(drive(speed, step_s=0.1)).along_mps2
        assert along[20] == pytest.approx(-3.0)

    def test_is_unknown_around_a_rare_step(self) -> None:
        fixes = drive([10.0] * 12)
        sparse = fixes.take(np.array([0, 1, 2, 3, 4, 7, 8, 9, 10, 11]))
        known = ~np.isnan(forces_of(sparse).along_mps2)
        # Within two and a half seconds of the silence between seconds 4 and 7.
        assert list(sparse.time_us[known] // 1_000_000) == [1, 10]

    def test_is_unknown_without_the_speeds_of_a_receiver(self) -> None:
        fixes = drive([20, 20, 18, 14, 12, 12])
        silent = fixes_from(fixes.time_us, fixes.lat_deg, fixes.lon_deg)
        assert np.all(np.isnan(forces_of(silent).along_mps2))
        assert not forces_of(silent).has_speeds

    def test_leaves_out_what_no_car_can_do(self) -> None:
        # A receiver that finds its speed anew: 0 to 20 m/s within a second.
        along = forces_of(drive([0, 0, 0, 20, 20, 20])).along_mps2
        assert np.nanmax(along) == 0


class TestAcross:
    def test_is_speed_times_turning(self) -> None:
        bearing = [0.0, 0, 0, 10, 20, 30, 30, 30]
        forces = forces_of(drive([10.0] * 8, bearing=bearing))
        # 10 degrees a second at 10 m/s: 1.745 m/s2.
        assert forces.across_mps2[4] == pytest.approx(10 * np.radians(10))

    def test_turns_through_north(self) -> None:
        forces = forces_of(drive([10.0] * 5, bearing=[350, 355, 0, 5, 10]))
        assert forces.across_mps2[2] == pytest.approx(10 * np.radians(5))

    def test_is_unknown_below_walking_speeds(self) -> None:
        forces = forces_of(drive([2.0] * 5, bearing=[0, 90, 180, 270, 0]))
        assert np.all(np.isnan(forces.across_mps2))

    def test_follows_from_positions_alone(self) -> None:
        # A circle of 50 m radius at 10 m/s: 10 * 10 / 50 = 2 m/s2.
        turn = np.arange(30) * 0.2
        east, north = 50 * np.sin(turn), 50 * (1 - np.cos(turn))
        time_us = np.arange(30, dtype=np.int64) * 1_000_000
        lat = north * METRE_DEG
        forces = forces_of(fixes_from(time_us, lat, east * METRE_DEG))
        assert forces.across_mps2[5:-5] == pytest.approx(2.0, rel=0.03)


class TestPromises:
    """A drive at one speed on a straight road has no forces, whatever the speed."""

    @given(st.floats(0, 60), st.integers(1, 40))
    def test_no_force_without_change(self, speed_mps: float, n: int) -> None:
        forces = forces_of(drive([speed_mps] * n, bearing=[12.0] * n))
        assert not np.any(np.abs(forces.along_mps2) > 1e-9)
        assert not np.any(forces.across_mps2 > 1e-9)
        assert len(forces.step_m) == len(forces.dense) == n - 1
