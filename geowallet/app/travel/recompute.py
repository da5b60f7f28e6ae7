"""Use case: find all trips again with the engine of now, after showing what would change.

Nothing is written before the owner saw the difference. Then one transaction replaces all
pages; splits, merges, rules and words on single trips are applied over the new trips as
they were over the old ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from geowallet.app.sharing.resending import Resent, resent
from geowallet.app.travel.derive import (
    analyse_all,
    fixes_around,
    statements_of,
    write_pages,
)
from geowallet.app.travel.differences import Difference, differences
from geowallet.app.travel.engine import note_engine, present_engine, stored_engine
from geowallet.app.travel.models import in_use
from geowallet.app.travel.renewing import month_of
from geowallet.app.travel.shapes import KIND, measured_again, merges, name_of, splits
from geowallet.app.travel.trips import Page, describe_trips, described_trips, marked, pages
from geowallet.app.travel.unkept import beside, kept_from_us, settled
from geowallet.app.travel.waiting import nothing_pending
from geowallet.model.errors import VaultBusyError
from geowallet.model.provenance import Statement, StatementKind
from geowallet.track.reshape import reshaped
from geowallet.vault.pages import decode_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.app.travel.shapes import Split
    from geowallet.model.mobility import DescribedTrip, Stop, Trip
    from geowallet.track.windows import Window
    from geowallet.vault.highwater import Mark
    from geowallet.vault.store import Vault


@dataclass(frozen=True, slots=True)
class Plan:
    """What finding all trips again would change.

    Attributes:
        old: Digest of the engine that found the stored trips, "" if unknown.
        new: Digest of the present one.
        differences: One for each trip that changes, appears or vanishes, by time.
        before: All trips as they stand, by time.
        after: All trips as they would be.
        exports: Sent exports whose figures would differ.
        pages: What would be stored, by UTC month.
        splits: The owner's splits, as the new trips measure them.
        windows: What was analysed.
        mark: State of the wallet when it was.
    """

    old: str
    new: str
    differences: tuple[Difference, ...]
    before: tuple[DescribedTrip, ...]
    after: tuple[DescribedTrip, ...]
    exports: tuple[Resent, ...]
    pages: dict[str, Page]
    splits: tuple[Split, ...]
    windows: tuple[Window, ...]
    mark: Mark


def plan(vault: Vault) -> Plan:
    """Return what would change; nothing is written.

    Raises:
        VaultDamagedError: A stored piece does not authenticate.
    """
    mark = vault.mark()
    windows, found = analyse_all(vault)
    stay = _settled(vault)
    again = beside([trip for one in found for trip in one.trips], stay.trips)
    stops = beside([stop for one in found for stop in one.stops], stay.stops)
    known = {word.cut.at_us: word for word in splits(vault)}
    moved = tuple(
        measured_again(list(known.values()), again, lambda trip: fixes_around(vault, trip))
    )
    fresh = [*stay.trips, *again]
    known |= {word.cut.at_us: word for word in moved}
    joins = [word.join for word in merges(vault)]
    cuts = [word.cut for word in known.values()]
    described = describe_trips(vault, reshaped(_by_time(fresh), cuts, joins))
    before, after = described_trips(vault), marked(described, fresh)
    return Plan(
        old=stored_engine(vault),
        new=present_engine(vault),
        differences=differences(before, after),
        before=before,
        after=after,
        exports=resent(vault, after),
        pages=_pages(fresh, [*stay.stops, *stops]),
        splits=moved,
        windows=windows,
        mark=mark,
    )


def carry_out(vault: Vault, planned: Plan, *, now_us: int) -> None:
    """Replace all trips by those of the plan, in one transaction.

    The log keeps the digests of both engines, and which sent exports no longer follow.

    Raises:
        VaultBusyError: Something was written since the plan was made.
    """
    old = {month: Page(*decode_page(body)) for month, body in vault.items("trips")}
    fresh = {month: planned.pages.get(month, Page()) for month in {*old, *planned.pages}}
    inputs = sorted({digest for trip in planned.after for digest in trip.trip.sources})
    model = in_use(vault)
    with vault.transaction(now_us=now_us) as tx:
        if vault.mark() != planned.mark:
            raise VaultBusyError
        digests = write_pages(tx, {month: old.get(month, Page()) for month in fresh}, fresh)
        for statement in statements_of(digests, inputs, planned.windows, model):
            tx.log(statement)
        predicate = {
            "old_engine": planned.old,
            "new_engine": planned.new,
            "changed": len(planned.differences),
            "exports": [one.receipt.jti for one in planned.exports],
        }
        tx.log(Statement(StatementKind.RECOMPUTE, digests, tuple(inputs), predicate))
        for word in planned.splits:
            tx.put(KIND, name_of(word), msgspec.msgpack.encode(word))
        note_engine(vault, tx, everything=True)
        nothing_pending(vault, tx)


def _settled(vault: Vault) -> Page:
    """Return the trips and stops whose positions a rule erased."""
    kept_us, known = kept_from_us(vault), pages(vault)
    trips = settled((trip for page in known for trip in page.trips), kept_us)
    stops = settled((stop for page in known for stop in page.stops), kept_us)
    return Page(tuple(trips), tuple(stops))


def _by_time(trips: Sequence[Trip]) -> list[Trip]:
    return sorted(trips, key=lambda trip: (trip.start_us, trip.end_us))


def _pages(trips: Sequence[Trip], stops: Sequence[Stop]) -> dict[str, Page]:
    trips = _by_time(trips)
    stops = sorted(stops, key=lambda stop: (stop.start_us, stop.end_us))
    months = {month_of(trip.start_us) for trip in trips}
    months |= {month_of(stop.start_us) for stop in stops}
    return {
        month: Page(
            tuple(trip for trip in trips if month_of(trip.start_us) == month),
            tuple(stop for stop in stops if month_of(stop.start_us) == month),
        )
        for month in sorted(months)
    }
