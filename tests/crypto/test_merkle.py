from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.crypto.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    frontier_of,
    inclusion_proof,
    leaf_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
"""The reference tree that implementations of RFC 6962 share."""

LEAVES = [leaf_hash(entry) for entry in ENTRIES]
MANY = [leaf_hash(bytes([n])) for n in range(40)]

ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def split(n: int) -> int:
    """The largest power of two below n."""
    return 1 << (n - 1).bit_length() - 1


def slow_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return hashlib.sha256(b"\1" + slow_root(leaves[:k]) + slow_root(leaves[k:])).digest()


def slow_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962 section 2.1.1."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*slow_path(m, leaves[:k]), slow_root(leaves[k:])]
    return [*slow_path(m - k, leaves[k:]), slow_root(leaves[:k])]


def slow_subproof(m: int, leaves: list[bytes], *, complete: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 6962 section 2.1.2."""
    if m == len(leaves):
        return [] if complete else [slow_root(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*slow_subproof(m, leaves[:k], complete=complete), slow_root(leaves[k:])]
    return [*slow_subproof(m - k, leaves[k:], complete=False), slow_root(leaves[:k])]


def spoiled(proof: tuple[bytes, ...], draw: st.DataObject) -> list[bytes]:
    """The proof with one thing wrong."""
    bad = list(proof)
    faults = ["longer"] + ["flipped", "shorter", "doubled", "cut"] * bool(proof)
    fault = draw.draw(st.sampled_from(faults))
    at = draw.draw(st.integers(0, max(len(proof) - 1, 0)))
    match fault:
        case "longer":
            bad.insert(at, draw.draw(st.sampled_from([bytes(32), EMPTY_ROOT, *proof])))
        case "flipped":
            bad[at] = bytes([bad[at][0] ^ 1]) + bad[at][1:]
        case "shorter":
            del bad[at]
        case "doubled":
            bad.insert(at, bad[at])
        case _:
            bad[at] = bad[at][:-1]
    return bad


class TestRoot:
    """Promise: the tree of RFC 6962 section 2.1."""

    @pytest.mark.parametrize("size", range(1, 9))
    def test_of_the_reference_tree(self, size: int) -> None:
        assert root(LEAVES[:size]).hex() == ROOTS[size - 1]

    def test_of_nothing_is_the_hash_of_nothing(self) -> None:
        assert root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    def test_a_leaf_is_no_inner_node(self) -> None:
        assert leaf_hash(LEAVES[0] + LEAVES[1]) != root(LEAVES[:2])

    @pytest.mark.parametrize("size", range(40))
    def test_agrees_with_the_definition(self, size: int) -> None:
        assert root(MANY[:size]) == slow_root(MANY[:size])

    def test_refuses_what_is_no_hash(self) -> None:
        with pytest.raises(ValueError, match="32 bytes"):
            root([bytes(32), bytes(31)])


class TestInclusion:
    """Promise: "the hashes that lead from leaf index to the root"."""

    def test_of_the_reference_tree_worked_by_hand(self) -> None:
        # Leaf 5 of 7: its sibling 4 | pair 6-7 is 6 alone, risen | leaves 0 to 3.
        proof = inclusion_proof(5, LEAVES[:7])
        assert proof == (LEAVES[4], LEAVES[6], bytes.fromhex(ROOTS[3]))
        verify_inclusion(LEAVES[5], proof, index=5, size=7, root=bytes.fromhex(ROOTS[6]))

    @pytest.mark.parametrize("size", range(1, 20))
    def test_agrees_with_the_definition_and_verifies(self, size: int) -> None:
        for index in range(size):
            proof = inclusion_proof(index, MANY[:size])
            assert list(proof) == slow_path(index, MANY[:size])
            verify_inclusion(
                MANY[index], proof, index=index, size=size, root=slow_root(MANY[:size])
            )

    @given(st.data())
    @settings(max_examples=120)
    def test_a_spoiled_proof_is_refused(self, draw: st.DataObject) -> None:
        size = draw.draw(st.integers(1, 40))
        index = draw.draw(st.integers(0, size - 1))
        proof = spoiled(inclusion_proof(index, MANY[:size]), draw)
        with pytest.raises(ValueError, match=r"proof|32 bytes"):
            verify_inclusion(MANY[index], proof, index=index, size=size, root=root(MANY[:size]))

    def test_no_proof_fits_another_leaf_index_or_root(self) -> None:
        proof = inclusion_proof(3, LEAVES)
        right: dict[str, Any] = {"index": 3, "size": 8, "root": root(LEAVES)}
        wrongs: list[dict[str, Any]] = [
            *({"index": index} for index in (0, 1, 2, 4, 5, 6, 7)),
            *({"size": size} for size in (4, 16)),
            {"root": EMPTY_ROOT},
            {"root": b""},
        ]
        for wrong in wrongs:
            with pytest.raises(ValueError, match="proof"):
                verify_inclusion(LEAVES[3], proof, **(right | wrong))
        with pytest.raises(ValueError, match="proof"):
            verify_inclusion(LEAVES[4], proof, **right)
        with pytest.raises(ValueError, match="32 bytes"):
            verify_inclusion(b"", proof, **right)

    @pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0), (4, 3), (0, -1)])
    def test_there_is_no_proof_for_a_leaf_that_is_not_there(self, index: int, size: int) -> None:
        with pytest.raises(ValueError, match="no such leaf"):
            inclusion_proof(index, MANY[: max(size, 0)])
        with pytest.raises(ValueError, match="no such leaf"):
            verify_inclusion(MANY[0], [], index=index, size=size, root=root(MANY[:3]))

    def test_an_endless_size_ends(self) -> None:
        with pytest.raises(ValueError, match="length"):
            verify_inclusion(MANY[0], [], index=0, size=10**300, root=EMPTY_ROOT)


class TestConsistency:
    """Promise: "the hashes that show the first old_size leaves unchanged"."""

    @pytest.mark.parametrize("size", range(1, 20))
    def test_agrees_with_the_definition_and_verifies(self, size: int) -> None:
        for old_size in range(1, size + 1):
            proof = consistency_proof(old_size, MANY[:size])
            assert list(proof) == slow_subproof(old_size, MANY[:size])
            verify_consistency(
                proof,
                old_size=old_size,
                new_size=size,
                old_root=slow_root(MANY[:old_size]),
                new_root=slow_root(MANY[:size]),
            )

    def test_of_the_reference_tree_worked_by_hand(self) -> None:
        # RFC 6962 section 2.1.3, tree of 7: PROOF(3, D[7]) = [c, d, g, l].
        c, d = LEAVES[2], LEAVES[3]
        g, upper = root(LEAVES[:2]), root(LEAVES[4:7])
        assert consistency_proof(3, LEAVES[:7]) == (c, d, g, upper)
        # PROOF(4, D[7]) = [l]: the old root itself is left out.
        assert consistency_proof(4, LEAVES[:7]) == (upper,)

    @given(st.data())
    @settings(max_examples=120)
    def test_a_spoiled_proof_is_refused(self, draw: st.DataObject) -> None:
        new_size = draw.draw(st.integers(1, 40))
        old_size = draw.draw(st.integers(1, new_size))
        proof = spoiled(consistency_proof(old_size, MANY[:new_size]), draw)
        with pytest.raises(ValueError, match=r"proof|differ|32 bytes"):
            verify_consistency(
                proof,
                old_size=old_size,
                new_size=new_size,
                old_root=root(MANY[:old_size]),
                new_root=root(MANY[:new_size]),
            )

    @given(st.data())
    @settings(max_examples=60)
    def test_a_rewritten_past_has_no_proof(self, draw: st.DataObject) -> None:
        new_size = draw.draw(st.integers(1, 40))
        old_size = draw.draw(st.integers(1, new_size))
        forged = MANY[:new_size]
        forged[draw.draw(st.integers(0, old_size - 1))] = leaf_hash(b"another kilometre")
        with pytest.raises(ValueError, match=r"proof|differ"):
            verify_consistency(
                consistency_proof(old_size, forged),
                old_size=old_size,
                new_size=new_size,
                old_root=root(MANY[:old_size]),
                new_root=root(forged),
            )

    def test_both_roots_must_fit(self) -> None:
        proof = consistency_proof(3, LEAVES)
        right: dict[str, Any] = {
            "old_size": 3,
            "new_size": 8,
            "old_root": root(LEAVES[:3]),
            "new_root": root(LEAVES),
        }
        for wrong in (
            {"old_root": EMPTY_ROOT},
            {"new_root": EMPTY_ROOT},
            {"old_root": root(LEAVES), "new_root": root(LEAVES[:3])},
            {"old_size": 2},
            {"old_size": 4},
            {"new_size": 4},
            {"new_size": 16},
            {"old_size": 8, "new_size": 8},
        ):
            with pytest.raises(ValueError, match=r"proof|differ"):
                verify_consistency(proof, **(right | wrong))

    @pytest.mark.parametrize(("old_size", "new_size"), [(0, 3), (0, 0), (-1, 3), (4, 3)])
    def test_the_empty_tree_has_nothing_to_prove(self, old_size: int, new_size: int) -> None:
        """Regression: accepting size 0 lets any log pass for the continuation of another."""
        with pytest.raises(ValueError, match="older tree"):
            consistency_proof(old_size, MANY[:new_size])
        with pytest.raises(ValueError, match="older tree"):
            verify_consistency(
                [],
                old_size=old_size,
                new_size=new_size,
                old_root=EMPTY_ROOT,
                new_root=root(MANY[:new_size]),
            )


class TestFrontier:
    """Promise: "append and root in O(log n)", equal to the whole tree."""

    @pytest.mark.parametrize("size", range(40))
    def test_has_the_root_of_the_whole_tree(self, size: int) -> None:
        frontier = frontier_of(MANY[:size])
        assert frontier.root() == slow_root(MANY[:size])
        assert frontier.size == size
        assert len(frontier.nodes) == size.bit_count()

    @given(st.integers(0, 40), st.integers(0, 40))
    @settings(max_examples=40)
    def test_goes_on_from_where_it_was_kept(self, first: int, size: int) -> None:
        kept = frontier_of(MANY[:first])
        again = Frontier(kept.size, kept.nodes)
        for leaf in MANY[first:size]:
            again = again.append(leaf)
        assert again == frontier_of(MANY[: max(first, size)])

    def test_append_leaves_the_former_as_it_was(self) -> None:
        before = frontier_of(MANY[:3])
        before.append(MANY[3])
        assert before == frontier_of(MANY[:3])

    @pytest.mark.parametrize(
        ("size", "nodes"),
        [(-1, ()), (-1, (bytes(32),)), (0, (bytes(32),)), (3, (bytes(32),)), (1, (bytes(31),))],
    )
    def test_refuses_nodes_that_do_not_fit(self, size: int, nodes: tuple[bytes, ...]) -> None:
        with pytest.raises(ValueError, match=r"fit|32 bytes"):
            Frontier(size, nodes)

    @pytest.mark.parametrize("size", [0, 1])
    def test_refuses_a_leaf_that_is_no_hash(self, size: int) -> None:
        with pytest.raises(ValueError, match="32 bytes"):
            frontier_of(MANY[:size]).append(b"entry")
