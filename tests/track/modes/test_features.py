from __future__ import annotations

import dataclasses
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.model.fixes import Fixes, fixes_from
from geowallet.track.legs import Span
from geowallet.track.modes.classify import leg_table
from geowallet.track.modes.features import FEATURES, GROUPS, feature_table, feature_tables
from geowallet.track.motion import path_of
from tests.strategies import fixes as any_fixes
from tests.track.synthetic import MONDAY_US, Traveller


def described(traveller: Traveller, **columns: np.ndarray) -> dict[str, float]:
    path = path_of(dataclasses.replace(traveller.fixes(), **columns))
    (row,) = feature_table(path, [Span(0, len(path) - 1, on_foot=False)])
    return dict(zip(FEATURES, row.tolist(), strict=True))


def stop_and_go(halts: int, *, halt_s: float, run_m: float = 500.0) -> Traveller:
    traveller = Traveller(noise_m=2.0)
    for _ in range(halts):
        traveller.go(run_m, 10.0, every_s=2.0).stay(halt_s, every_s=2.0)
    return traveller.go(run_m, 10.0, every_s=2.0)


class TestColumns:
    def test_have_distinct_names_in_the_order_of_their_groups(self) -> None:
        assert len(set(FEATURES)) == len(FEATURES)
        assert tuple(name for names in GROUPS.values() for name in names) == FEATURES
        assert len(FEATURES) >= 60

    def test_no_leg_gives_no_row(self) -> None:
        path = path_of(Traveller().go(500, 2.0).fixes())
        assert feature_table(path, []).shape == (0, len(FEATURES))

    def test_a_leg_of_three_fixes_is_not_described(self) -> None:
        path = path_of(Traveller().go(500, 2.0).fixes())
        assert np.all(np.isnan(feature_table(path, [Span(0, 2, on_foot=False)])))


class TestSpeed:
    @pytest.mark.parametrize("every_s", [1.0, 5.0, 20.0])
    @pytest.mark.parametrize("mps", [1.4, 5.0, 25.0])
    def test_is_that_of_the_way_at_any_cadence(self, mps: float, every_s: float) -> None:
        fact = described(Traveller(noise_m=2.0).go(mps * 600, mps, every_s=every_s))
        for name in ("v30_p50", "v60_p50", "v180_p50", "v60_p90"):
            assert fact[name] == pytest.approx(mps, rel=0.08, abs=0.15)
        assert np.exp(fact["log_m"]) == pytest.approx(mps * 600, rel=0.15)

    def test_shares_of_the_histogram_add_up_to_one(self) -> None:
        fact = described(stop_and_go(3, halt_s=60.0))
        assert sum(fact[name] for name in FEATURES if name.startswith("share_")) == pytest.approx(1)


class TestHalts:
    @pytest.mark.parametrize("halts", [0, 1, 4])
    def test_are_counted_and_timed(self, halts: int) -> None:
        fact = described(stop_and_go(halts, halt_s=60.0))
        assert fact["halts_km"] * ((halts + 1) * 0.5 + 0.2) == pytest.approx(halts, abs=0.3)
        if halts:
            assert fact["halt_s_p50"] == pytest.approx(60.0, abs=15.0)
            assert np.exp(fact["run_log_m_p50"]) == pytest.approx(500.0, rel=0.1)

    def test_evenly_spaced_ones_spread_less_than_uneven_ones(self) -> None:
        even = described(stop_and_go(5, halt_s=40.0))
        uneven = Traveller(noise_m=2.0)
        for run_m in (200, 1500, 300, 2500, 150):
            uneven.go(run_m, 10.0, every_s=2.0).stay(40.0, every_s=2.0)
        assert even["run_spread"] < 0.2 < described(uneven.go(900, 10.0, every_s=2.0))["run_spread"]


class TestTurns:
    def test_corners_are_counted_by_length_and_a_straight_way_has_none(self) -> None:
        straight = described(Traveller(noise_m=2.0).go(6000, 10.0, every_s=2.0))
        blocks = Traveller(noise_m=2.0).zigzag(6000, 10.0, block_m=300, every_s=2.0)
        assert straight["corners_km"] == 0.0
        assert np.exp(straight["corner_free_log_m"]) == pytest.approx(6000, rel=0.05)
        assert described(blocks)["corners_km"] == pytest.approx(19 / 6, rel=0.15)
        assert straight["crow"] > 0.99 > described(blocks)["crow"] + 0.2


