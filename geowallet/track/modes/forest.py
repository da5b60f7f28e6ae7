"""Gradient boosted trees as flat tables, evaluated for all trees of a leg at once.

Each leaf of a tree is a bit. A comparison that fails strikes out the leaves to its
left; the lowest bit left is the leaf that is reached (Lucchese et al. 2015,
"QuickScorer: a fast algorithm to rank documents with additive ensembles of regression
trees", SIGIR). Leaves are whole numbers of a fixed unit, so that a sum does not depend
on its order nor on the machine.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from geowallet.track.modes.features import FEATURES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

MOST_LEAVES = 64
"""Of one tree: the bits of a word."""

UNIT = 2.0**-36
"""Of a leaf: fine enough for sums of thousands, coarse enough that they never overflow."""

AT_ONCE = 2_000_000
"""Comparisons held in memory at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """``T`` trees of ``N`` comparisons in all, the classes in turn.

    Attributes:
        feature: uint8 ``(N,)``, column that is compared.
        threshold: float32 ``(N,)``; a value not above it goes left.
        nan_left: bool ``(N,)``, whether an unknown value goes left.
        first: uint8 ``(N,)``, first leaf on the left.
        after: uint8 ``(N,)``, leaf after the last on the left.
        count: intp ``(T,)``, comparisons of each tree; 0 for a single leaf.
        leaf: int64 ``(N + T,)``, logits of each leaf in `UNIT`.
        classes: Number of classes; tree ``t`` speaks for class ``t % classes``.
    """

    feature: NDArray[np.uint8]
    threshold: NDArray[np.float32]
    nan_left: NDArray[np.bool_]
    first: NDArray[np.uint8]
    after: NDArray[np.uint8]
    count: NDArray[np.intp]
    leaf: NDArray[np.int64]
    classes: int
    _struck: NDArray[np.uint64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        ones = (np.uint64(1) << self.after.astype(np.uint64)) - np.uint64(1)
        below = (np.uint64(1) << self.first.astype(np.uint64)) - np.uint64(1)
        object.__setattr__(self, "_struck", ~(ones & ~below))

    def logits(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum of the leaves that each row reaches, ``(k, classes)``.

        Args:
            table: ``(k, f)``, compared as float32; NaN is unknown.
        """
        block = max(AT_ONCE // max(len(self.feature), 1), 1)
        parts = [self._logits(table[a : a + block]) for a in range(0, len(table), block)]
        return np.concatenate(parts) if parts else np.zeros((0, self.classes))

    def _logits(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        leaves = self._leaves(table.astype(np.float32))
        start = np.cumsum(self.count + 1) - self.count - 1
        reached = self.leaf[start + leaves]
        total = reached.reshape(len(table), -1, self.classes).sum(axis=1)
        logits: NDArray[np.float64] = total * UNIT
        return logits

    def _leaves(self, table: NDArray[np.float32]) -> NDArray[np.intp]:
        """Return the number of the leaf of each tree, ``(k, T)``."""
        reached = np.zeros((len(table), len(self.count)), dtype=np.intp)
        split = np.flatnonzero(self.count)
        if not len(split):
            return reached
        start = (np.cumsum(self.count) - self.count)[split]
        everything = np.uint64(2**64 - 1)
        unknown = np.any(np.isnan(table), axis=1).tolist()
        nan_right = ~self.nan_left
        for row in range(len(table)):
            value = table[row][self.feature]
            right = value > self.threshold
            if unknown[row]:
                right |= np.isnan(value) & nan_right
            alive = np.where(right, self._struck, everything)
            left = np.bitwise_and.reduceat(alive, start)
            lowest = left & (~left + np.uint64(1))
            reached[row, split] = np.frexp(lowest.astype(np.float64))[1] - 1
        return reached


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """A fitted model: what it looks at, what it tells apart, and how sure it may be.

    Attributes:
        features: Names of the columns of `trees`, of `modes.features.FEATURES`.
        classes: Names of the modes that it tells apart.
        trees: What speaks of a leg alone.
        context: What speaks of a leg among its neighbours, or None; its columns
            are those of `trees`, then those of `modes.context`.
        settings: The rest of the header; see `modes.artefact`.
        digest: SHA-256 of its bytes, hex.
    """

    features: tuple[str, ...]
    classes: tuple[str, ...]
    trees: Trees
    context: Trees | None
    settings: Mapping[str, Any]
    digest: str

    def probabilities(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the calibrated probability of each class, ``(k, classes)``.

        Args:
            table: ``(k, len(FEATURES))`` as `feature_table` returns.
        """
        columns = self.columns(table)
        return self._calibrated(self.trees.logits(columns), table, "calibration")

    def in_context(
        self, table: NDArray[np.float64], context: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the probabilities of legs among their neighbours, ``(k, classes)``.

        Args:
            table: As for `probabilities`.
            context: ``(k, c)`` as `modes.context.context_table` returns.

        Raises:
            ValueError: The forest has no trees for it.
        """
        if self.context is None:
            msg = "this forest knows no context"
            raise ValueError(msg)
        columns = np.column_stack((self.columns(table), context))
        return self._calibrated(self.context.logits(columns), table, "context_calibration")

    def columns(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the columns that the trees look at, ``(k, len(self.features))``."""
        place = {name: number for number, name in enumerate(FEATURES)}
        return table[:, [place[name] for name in self.features]]

    def _calibrated(
        self, logits: NDArray[np.float64], table: NDArray[np.float64], setting: str
    ) -> NDArray[np.float64]:
        cadence_s = np.nan_to_num(table[:, FEATURES.index("cadence_s")], nan=np.inf)
        scaled = logits.copy()
        done = np.zeros(len(logits), dtype=np.bool_)
        for band in self.settings.get(setting, ()):
            limit_s = band["cadence_s_up_to"]
            rows = ~done & (cadence_s <= (np.inf if limit_s is None else limit_s))
            scaled[rows] = logits[rows] / band["temperature"] + np.asarray(band["bias"])
            done |= rows
        return softmax(scaled)


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return probabilities that are in proportion to the exponentials, ``(k, classes)``."""
    weights = np.exp(logits - np.max(logits, axis=1, keepdims=True, initial=-np.inf))
    result: NDArray[np.float64] = weights / np.sum(weights, axis=1, keepdims=True)
    return result
