"""What the confined evaluation is asked. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from geowallet.contracts.evaluation.rows import GROUPINGS
from geowallet.contracts.terms.catalogue import INSUFFICIENT

_MEMBERS = {"measures", "group_by", "keys", "small_cells", "amount", "words"}


@dataclass(frozen=True, slots=True)
class Task:
    """One measure to take, rounded half up to a multiple of ``step``."""

    measure: str
    step: int


@dataclass(frozen=True, slots=True)
class Charge:
    """A rule to apply to the figures of the whole job.

    Attributes:
        text: The rule's file.
        year: Of the rule.
        parameters: What it asks beside the figures, by name.
    """

    text: str
    year: int
    parameters: tuple[tuple[str, int | bool | str], ...]


@dataclass(frozen=True, slots=True)
class Job:
    """What to compute from rows.

    Attributes:
        measures: At least one.
        group_by: Of `GROUPINGS`, in the order of the keys; empty for totals only.
        keys: Every group that may come out, in order, each a value per
            grouping; a group without rows comes out as zero.
        small_cells: A group with fewer trips, but some, is kept back; 0 for none.
        charge: The rule for an amount, or None.
    """

    measures: tuple[Task, ...]
    group_by: tuple[str, ...]
    keys: tuple[tuple[str, ...], ...]
    small_cells: int = 0
    charge: Charge | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the job as JSON values; ``words`` are those that may come back."""
        charge = self.charge
        return {
            "measures": [[task.measure, task.step] for task in self.measures],
            "group_by": list(self.group_by),
            "keys": [list(key) for key in self.keys],
            "small_cells": self.small_cells,
            "amount": charge and [charge.text, charge.year, dict(charge.parameters)],
            "words": [INSUFFICIENT],
        }

    @classmethod
    def from_json(cls, value: Any) -> Job:
        """Read what `as_json` wrote.

        Raises:
            ValueError: Not such a job.
        """
        if not isinstance(value, dict) or set(value) != _MEMBERS:
            raise ValueError("not a job")
        tasks = tuple(_task(item) for item in _items(value["measures"]))
        group_by = _texts(value["group_by"])
        keys = tuple(_texts(item) for item in _items(value["keys"]))
        if not set(group_by) <= set(GROUPINGS) or any(len(key) != len(group_by) for key in keys):
            raise ValueError("a job with unknown groups")
        if type(value["small_cells"]) is not int or value["small_cells"] < 0:
            raise ValueError("not a number of trips")
        return cls(tasks, group_by, keys, value["small_cells"], _charge(value["amount"]))


def _task(value: Any) -> Task:
    measure, step = value if isinstance(value, list) and len(value) == 2 else (None, None)
    if type(measure) is not str or type(step) is not int or step < 1:
        raise ValueError("not a measure with its step")
    return Task(measure, step)


def _charge(value: Any) -> Charge | None:
    if value is None:
        return None
    match value:
        case [str(text), int(year), dict(parameters)]:
            return Charge(text, year, tuple(parameters.items()))
        case _:
            raise ValueError("not a rule with its parameters")


def _items(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("not a list")  # noqa: TRY004  hostile bytes, one class
    return value


def _texts(value: Any) -> tuple[str, ...]:
    items = _items(value)
    if any(type(item) is not str for item in items):
        raise ValueError("not a list of texts")
    return tuple(items)
