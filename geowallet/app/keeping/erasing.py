"""Use case: erase what the owner wants gone, after showing what goes and what rests on it.

One transaction removes the keys of the records, writes what stays under new keys, takes
the trips out that were found from it, and says in the log that it happened, by digests
only. What is left of the days is analysed again after that; a process killed between
the two leaves the wallet without the trips, and the next import finishes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from geowallet.app.audits import committing
from geowallet.app.intake.sources import sources
from geowallet.app.keeping.copies import PLACES, note_erased
from geowallet.app.keeping.own_settings import RULES
from geowallet.app.keeping.resting import Address, exports_of, openings_in, words_in
from geowallet.app.keeping.rewriting import Rewritten, emptied, without
from geowallet.app.keeping.spans import disjoint, overlaps
from geowallet.app.sharing.receipts import receipts
from geowallet.app.travel.derive import derive
from geowallet.app.travel.habits import ADDRESS, kept_habits
from geowallet.app.travel.trips import Page, described_trips
from geowallet.app.travel.unkept import keep_from, kept_from_us
from geowallet.app.travel.waiting import add_pending
from geowallet.model.errors import NothingToEraseError, VaultBusyError
from geowallet.model.provenance import Statement, StatementKind
from geowallet.vault.branches import PREFIX
from geowallet.vault.erase import doomed_keys
from geowallet.vault.pages import decode_page, encode_page
from geowallet.vault.records import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geowallet.app.keeping.scope import Scope
    from geowallet.app.sharing.receipts import Receipt
    from geowallet.app.travel.habits import KeptHabits
    from geowallet.model.mobility import DescribedTrip, Stop, Trip
    from geowallet.track.windows import Window
    from geowallet.vault.highwater import Mark
    from geowallet.vault.store import Vault
    from geowallet.vault.transaction import Transaction

_KEPT_KINDS = frozenset({"identity", "source"})
"""What `Scope.everything` does not remove: without its identity the wallet could not even
withdraw, and a source becomes digest and numbers, so that it does not come back unasked."""

_KEPT_SETTINGS = (PLACES, "erased", "memories", PREFIX)
"""Settings without which a promise about copies could not be kept, or a merged copy known."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be erased; nothing was written.

    Attributes:
        scope: What was asked.
        sources: Every source that would change.
        records: Other records that would be removed.
        pages: Pages of trips as they would be before the new analysis, by month.
        trips: Trips that rest on the fixes that go, by time.
        exports: Receipts of exports that used one of them.
        pending: Stretches to analyse again.
        mark: State of the wallet.
        kept_from_us: Before it no positions are kept from now on, by a rule; None where
            that stays as it is.
        habits: Those of the owner without what legs said whose positions go by a rule; None
            where they go as a whole, or nothing was kept.
    """

    scope: Scope
    sources: tuple[Rewritten, ...]
    records: tuple[Address, ...]
    pages: dict[str, Page]
    trips: tuple[DescribedTrip, ...]
    exports: tuple[Receipt, ...]
    pending: tuple[Window, ...]
    mark: Mark
    kept_from_us: int | None = None
    habits: KeptHabits | None = None

    @property
    def fixes(self) -> int:
        """Positions that would go."""
        return sum(one.fixes for one in self.sources)

    @property
    def audits(self) -> int:
        """Exports that could no longer be audited: what opens them holds metres and marks."""
        return sum(kind == committing.KIND for kind, _ in self.records)

    @property
    def forgets_habits(self) -> bool:
        """Whether the habits of the owner go as a whole: they rest on all legs."""
        return ADDRESS in self.records

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Every record whose present key would be destroyed."""
        blobs = [name for one in self.sources for name in (*one.bodies, *one.gone)]
        return (
            *(("fixes", name) for name in blobs),
            *(("source", one.before.sha256) for one in self.sources),
            *(("trips", month) for month in self.pages),
            *(() if self.habits is None else (ADDRESS,)),
            *self.records,
        )


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased.

    Attributes:
        fixes: Positions that are gone.
        records: Records removed or written anew under another key.
        entry: Position of the entry of the log.
        keys: The keys that were destroyed, as they lay in the file: sealed.
    """

    fixes: int
    records: int
    entry: int
    keys: frozenset[bytes]


def plan(vault: Vault, scope: Scope) -> Plan:
    """Return what erasing ``scope`` would take away, and what rests on it.

    Raises:
        NothingToEraseError: There is nothing of it in the wallet.
        VaultDamagedError: A piece that may hold it cannot be read.
    """
    mark = vault.mark()
    if scope.everything:
        return _plan_of_everything(vault, scope, mark)
    changed = [one for source in sources(vault) if (one := without(vault, source, scope))]
    meant = () if scope.window is None else (scope.window,)
    spans = disjoint([*meant, *(span for one in changed for span in one.spans)])
    pending = tuple(sorted({run for one in changed for run in _touched(one)}))
    pages = dict(_pages_without(vault, scope, spans, disjoint(pending)))
    records = (*words_in(vault, spans), *openings_in(vault, spans))
    if scope.place:
        records += (("place", scope.place),)
    trips = tuple(t for t in described_trips(vault) if _rests_on(t.trip, scope, spans))
    if not (changed or pages or records):
        raise NothingToEraseError
    if kept_habits(vault) is not None:
        records += (ADDRESS,)
    exports = exports_of(vault, trips)
    return Plan(scope, tuple(changed), records, pages, trips, exports, pending, mark)


def carry_out(vault: Vault, planned: Plan, *, now_us: int) -> Erased:
    """Erase what was planned, then find the trips of what is left.

    Raises:
        VaultBusyError: Something was written since the plan was made.
        DiskFullError: The disk refuses; nothing was erased.
    """
    keys = doomed_keys(vault, planned.addresses)
    with vault.transaction(now_us=now_us) as tx:
        if vault.mark() != planned.mark:
            raise VaultBusyError
        for one in planned.sources:
            _rewrite(tx, one)
        for month, page in planned.pages.items():
            _replace_page(tx, month, page)
        for kind, name in planned.records:
            tx.delete(kind, name)
        if planned.pending:
            add_pending(tx, planned.pending)
        if planned.kept_from_us is not None:
            keep_from(tx, planned.kept_from_us)
        if planned.habits is not None:
            tx.put(*ADDRESS, msgspec.msgpack.encode(planned.habits))
        entry = tx.log(_statement(planned))
        for one in planned.sources:
            tx.log(_rewritten(one))
        note_erased(tx, entries=planned.mark.size)
    derive(vault, now_us=now_us)
    return Erased(planned.fixes, len(planned.addresses), entry, keys)


def _touched(one: Rewritten) -> Iterator[Window]:
    """Yield the stretches of a source, as it was, from which something goes."""
    return (run for run in one.before.runs() if overlaps(one.spans, *run))


def _rests_on(item: Trip | Stop, scope: Scope, spans: Sequence[Window]) -> bool:
    return overlaps(spans, item.start_us, item.end_us) or scope.touches(item)


def _pages_without(
    vault: Vault, scope: Scope, spans: Sequence[Window], pending: Sequence[Window]
) -> Iterator[tuple[str, Page]]:
    """Yield the pages that lose something: what goes, and what is found again after it.

    Trips of which the positions are no longer kept are not found again: of them only
    those go that are meant. The others rest on positions, and go where those went.
    """
    kept_us = kept_from_us(vault)

    def stays(item: Trip | Stop) -> bool:
        if item.start_us < kept_us:
            return not _rests_on(item, scope, spans)
        return not overlaps(pending, item.start_us, item.end_us)

    for month, body in vault.items("trips"):
        page = Page(*decode_page(body))
        left = Page(tuple(filter(stays, page.trips)), tuple(filter(stays, page.stops)))
        if left != page:
            yield month, left


def _plan_of_everything(vault: Vault, scope: Scope, mark: Mark) -> Plan:
    changed = [
        Rewritten(one, emptied(one), {}, tuple(b.name for t in one.traces for b in t.blobs), ())
        for one in sources(vault)
    ]
    blobs = {name for one in changed for name in one.gone}
    records = tuple(
        (kind, name)
        for kind in KINDS
        if kind not in _KEPT_KINDS
        for name, _ in vault.items(kind, aside=(RULES,))
        if name not in blobs and not (kind == "setting" and name.startswith(_KEPT_SETTINGS))
    )
    if not records and all(one.before == one.after for one in changed):
        raise NothingToEraseError
    trips = described_trips(vault)
    return Plan(scope, tuple(changed), records, {}, trips, receipts(vault), (), mark)


def _rewrite(tx: Transaction, one: Rewritten) -> None:
    for name, body in one.bodies.items():
        tx.put("fixes", name, body)
    for name in one.gone:
        tx.delete("fixes", name)
    tx.put("source", one.after.sha256, msgspec.msgpack.encode(one.after))


def _replace_page(tx: Transaction, month: str, page: Page) -> None:
    if page == Page():
        tx.delete("trips", month)
    else:
        tx.put("trips", month, encode_page(*page))


def _statement(planned: Plan) -> Statement:
    """Return the tombstone: how much of what kind, and of which files; no time, no name."""
    facts = {
        "what": planned.scope.what,
        "fixes": planned.fixes,
        "records": len(planned.records),
        "trips": len(planned.trips),
        "exports": [one.jti for one in planned.exports],
    }
    files = tuple(sorted(one.before.sha256 for one in planned.sources))
    return Statement(StatementKind.ERASE, (), files, facts)


def _rewritten(one: Rewritten) -> Statement:
    """Return what a source is now, so that a figure of the rest can be walked back to it."""
    blobs = tuple(blob.sha256 for trace in one.after.traces for blob in trace.blobs)
    facts = {"what": "rewritten", "fixes": one.after.fixes, "erased": one.fixes}
    return Statement(StatementKind.ERASE, blobs, (one.before.sha256,), facts)
