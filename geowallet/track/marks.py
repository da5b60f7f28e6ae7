"""Marks: numbers that look like chance and are the same for the same values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STEP = 0x9E3779B97F4A7C15
_FIRST = 0xBF58476D1CE4E5B9
_SECOND = 0x94D049BB133111EB
_ALL = (1 << 64) - 1


def marks_of(*columns: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return a mark for each row of columns of whole numbers; their order counts.

    Two rows get the same mark by chance once in 2**64. It is no secret, and keeps none.

    Args:
        columns: One at least, ``(n,)`` each.

    Source:
        Multilinear hashing (Carter and Wegman 1979, "Universal classes of hash functions");
        multipliers by SplitMix64 (Steele, Lea and Flood 2014).
    """
    found = np.zeros(len(columns[0]), dtype=np.uint64)
    for number, column in enumerate(columns, start=1):
        found += column.view(np.uint64) * np.uint64(_multiplier(number))
    return found


def _multiplier(number: int) -> int:
    value = number * _STEP & _ALL
    value = (value ^ value >> 30) * _FIRST & _ALL
    value = (value ^ value >> 27) * _SECOND & _ALL
    return (value ^ value >> 31) | 1
