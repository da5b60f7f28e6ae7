from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from geowallet.track.modes import lesson
from geowallet.track.modes.features import FEATURES
from geowallet.track.modes.fitting import Growth, leaning_weights
from geowallet.track.modes.forest import held_names
from geowallet.track.modes.outset import Outset, outset_of
from geowallet.track.modes.teaching import fit_and_try
from tests.track.modes.forests import CLASSES, forest_of
from tests.track.modes.networks import drawn, forest_with

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("lightgbm") is None, reason="the extra 'fit' is not installed"
)
STILL = Growth(rounds=1, leaves=2, rate=1e-6, fewest=2)
"""Trees that mend nothing."""
WORDS = ("bike", "car", "walk")


def _legs(n: int = 90) -> tuple[np.ndarray, list[str], list[str], np.ndarray]:
    """Legs as slow or fast as their mode is, of six owners, and what a network says of them."""
    rng = np.random.default_rng(3)
    table = rng.normal(size=(n, len(FEATURES)))
    modes = [WORDS[leg % 3] for leg in range(n)]
    mean_mps = {"walk": 2.0, "bike": 6.0, "car": 14.0}
    pace = np.array([mean_mps[mode] for mode in modes]) + rng.normal(0.0, 2.0, n)
    table[:, FEATURES.index("v60_p90")] = pace
    table[:, FEATURES.index("cadence_s")] = 5.0
    return table, modes, [f"owner {leg // 3 % 6}" for leg in range(n)], rng.normal(size=(n, 5))


def _begun(said: np.ndarray) -> np.ndarray:
    """What the labels of `_legs` make of what ``base`` said."""
    return _outset(said).of(said)


def _outset(said: np.ndarray) -> Outset:
    classes = np.array([CLASSES.index(mode) for mode in _legs()[1]])
    return outset_of(said, classes, leaning_weights(classes, count=5))


