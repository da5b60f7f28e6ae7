"""Trees from the dump of a LightGBM booster; needs only the dump, not the library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geowallet.track.modes.forest import MOST_LEAVES, Trees

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

_LARGEST = 2**31 - 1


def trees_from_dump(dump: Mapping[str, Any]) -> Trees:
    """Return the trees of ``booster.dump_model()``.

    Rows must be compared as float32 where the booster was fitted on float32 values:
    each threshold is rounded down to the next float32, which changes no comparison.

    Args:
        dump: Of a multiclass booster with numerical splits and at most 64
            leaves a tree.

    Raises:
        ValueError: Something else.
    """
    classes = int(dump["num_tree_per_iteration"])
    nodes: list[tuple[int, float, bool, int, int]] = []
    counts: list[int] = []
    values: list[float] = []
    for tree in dump["tree_info"]:
        before, leaves = len(nodes), len(values)
        _walk(tree["tree_structure"], leaves, nodes, values)
        counts.append(len(nodes) - before)
        if len(values) - leaves > MOST_LEAVES:
            msg = f"a tree has more than {MOST_LEAVES} leaves"
            raise ValueError(msg)
    feature, threshold, nan_left, first, after = zip(*nodes, strict=True) if nodes else ((),) * 5
    value = np.asarray(values)
    unit = float(max(np.max(np.abs(value), initial=0.0), 1e-9)) / _LARGEST
    return Trees(
        feature=np.asarray(feature, dtype=np.uint8),
        threshold=_floored(np.asarray(threshold, dtype=np.float64)),
        nan_left=np.asarray(nan_left, dtype=np.bool_),
        first=np.asarray(first, dtype=np.uint8),
        after=np.asarray(after, dtype=np.uint8),
        count=np.asarray(counts, dtype=np.intp),
        leaf=np.rint(value / unit).astype(np.int32),
        unit=unit,
        classes=classes,
    )


def _walk(
    node: Mapping[str, Any],
    base: int,
    nodes: list[tuple[int, float, bool, int, int]],
    values: list[float],
) -> None:
    """Append the comparisons and the leaves, from left to right, of one tree."""
    if "split_feature" not in node:
        values.append(float(node["leaf_value"]))
        return
    if node["decision_type"] != "<=" or node["missing_type"] not in {"None", "NaN"}:
        msg = "only numerical splits with unknown values as NaN are read"
        raise ValueError(msg)
    threshold, first = float(node["threshold"]), len(values) - base
    by_default = bool(node["default_left"])
    nan_left = by_default if node["missing_type"] == "NaN" else threshold >= 0
    place = len(nodes)
    nodes.append((0, 0.0, False, 0, 0))
    _walk(node["left_child"], base, nodes, values)
    nodes[place] = (int(node["split_feature"]), threshold, nan_left, first, len(values) - base)
    _walk(node["right_child"], base, nodes, values)


def _floored(threshold: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the largest float32 not above each threshold."""
    near = threshold.astype(np.float32)
    lower = np.nextafter(near, np.float32(-np.inf))
    return np.where(near.astype(np.float64) > threshold, lower, near)
