"""The published formula, by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.driving.score import FORMULA, PHONE, WEIGHTS, DrivingScore, score_of
from geowallet.driving.words import EventKind, Exposure, Strength


def exposure(
    *counts: tuple[EventKind, Strength, int], driven_m: int = 500_000, **known: int
) -> Exposure:
    seen = {"dense_m": driven_m, "along_m": driven_m, "night_m": 0} | known
    return Exposure(driven_m=driven_m, counts=counts, **seen)


def part(score: DrivingScore, name: str) -> tuple[int | None, float | None, float]:
    found = next(part for part in score.parts if part.name == name)
    return found.score, found.rate, found.weight


def test_a_drive_without_events_by_day_is_100() -> None:
    score = score_of(exposure())
    assert (score.score, score.missing, score.formula) == (100, (), FORMULA)


def test_a_part_falls_with_the_weighted_events_per_100_km() -> None:
    # 500 km: 10 light (0.5), 5 strong (1), 10 rough (2) = 30 weighted, 6 per 100 km.
    score = score_of(
        exposure(
            (EventKind.BRAKING, Strength.LIGHT, 10),
            (EventKind.BRAKING, Strength.STRONG, 5),
            (EventKind.BRAKING, Strength.ROUGH, 10),
        )
    )
    assert part(score, "braking")[:2] == (round(100 * math.exp(-6 / 12)), 6.0) == (61, 6.0)


def test_phone_use_is_never_measured_and_gives_its_weight_to_the_others() -> None:
    score = score_of(exposure())
    assert part(score, PHONE) == (None, None, 0.0)
    assert part(score, "braking")[2] == pytest.approx(0.4 / 0.9)
    assert sum(part.weight for part in score.parts) == pytest.approx(1)


def test_the_whole_is_the_weighted_mean_of_what_was_measured() -> None:
    score = score_of(exposure((EventKind.CORNERING, Strength.STRONG, 200), night_m=250_000))
    # Cornering 40 per 100 km: 36.8; night 50; the others 100.
    by_hand = (0.4 * 100 + 0.2 * 100 + 0.2 * 100 / math.e + 0.1 * 50) / 0.9
    assert score.score == round(by_hand) == 80


def test_below_400_km_there_is_no_score_and_the_parts_stay() -> None:
    score = score_of(exposure(driven_m=399_999))
    assert score.score is None
    assert [str(reason) for reason in score.missing] == [
        "only 399 km were driven; a score needs 400 km"
    ]
    assert part(score, "braking")[0] == 100


def test_below_70_percent_at_a_fix_a_second_there_is_no_score() -> None:
    enough = score_of(exposure(dense_m=350_000, along_m=350_000))
    short = score_of(exposure(dense_m=349_999, along_m=349_999))
    assert enough.score == 100
    assert short.score is None
    assert str(short.missing[0]) == ("69 % of the way has a position a second; a score needs 70 %")


def test_without_speeds_of_the_receiver_braking_is_not_measured() -> None:
    score = score_of(exposure(along_m=0))
    assert score.score is None
    assert [part(score, name)[0] for name in ("braking", "acceleration")] == [None, None]
    assert part(score, "cornering")[0] == 100


def test_nothing_driven_measures_nothing() -> None:
    score = score_of(exposure(driven_m=0))
    assert score.score is None
    assert {part.score for part in score.parts} == {None}


class TestPromises:
    """A score lies between 0 and 100, and one event more never raises it."""

    counts = st.dictionaries(
        st.tuples(st.sampled_from(EventKind), st.sampled_from(Strength)), st.integers(0, 5000)
    )

    @given(counts, st.sampled_from(EventKind), st.sampled_from(Strength))
    def test_more_events_never_score_higher(
        self, counts: dict[tuple[EventKind, Strength], int], kind: EventKind, strength: Strength
    ) -> None:
        more = counts | {(kind, strength): counts.get((kind, strength), 0) + 50}
        before, after = (
            score_of(exposure(*((*key, n) for key, n in sorted(found.items())))).score
            for found in (counts, more)
        )
        assert before is not None
        assert after is not None
        assert 0 <= after <= before <= 100


def test_the_weights_add_up_to_one() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1)
