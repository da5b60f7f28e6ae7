"""Use case: walk from a figure that left back to the bytes of the files it came from.

Each link is recomputed, not read: the sum of the metres, the trips from the
stored fixes, the digests of pieces and files against the evidence log.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.app.evidence.levels import grounds
from geowallet.app.evidence.stamps import confirmed
from geowallet.app.intake.sources import sources
from geowallet.app.settings import resolve
from geowallet.app.sharing.agreements import contract_of
from geowallet.app.sharing.receipts import Receipt, receipts
from geowallet.app.travel.corrections import corrections, covering, digest
from geowallet.app.travel.derive import recomputed
from geowallet.app.travel.models import in_use
from geowallet.app.travel.renewing import month_of
from geowallet.app.travel.shapes import digest as shape_digest
from geowallet.app.travel.shapes import shaped, shaping
from geowallet.app.travel.trips import stored_trips
from geowallet.app.travel.unkept import kept_from_us
from geowallet.crypto.canonical import sha256_hex
from geowallet.model.errors import EvidenceError, NoReceiptError, NotFoundError
from geowallet.model.provenance import StatementKind
from geowallet.model.words import N_, Phrase, phrase
from geowallet.track.windows import affected_window

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geowallet.app.intake.sources import Source
    from geowallet.model.mobility import Trip
    from geowallet.model.provenance import Statement
    from geowallet.vault.store import Vault


@dataclass(frozen=True, slots=True)
class Link:
    """One step of the way back.

    Attributes:
        subject: What it speaks of.
        how: How it follows from the next link.
        digest: SHA-256 (hex) of its bytes, or "".
        holds: Whether that was found true just now.
    """

    subject: Phrase
    how: Phrase
    digest: str
    holds: bool


def find_receipt(vault: Vault, shortened: str) -> Receipt:
    """Return the receipt whose short id, or full id, begins with ``shortened``.

    Raises:
        NoReceiptError: None does.
        AmbiguousNameError: Several do.
    """
    known = {receipt.jti: receipt for receipt in receipts(vault)}
    try:
        return known[resolve("export", shortened.replace("-", ""), known)]
    except NotFoundError as error:
        raise NoReceiptError(**error.details) from error


def trace(vault: Vault, receipt: Receipt) -> tuple[Link, ...]:
    """Return every link from the export to the source files, in order.

    Raises:
        VaultDamagedError: A record does not authenticate.
        EvidenceError: The log contradicts itself.
    """
    statements = [statement for _, statement, _ in vault.log_entries()]
    trips = {trip.id: trip for trip in shaped(vault, stored_trips(vault))}
    used = [trips[trip_id] for trip_id, _ in receipt.used if trip_id in trips]
    wanted = {digest for trip in used for digest in trip.sources}
    files = [source for source in sources(vault) if source.sha256 in wanted]
    return (
        _export_link(receipt, statements),
        *_engine_link(receipt, statements),
        _contract_link(vault, receipt),
        _sum_link(receipt, trips),
        *_corrections_link(vault, used, statements),
        *_recomputed_links(vault, used),
        _pages_link(vault, used, statements),
        *_model_link(vault, used, statements),
        *_seen_link(vault, used),
        *(_source_link(vault, source, statements) for source in files),
    )


def _export_link(receipt: Receipt, statements: Sequence[Statement]) -> Link:
    if receipt.branch:
        return _elsewhere_link(receipt, statements)
    holds = any(
        s.kind is StatementKind.EXPORT
        and s.subjects == (receipt.sealed_sha256,)
        and s.predicate["used"] == [list(pair) for pair in receipt.used]
        for s in statements
    )
    subject = phrase(N_("export {id}, {period}"), id=receipt.id, period=receipt.period)
    return Link(subject, phrase(N_("entered in the log")), receipt.sealed_sha256, holds)


def _elsewhere_link(receipt: Receipt, statements: Sequence[Statement]) -> Link:
    """Say of an export that a merged copy made that its entry stands in the log of that copy."""
    named = [
        (one["jti"], one["sealed_sha256"])
        for s in statements
        if s.kind is StatementKind.MERGE
        for one in s.predicate["disclosed"]
    ]
    subject = phrase(N_("export {id}, {period}"), id=receipt.id, period=receipt.period)
    how = phrase(N_("made by a copy that was merged; its own log has the entry"))
    holds = (receipt.jti, receipt.sealed_sha256) in named
    return Link(subject, how, receipt.sealed_sha256, holds)


def _engine_link(receipt: Receipt, statements: Sequence[Statement]) -> Iterable[Link]:
    """Say that all trips were found again since, and whether the figures still follow."""
    sent = [n for n, s in enumerate(statements) if s.subjects == (receipt.sealed_sha256,)]
    later = statements[sent[-1] :] if sent else ()
    again = [s for s in later if s.kind is StatementKind.RECOMPUTE]
    if again:
        holds = not any(receipt.jti in s.predicate["exports"] for s in again)
        subject = phrase(N_("all trips were computed again after this export"))
        how = N_("the figures stay") if holds else N_("the figures would differ, as you were shown")
        yield Link(subject, phrase(how), "", holds)


def _contract_link(vault: Vault, receipt: Receipt) -> Link:
    holds = contract_of(vault, receipt.terms_sha256) is not None
    subject = phrase(N_("contract {name}"), name=receipt.contract)
    return Link(subject, phrase(N_("signed by both sides")), receipt.terms_sha256, holds)


def _sum_link(receipt: Receipt, trips: dict[str, Trip]) -> Link:
    metres = sum(metres for _, metres in receipt.used)
    holds = all(
        trip_id in trips
        and 0 <= given <= round(trips[trip_id].distance_m) + len(trips[trip_id].legs)
        for trip_id, given in receipt.used
    )
    subject = phrase(N_("{metres} m in {count} trips"), metres=metres, count=len(receipt.used))
    return Link(subject, phrase(N_("selected by the contract, added exactly")), "", holds)


def _corrections_link(
    vault: Vault, used: Sequence[Trip], statements: Sequence[Statement]
) -> Iterable[Link]:
    """Say how much the owner said over the guesses, where anything was said."""
    said = corrections(vault)
    words = {digest(word) for trip in used for word in covering(said, trip)}
    words |= {shape_digest(word) for trip in used for word in shaping(vault, trip)}
    if words:
        recorded = set(_subjects(statements, StatementKind.CORRECT))
        subject = phrase(N_("your corrections of these trips: {count}"), count=len(words))
        yield Link(subject, phrase(N_("entered in the log")), "", words <= recorded)


def _recomputed_links(vault: Vault, used: Sequence[Trip]) -> Iterable[Link]:
    """Analyse the stored fixes again and compare trip by trip, as far as they are kept."""
    kept_us = kept_from_us(vault)
    kept = [trip for trip in used if trip.start_us >= kept_us]
    if kept or not used:
        yield _recomputed_link(vault, kept)
    if len(kept) < len(used):
        subject = phrase(
            N_("{count} trips whose positions are no longer kept"), count=len(used) - len(kept)
        )
        yield Link(subject, phrase(N_("as they were found; not measured again")), "", holds=True)


def _recomputed_link(vault: Vault, used: Sequence[Trip]) -> Link:
    """Analyse the stored fixes again and compare trip by trip."""
    coverage = [run for source in sources(vault) for run in source.runs()]
    windows = affected_window(coverage, [(trip.start_us, trip.end_us) for trip in used])
    found = [trip for window in windows for trip in recomputed(vault, window).trips]
    again = {trip.id: trip for trip in shaped(vault, found)}
    holds = all(again.get(trip.id) == trip for trip in used)
    fixes = sum(leg.n_fixes for trip in used for leg in trip.legs)
    subject = phrase(N_("{count} trips from {fixes} positions"), count=len(used), fixes=fixes)
    return Link(subject, phrase(N_("measured again just now: the same")), "", holds)


def _pages_link(vault: Vault, used: Sequence[Trip], statements: Sequence[Statement]) -> Link:
    """Compare the stored pages with what the newest analysis put on record."""
    months = sorted({month_of(trip.start_us) for trip in used})
    stored = [vault.get("trips", month) or b"" for month in months]
    kinds = (StatementKind.CLEAN, StatementKind.SEGMENT, StatementKind.CLASSIFY)
    merged = set(_subjects(statements, StatementKind.MERGE))
    recorded = [merged.union(_subjects(statements, kind)) for kind in kinds]
    holds = all(sha256_hex(body) in digests for body in stored for digests in recorded)
    text = N_("cleaned, cut into stops and legs, and given modes: {months}")
    subject = phrase(text, months=", ".join(months))
    digest = sha256_hex(stored[0]) if len(stored) == 1 else ""
    return Link(subject, phrase(N_("methods and settings are in the log")), digest, holds)


def _model_link(
    vault: Vault, used: Sequence[Trip], statements: Sequence[Statement]
) -> Iterable[Link]:
    """Compare model and habits that the newest analysis put on record with those in use."""
    months = {month_of(trip.start_us) for trip in used}
    pages = {sha256_hex(vault.get("trips", month) or b"") for month in months}
    named = [
        s.predicate
        for s in statements
        if s.kind is StatementKind.CLASSIFY and "model" in s.predicate and pages & {*s.subjects}
    ]
    if named:
        said, present = named[-1], in_use(vault)
        subject = phrase(N_("model of travel modes: {name}"), name=present.name)
        how = phrase(N_("the one that the log names"))
        yield Link(subject, how, present.forest.digest, said["model"] == present.forest.digest)
        usual = "" if present.habits is None else present.habits.id
        if usual or "habits" in said:
            how = phrase(N_("those that the log names"))
            yield Link(
                phrase(N_("habits of the owner")), how, usual, said.get("habits", "") == usual
            )


def _seen_link(vault: Vault, used: Sequence[Trip]) -> Iterable[Link]:
    """Find again in the log what others saw of the files behind the trips."""
    found = grounds(vault, used)
    if not found:
        return
    names = sorted({stamp.name for one in found.values() for stamp in one.stamps})
    text = N_("{count} of {total} trips seen by others within a day: {names}")
    subject = phrase(text, count=len(found), total=len(used), names=", ".join(names))
    try:
        holds = confirmed(vault) > 0
    except EvidenceError:
        holds = False
    yield Link(subject, phrase(N_("what they saw is in the log")), "", holds)


def _source_link(vault: Vault, source: Source, statements: Sequence[Statement]) -> Link:
    """Compare the stored pieces of one file with what its import put on record.

    Where a part of it was erased since, that put the rest on record.
    """
    blobs = [blob for trace in source.traces for blob in trace.blobs]
    intact = all(sha256_hex(vault.get("fixes", blob.name) or b"") == blob.sha256 for blob in blobs)
    logged = any(
        s.kind in {StatementKind.IMPORT, StatementKind.ERASE}
        and s.inputs == (source.sha256,)
        and s.subjects == tuple(blob.sha256 for blob in blobs)
        for s in statements
    )
    subject = phrase(
        N_("file {name}, {length} bytes, {fixes} positions"),
        name=source.name,
        length=source.length,
        fixes=source.fixes,
    )
    return Link(subject, phrase(N_("read as it was")), source.sha256, intact and logged)


def _subjects(statements: Iterable[Statement], kind: StatementKind) -> Iterable[str]:
    return (digest for s in statements if s.kind is kind for digest in s.subjects)
