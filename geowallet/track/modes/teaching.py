"""A forest that learns from labelled legs what another one does not know yet.

It begins at what that one says, as far as labels bear it out, and its trees mend the rest.
The other one's trees become a part of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geowallet.track.modes.artefact import forest_bytes, read_forest
from geowallet.track.modes.boosted import trees_from_dump
from geowallet.track.modes.context import context_names, context_table
from geowallet.track.modes.features import FEATURES
from geowallet.track.modes.fitting import (
    Growth,
    folds_of,
    grow,
    leaning_weights,
    neutral_of,
    temperature_of,
)
from geowallet.track.modes.forest import Forest, softmax
from geowallet.track.modes.grafting import together, weighted
from geowallet.track.modes.outset import outset_of
from geowallet.track.modes.rootstock import Root

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geowallet.track.modes.fitting import Grown
    from geowallet.track.modes.forest import Trees
    from geowallet.track.modes.outset import Outset

NEIGHBOURS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Shares that trees which see the neighbours may have beside those that do not. The one that
promises best for owners left out is taken: where few neighbours have labels they say little."""


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
    base: Forest | None = None,
    by_network: NDArray[np.float64] | None = None,
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
        base: Where it begins; one that does not know each of ``modes`` is not used.
        by_network: ``(n, len(base.classes))`` as `leg_logits` returns of the network of
            ``base``; without it that one's trees alone are used.

    Raises:
        MissingExtraError: LightGBM is not installed.
        ValueError: Fewer than two modes, or columns of different lengths.
    """
    return fit_and_try(
        table,
        modes,
        groups,
        seed=seed,
        bounds_us=bounds_us,
        growth=growth,
        base=base,
        by_network=by_network,
    ).forest


def fit_and_try(  # noqa: PLR0913  columns of the same legs, and how to grow
    table: NDArray[np.float64],
    modes: Sequence[str],
    groups: Sequence[str],
    *,
    seed: int,
    bounds_us: NDArray[np.int64] | None = None,
    growth: Growth | None = None,
    base: Forest | None = None,
    by_network: NDArray[np.float64] | None = None,
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
        base: As for `fit_forest`.
        by_network: As for `fit_forest`.
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
    words = [str(name) for name in names]
    root = _root_of(base, words, by_network)
    start = None if root is None else root.logits(table)
    owners = np.asarray(groups)
    lesson = _Lesson(classes.astype(np.int64), owners, seed, growth or Growth(), start)
    raw = lesson.crossed(table)
    band = lesson.band(raw)
    first = lesson.grown(table)
    settings: dict[str, Any] = {
        "calibration": [band],
        "prior": lesson.prior(),
        "least_confidence": {"default": 0.0},
        "neutral": neutral_of(table, FEATURES),
    }
    settings |= ({} if root is None else root.settings(first.outset)) | dict(limits or {})
    context, outside = None, softmax(raw / band["temperature"])
    if bounds_us is not None:
        seen = np.hstack((table, lesson.around(bounds_us, outside)))
        beside = lesson.crossed(seen)
        share = lesson.share(raw, beside)
        mixed = raw + share * (beside - raw)
        settings["context_calibration"] = [lesson.band(mixed)]
        outside = softmax(mixed / settings["context_calibration"][0]["temperature"])
        parts = [(first, 1.0 - share), (lesson.grown(seen), share)]
        context = _trees(root, [(part, weight) for part, weight in parts if weight > 0])
    trees = _trees(root, [(first, 1.0)])
    network = None if root is None else root.network
    made = Forest(FEATURES, tuple(words), trees, context, settings, "", network)
    return Fitted(read_forest(forest_bytes(made)), outside)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Trees, and where they begin."""

    grown: Grown
    outset: Outset | None


def _trees(root: Root | None, parts: Sequence[tuple[_Part, float]]) -> Trees:
    """Return the weighted sum of parts, whose weights sum to 1 and which begin at one outset.

    Where a network speaks beside them, they are raised by what its share takes from them.
    """
    found = [(trees_from_dump(part.grown.booster.dump_model()), weight) for part, weight in parts]
    outset = parts[0][0].outset
    if root is None or outset is None:
        return together(*(weighted(trees, weight) for trees, weight in found))
    found.append((root.part(outset), 1.0))
    left = 1.0 - root.share(outset)
    return together(*(weighted(trees, weight / left) for trees, weight in found))


def _root_of(
    base: Forest | None, words: Sequence[str], by_network: NDArray[np.float64] | None
) -> Root | None:
    """Return where a forest of ``words`` begins; None if ``base`` does not know them all."""
    if base is None or not {*words} <= {*base.classes}:
        return None
    return Root(base, words, by_network)


@dataclass(frozen=True, slots=True, eq=False)
class _Lesson:
    """Classes and owners of legs, and how trees are grown on them."""

    classes: NDArray[np.int64]
    groups: NDArray[np.str_]
    seed: int
    growth: Growth
    start: NDArray[np.float64] | None

    @property
    def count(self) -> int:
        return int(self.classes.max()) + 1

    def grown(
        self, seen: NDArray[np.float64], mask: NDArray[np.bool_] | slice = slice(None)
    ) -> _Part:
        classes = self.classes[mask]
        weights = leaning_weights(self.classes, count=self.count)[mask]
        outset, begun = None, None
        if self.start is not None:
            outset = outset_of(self.start[mask], classes, weights)
            begun = outset.of(self.start[mask])
        grown = grow(
            seen[mask],
            classes,
            weights,
            count=self.count,
            seed=self.seed,
            growth=self.growth,
            start=begun,
        )
        return _Part(grown, outset)

    def crossed(self, seen: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return raw scores of every leg from trees that had not seen its owner."""
        raw = np.zeros((len(seen), self.count))
        fold = folds_of([str(owner) for owner in self.groups])
        for number in np.unique(fold):
            out = fold == number
            if np.all(out):
                continue
            part = self.grown(seen, ~out)
            raw[out] = part.grown.raw(seen[out])
            if part.outset is not None and self.start is not None:
                raw[out] += part.outset.of(self.start[out])
        return raw

    def around(
        self, bounds_us: NDArray[np.int64], chance: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return what is known of the neighbours of each leg."""
        words = tuple(str(number) for number in range(self.count))
        found = np.full((len(chance), len(context_names(words))), np.nan)
        for owner in np.unique(self.groups):
            rows = np.flatnonzero(self.groups == owner)
            found[rows] = context_table(bounds_us[rows], chance[rows])
        return found

    def share(self, alone: NDArray[np.float64], beside: NDArray[np.float64]) -> float:
        """Return the share of scores ``beside`` with which legs left out are told best."""
        losses = [self._loss(alone + share * (beside - alone)) for share in NEIGHBOURS]
        return NEIGHBOURS[int(np.argmin(losses))]

    def _loss(self, raw: NDArray[np.float64]) -> float:
        chance = softmax(raw / self.band(raw)["temperature"])
        right = chance[np.arange(len(raw)), self.classes]
        return -float(np.mean(np.log(np.maximum(right, 1e-12))))

    def band(self, raw: NDArray[np.float64]) -> dict[str, Any]:
        temperature = temperature_of(raw, self.classes, np.ones(len(raw)))
        bias = [0.0] * self.count
        return {"cadence_s_up_to": None, "temperature": temperature, "bias": bias}

    def prior(self) -> list[float]:
        weights = leaning_weights(self.classes, count=self.count)
        found = np.bincount(self.classes, weights)
        return [float(share) for share in found / found.sum()]
