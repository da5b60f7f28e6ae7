"""Use case: find out which trips are doubtful as a whole, and for how many metres of a figure."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from geowallet.app.evidence.stamps import SKEW_S, stamps
from geowallet.app.travel.shapes import shaped
from geowallet.app.travel.trip_fixes import trips_with_fixes
from geowallet.app.travel.trips import describe_trips, stored_trips
from geowallet.model.flags import TripFlag
from geowallet.model.provenance import StatementKind
from geowallet.track.clean import BAD, flag_duplicates, flag_jumps, flag_single
from geowallet.track.clocks import clock_leaps
from geowallet.track.copies import copies, rows_of
from geowallet.track.plausibility import own_flags, unconnected
from geowallet.track.replays import course_of, replays

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from geowallet.app.travel.trip_fixes import TripFixes
    from geowallet.model.fixes import Fixes
    from geowallet.model.mobility import Trip
    from geowallet.track.copies import Rows
    from geowallet.track.replays import Course
    from geowallet.vault.store import Vault

WHOLE_M = 1_000
"""What leaves is rounded up to whole kilometres: a metre more would name the trip."""

_US = 1_000_000


def flagged_metres(
    vault: Vault, used: Iterable[tuple[str, int]]
) -> tuple[tuple[TripFlag, int], ...]:
    """Return the metres under each flag, by flag; of a figure, not of a trip.

    Args:
        vault: The open wallet.
        used: Ids of the trips that count, with their metres.

    Returns:
        Flags of at least one trip alone; metres are rounded up to `WHOLE_M`. A trip with
        several flags counts under each.

    Raises:
        VaultDamagedError: Positions are not what was written.
        EvidenceError: The log contradicts itself.
    """
    metres = dict(used)
    total: defaultdict[TripFlag, int] = defaultdict(int)
    for trip_id, flags in flags_of(vault, set(metres)).items():
        for flag in flags:
            total[flag] += metres[trip_id]
    return tuple((flag, -(-total[flag] // WHOLE_M) * WHOLE_M) for flag in sorted(total))


def flags_of(vault: Vault, wanted: set[str]) -> dict[str, frozenset[TripFlag]]:
    """Return the flags of some trips by id; those without any are left out.

    All earlier trips are read too: what is copied was copied from one of them. Those that
    begin after the last one wanted has ended can say nothing of it, and are not.

    Raises:
        VaultDamagedError: Positions are not what was written.
        EvidenceError: The log contradicts itself.
    """
    every = shaped(vault, stored_trips(vault))
    counted = [trip for trip in every if trip.id in wanted]
    as_counted = {one.trip.id: one.trip for one in describe_trips(vault, counted)}
    last_us = max((trip.end_us for trip in counted), default=0)
    trips = [trip for trip in every if trip.start_us <= last_us] if counted else []
    found: defaultdict[str, set[TripFlag]] = defaultdict(set)
    courses: list[Course] = []
    rows: list[Rows] = []
    for one in trips_with_fixes(vault, trips):
        courses += [course] if (course := course_of(one.trip.id, one.fixes)) else []
        rows += [row] if (row := rows_of(one.trip.id, one.fixes)) else []
        if one.trip.id in wanted:
            found[one.trip.id] |= set(_alone(as_counted[one.trip.id], one))
    for trip_id, flag in (
        *((replay.id, TripFlag.REPLAYED) for replay in replays(courses, wanted)),
        *((later, TripFlag.COPIED_WAY) for later, _ in copies(rows)),
        *((trip_id, TripFlag.UNCONNECTED) for trip_id in unconnected(trips)),
        *((trip_id, TripFlag.CLOCK) for trip_id in _ahead(vault, trips)),
    ):
        found[trip_id].add(flag)
    return {key: frozenset(flags) for key, flags in found.items() if flags and key in wanted}


def _alone(trip: Trip, seen: TripFixes) -> Iterator[TripFlag]:
    """Yield what a trip shows by itself, and the clock of its recorder around it."""
    yield from own_flags(trip, _good(seen.fixes), seen.beside)
    leaps = clock_leaps(_good(seen.beside))
    if any(start <= trip.end_us and end >= trip.start_us for start, end in leaps):
        yield TripFlag.CLOCK


def _good(fixes: Fixes) -> Fixes:
    checked = flag_jumps(flag_duplicates(flag_single(fixes)))
    return checked.take(checked.unflagged(BAD))


def _ahead(vault: Vault, trips: Sequence[Trip]) -> Iterator[str]:
    """Yield the ids of trips that end after others saw the entry of their file."""
    seen = sorted((one.size, one.at_s) for one in stamps(vault))
    if not seen:
        return
    entries: dict[str, int] = {}
    for index, statement, _ in vault.log_entries():
        if statement.kind is StatementKind.IMPORT:
            entries.setdefault(statement.inputs[0], index)
    for trip in trips:
        latest = max((entries.get(source, -1) for source in trip.sources), default=-1)
        at_s = min((at for size, at in seen if size > latest >= 0), default=None)
        if at_s is not None and trip.end_us > (at_s + SKEW_S) * _US:
            yield trip.id
