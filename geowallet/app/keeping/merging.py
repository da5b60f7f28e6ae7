"""Use case: take in another copy of this wallet, by its log and by what its owner says.

A copy that only went on takes this one's place, row by row. Of one that went on separately
the owner says what is taken over: it is entered anew, after an entry of the log that
names the other head. Nothing of it is silent, and doing it twice changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from geowallet.app.intake.sources import Source
from geowallet.app.keeping.comparing import Relation
from geowallet.app.keeping.copies import erased_up_to, note_erased
from geowallet.app.keeping.merge_log import statements_of
from geowallet.app.travel.derive import derive
from geowallet.app.travel.waiting import add_pending
from geowallet.model.errors import VaultBusyError, VaultDamagedError
from geowallet.vault.advance import advance
from geowallet.vault.branches import KIND, PREFIX, Branch
from geowallet.vault.pages import encode_page
from geowallet.vault.records import KINDS

if TYPE_CHECKING:
    from geowallet.app.keeping.comparing import Other
    from geowallet.app.keeping.differing import Word
    from geowallet.app.keeping.merge_plan import Plan
    from geowallet.app.travel.derive import Derived
    from geowallet.vault.store import Vault
    from geowallet.vault.transaction import Transaction


def merge(vault: Vault, other: Other, planned: Plan, *, now_us: int) -> Derived:
    """Do what was planned, then find the trips of what came over; return what became of them.

    All that comes over is one transaction; a process killed after it leaves the analysis
    to the next merge or import.

    Raises:
        VaultBusyError: Something was written to this wallet since the plan was made.
        DiskFullError: The disk refuses; nothing was changed.
    """
    if planned.comparison.relation is Relation.NEWER:
        advance(vault, other.still, seen=planned.mark)
    elif planned.changes:
        with vault.transaction(now_us=now_us) as tx:
            if vault.mark() != planned.mark:
                raise VaultBusyError
            erased = [_take_file(vault, tx, other, source) for source in planned.taken_files]
            for word in planned.taken_words:
                _take_word(tx, word)
            for month, page in planned.taken_pages.items():
                tx.put("trips", month, encode_page(*page))
            for record in planned.disclosed.records:
                tx.put(*record)
            if any(erased):
                # Backups of either copy may hold it: those of this one up to now.
                entries = max(planned.mark.size, erased_up_to(other.vault) or 0)
                note_erased(tx, entries=entries)
            statements = statements_of(planned, other.vault.checkpoint())
            _keep_branches(tx, planned, size=planned.mark.size + len(statements))
            for statement in statements:
                tx.log(statement)
    return derive(vault, now_us=now_us)


def _keep_branches(tx: Transaction, planned: Plan, *, size: int) -> None:
    """Write the other log by its hashes, in the place of what was kept of it before."""
    looked: dict[str, tuple[int, int]] = {}
    for name, branch in planned.before.items():
        tx.delete(KIND, name)
        looked |= branch.looked
    found = planned.comparison
    looked |= {str(matter): (found.there_size, size) for matter in planned.settled}
    own = b"".join(leaf.leaf_hash for leaf in found.there.own)
    kept = {f"{PREFIX}{found.there.root}": Branch(found.common, own, looked)} | dict(planned.kin)
    for name, branch in kept.items():
        tx.put(KIND, name, msgspec.msgpack.encode(branch))


def _take_file(vault: Vault, tx: Transaction, other: Other, source: Source) -> bool:
    """Write a file as the other copy has it; say whether that erases some of it here."""
    stored = vault.get("source", source.sha256)
    before = msgspec.msgpack.decode(stored, type=Source) if stored else None
    names = [blob.name for trace in source.traces for blob in trace.blobs]
    for name in names:
        body = other.vault.get("fixes", name)
        if body is None:
            raise VaultDamagedError(what=KINDS["fixes"])
        tx.put("fixes", name, body)
    tx.put("source", source.sha256, msgspec.msgpack.encode(source))
    runs = source.runs()
    if before is not None:
        gone = {blob.name for trace in before.traces for blob in trace.blobs}.difference(names)
        for name in sorted(gone):
            tx.delete("fixes", name)
        runs += before.runs()
    if runs:
        add_pending(tx, runs)
    return before is not None and source.erased > before.erased


def _take_word(tx: Transaction, word: Word) -> None:
    if word.body is None:
        tx.delete(word.kind, word.name)
    else:
        tx.put(word.kind, word.name, word.body)
    for name in word.instead_of:
        tx.delete(word.kind, name)
