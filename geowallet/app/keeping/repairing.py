"""Use case: put right what can be proved, and nothing else.

A page of trips is a function of the fixes: it is found again, and compared with what the
log recorded. A row that the log knows nothing of, or says was erased, is removed. A piece
of a trace that cannot be read is given up, so that its file can be read again. All else
is for a backup.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from geowallet.app.intake.sources import StoredTrace, sources
from geowallet.app.keeping.checking import Remedy
from geowallet.app.keeping.scope import midnight_us
from geowallet.app.travel.derive import derive
from geowallet.app.travel.waiting import add_pending
from geowallet.crypto.canonical import sha256_hex
from geowallet.model.calendar import Period
from geowallet.model.provenance import Statement, StatementKind
from geowallet.track.windows import joined_runs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geowallet.app.intake.sources import Source
    from geowallet.app.keeping.checking import Finding
    from geowallet.track.windows import Window
    from geowallet.vault.store import Vault


_BY_ROW = {Remedy.RECOMPUTE, Remedy.READ_AGAIN, Remedy.REMOVE}


@dataclass(frozen=True, slots=True)
class Repaired:
    """What was put right.

    Attributes:
        proved: Months whose page is, byte for byte, one that the log recorded.
        found: Months whose page was found again, but by another engine than the lost one.
        removed: Rows and keys that the log knows nothing of.
        files: Names of files of which pieces were given up: to be read again.
    """

    proved: tuple[str, ...]
    found: tuple[str, ...]
    removed: int
    files: tuple[str, ...]


def repair(vault: Vault, findings: Sequence[Finding], *, now_us: int) -> Repaired:
    """Put right what `findings` say can be, with an entry in the log.

    Args:
        vault: The open wallet.
        findings: As a check just found them; those for a backup are left alone.
        now_us: The present.

    Raises:
        VaultDamagedError: Something else that is needed cannot be read.
        DiskFullError: The disk refuses; nothing was changed.
    """
    by = {remedy: [one for one in findings if one.remedy is remedy] for remedy in Remedy}
    months = [one.name for one in by[Remedy.RECOMPUTE]]
    lost = {one.name for one in by[Remedy.READ_AGAIN]}
    recorded = _recorded(vault)
    changed = [(one, _given_up(one, lost)) for one in sources(vault) if _holds(one, lost)]
    waiting = [run for month in months for run in _runs_of(vault, month)]
    waiting += [run for before, _ in changed for run in before.runs()]
    with vault.transaction(now_us=now_us) as tx:
        for finding in findings:
            if finding.remedy in _BY_ROW:
                tx.give_up_row(finding.damage.row_id)
        for _, after in changed:
            tx.put("source", after.sha256, msgspec.msgpack.encode(after))
        if waiting:
            add_pending(tx, waiting)
        facts = {
            "what": "repaired",
            "pages": len(months),
            "pieces": len(lost),
            "strays": len(by[Remedy.REMOVE]),
        }
        tx.log(Statement(StatementKind.SETTING, (), (), facts))
    derive(vault, now_us=now_us)
    proved = [month for month in months if _page_digest(vault, month) in recorded]
    return Repaired(
        tuple(proved),
        tuple(month for month in months if month not in proved),
        len(by[Remedy.REMOVE]),
        tuple(sorted(before.name for before, _ in changed)),
    )


def _recorded(vault: Vault) -> set[str]:
    """Return the digests of all pages that the log ever recorded."""
    return {
        digest
        for _, statement, _ in vault.log_entries()
        if statement.kind is StatementKind.CLASSIFY
        for digest in statement.subjects
    }


def _page_digest(vault: Vault, month: str) -> str:
    return sha256_hex(vault.get("trips", month) or b"")


def _runs_of(vault: Vault, month: str) -> Iterator[Window]:
    """Yield the stretches of fixes that may hold trips of a UTC month."""
    days = Period.parse(month)
    first_us, last_us = (midnight_us(day, "UTC") for day in (days.first, days.last))
    day_us = 86_400_000_000
    for source in sources(vault):
        for first, last in source.runs():
            if last >= first_us - day_us and first <= last_us + 2 * day_us:
                yield first, last


def _holds(source: Source, lost: set[str]) -> bool:
    return any(blob.name in lost for trace in source.traces for blob in trace.blobs)


def _given_up(source: Source, lost: set[str]) -> Source:
    """Return a source without lost pieces, marked so that reading its file brings them back."""
    traces = tuple(_without(trace, lost) for trace in source.traces)
    after = msgspec.structs.replace(source, traces=traces)
    gone = source.fixes - after.fixes
    return msgspec.structs.replace(after, lost=source.lost + gone)


def _without(trace: StoredTrace, lost: set[str]) -> StoredTrace:
    blobs = tuple(blob for blob in trace.blobs if blob.name not in lost)
    if blobs == trace.blobs:
        return trace
    # What is left covers less: the runs are cut to the blobs, which may overstate them.
    spans = [(blob.first_us, blob.last_us) for blob in blobs]
    runs = (
        (max(first, start), min(last, end))
        for first, last in trace.runs
        for start, end in spans
        if first <= end and last >= start
    )
    return msgspec.structs.replace(trace, runs=joined_runs(sorted(runs)), blobs=blobs)
