"""Gradient boosted trees as flat tables, evaluated for all trees of many legs at once.

Leaves are whole numbers of a fixed unit, so that a sum does not depend on its order nor on
the machine.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from geowallet.track.modes.features import FEATURES
from geowallet.track.modes.reach import Reach, reach_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geowallet.track.modes.network import Network

MOST_LEAVES = 64
"""Of one tree: the bits of a word."""

UNIT = 2.0**-36
"""Of a leaf: fine enough for sums of thousands, coarse enough that they never overflow."""

NETWORK_SHARE = 0.5
"""Of what is said of a leg, the part that the network says, unless a header says more."""

HELD = "held_"
"""How columns of what a network holds of a leg begin; their number follows."""

SPARSEST_S = 60.0
"""Usual distance of fixes up to which a forest is believed, unless its header says more."""


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
        reach: How they are followed.
    """

    feature: NDArray[np.uint8]
    threshold: NDArray[np.float32]
    nan_left: NDArray[np.bool_]
    first: NDArray[np.uint8]
    after: NDArray[np.uint8]
    count: NDArray[np.intp]
    leaf: NDArray[np.int64]
    classes: int
    reach: Reach = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "reach", reach_of(self))

    def logits(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum of the leaves that each row reaches, ``(k, classes)``.

        Args:
            table: ``(k, f)``, compared as float32; NaN is unknown.
        """
        return self._sums(self.reach, table, self.classes)

    def logits_of(self, number: int, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return column ``number`` of `logits` at the cost of that class alone, ``(k,)``."""
        return self._sums(_reach_of(self, number), table, 1)[:, 0]

    def _sums(self, reach: Reach, table: NDArray[np.float64], classes: int) -> NDArray[np.float64]:
        rows = table.astype(np.float32)
        total = np.zeros((len(rows), classes), dtype=np.int64)
        for first in range(0, len(rows), reach.rows_at_once):
            part = slice(first, first + reach.rows_at_once)
            total[part] = reach.sums(rows[part], self.leaf, classes)
        return total.astype(np.float64) * UNIT


@lru_cache(maxsize=4 * 16)
def _reach_of(trees: Trees, number: int) -> Reach:
    return trees.reach.of(slice(number, None, trees.classes))


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """A fitted model: what it looks at, what it tells apart, and how sure it may be.

    Attributes:
        features: Names of the columns of `trees`, of `modes.features.FEATURES` and of
            `held_names`.
        classes: Names of the modes that it tells apart.
        trees: What speaks of a leg alone.
        context: What speaks of a leg among its neighbours, or None; its columns
            are those of `trees`, then those of `modes.context`.
        settings: The rest of the header; see `modes.artefact`.
        digest: SHA-256 of its bytes, hex.
        network: What speaks of the course of a leg beside the trees, or None.
    """

    features: tuple[str, ...]
    classes: tuple[str, ...]
    trees: Trees
    context: Trees | None
    settings: Mapping[str, Any]
    digest: str
    network: Network | None = None

    @property
    def sparsest_s(self) -> float:
        """Usual distance of fixes, in seconds, up to which it is believed."""
        return float(self.settings.get("sparsest_s", SPARSEST_S))

    @property
    def sees_held(self) -> bool:
        """Whether its trees look at what the network holds of a leg."""
        return any(name.startswith(HELD) for name in self.features)

    @property
    def network_share(self) -> float:
        """Of what is said of a leg, the part that the network says; 0 without one."""
        if self.network is None:
            return 0.0
        return float(self.settings.get("network_share", NETWORK_SHARE))

    def probabilities(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the calibrated probability of each class, ``(k, classes)``.

        Args:
            table: ``(k, len(FEATURES))`` as `feature_table` returns; behind it, where
                `sees_held`, what the network holds of each leg.
        """
        return self.calibrated(self.logits(table), table)

    def logits(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what the trees say of each class, before calibration, ``(k, classes)``."""
        return self.trees.logits(self.columns(table))

    def joined(
        self, by_trees: NDArray[np.float64], by_network: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return what trees and network say together, before calibration, ``(k, classes)``."""
        return (1.0 - self.network_share) * by_trees + self.network_share * by_network

    def calibrated(
        self, logits: NDArray[np.float64], table: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the probabilities of legs whose ``logits`` are known, ``(k, classes)``."""
        return self._calibrated(logits, table, "calibration")

    def in_context(
        self,
        table: NDArray[np.float64],
        context: NDArray[np.float64],
        heard: NDArray[np.float64] | float = 0.0,
    ) -> NDArray[np.float64]:
        """Return the probabilities of legs among their neighbours, ``(k, classes)``.

        Args:
            table: As for `probabilities`.
            context: ``(k, c)`` as `modes.context.context_table` returns.
            heard: ``(k, classes)``, what the network adds to the logits of the trees.

        Raises:
            ValueError: The forest has no trees for it.
        """
        if self.context is None:
            msg = "this forest knows no context"
            raise ValueError(msg)
        columns = np.column_stack((self.columns(table), context))
        logits = (1.0 - self.network_share) * self.context.logits(columns) + heard
        return self._calibrated(logits, table, "context_calibration")

    def columns(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the columns that the trees look at, ``(k, len(self.features))``."""
        held = 0 if self.network is None else self.network.holds
        place = {name: number for number, name in enumerate((*FEATURES, *held_names(held)))}
        return table[:, [place[name] for name in self.features]]

    def _calibrated(
        self, logits: NDArray[np.float64], table: NDArray[np.float64], setting: str
    ) -> NDArray[np.float64]:
        known_s = table[:, FEATURES.index("cadence_s")]
        cadence_s = np.nan_to_num(known_s, nan=np.inf)
        scaled = logits.copy()
        done = np.zeros(len(logits), dtype=np.bool_)
        for band in self.settings.get(setting, ()):
            limit_s = band["cadence_s_up_to"]
            rows = ~done & (cadence_s <= (np.inf if limit_s is None else limit_s))
            scaled[rows] = logits[rows] / band["temperature"] + np.asarray(band["bias"])
            done |= rows
        # Beyond what it was fitted on, the forest may say less and less.
        prior = np.log(np.asarray(self.settings["prior"], dtype=np.float64))
        weight = self.sparsest_s / np.maximum(np.nan_to_num(known_s), self.sparsest_s)[:, None]
        found = np.log(np.maximum(softmax(scaled), 1e-12))
        return softmax(prior + (found - prior) * weight)


def held_names(count: int) -> tuple[str, ...]:
    """Return the names of columns of what a network holds of a leg."""
    return tuple(f"{HELD}{number:02d}" for number in range(count))


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return probabilities that are in proportion to the exponentials, ``(k, classes)``."""
    weights = np.exp(logits - np.max(logits, axis=1, keepdims=True, initial=-np.inf))
    result: NDArray[np.float64] = weights / np.sum(weights, axis=1, keepdims=True)
    return result
