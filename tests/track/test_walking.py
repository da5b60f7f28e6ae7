from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.track import walking
from geowallet.track.drafts import draft_of
from geowallet.track.grid_speeds import COLUMNS, grid_table, instants_of
from geowallet.track.modes.hints import Hints
from geowallet.track.modes.network import LOGIT_UNIT, Network
from geowallet.track.motion import path_of, speeds_mps
from geowallet.track.walking import course, heard_odds, walking_spans, walking_trees
from tests.track.modes.forests import CLASSES, forest_of
from tests.track.modes.networks import fast_is, forest_with, straight
from tests.track.synthetic import Traveller

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from geowallet.track.modes.listener import Listener


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


@pytest.mark.parametrize(
    ("metres", "silent_s", "expected"),
    [
        pytest.param(2500, 900, [True, False, True], id="a subway"),
        pytest.param(1800, 900, [True], id="at a walking pace"),
        pytest.param(400, 120, [True], id="not far"),
    ],
)
def test_whoever_comes_out_of_a_silence_further_away_than_feet_go_rode(
    metres: float, silent_s: float, expected: list[bool]
) -> None:
    way = Traveller().go(600, 1.4).silence(silent_s)
    way.jump_to(way.x_m + metres, 0.0).go(600, 1.4)
    assert [on_foot for _, on_foot in spans_of(way)] == expected


class Told:
    """Says of each row what a function of its number says: on foot, riding, at rest."""

    on_foot = (0, 1)

    def __init__(self, said: Callable[[int], tuple[float, float, float]]) -> None:
        self.said = said

    def listen(self, asked: Sequence[tuple[int, int]]) -> None:
        assert all(first < after for first, after in asked)

    def shares(self, first: int, after: int) -> NDArray[np.float64]:
        walk, ride, rest = np.array([self.said(row) for row in range(first, after)]).T
        return np.column_stack((walk / 2, walk / 2, ride, rest))


class TestHeard:
    """Promise: walking and riding are parted by what trees and network say, half and half."""

    def test_what_is_said_of_walking_is_less_the_more_probable_rest_is(self) -> None:
        path = path_of(Traveller().go(600, 1.4).fixes())
        instants = instants_of(path, [(0, len(path) - 1)])
        # ln(3) of a sure movement, ln(3) and half of it where half is rest.
        for rest, worth in ((0.0, 1.0), (0.5, 0.5)):
            said = 0.75 * (1.0 - rest), 0.25 * (1.0 - rest), max(rest, 1e-9)
            told = Told(dict.fromkeys(range(100), said).__getitem__)
            odds = heard_odds(cast("Listener", told), instants)
            each = worth * np.log(3.0) * 0.35 * instants.step_s[0] / 10.0
            assert odds == pytest.approx(np.full(len(odds), each), rel=1e-4)

    def test_one_that_is_sure_of_all_says_no_more_than_a_bound(self) -> None:
        path = path_of(Traveller().go(600, 1.4).fixes())
        instants = instants_of(path, [(0, len(path) - 1)])
        told = Told(lambda _: (1e-9, 1.0, 1e-9))
        least = -3.0 * 0.35 * instants.step_s[0] / 10.0
        assert heard_odds(cast("Listener", told), instants) == pytest.approx(least, rel=1e-6)

    def test_a_slow_ride_that_the_network_knows_is_no_walk(self) -> None:
        # 20 minutes at 2 m/s, which could be either; rows 40 to 99 are told to be a ride.
        way = Traveller().go(2400, 2.0, every_s=2)
        path = path_of(way.fixes())
        edge_mps = speeds_mps(path, half_s=6.0)
        told = Told(lambda row: (0.02, 0.97, 0.01) if 40 <= row < 100 else (0.97, 0.02, 0.01))
        (alone,) = walking_spans(path, [(0, len(path) - 1)], edge_mps=edge_mps)
        (found,) = walking_spans(
            path, [(0, len(path) - 1)], edge_mps=edge_mps, listener=cast("Listener", told)
        )
        assert [on_foot for _, on_foot in alone] == [True]
        assert [on_foot for _, on_foot in found] == [True, False, True]
        assert [start_s for start_s, _ in found] == pytest.approx([0.0, 400.0, 1000.0], abs=15)

    def test_the_network_of_a_model_is_heard_where_chunks_are_cut(self) -> None:
        path = path_of(Traveller().go(2400, 2.0, every_s=2).fixes())
        stream = np.zeros(len(path), dtype=np.int32)
        for forest, on_foot in ((forest_of(), True), (forest_with(all_is_car()), False)):
            draft = draft_of(path, stream, Hints(forest=forest))
            assert [span.on_foot for span in draft.cut[0]] == [on_foot]

    def test_where_the_trees_are_sure_it_alone_changes_nothing(self) -> None:
        # 1.4 m/s is a walk to the trees, whatever the network says.
        path = straight(1.4, 1500)
        hints = Hints(forest=forest_with(all_is_car()))
        (spans,) = draft_of(path, np.zeros(len(path), dtype=np.int32), hints).cut
        assert [span.on_foot for span in spans] == [True]


def all_is_car() -> Network:
    """A network that takes everything for a car."""
    made = fast_is("car")
    bias = np.zeros_like(made.layers[0].bias)
    bias[CLASSES.index("car")] = 8.0 / LOGIT_UNIT
    return Network((replace(made.layers[0], bias=bias),))


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
