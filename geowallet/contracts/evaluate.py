"""The evaluation itself: integers in, integers out. Standard library only."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from geowallet.contracts.catalogue import adds_up
from geowallet.contracts.rows import LEVELS, Job, Row, Task

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def evaluate(job: Job, rows: Sequence[Row]) -> dict[str, Any]:
    """Return the figures as JSON values; the order of ``rows`` does not matter.

    ``totals`` and ``groups`` are rounded as `geowallet.contracts.catalogue`
    says. ``share_m`` splits the total distance by assurance level, and is empty
    where no distance is measured; ``share_percent`` splits it in whole percent
    and sums to 100, or to 0 where nothing was travelled. In both, a level is
    rounded down and the rest falls to L0, so that strength is never overstated.

    Raises:
        ValueError: A row of a group or a measure that the job does not name.
    """
    groups = _groups(job, rows) if job.group_by else []
    totals = {task.measure: _total(task, job, groups, rows) for task in job.measures}
    return {
        "totals": totals,
        "groups": groups,
        "share_m": _shares_m(job, totals, rows),
        "share_percent": _shares_percent(rows),
    }


def round_half_up(value: int, step: int) -> int:
    """Return the multiple of ``step`` nearest to ``value`` >= 0, upwards from the middle."""
    return (2 * value + step) // (2 * step) * step


def _groups(job: Job, rows: Sequence[Row]) -> list[dict[str, Any]]:
    members: dict[tuple[str, ...], list[Row]] = {key: [] for key in job.keys}
    for row in rows:
        key = tuple(_GROUP_OF[grouping](row) for grouping in job.group_by)
        if key not in members:
            raise ValueError("a row outside every group of the job")
        members[key].append(row)
    return [
        {
            "key": dict(zip(job.group_by, key, strict=True)),
            "values": {task.measure: _measure(task, inside) for task in job.measures},
        }
        for key, inside in members.items()
    ]


def _measure(task: Task, rows: Sequence[Row]) -> int:
    if task.measure not in _VALUE_OF:
        raise ValueError("a measure outside the catalogue")
    return round_half_up(_VALUE_OF[task.measure](rows), task.step)


def _total(task: Task, job: Job, groups: list[dict[str, Any]], rows: Sequence[Row]) -> int:
    if groups and adds_up(task.measure, job.group_by):
        return sum(group["values"][task.measure] for group in groups)
    return _measure(task, rows)


def _shares_m(job: Job, totals: Mapping[str, int], rows: Sequence[Row]) -> dict[str, int]:
    step = next((task.step for task in job.measures if task.measure == "distance_m"), None)
    if step is None:
        return {}
    floors = [metres // step * step for metres in _metres_by_level(rows)]
    return _rest_to_weakest(floors, totals["distance_m"])


def _shares_percent(rows: Sequence[Row]) -> dict[str, int]:
    metres = _metres_by_level(rows)
    whole = sum(metres)
    floors = [100 * part // whole if whole else 0 for part in metres]
    return _rest_to_weakest(floors, 100 if whole else 0)


def _metres_by_level(rows: Sequence[Row]) -> list[int]:
    return [sum(row.metres for row in rows if row.level == level) for level in range(len(LEVELS))]


def _rest_to_weakest(floors: Sequence[int], whole: int) -> dict[str, int]:
    """Give each level its floor, strongest first, within ``whole``; L0 takes the rest."""
    shares = {}
    rest = whole
    for level in reversed(range(1, len(LEVELS))):
        shares[LEVELS[level]] = min(floors[level], rest)
        rest -= shares[LEVELS[level]]
    return {LEVELS[0]: rest} | dict(reversed(shares.items()))


def _distance_m(rows: Sequence[Row]) -> int:
    return sum(row.metres for row in rows)


def _trips(rows: Sequence[Row]) -> int:
    return len({row.trip for row in rows})


def _days(rows: Sequence[Row]) -> int:
    return len({row.day for row in rows})


_VALUE_OF: Mapping[str, Callable[[Sequence[Row]], int]] = MappingProxyType(
    {"distance_m": _distance_m, "trips": _trips, "days": _days}
)

_GROUP_OF: Mapping[str, Callable[[Row], str]] = MappingProxyType(
    {
        "day": lambda row: row.day,
        "month": lambda row: row.day[:7],
        "mode": lambda row: row.mode,
    }
)
