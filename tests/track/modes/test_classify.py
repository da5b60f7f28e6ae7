from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import geowallet.track
from geowallet.model.fixes import Fixes, fixes_from, no_fixes
from geowallet.model.mobility import Mode
from geowallet.track.legs import Span
from geowallet.track.modes import ends
from geowallet.track.modes.classify import (
    classify_legs,
    classify_spans,
    good_fixes,
    leg_table,
)
from geowallet.track.modes.features import FEATURES, feature_table
from geowallet.track.modes.habits import NOTHING_SAID, Habits
from geowallet.track.modes.hints import Hints
from geowallet.track.modes.labels import ModeLabel
from geowallet.track.motion import path_of
from tests.strategies import fixes as any_fixes
from tests.track.modes.forests import forest_of, trees_of
from tests.track.synthetic import Traveller, workday

FOREST = Hints(forest=forest_of())


def a_day() -> tuple[Fixes, np.ndarray]:
    """A walk, a ride with halts, a walk; an hour at work; a drive."""
    day = Traveller(noise_m=2.0)
    edges = [0]
    day.go(500, 1.4)
    edges.append(len(day.rows))
    for _ in range(8):
        day.go(500, 12.0, every_s=3.0).stay(25, every_s=3.0)
    edges.append(len(day.rows))
    day.go(400, 1.4)
    edges.append(len(day.rows))
    day.stay(3600)
    edges.append(len(day.rows))
    day.zigzag(9000, 12.0, block_m=450, every_s=5.0)
    edges.append(len(day.rows))
    fixes = day.fixes()
    spans = [(edges[n], edges[n + 1] - 1) for n in (0, 1, 2, 4)]
    return fixes, np.array([(fixes.time_us[a], fixes.time_us[b]) for a, b in spans])


def thinned(fixes: Fixes, every_s: float) -> Fixes:
    wanted = np.arange(int(fixes.time_us[0]), int(fixes.time_us[-1]), int(every_s * 1e6))
    return fixes.take(np.unique(np.searchsorted(fixes.time_us, wanted)))


class TestPublicCall:
    def test_is_offered_by_the_package_and_nothing_else_is_made_up(self) -> None:
        assert geowallet.track.classify_legs is classify_legs
        with pytest.raises(AttributeError, match="no_such_thing"):
            _ = geowallet.track.no_such_thing

    def test_gives_one_mode_its_probability_and_reasons_for_each_leg(self) -> None:
        found = classify_legs(*a_day(), hints=FOREST)
        assert [guess.mode for guess in found] == [Mode.WALK, Mode.BUS, Mode.WALK, Mode.CAR]
        for guess in found:
            assert 0.4 <= guess.confidence <= guess.probability <= 1
            assert guess.reasons
        assert "walked to it and from it" in map(str, found[1].reasons)

    def test_the_same_way_on_another_day_makes_it_surer(self) -> None:
        fixes, bounds = a_day()
        day_us = 86_400_000_000
        both = fixes_from(
            np.concatenate((fixes.time_us, fixes.time_us + day_us)),
            np.tile(fixes.lat_deg, 2),
            np.tile(fixes.lon_deg, 2),
        )
        drive, again = bounds[3], bounds[3] + day_us
        alone = classify_legs(both, drive[None], hints=FOREST)[0]
        twice = classify_legs(both, np.stack((drive, again)), hints=FOREST)
        assert {guess.mode for guess in twice} == {alone.mode} == {Mode.CAR}
        assert min(guess.confidence for guess in twice) > alone.confidence + 0.01

    def test_says_nothing_of_legs_without_fixes(self) -> None:
        fixes, bounds = a_day()
        later = bounds + 10**13
        for guess in (*classify_legs(fixes, later), *classify_legs(no_fixes(), bounds)):
            assert (guess.mode, guess.confidence) == (Mode.UNKNOWN, 0.0)
            assert str(guess.reasons[0]) == "too few positions to tell"
        assert classify_legs(fixes, bounds[:0]) == ()

    def test_a_leg_that_goes_nowhere_has_no_mode(self) -> None:
        way = Traveller(noise_m=2.0).go(800, 1.4).stay(900, every_s=10).go(800, 1.4).fixes()
        first, last = way.time_us[0], way.time_us[-1]
        halt = [int(first) + 575_000_000, int(first) + 1_460_000_000]
        walk, none = classify_legs(way, [[int(first), int(last)], halt], hints=FOREST)
        assert (walk.mode, none.mode, none.probability) == (Mode.WALK, Mode.UNKNOWN, 0.0)
        assert [str(reason) for reason in none.reasons] == ["stays where it is: no way shows"]

    def test_takes_bounds_as_a_list_and_refuses_what_are_no_pairs_of_instants(self) -> None:
        fixes, bounds = a_day()
        assert classify_legs(fixes, bounds.tolist()) == classify_legs(fixes, bounds)
        assert classify_legs(fixes, []) == ()
        for shape in (bounds[0], bounds[:, :1], bounds[:, [0, 1, 1]], bounds[None]):
            with pytest.raises(ValueError, match="are pairs"):
                classify_legs(fixes, shape)
        for kind in (bounds.astype("datetime64[us]"), np.array([[np.nan, 1.0]])):
            with pytest.raises(ValueError, match="are microseconds"):
                classify_legs(fixes, kind)

    @settings(max_examples=10)
    @given(st.permutations(range(4)))
    def test_does_not_depend_on_the_order_of_the_legs(self, order: list[int]) -> None:
        fixes, bounds = a_day()
        whole = classify_legs(fixes, bounds, hints=FOREST)
        mixed = classify_legs(fixes, bounds[order], hints=FOREST)
        assert [guess.mode for guess in mixed] == [whole[n].mode for n in order]
        for guess, number in zip(mixed, order, strict=True):
            assert guess.confidence == pytest.approx(whole[number].confidence, abs=1e-9)

    @settings(max_examples=30)
    @given(any_fixes(), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=4))
    def test_survives_any_fixes_and_any_bounds(
        self, fixes: Fixes, pairs: list[tuple[int, int]]
    ) -> None:
        if not len(fixes):
            return
        at = [[int(fixes.time_us[min(n, len(fixes) - 1)]) for n in pair] for pair in pairs]
        found = classify_legs(fixes, np.array(at, dtype=np.int64).reshape(-1, 2))
        assert len(found) == len(pairs)
        assert all(0 <= guess.confidence <= 1 for guess in found)


