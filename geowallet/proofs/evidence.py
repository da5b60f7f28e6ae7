"""The claim ``evidence``: what others said of the log that the figures rest on.

It holds stamps and cosignatures of states of the log, the hashes of the entries
of the imports, and what ties both to the state that the claim ``log`` names. The
entries themselves stay closed: a hash shows that they were there, not what they say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.crypto.cosignatures import LATEST_S
from geowallet.crypto.encoding import b64, unb64
from geowallet.crypto.merkle import HASH_BYTES, verify_consistency, verify_inclusion
from geowallet.crypto.notes import MAX_SIZE
from geowallet.crypto.signing import SIGNATURE_BYTES
from geowallet.crypto.timestamps import MAX_TOKEN_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geowallet.crypto.proof_tree import ProofTree

MOST_STAMPS = 400
"""Of one export: more than one a day for a year."""

MOST_LEAVES = 4_000
"""Of one export: ten files a day for a year."""

_MOST_STEPS = 64
_MAX_KEY_CHARS = 256


@dataclass(frozen=True, slots=True)
class Backing:
    """One state of the log that somebody else saw.

    Attributes:
        size: Number of entries.
        root: Root over them, 32 bytes.
        by: SHA-256 (hex) of an authority's certificate, or a witness's key line.
        at_s: When, as a witness says; 0 for an authority, whose token says it.
        token: Answer of the authority (DER), or signature of the witness.
    """

    size: int
    root: bytes
    by: str
    at_s: int
    token: bytes

    @property
    def is_witness(self) -> bool:
        """Whether a witness said it."""
        return "+" in self.by


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an export carries for its levels above L0.

    Attributes:
        stamps: At least one.
        leaves: Position and hash of each entry that the metres rest on.
    """

    stamps: tuple[Backing, ...]
    leaves: tuple[tuple[int, bytes], ...]


def evidence_claim(
    tree: ProofTree, stamps: Sequence[Backing], leaves: Iterable[int]
) -> dict[str, Any]:
    """Return the claim; hashes that several proofs share are written once.

    Args:
        tree: The log as the claim ``log`` names it.
        stamps: States of it that others saw.
        leaves: Positions of the entries.

    Raises:
        ValueError: The log was never in one of these states, or is shorter.
    """
    nodes: dict[bytes, int] = {}

    def named(proof: Iterable[bytes]) -> list[int]:
        return [nodes.setdefault(node, len(nodes)) for node in proof]

    return {
        "stamps": [
            _stamp_json(one) | {"path": named(tree.consistency(one.size))} for one in stamps
        ],
        "leaves": [
            [index, b64(tree.leaf(index)), named(tree.inclusion(index))]
            for index in sorted(set(leaves))
        ],
        "nodes": [b64(node) for node in nodes],
    }


def read_evidence(claim: Any, *, size: int, root: bytes) -> Evidence:
    """Return what a claim holds, if all of it leads to the log as the export names it.

    Args:
        claim: Any JSON value.
        size: Entries of the log, by the claim ``log``.
        root: Its root.

    Raises:
        ValueError: It is of another shape, a proof does not hold, or a hash is
            of no use.
    """
    members = _object(claim, {"stamps", "leaves", "nodes"})
    nodes = [_hash(text) for text in _list(members["nodes"], MOST_LEAVES * _MOST_STEPS)]
    used: set[int] = set()

    def proof(value: Any) -> list[bytes]:
        steps = [_number(step, len(nodes) - 1) for step in _list(value, _MOST_STEPS)]
        used.update(steps)
        return [nodes[step] for step in steps]

    stamps = []
    for item in _list(members["stamps"], MOST_STAMPS):
        stamp, path = _stamp(item)
        verify_consistency(
            proof(path), old_size=stamp.size, new_size=size, old_root=stamp.root, new_root=root
        )
        stamps.append(stamp)
    leaves = []
    for item in _list(members["leaves"], MOST_LEAVES):
        index, text, path = _triple(item)
        leaf = (_number(index, MAX_SIZE), _hash(text))
        verify_inclusion(leaf[1], proof(path), index=leaf[0], size=size, root=root)
        leaves.append(leaf)
    if not stamps or not leaves or used != set(range(len(nodes))) or len(set(nodes)) < len(nodes):
        raise ValueError("something in the evidence is missing, or of no use")
    if [index for index, _ in leaves] != sorted({index for index, _ in leaves}):
        raise ValueError("an entry occurs twice, or in disorder")
    return Evidence(tuple(stamps), tuple(leaves))


def _stamp_json(stamp: Backing) -> dict[str, Any]:
    value: dict[str, Any] = {"size": stamp.size, "root": b64(stamp.root)}
    if stamp.is_witness:
        return value | {"witness": stamp.by, "at": stamp.at_s, "signature": b64(stamp.token)}
    return value | {"authority": stamp.by, "token": b64(stamp.token)}


def _stamp(value: Any) -> tuple[Backing, Any]:
    """Return a stamp and its path, which is not looked at yet."""
    if isinstance(value, dict) and "witness" in value:
        members = _object(value, {"size", "root", "path", "witness", "at", "signature"})
        by, at_s = members["witness"], _number(members["at"], LATEST_S)
        token = _bytes(members["signature"], SIGNATURE_BYTES)
        if len(token) != SIGNATURE_BYTES or not isinstance(by, str) or "+" not in by:
            raise ValueError("not a cosignature")
    else:
        members = _object(value, {"size", "root", "path", "authority", "token"})
        by, at_s, token = members["authority"], 0, _bytes(members["token"], MAX_TOKEN_BYTES)
        if not isinstance(by, str) or "+" in by:
            raise ValueError("not a time stamp")
    if len(by) > _MAX_KEY_CHARS:
        raise ValueError("a key is longer than any")
    size = _number(members["size"], MAX_SIZE)
    return Backing(size, _hash(members["root"]), by, at_s, token), members["path"]


def _object(value: Any, names: set[str]) -> dict[str, Any]:
    if not isinstance(value, dict) or set(value) != names:
        raise ValueError("not an object of these members")
    return value


def _list(value: Any, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise ValueError("not a list, or a longer one than any")
    return value


def _triple(value: Any) -> list[Any]:
    if len(_list(value, 3)) != 3:
        raise ValueError("not an entry with its proof")
    return list(value)


def _number(value: Any, most: int) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise ValueError("not a whole number in range")
    return value


def _bytes(value: Any, most: int) -> bytes:
    if not isinstance(value, str) or len(value) > (most + 2) // 3 * 4:
        raise ValueError("not bytes, or more than any")
    return unb64(value)


def _hash(value: Any) -> bytes:
    data = _bytes(value, HASH_BYTES)
    if len(data) != HASH_BYTES:
        raise ValueError("a hash is not 32 bytes long")
    return data
