"""Whether car pool trips look as the public registry of car pools asks: local checks, no proof.

Nobody confirms here that a second person sat in the car. What is checked is what one
occupant's trace can show; a doubt marks a trip and takes nothing off.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from geowallet.app.reports.mileage import whole_metres
from geowallet.model.mobility import Mode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geowallet.model.mobility import DescribedTrip, Trip

CARPOOL = "carpool"
"""The tag by which the owner says that a car was shared: a trace cannot tell."""

LEAST_M = 2_000
"""Shorter trips give no right to an incentive (registre de preuve de covoiturage, API 3.2)."""

MOST_A_DAY = 4
"""Trips of one person on one day (same)."""

PAUSE_US = 30 * 60_000_000
"""Least time between two trips of one person (same), read as from end to next start."""

OVERLAP = 0.70
"""Share of the shorter of two trips from which their times overlap too much (same)."""


class Doubt(StrEnum):
    """What the registry would look at."""

    SHORT = "short"
    """Below `LEAST_M`."""
    MANY = "many"
    """More than `MOST_A_DAY` on its day: each after these."""
    CLOSE = "close"
    """Less than `PAUSE_US` after the one before it."""
    OVERLAP = "overlap"
    """At the same time as another one."""


@dataclass(frozen=True, slots=True)
class CarpoolTrip:
    """One trip by shared car.

    Attributes:
        trip: As described.
        metres: Whole metres.
        doubts: What the registry would look at; empty where nothing stands out.
    """

    trip: DescribedTrip
    metres: int
    doubts: tuple[Doubt, ...]


def carpool_trips(trips: Iterable[DescribedTrip]) -> tuple[CarpoolTrip, ...]:
    """Return the car trips that the owner tagged `CARPOOL`, in order, with their doubts."""
    shared = [trip for trip in trips if is_carpool(trip)]
    shared.sort(key=lambda trip: (trip.trip.start_us, trip.trip.end_us))
    return tuple(
        CarpoolTrip(trip, whole_metres(trip), _doubts(number, shared))
        for number, trip in enumerate(shared)
    )


def is_carpool(described: DescribedTrip) -> bool:
    """Say whether the owner said that a trip by car was shared."""
    return described.trip.main_leg.mode is Mode.CAR and CARPOOL in described.tags


def _doubts(number: int, shared: Sequence[DescribedTrip]) -> tuple[Doubt, ...]:
    described = shared[number]
    earlier = shared[:number]
    others = [*earlier, *shared[number + 1 :]]
    overlaps = any(_overlap(described.trip, other.trip) for other in others)
    held = {
        Doubt.SHORT: whole_metres(described) < LEAST_M,
        Doubt.MANY: sum(trip.day == described.day for trip in earlier) >= MOST_A_DAY,
        Doubt.CLOSE: not overlaps
        and any(described.trip.start_us - trip.trip.end_us < PAUSE_US for trip in earlier),
        Doubt.OVERLAP: overlaps,
    }
    return tuple(doubt for doubt, holds in held.items() if holds)


def _overlap(one: Trip, other: Trip) -> bool:
    """Say whether two trips share at least `OVERLAP` of the shorter one's time."""
    shared_us = min(one.end_us, other.end_us) - max(one.start_us, other.start_us)
    shorter_us = min(one.end_us - one.start_us, other.end_us - other.start_us)
    return shared_us > 0 and shared_us >= OVERLAP * shorter_us
