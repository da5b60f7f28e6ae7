"""Use case: find out how hard each trip would be to forge, by what others saw of the log.

L0 is declared. L1 needs, for every file that gave fixes to the trip, a state of
the log with the file's import in it that an authority or a witness saw within a
day of the trip's end, and not before it. The machine's own clock plays no part.
L2 and L3 (keys of devices, cross-checks) are not built.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.app.evidence.stamps import SKEW_S, stamps
from geowallet.app.intake.sources import sources
from geowallet.contracts.evaluation.rows import LEVELS
from geowallet.crypto.proof_tree import ProofTree
from geowallet.model.provenance import StatementKind
from geowallet.proofs.evidence import MOST_LEAVES, MOST_STAMPS, Backing, evidence_claim
from geowallet.verify.evidence import IN_TIME_S

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from typing import Any

    from geowallet.app.evidence.stamps import Stamp
    from geowallet.app.sharing.preparing import Prepared
    from geowallet.contracts.evaluation.result import Result
    from geowallet.model.mobility import Trip
    from geowallet.vault.store import Vault

STAMPED = 1
"""L1."""

MOST_BYTES = 1_200_000
"""Of the claim ``evidence``, by a generous guess: an export has 2 MiB, in base64."""

_LEAF_BYTES, _STAMP_BYTES = 800, 1_200
"""With their proofs; measured 700 and 1,000 where neither shares much."""

_US = 1_000_000


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the level of one trip rests on.

    Attributes:
        leaves: Entries of the imports, by position.
        stamps: States of the log that hold them, seen in time.
    """

    leaves: frozenset[int]
    stamps: frozenset[Stamp]


def grounds(vault: Vault, trips: Iterable[Trip]) -> dict[str, Grounds]:
    """Return, by trip id, what each trip above L0 rests on.

    Args:
        vault: The open wallet.
        trips: In time order; where they need more stamps or entries than one
            export may carry, the later ones stay at L0.

    Raises:
        EvidenceError: The log contradicts itself.
    """
    seen = stamps(vault)
    if not seen:
        return {}
    imports = _imports(vault)
    found: dict[str, Grounds] = {}
    leaves: set[int] = set()
    used: set[Stamp] = set()
    for trip in trips:
        one = _grounds(trip, imports, seen)
        if one is None:
            continue
        if not _fits(leaves | one.leaves, used | one.stamps):
            break
        leaves, used = leaves | one.leaves, used | one.stamps
        found[trip.id] = one
    return found


def evidence_of(vault: Vault, prepared: Prepared, *, note: str) -> dict[str, Any]:
    """Return what an export carries for its levels: {} or its claim ``evidence``.

    Where so few metres are above L0 that no share shows it, nothing is carried.

    Args:
        vault: The open wallet.
        prepared: What is to be signed.
        note: Checkpoint that the export's claim ``log`` is made from.
    """
    found, used = prepared.grounds, prepared.selected.used
    if not shows_levels(prepared.result):
        return {}
    resting = [found[trip_id] for trip_id, _ in used if trip_id in found]
    leaves = {leaf for one in resting for leaf in one.leaves}
    seen = {stamp for one in resting for stamp in one.stamps}
    backing = [
        Backing(
            size=stamp.size,
            root=stamp.root,
            by=stamp.by,
            at_s=stamp.at_s if stamp.kind == "witness" else 0,
            token=stamp.token,
        )
        for stamp in sorted(seen, key=lambda stamp: (stamp.size, stamp.by))
    ]
    size = int(note.split("\n")[1])
    tree = ProofTree(vault.leaf_hashes()[:size])
    return {"evidence": evidence_claim(tree, backing, leaves)}


def _fits(leaves: Collection[int], stamps: Collection[Stamp]) -> bool:
    """Say whether an export can carry so much; some authorities send long tokens."""
    weight = _LEAF_BYTES * len(leaves)
    weight += sum(_STAMP_BYTES + 4 * len(stamp.token) // 3 for stamp in stamps)
    return len(leaves) <= MOST_LEAVES and len(stamps) <= MOST_STAMPS and weight <= MOST_BYTES


def shows_levels(result: Result) -> bool:
    """Say whether a share above L0 would be claimed; a share that is kept back is none."""
    shares = (result.share_percent, result.share_m)
    return any(share[name] for share in shares for name in share if name != LEVELS[0])


def _imports(vault: Vault) -> dict[str, int]:
    """Return the position of the entry that put each file here as it is now, by its digest.

    A file of which a part was erased or read otherwise has another entry, or
    none: then nobody else ever saw it as it is.
    """
    now = {
        (one.sha256, tuple(blob.sha256 for trace in one.traces for blob in trace.blobs))
        for one in sources(vault)
    }
    found: dict[str, int] = {}
    for index, statement, _ in vault.log_entries():
        if statement.kind is StatementKind.IMPORT:
            key = (statement.inputs[0], statement.subjects)
            if key in now:
                found.setdefault(key[0], index)
    return found


def _grounds(trip: Trip, imports: Mapping[str, int], seen: Iterable[Stamp]) -> Grounds | None:
    """Return what the trip rests on, or None where that is nothing but the owner's word."""
    if not trip.sources or any(source not in imports for source in trip.sources):
        return None
    leaves = frozenset(imports[source] for source in trip.sources)
    ends_s = trip.end_us // _US
    in_time = [one for one in seen if ends_s - SKEW_S <= one.at_s <= ends_s + IN_TIME_S]
    first = {
        stamp.by: stamp
        for stamp in reversed(in_time)  # the earliest of each that holds them all
        if stamp.size > max(leaves)
    }
    return Grounds(leaves, frozenset(first.values())) if first else None
