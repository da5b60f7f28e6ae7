from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.track import walking
from geowallet.track.grid_speeds import COLUMNS, grid_table, instants_of
from geowallet.track.motion import path_of, speeds_mps
from geowallet.track.walking import course, walking_spans, walking_trees
from tests.track.synthetic import Traveller


def spans_of(way: Traveller) -> list[tuple[float, bool]]:
    path = path_of(way.fixes())
    edge_mps = speeds_mps(path, half_s=6.0)
    (found,) = walking_spans(path, [(0, len(path) - 1)], edge_mps=edge_mps)
    return found


class TestCourse:
    """Promise: the course has the highest sum of odds less the price of its changes."""

    @settings(max_examples=50)
    @given(st.lists(st.integers(-5, 5), min_size=1, max_size=9), st.sampled_from([0.5, 2.5, 7.5]))
    def test_no_other_course_is_better(self, odds: list[int], cost: float) -> None:
        def worth(states: tuple[bool, ...]) -> float:
            said = sum(odd for odd, state in zip(odds, states, strict=True) if state)
            return said - cost * sum(a != b for a, b in pairwise(states))

        best = max(worth(states) for states in product((False, True), repeat=len(odds)))
        found = course(np.array(odds, dtype=np.float64), cost)
        assert worth(tuple(found.tolist())) == pytest.approx(best)


def test_a_walk_to_the_car_is_parted_within_a_minute() -> None:
    spans = spans_of(Traveller().go(420, 1.4, every_s=2).go(9000, 15.0, every_s=2))
    assert [on_foot for _, on_foot in spans] == [True, False]
    assert spans[1][0] == pytest.approx(300, abs=60)


@pytest.mark.parametrize("every_s", [1, 5, 20, 60])
def test_a_ride_with_red_lights_is_no_walk(every_s: float) -> None:
    ride = Traveller()
    for _ in range(8):
        ride.go(900, 12.0, every_s=every_s).stay(40, every_s=every_s)
    assert [on_foot for _, on_foot in spans_of(ride)] == [False]


def test_nothing_is_said_of_a_silence() -> None:
    way = Traveller().go(600, 1.4).silence(900).jump_to(1800, 0).go(600, 1.4)
    assert [on_foot for _, on_foot in spans_of(way)] == [True]


class TestTable:
    """Promise: every number is finite but for an accuracy that nobody gave."""

    @settings(max_examples=20)
    @given(st.integers(2, 60), st.floats(0.2, 900), st.floats(0, 40))
    def test_any_trip_can_be_described(self, fixes: int, every_s: float, mps: float) -> None:
        way = Traveller(noise_m=3).go(
            fixes * every_s * max(mps, 0.1), max(mps, 0.1), every_s=every_s
        )
        path = path_of(way.fixes())
        if len(path) < 2:
            return
        instants = instants_of(path, [(0, len(path) - 1)])
        table = grid_table(path, instants, speeds_mps(path, half_s=6.0))
        assert table.shape == (len(instants.at_s), len(COLUMNS))
        assert np.all(np.isfinite(table[:, :-1]))


@pytest.mark.parametrize("points", [1, 100, 60_000])
def test_trips_looked_at_together_are_parted_as_each_alone(
    points: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    day, ends = Traveller(noise_m=4.0), []
    for walked_m, ridden_m in ((420, 9000), (0.0, 6000), (700, 0.0), (300, 4000)):
        first = len(day.rows)
        day.go(walked_m, 1.4, every_s=2).stay(45, every_s=3).go(ridden_m, 12.0, every_s=3)
        ends.append((first, len(day.rows) - 1))
        day.stay(900, every_s=60)
    path = path_of(day.fixes())
    edge_mps = speeds_mps(path, half_s=6.0)
    alone = [walking_spans(path, [trip], edge_mps=edge_mps)[0] for trip in ends]
    monkeypatch.setattr(walking, "MOST_POINTS", points)
    assert walking_spans(path, ends, edge_mps=edge_mps) == alone
    assert len({len(spans) for spans in alone}) > 1
    assert walking_spans(path, [], edge_mps=edge_mps) == []


def test_the_shipped_forest_knows_the_columns() -> None:
    trees = walking_trees()
    assert int(trees.feature.max()) < len(COLUMNS)
    assert trees.classes == 1
