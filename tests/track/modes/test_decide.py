from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.model.mobility import Mode
from geowallet.track.modes.decide import (
    ALL_MODES,
    FAMILIES,
    decided,
    shared_out,
    told,
    within_physics,
)
from geowallet.track.modes.features import FEATURES
from geowallet.track.modes.labels import ModeLabel, label_odds

SETTINGS: dict[str, Any] = {"least_confidence": {"default": 0.4, "bike": 0.6}, "soft_needs": 0.3}


def row(**modes: float) -> np.ndarray:
    shares = np.zeros(len(ALL_MODES))
    for name, share in modes.items():
        shares[ALL_MODES.index(Mode(name))] = share
    return shares


def facts(**known: float) -> np.ndarray:
    return np.array([[known.get(name, np.nan) for name in FEATURES]])


def share_of(shares: np.ndarray, mode: Mode) -> float:
    return float(shares[0, ALL_MODES.index(mode)])


NOTHING_SAID = np.zeros((1, len(ALL_MODES)))


def said(word: str, provider: str = "fit") -> np.ndarray:
    return label_odds([ModeLabel(0, 10, word, provider)], np.array([[0, 10]]), ALL_MODES)


class TestDecision:
    def test_falls_on_the_family_before_the_mode(self) -> None:
        found = decided(row(tram=0.3, train=0.25, car=0.45), SETTINGS)
        assert (found.best, found.second) == (Mode.TRAM, Mode.CAR)
        assert found.family == pytest.approx(0.55)
        assert found.claimed

    def test_is_not_claimed_below_the_confidence_of_its_mode(self) -> None:
        assert not decided(row(bike=0.55, walk=0.45), SETTINGS).claimed
        assert decided(row(walk=0.55, bike=0.45), SETTINGS).claimed

    def test_for_foot_or_bike_is_not_claimed_while_an_engine_is_likely(self) -> None:
        assert not decided(row(bike=0.65, car=0.35), SETTINGS).claimed
        assert decided(row(bike=0.75, car=0.25), SETTINGS).claimed
        assert decided(row(car=0.65, bike=0.35), SETTINGS).claimed

    def test_of_sparse_fixes_needs_more(self) -> None:
        assert decided(row(car=0.65, bus=0.35), SETTINGS).claimed
        assert not decided(row(car=0.65, bus=0.35), SETTINGS, sparse=True).claimed
        assert decided(row(car=0.75, bus=0.25), SETTINGS, sparse=True).claimed
        assert not decided(row(bike=0.85, car=0.15), SETTINGS, sparse=True).claimed
        assert decided(row(bike=0.85, walk=0.15), SETTINGS, sparse=True).claimed

    def test_every_mode_belongs_to_one_family(self) -> None:
        assert sorted(mode for family in FAMILIES for mode in family) == sorted(ALL_MODES)


