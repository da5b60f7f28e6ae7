"""Use case: which files of the wallet a registered device signed, and the runs that show it.

A file counts if it is here whole, as it was read, and its batch is on record in the
log. Nothing counts from the first counter under which the device said two things,
and no second signature of the same file. A gap is no reason not to count what
follows it: it shows in the runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.app.evidence.devices import KeptBatch, devices, kept_batches
from geowallet.crypto.batches import Batch, follow
from geowallet.crypto.note_lines import split_note
from geowallet.model.provenance import StatementKind
from geowallet.proofs.device_runs import (
    MOST_BATCHES,
    MOST_OBJECTS,
    OpenedEntry,
    Run,
    batch_statement,
    runs_of,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from geowallet.app.intake.sources import Source
    from geowallet.model.provenance import Statement
    from geowallet.vault.log import Leaf
    from geowallet.vault.store import Vault


@dataclass(frozen=True, slots=True)
class SignedFile:
    """A file that a device signed.

    Attributes:
        key: Of the device, as a line.
        batch: What it signed.
        signature: Its signature.
        entry: What opens the entry of the log that put the batch on record.
    """

    key: str
    batch: Batch
    signature: bytes
    entry: OpenedEntry

    @property
    def counter(self) -> int:
        """Of the batch."""
        return self.batch.counter


def signed_files(
    vault: Vault, leaves: Iterable[Leaf], whole: Collection[str]
) -> dict[str, SignedFile]:
    """Return the files that registered devices signed, by the SHA-256 (hex) of each.

    Args:
        vault: The open wallet.
        leaves: Entries of its log.
        whole: SHA-256 of the files that are here as they were read.
    """
    entries = _entries(leaves)
    kept = kept_batches(vault)
    found: dict[str, SignedFile] = {}
    for device in devices(vault):
        own = [(one.batch, one) for one in kept if one.key == device.key]
        chain = follow(batch for batch, _ in own)
        end = min(chain.forked, default=MOST_COUNTER)
        for batch, one in own:
            said, entry = entries.get(batch.digest, (None, None))
            counts = batch.counter < end and batch.counter not in chain.replayed
            counts = counts and said == batch_statement(batch) and batch.sha256 in whole
            if counts and entry is not None:
                found[batch.sha256] = SignedFile(device.key, batch, _signature(one), entry)
    return found


MOST_COUNTER = 2**53
"""Above any."""


def containers(known: Iterable[Source], imports: Collection[str]) -> dict[str, str]:
    """Return the file that each source came in, where all that came in it is here whole.

    Args:
        known: Of the wallet.
        imports: SHA-256 of the sources that are as they were read.
    """
    known = tuple(known)
    broken = {one.container for one in known if one.sha256 not in imports}
    return {one.sha256: one.container for one in known if one.container not in broken}


def fit_in_one(used: Iterable[SignedFile]) -> bool:
    """Say whether the runs from the first to the last of ``used`` fit into one export."""
    return sum(high - low + 1 for low, high in _extents(used).values()) <= MOST_BATCHES


def runs_behind(
    used: Collection[SignedFile], known: Mapping[str, SignedFile], near: Collection[str]
) -> tuple[Run, ...]:
    """Return the runs of the devices behind ``used``, by key and counter.

    Each device's runs go from the first to the last of its files that are used or near,
    so that the runs of one month continue those of the month before. Only the entries of
    used files are opened.

    Args:
        used: Files that metres rest on.
        known: As `signed_files` returns.
        near: SHA-256 of files with positions in the period.
    """
    wide = {*used, *(known[name] for name in near if name in known)}
    keys = {one.key for one in used}
    extents = _extents(one for one in wide if one.key in keys)
    if sum(high - low + 1 for low, high in extents.values()) > MOST_BATCHES:
        extents = _extents(used)
    found: list[Run] = []
    for key in sorted(keys):
        low, high = extents[key]
        own = _in_order(one for one in known.values() if one.key == key)
        inside = [(one.batch, one.signature) for one in own if low <= one.counter <= high]
        found += runs_of(key, inside, [one.entry for one in used if one.key == key])
    return tuple(found)


def _in_order(files: Iterable[SignedFile]) -> Sequence[SignedFile]:
    return sorted(files, key=lambda one: one.counter)


def _extents(files: Iterable[SignedFile]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for one in files:
        low, high = found.get(one.key, (one.counter, one.counter))
        found[one.key] = (min(low, one.counter), max(high, one.counter))
    return found


def _signature(kept: KeptBatch) -> bytes:
    return split_note(kept.note)[1][0].blob


def _entries(leaves: Iterable[Leaf]) -> dict[str, tuple[Statement, OpenedEntry]]:
    """Return the first entry of each batch and what opens it, by the batch's digest."""
    found: dict[str, tuple[Statement, OpenedEntry]] = {}
    for leaf in leaves:
        said = leaf.statement
        if said.kind is StatementKind.DEVICE and said.predicate.get("what") == "batch":
            objects = tuple((one.id.hex(), one.version, one.sealed_sha256) for one in leaf.changes)
            counter = said.predicate["counter"]
            entry = OpenedEntry(counter, leaf.index, leaf.salt, leaf.at_us, objects)
            if len(objects) <= MOST_OBJECTS:
                found.setdefault(said.subjects[0], (said, entry))
    return found
