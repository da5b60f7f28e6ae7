"""Which leaf of each tree each row reaches, for many rows in the bits of words.

A comparison is made once for all trees that share it, and its answers are bits, one for
each row. The rows that reach a node are bits, too: those that go right are the rows of
its parent and the answers, all trees and 64 rows at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geowallet.track.modes.forest import Trees

WORD = 64

ANSWERS_AT_ONCE = 1 << 21
WORDS_AT_ONCE = 1 << 18
VALUES_AT_ONCE = 1 << 15
"""How many answers, and words of slots, are held at a time: what a processor's cache takes."""


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """``T`` trees padded to one number ``b`` of comparisons; of all, ``d`` differ.

    Rows stand in slots: 0 holds all rows, ``2 j + 1`` those that go left at comparison
    ``j`` and ``2 j + 2`` those that go right, ``2 b + 1`` none.

    Attributes:
        start: intp ``(T,)``, place of the first leaf of each tree.
        column: intp ``(d,)``, place of the compared value in `_two_sided`.
        threshold: float32 ``(d,)``.
        answer: intp ``(b, T)``, number of each comparison, ``d`` where there is none.
        parent: intp ``(b, T)``, slot of the rows that come to it.
        leaf: intp ``(b + 1, T)``, slot of the rows that reach each leaf.
        parent_place: intp ``(b, T)``, the same where the slots of all trees lie in one line.
        leaf_place: intp ``(b + 1, T)``.
    """

    start: NDArray[np.intp]
    column: NDArray[np.intp]
    threshold: NDArray[np.float32]
    answer: NDArray[np.intp]
    parent: NDArray[np.intp]
    leaf: NDArray[np.intp]
    parent_place: NDArray[np.intp] = field(init=False, repr=False)
    leaf_place: NDArray[np.intp] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for name in ("parent", "leaf"):
            object.__setattr__(self, f"{name}_place", _places(getattr(self, name)))

    @property
    def rows_at_once(self) -> int:
        """How many rows are worth looking at together."""
        most = max(len(self.threshold), len(self.start))
        return max(ANSWERS_AT_ONCE // most // WORD, 1) * WORD

    def sums(
        self, rows: NDArray[np.float32], leaf: NDArray[np.int64], classes: int
    ) -> NDArray[np.int64]:
        """Return the sum of the leaves that each row ``(k, f)`` reaches, ``(k, classes)``.

        Args:
            rows: Not more than `rows_at_once` are looked at cheaply.
            leaf: Of all trees.
            classes: Tree ``t`` speaks for class ``t % classes``.
        """
        answers = self._answers(rows)
        total = np.zeros((classes, len(rows)), dtype=np.int64)
        words = max(2 * len(self.leaf) * answers.shape[1], len(rows))
        at_once = max(WORDS_AT_ONCE // words // classes, 1) * classes
        for first in range(0, len(self.start), at_once):
            trees = slice(first, first + at_once)
            place = self.start[trees, None] + self._numbers(answers, trees, len(rows))
            total += leaf.take(place).reshape(-1, *total.shape).sum(axis=0)
        return total.T

    def _numbers(self, answers: NDArray[np.uint64], trees: slice, count: int) -> NDArray[np.uint8]:
        """Return the number of the leaf of some trees that each row reaches."""
        slots = self._slots(answers, trees)
        bits = max(len(self.leaf) - 1, 1).bit_length()
        plane = np.zeros((bits, *slots.shape[1:]), dtype=np.uint64)
        whole = slots.shape[1] == len(self.start)
        lines = slots.reshape(-1, slots.shape[2])
        for place, line in enumerate(self.leaf_place if whole else _places(self.leaf[:, trees])):
            reached = lines.take(line, axis=0)
            for bit in range(bits):
                if place >> bit & 1:
                    plane[bit] |= reached
        number = _unpacked(plane[-1], count)
        for bit in reversed(range(bits - 1)):
            number += number
            number |= _unpacked(plane[bit], count)
        return number

    def of(self, trees: slice) -> Reach:
        """Return some of the trees."""
        answer = self.answer[:, trees]
        used, again = np.unique(answer, return_inverse=True)
        used = used[used < len(self.threshold)]
        return Reach(
            self.start[trees],
            self.column[used],
            self.threshold[used],
            again.reshape(answer.shape),
            self.parent[:, trees],
            self.leaf[:, trees],
        )

    def _answers(self, rows: NDArray[np.float32]) -> NDArray[np.uint64]:
        """Return as bits whether each row goes right at each comparison, ``(d + 1, words)``."""
        values = _two_sided(np.ascontiguousarray(rows.T))
        count = len(self.threshold)
        answers = np.zeros((count + 1, -(-len(rows) // WORD)), dtype=np.uint64)
        told = answers.view(np.uint8)[:, : -(-len(rows) // 8)]
        at_once = max(VALUES_AT_ONCE // max(len(rows), 1), 1)
        for first in range(0, count, at_once):
            part = slice(first, min(first + at_once, count))
            right = values.take(self.column[part], axis=0) > self.threshold[part, None]
            told[part] = np.packbits(right, axis=1, bitorder="little")
        return answers

    def _slots(self, answers: NDArray[np.uint64], trees: slice) -> NDArray[np.uint64]:
        """Return the rows in each slot of some trees as bits, ``(2 b + 2, trees, words)``."""
        answer = self.answer[:, trees]
        width, number = answer.shape
        whole = number == len(self.start)
        parent = self.parent_place if whole else _places(self.parent[:, trees])
        slots = np.empty((2 * width + 2, number, answers.shape[1]), dtype=np.uint64)
        slots[0], slots[-1] = ~np.uint64(0), np.uint64(0)
        lines = slots.reshape(-1, slots.shape[2])
        for place in range(width):
            came = lines.take(parent[place], axis=0)
            left, right = slots[2 * place + 1], slots[2 * place + 2]
            np.bitwise_and(came, answers.take(answer[place], axis=0), out=right)
            np.bitwise_xor(came, right, out=left)
        return slots


def _places(slot: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return where slots ``(n, T)`` lie if each has all trees, one slot after another."""
    places: NDArray[np.intp] = slot * slot.shape[1] + np.arange(slot.shape[1])
    return places


def _unpacked(plane: NDArray[np.uint64], count: int) -> NDArray[np.uint8]:
    """Return bits as numbers, ``(T, count)``."""
    return np.unpackbits(plane.view(np.uint8), axis=1, count=count, bitorder="little")


def _two_sided(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return each of ``(f, k)`` twice: unknown ones go left always, then right."""
    unknown = np.isnan(values)
    sides = tuple(np.where(unknown, np.float32(side), values) for side in (-np.inf, np.inf))
    return np.stack(sides, axis=1).reshape(2 * len(values), -1)


def reach_of(trees: Trees) -> Reach:
    """Return how trees are followed.

    Each boundary between two leaves is that of one comparison. So a comparison or a leaf
    stands to the right of the comparison whose boundary it begins at, unless it stands to
    the left of a later one.
    """
    number, width = len(trees.count), max(int(np.max(trees.count, initial=0)), 1)
    filled = np.arange(width) < trees.count[:, None]
    column = 2 * trees.feature.astype(np.intp) + ~trees.nan_left
    key = (column.astype(np.int64) << 32) + (trees.threshold + np.float32(0.0)).view(np.uint32)
    pairs, answer = np.unique(key, return_inverse=True)
    kind = np.empty(len(pairs), dtype=np.intp)
    kind[answer] = np.arange(len(key))
    first, after = (_padded(c, filled, 0) for c in (trees.first, trees.after))
    owner = np.full((number, width + 2), -1)
    tree, place = np.nonzero(filled)
    owner[tree, after[filled]] = place
    parent = np.take_along_axis(owner, first, axis=1) * 2 + 2
    under = after[:, :-1] - first[:, :-1] > 1
    parent[:, 1:] = np.where(under, 2 * np.arange(width - 1) + 1, parent[:, 1:])
    before, behind = owner[:, :-1], owner[:, 1:]
    leaf = np.where(behind > before, 2 * behind + 1, 2 * before + 2)
    leaf[np.arange(width + 1) > trees.count[:, None]] = 2 * width + 1
    columns = (_padded(answer, filled, len(pairs)), np.where(filled, parent, 2 * width + 1), leaf)
    start = np.cumsum(trees.count + 1) - trees.count - 1
    told = column[kind], trees.threshold[kind]
    return Reach(start, *told, *(np.ascontiguousarray(c.T) for c in columns))


def nested(trees: Trees) -> bool:
    """Say whether every comparison parts the leaves that its parent left to it.

    Only such trees can be followed; a file may hold others.
    """
    parent = trees.reach.parent
    width, number = parent.shape
    filled = np.arange(width) < trees.count[:, None]
    first, after = (
        np.ascontiguousarray(_padded(c, filled, 0).T) for c in (trees.first, trees.after)
    )
    # The leaves of each slot: from the first to the one before the last.
    low, high = (np.zeros((2 * width + 2, number), dtype=np.intp) for _ in range(2))
    high[0] = trees.count + 1
    place = parent * number + np.arange(number)
    for step, there in enumerate(np.ascontiguousarray(filled.T)):
        begin, end = low.ravel().take(place[step]), high.ravel().take(place[step])
        cut = after[step]
        if np.any(there & ((begin != first[step]) | (cut <= begin) | (cut >= end))):
            return False
        low[2 * step + 1], high[2 * step + 1] = begin, cut
        low[2 * step + 2], high[2 * step + 2] = cut, end
    return not np.any(np.bincount(place[filled.T]) > 1)


def _padded(values: NDArray[Any], filled: NDArray[np.bool_], rest: int) -> NDArray[np.intp]:
    """Return the comparisons of each tree side by side, ``(T, b)``."""
    found = np.full(filled.shape, rest, dtype=np.intp)
    found[filled] = values
    return found
