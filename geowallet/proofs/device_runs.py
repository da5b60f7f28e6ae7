"""What devices signed, as an export carries it: runs of batches, without their files.

Each batch names the one before it, so that one signature under the last of a run
speaks for all of it. The entries of the log that put batches on record are opened:
they hold digests, counters and the moment of reading, and nothing of a trip. A
counter between two runs that is in neither was not handed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from geowallet.crypto.batches import MOST, Batch, parse_device_key
from geowallet.crypto.canonical import canonical_bytes
from geowallet.crypto.encoding import b64
from geowallet.crypto.merkle import HASH_BYTES, leaf_hash
from geowallet.crypto.notes import MAX_SIZE
from geowallet.crypto.signing import SIGNATURE_BYTES, verify_log
from geowallet.model.provenance import Statement, StatementKind, entry_json
from geowallet.proofs.claim_values import (
    MOST_KEY_CHARS,
    bytes_of,
    exactly,
    hash_of,
    list_of,
    members_of,
    number,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

MOST_RUNS = 400
"""Of one export."""

MOST_BATCHES = 6_000
"""Of one export, in all runs: one every hour and a half for a year, in 290 kB."""

MOST_OBJECTS = 4
"""Records that were written with a batch; taking one in writes one."""

LATEST_US = 253_402_300_799_999_999

Objects = tuple[tuple[str, int, str | None], ...]
"""Row id, version and digest of the records that an entry names."""


@dataclass(frozen=True, slots=True)
class OpenedEntry:
    """An entry of the log that put a batch on record, opened.

    Attributes:
        counter: Of the batch.
        index: Position in the log.
        salt: Of the entry, hex.
        at_us: When it was written, by the owner's clock.
        objects: What was written with it.
    """

    counter: int
    index: int
    salt: str
    at_us: int
    objects: Objects


@dataclass(frozen=True, slots=True)
class Run:
    """Batches of one device whose counters follow each other.

    Attributes:
        key: Of the device, as a line.
        first: Counter of the first.
        previous: Digest (hex) of the batch before it, or zeros.
        files: SHA-256 (hex) of each file, in order; at least one.
        signature: Of the device, under the last batch.
        entries: Those opened, by counter; maybe none.
    """

    key: str
    first: int
    previous: str
    files: tuple[str, ...]
    signature: bytes
    entries: tuple[OpenedEntry, ...]

    @property
    def last(self) -> int:
        """Counter of the last."""
        return self.first + len(self.files) - 1

    def batches(self) -> tuple[Batch, ...]:
        """Return the batches, each naming the one before.

        Raises:
            ValueError: The first names one before it although it is the first, or none
                although it is not; or a digest is none.
        """
        found: list[Batch] = []
        for place, sha256 in enumerate(self.files):
            before = found[-1].digest if found else self.previous
            found.append(Batch(self.first + place, sha256, before))
        return tuple(found)


def batch_statement(batch: Batch) -> Statement:
    """Return what the log says of a batch that was taken in."""
    said = {"what": "batch", "counter": batch.counter, "previous": batch.previous}
    return Statement(StatementKind.DEVICE, (batch.digest,), (batch.sha256,), said)


def run_json(run: Run, proof_of: Callable[[int], list[int]]) -> dict[str, Any]:
    """Return a run as an export carries it; ``proof_of`` names the proof of an entry."""
    return {
        "key": run.key,
        "first": run.first,
        "previous": b64(bytes.fromhex(run.previous)),
        "files": [b64(bytes.fromhex(file)) for file in run.files],
        "signature": b64(run.signature),
        "entries": [
            [
                *(one.counter, one.index, one.salt, one.at_us),
                [list(item) for item in one.objects],
                proof_of(one.index),
            ]
            for one in run.entries
        ],
    }


def read_runs(
    value: Any, included: Callable[[int, bytes, Any], None], *, size: int
) -> tuple[Run, ...]:
    """Return the runs in a claim, each chain followed and each signature verified.

    Args:
        value: Any JSON value.
        included: Returns if an entry of this position and hash is in the log, by a proof.
        size: Entries of the log.

    Raises:
        ValueError: It is of another shape; a signature, a chain or an entry does not
            hold; runs overlap, or should be one; a file occurs twice.
    """
    runs = tuple(_run(item, included, size) for item in list_of(value, MOST_RUNS))
    places = [(run.key, run.first) for run in runs]
    if places != sorted(set(places)) or sum(len(run.files) for run in runs) > MOST_BATCHES:
        raise ValueError("runs are in disorder, or too long")
    if any(one.key == two.key and two.first <= one.last + 1 for one, two in pairwise(runs)):
        raise ValueError("runs of one device overlap, or do not continue each other")
    files = [file for run in runs for file in run.files]
    entries = [entry.index for run in runs for entry in run.entries]
    if len(set(files)) < len(files) or len(set(entries)) < len(entries):
        raise ValueError("a file or an entry occurs twice")
    return runs


def gaps(runs: Sequence[Run]) -> tuple[tuple[int, int], ...]:
    """Return first and last counter of each gap between runs of one device, in order."""
    return tuple((one.last + 1, two.first - 1) for one, two in pairwise(runs))


def runs_of(
    key: str, batches: Iterable[tuple[Batch, bytes]], entries: Iterable[OpenedEntry]
) -> tuple[Run, ...]:
    """Return the runs that batches of one device make.

    Args:
        key: Of the device, as a line.
        batches: With their signatures, by counter, each counter once; of two neighbours
            the second names the first.
        entries: Of some of them.
    """
    parts: list[list[tuple[Batch, bytes]]] = []
    for one in batches:
        if not parts or one[0].counter != parts[-1][-1][0].counter + 1:
            parts.append([])
        parts[-1].append(one)
    by_counter = {entry.counter: entry for entry in entries}
    return tuple(
        Run(
            key=key,
            first=part[0][0].counter,
            previous=part[0][0].previous,
            files=tuple(batch.sha256 for batch, _ in part),
            signature=part[-1][1],
            entries=tuple(
                by_counter[batch.counter] for batch, _ in part if batch.counter in by_counter
            ),
        )
        for part in parts
    )


def _run(value: Any, included: Callable[[int, bytes, Any], None], size: int) -> Run:
    names = {"key", "first", "previous", "files", "signature", "entries"}
    members = members_of(value, names)
    key = text(members["key"], rf"[!-~]{{1,{MOST_KEY_CHARS}}}")
    read = [_entry(item, size) for item in list_of(members["entries"], MOST_BATCHES)]
    run = Run(
        key=key,
        first=number(members["first"], MOST, least=1),
        previous=hash_of(members["previous"]).hex(),
        files=tuple(hash_of(file).hex() for file in list_of(members["files"], MOST_BATCHES)),
        signature=bytes_of(members["signature"], SIGNATURE_BYTES),
        entries=tuple(entry for entry, _ in read),
    )
    counters = [entry.counter for entry in run.entries]
    if not run.files or counters != sorted(set(counters)):
        raise ValueError("a run without a file, or its entries in disorder")
    batches = {batch.counter: batch for batch in run.batches()}
    _, public32 = parse_device_key(key)
    verify_log(str(batches[run.last]).encode("ascii"), run.signature, public32)
    if not set(counters) <= set(batches):
        raise ValueError("an entry of a batch that is not in the run")
    for entry, path in read:
        value = entry_json(
            batch_statement(batches[entry.counter]),
            salt=entry.salt,
            at_us=entry.at_us,
            objects=entry.objects,
        )
        included(entry.index, leaf_hash(canonical_bytes(value)), path)
    return run


def _entry(value: Any, size: int) -> tuple[OpenedEntry, Any]:
    """Return an entry and its proof, which is not looked at yet."""
    counter, index, salt, at_us, objects, path = exactly(value, 6)
    entry = OpenedEntry(
        counter=number(counter, MOST, least=1),
        index=number(index, min(size, MAX_SIZE) - 1),
        salt=text(salt, r"[0-9a-f]{32}"),
        at_us=number(at_us, LATEST_US),
        objects=tuple(_object(item) for item in list_of(objects, MOST_OBJECTS)),
    )
    return entry, path


def _object(value: Any) -> tuple[str, int, str | None]:
    row, version, digest = exactly(value, 3)
    shape = rf"[0-9a-f]{{{2 * HASH_BYTES}}}"
    sealed = None if digest is None else text(digest, shape)
    return text(row, r"([0-9a-f]{2}){1,64}"), number(version, MAX_SIZE), sealed
