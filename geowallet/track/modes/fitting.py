"""A forest fitted on described legs: by `geowallet model fit`, and for the one that ships.

LightGBM grows the trees and is needed here only: what is fitted runs on numpy alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geowallet.model.errors import MissingExtraError
from geowallet.track.modes.artefact import forest_bytes, read_forest
from geowallet.track.modes.boosted import trees_from_dump
from geowallet.track.modes.context import context_names, context_table
from geowallet.track.modes.features import FEATURES
from geowallet.track.modes.forest import Forest, softmax

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


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A forest, and what its like says of legs whose owner it had not seen.

    Attributes:
        forest: Fitted on all legs.
        outside: ``(n, classes)`` calibrated probabilities of each leg, by trees that
            were grown without the legs of its owner and of others left out with them.
    """

    forest: Forest
    outside: NDArray[np.float64]


def fit_forest(  # noqa: PLR0913  columns of the same legs, and how to grow
    table: NDArray[np.float64],
    modes: Sequence[str],
    groups: Sequence[str],
    *,
    seed: int,
    bounds_us: NDArray[np.int64] | None = None,
    growth: Growth | None = None,
) -> Forest:
    """Return a calibrated forest fitted on ``n`` legs; the same for the same input and seed.

    How sure it may be is measured on owners that were left out.

    Args:
        table: ``(n, len(FEATURES))`` as `feature_table` returns.
        modes: ``n`` names of modes; each must occur, at least two must.
        groups: ``n`` names of owners; legs of one owner are left out together.
        seed: Of the choice of features and legs.
        bounds_us: int64 ``(n, 2)``, first and last instant of each leg; with them
            the forest also learns what its neighbours say of a leg.
        growth: How the trees are grown.

    Raises:
        MissingExtraError: LightGBM is not installed.
        ValueError: Fewer than two modes, or columns of different lengths.
    """
    return fit_and_try(table, modes, groups, seed=seed, bounds_us=bounds_us, growth=growth).forest


def fit_and_try(  # noqa: PLR0913  columns of the same legs, and how to grow
    table: NDArray[np.float64],
    modes: Sequence[str],
    groups: Sequence[str],
    *,
    seed: int,
    bounds_us: NDArray[np.int64] | None = None,
    growth: Growth | None = None,
    limits: Mapping[str, Any] | None = None,
) -> Fitted:
    """Return what `fit_forest` does, and what it says of owners that were left out.

    Args:
        table: As for `fit_forest`.
        modes: As for `fit_forest`.
        groups: As for `fit_forest`.
        seed: As for `fit_forest`.
        bounds_us: As for `fit_forest`.
        growth: As for `fit_forest`.
        limits: Members of its settings that are decided and not fitted, such as
            ``least_confidence``.

    Raises:
        MissingExtraError: LightGBM is not installed.
        ValueError: Fewer than two modes, or columns of different lengths.
    """
    names, classes = np.unique(np.asarray(modes, dtype=np.str_), return_inverse=True)
    if len(names) < 2 or not len(table) == len(classes) == len(groups):
        msg = "a forest tells at least two modes apart, and every leg has a mode and an owner"
        raise ValueError(msg)
    lesson = _Lesson(classes.astype(np.int64), np.asarray(groups), seed, growth or Growth())
    raw = lesson.crossed(table)
    band = lesson.band(raw)
    stages: tuple[Sequence[Grown], Grown | None] = [lesson.grown(table)], None
    settings = {
        "calibration": [band],
        "prior": lesson.prior(),
        "least_confidence": {"default": 0.0},
        "neutral": neutral_of(table, FEATURES),
        **(limits or {}),
    }
    outside = softmax(raw / band["temperature"])
    if bounds_us is not None:
        around = np.full((len(table), len(context_names(tuple(names)))), np.nan)
        for owner in np.unique(lesson.groups):
            rows = np.flatnonzero(lesson.groups == owner)
            around[rows] = context_table(bounds_us[rows], outside[rows])
        seen = np.hstack((table, around))
        raw = lesson.crossed(seen)
        band = lesson.band(raw)
        settings["context_calibration"] = [band]
        stages = stages[0], lesson.grown(seen)
        outside = softmax(raw / band["temperature"])
    forest = assembled(stages, [str(name) for name in names], FEATURES, settings)
    return Fitted(forest, outside)


@dataclass(frozen=True, slots=True, eq=False)
class _Lesson:
    """Classes and owners of legs, and how trees are grown on them."""

    classes: NDArray[np.int64]
    groups: NDArray[np.str_]
    seed: int
    growth: Growth

    @property
    def count(self) -> int:
        return int(self.classes.max()) + 1

    def grown(
        self, seen: NDArray[np.float64], mask: NDArray[np.bool_] | slice = slice(None)
    ) -> Grown:
        weights = leaning_weights(self.classes, count=self.count)
        return grow(
            seen[mask],
            self.classes[mask],
            weights[mask],
            count=self.count,
            seed=self.seed,
            growth=self.growth,
        )

    def crossed(self, seen: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return raw scores of every leg from trees that had not seen its owner."""
        raw = np.zeros((len(seen), self.count))
        fold = folds_of([str(owner) for owner in self.groups])
        for number in np.unique(fold):
            out = fold == number
            if not np.all(out):
                raw[out] = self.grown(seen, ~out).raw(seen[out])
        return raw

    def band(self, raw: NDArray[np.float64]) -> dict[str, Any]:
        temperature = temperature_of(raw, self.classes, np.ones(len(raw)))
        bias = [0.0] * self.count
        return {"cadence_s_up_to": None, "temperature": temperature, "bias": bias}

    def prior(self) -> list[float]:
        weights = leaning_weights(self.classes, count=self.count)
        found = np.bincount(self.classes, weights)
        return [float(share) for share in found / found.sum()]


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
) -> Grown:
    """Return trees grown on ``n`` legs, the same for the same input and seed.

    Args:
        table: float64 ``(n, f)``.
        classes: int64 ``(n,)``, 0 to ``count - 1``.
        weights: float64 ``(n,)``, positive.
        count: Number of classes.
        seed: Of the choice of features and legs.
        growth: How.

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
    data = lightgbm.Dataset(seen, classes, weight=weights / np.mean(weights))
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
