"""Marks: numbers that look like chance and are the same for the same values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_STEP = np.uint64(0x9E3779B97F4A7C15)


def marks_of(*columns: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return a mark for each row of columns of whole numbers; their order counts.

    Args:
        columns: One at least, ``(n,)`` each.

    Source:
        Mixing function of SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable
        pseudorandom number generators"). It is no secret, and keeps none.
    """
    found = np.zeros(len(columns[0]), dtype=np.uint64)
    for column in columns:
        found = (found ^ column.view(np.uint64)) + _STEP
        found = (found ^ (found >> np.uint64(30))) * _FIRST
        found = (found ^ (found >> np.uint64(27))) * _SECOND
        found ^= found >> np.uint64(31)
    return found
