"""Use case: find trips that are an earlier trip played again under another date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geowallet.app.intake.sources import fixes_between, sources
from geowallet.app.travel.trips import stored_trips
from geowallet.track.replays import course_of, replays

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.app.intake.sources import Source
    from geowallet.model.mobility import Trip
    from geowallet.track.replays import Course, Replay
    from geowallet.vault.store import Vault


def find_replays(vault: Vault) -> tuple[tuple[Replay, Trip, Trip], ...]:
    """Return each trip that repeats an earlier one moment by moment, with both, oldest first.

    Raises:
        VaultDamagedError: Positions of a trip are not what was written.
    """
    known = sources(vault)
    trips = {trip.id: trip for trip in stored_trips(vault)}
    courses = [
        course for trip in trips.values() if (course := _course(vault, known, trip)) is not None
    ]
    return tuple((one, trips[one.id], trips[one.of]) for one in replays(courses))


def _course(vault: Vault, known: Sequence[Source], trip: Trip) -> Course | None:
    own = [one for one in known if one.sha256 in trip.sources]
    found = fixes_between(vault, own, (trip.start_us, trip.end_us))
    if not found:
        return None
    fullest = max(found, key=lambda one: (len(one.fixes), one.source, one.device))
    return course_of(trip.id, fullest.fixes)
