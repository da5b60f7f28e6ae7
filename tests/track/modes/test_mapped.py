from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.model.mobility import Mode
from geowallet.track import classify_legs
from geowallet.track.legs import Span
from geowallet.track.modes.classify import good_fixes
from geowallet.track.modes.decide import ALL_MODES
from geowallet.track.modes.hints import Hints
from geowallet.track.modes.mapped import FOLLOWS, NEAR_M, Followed, followed
from geowallet.track.modes.mapped_shares import LIKE, POWER, SHARES, shares_of
from geowallet.track.modes.surroundings import DrawnMap, Kind
from geowallet.track.motion import path_of
from tests.track.modes.forests import forest_of
from tests.track.synthetic import EAST_DEG, METRE_DEG, Traveller

if TYPE_CHECKING:
    from geowallet.model.fixes import Fixes

KINDS = tuple(Kind)
FOREST = Hints(forest=forest_of())


def line(*corners_m: tuple[float, float]) -> np.ndarray:
    """Lines through corners east and north of 48 N 2 E."""
    at = np.array([(2.0 + x * EAST_DEG, 48.0 + y * METRE_DEG) for x, y in corners_m])
    return np.hstack((at[:-1], at[1:]))


def shares(fixes: Fixes, around: DrawnMap, *legs: tuple[int, int]) -> dict[Kind, float]:
    path = path_of(good_fixes(fixes))
    spans = [Span(*leg, on_foot=False) for leg in legs or [(0, len(path) - 1)]]
    return dict(zip(KINDS, followed(path, spans, around).shares[0].tolist(), strict=True))


RIDE = Traveller(noise_m=2.0).go(4000, 12.0)
HALF_ON_RAILS = DrawnMap(
    {Kind.RAIL: line((-100, 0), (2000, 0)), Kind.ROAD: line((-100, 300), (4100, 300))}
)


class TestShares:
    def test_is_of_the_way_and_not_of_the_time(self) -> None:
        waits = Traveller(noise_m=2.0).go(2000, 12.0).stay(900, every_s=5.0).go(2000, 12.0)
        for day in (RIDE, waits):
            found = shares(day.fixes(), HALF_ON_RAILS)
            assert found[Kind.RAIL] == pytest.approx(0.5, abs=0.05)
            assert found[Kind.ROAD] == 0.0
            assert np.isnan(found[Kind.TRAM])

    def test_is_not_known_beyond_the_map_or_from_few_or_poor_positions(self) -> None:
        beyond = DrawnMap({Kind.RAIL: line((-100, 0), (1000, 0))})
        rare = Traveller(noise_m=2.0).go(4000, 12.0, every_s=60.0)
        for fixes, around in (
            (RIDE.fixes(), beyond),
            (rare.fixes(), HALF_ON_RAILS),
            (RIDE.fixes(accuracy_m=80.0), HALF_ON_RAILS),
        ):
            assert np.isnan(shares(fixes, around)[Kind.RAIL])

    def test_bus_stops_are_told_of_halts_between_the_ends(self) -> None:
        day = Traveller(noise_m=0.5).stay(60, every_s=5.0)
        for _ in range(4):
            day.go(500, 10.0).stay(20, every_s=5.0)
        day.go(500, 10.0)
        stops = np.concatenate([line((x, 10), (x, 10)) for x in (0, 500, 1000, 2000)])
        around = DrawnMap({Kind.STOP: stops, Kind.ROAD: line((0, 0), (2500, 0))})
        assert shares(day.fixes(), around)[Kind.STOP] == pytest.approx(0.75)
        assert np.isnan(shares(day.fixes(), around, (0, 40))[Kind.STOP])

    def test_of_no_leg_is_an_empty_table(self) -> None:
        path = path_of(RIDE.fixes())
        none = followed(path, [], HALF_ON_RAILS)
        assert none.odds().shape == (0, len(ALL_MODES))


class TestOdds:
    """Each share enters as what it makes of the odds of each mode; unknown ones as nothing."""

    @given(st.lists(st.floats(0, 1) | st.just(float("nan")), min_size=7, max_size=7))
    def test_are_finite_and_bounded(self, row: list[float]) -> None:
        odds = Followed(np.array([row])).odds()[0]
        assert np.all(np.isfinite(odds))
        known = np.sum(~np.isnan(row))
        assert np.max(odds) - np.min(odds) <= known * POWER * np.log(0.94 / 0.02) + 1e-9

    def test_are_nothing_where_nothing_is_known(self) -> None:
        unknown = Followed(np.full((1, 7), np.nan))
        assert not np.any(unknown.odds())
        assert unknown.why(0, Mode.TRAIN, Mode.BUS) == ()

    def test_each_table_is_a_distribution_for_every_mode(self) -> None:
        for kind in Kind:
            for mode in ALL_MODES:
                assert sum(shares_of(kind, mode)) == pytest.approx(1.0, abs=0.021)
                assert min(shares_of(kind, mode)) >= 0.02
        assert set(SHARES) == set(FOLLOWS) == set(NEAR_M) == set(Kind)
        assert shares_of(Kind.RAIL, Mode.E_BIKE) == shares_of(Kind.RAIL, LIKE[Mode.E_BIKE])

    def test_say_what_speaks_most_for_the_mode_and_nothing_against_it(self) -> None:
        row = np.full(7, np.nan)
        row[KINDS.index(Kind.RAIL)], row[KINDS.index(Kind.ROAD)] = 0.92, 0.5
        found = Followed(row[None])
        (why,) = found.why(0, Mode.TRAIN, Mode.BUS)
        assert str(why) == "follows rails for 92 % of its way"
        assert found.why(0, Mode.BUS, Mode.TRAIN) == ()


class TestClassified:
    def test_a_ride_along_rails_is_a_train_with_a_map_and_as_before_without(self) -> None:
        fixes = Traveller(noise_m=2.0).go(15_000, 25.0).fixes()
        bounds = np.array([[fixes.time_us[0], fixes.time_us[-1]]])
        road = line(*((x, 300) for x in range(0, 15_500, 500)))
        rails = DrawnMap({Kind.RAIL: line((-100, 0), (15_100, 0)), Kind.ROAD: road})
        (plain,), (mapped,), (empty,) = (
            classify_legs(fixes, bounds, hints=FOREST, surroundings=around)
            for around in (None, rails, DrawnMap({}))
        )
        assert plain == empty == classify_legs(fixes, bounds, hints=FOREST)[0]
        assert (plain.mode, mapped.mode) == (Mode.TRAIN, Mode.TRAIN)
        assert plain.confidence < 0.7
        assert mapped.confidence > 0.95
        assert str(mapped.reasons[0]) == "follows rails for 100 % of its way"
