"""What the confined evaluation reads: a job and its rows. Standard library only.

A row says no more than its job needs: no instant, no place, and the day, the mode,
the trip, the time and the manner of driving only where a measure or a grouping asks
for them. Where something is not needed it is "" or 0.
"""

from __future__ import annotations

from dataclasses import dataclass

from geowallet.driving.words import EventKind, Strength

GROUPINGS = ("day", "month", "mode", "vehicle", "purpose")
"""What a figure may be broken down by."""

LEVELS = ("L0", "L1", "L2", "L3")
"""Assurance levels, weakest first (docs/security.md)."""

MOST_METRES = 10**9
"""Of one row; a trip round the Earth is 40 million."""

EVENTS = (
    (EventKind.BRAKING, Strength.LIGHT),
    (EventKind.BRAKING, Strength.STRONG),
    (EventKind.BRAKING, Strength.ROUGH),
    (EventKind.ACCELERATION, Strength.STRONG),
    (EventKind.ACCELERATION, Strength.ROUGH),
    (EventKind.CORNERING, Strength.STRONG),
    (EventKind.CORNERING, Strength.ROUGH),
)
"""Events that a row counts, in the order of its counts."""

SEEN = ("driven_m", "dense_m", "along_m")
"""What stands before the counts: metres driven, metres with a fix a second, and of
these the metres with speeds of the receiver."""

DRIVEN_LENGTH = len(SEEN) + len(EVENTS)


@dataclass(frozen=True, slots=True, order=True)
class Row:
    """One selected stretch of travel.

    Attributes:
        day: Local day ``YYYY-MM-DD``; its month ``YYYY-MM`` where no day is
            needed; "" where neither is.
        mode: Mode id.
        trip: Ordinal of its trip from 1.
        metres: Whole metres, always.
        level: Assurance level, 0 to 3.
        seconds: Whole seconds from its start to its end.
        night_m: Of ``metres``, those after dark.
        purpose: Purpose id.
        vehicle: Id of the owner's vehicle, one that the terms name.
        driven: Empty, or `SEEN` and then a count for each of `EVENTS`.
    """

    day: str
    mode: str
    trip: int
    metres: int
    level: int
    seconds: int = 0
    night_m: int = 0
    purpose: str = ""
    vehicle: str = ""
    driven: tuple[int, ...] = ()
