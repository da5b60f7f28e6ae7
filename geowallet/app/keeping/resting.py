"""What rests on the time of a trace: words of the owner, pages, exports and their secrets."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import msgspec

from geowallet.app.audits import committing
from geowallet.app.keeping.scope import midnight_us
from geowallet.app.keeping.spans import holds, overlaps
from geowallet.app.sharing.receipts import receipts
from geowallet.app.travel.trips import Page, described_trips
from geowallet.app.travel.unkept import BEFORE_ALL_US
from geowallet.model.calendar import Period
from geowallet.vault.pages import decode_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geowallet.app.sharing.receipts import Receipt
    from geowallet.model.mobility import DescribedTrip
    from geowallet.track.windows import Window
    from geowallet.vault.store import Vault

Address = tuple[str, str]
"""Kind and name of a record."""

_DAY = dt.timedelta(days=1)

_TIMED = re.compile(r"(?:.*/)?(-?\d+)(?:[/-](-?\d+))?")
"""End of the name of what the owner said of a time: one instant, or two."""


def words_in(vault: Vault, spans: Sequence[Window]) -> Iterator[Address]:
    """Yield what the owner said of times that lie wholly in one of ``spans``."""
    for kind in ("correction", "shape"):
        for name, _ in vault.items(kind):
            found = None if name.startswith("errand-at/") else _TIMED.fullmatch(name)
            if found is not None:
                first_us, last_us = int(found[1]), int(found[2] or found[1])
                if holds(spans, first_us, last_us):
                    yield kind, name


def words_before(vault: Vault, end_us: int) -> tuple[Address, ...]:
    """Return what the owner said of times that ended before ``end_us``."""
    return tuple(words_in(vault, [(BEFORE_ALL_US, end_us - 1)]))


def pages_before(vault: Vault, end_us: int) -> tuple[dict[str, Page], tuple[DescribedTrip, ...]]:
    """Return the pages without what ended before ``end_us``, by month, and the trips that go."""
    pages: dict[str, Page] = {}
    for month, body in vault.items("trips"):
        page = Page(*decode_page(body))
        trips = tuple(trip for trip in page.trips if trip.end_us >= end_us)
        left = Page(trips, tuple(stop for stop in page.stops if stop.end_us >= end_us))
        if left != page:
            pages[month] = left
    if not pages:
        return {}, ()
    return pages, tuple(t for t in described_trips(vault) if t.trip.end_us < end_us)


def openings_in(vault: Vault, spans: Sequence[Window]) -> tuple[Address, ...]:
    """Return what opens the commitments of exports whose period shares a day with ``spans``."""
    found = _openings(vault)
    return tuple(one for one, (first, after) in found if overlaps(spans, first, after))


def openings_before(vault: Vault, end_us: int) -> tuple[Address, ...]:
    """Return what opens the commitments of exports whose period ended before ``end_us``."""
    return tuple(one for one, (_, after) in _openings(vault) if after < end_us)


def _openings(vault: Vault) -> Iterator[tuple[Address, Window]]:
    for name, body in vault.items(committing.KIND):
        period = Period.parse(msgspec.msgpack.decode(body, type=committing.Secrets).period)
        # A day more on each side: the zone of the contract's days may be any.
        first, after = period.first - _DAY, period.last + 2 * _DAY
        yield (committing.KIND, name), (midnight_us(first, "UTC"), midnight_us(after, "UTC"))


def exports_of(vault: Vault, trips: Sequence[DescribedTrip]) -> tuple[Receipt, ...]:
    """Return the receipts of exports that used one of ``trips``, oldest first."""
    gone = {trip.trip.id for trip in trips}
    return tuple(one for one in receipts(vault) if any(trip in gone for trip, _ in one.used))
