from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geowallet.model.geodesy import (
    EARTH_RADIUS_M,
    distance_m,
    distances_m,
    long_steps_m,
    nearer,
    step_lengths_m,
)

lats = st.floats(-90, 90)
lons = st.floats(-180, 180)


def test_one_degree_of_latitude_is_111_195_metres() -> None:
    assert distance_m(48.0, 2.0, 49.0, 2.0) == pytest.approx(111_195.08, abs=0.01)


def test_paris_to_london_is_344_kilometres() -> None:
    assert distance_m(48.8566, 2.3522, 51.5074, -0.1278) == pytest.approx(343_556, rel=0.001)


def test_the_way_across_the_antimeridian_is_short() -> None:
    assert distance_m(0.0, 179.5, 0.0, -179.5) == pytest.approx(111_195.08, abs=0.01)


def test_the_antipode_is_half_the_circumference() -> None:
    assert distance_m(0.0, 0.0, 0.0, 180.0) == pytest.approx(math.pi * EARTH_RADIUS_M)


def test_steps_are_one_fewer_than_fixes() -> None:
    assert step_lengths_m(np.zeros(0), np.zeros(0)).shape == (0,)
    assert step_lengths_m(np.zeros(1), np.zeros(1)).shape == (0,)
    assert step_lengths_m(np.array([0.0, 1.0, 1.0]), np.zeros(3)).tolist() == [
        pytest.approx(111_195.08, abs=0.01),
        0.0,
    ]


class TestDistance:
    """Promise: a distance is symmetric, never negative, and the same for arrays and numbers."""

    @given(lats, lons, lats, lons)
    def test_holds_for_any_two_points(
        self, lat_a: float, lon_a: float, lat_b: float, lon_b: float
    ) -> None:
        there, back = distance_m(lat_a, lon_a, lat_b, lon_b), distance_m(lat_b, lon_b, lat_a, lon_a)
        assert 0 <= there <= math.pi * EARTH_RADIUS_M * (1 + 1e-12)
        assert there == pytest.approx(back, abs=1e-6)
        arrays = (np.array([value]) for value in (lat_a, lon_a, lat_b, lon_b))
        assert distances_m(*arrays)[0] == pytest.approx(there, abs=0.02, rel=1e-9)


def test_many_distances_are_those_of_each_pair() -> None:
    """They are computed in blocks: the last of one and the first of the next are right, too."""
    n = 70_000
    lat, lon = np.linspace(-80, 80, n), np.linspace(-179, 179, n)
    found = distances_m(lat, lon, lat + 0.001, lon)
    one = distances_m(lat[:1], lon[:1], lat[:1] + 0.001, lon[:1])
    assert len(found) == n
    assert found == pytest.approx(np.full(n, one[0]), rel=1e-6)


class TestNearPoints:
    """Promise: a series of near points says what the sines say, to a twentieth of a micrometre."""

    @given(lats, lons, st.floats(-0.4, 0.4), st.floats(-0.4, 0.4))
    @example(0.0, 2.0, 0.2864, 0.0)
    @example(0.0, 2.0, 0.0, 0.2864)
    def test_on_both_sides_of_where_it_ends(
        self, lat: float, lon: float, north: float, east: float
    ) -> None:
        there = min(max(lat + north, -90.0), 90.0), lon + east
        arrays = (np.array([value, value]) for value in (lat, lon, *there))
        assert distances_m(*arrays)[1] == pytest.approx(distance_m(lat, lon, *there), abs=5e-8)


class TestBounds:
    """Promise: what is not measured, because it is plainly far or near, is as if it were."""

    @given(
        st.lists(st.tuples(lats, lons), min_size=2, max_size=6),
        st.floats(-2e-2, 2e-2) | st.floats(-179, 179),
        st.floats(0.001, 5_000) | st.floats(0.001, 3e7),
    )
    @example([(0.0, 0.0)], 0.003, 360.0)
    @example([(60.0, 0.0)], 0.003, 204.0)
    def test_nearer_is_what_the_distances_say(
        self, points: list[tuple[float, float]], aside_deg: float, than_m: float
    ) -> None:
        lat, lon = np.array(points).T
        other = np.clip(lat + aside_deg / 3, -90, 90), lon + aside_deg
        limit_m = np.full(len(lat), than_m)
        expected = distances_m(lat, lon, *other) < limit_m
        assert np.array_equal(nearer(lat, lon, *other, limit_m), expected)

    @given(st.lists(st.tuples(lats, lons), max_size=6), st.floats(0, 1e5))
    def test_long_steps_are_measured(self, points: list[tuple[float, float]], scale: float) -> None:
        lat, lon = np.array([*points, (0.0, 0.0)]).T / max(scale, 1.0)
        whole, found = step_lengths_m(lat, lon), long_steps_m(lat, lon, longer_m=500.0)
        assert np.array_equal(found[whole > 500.0], whole[whole > 500.0])
        assert np.all((found == whole) | (found == 0.0))
