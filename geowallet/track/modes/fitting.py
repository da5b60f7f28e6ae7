"""Trees grown on described legs: for `geowallet model fit`, and for the forest that ships.

LightGBM grows the trees and is needed here only: what is fitted runs on numpy alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geowallet.model.errors import MissingExtraError
from geowallet.track.modes.artefact import forest_bytes, read_forest
from geowallet.track.modes.boosted import trees_from_dump
from geowallet.track.modes.forest import Forest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import ModuleType

    from numpy.typing import NDArray

FOLDS = 5
"""Parts of the owners that are left out in turn to see how sure the forest may be."""

LEANING = 0.5
"""Exponent that draws class weights together: 0 leaves the legs as they are, 1 makes every
class weigh the same."""

STEADIEST, SHARPEST = 8.0, 0.4
"""Bounds of the temperature: nothing measured is worth more."""


@dataclass(frozen=True, slots=True)
class Growth:
    """How the trees are grown.

    Attributes:
        rounds: Trees of each class.
        leaves: Of each tree.
        rate: Learning rate.
        fewest: Legs that a leaf must hold.
        shown: Share of the features that a tree may see.
    """

    rounds: int = 120
    leaves: int = 15
    rate: float = 0.08
    fewest: int = 20
    shown: float = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class Grown:
    """Trees as LightGBM holds them.

    Attributes:
        booster: A `lightgbm.Booster`.
        classes: Number of classes.
    """

    booster: Any
    classes: int

    def raw(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the scores ``(k, classes)`` before calibration."""
        seen = table.astype(np.float32).astype(np.float64)
        scores: NDArray[np.float64] = np.asarray(self.booster.predict(seen, raw_score=True))
        return scores.reshape(len(table), self.classes)


def assembled(
    grown: tuple[Sequence[Grown], Grown | None],
    classes: Sequence[str],
    features: Sequence[str],
    settings: Mapping[str, Any],
) -> Forest:
    """Return what runs without LightGBM, read back from its own bytes.

    Args:
        grown: Trees that see a leg alone, whose scores are averaged, and trees
            that see its neighbours, if any.
        classes: Names of the classes, in their order.
        features: Names of the columns that the trees were grown on, in that order.
        settings: See `modes.artefact`.
    """
    alone, near = grown
    first = trees_from_dump(*(part.booster.dump_model() for part in alone))
    second = trees_from_dump(near.booster.dump_model()) if near else None
    forest = Forest(tuple(features), tuple(classes), first, second, dict(settings), "")
    return read_forest(forest_bytes(forest))


def neutral_of(table: NDArray[np.float64], names: Sequence[str]) -> dict[str, float]:
    """Return the median of each column, by name; columns that are never known are left out."""
    known: NDArray[np.bool_] = np.any(np.isfinite(table), axis=0)
    return {
        name: float(np.float32(np.nanmedian(table[:, place])))
        for place, name in enumerate(names)
        if known[place]
    }


def grow(  # noqa: PLR0913  each is a column of the same legs
    table: NDArray[np.float64],
    classes: NDArray[np.int64],
    weights: NDArray[np.float64],
    *,
    count: int,
    seed: int,
    growth: Growth,
    start: NDArray[np.float64] | None = None,
) -> Grown:
    """Return trees grown on ``n`` legs, the same for the same input and seed.

    Args:
        table: float64 ``(n, f)``.
        classes: int64 ``(n,)``, 0 to ``count - 1``.
        weights: float64 ``(n,)``, positive.
        count: Number of classes.
        seed: Of the choice of features and legs.
        growth: How.
        start: float64 ``(n, count)``, scores that the trees mend; their own are
            what is to be added.

    Raises:
        MissingExtraError: LightGBM is not installed.
    """
    lightgbm = _lightgbm()
    settings = {
        "objective": "multiclass",
        "num_class": count,
        "learning_rate": growth.rate,
        "num_leaves": growth.leaves,
        "min_data_in_leaf": growth.fewest,
        "feature_fraction": growth.shown,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "max_bin": 63,
        "lambda_l2": 5.0,
        "path_smooth": 1.0,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "verbosity": -1,
    }
    seen = table.astype(np.float32).astype(np.float64)
    before = None if start is None else start.ravel(order="F")
    even = weights / np.mean(weights)
    data = lightgbm.Dataset(seen, classes, weight=even, init_score=before)
    booster = lightgbm.train(settings, data, growth.rounds)
    return Grown(booster, count)


def temperature_of(
    raw: NDArray[np.float64], classes: NDArray[np.int64], weights: NDArray[np.float64]
) -> float:
    """Return by what held-out scores are divided so that they promise what they keep.

    The one with the least cross-entropy (Guo et al. 2017, "On calibration of modern
    neural networks", ICML), found by golden section: the loss has one valley.
    """

    def loss(temperature: float) -> float:
        scaled = raw / temperature
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        chosen = scaled[np.arange(len(classes)), classes]
        return float(np.sum(weights * (np.log(np.sum(np.exp(scaled), axis=1)) - chosen)))

    ratio = (np.sqrt(5.0) - 1.0) / 2.0
    low, high = np.log(SHARPEST), np.log(STEADIEST)
    for _ in range(40):
        inner, outer = high - ratio * (high - low), low + ratio * (high - low)
        if loss(float(np.exp(inner))) < loss(float(np.exp(outer))):
            high = outer
        else:
            low = inner
    return float(np.exp((low + high) / 2.0))


def folds_of(groups: Sequence[str], *, folds: int = FOLDS) -> NDArray[np.int64]:
    """Return the fold of every leg: an owner is in one, and folds are about equally long."""
    names, place, count = np.unique(np.asarray(groups), return_inverse=True, return_counts=True)
    filled = np.zeros(min(folds, len(names)), dtype=np.int64)
    chosen = np.zeros(len(names), dtype=np.int64)
    for name in np.argsort(-count, kind="stable"):
        chosen[name] = int(np.argmin(filled))
        filled[chosen[name]] += count[name]
    return chosen[place]


def leaning_weights(classes: NDArray[np.int64], *, count: int) -> NDArray[np.float64]:
    """Return ``(n,)`` weights that lift rare classes without making them common."""
    seen = np.bincount(classes, minlength=count).astype(np.float64)
    each = np.divide(1.0, seen, out=np.zeros(count), where=seen > 0) ** LEANING
    weights: NDArray[np.float64] = each[classes]
    return weights / np.mean(weights)


def _lightgbm() -> ModuleType:
    try:
        import lightgbm  # noqa: PLC0415  an extra, and slow to load
    except ImportError as error:
        raise MissingExtraError(extra="fit") from error
    return lightgbm
