"""Use cases: split a trip, merge neighbours, and take either back.

Both are corrections: tied to instants, kept beside what the analysis found, in the
evidence log, and applied whenever trips are read. What a split leaves on each side is
measured from the stored fixes, and measured again whenever those are analysed anew.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from geowallet.app.travel.derive import fixes_around
from geowallet.app.travel.shapes import KIND, Merge, Split, merges, name_of, shaped, shaping, splits
from geowallet.app.travel.shapes import digest as digest_of
from geowallet.app.travel.trips import pages, stored_trips
from geowallet.app.travel.unkept import kept_from_us
from geowallet.model.errors import CannotMergeError, CannotSplitError, PositionsGoneError
from geowallet.model.provenance import Statement, StatementKind
from geowallet.track.reshape import Join, falls_into, measured

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.model.mobility import Trip
    from geowallet.vault.store import Vault

LONGEST_PAUSE_H = 12
"""What is further apart is two journeys."""

_HOUR_US = 3_600_000_000


def split(vault: Vault, trip: Trip, at_us: int, *, now_us: int) -> tuple[Trip, ...]:
    """Cut ``trip`` at an instant and return its parts.

    An instant in the pause of a merge takes the merge back.

    Raises:
        CannotSplitError: A part would be shorter than a minute.
        PositionsGoneError: A rule of retention erased what the parts are measured by.
    """
    if not falls_into(at_us, trip):
        raise CannotSplitError(trip=trip.id)
    under_way = next((t for t in stored_trips(vault) if falls_into(at_us, t)), None)
    if under_way is None:
        undone = [m for m in merges(vault) if m.join.from_us <= at_us <= m.join.to_us]
        if not undone:
            raise CannotSplitError(trip=trip.id)
        _change(vault, (), undone, now_us)
    elif under_way.start_us < kept_from_us(vault):
        raise PositionsGoneError(trip=trip.id)
    else:
        cut = measured(at_us, under_way, fixes_around(vault, under_way))
        _change(vault, [Split(cut, now_us)], (), now_us)
    return _between(vault, trip.start_us, trip.end_us)


def merge(vault: Vault, trips: Sequence[Trip], *, now_us: int) -> tuple[Trip, ...]:
    """Make neighbours in time one trip and return it.

    Between the parts of a split this takes the split back.

    Args:
        vault: The open wallet.
        trips: At least two, as they stand, in any order.
        now_us: The moment.

    Raises:
        CannotMergeError: Another trip lies between, or more than twelve hours do.
    """
    ordered = sorted(trips, key=lambda trip: trip.start_us)
    first_us, last_us = ordered[0].start_us, ordered[-1].end_us
    present = [t.id for t in _between(vault, first_us, last_us)]
    pauses = [(a.end_us, b.start_us) for a, b in pairwise(ordered)]
    longest_us = LONGEST_PAUSE_H * _HOUR_US
    if present != [t.id for t in ordered] or any(b - a > longest_us for a, b in pauses):
        raise CannotMergeError(hours=LONGEST_PAUSE_H)
    cut_at = {word.cut.at_us: word for word in splits(vault)}
    undone = [cut_at[end_us] for end_us, _ in pauses if end_us in cut_at]
    said = [Merge(Join(a, b), now_us) for a, b in pauses if a not in cut_at]
    _change(vault, said, undone, now_us)
    return _between(vault, first_us, last_us)


def take_back(vault: Vault, trip: Trip, *, now_us: int) -> tuple[Trip, ...]:
    """Forget the splits at the ends of ``trip`` and the merges inside it; return what is there.

    Nothing said is no error: the trip itself comes back.
    """
    undone = shaping(vault, trip)
    if undone:
        _change(vault, (), undone, now_us)
    found = shaped(vault, stored_trips(vault))
    return tuple(t for t in found if t.start_us < trip.end_us and trip.start_us < t.end_us)


def split_points(vault: Vault, trip: Trip) -> tuple[tuple[int, str], ...]:
    """Return the instants at which ``trip`` changes mode, halts or was merged, in time order.

    Returns:
        Pairs of the instant and ``leg``, ``stop`` or ``merge``.
    """
    pauses = [word.join for word in merges(vault)]
    found = [(pause.from_us + (pause.to_us - pause.from_us) // 2, "merge") for pause in pauses]
    parted = [(leg.start_us, "leg") for leg in trip.legs[1:]]
    parted += [
        (stop.start_us + (stop.end_us - stop.start_us) // 2, "stop")
        for page in pages(vault)
        for stop in page.stops
        if trip.start_us < stop.start_us and stop.end_us < trip.end_us
    ]
    for at_us, kind in parted:
        if not any(pause.from_us <= at_us <= pause.to_us for pause in pauses):
            found.append((at_us, kind))
    return tuple(sorted(point for point in {*found} if falls_into(point[0], trip)))


def _between(vault: Vault, first_us: int, last_us: int) -> tuple[Trip, ...]:
    found = shaped(vault, stored_trips(vault))
    return tuple(t for t in found if first_us <= t.start_us and t.end_us <= last_us)


def _change(
    vault: Vault,
    said: Sequence[Split | Merge],
    undone: Sequence[Split | Merge],
    now_us: int,
) -> None:
    """Store words and forget others, in one transaction with its entry in the log."""
    with vault.transaction(now_us=now_us) as tx:
        for word in undone:
            tx.delete(KIND, name_of(word))
        for word in said:
            tx.put(KIND, name_of(word), msgspec.msgpack.encode(word))
        counts = {"count": len(said), "withdrawn": len(undone)}
        predicate = {key: value for key, value in counts.items() if value}
        digests = tuple(digest_of(word) for word in said)
        tx.log(Statement(StatementKind.CORRECT, digests, (), predicate))
