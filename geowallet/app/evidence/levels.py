"""Use case: find out how hard each trip would be to forge, by what others said.

L0 is declared. L1 needs, for every file that gave fixes to the trip, a state of
the log with the file's import in it that an authority or a witness saw within a
day of the trip's end, and not before it. The machine's own clock plays no part.
L2 needs besides that a registered device signed every one of these files, with its
batches in the states that were seen. L3 needs besides that outsiders read the
vehicle's odometer before and after, and that the traces agree with it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from geowallet.app.evidence.device_files import containers, fit_in_one, runs_behind, signed_files
from geowallet.app.evidence.flagging import flagged_metres
from geowallet.app.evidence.stamps import SKEW_S, stamps
from geowallet.app.intake.sources import sources
from geowallet.contracts.evaluation.rows import LEVELS
from geowallet.crypto.proof_tree import ProofTree
from geowallet.model.calendar import instant_us
from geowallet.model.provenance import StatementKind
from geowallet.proofs.evidence import (
    MOST_LEAVES,
    MOST_READINGS,
    MOST_STAMPS,
    Backing,
    evidence_claim,
)
from geowallet.verify.evidence import IN_TIME_S

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from typing import Any

    from geowallet.app.evidence.device_files import SignedFile
    from geowallet.app.evidence.stamps import Stamp
    from geowallet.app.intake.sources import Source
    from geowallet.app.sharing.preparing import Prepared
    from geowallet.app.vehicles.statements import Pair
    from geowallet.contracts.evaluation.result import Result
    from geowallet.model.calendar import Period
    from geowallet.model.mobility import Trip
    from geowallet.proofs.device_runs import Run
    from geowallet.vault.log import Leaf
    from geowallet.vault.store import Vault

MOST_BYTES = 1_000_000
"""Of the claim ``evidence``, by a generous guess, without files that are only named and
readings: both have most numbers of their own, and an export has 2 MiB, in base64."""

_LEAF_BYTES, _ENTRY_BYTES, _STAMP_BYTES = 800, 1_100, 1_200
"""With their proofs; measured 700, 900 and 1,000 where none shares much."""

_US = 1_000_000
_EAST, _WEST = dt.timedelta(hours=14), dt.timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the level of one trip rests on.

    Attributes:
        leaves: Entries of the imports, by position.
        stamps: States of the log that hold them, seen in time.
        files: What a device signed; empty below L2.
        pair: Odometer readings before and after it, or None below L3.
    """

    leaves: frozenset[int]
    stamps: frozenset[Stamp]
    files: frozenset[SignedFile] = frozenset()
    pair: Pair | None = None

    @property
    def level(self) -> int:
        """1 to 3."""
        return 1 + bool(self.files) + (self.pair is not None)


@dataclass(frozen=True, slots=True)
class _Log:
    """What the log and the wallet say of files.

    Attributes:
        imports: Position of the entry that put each source here as it is now.
        containers: The file that each whole source came in.
        signed: Files that devices signed.
        seen: What others saw, by the moment they say.
    """

    imports: Mapping[str, int]
    containers: Mapping[str, str]
    signed: Mapping[str, SignedFile]
    seen: Sequence[Stamp]


def grounds(
    vault: Vault,
    trips: Iterable[Trip],
    *,
    highest: str = "L1",
    pairs: Mapping[str, Pair] | None = None,
) -> dict[str, Grounds]:
    """Return, by trip id, what each trip above L0 rests on.

    Args:
        vault: The open wallet.
        trips: In time order; where they need more stamps or entries than one
            export may carry, the later ones stay at L0.
        highest: Nothing above it is looked for.
        pairs: Odometer readings that agree with the traces, by trip id.

    Raises:
        EvidenceError: The log contradicts itself.
    """
    seen = stamps(vault)
    if not seen:
        return {}
    log = _log(vault, seen, signed=highest > LEVELS[1])
    found: dict[str, Grounds] = {}
    used = Grounds(frozenset(), frozenset())
    for trip in trips:
        one = _grounds(trip, log, (pairs or {}).get(trip.id))
        if one is None:
            continue
        used = Grounds(used.leaves | one.leaves, used.stamps | one.stamps, used.files | one.files)
        if not _fits(used):
            break
        found[trip.id] = one
    return found


