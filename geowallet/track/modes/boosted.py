"""Trees from the dump of a LightGBM booster; needs only the dump, not the library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geowallet.track.modes.forest import MOST_LEAVES, UNIT, Trees

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


def trees_from_dump(*dumps: Mapping[str, Any]) -> Trees:
    """Return the trees of ``booster.dump_model()``; of several boosters, their mean.

    Rows must be compared as float32 where the booster was fitted on float32 values:
    each threshold is rounded down to the next float32, which changes no comparison.

    Args:
        *dumps: At least one, of multiclass boosters of the same classes and
            columns, with numerical splits and at most 64 leaves a tree.

    Raises:
        ValueError: Something else.
    """
    classes = int(dumps[0]["num_tree_per_iteration"])
    nodes: list[tuple[int, float, bool, int, int]] = []
    counts: list[int] = []
    values: list[float] = []
    for tree in (tree for dump in dumps for tree in dump["tree_info"]):
        before, leaves = len(nodes), len(values)
        _walk(tree["tree_structure"], leaves, nodes, values)
        counts.append(len(nodes) - before)
        if len(values) - leaves > MOST_LEAVES:
            msg = f"a tree has more than {MOST_LEAVES} leaves"
            raise ValueError(msg)
    feature, threshold, nan_left, first, after = zip(*nodes, strict=True) if nodes else ((),) * 5
    return Trees(
        feature=np.asarray(feature, dtype=np.uint8),
        threshold=_floored(np.asarray(threshold, dtype=np.float64)),
        nan_left=np.asarray(nan_left, dtype=np.bool_),
        first=np.asarray(first, dtype=np.uint8),
        after=np.asarray(after, dtype=np.uint8),
        count=np.asarray(counts, dtype=np.intp),
        leaf=np.rint(np.asarray(values) / (len(dumps) * UNIT)).astype(np.int64),
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
    largest = float(np.finfo(np.float32).max)
    bounded = np.clip(threshold, -largest, largest)
    near = bounded.astype(np.float32)
    lower = np.nextafter(near, np.float32(-largest))
    return np.where(near.astype(np.float64) > bounded, lower, near)
