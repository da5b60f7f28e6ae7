"""What differs between two accounts of the same time: trip by trip, and by month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.model.mobility import DescribedTrip

SAME_SHARE = 0.5
"""Two trips are the same one where they share at least half of the longer."""

LEAST_M = 50.0
"""Fewer metres are no difference that a figure in kilometres shows."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One trip that is not the same in both.

    Attributes:
        before: As it was, or None where it appears.
        after: As it would be, or None where it vanishes.
    """

    before: DescribedTrip | None
    after: DescribedTrip | None

    @property
    def day(self) -> str:
        """Local day on which it starts, ``YYYY-MM-DD``."""
        trip = self.after or self.before
        return trip.day if trip else ""

    @property
    def other_mode(self) -> bool:
        """Whether it is in both, with another mode."""
        both = self.before, self.after
        modes = {one.trip.main_leg.mode for one in both if one is not None}
        return len(modes) > 1

    @property
    def other_length(self) -> bool:
        """Whether it is in both, and its metres differ."""
        if self.before is None or self.after is None:
            return False
        return abs(self.before.trip.distance_m - self.after.trip.distance_m) >= LEAST_M


def differences(
    before: Sequence[DescribedTrip], after: Sequence[DescribedTrip]
) -> tuple[Difference, ...]:
    """Return what differs, in order of time; equal trips are left out.

    Each trip is paired with the one that shares most of its time, if that is half of
    both or more.

    Args:
        before: In time order, without overlap.
        after: In time order, without overlap.
    """
    pairs = _pairs(before, after)
    taken = set(pairs.values())
    found = [
        Difference(one, after[pairs[n]] if n in pairs else None) for n, one in enumerate(before)
    ]
    found += [Difference(None, one) for n, one in enumerate(after) if n not in taken]
    real = [one for one in found if _differs(one)]
    return tuple(sorted(real, key=_start))


def _differs(one: Difference) -> bool:
    if one.before is None or one.after is None:
        return True
    return one.other_mode or one.other_length or one.before.purpose is not one.after.purpose


def _start(one: Difference) -> int:
    return min(trip.trip.start_us for trip in (one.before, one.after) if trip is not None)


def _pairs(before: Sequence[DescribedTrip], after: Sequence[DescribedTrip]) -> dict[int, int]:
    """Return the number of each trip's other self."""
    pairs: dict[int, int] = {}
    first = 0
    for number, one in enumerate(before):
        while first < len(after) and after[first].trip.end_us <= one.trip.start_us:
            first += 1
        other = first
        while other < len(after) and after[other].trip.start_us < one.trip.end_us:
            if _is_same(one, after[other]):
                pairs[number] = other
            other += 1
    return pairs


def _is_same(one: DescribedTrip, other: DescribedTrip) -> bool:
    a, b = one.trip, other.trip
    shared_us = min(a.end_us, b.end_us) - max(a.start_us, b.start_us)
    return shared_us > SAME_SHARE * max(a.end_us - a.start_us, b.end_us - b.start_us)
