from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from geowallet.track.modes import teaching
from geowallet.track.modes.features import FEATURES
from geowallet.track.modes.fitting import Growth, leaning_weights
from geowallet.track.modes.forest import Forest
from geowallet.track.modes.outset import outset_of
from geowallet.track.modes.teaching import fit_and_try, fit_forest
from tests.track.modes.forests import CLASSES, forest_of
from tests.track.modes.networks import drawn, forest_with

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("lightgbm") is None, reason="the extra 'fit' is not installed"
)
STILL = Growth(rounds=1, leaves=2, rate=1e-6, fewest=2)
"""Trees that mend nothing."""
WORDS = ("bike", "car", "walk")
PLACES = [CLASSES.index(word) for word in WORDS]


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


def _begun(base: Forest, said: np.ndarray) -> np.ndarray:
    """What the labels of `_legs` make of what ``base`` said."""
    classes = np.array([WORDS.index(mode) for mode in _legs()[1]])
    weights = leaning_weights(classes, count=3)
    return outset_of(said, classes, weights).of(said)


def test_it_begins_at_what_the_other_one_says() -> None:
    table, modes, owners, _ = _legs()
    base = forest_of()
    found = fit_forest(table, modes, owners, seed=1, growth=STILL, base=base)
    assert found.classes == WORDS
    assert found.settings["base"] == base.digest
    assert found.network is None
    begun = _begun(base, base.logits(table)[:, PLACES])
    assert found.logits(table) == pytest.approx(begun, abs=1e-3)


def test_its_network_becomes_a_part_and_weighs_as_much_as_it_did(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(teaching, "NEIGHBOURS", (0.0,))
    table, modes, owners, by_network = _legs()
    base = forest_with(drawn(), network_share=0.4)
    bounds_us = np.arange(180).reshape(90, 2) * 1_000_000_000
    found = fit_forest(
        table,
        modes,
        owners,
        seed=1,
        growth=STILL,
        bounds_us=bounds_us,
        base=base,
        by_network=by_network,
    )
    begun = _begun(base, base.joined(base.logits(table), by_network)[:, PLACES])
    logits = found.joined(found.logits(table), by_network[:, PLACES])
    assert logits == pytest.approx(begun, abs=1e-3)
    assert found.network is not None
    assert found.network.classes == 3
    # Neighbours that have no share change nothing.
    heard = logits - (1.0 - found.network_share) * found.logits(table)
    around = np.zeros((90, 2 * (2 + 3)))
    beside = found.in_context(table, around, heard)
    assert beside == pytest.approx(found.calibrated(logits, table), abs=1e-6)


def test_a_network_without_what_it_says_or_without_walks_is_left_out() -> None:
    """Trips are cut by what it says of walking."""
    table, modes, owners, by_network = _legs()
    base = forest_with(drawn())
    deaf = fit_forest(table, modes, owners, seed=1, growth=STILL, base=base)
    rides = ["bus" if mode == "walk" else mode for mode in modes]
    riding = fit_forest(
        table, rides, owners, seed=1, growth=STILL, base=base, by_network=by_network
    )
    assert deaf.network is None
    assert riding.network is None
    assert riding.settings["base"] == base.digest


def test_one_that_does_not_know_a_mode_is_no_beginning() -> None:
    table, modes, owners, _ = _legs()
    ferries = ["ferry" if mode == "car" else mode for mode in modes]
    found = fit_forest(table, ferries, owners, seed=1, growth=STILL, base=forest_of())
    assert "base" not in found.settings


def test_a_few_legs_and_a_base_say_more_than_the_legs_alone() -> None:
    table, modes, owners, _ = _legs(24)
    growth = Growth(rounds=10, leaves=4, rate=0.1, fewest=8)
    truth = np.array([WORDS.index(mode) for mode in modes])
    right = [
        np.mean(
            fit_and_try(table, modes, owners, seed=1, growth=growth, base=base).outside.argmax(
                axis=1
            )
            == truth
        )
        for base in (None, forest_of())
    ]
    assert right[1] > right[0] + 0.05
