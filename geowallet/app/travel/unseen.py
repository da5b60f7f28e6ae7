"""Ways between trips that no source saw: one trip ends here, and the next begins elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from geowallet.model.geodesy import distance_m

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.model.mobility import DescribedTrip

UNSEEN_M = 500.0
"""Ends of trips that are nearer are one place: a large site, or a phone that woke late."""


@dataclass(frozen=True, slots=True)
class UnseenWay:
    """What lies between two trips in a straight line; nothing of it counts.

    Attributes:
        before: Id of the trip that ends where it begins.
        after: Id of the trip that begins where it ends.
        metres: In a straight line.
        start_us: When the one trip ended, UTC microseconds.
        end_us: When the other one began.
    """

    before: str
    after: str
    metres: float
    start_us: int
    end_us: int


def unseen_ways(every: Sequence[DescribedTrip]) -> tuple[UnseenWay, ...]:
    """Return the ways between trips that were not seen, in time order.

    Args:
        every: All trips of a wallet in time order, so that none is between two of them.
    """
    found = []
    for one, other in pairwise(described.trip for described in every):
        ends = one.end.lat_deg, one.end.lon_deg, other.start.lat_deg, other.start.lon_deg
        metres = distance_m(*ends)
        if metres >= UNSEEN_M:
            found.append(UnseenWay(one.id, other.id, metres, one.end_us, other.start_us))
    return tuple(found)
