"""Trips of another copy whose positions a rule of retention erased there: found once, and kept.

They cannot be found again here, so they come over as they were found. Where this wallet
keeps no positions of that time either they stay so; what it still measures by itself
counts before them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geowallet.app.travel.trips import Page
from geowallet.app.travel.unkept import beside, kept_from_us, settled
from geowallet.vault.pages import decode_page

if TYPE_CHECKING:
    from geowallet.vault.store import Vault


def settled_pages(vault: Vault, there: Vault) -> tuple[dict[str, Page], int]:
    """Return pages of this wallet with such trips of the other copy, and how many stay there.

    Only what lies before both keep positions comes over: a later trip would be looked for
    here, and not be found.

    Raises:
        VaultDamagedError: A page is not what was written.
    """
    theirs_us = kept_from_us(there)
    limit_us = min(theirs_us, kept_from_us(vault))
    own = {month: Page(*decode_page(body)) for month, body in vault.items("trips")}
    pages: dict[str, Page] = {}
    left = 0
    for month, body in there.items("trips"):
        page, here = Page(*decode_page(body)), own.get(month, Page())
        new = beside(settled(page.trips, theirs_us), here.trips)
        left += sum(trip.start_us >= limit_us for trip in new)
        trips = settled(new, limit_us)
        if trips:
            stops = settled(beside(settled(page.stops, theirs_us), here.stops), limit_us)
            pages[month] = Page(
                tuple(sorted((*here.trips, *trips), key=lambda trip: trip.start_us)),
                tuple(sorted((*here.stops, *stops), key=lambda stop: stop.start_us)),
            )
    return pages, left
