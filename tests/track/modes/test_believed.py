from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.model.mobility import Mode
from geowallet.track.legs import Span
from geowallet.track.modes import weighing
from geowallet.track.modes.believed import less_sure
from geowallet.track.modes.classify import SpanModes, classify_legs, classify_spans, good_fixes
from geowallet.track.modes.decide import ALL_MODES, FAMILIES, decided
from geowallet.track.modes.hints import Hints
from geowallet.track.modes.labels import ModeLabel
from geowallet.track.modes.listener import Listener
from geowallet.track.motion import path_of
from tests.track.modes.forests import CLASSES, SETTINGS, forest_of
from tests.track.modes.networks import drawn, errand, fast_is, forest_with
from tests.track.modes.test_decide import row
from tests.track.synthetic import Traveller

SILENT = np.zeros((1, len(ALL_MODES)))
UNHEARD = np.zeros((1, len(CLASSES)))


def heard(**modes: float) -> np.ndarray:
    return np.array([[modes.get(name, 0.0) for name in CLASSES]])


class TestWorkedByHand:
    def test_where_its_mode_is_not_heard_half_of_the_evidence_counts(self) -> None:
        (found,) = less_sure(row(car=0.9, bus=0.1)[None], SILENT, heard(car=0.5, bus=0.3), CLASSES)
        # Where it is not heard: roots of 0.9 and 0.1, which are three to one.
        assert found == pytest.approx(row(car=0.825, bus=0.175))

    def test_families_are_blunted_and_their_modes_keep_their_shares_of_them(self) -> None:
        (found,) = less_sure(row(tram=0.54, train=0.27, car=0.19)[None], SILENT, UNHEARD, CLASSES)
        rail = 0.9 / (0.9 + 0.19**0.5)
        assert found == pytest.approx(row(tram=rail * 2 / 3, train=rail / 3, car=1 - rail))

    def test_what_is_heard_of_the_family_counts(self) -> None:
        (found,) = less_sure(row(tram=0.9, car=0.1)[None], SILENT, heard(train=1.0), CLASSES)
        assert found == pytest.approx(row(tram=0.9, car=0.1))

    @pytest.mark.parametrize(("network", "there"), [(0.0, 0.5), (0.7, 0.7)])
    def test_what_a_source_says_counts_as_heard_as_far_as_it_is_to_be_trusted(
        self, network: float, there: float
    ) -> None:
        """Six to one, beside six other families: one in two, if no more is heard."""
        word = np.log(row(bike=6.0, e_bike=6.0)[None] + (row(bike=6.0, e_bike=6.0)[None] == 0))
        (found,) = less_sure(row(bike=0.9, car=0.1)[None], word, heard(bike=network), CLASSES)
        bike = there * 0.9 + (1 - there) * 0.75
        assert found == pytest.approx(row(bike=bike, car=1 - bike))

    def test_without_a_network_a_leg_is_as_sure_as_most_are(self) -> None:
        (found,) = less_sure(row(car=0.9, bus=0.1)[None], SILENT, None, CLASSES)
        assert found == pytest.approx(row(car=0.858, bus=0.142))


class TestNames:
    """Promise: "their order stays", so that no leg has another name; none is surer."""

    @given(
        st.lists(st.integers(0, 1000), min_size=13, max_size=13).filter(any),
        st.lists(st.floats(0, 0.2), min_size=5, max_size=5),
    )
    def test_a_leg_is_taken_for_the_same_and_not_more_surely(
        self, weights: list[int], along: list[float]
    ) -> None:
        shares = np.array(weights) / sum(weights)
        (found,) = less_sure(shares[None], SILENT, np.array([along]), CLASSES)
        assert found.sum() == pytest.approx(1.0)
        assert np.array_equal(found == 0, shares == 0)
        before, after = decided(shares, SETTINGS), decided(found, SETTINGS)
        assert (after.best, after.family <= before.family + 1e-12) == (before.best, True)
        for family in FAMILIES:
            inside = [ALL_MODES.index(mode) for mode in family]
            whole = shares[inside].sum(), found[inside].sum()
            assert shares[inside] * whole[1] == pytest.approx(found[inside] * whole[0])


