"""The Merkle tree of the evidence log: one hash that stands for all its entries.

A tree is built level by level: neighbours join in pairs, and a last node
without neighbour rises unchanged. A node's sibling on the right may therefore
be missing; everything below follows from that one rule.

Source:
    RFC 6962 section 2.1; RFC 9162 section 2.1 (the same tree).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

HASH_BYTES = 32

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""Root of a tree without leaves."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of one entry; no inner node can have the same."""
    return hashlib.sha256(b"\0" + entry).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes; `EMPTY_ROOT` where there are none.

    Raises:
        ValueError: A leaf hash is not 32 bytes long.
    """
    level = _checked(leaves)
    while len(level) > 1:
        level = parents(level)
    return level[0] if level else EMPTY_ROOT


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> tuple[bytes, ...]:
    """Return the hashes that lead from leaf ``index`` to the root, lowest first.

    Raises:
        ValueError: There is no such leaf, or a leaf hash is not 32 bytes long.
    """
    if not 0 <= index < len(leaves):
        raise ValueError("no such leaf")
    return tuple(_siblings(_checked(leaves), index))


def verify_inclusion(
    leaf: bytes, proof: Sequence[bytes], *, index: int, size: int, root: bytes
) -> None:
    """Return if ``proof`` leads from the leaf hash at ``index`` to ``root``.

    Raises:
        ValueError: It does not, ``index`` is not below ``size``, or a hash is
            not 32 bytes long.
    """
    if not 0 <= index < size:
        raise ValueError("no such leaf")
    sides = tuple(_sides(index, size - 1))
    if len(proof) != len(sides):
        raise ValueError("the inclusion proof has another length")
    node = _checked([leaf])[0]
    for sibling, on_left in zip(_checked(proof), sides, strict=True):
        node = _node(sibling, node) if on_left else _node(node, sibling)
    if node != root:
        raise ValueError("the inclusion proof does not lead to the root")


def consistency_proof(old_size: int, leaves: Sequence[bytes]) -> tuple[bytes, ...]:
    """Return the hashes that show the first ``old_size`` leaves unchanged.

    Empty where the sizes are equal.

    Raises:
        ValueError: ``old_size`` is 0 (any tree extends the empty one: there is
            nothing to prove) or above the number of leaves, or a leaf hash is
            not 32 bytes long.
    """
    if not 0 < old_size <= len(leaves):
        raise ValueError("no such older tree")
    level = _checked(leaves)
    if old_size == len(leaves):
        return ()
    index = old_size - 1
    while index & 1:
        level, index = parents(level), index >> 1
    # Node 0 covers the whole old tree: the verifier has it, as the old root.
    first = level[index : index + 1] if index else []
    return (*first, *_siblings(level, index))


def verify_consistency(
    proof: Sequence[bytes], *, old_size: int, new_size: int, old_root: bytes, new_root: bytes
) -> None:
    """Return if the tree of ``new_root`` extends that of ``old_root``.

    Raises:
        ValueError: It does not, ``old_size`` is 0 or above ``new_size``, or a
            hash is not 32 bytes long.
    """
    if not 0 < old_size <= new_size:
        raise ValueError("no such older tree")
    if old_size == new_size:
        if proof or old_root != new_root:
            raise ValueError("two trees of one size differ")
        return
    index, last = old_size - 1, new_size - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    path = _checked(proof if index else [old_root, *proof])
    sides = tuple(_sides(index, last))
    if len(path) != len(sides) + 1:
        raise ValueError("the consistency proof has another length")
    old = new = path[0]
    for sibling, on_left in zip(path[1:], sides, strict=True):
        if on_left:
            old, new = _node(sibling, old), _node(sibling, new)
        else:
            new = _node(new, sibling)
    if (old, new) != (old_root, new_root):
        raise ValueError("the consistency proof does not lead to both roots")


@dataclass(frozen=True, slots=True)
class Frontier:
    """The least of a tree that still grows: append and root in O(log n).

    Attributes:
        size: Number of leaves.
        nodes: Roots of the complete subtrees that make up the tree, largest
            first: one per binary digit 1 of ``size``.

    Raises:
        ValueError: The nodes do not fit the size.
    """

    size: int = 0
    nodes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.nodes) != self.size.bit_count():
            raise ValueError("the nodes do not fit the size")
        _checked(self.nodes)

    def append(self, leaf: bytes) -> Frontier:
        """Return the frontier with one more leaf hash.

        Raises:
            ValueError: It is not 32 bytes long.
        """
        nodes, size = list(self.nodes), self.size
        _checked([leaf])
        while size & 1:
            leaf, size = _node(nodes.pop(), leaf), size >> 1
        return Frontier(self.size + 1, (*nodes, leaf))

    def root(self) -> bytes:
        """Return the root of the tree."""
        if not self.nodes:
            return EMPTY_ROOT
        *larger, node = self.nodes
        for left in reversed(larger):
            node = _node(left, node)
        return node


def frontier_of(leaves: Iterable[bytes]) -> Frontier:
    """Return the frontier of a tree with these leaf hashes."""
    frontier = Frontier()
    for leaf in leaves:
        frontier = frontier.append(leaf)
    return frontier


def parents(level: list[bytes]) -> list[bytes]:
    """Return the level above: neighbours joined, a last one without neighbour as it is."""
    pairs = zip(level[::2], level[1::2], strict=False)
    return [_node(left, right) for left, right in pairs] + level[len(level) & ~1 :]


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def _checked(hashes: Sequence[bytes]) -> list[bytes]:
    if any(len(value) != HASH_BYTES for value in hashes):
        raise ValueError("a hash is not 32 bytes long")
    return list(hashes)


def _siblings(level: list[bytes], index: int) -> Iterator[bytes]:
    while len(level) > 1:
        yield from level[index ^ 1 : (index ^ 1) + 1]
        level, index = parents(level), index >> 1


def _sides(index: int, last: int) -> Iterator[bool]:
    """Yield, from the leaf up, whether the sibling stands on the left, if there is one."""
    while last:
        if index & 1 or index < last:
            yield bool(index & 1)
        index, last = index >> 1, last >> 1