class TestSpans:
    def test_are_the_same_as_legs_of_the_same_bounds(self) -> None:
        fixes, bounds = a_day()
        path = path_of(good_fixes(fixes))
        first = np.searchsorted(fixes.time_us, bounds[:, 0])
        last = np.searchsorted(fixes.time_us, bounds[:, 1])
        spans = [Span(int(a), int(b), on_foot=False) for a, b in zip(first, last, strict=True)]
        assert np.array_equal(feature_table(path, spans), leg_table(fixes, bounds), equal_nan=True)
        modes = [guess.mode for guess in classify_spans(path, spans, hints=FOREST)]
        assert modes == [Mode.WALK, Mode.BUS, Mode.WALK, Mode.CAR]
        assert classify_spans(path, [], hints=FOREST) == ()

    def test_what_lies_at_the_ends_is_not_told_twice_to_who_sees_the_neighbours(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Trees that could see the neighbours, but look at nothing of them."""
        fixes, bounds = a_day()
        path = path_of(good_fixes(fixes))
        first, last = (np.searchsorted(fixes.time_us, bounds[:, side]) for side in (0, 1))
        spans = [Span(int(a), int(b), on_foot=False) for a, b in zip(first, last, strict=True)]
        seeing = Hints(forest=dataclasses.replace(forest_of(), context=trees_of()))
        found = [guess.confidence for guess in classify_spans(path, spans, hints=seeing)]
        assert found != [guess.confidence for guess in classify_spans(path, spans, hints=FOREST)]
        monkeypatch.setattr(ends, "POWER", 0.0)
        plain = [guess.confidence for guess in classify_spans(path, spans, hints=FOREST)]
        assert found == pytest.approx(plain)


class TestHints:
    def test_the_owners_habits_decide_between_what_looks_alike(self) -> None:
        fixes, bounds = a_day()
        often = {"walk": 0.3, "bike": 0.01, "car": 0.01, "bus": 0.66, "train": 0.02}
        shares = np.array([often[name] for name in forest_of().classes])
        by_bus = dataclasses.replace(FOREST, habits=Habits(shares, NOTHING_SAID))
        drive, ridden = (classify_legs(fixes, bounds[3:], hints=h)[0] for h in (FOREST, by_bus))
        assert drive.mode is Mode.CAR
        assert dict(drive.alternatives).get(Mode.BUS, 0.0) < 0.4
        assert ridden.mode is Mode.BUS
        assert "the owner often travels so" in map(str, ridden.reasons)

    def test_what_a_source_says_is_heard_and_told(self) -> None:
        fixes, bounds = a_day()
        label = ModeLabel(int(bounds[3, 0]), int(bounds[3, 1]), "IN_BUS", "google_timeline")
        hints = dataclasses.replace(FOREST, labels={"a" * 64: (label,)})
        plain = classify_legs(fixes, bounds, hints=FOREST)[3]
        heard = classify_legs(fixes, bounds, hints=hints)[3]
        assert plain.mode is Mode.CAR
        assert heard.confidence < plain.confidence or heard.mode is Mode.BUS
        assert "its source says bus" in str(heard.reasons[0])

    def test_labels_of_other_sources_can_be_set_aside(self) -> None:
        label = ModeLabel(0, 1, "IN_BUS", "arc")
        hints = Hints(labels={"a": (label,), "b": (label,)})
        assert set(hints.of({"b", "c"}).labels) == {"b"}


class TestShippedForest:
    """Promise: sparse traces degrade honestly: fewer claims, lower confidence."""

    def test_claims_less_of_a_thinner_trace(self) -> None:
        fixes = workday(seed=3, every_s=5.0).fixes()
        times = fixes.time_us
        first = int(times[0])
        hours = ((8.0, 8.21), (14.3, 14.45))
        bounds = np.array([[first + int((h - 6) * 3.6e9) for h in pair] for pair in hours])
        sure = [
            np.mean([guess.probability for guess in classify_legs(thinned(fixes, s), bounds)])
            for s in (5.0, 120.0)
        ]
        assert sure[0] > sure[1]

    def test_walks_of_a_workday_are_walks_at_any_cadence(self) -> None:
        for every_s in (2.0, 10.0, 30.0):
            day = Traveller(noise_m=4.0).stay(600).go(1500, 1.4, every_s=every_s).stay(600)
            fixes = day.fixes()
            moving = np.array([[fixes.time_us[0] + 600_000_000, fixes.time_us[0] + 1_650_000_000]])
            assert classify_legs(fixes, moving)[0].mode is Mode.WALK

    def test_columns_of_the_table_are_all_there(self) -> None:
        assert leg_table(*a_day()).shape == (4, len(FEATURES))