class TestSources:
    """Promise: what only some sources tell is unknown in the others, and read where it is."""

    def test_doppler_and_accuracy_are_unknown_where_the_source_is_silent(self) -> None:
        fact = described(Traveller().go(3000, 10.0))
        assert fact["doppler_share"] == 0.0
        assert np.isnan([fact["doppler_p50"], fact["accuracy_p50"], fact["accuracy_surge"]]).all()

    def test_doppler_and_accuracy_are_read_where_the_source_speaks(self) -> None:
        way = Traveller(noise_m=1.0).go(3000, 10.0)
        n = len(way.fixes())
        accuracy = np.where(np.arange(n) < n // 10, 80.0, 5.0)
        fact = described(way, speed_mps=np.full(n, 10.0), accuracy_m=accuracy)
        assert fact["doppler_share"] == 1.0
        assert fact["doppler_p50"] == pytest.approx(10.0)
        assert fact["doppler_ratio"] == pytest.approx(1.0, abs=0.1)
        assert fact["accuracy_p50"] == pytest.approx(5.0)
        assert fact["accuracy_poor"] == pytest.approx(0.1, abs=0.01)

    def test_a_tunnel_is_a_silence_with_its_speed(self) -> None:
        way = Traveller(noise_m=2.0).go(3000, 15.0).silence(0.0)
        way.silence(200.0).jump_to(way.x_m + 3000.0, way.y_m)
        fact = described(way.go(3000, 15.0))
        assert fact["silent_share"] == pytest.approx(1 / 3, abs=0.03)
        assert fact["silent_mps"] == pytest.approx(15.0, rel=0.05)
        assert fact["silence_s"] == pytest.approx(200.0, abs=6.0)


class TestAround:
    def test_a_walk_before_and_a_stay_after_are_seen(self) -> None:
        day = Traveller(noise_m=1.0).go(700, 1.4)
        first = len(day.rows)
        day.go(6000, 12.0)
        last = len(day.rows) - 1
        path = path_of(day.stay(600, every_s=20.0).fixes())
        (row,) = feature_table(path, [Span(first, last, on_foot=False)])
        fact = dict(zip(FEATURES, row.tolist(), strict=True))
        assert fact["before_walk"] > 0.9
        assert fact["after_still"] > 0.9
        assert fact["before_heard"] == fact["after_heard"] == 1.0

    def test_a_phone_that_fell_silent_where_it_lies_was_still(self) -> None:
        day = Traveller(noise_m=1.0).stay(1800, every_s=600.0)
        first = len(day.rows) - 1
        path = path_of(day.go(6000, 12.0).fixes())
        (row,) = feature_table(path, [Span(first + 1, len(path) - 1, on_foot=False)])
        fact = dict(zip(FEATURES, row.tolist(), strict=True))
        assert fact["before_heard"] == 1.0
        assert fact["before_still"] > 0.9

    def test_where_the_trace_ends_nothing_is_heard(self) -> None:
        fact = described(Traveller().go(3000, 10.0))
        assert fact["before_heard"] == fact["after_heard"] == 0.0
        assert np.isnan(fact["before_walk"])


class TestPurity:
    """Promise: a row describes its leg, whatever else the table holds and wherever it lies."""

    def test_a_leg_has_the_same_row_alone_as_among_others(self) -> None:
        path = path_of(stop_and_go(6, halt_s=30.0).fixes())
        n = len(path)
        spans = [Span(0, n - 1, False), Span(10, n // 2, False), Span(n // 3, n - 5, True)]
        table = feature_table(path, spans)
        for number, span in enumerate(spans):
            alone = feature_table(path, [span])[0]
            assert np.array_equal(alone, table[number], equal_nan=True)

    def test_a_leg_has_the_same_row_beside_those_of_other_chunks(self) -> None:
        paths = [
            path_of(way.fixes())
            for way in (
                stop_and_go(6, halt_s=30.0),
                Traveller(noise_m=2.0).go(4000, 9.7, every_s=7).stay(1),
                Traveller().zigzag(3000, 1.4, block_m=120, every_s=0.7),
            )
        ]
        spans = [[Span(0, len(p) - 1, False), Span(3, len(p) // 2, False)] for p in paths]
        alone = [feature_table(path, some) for path, some in zip(paths, spans, strict=True)]
        for order in permutations(range(3)):
            legs = [(paths[n], spans[n]) for n in order]
            expected = np.concatenate([alone[n] for n in order])
            found = feature_tables([legs[0], (paths[0], []), *legs[1:]])
            assert np.array_equal(found, expected, equal_nan=True)

    def test_the_clock_the_place_and_the_direction_do_not_matter(self) -> None:
        fixes = stop_and_go(4, halt_s=30.0).fixes()
        night = dataclasses.replace(fixes, time_us=fixes.time_us + 11 * 3_600_000_000)
        east = dataclasses.replace(fixes, lon_deg=fixes.lon_deg + 90.0)
        span = [Span(0, len(fixes) - 1, on_foot=False)]
        here = feature_table(path_of(fixes), span)
        for other in (night, east):
            assert feature_table(path_of(other), span) == pytest.approx(here, rel=1e-6, nan_ok=True)

    @settings(max_examples=40)
    @given(any_fixes(), st.integers(0, 5), st.integers(1, 40))
    def test_any_fixes_give_numbers_that_are_finite_or_unknown(
        self, fixes: Fixes, first: int, length: int
    ) -> None:
        if not len(fixes):
            return
        begin = int(fixes.time_us[min(first, len(fixes) - 1)])
        end = int(fixes.time_us[min(first + length, len(fixes) - 1)])
        table = leg_table(fixes, np.array([[begin, end]]))
        assert table.shape == (1, len(FEATURES))
        assert not np.any(np.isinf(table))


def test_an_hour_at_one_fix_a_second_costs_no_more_rows_than_the_bound() -> None:
    times = MONDAY_US + np.arange(90_000, dtype=np.int64) * 1_000_000
    long = fixes_from(times, np.linspace(48, 49, 90_000), np.full(90_000, 2.0))
    fact = dict(zip(FEATURES, leg_table(long, times[[0, -1]][None])[0], strict=True))
    assert fact["v60_p50"] == pytest.approx(111_195 / 90_000, rel=0.01)
