from __future__ import annotations

import importlib.util
from dataclasses import replace

import numpy as np
import pytest

from geowallet.track.modes.features import FEATURES
from geowallet.track.modes.fitting import Growth
from training.evaluate import calibration_of, decided, figures, first_outside
from training.recipe import (
    BROAD_SHARE,
    DOOR_SHARE,
    PRIOR,
    Method,
    at_the_door,
    fewer,
    mixed,
    to_prior,
)
from training.stages import Heard, taught
from training.tables import CLASSES, Table

needs_extra = pytest.mark.skipif(
    importlib.util.find_spec("lightgbm") is None, reason="the extra 'fit' is not installed"
)
WALK, CAR, SUBWAY, TRAIN = (CLASSES.index(name) for name in ("walk", "car", "subway", "train"))
SMALL = Method(growth=Growth(rounds=10, leaves=4, rate=0.2, fewest=5, shown=1.0))


def _table(n: int, set_name: str, *, seed: int = 0) -> Table:
    """A walk and a car in turn, five minutes each, told apart by their speed."""
    rng = np.random.default_rng(seed)
    classes = np.where(np.arange(n) % 2, CAR, WALK)
    features = rng.normal(size=(n, len(FEATURES)))
    features[:, FEATURES.index("v60_p90")] = np.where(classes == CAR, 14.0, 1.4)
    start_us = np.arange(n, dtype=np.int64) * 300_000_000
    return Table(
        features=features,
        classes=classes,
        metres=np.full(n, 1000.0),
        cadence_s=np.full(n, 5.0),
        sets=np.full(n, set_name),
        owners=np.array([f"{set_name}/{leg % 4}" for leg in range(n)]),
        modes=np.array([CLASSES[place] for place in classes]),
        chains=np.full(n, set_name),
        bounds_us=np.column_stack((start_us, start_us + 300_000_000)),
        heard=np.zeros((n, len(CLASSES))),
    )


def test_the_mixture_gives_the_simulation_half_and_sets_their_root() -> None:
    table, weights = mixed(_table(80, "simulation"), [_table(40, "ssi"), _table(160, "goal")])
    share = {
        name: float(weights[table.sets == name].sum() / weights.sum())
        for name in ("simulation", "ssi", "goal")
    }
    assert share == pytest.approx({"simulation": 1 / 2, "ssi": 1 / 6, "goal": 1 / 3})


def test_every_class_is_lifted_to_its_stated_share() -> None:
    classes = np.array([WALK] * 90 + [CAR] * 10)
    weights = to_prior(classes, np.ones(100))
    ratio = weights[classes == WALK].sum() / weights[classes == CAR].sum()
    assert ratio == pytest.approx(PRIOR["walk"] / PRIOR["car"])
    assert weights.mean() == pytest.approx(1.0)


def test_of_broad_legs_some_classes_are_taught_in_part() -> None:
    table = _table(2000, "simulation")
    table = replace(table, classes=np.where(table.classes == CAR, SUBWAY, WALK))
    kept = fewer(table)
    assert np.sum(kept.classes == WALK) == 1000
    assert np.mean(kept.classes == SUBWAY) * len(kept) / 1000 == pytest.approx(
        BROAD_SHARE["subway"], abs=0.05
    )


def test_the_stated_shares_are_of_one_whole() -> None:
    assert set(PRIOR) == set(CLASSES)
    assert sum(PRIOR.values()) == pytest.approx(1.0)


def test_the_family_is_chosen_before_the_mode() -> None:
    """Rail is likelier than the car, though no kind of rail is."""
    chance = np.zeros((1, len(CLASSES)))
    chance[0, [CAR, SUBWAY, TRAIN]] = 0.4, 0.35, 0.25
    words, sure = decided(chance, {"default": 0.5})
    assert (words, sure.tolist()) == (["subway"], [pytest.approx(0.6)])


def test_a_family_below_its_least_confidence_is_unknown() -> None:
    chance = np.full((1, len(CLASSES)), 0.1)
    assert decided(chance, {"default": 0.35})[0] == ["unknown"]


def test_the_confidence_falls_to_what_was_right() -> None:
    """Scores that say nearly certain and are right three times in four."""
    table = _table(400, "goal")
    raw = np.full((400, len(CLASSES)), -9.0)
    said = np.where(np.arange(400) % 8 < 6, table.classes, WALK + CAR - table.classes)
    raw[np.arange(400), said] = 9.0
    part = Heard(table, raw)
    before = part.chance([{"cadence_s_up_to": None, "temperature": 1.0, "bias": []}])
    after = part.chance(calibration_of([part]))
    assert before.max(axis=1).mean() > 0.99
    assert after.max(axis=1).mean() < 0.9


def test_the_confidence_is_rather_that_of_the_part_that_weighs_more() -> None:
    """One part is always right, the other in five legs of eight."""
    table = _table(400, "goal")
    other = WALK + CAR - table.classes
    parts = []
    for hits in (8, 5):
        raw = np.full((400, len(CLASSES)), -3.0)
        raw[np.arange(400), np.where(np.arange(400) % 8 < hits, table.classes, other)] = 3.0
        parts.append(Heard(table, raw))
    sure = [
        float(parts[0].chance(calibration_of(parts, shares)).max(axis=1).mean())
        for shares in ([0.9, 0.1], [0.5, 0.5], [0.1, 0.9])
    ]
    assert sure[0] > sure[1] + 0.05 > sure[2] + 0.1


def test_foot_and_bike_are_not_claimed_where_a_motor_is_likely() -> None:
    chance = np.zeros((1, len(CLASSES)))
    chance[0, [CLASSES.index("bike"), CAR]] = 0.6, 0.4
    assert decided(chance, {"default": 0.35})[0] == ["unknown"]


def test_some_rides_of_one_s_own_are_from_door_to_door() -> None:
    before = _table(2000, "simulation")
    after = at_the_door(before)
    sides = [FEATURES.index(f"{side}_still") for side in ("before", "after")]
    changed = (after.features[:, sides] != before.features[:, sides]).all(axis=1)
    assert set(after.classes[changed]) == {CAR}
    assert changed[after.classes == CAR].mean() == pytest.approx(DOOR_SHARE["car"], abs=0.05)
    assert np.all(after.features[changed][:, sides] >= 0.9)


@needs_extra
def test_trees_tell_a_set_that_they_have_not_seen() -> None:
    names = ("mobilitynet", "ssi", "goal", "recorders")
    real = {name: _table(40, name, seed=n) for n, name in enumerate(names)}
    lesson = taught(_table(120, "simulation", seed=9), list(real.values()), SMALL)
    first = first_outside(lesson, real)
    bands = calibration_of(list(first.blurred.values()))
    for name in names:
        found = figures(first.plain[name], bands, {"default": 0.0})
        assert found.accuracy > 0.9, name
