"""The track that an export commits to: quarter hours of its own trips, in squares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geowallet.app.intake.sources import fixes_between, sources
from geowallet.app.travel.trips import described_trips
from geowallet.contracts.evaluation.cells import CELL_E5, SLOT_US, cell_mark, place_mark, slot_at
from geowallet.contracts.life.sightings import PLACES
from geowallet.track.clean import BAD, flag_single

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from numpy.typing import NDArray

    from geowallet.contracts.terms.syntax import Terms
    from geowallet.model.calendar import Period
    from geowallet.model.fixes import Fixes
    from geowallet.model.mobility import DescribedTrip
    from geowallet.proofs.track import Track
    from geowallet.vault.store import Vault

MOST_MARKS = 200
"""Of one quarter hour; a quarter of an hour by air crosses some 150 squares."""

LONGEST_STEP_US = 120 * 1_000_000
"""Between two fixes further apart in time, nothing is known of the way."""

_E5 = 100_000
_STEPS_A_CELL = 4


def track_of(vault: Vault, terms: Terms, period: Period, used: Collection[str]) -> Track:
    """Return the marks of the trips that an export counts, by quarter hour.

    A trip leaves the squares that its fixes lie in or pass between, and at its
    ends the kind of a named place that a sighting may name. What the export does
    not count leaves nothing.

    Args:
        vault: The open wallet.
        terms: The contract.
        period: Of the export.
        used: Ids of the trips that count.
    """
    window = terms.select.window
    found: dict[int, set[str]] = {}
    trips = described_trips(vault, period, zone=window.zone if window else "")
    known = sources(vault)
    for described in (one for one in trips if one.trip.id in set(used)):
        trip = described.trip
        marks = list(_ends(described))
        for table in fixes_between(vault, known, (trip.start_us, trip.end_us)):
            marks += _squares(flag_single(table.fixes, latest_us=None))
        for time_us, mark in marks:
            slot = slot_at(period, time_us)
            if slot is not None:
                found.setdefault(slot, set()).add(mark)
    return {slot: tuple(sorted(marks)[:MOST_MARKS]) for slot, marks in sorted(found.items())}


def _ends(described: DescribedTrip) -> Iterator[tuple[int, str]]:
    trip = described.trip
    ends = ((trip.start_us, described.origin), (trip.end_us, described.destination))
    for time_us, place in ends:
        if place is not None and place.kind in PLACES:
            yield time_us, place_mark(place.kind)


def _squares(fixes: Fixes) -> list[tuple[int, str]]:
    """Return instants with the square at each, fixes and what lies between near ones."""
    good = fixes.take(fixes.unflagged(BAD))
    if len(good.time_us) == 0:
        return []
    times, lats, lons = _between(good)
    slots = times // SLOT_US
    rows = np.floor(lats * _E5).astype(np.int64)
    columns = np.floor(lons * _E5).astype(np.int64)
    keys = np.stack([slots, rows // CELL_E5, columns // CELL_E5], axis=1)
    _, first = np.unique(keys, axis=0, return_index=True)
    return [(int(times[i]), cell_mark(int(rows[i]), int(columns[i]))) for i in first]


def _between(
    good: Fixes,
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return times, latitudes and longitudes with enough points to miss no square for long."""
    times, lats, lons = good.time_us, good.lat_deg, good.lon_deg
    moved = np.maximum(np.abs(np.diff(lats)), np.abs(np.diff(lons))) * _E5
    pieces = np.ceil(moved * _STEPS_A_CELL / CELL_E5).astype(np.int64)
    pieces = np.where(np.diff(times) <= LONGEST_STEP_US, np.maximum(pieces, 1), 1)
    at = np.repeat(np.arange(len(pieces)), pieces).astype(np.float64)
    starts = np.cumsum(pieces) - pieces
    at += (np.arange(pieces.sum()) - np.repeat(starts, pieces)) / np.repeat(pieces, pieces)
    at = np.append(at, float(len(times) - 1))
    order = np.arange(len(times))
    return (
        np.interp(at, order, (times - times[0]).astype(np.float64)).astype(np.int64) + times[0],
        np.interp(at, order, lats),
        np.interp(at, order, lons),
    )
