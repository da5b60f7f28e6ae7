from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.crypto.canonical import canonical_bytes
from geowallet.crypto.encoding import b64
from geowallet.crypto.merkle import leaf_hash
from geowallet.crypto.proof_tree import ProofTree
from geowallet.proofs.evidence import (
    MOST_LEAVES,
    MOST_STAMPS,
    Backing,
    Evidence,
    evidence_claim,
    read_evidence,
)

LEAVES = [leaf_hash(bytes([n])) for n in range(42)]
TREE = ProofTree(LEAVES)
WITNESS = "exemple.fr/witness+01234567+AAAA"


def backing(size: int, by: str = WITNESS) -> Backing:
    root = ProofTree(LEAVES[:size]).root
    if "+" in by:
        return Backing(size, root, by, 1_800_000_000, bytes(64))
    return Backing(size, root, by, 0, b"token")


GOOD = evidence_claim(TREE, [backing(20), backing(41, "ab" * 32)], [3, 19, 40, 3])


def read(claim: Any) -> Evidence:
    return read_evidence(json.loads(json.dumps(claim)), size=TREE.size, root=TREE.root)


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    claim = copy.deepcopy(GOOD)
    change(claim)
    return claim


class TestEvidence:
    """Promise: all of it leads to the log that the export names, and nothing else is in it."""

    def test_reads_what_it_writes(self) -> None:
        found = read(GOOD)
        assert found.stamps == (backing(20), backing(41, "ab" * 32))
        assert found.leaves == ((3, LEAVES[3]), (19, LEAVES[19]), (40, LEAVES[40]))

    def test_flags_are_named_with_their_metres(self) -> None:
        claim = evidence_claim(TREE, [backing(41)], [3], flags=[("replayed", 1_200)])
        assert claim["flags"] == [{"id": "replayed", "metres": 1_200}]

    @given(st.integers(1, 42), st.sets(st.integers(0, 41), min_size=1))
    @settings(max_examples=30)
    def test_any_state_and_any_entries(self, size: int, indexes: set[int]) -> None:
        found = read(evidence_claim(TREE, [backing(size)], indexes))
        assert [index for index, _ in found.leaves] == sorted(indexes)

    def test_a_month_of_daily_stamps_is_small(self) -> None:
        """22 stamps of 900 bytes over a log of 2,000 entries: below 60 kB as JSON."""
        leaves = [leaf_hash(n.to_bytes(2, "big")) for n in range(2_000)]
        tree = ProofTree(leaves)
        stamps = [
            Backing(90 * n, ProofTree(leaves[: 90 * n]).root, "ab" * 32, 0, bytes(900))
            for n in range(1, 23)
        ]
        claim = evidence_claim(tree, stamps, range(50, 1_980, 90))
        assert len(canonical_bytes(claim)) < 60_000

    def test_a_log_that_never_was_so_is_refused(self) -> None:
        for size, root in ((43, TREE.root), (42, LEAVES[0]), (40, TREE.root), (0, TREE.root)):
            with pytest.raises(ValueError, match=r"\w"):
                read_evidence(GOOD, size=size, root=root)

    @pytest.mark.parametrize("claim", [None, [], "x", 1, {}, GOOD | {"note": "x"}])
    def test_another_shape_is_refused(self, claim: Any) -> None:
        with pytest.raises(ValueError, match="members"):
            read(claim)

    @pytest.mark.parametrize(
        "change",
        [
            lambda c: c.update(stamps=[]),
            lambda c: c.update(leaves=[]),
            lambda c: c.update(stamps={}),
            lambda c: c.update(stamps=c["stamps"] * MOST_STAMPS),
            lambda c: c.update(leaves=c["leaves"] * MOST_LEAVES),
            lambda c: c["nodes"].append(b64(bytes(32))),
            lambda c: c["nodes"].append(c["nodes"][0]),
            lambda c: c["nodes"].append("AAAA"),
            lambda c: c["nodes"].append(1),
            lambda c: c["nodes"].append("x" * 45),
            lambda c: c["nodes"].reverse(),
            lambda c: c["leaves"].reverse(),
            lambda c: c["leaves"].append(c["leaves"][-1]),
            lambda c: c["leaves"][0].append(1),
            lambda c: c["leaves"][0].pop(),
            lambda c: c["leaves"][0].__setitem__(0, 4),
            lambda c: c["leaves"][0].__setitem__(0, True),
            lambda c: c["leaves"][0].__setitem__(0, -1),
            lambda c: c["leaves"][0].__setitem__(1, b64(bytes(32))),
            lambda c: c["leaves"][0].__setitem__(2, [10_000]),
            lambda c: c["leaves"][0].__setitem__(2, list(range(65))),
            lambda c: c["leaves"][0][2].pop(),
            lambda c: c["stamps"][0]["path"].pop(),
            lambda c: c["stamps"][0].update(size=21),
            lambda c: c["stamps"][0].update(size=0),
            lambda c: c["stamps"][0].update(root=b64(bytes(32))),
            lambda c: c["stamps"][0].update(at=-1),
            lambda c: c["stamps"][0].update(at=2**60),
            lambda c: c["stamps"][0].update(witness="no key"),
            lambda c: c["stamps"][0].update(witness=1),
            lambda c: c["stamps"][0].update(witness="+" * 300),
            lambda c: c["stamps"][0].update(signature=b64(bytes(63))),
            lambda c: c["stamps"][0].update(signature=b64(bytes(66))),
            lambda c: c["stamps"][0].update(note="x"),
            lambda c: c["stamps"][0].pop("at"),
            lambda c: c["stamps"][1].update(authority="a+b"),
            lambda c: c["stamps"][1].update(authority=None),
            lambda c: c["stamps"][1].update(token="AAAA="),  # noqa: S106  no secret
            lambda c: c["stamps"][1].update(token=b64(bytes(20_000))),
            lambda c: c["stamps"].append("x"),
        ],
    )
    def test_any_change_is_refused(self, change: Callable[[dict[str, Any]], object]) -> None:
        with pytest.raises(ValueError, match=r"\w"):
            read(changed(change))

    def test_a_state_of_another_log_cannot_be_carried(self) -> None:
        with pytest.raises(ValueError, match="older tree"):
            evidence_claim(TREE, [Backing(43, bytes(32), WITNESS, 1, bytes(64))], [1])
        with pytest.raises(ValueError, match=r"\w"):
            read(evidence_claim(TREE, [Backing(20, bytes(32), WITNESS, 1, bytes(64))], [1]))
