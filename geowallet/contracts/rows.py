"""What the confined evaluation reads: a job and its rows. Standard library only.

A row says no more than its job needs: no instant, no place, no vehicle, and the
day, the mode and the trip only where a measure or a grouping asks for them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

GROUPINGS = ("day", "month", "mode")
"""What a figure may be broken down by."""

LEVELS = ("L0", "L1", "L2", "L3")
"""Assurance levels, weakest first (docs/security.md)."""

MOST_METRES = 10**9
"""Of one row; a trip round the Earth is 40 million."""


@dataclass(frozen=True, slots=True, order=True)
class Row:
    """One selected stretch of travel.

    Attributes:
        day: Local day ``YYYY-MM-DD``; its month ``YYYY-MM`` where no day is
            needed; "" where neither is.
        mode: Mode id, or "" where it is not needed.
        trip: Ordinal of its trip from 1, or 0 where it is not needed.
        metres: Whole metres.
        level: Assurance level, 0 to 3.
    """

    day: str
    mode: str
    trip: int
    metres: int
    level: int

    def as_json(self) -> list[str | int]:
        """Return the five attributes in order."""
        return [self.day, self.mode, self.trip, self.metres, self.level]

    @classmethod
    def from_json(cls, value: Any) -> Row:
        """Read what `as_json` wrote.

        Raises:
            ValueError: Not such a row.
        """
        if not isinstance(value, list) or [type(item) for item in value] != _ROW_TYPES:
            raise ValueError("not a row")
        row = cls(*value)
        days = re.fullmatch(r"(\d{4}-\d{2}(-\d{2})?)?", row.day, flags=re.ASCII)
        in_range = row.trip >= 0 and 0 <= row.metres <= MOST_METRES and 0 <= row.level < len(LEVELS)
        if not days or not in_range:
            raise ValueError("a row out of range")
        return row


@dataclass(frozen=True, slots=True)
class Task:
    """One measure to take, rounded half up to a multiple of ``step``."""

    measure: str
    step: int


@dataclass(frozen=True, slots=True)
class Job:
    """What to compute from rows.

    Attributes:
        measures: At least one.
        group_by: Of `GROUPINGS`, in the order of the keys; empty for totals only.
        keys: Every group that may come out, in order, each a value per
            grouping; a group without rows comes out as zero.
    """

    measures: tuple[Task, ...]
    group_by: tuple[str, ...]
    keys: tuple[tuple[str, ...], ...]

    def as_json(self) -> dict[str, Any]:
        """Return the job as JSON values."""
        return {
            "measures": [[task.measure, task.step] for task in self.measures],
            "group_by": list(self.group_by),
            "keys": [list(key) for key in self.keys],
        }

    @classmethod
    def from_json(cls, value: Any) -> Job:
        """Read what `as_json` wrote.

        Raises:
            ValueError: Not such a job.
        """
        if not isinstance(value, dict) or set(value) != {"measures", "group_by", "keys"}:
            raise ValueError("not a job")
        tasks = tuple(_task(item) for item in _items(value["measures"]))
        group_by = _texts(value["group_by"])
        keys = tuple(_texts(item) for item in _items(value["keys"]))
        if not set(group_by) <= set(GROUPINGS) or any(len(key) != len(group_by) for key in keys):
            raise ValueError("a job with unknown groups")
        return cls(tasks, group_by, keys)


_ROW_TYPES = [str, str, int, int, int]


def _task(value: Any) -> Task:
    measure, step = value if isinstance(value, list) and len(value) == 2 else (None, None)
    if type(measure) is not str or type(step) is not int or step < 1:
        raise ValueError("not a measure with its step")
    return Task(measure, step)


def _items(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("not a list")  # noqa: TRY004  hostile bytes, one class
    return value


def _texts(value: Any) -> tuple[str, ...]:
    items = _items(value)
    if any(type(item) is not str for item in items):
        raise ValueError("not a list of texts")
    return tuple(items)
