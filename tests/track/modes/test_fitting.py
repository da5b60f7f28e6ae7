from __future__ import annotations

import builtins
import importlib.util
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from geowallet.model.errors import MissingExtraError
from geowallet.track.modes.artefact import forest_bytes
from geowallet.track.modes.features import FEATURES
from geowallet.track.modes.fitting import (
    Growth,
    folds_of,
    leaning_weights,
    neutral_of,
    temperature_of,
)
from geowallet.track.modes.teaching import fit_and_try

SMALL = Growth(rounds=20, leaves=4, rate=0.2, fewest=5, shown=1.0)
needs_extra = pytest.mark.skipif(
    importlib.util.find_spec("lightgbm") is None, reason="the extra 'fit' is not installed"
)


def _legs(n: int = 240) -> tuple[NDArray[np.float64], list[str], list[str]]:
    """Walks and rides that differ in their usual speed, of six owners."""
    rng = np.random.default_rng(3)
    table = rng.normal(size=(n, len(FEATURES)))
    modes = ["walk" if i % 3 else "car" for i in range(n)]
    table[:, FEATURES.index("v60_p90")] = [1.4 if mode == "walk" else 14.0 for mode in modes]
    table[:, FEATURES.index("v60_p90")] += rng.normal(0, 0.3, n)
    table[:, FEATURES.index("cadence_s")] = 5.0
    return table, modes, [f"owner {i % 6}" for i in range(n)]


@needs_extra
def test_a_forest_tells_walks_from_rides() -> None:
    table, modes, owners = _legs()
    forest = fit_and_try(table, modes, owners, seed=1, growth=SMALL).forest
    assert forest.classes == ("car", "walk")
    said = [forest.classes[place] for place in forest.probabilities(table).argmax(axis=1)]
    assert sum(a == b for a, b in zip(said, modes, strict=True)) >= 0.97 * len(modes)


@needs_extra
def test_the_same_legs_and_seed_give_the_same_bytes() -> None:
    table, modes, owners = _legs()
    one, two = (
        forest_bytes(fit_and_try(table, modes, owners, seed=1, growth=SMALL).forest)
        for _ in range(2)
    )
    assert one == two
    assert one != forest_bytes(fit_and_try(table, modes, owners, seed=2, growth=SMALL).forest)


@needs_extra
def test_a_forest_of_noise_is_not_sure() -> None:
    table, modes, owners = _legs()
    table = np.random.default_rng(9).normal(size=table.shape)
    table[:, FEATURES.index("cadence_s")] = 5.0
    forest = fit_and_try(table, modes, owners, seed=1, growth=SMALL).forest
    fresh = np.random.default_rng(10).normal(size=table.shape)
    assert forest.probabilities(fresh).max(axis=1).mean() < 0.75


@pytest.mark.parametrize("modes", [["walk"] * 4, ["walk", "car"]])
def test_one_mode_or_missing_names_are_refused(modes: list[str]) -> None:
    with pytest.raises(ValueError, match="at least two modes"):
        fit_and_try(np.zeros((4, len(FEATURES))), modes, ["her"] * 4, seed=0)


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "lightgbm":
            raise ImportError(name)
        return plain(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    table, modes, owners = _legs(30)
    with pytest.raises(MissingExtraError) as caught:
        fit_and_try(table, modes, owners, seed=1)
    assert caught.value.details == {"extra": "fit"}


def test_an_owner_is_in_one_fold_and_folds_are_about_equal() -> None:
    owners = ["a"] * 50 + ["b"] * 30 + ["c"] * 20 + ["d"] * 20 + ["e"] * 10
    fold = folds_of(owners, folds=2)
    assert all(len({fold[i] for i, o in enumerate(owners) if o == name}) == 1 for name in "abcde")
    assert sorted(np.bincount(fold)) == [60, 70]


def test_scores_that_promise_too_much_are_divided() -> None:
    """Nine of ten are right at odds of e^8: the temperature makes it odds of nine."""
    raw = np.tile([8.0, 0.0], (1000, 1))
    classes = (np.arange(1000) % 10 == 0).astype(np.int64)
    found = temperature_of(raw, classes, np.ones(1000))
    assert found == pytest.approx(8.0 / np.log(9.0), rel=1e-3)


def test_rare_classes_are_lifted_by_the_root() -> None:
    weights = leaning_weights(np.array([0] * 90 + [1] * 10), count=2)
    assert weights[-1] / weights[0] == pytest.approx(3.0)
    assert weights.mean() == pytest.approx(1.0)


def test_the_neutral_value_is_the_median_of_what_is_known() -> None:
    table = np.array([[1.0, np.nan], [3.0, np.nan], [np.nan, np.nan]])
    assert neutral_of(table, ["speed", "accuracy"]) == {"speed": 2.0}