def evidence_of(vault: Vault, prepared: Prepared, *, note: str) -> dict[str, Any]:
    """Return what an export carries for its levels: {} or its claim ``evidence``.

    Where so few metres are above L0 that no share shows it, nothing is carried; of
    devices and odometers likewise.

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
    files = {file for one in resting for file in one.files}
    runs = _runs(vault, files, prepared.period) if shows_levels(prepared.result, "L2") else ()
    pairs = _pairs(prepared, resting) if shows_levels(prepared.result, "L3") else ()
    flags = looked_at(vault, prepared).flags
    claim = evidence_claim(tree, backing, leaves, runs=runs, readings=pairs, flags=flags)
    return {"evidence": claim}


def looked_at(vault: Vault, prepared: Prepared) -> Prepared:
    """Return what was prepared with what looks odd about it, where that would leave.

    It reads the positions of the wallet up to the period, so it is asked once, for what is
    shown and sent.
    """
    if prepared.flags is not None or not shows_levels(prepared.result):
        return prepared
    return replace(prepared, flags=flagged_metres(vault, prepared.selected.used))


def _fits(used: Grounds) -> bool:
    """Say whether an export can carry so much; some authorities send long tokens."""
    leaves, stamps = len(used.leaves), used.stamps
    weight = _LEAF_BYTES * leaves + _ENTRY_BYTES * len(used.files)
    weight += sum(_STAMP_BYTES + 4 * len(stamp.token) // 3 for stamp in stamps)
    fits = leaves <= MOST_LEAVES and len(stamps) <= MOST_STAMPS and weight <= MOST_BYTES
    return fits and fit_in_one(used.files)


def shows_levels(result: Result, least: str = "L1") -> bool:
    """Say whether a share at ``least`` or above would be claimed; one kept back is none."""
    shares = (result.share_percent, result.share_m)
    return any(share[name] for share in shares for name in share if name >= least)


def _log(vault: Vault, seen: Sequence[Stamp], *, signed: bool) -> _Log:
    known = sources(vault)
    leaves = tuple(vault.leaves())
    imports = _imports(leaves, known)
    came_in = containers(known, imports)
    files = signed_files(vault, leaves, set(came_in.values())) if signed else {}
    return _Log(imports, came_in, files, seen)


def _imports(leaves: Iterable[Leaf], known: Iterable[Source]) -> dict[str, int]:
    """Return the position of the entry that put each file here as it is now, by its digest.

    A file of which a part was erased or read otherwise has another entry, or
    none: then nobody else ever saw it as it is.
    """
    now = {
        (one.sha256, tuple(blob.sha256 for trace in one.traces for blob in trace.blobs))
        for one in known
    }
    found: dict[str, int] = {}
    for leaf in leaves:
        if leaf.statement.kind is StatementKind.IMPORT:
            key = (leaf.statement.inputs[0], leaf.statement.subjects)
            if key in now:
                found.setdefault(key[0], leaf.index)
    return found


def _grounds(trip: Trip, log: _Log, pair: Pair | None) -> Grounds | None:
    """Return what the trip rests on, or None where that is nothing but the owner's word."""
    if not trip.sources or any(source not in log.imports for source in trip.sources):
        return None
    leaves = frozenset(log.imports[source] for source in trip.sources)
    files = frozenset(
        log.signed[log.containers[source]]
        for source in trip.sources
        if log.containers.get(source) in log.signed
    )
    if len({log.containers.get(source) for source in trip.sources}) == len(files):
        stamps = _seen_in_time(trip, {*leaves, *(file.entry.index for file in files)}, log.seen)
        if stamps:
            return Grounds(leaves, stamps, files, pair)
    stamps = _seen_in_time(trip, leaves, log.seen)
    return Grounds(leaves, stamps) if stamps else None


def _seen_in_time(trip: Trip, entries: Collection[int], seen: Iterable[Stamp]) -> frozenset[Stamp]:
    """Return the earliest word of each that saw all the entries in time."""
    ends_s = trip.end_us // _US
    in_time = [one for one in seen if ends_s - SKEW_S <= one.at_s <= ends_s + IN_TIME_S]
    first = {
        stamp.by: stamp
        for stamp in reversed(in_time)  # the earliest of each that holds them all
        if stamp.size > max(entries)
    }
    return frozenset(first.values())


def _runs(vault: Vault, files: Collection[SignedFile], period: Period) -> tuple[Run, ...]:
    """Return the runs of the devices, with all their files that have positions in the period."""
    midnight = dt.datetime.combine(period.first, dt.time(), tzinfo=dt.UTC)
    after = dt.datetime.combine(period.last, dt.time(), tzinfo=dt.UTC) + dt.timedelta(days=1)
    low_us, high_us = instant_us(midnight - _EAST), instant_us(after + _WEST)
    log = _log(vault, (), signed=True)
    near = {
        log.containers[source.sha256]
        for source in sources(vault)
        if source.sha256 in log.containers
        and any(first <= high_us and last >= low_us for first, last in source.runs())
    }
    return runs_behind(files, log.signed, near)


def _pairs(prepared: Prepared, resting: Iterable[Grounds]) -> tuple[Pair, ...]:
    """Return the readings, closed unless the contract asks for them."""
    found = {one.pair for one in resting if one.pair is not None}
    if not prepared.terms.shows_readings:
        found = {(before.closed(), after.closed()) for before, after in found}
    in_order = sorted(found, key=lambda pair: [(one.day, one.text) for one in pair])
    return tuple(in_order[:MOST_READINGS])
