"""Gradient boosted trees as flat tables, evaluated for all trees of many legs at once.

Each leaf of a tree is a bit. A comparison that fails strikes out the leaves to its
left; the lowest bit left is the leaf that is reached (Lucchese et al. 2015,
"QuickScorer: a fast algorithm to rank documents with additive ensembles of regression
trees", SIGIR). Leaves are whole numbers of a fixed unit, so that a sum does not depend
on its order nor on the machine.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
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

SPARSEST_S = 60.0
"""Usual distance of fixes up to which a forest is believed, unless its header says more."""

MANY_ROWS = 24
ROWS_AT_ONCE = 256
COMPARED_AT_ONCE = 65_536
"""Rows from which, and in blocks of which, all are compared together; and comparisons held
at a time: what a processor's cache takes."""

HALF_LEAVES = 32
"""Up to this many leaves half a word does."""


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
    _boxes: _Boxes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_boxes", _boxes(self))

    def logits(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum of the leaves that each row reaches, ``(k, classes)``.

        Args:
            table: ``(k, f)``, compared as float32; NaN is unknown.
        """
        return self._sums(self._boxes, table, self.classes)

    def logits_of(self, number: int, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return column ``number`` of `logits` at the cost of that class alone, ``(k,)``."""
        return self._sums(_boxes_of(self, number), table, 1)[:, 0]

    def _sums(self, boxes: _Boxes, table: NDArray[np.float64], classes: int) -> NDArray[np.float64]:
        rows = table.astype(np.float32)
        total = np.zeros((len(rows), classes), dtype=np.int64)
        if len(rows) >= MANY_ROWS:
            for first in range(0, len(rows), ROWS_AT_ONCE):
                part = slice(first, first + ROWS_AT_ONCE)
                leaf = self.leaf.take(boxes.leaves_of_many(rows[part]))
                total[part] = leaf.reshape(-1, classes, leaf.shape[1]).sum(axis=0).T
        else:
            for number, row in enumerate(rows):
                total[number] = self.leaf.take(boxes.leaves(row)).reshape(-1, classes).sum(axis=0)
        return total.astype(np.float64) * UNIT


@dataclass(frozen=True, slots=True, eq=False)
class _Boxes:
    """Trees padded to one number ``b`` of comparisons, each ``(b, T)``.

    Attributes:
        start: intp ``(T,)``, place of the first leaf of each tree.
        column: intp, place of the compared value in `_two_sided`.
        threshold: float32.
        struck: int32 or int64, the leaves on the left of each comparison as bits; none
            where there is no comparison.
    """

    start: NDArray[np.intp]
    column: NDArray[np.intp]
    threshold: NDArray[np.float32]
    struck: NDArray[np.signedinteger]

    def leaves(self, row: NDArray[np.float32]) -> NDArray[np.intp]:
        """Return the place of the leaf of each tree that a row ``(f,)`` reaches, ``(T,)``."""
        value = _two_sided(row).take(self.column)
        struck = _struck_out(self.threshold, value, self.struck)
        return self.start + _lowest(np.bitwise_or.reduce(struck, axis=0))

    def leaves_of_many(self, rows: NDArray[np.float32]) -> NDArray[np.intp]:
        """Return the same for rows ``(k, f)`` together, ``(T, k)``: quicker where trees are few."""
        columns = _two_sided(np.ascontiguousarray(rows.T))
        width, number = self.column.shape
        found = np.empty((number, len(rows)), dtype=self.struck.dtype)
        block = max(COMPARED_AT_ONCE // (width * len(rows)), 1)
        for first in range(0, number, block):
            trees = slice(first, first + block)
            value = columns.take(self.column[:, trees], axis=0)
            thresholds, struck = self.threshold[:, trees, None], self.struck[:, trees, None]
            struck = _struck_out(thresholds, value, struck)
            np.bitwise_or.reduce(struck, axis=0, out=found[trees])
        return self.start[:, None] + _lowest(found)

    def of(self, trees: slice) -> _Boxes:
        """Return some of the trees."""
        columns = (self.column, self.threshold, self.struck)
        return _Boxes(self.start[trees], *(np.ascontiguousarray(c[:, trees]) for c in columns))


def _two_sided(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return each of ``(f,)`` or ``(f, k)`` twice: unknown ones go left always, then right."""
    unknown = np.isnan(values)
    sides = tuple(np.where(unknown, np.float32(side), values) for side in (-np.inf, np.inf))
    return np.stack(sides, axis=1).reshape(2 * len(values), *values.shape[1:])


def _struck_out(
    threshold: NDArray[np.float32], value: NDArray[np.float32], struck: NDArray[np.signedinteger]
) -> NDArray[np.signedinteger]:
    """Return ``struck`` where a value is above its threshold, else 0; ``value`` is used up."""
    # The sign of a difference, spread over its word, is several times faster than a choice.
    with np.errstate(over="ignore"):
        np.subtract(threshold, value, out=value)
    above = value.view(np.int32)
    above >>= 31
    if struck.dtype != np.int32:
        return above & struck
    above &= struck
    return above


def _lowest(struck: NDArray[np.signedinteger]) -> NDArray[np.intp]:
    """Return the number of the lowest bit that is not set."""
    lowest = ~struck
    lowest &= struck + struck.dtype.type(1)
    if struck.dtype != np.int32:
        wide: NDArray[np.intp] = np.frexp(np.abs(lowest.astype(np.float64)))[1].astype(np.intp) - 1
        return wide
    # A power of two as float32 is its exponent and nothing else.
    exponent = lowest.view(np.uint32).astype(np.float32).view(np.int32) >> 23
    return exponent - np.int32(127)


@lru_cache(maxsize=4 * 16)
def _boxes_of(trees: Trees, number: int) -> _Boxes:
    return trees._boxes.of(slice(number, None, trees.classes))  # noqa: SLF001  same module


def _boxes(trees: Trees) -> _Boxes:
    width = max(int(np.max(trees.count, initial=0)), 1)
    shape = len(trees.count), width
    filled = np.arange(width) < trees.count[:, None]
    column = np.zeros(shape, dtype=np.intp)
    threshold = np.zeros(shape, dtype=np.float32)
    column[filled] = 2 * trees.feature.astype(np.intp) + ~trees.nan_left
    # Adding zero leaves no negative zero, whose difference to zero would have a sign.
    threshold[filled] = trees.threshold + np.float32(0.0)
    ones = (np.uint64(1) << trees.after.astype(np.uint64)) - np.uint64(1)
    below = (np.uint64(1) << trees.first.astype(np.uint64)) - np.uint64(1)
    struck = np.zeros(shape, dtype=np.int32 if width < HALF_LEAVES else np.int64)
    struck[filled] = (ones & ~below).view(np.int64)
    columns = (np.ascontiguousarray(c.T) for c in (column, threshold, struck))
    start = np.cumsum(trees.count + 1) - trees.count - 1
    return _Boxes(start, *columns)


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

    @property
    def sparsest_s(self) -> float:
        """Usual distance of fixes, in seconds, up to which it is believed."""
        return float(self.settings.get("sparsest_s", SPARSEST_S))

    def probabilities(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the calibrated probability of each class, ``(k, classes)``.

        Args:
            table: ``(k, len(FEATURES))`` as `feature_table` returns.
        """
        return self.calibrated(self.logits(table), table)

    def logits(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what the trees say of each class, before calibration, ``(k, classes)``."""
        return self.trees.logits(self.columns(table))

    def calibrated(
        self, logits: NDArray[np.float64], table: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the probabilities of legs whose ``logits`` are known, ``(k, classes)``."""
        return self._calibrated(logits, table, "calibration")

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


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return probabilities that are in proportion to the exponentials, ``(k, classes)``."""
    weights = np.exp(logits - np.max(logits, axis=1, keepdims=True, initial=-np.inf))
    result: NDArray[np.float64] = weights / np.sum(weights, axis=1, keepdims=True)
    return result
