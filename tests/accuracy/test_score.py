from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.accuracy.score import Guess, Score, Table, class_of, score
from benchmarks.accuracy.truth import Leg, Trace, epoch_s, haversine_m, read_set


@pytest.fixture(scope="module")
def mobilitynet(shared_data: Path) -> tuple[dict[str, Trace], list[Leg]]:
    return read_set(shared_data / "labelled" / "mobilitynet")


def crooked(legs: list[Leg]) -> list[Guess]:
    """Return guesses that are shifted, cut and wrong in known ways."""
    words = ("walk", "bicycle", "car", "bus", "tram", "stop", "unknown")
    said = []
    for n, leg in enumerate(legs):
        middle = (leg.start_s + leg.end_s) / 2 + 7.0 * (n % 11)
        first = leg.mode if n % 3 else words[n % 7]
        said.append(Guess(leg.user, leg.start_s + 13 * (n % 5) - 40, middle, first))
        if n % 4:
            second = leg.mode if n % 2 else words[n % 5]
            end_s = leg.end_s + (n % 6) * 17 - 30
            said.append(Guess(leg.user, middle + (n % 2) * 20, end_s, second))
    return said


class TestAgainstTheOtherScorer:
    """The numbers of tools/score_modes.py, another program, on the same guesses."""

    def rounded(self, table: Table) -> tuple[float, float]:
        each = [round(table.f1(name), 4) for name in table.classes]
        return round(table.accuracy, 4), round(float(np.mean(each)), 4)

    def test_the_same_legs(self, mobilitynet: tuple[dict[str, Trace], list[Leg]]) -> None:
        _, legs = mobilitynet
        assert len(legs) == 137

    def test_the_same_numbers(self, mobilitynet: tuple[dict[str, Trace], list[Leg]]) -> None:
        found = score(*mobilitynet, crooked(mobilitynet[1]))
        assert len(found.rows) == 117
        assert self.rounded(found.legs) == (0.7094, 0.7236)
        assert self.rounded(found.time) == (0.5679, 0.6325)
        assert self.rounded(found.moving) == (0.5663, 0.6310)
        assert self.rounded(found.distance) == (0.5356, 0.5615)
        assert round(found.leg_distance_accuracy, 4) == 0.6376
        assert found.changes == (42, 79, 29)
        assert round(found.change_precision, 4) == 0.3671
        assert round(found.change_recall, 4) == 0.6905


def straight(seconds: int, mps: float) -> Trace:
    """Return a trace that goes north, a fix a second."""
    time_s = np.arange(float(seconds))
    lat = 48.0 + mps * time_s / 111_194.9
    lon = np.full(seconds, 2.0)
    step_m = haversine_m(lat[:-1], lon[:-1], lat[1:], lon[1:])
    along_m = np.concatenate(([0.0], np.cumsum(step_m)))
    return Trace(time_s, lat, lon, np.full(seconds, np.nan), along_m)


def scored(*said: Guess) -> Score:
    """Score guesses on 1,000 s on foot, then 1,000 s by bus."""
    legs = [Leg("a", 0.0, 1000.0, "walk", 1001, 1400.0), Leg("a", 1000.0, 2000.0, "bus", 999, 9e3)]
    return score({"a": straight(2001, 4.0)}, legs, said)


def test_a_leg_gets_the_mode_that_covers_most_of_it() -> None:
    found = scored(Guess("a", 0, 400, "bike", 0.9), Guess("a", 400, 2000, "walk", 0.6))
    assert [(row.truth, row.guess) for row in found.rows] == [("walk", "walk"), ("bus", "walk")]
    assert [row.confidence for row in found.rows] == pytest.approx([0.6, 0.6])
    assert found.legs.accuracy == 0.5
    assert found.time.at("walk", "bike") == pytest.approx(400.0)


def test_what_nobody_says_is_wrong() -> None:
    found = scored(Guess("a", 0, 1000, "walk"))
    assert found.rows[1].guess == "none"
    assert found.legs.at("bus", "none") == 1
    assert found.time.accuracy == 0.5
    assert scored().time.accuracy == 0.0
    assert scored().changes == (1, 0, 0)


def test_a_stop_is_no_mode() -> None:
    found = scored(Guess("a", 0, 900, "stop"), Guess("a", 900, 1000, "walk"))
    assert found.rows[0].guess == "walk"


@pytest.mark.parametrize(("late_s", "matched"), [(0, 1), (119, 1), (121, 0)])
def test_a_change_is_found_within_two_minutes(late_s: float, matched: int) -> None:
    found = scored(Guess("a", 0, 1000 + late_s, "walk"), Guess("a", 1000 + late_s, 2000, "bus"))
    assert found.changes == (1, 1, matched)


def test_f1_is_the_harmonic_mean() -> None:
    table = Table(("walk", "bus"))
    for truth, guess, count in (("walk", "walk", 6), ("walk", "bus", 2), ("bus", "bus", 4)):
        table.add(truth, guess, count)
    assert table.f1("walk") == pytest.approx(2 * 1.0 * 0.75 / 1.75)
    assert table.f1("bus") == pytest.approx(2 * (4 / 6) * 1.0 / (4 / 6 + 1))
    assert table.accuracy == pytest.approx(10 / 12)


def test_words_of_many_programs_have_five_classes() -> None:
    words = ("Walking", "E-Bike", "taxi", "coach", "light rail", "airplane", "still", "")
    assert [class_of(word) for word in words] == [
        "walk", "bike", "car", "bus", "rail", "other", "stop", "none",
    ]  # fmt: skip


def test_instants_are_read_to_the_millisecond() -> None:
    assert epoch_s(["1970-01-01T00:00:01.2345Z"]).tolist() == [1.234]
    assert epoch_s(["12.5"]).tolist() == [12.5]
    assert len(epoch_s([])) == 0
