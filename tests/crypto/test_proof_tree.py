from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.crypto.merkle import consistency_proof, inclusion_proof, leaf_hash, root
from geowallet.crypto.proof_tree import ProofTree


def leaves(count: int) -> list[bytes]:
    return [leaf_hash(number.to_bytes(2, "big")) for number in range(count)]


class TestProofTree:
    """Promise: what `merkle` proves one by one, it proves alike."""

    @pytest.mark.parametrize("size", range(18))
    def test_every_proof_of_small_trees(self, size: int) -> None:
        own = leaves(size)
        tree = ProofTree(own)
        assert (tree.size, tree.root) == (size, root(own))
        for index in range(size):
            assert tree.inclusion(index) == inclusion_proof(index, own)
            assert tree.consistency(index + 1) == consistency_proof(index + 1, own)
            assert tree.leaf(index) == own[index]

    @given(st.integers(1, 3000), st.data())
    @settings(max_examples=25)
    def test_any_proof_of_larger_ones(self, size: int, data: st.DataObject) -> None:
        own = leaves(size)
        tree = ProofTree(own)
        index = data.draw(st.integers(0, size - 1))
        assert tree.inclusion(index) == inclusion_proof(index, own)
        assert tree.consistency(index + 1) == consistency_proof(index + 1, own)

    def test_refuses_what_is_not_there(self) -> None:
        tree = ProofTree(leaves(3))
        for index in (-1, 3):
            with pytest.raises(ValueError, match="no such leaf"):
                tree.inclusion(index)
        for size in (0, 4, -1):
            with pytest.raises(ValueError, match="no such older tree"):
                tree.consistency(size)
        with pytest.raises(ValueError, match="32 bytes"):
            ProofTree([b"short"])
