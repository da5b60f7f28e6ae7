"""Months found anew, each finished as soon as no later slice can add to it.

So ten years of trips are never in memory at once: what is left of a finished month
is its packed page, and the names of its trips.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.app.travel.trips import Page
from geowallet.app.travel.unkept import beside, settled
from geowallet.vault.pages import decode_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from geowallet.app.travel.slices import Found
    from geowallet.model.mobility import Stop, Trip
    from geowallet.track.windows import Window
    from geowallet.vault.store import Vault


@dataclass(frozen=True, slots=True)
class Month:
    """One month, as it was and as it is now.

    Attributes:
        name: UTC, such as "2026-05".
        stored: Its page as it lies in the wallet, b"" if there is none.
        before: The same, unpacked.
        after: With what was found.
        found: Trips that were found to begin in it.
    """

    name: str
    stored: bytes
    before: Page
    after: Page
    found: tuple[Trip, ...]


def month_of(time_us: int) -> str:
    """Return the UTC month of an instant, the name of its page."""
    moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=time_us)
    return moment.strftime("%Y-%m")


def renewed(
    vault: Vault, windows: Sequence[Window], slices: Iterable[Found], kept_us: int
) -> Iterator[Month]:
    """Yield every month of ``windows``, in order, with what begins inside them replaced.

    Args:
        vault: The open wallet.
        windows: What is analysed, ascending.
        slices: What it shows, ascending; taken as the months need them.
        kept_us: What begins before stays: its positions are not kept, so it would not
            be found again. What is found there later counts where nothing stays.

    Raises:
        VaultDamagedError: A stored page is not what was written.
    """
    waiting = sorted({month for first, last in windows for month in _months(first, last)})
    trips: dict[str, list[Trip]] = defaultdict(list)
    stops: dict[str, list[Stop]] = defaultdict(list)

    def finished(name: str) -> Month:
        found = Page(tuple(trips.pop(name, ())), tuple(stops.pop(name, ())))
        return _month(vault, name, windows, found, kept_us)

    for part in slices:
        for trip in part.trips:
            trips[month_of(trip.start_us)].append(trip)
        for stop in part.stops:
            stops[month_of(stop.start_us)].append(stop)
        unfinished = month_of(part.end_us)
        while waiting and waiting[0] < unfinished:
            yield finished(waiting.pop(0))
    yield from map(finished, waiting)


def _month(vault: Vault, name: str, windows: Sequence[Window], found: Page, kept_us: int) -> Month:
    def stays(item: Trip | Stop) -> bool:
        inside = (first <= item.start_us and item.end_us <= last for first, last in windows)
        return item.start_us < kept_us or not any(inside)

    stored = vault.get("trips", name) or b""
    before = Page(*decode_page(stored)) if stored else Page()
    trips = [*beside(found.trips, settled(before.trips, kept_us)), *filter(stays, before.trips)]
    stops = [*beside(found.stops, settled(before.stops, kept_us)), *filter(stays, before.stops)]
    after = Page(
        tuple(sorted(trips, key=lambda trip: (trip.start_us, trip.end_us))),
        tuple(sorted(stops, key=lambda stop: (stop.start_us, stop.end_us))),
    )
    return Month(name, stored, before, after, found.trips)


def _months(first_us: int, last_us: int) -> Iterator[str]:
    first, last = month_of(first_us), month_of(last_us)
    year, number = int(first[:4]), int(first[5:])
    while f"{year:04d}-{number:02d}" <= last:
        yield f"{year:04d}-{number:02d}"
        year, number = (year + 1, 1) if number == 12 else (year, number + 1)
