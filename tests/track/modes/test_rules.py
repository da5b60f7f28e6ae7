from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.model.mobility import Mode
from geowallet.track.modes.leg_features import LegFeatures
from geowallet.track.modes.rules import PROFILES, classify, probabilities

DRIVE = LegFeatures(
    duration_s=900,
    length_m=12_000,
    gap_share=0.0,
    cadence_s=5,
    median_mps=13.0,
    high_mps=19.0,
    halts_per_km=0.4,
    halted_share=0.1,
    sharp_per_km=0.7,
    straightness=0.8,
    steady_share=0.5,
)


def leg(median_mps: float, high_mps: float, km: float, **more: float) -> LegFeatures:
    return replace(DRIVE, median_mps=median_mps, high_mps=high_mps, length_m=km * 1000, **more)


@pytest.mark.parametrize(
    ("mode", "features"),
    [
        (Mode.WALK, leg(1.35, 1.7, 1.0, sharp_per_km=3.0)),
        (Mode.RUN, leg(2.9, 3.4, 6.0, halts_per_km=0.0, sharp_per_km=2.0)),
        (Mode.BIKE, leg(4.8, 6.6, 5.0, sharp_per_km=1.2)),
        (Mode.CAR, DRIVE),
        (Mode.CAR, leg(30.0, 36.0, 90.0, halts_per_km=0.02, sharp_per_km=0.03)),
        (
            Mode.TRAIN,
            leg(
                28.0,
                40.0,
                40.0,
                halts_per_km=0.1,
                sharp_per_km=0.0,
                walk_before_s=400.0,
                walk_after_s=500.0,
            ),
        ),
        (Mode.AIRPLANE, leg(210.0, 240.0, 900.0, halts_per_km=0.0, sharp_per_km=0.0)),
    ],
)
def test_a_typical_leg_gets_its_mode(mode: Mode, features: LegFeatures) -> None:
    guess = classify(features)
    assert guess.mode is mode
    assert guess.confidence >= 0.5
    assert guess.reasons


def test_a_leg_between_two_modes_is_stated_unknown_with_both_named() -> None:
    guess = classify(leg(7.0, 10.0, 3.0, halts_per_km=1.0, walk_before_s=200.0))
    assert guess.mode is Mode.UNKNOWN
    assert guess.confidence < 0.45
    assert len(guess.alternatives) >= 2
    assert "almost equally well" in str(guess.reasons[0])


def test_a_leg_without_speed_is_unknown_for_want_of_positions() -> None:
    guess = classify(leg(float("nan"), float("nan"), 1.0))
    assert guess.mode is Mode.UNKNOWN
    assert guess.confidence == 0.0
    assert str(guess.reasons[0]) == "too few positions to tell"


def test_reasons_are_sentences_with_figures() -> None:
    guess = classify(
        leg(
            25.0,
            38.0,
            30.0,
            sharp_per_km=0.0,
            gap_share=0.3,
            walk_before_s=200.0,
            walk_after_s=200.0,
        )
    )
    text = [str(reason) for reason in guess.reasons]
    assert "usually 90 km/h, at most 137 km/h" in text
    assert "no street corner on the way" in text
    assert "walked to it and from it" in text
    assert "30 % of the way has no positions" in text


class TestProbabilities:
    """Promise: features of a candidate leg in, probabilities of modes out."""

    @settings(max_examples=60)
    @given(
        st.floats(0.1, 300),
        st.floats(1, 3),
        st.floats(0.01, 500),
        st.floats(0, 20),
        st.floats(0, 20),
    )
    def test_add_up_to_one_for_any_features(
        self, median_mps: float, ratio: float, km: float, halts: float, sharp: float
    ) -> None:
        features = leg(median_mps, median_mps * ratio, km, halts_per_km=halts, sharp_per_km=sharp)
        shares = probabilities(features)
        assert set(shares) == set(PROFILES)
        assert sum(shares.values()) == pytest.approx(1.0)
        guess = classify(features)
        assert 0.0 <= guess.confidence <= 1.0