@pytest.fixture(autouse=True)
def all_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that labels change is kept, unless a test says otherwise."""
    monkeypatch.setattr(lesson, "BELIEVED", (1.0,))


def test_it_begins_at_what_the_other_one_says() -> None:
    table, modes, owners, _ = _legs()
    base = forest_of()
    found = fit_and_try(table, modes, owners, seed=1, growth=STILL, base=base).forest
    assert found.classes == CLASSES
    assert found.settings["base"] == base.digest
    assert found.network is None
    begun = _begun(base.logits(table))
    assert found.logits(table) == pytest.approx(begun, abs=1e-3)


def test_its_network_becomes_a_part_and_weighs_as_much_as_it_did() -> None:
    table, modes, owners, by_network = _legs()
    base = forest_with(drawn(), network_share=0.4)
    found = fit_and_try(
        table,
        modes,
        owners,
        seed=1,
        growth=STILL,
        base=base,
        by_network=by_network,
    ).forest
    begun = _begun(base.joined(base.logits(table), by_network))
    logits = found.joined(found.logits(table), by_network)
    assert logits == pytest.approx(begun, abs=1e-3)
    assert found.network is not None
    assert found.network.classes == 5


def test_a_network_of_which_nothing_is_told_is_left_out() -> None:
    table, modes, owners, by_network = _legs()
    deaf = fit_and_try(table, modes, owners, seed=1, growth=STILL, base=forest_with(drawn())).forest
    assert deaf.network is None
    wide = np.hstack((table, by_network))
    assert fit_and_try(wide, modes, owners, seed=1, growth=STILL).forest.features == FEATURES


def test_what_its_network_holds_teaches_too() -> None:
    """Here nothing else tells a bike from a walk."""
    table, modes, owners, by_network = _legs()
    base = forest_with(drawn())
    held = np.zeros((len(table), drawn().holds))
    held[:, 3] = [10.0 * WORDS.index(mode) for mode in modes]
    table[:, FEATURES.index("v60_p90")] = 5.0
    growth = Growth(rounds=20, leaves=4, rate=0.2, fewest=5)
    wide = np.hstack((table, held))
    fitted = fit_and_try(
        wide, modes, owners, seed=1, growth=growth, base=base, by_network=by_network
    )
    assert fitted.forest.features[-drawn().holds :] == held_names(drawn().holds)
    said = [fitted.forest.classes[place] for place in fitted.outside.argmax(axis=1)]
    assert said == modes


def test_a_mode_without_labels_is_told_as_by_the_other_one() -> None:
    """Trees that never saw a train would say that there is none."""
    table, modes, owners, _ = _legs()
    base = forest_of(prior=[0.3, 0.15, 0.3, 0.15, 0.1])
    growth = Growth(rounds=20, leaves=4, rate=0.2, fewest=5)
    found = fit_and_try(table, modes, owners, seed=1, growth=growth, base=base).forest
    train = table[:1].copy()
    for name, value in {"v60_p90": 30.0, "halts_km": 0.0, "corners_km": 0.0}.items():
        train[0, FEATURES.index(name)] = value
    places = [CLASSES.index(mode) for mode in ("bus", "train")]
    begun = _outset(base.logits(table)).of(base.logits(train))
    assert found.logits(train)[0, places] == pytest.approx(begun[0, places], abs=1e-3)
    assert found.settings["prior"][CLASSES.index("train")] == pytest.approx(0.1)
    assert sum(found.settings["prior"]) == pytest.approx(1.0)


def test_where_one_mode_is_left_the_others_are_told_as_before() -> None:
    """Owners who only walk, and one who only drives: no part of them teaches two modes."""
    table, modes, owners, _ = _legs(30)
    modes = ["walk" if owner != "owner 1" else "car" for owner in owners]
    fitted = fit_and_try(table, modes, owners, seed=1, growth=STILL, base=forest_of())
    assert fitted.outside.shape == (30, 5)


def test_no_more_of_it_is_kept_than_legs_left_out_bear(monkeypatch: pytest.MonkeyPatch) -> None:
    """Labels that are drawn by lot teach nothing: the other one stays as it is."""
    monkeypatch.setattr(lesson, "BELIEVED", (0.0, 0.5, 1.0))
    table, _, owners, _ = _legs()
    base = forest_of()
    rng = np.random.default_rng(4)
    said = [CLASSES[place] for place in base.logits(table)[:, :3].argmax(axis=1)]
    said = [str(rng.choice(WORDS)) if rng.random() < 0.1 else mode for mode in said]
    growth = Growth(rounds=60, leaves=15, rate=0.3, fewest=2)
    found = fit_and_try(table, said, owners, seed=1, growth=growth, base=base).forest
    assert found.logits(table) == pytest.approx(base.logits(table), abs=1e-3)


def test_one_that_does_not_know_a_mode_is_no_beginning() -> None:
    table, modes, owners, _ = _legs()
    ferries = ["ferry" if mode == "car" else mode for mode in modes]
    found = fit_and_try(table, ferries, owners, seed=1, growth=STILL, base=forest_of()).forest
    assert "base" not in found.settings


def _lesson(owners: np.ndarray) -> lesson.Lesson:
    classes = np.arange(len(owners)) % 2
    return lesson.Lesson(2, classes, owners, owners, 1, STILL, np.zeros((len(owners), 2)))


def test_what_one_owner_gains_and_another_loses_is_not_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All are told better, or one is and another is half as much worse."""
    monkeypatch.setattr(lesson, "BELIEVED", (0.0, 1.0))
    owners = np.repeat(np.arange(6), 10).astype(np.str_)
    told = np.where(np.arange(60)[:, None] % 2 == [0, 1], 1.0, -1.0)
    assert _lesson(owners).believed(told) == 1.0
    told[owners == "4"] *= -0.5
    told[np.isin(owners, ["0", "1", "2", "5"])] = 0.0
    assert _lesson(owners).believed(told) == 0.0


def test_legs_that_tell_each_other_are_as_sure_as_they_may_be() -> None:
    """The same way forty times, and one time in four it was another mode than the others say."""
    owners = np.repeat(["her"], 400)
    some = _lesson(owners)
    chance = np.tile([0.75, 0.25], (400, 1))
    chance[some.classes == 1] = [0.45, 0.55]
    ends_deg = np.tile([48.0, 2.0, 48.1, 2.0], (400, 1))
    told = some.told_together(chance, ends_deg, np.array([0.5, 0.5]), ["car", "bus"])
    assert np.all(told[:, 0] > chance[:, 0])
    assert some.tempered(told) > 1.5
    assert 1.0 < _lesson(owners[:20]).tempered(told[:20]) < 0.5 * (1.0 + some.tempered(told))


def test_how_sure_legs_are_together_stands_in_the_header() -> None:
    table, modes, owners, _ = _legs()
    ends_deg = np.full((90, 4), np.nan)
    found = fit_and_try(
        table, modes, owners, seed=1, growth=STILL, base=forest_of(), ends_deg=ends_deg
    )
    assert 0.4 <= found.forest.settings["together_temperature"] <= 8.0


def test_a_few_legs_and_a_base_say_more_than_the_legs_alone() -> None:
    table, modes, owners, _ = _legs(24)
    growth = Growth(rounds=10, leaves=4, rate=0.1, fewest=8)
    right = []
    for base in (None, forest_of()):
        found = fit_and_try(table, modes, owners, seed=1, growth=growth, base=base)
        said = [found.forest.classes[place] for place in found.outside.argmax(axis=1)]
        right.append(np.mean([one == other for one, other in zip(said, modes, strict=True)]))
    assert right[1] > right[0] + 0.05
