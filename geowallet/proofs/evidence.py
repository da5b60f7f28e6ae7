"""The claim ``evidence``: what others said of the log that the figures rest on.

It holds stamps and cosignatures of states of the log, the hashes of the entries
of the imports, and what ties both to the state that the claim ``log`` names. The
entries themselves stay closed: a hash shows that they were there, not what they say.
For L2 it holds what devices signed, for L3 what outsiders read from odometers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.crypto.canonical import MAX_INT
from geowallet.crypto.cosignatures import LATEST_S
from geowallet.crypto.encoding import b64
from geowallet.crypto.merkle import verify_consistency, verify_inclusion
from geowallet.crypto.notes import MAX_SIZE
from geowallet.crypto.signing import SIGNATURE_BYTES
from geowallet.crypto.timestamps import MAX_TOKEN_BYTES
from geowallet.proofs.claim_values import (
    MOST_KEY_CHARS,
    MOST_STEPS,
    bytes_of,
    exactly,
    hash_of,
    list_of,
    members_of,
    number,
    text,
)
from geowallet.proofs.device_runs import read_runs, run_json
from geowallet.proofs.odometer import read_statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geowallet.crypto.proof_tree import ProofTree
    from geowallet.proofs.device_runs import Run
    from geowallet.proofs.odometer import Statement

MOST_STAMPS = 400
"""Of one export: more than one a day for a year."""

MOST_LEAVES = 4_000
"""Of one export: ten files a day for a year."""

MOST_READINGS = 100
"""Pairs of statements in one export: two a week for a year."""

MOST_FLAGS = 32


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
        runs: What devices signed; empty where no metre is above L1.
        readings: Pairs of statements about odometers; empty where none is at L3.
        flags: What is odd about the positions, with metres.
    """

    stamps: tuple[Backing, ...]
    leaves: tuple[tuple[int, bytes], ...]
    runs: tuple[Run, ...] = ()
    readings: tuple[tuple[Statement, Statement], ...] = ()
    flags: tuple[tuple[str, int], ...] = ()

    @property
    def entries(self) -> tuple[int, ...]:
        """Positions of all entries that somebody must have seen."""
        opened = (entry.index for run in self.runs for entry in run.entries)
        return (*(index for index, _ in self.leaves), *opened)


def evidence_claim(  # noqa: PLR0913  each argument is one member of the claim
    tree: ProofTree,
    stamps: Sequence[Backing],
    leaves: Iterable[int],
    *,
    runs: Sequence[Run] = (),
    readings: Sequence[tuple[Statement, Statement]] = (),
    flags: Sequence[tuple[str, int]] | None = None,
) -> dict[str, Any]:
    """Return the claim; hashes that several proofs share are written once.

    Args:
        tree: The log as the claim ``log`` names it.
        stamps: States of it that others saw.
        leaves: Positions of the entries.
        runs: What devices signed, by key and counter.
        readings: Statements before and after, in order.
        flags: What is odd about the positions, with metres, by id; None for not looked at.

    Raises:
        ValueError: The log was never in one of these states, or is shorter.
    """
    nodes: dict[bytes, int] = {}

    def named(proof: Iterable[bytes]) -> list[int]:
        return [nodes.setdefault(node, len(nodes)) for node in proof]

    claim: dict[str, Any] = {
        "stamps": [
            _stamp_json(one) | {"path": named(tree.consistency(one.size))} for one in stamps
        ],
        "leaves": [
            [index, b64(tree.leaf(index)), named(tree.inclusion(index))]
            for index in sorted(set(leaves))
        ],
    }
    if runs:
        claim["devices"] = [run_json(run, lambda n: named(tree.inclusion(n))) for run in runs]
    if readings:
        claim["readings"] = [[before.text, after.text] for before, after in readings]
    if flags is not None:
        claim["flags"] = [{"id": name, "metres": metres} for name, metres in flags]
    return claim | {"nodes": [b64(node) for node in nodes]}


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
    members = _members(claim)
    nodes = [hash_of(node) for node in list_of(members["nodes"], MOST_LEAVES * MOST_STEPS)]
    used: set[int] = set()

    def proof(value: Any) -> list[bytes]:
        steps = [number(step, len(nodes) - 1) for step in list_of(value, MOST_STEPS)]
        used.update(steps)
        return [nodes[step] for step in steps]

    def included(index: int, leaf: bytes, path: Any) -> None:
        verify_inclusion(leaf, proof(path), index=index, size=size, root=root)

    stamps = []
    for item in list_of(members["stamps"], MOST_STAMPS):
        stamp, path = _stamp(item)
        verify_consistency(
            proof(path), old_size=stamp.size, new_size=size, old_root=stamp.root, new_root=root
        )
        stamps.append(stamp)
    leaves = []
    for item in list_of(members["leaves"], MOST_LEAVES):
        index, hashed, path = exactly(item, 3)
        leaves.append((number(index, MAX_SIZE), hash_of(hashed)))
        included(*leaves[-1], path)
    runs = read_runs(members["devices"], included, size=size) if "devices" in members else ()
    if not stamps or not leaves or used != set(range(len(nodes))) or len(set(nodes)) < len(nodes):
        raise ValueError("something in the evidence is missing, or of no use")
    if [index for index, _ in leaves] != sorted({index for index, _ in leaves}):
        raise ValueError("an entry occurs twice, or in disorder")
    readings, flags = _readings(members.get("readings", [])), _flags(members.get("flags", []))
    found = Evidence(tuple(stamps), tuple(leaves), runs, readings, flags)
    if len(set(found.entries)) < len(found.entries):
        raise ValueError("an entry is opened, and closed")
    return found


