"""The stored positions of many trips, each piece of a trace decoded once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from geowallet.app.intake.sources import fixes_between, sources

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geowallet.app.intake.sources import Source
    from geowallet.model.fixes import Fixes
    from geowallet.model.mobility import Trip
    from geowallet.track.sources import SourcedFixes
    from geowallet.vault.store import Vault

BATCH_US = 10 * 86_400_000_000
"""Trips that begin within ten days are read together."""

BESIDE_US = 6 * 3_600_000_000
"""How much of the same trace is given before and after a trip."""


@dataclass(frozen=True, slots=True, eq=False)
class TripFixes:
    """A trip with the positions of the source that saw most of it.

    Attributes:
        trip: The trip.
        fixes: Of its time, as they are stored, without flags.
        beside: The same, and up to `BESIDE_US` before and after.
        every: Of all its sources, each up to `BESIDE_US` before and after.
    """

    trip: Trip
    fixes: Fixes
    beside: Fixes
    every: tuple[Fixes, ...]


def trips_with_fixes(vault: Vault, trips: Sequence[Trip]) -> Iterator[TripFixes]:
    """Yield each trip of which positions are kept, in the order given.

    Args:
        vault: The open wallet.
        trips: In time order.

    Raises:
        VaultDamagedError: Stored positions do not authenticate.
    """
    known = sources(vault)
    spans = _spans(known)
    for batch in _batches(trips):
        window = (batch[0].start_us - BESIDE_US, max(trip.end_us for trip in batch) + BESIDE_US)
        near = (spans[:, 1] >= window[0]) & (spans[:, 0] <= window[1])
        tables = fixes_between(vault, [known[n] for n in np.flatnonzero(near)], window)
        for trip in batch:
            own = [table for table in tables if table.source in trip.sources]
            found = max(own, key=partial(_seen_by, trip), default=None)
            if found is not None and len(fixes := _cut(found.fixes, trip, 0)):
                every = tuple(_cut(table.fixes, trip, BESIDE_US) for table in own)
                yield TripFixes(trip, fixes, every[own.index(found)], every)


def _seen_by(trip: Trip, table: SourcedFixes) -> tuple[int, str, str]:
    """Return what puts the source first that saw most of a trip."""
    return len(_cut(table.fixes, trip, 0)), table.source, table.device


def _spans(known: Sequence[Source]) -> np.ndarray:
    """Return first and last instant of each source, ``(n, 2)``; an empty one touches nothing."""
    blobs = [[blob for trace in source.traces for blob in trace.blobs] for source in known]
    return np.array(
        [
            (min(b.first_us for b in own), max(b.last_us for b in own)) if own else (1, 0)
            for own in blobs
        ],
        dtype=np.int64,
    ).reshape(-1, 2)


def _batches(trips: Sequence[Trip]) -> Iterator[list[Trip]]:
    batch: list[Trip] = []
    for trip in trips:
        if batch and trip.start_us - batch[0].start_us > BATCH_US:
            yield batch
            batch = []
        batch.append(trip)
    if batch:
        yield batch


def _cut(fixes: Fixes, trip: Trip, beside_us: int) -> Fixes:
    first = int(np.searchsorted(fixes.time_us, trip.start_us - beside_us))
    last = int(np.searchsorted(fixes.time_us, trip.end_us + beside_us, side="right"))
    return fixes.take(slice(first, last))
