from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geowallet.model.fixes import Fixes, fixes_from
from geowallet.track.drafts import draft_of
from geowallet.track.modes.hints import NO_HINTS
from geowallet.track.motion import path_of
from tests.track.synthetic import MONDAY_US, Traveller


def trips(fixes: Fixes) -> int:
    path = path_of(fixes)
    return len(draft_of(path, np.zeros(len(path), dtype=np.int32), NO_HINTS).episodes)


def walk(metres: float, accuracy_m: float, *, back: bool = True) -> Fixes:
    """Somebody who goes as far, mostly comes back, and stays before and after."""
    way = Traveller().stay(1200, every_s=10).go(metres, 1.4, every_s=10)
    if back:
        way.go(metres, 1.4, heading_deg=270.0, every_s=10)
    fixes = way.stay(1200).fixes()
    return replace(fixes, accuracy_m=np.full(len(fixes), accuracy_m))


def drifting(spread_m: float, settling_s: float, accuracy_m: float, *, seed: int) -> Fixes:
    """Eight hours in one place, a fix in ten seconds whose error wanders."""
    rng = np.random.default_rng(seed)
    kept = np.exp(-10.0 / settling_s)
    error_m = np.zeros((2880, 2))
    for row in range(1, len(error_m)):
        new = rng.normal(0.0, spread_m * np.sqrt(1.0 - kept**2), 2)
        error_m[row] = kept * error_m[row - 1] + new
    degrees = np.degrees(error_m / 6_371_008.8)
    time_us = MONDAY_US + np.arange(len(error_m)) * 10_000_000
    return fixes_from(
        time_us, *degrees.T, accuracy_m=np.full(len(error_m), accuracy_m, dtype=np.float64)
    )


class TestDrift:
    """Promise: what is no more than the error that a receiver admits is no trip."""

    @pytest.mark.parametrize(
        ("metres", "accuracy_m", "expected"),
        [(400, 60, 1), (280, 60, 0), (280, 40, 1), (280, np.nan, 1), (120, 5, 0)],
        ids=["farther than five times", "within", "better", "unknown", "no trip at all"],
    )
    def test_a_walk_there_and_back_leads_farther_than_five_times_the_accuracy(
        self, metres: float, accuracy_m: float, expected: int
    ) -> None:
        assert trips(walk(metres, accuracy_m)) == expected

    def test_one_that_ends_elsewhere_leads_somewhere(self) -> None:
        assert trips(walk(280, 60, back=False)) == 1

    @pytest.mark.parametrize("seed", [0, 1])
    def test_a_phone_that_lies_in_a_cellar_goes_nowhere(self, seed: int) -> None:
        assert trips(drifting(40.0, 120.0, 60.0, seed=seed)) == 0

    def test_some_fixes_without_an_accuracy_say_nothing_of_it(self) -> None:
        fixes = walk(280, 60)
        every_second = np.where(np.arange(len(fixes)) % 2, 60.0, np.nan)
        assert trips(replace(fixes, accuracy_m=every_second)) == 0
