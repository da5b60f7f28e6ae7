"""Putting one imported file into the wallet: blobs, the source's record, the log entry."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

from geowallet.app.intake.sources import Blob, Source, StoredTrace, runs_of, source
from geowallet.app.travel.waiting import add_pending
from geowallet.crypto.canonical import canonical_bytes, sha256_hex
from geowallet.model.provenance import Statement, StatementKind
from geowallet.track.windows import joined_runs
from geowallet.vault.columns import encode_fixes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.app.intake.reading import ReadFile
    from geowallet.connectors.api import ReadOptions
    from geowallet.track.windows import Window
    from geowallet.vault.store import Vault

Bodies = dict[str, bytes]
"""Packed fixes by the name of their blob."""


def described(
    item: ReadFile, container: str, options: ReadOptions, now_us: int
) -> tuple[Source, Bodies]:
    """Describe a file by what its blobs will decode to; the blobs come beside it by name."""
    traces: list[StoredTrace] = []
    bodies: Bodies = {}
    for trace in item.result.traces:
        blobs: list[Blob] = []
        runs: list[Window] = []
        for piece in trace.pieces():
            body = encode_fixes(piece)
            first_us, last_us = (int(us) // 1000 * 1000 for us in piece.time_us[[0, -1]])
            name = f"{item.sha256}/{len(traces)}/{len(blobs)}"
            blobs.append(Blob(name, sha256_hex(body), first_us, last_us, len(piece)))
            bodies[name] = body
            runs += runs_of(piece)
        stored = StoredTrace(trace.device, trace.time_kind, joined_runs(runs), tuple(blobs))
        traces.append(stored)
    new = Source(
        sha256=item.sha256,
        container=container,
        name=item.name.replace("\\", "/").rpartition("/")[2],
        length=item.length,
        connector=item.connector,
        imported_us=now_us,
        problems=item.result.problem_count,
        traces=tuple(traces),
        labels=item.result.labels,
        said=_said(item, options),
    )
    return new, bodies


def _said(item: ReadFile, options: ReadOptions) -> dict[str, str]:
    """Return what the owner said that the file does not, and what was put right for it."""
    said = {
        "zone": options.zone or ("taken from the positions" if options.zone_at else None),
        "date_order": options.date_order,
        "columns": ",".join(options.columns) or None,
        "moved_by_1024_weeks": str(item.moved.fixes) if item.moved else None,
    }
    return {name: word for name, word in said.items() if word}


def store(vault: Vault, new: Source, bodies: Bodies, *, before: Source | None = None) -> None:
    """Write a source in one transaction.

    Args:
        vault: The open wallet.
        new: As `described` returns it.
        bodies: Likewise.
        before: The same file as it was read before; it is replaced.
    """
    with vault.transaction(now_us=new.imported_us) as tx:
        for name, body in bodies.items():
            tx.put("fixes", name, body)
        if before is not None:
            gone = {blob.name for trace in before.traces for blob in trace.blobs} - bodies.keys()
            for name in sorted(gone):
                tx.delete("fixes", name)
        tx.put("source", new.sha256, msgspec.msgpack.encode(new))
        add_pending(tx, [*new.runs(), *(before.runs() if before else [])])
        tx.log(import_statement(new))


def import_statement(new: Source, *, transport: str = "file") -> Statement:
    """Return the entry of the log for a source, by the way it came."""
    blobs = tuple(blob.sha256 for trace in new.traces for blob in trace.blobs)
    predicate: dict[str, Any] = {
        "bytes": new.length,
        "connector": new.connector,
        "container_sha256": new.container,
        "devices": sorted({trace.device for trace in new.traces}),
        "fixes": new.fixes,
        "problems": new.problems,
        "transport": transport,
    }
    if new.said:
        predicate["said"] = new.said
    return Statement(StatementKind.IMPORT, blobs, (new.sha256,), predicate)


def remember_archive(vault: Vault, sha256: str, members: Sequence[str], *, now_us: int) -> None:
    """Note that every member of an archive was read, so that it need not be unpacked again.

    Args:
        vault: The open wallet.
        sha256: Of the archive, hex.
        members: SHA-256 (hex) of each member.
        now_us: The present.
    """
    body = canonical_bytes(sorted(set(members)))
    with vault.transaction(now_us=now_us) as tx:
        tx.put("setting", _archive(sha256), body)
        said = {"what": "archive read whole"}
        tx.log(Statement(StatementKind.SETTING, (sha256_hex(body),), (sha256,), said))


def archive_members(vault: Vault, sha256: str) -> list[Source]:
    """Return the sources of an archive that was read whole; none if it was not, or is no more."""
    stored = vault.get("setting", _archive(sha256))
    found = [source(vault, digest) for digest in json.loads(stored or b"[]")]
    return [] if None in found else [one for one in found if one is not None]


def _archive(sha256: str) -> str:
    return f"archive/{sha256}"
