from __future__ import annotations

import numpy as np
import pytest

from geowallet.cli.terminal import language
from geowallet.model.mobility import Mode
from geowallet.track.modes.decide import ALL_MODES, Decision
from geowallet.track.modes.features import FEATURES
from geowallet.track.modes.reasons import MOST_REASONS, Circumstances, moved, reasons
from tests.track.modes.forests import forest_of

FACTS = {
    "log_m": np.log(6050.0),
    "halts_km": 0.8,
    "corner_free_log_m": np.log(1050.0),
    "v30_moving": 25 / 3.6,
    "v30_p97": 41 / 3.6,
    "v60_p90": 9.0,
    "cadence_s": 5.0,
    "silent_m_share": 0.0,
}
ALONE = Circumstances((0.0, 0.0), None, usual=False)
ALL_GROUPS = frozenset({"halts", "turns", "change"})


def described(**changed: float) -> np.ndarray:
    facts = FACTS | changed
    return np.array([facts.get(name, np.nan) for name in FEATURES])


def decision(best: Mode, *, second: Mode = Mode.CAR, claimed: bool = True) -> Decision:
    shares = tuple((mode, 0.8 if mode is best else 0.0) for mode in ALL_MODES)
    return Decision(best, 0.8, second, shares, claimed)


def said(
    best: Mode,
    around: Circumstances = ALONE,
    *,
    groups: frozenset[str] = ALL_GROUPS,
    claimed: bool = True,
    **changed: float,
) -> list[str]:
    found = reasons(decision(best, claimed=claimed), described(**changed), groups, around)
    assert len(found) <= MOST_REASONS
    return [str(reason) for reason in found]


def test_a_bus_has_its_speed_and_stops_and_walks() -> None:
    assert said(Mode.BUS, Circumstances((300.0, 200.0), None, usual=False)) == [
        "usually 25 km/h, at most 41 km/h",
        "halts in 6.0 km: 5, like the stops of a bus",
        "turns like a bus",
        "gathers speed and brakes like a bus",
        "walked to it and from it",
    ]


def test_the_speed_of_a_leap_is_not_told() -> None:
    (first, *_) = said(Mode.CAR, v30_moving=12.0, v30_p90=14.0, v30_p97=64.2)
    assert first == "usually 43 km/h"


def test_only_what_moved_the_decision_is_likened() -> None:
    assert said(Mode.BUS, groups=frozenset({"turns"})) == [
        "usually 25 km/h, at most 41 km/h",
        "turns like a bus",
    ]


def test_a_long_way_without_a_corner_is_told() -> None:
    found = said(Mode.TRAIN, groups=frozenset(), corner_free_log_m=np.log(12_050.0))
    assert found[1] == "no street corner for 12 km"


def test_what_its_source_says_comes_first_and_contradicts_or_not() -> None:
    around = Circumstances((0.0, 0.0), Mode.BIKE, usual=False)
    assert said(Mode.BIKE, around)[0] == "its source says bike"
    assert said(Mode.CAR, around)[0] == "its source says bike, which fits less"


def test_doubt_names_both_or_the_distance_of_positions() -> None:
    assert said(Mode.BUS, claimed=False)[0] == "bus and car fit almost equally well"
    sparse = said(Mode.BUS, claimed=False, cadence_s=90.0)
    assert sparse[0] == "positions are 90 s apart, too far to tell bus from car"


def test_habits_silences_and_one_walk_are_told() -> None:
    around = Circumstances((0.0, 180.0), None, usual=True)
    found = said(Mode.SUBWAY, around, groups=frozenset(), silent_m_share=0.42)
    assert found[1:] == [
        "walked from it",
        "the owner often travels so",
        "42 % of the way has no positions",
    ]


def test_a_drive_from_door_to_door_is_told_and_a_bus_is_not() -> None:
    text = "from door to door, without a walk"
    assert text in said(Mode.CAR, groups=frozenset(), before_still=0.9, after_still=1.0)
    assert text not in said(Mode.BUS, groups=frozenset(), before_still=0.9, after_still=1.0)
    assert text not in said(Mode.CAR, groups=frozenset(), before_still=0.9, after_still=0.2)


def test_an_e_bike_keeps_near_the_end_of_its_help() -> None:
    found = said(Mode.E_BIKE, groups=frozenset(), v60_p90=6.8)
    assert "keeps near 25 km/h, where the help of an e-bike ends" in found


def test_every_sentence_has_its_values_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = []
    for mode in ALL_MODES:
        around = Circumstances((300.0, 0.0), Mode.CAR, usual=True)
        found = reasons(decision(mode), described(silent_m_share=0.5), ALL_GROUPS, around)
        texts += [language.say(reason) for reason in found]
    assert not [text for text in texts if "{" in text]


def parted(table: np.ndarray, found: Decision) -> list[frozenset[str]]:
    return moved(forest_of(), table, forest_of().logits(table), [found])


class TestMoved:
    """Promise: a group is named where without it the best mode would lead by less."""

    def test_halts_moved_a_bus_and_corners_did_not(self) -> None:
        facts = {"v60_p90": 9.0, "halts_km": 3.0, "corners_km": 1.0}
        table = np.array([[facts.get(name, np.nan) for name in FEATURES]])
        (groups,) = parted(table, decision(Mode.BUS, second=Mode.CAR))
        assert groups == {"halts"}

    def test_corners_moved_a_train(self) -> None:
        facts = {"v60_p90": 30.0, "halts_km": 1.0, "corners_km": 0.0}
        table = np.array([[facts.get(name, np.nan) for name in FEATURES]])
        (groups,) = parted(table, decision(Mode.TRAIN, second=Mode.CAR))
        assert groups == {"turns"}

    def test_a_leg_among_many_is_moved_by_what_moves_it_alone(self) -> None:
        rng, modes = np.random.default_rng(1), (Mode.BUS, Mode.CAR, Mode.TRAIN)
        table = rng.uniform(0.0, 10.0, (30, len(FEATURES)))
        found = [decision(modes[n % 3], second=modes[n % 3 - 1]) for n in range(30)]
        alone = [parted(table[n : n + 1], found[n])[0] for n in range(30)]
        together = moved(forest_of(), table, forest_of().logits(table), found)
        assert together == alone
        assert len(set(alone)) > 1

    def test_a_mode_that_the_forest_does_not_know_is_moved_by_nothing(self) -> None:
        table = np.full((1, len(FEATURES)), 3.0)
        assert parted(table, decision(Mode.FERRY)) == [frozenset()]
