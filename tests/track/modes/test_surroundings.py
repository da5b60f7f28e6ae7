from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.model.geodesy import EARTH_RADIUS_M
from geowallet.track.modes import surroundings
from geowallet.track.modes.surroundings import FAR_M, DrawnMap, Kind

METRE_DEG = float(np.degrees(1 / EARTH_RADIUS_M))


def drawn(*lines: tuple[float, float, float, float], kind: Kind = Kind.RAIL) -> DrawnMap:
    return DrawnMap({kind: np.array(lines).reshape(-1, 4)})


def apart(of: DrawnMap, lon: float, lat: float, kind: Kind = Kind.RAIL) -> float:
    return float(of.distances_m(kind, np.array([lat]), np.array([lon]))[0])


EQUATOR = drawn((2.0, 0.0, 2.01, 0.0))


class TestDistance:
    def test_is_straight_to_a_line_and_to_its_ends(self) -> None:
        assert np.isclose(apart(EQUATOR, 2.005, 40 * METRE_DEG), 40, atol=0.01)
        assert np.isclose(apart(EQUATOR, 2.01 + 30 * METRE_DEG, 40 * METRE_DEG), 50, atol=0.01)

    def test_is_far_beyond_and_on_a_point_it_is_to_the_point(self) -> None:
        assert apart(EQUATOR, 2.005, 200 * METRE_DEG) == FAR_M
        stop = drawn((2.0, 60.0, 2.0, 60.0), kind=Kind.STOP)
        assert np.isclose(apart(stop, 2.0 + 80 * METRE_DEG, 60.0, Kind.STOP), 40, atol=0.01)

    def test_is_not_known_off_the_map_nor_of_what_it_never_draws(self) -> None:
        assert np.isnan(apart(EQUATOR, 3.0, 0.0))
        assert np.isnan(apart(EQUATOR, 2.005, 0.0, Kind.ROAD))
        assert np.isnan(apart(EQUATOR, 2.005, 80.0))
        assert np.isnan(apart(DrawnMap({}), 2.0, 0.0))

    def test_is_far_where_the_map_draws_something_else(self) -> None:
        both = DrawnMap(
            {
                Kind.RAIL: np.array([[2.0, 0.0, 2.001, 0.0]]),
                Kind.ROAD: np.array([[2.1, 0.0, 2.101, 0.0]]),
            }
        )
        assert apart(both, 2.1, 0.0) == FAR_M
        assert not both.is_empty
        assert DrawnMap({}).is_empty

    def test_unwrapped_longitudes_are_wrapped_and_lines_across_the_edge_left_out(self) -> None:
        west = drawn((-179.99, 0.0, -179.98, 0.0), (179.99, 0.0, -179.99, 0.0))
        assert apart(west, 180.015, 0.0) == 0.0
        assert np.isnan(apart(west, 0.0, 0.0))

    def test_is_the_same_however_few_are_compared_at_a_time(self) -> None:
        rng = np.random.default_rng(1)
        lat, lon = rng.uniform(-0.01, 0.01, 500), rng.uniform(2.0, 2.01, 500)
        whole = EQUATOR.distances_m(Kind.RAIL, lat, lon)
        usual, surroundings.PAIRS_TOGETHER = surroundings.PAIRS_TOGETHER, 7
        try:
            assert np.array_equal(EQUATOR.distances_m(Kind.RAIL, lat, lon), whole, equal_nan=True)
        finally:
            surroundings.PAIRS_TOGETHER = usual
        assert 0 < np.sum(whole < FAR_M) < 500


def nearest_m(lines: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Compare every position with every line, on a plane that keeps angles."""
    plane = [
        np.stack((np.radians(at[:, 0]), np.arctanh(np.sin(np.radians(at[:, 1])))), 1)
        for at in (where, lines[:, :2], lines[:, 2:])
    ]
    from_start, way = plane[0][:, None] - plane[1], plane[2] - plane[1]
    along = np.clip(np.sum(from_start * way, axis=2) / np.sum(way * way, axis=1), 0, 1)
    gap = from_start - along[:, :, None] * way
    radians = np.min(np.hypot(gap[..., 0], gap[..., 1]), axis=1)
    return np.asarray(radians * EARTH_RADIUS_M * np.cos(np.radians(where[:, 1])))


class TestAgainstAll:
    """Metres to the nearest of ``kind``, `FAR_M` for all beyond."""

    @settings(max_examples=40, deadline=None)
    @given(
        seed=st.integers(0, 10_000),
        lat=st.sampled_from([-74.0, -48.0, 0.0, 60.0, 74.0]),
        long_m=st.sampled_from([5.0, 300.0, 4000.0]),
    )
    def test_the_cells_find_what_a_look_at_every_line_finds(
        self, seed: int, lat: float, long_m: float
    ) -> None:
        rng = np.random.default_rng(seed)
        east_deg = METRE_DEG / np.cos(np.radians(lat))
        start, end = rng.uniform(-400, 400, (40, 2)), rng.normal(0, long_m, (40, 2))
        scale = np.array([east_deg, METRE_DEG])
        lines = np.hstack((start, start + end)) * np.tile(scale, 2) + [2.0, lat, 2.0, lat]
        at = rng.uniform(-400, 400, (60, 2))
        where = at * scale + [2.0, lat]
        found = drawn(*map(tuple, lines)).distances_m(Kind.RAIL, where[:, 1], where[:, 0])
        expected = np.minimum(nearest_m(lines, where), FAR_M)
        known = ~np.isnan(found)
        assert np.any(known)
        assert np.allclose(found[known], expected[known], atol=0.01)