def _members(claim: Any) -> dict[str, Any]:
    """Return the members of a claim: three that it must have, three that it may have."""
    if not isinstance(claim, dict):
        raise ValueError("not an object of these members")  # noqa: TRY004  hostile bytes, one class
    more = {"devices", "readings", "flags"} & set(claim)
    members = members_of(claim, {"stamps", "leaves", "nodes"} | more)
    if any(members[name] == [] for name in more - {"flags"}):
        raise ValueError("an empty list, which would be left out")
    return members


def _readings(value: Any) -> tuple[tuple[Statement, Statement], ...]:
    """Return the pairs, each of two days in order; all of them open, or all closed."""
    pairs = [exactly(item, 2) for item in list_of(value, MOST_READINGS)]
    found = [(read_statement(before), read_statement(after)) for before, after in pairs]
    places = [(before.day, after.day, before.text, after.text) for before, after in found]
    if places != sorted(set(places)) or any(before >= after for before, after, *_ in places):
        raise ValueError("statements are in disorder, or of one day")
    if len({one.km is None for pair in found for one in pair}) > 1:
        raise ValueError("some statements are shown, and others are not")
    if any(before.vehicle != after.vehicle for before, after in found):
        raise ValueError("two statements of a pair speak of two vehicles")
    return tuple(found)


def _flags(value: Any) -> tuple[tuple[str, int], ...]:
    items = [members_of(item, {"id", "metres"}) for item in list_of(value, MOST_FLAGS)]
    found = [
        (text(item["id"], r"[a-z_]{1,32}"), number(item["metres"], MAX_INT, least=1))
        for item in items
    ]
    if [name for name, _ in found] != sorted({name for name, _ in found}):
        raise ValueError("flags are in disorder")
    return tuple(found)


def _stamp_json(stamp: Backing) -> dict[str, Any]:
    value: dict[str, Any] = {"size": stamp.size, "root": b64(stamp.root)}
    if stamp.is_witness:
        return value | {"witness": stamp.by, "at": stamp.at_s, "signature": b64(stamp.token)}
    return value | {"authority": stamp.by, "token": b64(stamp.token)}


def _stamp(value: Any) -> tuple[Backing, Any]:
    """Return a stamp and its path, which is not looked at yet."""
    if isinstance(value, dict) and "witness" in value:
        members = members_of(value, {"size", "root", "path", "witness", "at", "signature"})
        by, at_s = members["witness"], number(members["at"], LATEST_S)
        token = bytes_of(members["signature"], SIGNATURE_BYTES)
        if len(token) != SIGNATURE_BYTES or not isinstance(by, str) or "+" not in by:
            raise ValueError("not a cosignature")
    else:
        members = members_of(value, {"size", "root", "path", "authority", "token"})
        by, at_s, token = members["authority"], 0, bytes_of(members["token"], MAX_TOKEN_BYTES)
        if not isinstance(by, str) or "+" in by:
            raise ValueError("not a time stamp")
    if len(by) > MOST_KEY_CHARS:
        raise ValueError("a key is longer than any")
    size = number(members["size"], MAX_SIZE)
    return Backing(size, hash_of(members["root"]), by, at_s, token), members["path"]
