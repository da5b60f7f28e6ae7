"""Use case: find trips that are an earlier trip played again under another date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geowallet.app.travel.trip_fixes import trips_with_fixes
from geowallet.app.travel.trips import stored_trips
from geowallet.track.replays import course_of, replays

if TYPE_CHECKING:
    from geowallet.model.mobility import Trip
    from geowallet.track.replays import Replay
    from geowallet.vault.store import Vault


def find_replays(vault: Vault) -> tuple[tuple[Replay, Trip, Trip], ...]:
    """Return each trip that repeats an earlier one moment by moment, with both, oldest first.

    Raises:
        VaultDamagedError: Positions of a trip are not what was written.
    """
    found = stored_trips(vault)
    trips = {trip.id: trip for trip in found}
    courses = (course_of(one.trip.id, one.fixes) for one in trips_with_fixes(vault, found))
    known = [course for course in courses if course is not None]
    return tuple((one, trips[one.id], trips[one.of]) for one in replays(known))
