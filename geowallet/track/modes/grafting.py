"""Trees put together: those of some classes, with other leaves, and the sum of several.

And a network of some classes.

What a forest stands on becomes a part of it: no later change of that one moves it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geowallet.track.modes.forest import UNIT, Trees
from geowallet.track.modes.network import Network

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

GRAIN = 2.0**-20
"""Leaves that are weighted are rounded to it: what a thousand of them lose together no
probability shows, and they are packed to half of the bytes."""


def of_classes(trees: Trees, classes: Sequence[int], columns: Sequence[int]) -> Trees:
    """Return the trees that speak for some classes, in that order.

    Args:
        trees: Any.
        classes: Places of the classes that are kept, distinct, at least one.
        columns: Where each column that ``trees`` look at stands from now on, below 256.
    """
    rounds = np.arange(0, len(trees.count), trees.classes)
    kept = (rounds[:, None] + np.asarray(classes, dtype=np.intp)).ravel()
    nodes = _parts(np.cumsum(trees.count), trees.count, kept)
    leaves = _parts(np.cumsum(trees.count + 1), trees.count + 1, kept)
    places = np.asarray(columns, dtype=np.uint8)
    return Trees(
        feature=places[trees.feature[nodes]],
        threshold=trees.threshold[nodes],
        nan_left=trees.nan_left[nodes],
        first=trees.first[nodes],
        after=trees.after[nodes],
        count=trees.count[kept],
        leaf=trees.leaf[leaves],
        classes=len(classes),
    )


def network_of(network: Network, classes: Sequence[int]) -> Network:
    """Return the network that tells some of its classes apart, in that order."""
    columns = [*classes, network.classes]
    last = network.layers[-1]
    weight, scale, bias = last.weight[:, columns], last.scale[columns], last.bias[columns]
    return Network((*network.layers[:-1], replace(last, weight=weight, scale=scale, bias=bias)))


def weighted(trees: Trees, weight: float) -> Trees:
    """Return trees whose logits are ``weight`` times as large, but for rounding to `GRAIN`."""
    steps = np.rint(trees.leaf * (weight * UNIT / GRAIN)).astype(np.int64)
    return _with_leaves(trees, steps * round(GRAIN / UNIT))


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


def _with_leaves(trees: Trees, leaf: NDArray[np.int64]) -> Trees:
    return Trees(
        trees.feature,
        trees.threshold,
        trees.nan_left,
        trees.first,
        trees.after,
        trees.count,
        leaf,
        trees.classes,
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