class TestPhysics:
    """Promise: no vehicle is taken for one that cannot go as it went, whoever says so."""

    def test_a_bike_at_ninety_is_no_bike_though_its_file_says_so(self) -> None:
        table = facts(v60_p90=25.0, v60_p50=24.0, v30_p50=24.0)
        shares = told(row(car=0.5, bike=0.5)[None], said("cycling"))
        assert share_of(shares, Mode.BIKE) > 0.9
        shares = within_physics(shares, table)
        assert share_of(shares, Mode.BIKE) < 1e-6
        assert share_of(shares, Mode.CAR) > 0.99

    @pytest.mark.parametrize(
        ("mode", "kmh"),
        [
            *((Mode.WALK, 12), (Mode.RUN, 30), (Mode.BIKE, 50), (Mode.E_SCOOTER, 45)),
            *((Mode.TRAM, 100), (Mode.BUS, 140), (Mode.FERRY, 110), (Mode.CAR, 400)),
        ],
    )
    def test_too_fast_is_something_else(self, mode: Mode, kmh: float) -> None:
        mps = kmh / 3.6
        shares = row(**{mode.value: 0.9, "train": 0.05, "airplane": 0.05})[None]
        table = facts(v60_p90=mps, v60_p50=mps, v30_p50=mps)
        assert share_of(within_physics(shares, table), mode) < 1e-6

    @pytest.mark.parametrize(
        ("pace_mps", "quickest_mps", "seconds", "said"),
        [
            *((3.2, 3.6, 3300.0, Mode.RUN), (3.2, 3.6, 400.0, Mode.BIKE)),
            *((3.2, 5.5, 3300.0, Mode.BIKE), (2.2, 2.5, 3300.0, Mode.WALK)),
            (9.0, 9.5, 3300.0, Mode.BIKE),
        ],
        ids=["a run", "a crawl to the door", "a jam", "a walk", "faster than feet"],
    )
    def test_a_walk_too_fast_for_one_is_a_run_while_it_keeps_its_pace(
        self, pace_mps: float, quickest_mps: float, seconds: float, said: Mode
    ) -> None:
        """Feet that a diary called a walk do not make the leg a ride by bike."""
        shares = row(walk=0.6, run=0.1, bike=0.2, car=0.1)[None]
        table = facts(
            v60_p50=pace_mps, v60_p90=quickest_mps, v30_p50=pace_mps, log_s=float(np.log(seconds))
        )
        assert decided(within_physics(shares, table)[0], SETTINGS).best is said

    def test_an_airplane_that_never_flies_fast_is_none(self) -> None:
        shares = within_physics(row(airplane=0.9, car=0.1)[None], facts(v60_p90=20.0))
        assert share_of(shares, Mode.CAR) == pytest.approx(1.0)

    @pytest.mark.parametrize(("mps", "said"), [(300.0, True), (400.0, False), (9000.0, False)])
    def test_what_nothing_flies_is_no_airplane(self, mps: float, *, said: bool) -> None:
        """A position that is elsewhere from one second to the next was not travelled to."""
        shares = within_physics(row(airplane=0.99, car=0.01)[None], facts(v60_p90=mps))
        assert decided(shares[0], SETTINGS).claimed is said

    @settings(max_examples=50)
    @given(st.lists(st.floats(0, 1), min_size=13, max_size=13).filter(any), st.floats(0, 400))
    def test_shares_stay_shares(self, weights: list[float], mps: float) -> None:
        shares = np.array([weights]) / sum(weights)
        for table in (facts(v60_p90=mps, v60_p50=mps, v30_p50=mps), facts()):
            assert within_physics(shares, table).sum() == pytest.approx(1.0)


class TestOwned:
    BIKES = row(bike=0.8, car=0.2)[None]

    def shares(
        self, mps: float, owned: frozenset[Mode] | None, words: np.ndarray = NOTHING_SAID
    ) -> np.ndarray:
        return shared_out(self.BIKES, facts(v60_p90=mps), owned, words)

    def test_nobody_is_said_to_ride_what_nothing_says_they_own(self) -> None:
        for owned in (None, frozenset({Mode.CAR})):
            found = self.shares(6.9, owned)
            assert share_of(found, Mode.BIKE) == pytest.approx(0.8)
            for mode in (Mode.E_BIKE, Mode.E_SCOOTER, Mode.MOTORCYCLE):
                assert share_of(found, mode) == 0.0

    def test_what_a_forest_says_of_them_goes_to_the_nearest_mode(self) -> None:
        found = shared_out(row(e_bike=0.6, motorcycle=0.4)[None], facts(), None, NOTHING_SAID)
        assert share_of(found, Mode.BIKE) == pytest.approx(0.6)
        assert share_of(found, Mode.CAR) == pytest.approx(0.4)

    def test_the_plateau_of_pedelecs_parts_an_e_bike_from_a_bike(self) -> None:
        both = frozenset({Mode.BIKE, Mode.E_BIKE})
        assert share_of(self.shares(6.8, both), Mode.E_BIKE) > 0.5
        assert share_of(self.shares(4.5, both), Mode.BIKE) > 0.7
        assert share_of(self.shares(9.5, both), Mode.BIKE) > 0.7

    def test_who_owns_only_an_e_bike_rides_it(self) -> None:
        found = self.shares(4.5, frozenset({Mode.E_BIKE}))
        assert share_of(found, Mode.E_BIKE) == pytest.approx(0.8)

    def test_a_label_that_names_it_is_enough(self) -> None:
        found = self.shares(6.0, None, said("e_bike_ride", "strava"))
        assert share_of(found, Mode.E_BIKE) > 0.3
        assert share_of(self.shares(6.0, None, said("cycling")), Mode.E_BIKE) == 0.0

    @settings(max_examples=40)
    @given(st.sets(st.sampled_from(ALL_MODES)), st.floats(0.1, 30))
    def test_nothing_is_lost_between_them(self, owned: set[Mode], mps: float) -> None:
        assert self.shares(mps, frozenset(owned)).sum() == pytest.approx(1.0)
