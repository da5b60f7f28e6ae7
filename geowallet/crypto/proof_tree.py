"""A whole tree in memory, for many proofs at once; one proof alone costs less by `merkle`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geowallet.crypto.merkle import EMPTY_ROOT, parents

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class ProofTree:
    """The tree over leaf hashes, with every level kept.

    Raises:
        ValueError: A leaf hash is not 32 bytes long.
    """

    def __init__(self, leaves: Sequence[bytes]) -> None:
        level = list(leaves)
        if any(len(leaf) != len(EMPTY_ROOT) for leaf in level):
            raise ValueError("a hash is not 32 bytes long")
        self._levels = [level]
        while len(level) > 1:
            level = parents(level)
            self._levels.append(level)

    @property
    def size(self) -> int:
        """Number of leaves."""
        return len(self._levels[0])

    @property
    def root(self) -> bytes:
        """Root hash; `EMPTY_ROOT` without leaves."""
        return self._levels[-1][0] if self.size else EMPTY_ROOT

    def leaf(self, index: int) -> bytes:
        """Return the leaf hash at ``index``."""
        return self._levels[0][index]

    def inclusion(self, index: int) -> tuple[bytes, ...]:
        """Return what `merkle.inclusion_proof` returns.

        Raises:
            ValueError: There is no such leaf.
        """
        if not 0 <= index < self.size:
            raise ValueError("no such leaf")
        return tuple(self._siblings(index, 0))

    def consistency(self, old_size: int) -> tuple[bytes, ...]:
        """Return what `merkle.consistency_proof` returns.

        Raises:
            ValueError: ``old_size`` is 0, or above the number of leaves.
        """
        if not 0 < old_size <= self.size:
            raise ValueError("no such older tree")
        if old_size == self.size:
            return ()
        index, height = old_size - 1, 0
        while index & 1:
            index, height = index >> 1, height + 1
        first = self._levels[height][index : index + 1] if index else []
        return (*first, *self._siblings(index, height))

    def _siblings(self, index: int, height: int) -> Iterator[bytes]:
        for level in self._levels[height:-1]:
            yield from level[index ^ 1 : (index ^ 1) + 1]
            index >>= 1
