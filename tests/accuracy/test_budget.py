from __future__ import annotations

import numpy as np
import pytest

from benchmarks.accuracy.budget import Budget, Said, Span, add_user, lines
from benchmarks.accuracy.receivers import Receiver, seen, thinned
from benchmarks.accuracy.truth import Trace
from geowallet.model.fixes import fixes_from

HOUR = 3600.0


def _trace() -> Trace:
    """Two hours to the north at 10 m/s."""
    time_s = np.arange(0.0, 2 * HOUR)
    along_m = time_s * 10.0
    lat_deg = 45.0 + along_m / 111_195.0
    return Trace(time_s, lat_deg, np.full(len(time_s), 5.0), np.full(len(time_s), 4.0), along_m)


def _budget(truth: list[Span], said: list[Span], *stops: tuple[float, float]) -> Budget:
    whole = Budget()
    given = ["car" for _ in truth]
    add_user(whole, _trace(), truth, Said(said, stops, given))
    return whole


CAR = Span(0.0, HOUR, "car")


class TestBudget:
    """Promise: "Where the moving time goes that is told wrongly"."""

    @pytest.mark.parametrize(
        ("truth", "said", "expected"),
        [
            ([CAR], [CAR], {"right": 100.0}),
            ([CAR], [Span(0.0, HOUR, "bus")], {"c whole, legs given right": 100.0}),
            (
                [Span(0.0, HOUR, "rail")],
                [Span(0.0, HOUR / 2, "rail"), Span(HOUR / 2, HOUR, "bus")],
                {"right": 50.0, "d piece, wrong either way": 50.0},
            ),
            (
                [CAR, Span(HOUR, 2 * HOUR, "bus")],
                [Span(0.0, 1.6 * HOUR, "car")],
                {"right": 50.0, "b swallowed": 30.0, "a no trip": 20.0},
            ),
        ],
    )
    def test_names_why(
        self, truth: list[Span], said: list[Span], expected: dict[str, float]
    ) -> None:
        found = {name: s for name, s in _budget(truth, said).shares().items() if s > 0.2}
        assert found == pytest.approx(expected, abs=0.2)

    def test_tells_a_stop_from_nothing(self) -> None:
        found = _budget([CAR], [], (0.0, HOUR / 4)).shares()
        assert found == pytest.approx({"a stop": 25.0, "a no trip": 75.0}, abs=0.2)

    def test_says_what_is_at_a_false_change(self) -> None:
        said = [Span(0.0, 1000.0, "car"), Span(1000.0, 1200.0, "walk"), Span(1200.0, HOUR, "car")]
        found = _budget([CAR], said)
        assert found.false == {("car", "fast walk"): 2}
        text = "\n".join(lines("one ride", found))
        assert "precision 0.000" in text
        assert "confidence: mean gap nan" in text

    def test_finds_a_change_within_two_minutes_and_misses_others(self) -> None:
        truth = [CAR, Span(HOUR, 2 * HOUR, "rail")]
        near = _budget(truth, [Span(0.0, HOUR + 60.0, "car"), Span(HOUR + 60.0, 2 * HOUR, "rail")])
        assert near.changes == {"true": 1, "claimed": 1, "matched": 1}
        far = _budget(truth, [Span(0.0, HOUR + 300.0, "car"), Span(HOUR + 300.0, 2 * HOUR, "rail")])
        assert far.missed == {("car", "rail"): 1}
        assert far.false == {("rail", "near a true change"): 1}


class TestReceivers:
    def test_thin_and_take_away_what_old_loggers_did_not_say(self) -> None:
        time_us = np.arange(600, dtype=np.int64) * 1_000_000
        lat_deg = 45.0 + np.arange(600, dtype=np.float64) * 1e-4
        fixes = fixes_from(time_us, lat_deg, np.full(600, 5.0), accuracy_m=np.full(600, 4.0))
        assert seen(fixes, Receiver.PLAIN, np.random.default_rng(1)) is fixes
        assert len(seen(fixes, Receiver.HALF_MINUTE, np.random.default_rng(1))) == 20
        old = seen(fixes, Receiver.OLD, np.random.default_rng(1))
        assert np.all(np.isnan(old.accuracy_m))
        assert np.median(np.diff(old.time_us)) >= 2_000_000
        assert len(thinned(fixes.take(slice(0, 0)), 5.0)) == 0
