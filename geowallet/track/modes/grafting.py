"""Trees put together: for more classes, with other columns and leaves, and the sum of several.

What a forest stands on becomes a part of it: no later change of that one moves it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geowallet.track.modes.forest import UNIT, Trees

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

GRAIN = 2.0**-20
"""Leaves that are weighted are rounded to it: what a thousand of them lose together no
probability shows, and they are packed to half of the bytes."""


def reordered(trees: Trees, columns: Sequence[int]) -> Trees:
    """Return trees that look for each column elsewhere.

    Args:
        trees: Any.
        columns: Where each column that they look at stands from now on, below 256.
    """
    return replace(trees, feature=np.asarray(columns, dtype=np.uint8)[trees.feature])


def among(trees: Trees, places: Sequence[int], count: int) -> Trees:
    """Return trees that speak for some of ``count`` classes, and say 0 of the others.

    Args:
        trees: Any.
        places: Of its classes among the ``count``, distinct.
        count: At least as many.
    """
    silent = len(trees.count)
    whole = replace(trees, count=np.append(trees.count, 0), leaf=np.append(trees.leaf, 0))
    kept = np.full((silent // trees.classes, count), silent, dtype=np.intp)
    kept[:, places] = np.arange(silent).reshape(-1, trees.classes)
    return _taken(whole, kept.ravel(), count)


def weighted(trees: Trees, weight: float) -> Trees:
    """Return trees whose logits are ``weight`` times as large, but for rounding to `GRAIN`."""
    steps = np.rint(trees.leaf * (weight * UNIT / GRAIN)).astype(np.int64)
    return replace(trees, leaf=steps * round(GRAIN / UNIT))


def constant(logits: NDArray[np.float64]) -> Trees:
    """Return one tree a class that says the same of every leg: ``logits`` ``(classes,)``."""
    count = len(logits)
    none = np.zeros(0, dtype=np.uint8)
    return Trees(
        feature=none,
        threshold=np.zeros(0, dtype=np.float32),
        nan_left=np.zeros(0, dtype=np.bool_),
        first=none,
        after=none,
        count=np.zeros(count, dtype=np.intp),
        leaf=np.rint(logits / GRAIN).astype(np.int64) * round(GRAIN / UNIT),
        classes=count,
    )


def together(*parts: Trees) -> Trees:
    """Return trees whose logits are the sum of those of ``parts``, of the same classes each.

    Raises:
        ValueError: Their classes differ in number.
    """
    if len({part.classes for part in parts}) != 1:
        msg = "trees that are added up speak for the same classes"
        raise ValueError(msg)
    names = ("feature", "threshold", "nan_left", "first", "after", "count", "leaf")
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    return Trees(**columns, classes=parts[0].classes)


def _taken(trees: Trees, kept: NDArray[np.intp], classes: int) -> Trees:
    """Return some trees, in that order, as those of ``classes`` in turn."""
    nodes = _parts(np.cumsum(trees.count), trees.count, kept)
    leaves = _parts(np.cumsum(trees.count + 1), trees.count + 1, kept)
    return Trees(
        feature=trees.feature[nodes],
        threshold=trees.threshold[nodes],
        nan_left=trees.nan_left[nodes],
        first=trees.first[nodes],
        after=trees.after[nodes],
        count=trees.count[kept],
        leaf=trees.leaf[leaves],
        classes=classes,
    )


def _parts(
    end: NDArray[np.intp], length: NDArray[np.intp], chosen: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Return the places of what belongs to the ``chosen``, in their order."""
    many = length[chosen]
    before = np.cumsum(many) - many
    found: NDArray[np.intp] = np.arange(int(many.sum()), dtype=np.intp)
    found += np.repeat(end[chosen] - many - before, many)
    return found
