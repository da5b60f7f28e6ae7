"""Two stages: trees that see a leg alone, and trees that see its neighbours too.

The second stage learns from what the first says of legs that it was not fitted on, as it
will be when the program runs; and some neighbours are hidden from it, because people
label, and phones record, not every leg.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.track.modes.context import context_table
from geowallet.track.modes.fitting import folds_of, grow
from geowallet.track.modes.forest import softmax
from training.recipe import mixed, to_prior
from training.tables import CLASSES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geowallet.track.modes.fitting import Grown
    from training.recipe import Method
    from training.tables import Table

HIDDEN_SHARE = 0.35
"""Chance that the neighbour on a side is hidden while the second stage learns."""

FOLDS = 2
"""Parts of the owners, so that the first stage speaks of legs that it has not seen."""


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """Raw scores of legs that the trees had not seen.

    Attributes:
        table: The legs.
        raw: float64 ``(n, classes)``.
    """

    table: Table
    raw: NDArray[np.float64]

    def chance(self, bands: Sequence[Mapping[str, object]]) -> NDArray[np.float64]:
        """Return the calibrated probabilities ``(n, classes)``."""
        divisor = np.ones(len(self.table))
        done = np.zeros(len(self.table), dtype=np.bool_)
        for band in bands:
            limit = band["cadence_s_up_to"]
            limit_s = np.inf if limit is None else float(str(limit))
            inside = ~done & (self.table.cadence_s <= limit_s)
            divisor[inside] = float(str(band["temperature"]))
            done |= inside
        return softmax(self.raw / divisor[:, None])


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """All legs that are taught, with their weights.

    Attributes:
        table: ``n`` legs.
        weights: float64 ``(n,)``.
        method: How trees are grown on them.
    """

    table: Table
    weights: NDArray[np.float64]
    method: Method

    def first(self, mask: NDArray[np.bool_] | None = None) -> Grown:
        """Return trees of the first stage, grown on the legs of ``mask``."""
        return self._grown(self.table.features[:, self.method.columns], mask)

    def second(self, around: NDArray[np.float64], mask: NDArray[np.bool_] | None = None) -> Grown:
        """Return trees of the second stage, grown on the legs of ``mask``."""
        seen = np.hstack((self.table.features[:, self.method.columns], around))
        return self._grown(seen, mask)

    def crossed(self) -> Heard:
        """Return what first stages say of the legs of owners that each had not seen."""
        fold = folds_of([str(owner) for owner in self.table.owners], folds=FOLDS)
        raw = np.zeros((len(self.table), len(CLASSES)))
        for number in np.unique(fold):
            out = fold == number
            raw[out] = hear(self.first(~out), self.table.where(out), self.method).raw
        return Heard(self.table, raw)

    def around(self, bands: Sequence[Mapping[str, object]]) -> NDArray[np.float64]:
        """Return the neighbourhood of every leg, parts of it hidden."""
        found = neighbourhood(self.table, self.crossed().chance(bands))
        rng = np.random.default_rng(self.method.seed)
        half = found.shape[1] // 2
        for side in (slice(0, half), slice(half, None)):
            found[rng.random(len(found)) < HIDDEN_SHARE, side] = np.nan
        return found

    def _grown(self, seen: NDArray[np.float64], mask: NDArray[np.bool_] | None) -> Grown:
        rows = np.ones(len(self.table), dtype=np.bool_) if mask is None else mask
        classes = self.table.classes[rows]
        return grow(
            seen[rows],
            classes,
            to_prior(classes, self.weights[rows]),
            count=len(CLASSES),
            seed=self.method.seed,
            growth=self.method.growth,
        )


def taught(sim: Table | None, real: Sequence[Table], method: Method) -> Taught:
    """Return the mixture that is taught."""
    table, weights = mixed(sim, real)
    return Taught(table, weights, method)


def hear(first: Grown, table: Table, method: Method) -> Heard:
    """Return what the first stage says of ``table``."""
    return Heard(table, first.raw(table.features[:, method.columns]))


def hear_in_context(
    first: Heard, second: Grown, bands: Sequence[Mapping[str, object]], method: Method
) -> Heard:
    """Return what the second stage says, given what the first said."""
    table = first.table
    around = neighbourhood(table, first.chance(bands))
    return Heard(table, second.raw(np.hstack((table.features[:, method.columns], around))))


def neighbourhood(table: Table, chance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what surrounds each leg in its own recording, as the program sees it."""
    found = np.full((len(table), 2 * (2 + chance.shape[1])), np.nan)
    order = np.argsort(table.chains, kind="stable")
    cuts = np.flatnonzero(table.chains[order][1:] != table.chains[order][:-1]) + 1
    for rows in np.split(order, cuts):
        if len(rows):
            found[rows] = context_table(table.bounds_us[rows], chance[rows])
    return found
