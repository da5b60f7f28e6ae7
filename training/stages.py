"""Trees grown on the mixture of sets, and what they say of legs that they had not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.track.modes.fitting import grow
from geowallet.track.modes.forest import softmax
from training.recipe import NETWORK_SHARE, mixed, to_prior
from training.tables import CLASSES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geowallet.track.modes.fitting import Grown
    from training.recipe import Method
    from training.tables import Table


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
        """Return trees grown on the legs of ``mask``."""
        return self._grown(self.table.features[:, self.method.columns], mask)

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
    """Return what ``first`` and the network say of ``table``."""
    by_trees = first.raw(table.features[:, method.columns])
    return Heard(table, (1.0 - NETWORK_SHARE) * by_trees + NETWORK_SHARE * table.heard)
