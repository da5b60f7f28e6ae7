"""What labelled legs teach trees that mend what another forest says, tried on owners left out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from geowallet.track.modes.boosted import trees_from_dump
from geowallet.track.modes.fitting import (
    Growth,
    folds_of,
    grow,
    leaning_weights,
    temperature_of,
)
from geowallet.track.modes.forest import softmax
from geowallet.track.modes.grafting import among, constant, weighted
from geowallet.track.modes.outset import outset_of
from geowallet.track.modes.usual import everybody, together

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geowallet.track.modes.fitting import Grown
    from geowallet.track.modes.forest import Trees
    from geowallet.track.modes.outset import Outset

BELIEVED = (0.0, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)
"""Shares of what labels changed that may be kept, against what the other forest says: a few
labels teach trees more than they bear."""

DOUBT = 0.5
"""Less is kept of what labels changed where that is worse by no more than half of the standard
deviation of the difference, by owners: what a few labels promise is not always true."""

STEADY_LEGS = 200.0
"""A temperature of 1 weighs as much as this many legs: that of a hundred is mostly chance."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Trees, and where they begin.

    Attributes:
        grown: For the modes that have labels; None for fewer than two of them.
        taught: Places of these modes among all.
        count: Of all modes.
        outset: Where all modes begin.
        share: Of all that, what is kept.
    """

    grown: Grown | None
    taught: NDArray[np.intp]
    count: int
    outset: Outset | None
    share: float = 1.0

    def raw(
        self, seen: NDArray[np.float64], start: NDArray[np.float64] | None
    ) -> NDArray[np.float64]:
        """Return the scores of legs before calibration, ``(k, count)``."""
        found = np.zeros((len(seen), self.count))
        if self.outset is not None and start is not None:
            found += self.outset.of(start)
        if self.grown is not None:
            found[:, self.taught] += self.grown.raw(seen)
        return found

    def trees(self, weight: float) -> Trees:
        """Return the trees alone, weighted."""
        if self.grown is None:
            return constant(np.zeros(self.count))
        trees = trees_from_dump(self.grown.booster.dump_model())
        return weighted(among(trees, self.taught.tolist(), self.count), weight * self.share)

    def kept(self, share: float) -> Part:
        """Return the part of which a share is kept, against what the other forest says."""
        outset = None if self.outset is None else self.outset.kept(share)
        return replace(self, outset=outset, share=share)


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """Classes and owners of legs, and how trees are grown on them.

    Attributes:
        count: Of classes; without a start each of them has a leg.
        classes: ``(n,)``.
        groups: ``(n,)``, as for `fit_and_try`, as the others.
        chains: ``(n,)``.
        seed: Of the choice of features and legs.
        growth: How the trees are grown.
        start: ``(n, count)``, what another forest says of the legs, if there is one.
    """

    count: int
    classes: NDArray[np.int64]
    groups: NDArray[np.str_]
    chains: NDArray[np.str_]
    seed: int
    growth: Growth
    start: NDArray[np.float64] | None

    def grown(
        self, seen: NDArray[np.float64], mask: NDArray[np.bool_] | slice = slice(None)
    ) -> Part:
        """Return trees grown on the legs of ``mask``, and where they begin."""
        classes = self.classes[mask]
        weights = leaning_weights(self.classes, count=self.count)[mask]
        outset, begun, taught = None, None, np.arange(self.count)
        if self.start is not None:
            outset = outset_of(self.start[mask], classes, weights)
            # Trees would deny a mode without labels everywhere: it stays what it was.
            taught = np.unique(classes).astype(np.intp)
            begun = outset.of(self.start[mask])[:, taught]
        if len(taught) < 2:
            return Part(None, taught, self.count, outset)
        grown = grow(
            seen[mask],
            np.searchsorted(taught, classes),
            weights,
            count=len(taught),
            seed=self.seed,
            growth=self.growth,
            start=begun,
        )
        return Part(grown, taught, self.count, outset)

    def crossed(self, seen: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return raw scores of every leg from trees that had not seen its owner."""
        raw = np.zeros((len(seen), self.count))
        fold = folds_of([str(owner) for owner in self.groups])
        for number in np.unique(fold):
            out = fold == number
            if np.all(out):
                continue
            start = None if self.start is None else self.start[out]
            raw[out] = self.grown(seen, ~out).raw(seen[out], start)
        return raw

    def believed(self, raw: NDArray[np.float64]) -> float:
        """Return the share of what labels changed with which legs left out are told best.

        The least of those that are hardly worse than the best.
        """
        if self.start is None:
            return 1.0
        losses = [self._losses(self.towards_start(raw, share)) for share in BELIEVED]
        best = min(losses, key=lambda some: float(np.mean(some)))
        bearable = (self._hardly_worse(some - best) for some in losses)
        return next(share for share, fine in zip(BELIEVED, bearable, strict=True) if fine)

    def _hardly_worse(self, worse: NDArray[np.float64]) -> bool:
        owner = np.unique(self.groups, return_inverse=True)[1]
        mean = float(np.mean(worse))
        spread = float(np.sqrt(np.sum(np.bincount(owner, worse - mean) ** 2))) / len(worse)
        return mean <= DOUBT * spread

    def towards_start(self, raw: NDArray[np.float64], share: float) -> NDArray[np.float64]:
        """Return scores of which a share is kept, against what the other forest says."""
        return raw if self.start is None else self.start + share * (raw - self.start)

    def _losses(self, raw: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the cross-entropy of each leg, ``(n,)``."""
        chance = softmax(raw / self.band(raw)["temperature"])
        right = chance[np.arange(len(raw)), self.classes]
        losses: NDArray[np.float64] = -np.log(np.maximum(right, 1e-12))
        return losses

    def band(self, raw: NDArray[np.float64]) -> dict[str, Any]:
        """Return the calibration under which legs left out are most probable."""
        temperature = temperature_of(raw, self.classes, np.ones(len(raw)))
        bias = [0.0] * self.count
        return {"cadence_s_up_to": None, "temperature": temperature, "bias": bias}

    def told_together(
        self,
        chance: NDArray[np.float64],
        ends_deg: NDArray[np.float64],
        prior: NDArray[np.float64],
        words: Sequence[str],
    ) -> NDArray[np.float64]:
        """Return what legs are taken for once those of a chain have told each other."""
        others, found = everybody(words, prior), np.empty_like(chance)
        for chain in np.unique(self.chains):
            rows = np.flatnonzero(self.chains == chain)
            found[rows] = together(chance[rows], ends_deg[rows], others)
        return found

    def tempered(self, chance: NDArray[np.float64]) -> float:
        """Return the temperature of probabilities, drawn to 1 where legs are few."""
        logits = np.log(np.maximum(chance, 1e-12))
        power = len(chance) / (len(chance) + STEADY_LEGS)
        return float(temperature_of(logits, self.classes, np.ones(len(chance))) ** power)

    def prior(self, usual: NDArray[np.float64] | None) -> list[float]:
        """Return the shares of all modes; one without labels keeps its ``usual`` one."""
        weights = leaning_weights(self.classes, count=self.count)
        found = np.bincount(self.classes, weights, minlength=self.count)
        found = found / found.sum()
        if usual is not None:
            kept = np.where(found > 0, 0.0, usual)
            found = found * (1.0 - kept.sum()) + kept
        return [float(share) for share in found]
