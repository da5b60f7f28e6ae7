"""Promise: habits tell a leg of what other times showed, and nothing of its own time twice."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from geowallet.model.mobility import Mode
from geowallet.track.modes.habits import (
    NOTHING_SAID,
    Habits,
    Said,
    habits_from,
    joined,
)
from geowallet.track.modes.hints import Hints
from geowallet.track.modes.shipped import shipped_forest
from geowallet.track.modes.usual import everybody, together
from geowallet.track.pipeline import SourcedFixes, analyse, legs_say
from tests.track.modes.forests import forest_of
from tests.track.synthetic import workday

HOUR_US = 3_600_000_000
FOREST = forest_of()
CLASSES = len(FOREST.classes)
PRIOR = everybody(FOREST.classes, FOREST.settings["prior"]).prior
WAY = (48.0, 2.0, 48.02, 2.0)
"""2.2 km to the north."""


def said(*legs: tuple[float, float, str]) -> Said:
    """What legs along `WAY` say: begin and end in hours, and the one class they are sure of."""
    shares = np.full((len(legs), CLASSES), 0.1 / (CLASSES - 1))
    for row, (_, _, mode) in zip(shares, legs, strict=True):
        row[FOREST.classes.index(mode)] = 0.9
    bounds_us = np.array([[a, b] for a, b, _ in legs]) * HOUR_US
    return Said(bounds_us.astype(np.int64), np.array([WAY] * len(legs)), shares)


class TestWaysThatRepeat:
    def told(self, known: Said, at: tuple[float, float]) -> np.ndarray:
        own = said((*at, "car"))
        habits = Habits(PRIOR, known)
        return habits.tell(own.probabilities, own.bounds_us, own.ends_deg, FOREST)

    def test_legs_of_other_times_tell_as_they_do_when_all_are_looked_at_together(self) -> None:
        known = said((0, 1, "bus"), (24, 25, "bus"))
        own, every = said((48, 49, "car")), said((0, 1, "bus"), (24, 25, "bus"), (48, 49, "car"))
        habits = habits_from(every, FOREST)
        found = habits.tell(own.probabilities, own.bounds_us, own.ends_deg, FOREST)
        others = everybody(FOREST.classes, FOREST.settings["prior"])
        whole = together(every.probabilities, every.ends_deg, others)
        assert found == pytest.approx(whole[2:])
        assert self.told(known, (48, 49))[0, FOREST.classes.index("bus")] > 0.1

    @pytest.mark.parametrize("at", [(0.5, 0.6), (-1, 0.1), (0.9, 2), (-1, 2)])
    def test_what_was_said_in_its_own_time_is_of_the_leg_itself(
        self, at: tuple[float, float]
    ) -> None:
        alone = said((*at, "car")).probabilities
        assert self.told(said((0, 1, "bus")), at) == pytest.approx(alone)

    def test_elsewhere_and_of_nothing_nothing_is_told(self) -> None:
        far = dataclasses.replace(said((0, 1, "bus")), ends_deg=np.array([WAY]) + 1.0)
        for known in (far, NOTHING_SAID):
            alone = said((48, 49, "car")).probabilities
            assert self.told(known, (48, 49)) == pytest.approx(alone)


class TestShares:
    def test_of_no_legs_they_are_those_of_everybody(self) -> None:
        assert habits_from(NOTHING_SAID, FOREST).shares.tolist() == PRIOR.tolist()

    def test_they_lean_to_what_was_seen_whatever_the_order(self) -> None:
        some = said(*((24 * n, 24 * n + 1, "bus") for n in range(30)), (800, 801, "car"))
        back = Said(some.bounds_us[::-1], some.ends_deg[::-1], some.probabilities[::-1])
        bus, nobody = FOREST.classes.index("bus"), habits_from(NOTHING_SAID, FOREST)
        found = habits_from(some, FOREST)
        assert found.shares[bus] > nobody.shares[bus] + 0.1
        assert habits_from(back, FOREST).shares.tolist() == found.shares.tolist()

    def test_parts_are_joined_and_empty_ones_are_nothing(self) -> None:
        one, two = said((0, 1, "bus")), said((24, 25, "car"))
        whole = joined([NOTHING_SAID, one, two, NOTHING_SAID])
        assert whole.bounds_us.tolist() == [*one.bounds_us.tolist(), *two.bounds_us.tolist()]
        assert joined([]) is NOTHING_SAID


@pytest.fixture(scope="module")
def days() -> list[SourcedFixes]:
    day = workday().sourced("a")
    return [
        SourcedFixes(
            str(n) * 64,
            "",
            dataclasses.replace(day.fixes, time_us=day.fixes.time_us + 24 * n * HOUR_US),
        )
        for n in range(3)
    ]


@pytest.fixture(scope="module")
def usual(days: list[SourcedFixes]) -> Hints:
    return Hints(habits=habits_from(legs_say(days[:2]), shipped_forest()))


class TestInAnAnalysis:
    """Promise: "a new file changes nothing outside the chunks it touches"."""

    def test_days_to_come_are_named_by_those_before(
        self, days: list[SourcedFixes], usual: Hints
    ) -> None:
        plain, told = analyse(days[2:]).trips, analyse(days[2:], hints=usual).trips
        assert [leg.mode for trip in told for leg in trip.legs][-2] is Mode.TRAIN
        pairs = zip(plain, told, strict=True)
        assert [b.main_leg.confidence > a.main_leg.confidence for a, b in pairs] == [True] * 3

    def test_a_day_is_named_alike_with_and_without_the_next(
        self, days: list[SourcedFixes], usual: Hints
    ) -> None:
        first = analyse(days[:1], hints=usual).trips
        assert analyse(days, hints=usual).trips[:3] == first

    def test_they_do_not_teach_themselves(self, days: list[SourcedFixes], usual: Hints) -> None:
        plain, again = legs_say(days), legs_say(days, hints=usual)
        assert again.probabilities.tolist() == plain.probabilities.tolist()
        assert again.bounds_us.tolist() == plain.bounds_us.tolist()

    def test_nothing_says_nothing(self) -> None:
        assert len(legs_say([])) == 0