class TestListener:
    def test_hears_along_a_leg_the_mean_of_its_rows(self) -> None:
        path = errand()
        found = Listener(drawn(), path, CLASSES).along([Span(0, 30, on_foot=True)] * 2)
        rows = Listener(drawn(), path).shares(0, int(path.time_s[30] + 5) // 10)
        assert found == pytest.approx(np.array([rows[:, :-1].mean(axis=0)] * 2))
        assert Listener(drawn(), path).along([]).shape == (0, len(CLASSES))


class TestLegsOfTrips:
    """Promise: "How sure a leg may be that cuts found", and no other."""

    def test_are_less_sure_where_another_mode_is_heard_and_given_ones_are_not(self) -> None:
        fixes = Traveller(noise_m=2.0).go(9000, 15.0, every_s=5).fixes()
        path, bounds = path_of(good_fixes(fixes)), fixes.time_us[[0, -1]][None]
        lost = []
        for mode in ("car", "bus"):
            hints = Hints(forest=forest_with(fast_is(mode, logit=3.0), network_share=0.0))
            found = classify_spans(path, [Span(0, len(path) - 1, on_foot=False)], hints=hints)[0]
            told = classify_legs(fixes, bounds, hints=hints)[0]
            assert found.mode is told.mode is Mode.CAR
            lost.append(told.confidence - found.confidence)
        assert 0.0 < 3 * lost[0] < lost[1]

    def test_a_ride_that_its_source_calls_cycling_stays_one_though_no_bike_is_heard(self) -> None:
        """A fix a minute, which the network takes for a car all along."""
        path = path_of(Traveller(noise_m=2.0).go(9000, 5.0, every_s=60).fixes())
        spans = [Span(0, len(path) - 1, on_foot=False)]
        bias = np.log([1e-3, 0.5, 0.4, 0.05, 0.05]).tolist()
        band = {"cadence_s_up_to": None, "temperature": 20.0, "bias": bias}
        settings: dict[str, Any] = {"calibration": [band], "soft_needs": 0.35, "network_share": 0.0}
        forest = forest_with(fast_is("car", logit=40.0), **settings)
        label = ModeLabel(path.instant_us(0), path.instant_us(len(path) - 1), "CYCLING", "google")
        hints = Hints(forest=forest, labels={"a": (label,)})
        assert classify_spans(path, spans, hints=hints)[0].mode is Mode.BIKE
        assert classify_spans(path, spans, hints=Hints(forest=forest))[0].mode is Mode.UNKNOWN

    @pytest.mark.parametrize(
        ("chance", "expected"),
        [(0.8, Mode.UNKNOWN), (0.2, Mode.CAR)],
        ids=["muscles are not claimed", "a motor is named as before"],
    )
    def test_who_may_as_well_be_driven_is_not_said_to_cycle(
        self, chance: float, expected: Mode, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def blunted(shares: np.ndarray, *_: object) -> np.ndarray:
            return 0.3 * shares + 0.7 / len(ALL_MODES)

        monkeypatch.setattr(weighing, "less_sure", blunted)
        bias = np.log([1e-3, chance, 1.0 - chance, 1e-3, 1e-3]).tolist()
        band = {"cadence_s_up_to": None, "temperature": 20.0, "bias": bias}
        path = path_of(Traveller(noise_m=2.0).go(3000, 5.0, every_s=5).fixes())
        forest = forest_of(calibration=[band], soft_needs=0.35)
        weighed = SpanModes([(path, Hints(forest=forest))]).weighed(
            [[Span(0, len(path) - 1, on_foot=False)]]
        )
        (told,) = weighed.guesses()
        assert (told.mode, told.confidence < 0.4) == (expected, True)
        assert weighed.modes == [Mode.BIKE if chance > 0.5 else Mode.CAR]
