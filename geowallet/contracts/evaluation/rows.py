"""What the confined evaluation reads: a job and its rows. Standard library only.

A row says no more than its job needs: no instant, no place, and the day, the mode,
the trip, the time and the manner of driving only where a measure or a grouping asks
for them. Where something is not needed it is "" or 0.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Any

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

    def as_json(self) -> list[Any]:
        """Return the attributes in order; ``driven`` as a list."""
        return [getattr(self, field.name) for field in fields(self)[:-1]] + [list(self.driven)]

    @classmethod
    def from_json(cls, value: Any) -> Row:
        """Read what `as_json` wrote.

        Raises:
            ValueError: Not such a row.
        """
        if not isinstance(value, list) or [type(item) for item in value] != _ROW_TYPES:
            raise ValueError("not a row")
        row = cls(*[*value[:-1], tuple(value[-1])])
        counts = (row.metres, row.seconds, row.night_m, *row.driven)
        if any(type(count) is not int or not 0 <= count <= MOST_METRES for count in counts):
            raise ValueError("a row out of range")
        days = re.fullmatch(r"(\d{4}-\d{2}(-\d{2})?)?", row.day, flags=re.ASCII)
        in_range = row.trip >= 0 and 0 <= row.level < len(LEVELS)
        if not days or not in_range or len(row.driven) not in (0, DRIVEN_LENGTH):
            raise ValueError("a row out of range")
        return row


_ROW_TYPES = [str, str, int, int, int, int, int, str, str, list]
