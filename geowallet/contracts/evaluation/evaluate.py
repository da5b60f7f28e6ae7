"""The evaluation itself: integers in, integers out. Standard library only."""

from __future__ import annotations

from itertools import accumulate
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from geowallet.contracts.evaluation.figures import Value, round_half_up, value_of
from geowallet.contracts.evaluation.row_columns import Rows
from geowallet.contracts.evaluation.rows import LEVELS
from geowallet.contracts.evaluation.suppress import kept_back
from geowallet.contracts.terms.catalogue import AMOUNT, adds_up

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from geowallet.contracts.evaluation.job import Job, Task
    from geowallet.contracts.evaluation.rows import Row


def evaluate(job: Job, rows: Sequence[Row]) -> dict[str, Any]:
    """Return the figures as JSON values; the order of ``rows`` does not matter.

    ``totals`` and ``groups`` are rounded as `geowallet.contracts.terms.catalogue`
    says. ``share_m`` splits the total distance by assurance level, and is empty
    where no distance is measured; ``share_percent`` splits it in whole percent
    and sums to 100, or to 0 where nothing was travelled. In both, what a level has
    together with those above it is rounded down, so that no demand for a level is
    met by rounding; the rest falls to L0.
    What is kept back (`geowallet.contracts.evaluation.suppress`) is null.

    Raises:
        ValueError: A row of a group or a measure that the job does not name.
    """
    rows = Rows.of(rows)
    inside = rows_by_group(job, rows) if job.group_by else {}
    groups: list[dict[str, Any]] = [
        {
            "key": dict(zip(job.group_by, key, strict=True)),
            "values": {task.measure: _measure(task, members) for task in _by_rows(job)},
        }
        for key, members in inside.items()
    ]
    totals: dict[str, Value] = {
        task.measure: _total(task, job, groups, rows) for task in _by_rows(job)
    }
    totals |= _amounts(job, totals, rows)
    shares_m: dict[str, Value] = {**_shares_m(job, totals, rows)}
    hidden, all_hidden = _kept_back(job, inside, rows)
    for position in hidden:
        groups[position]["values"] = dict.fromkeys(groups[position]["values"])
    if all_hidden:
        totals, shares_m = dict.fromkeys(totals), dict.fromkeys(shares_m)
    return {
        "totals": totals,
        "groups": groups,
        "share_m": shares_m,
        "share_percent": _shares_percent(rows),
    }


def _by_rows(job: Job) -> list[Task]:
    return [task for task in job.measures if task.measure != AMOUNT]


def rows_by_group(job: Job, rows: Sequence[Row]) -> dict[tuple[str, ...], Rows]:
    """Return every group of the job with its rows, in the order of the keys.

    Raises:
        ValueError: A row of a group that the job does not name.
    """
    rows = Rows.of(rows)
    members: dict[tuple[str, ...], list[int]] = {key: [] for key in job.keys}
    columns = [_COLUMN_OF[grouping](rows) for grouping in job.group_by]
    for number, key in enumerate(zip(*columns, strict=True)):
        if key not in members:
            raise ValueError("a row outside every group of the job")
        members[key].append(number)
    return {key: rows.taken(numbers) for key, numbers in members.items()}


def _kept_back(
    job: Job, inside: Mapping[tuple[str, ...], Rows], rows: Rows
) -> tuple[frozenset[int], bool]:
    groups = [{*members.trip} for members in inside.values()]
    return kept_back(groups, len({*rows.trip}), job.small_cells)


def _measure(task: Task, rows: Rows) -> int | str:
    value = value_of(task.measure, rows)
    return value if isinstance(value, str) else round_half_up(value, task.step)


def _total(task: Task, job: Job, groups: list[dict[str, Any]], rows: Rows) -> int | str:
    if groups and adds_up(task.measure, job.group_by):
        parts: list[int] = [group["values"][task.measure] for group in groups]
        return sum(parts)
    return _measure(task, rows)


def _amounts(job: Job, totals: Mapping[str, Any], rows: Rows) -> dict[str, int]:
    """Return the amount in cents, from the figures that leave where they leave."""
    task = next((task for task in job.measures if task.measure == AMOUNT), None)
    if task is None or job.charge is None:
        return {}
    from geowallet.contracts.evaluation.amount import amount_cents  # noqa: PLC0415  20 ms few jobs need

    metres = totals.get("distance_m", value_of("distance_m", rows))
    days = totals.get("days", value_of("days", rows))
    return {AMOUNT: round_half_up(amount_cents(job.charge, metres, days), task.step)}


def _shares_m(job: Job, totals: Mapping[str, Any], rows: Rows) -> dict[str, int]:
    step = next((task.step for task in job.measures if task.measure == "distance_m"), None)
    if step is None:
        return {}
    at_least = [metres // step * step for metres in _metres_at_least(rows)]
    return rest_to_weakest(_each_level(at_least), totals["distance_m"])


def _shares_percent(rows: Rows) -> dict[str, int]:
    metres = _metres_at_least(rows)
    whole = metres[0]
    at_least = [100 * part // whole if whole else 0 for part in metres]
    return rest_to_weakest(_each_level(at_least), 100 if whole else 0)


def _metres_at_least(rows: Rows) -> list[int]:
    by_level = [0] * len(LEVELS)
    for level, metres in zip(rows.level, rows.metres, strict=True):
        by_level[level] += metres
    return [*accumulate(reversed(by_level))][::-1]


def _each_level(at_least: Sequence[int]) -> list[int]:
    """Return what each level has, where ``at_least`` says what it and those above have."""
    return [low - high for low, high in zip(at_least, [*at_least[1:], 0], strict=True)]


def rest_to_weakest(floors: Sequence[int], whole: int) -> dict[str, int]:
    """Return each level with its floor, strongest first, within ``whole``; L0 takes the rest."""
    shares = {}
    rest = whole
    for level in reversed(range(1, len(LEVELS))):
        shares[LEVELS[level]] = min(floors[level], rest)
        rest -= shares[LEVELS[level]]
    return {LEVELS[0]: rest} | dict(reversed(shares.items()))


_COLUMN_OF: Mapping[str, Callable[[Rows], Sequence[str]]] = MappingProxyType(
    {
        "day": lambda rows: rows.day,
        "month": lambda rows: [day[:7] for day in rows.day],
        "mode": lambda rows: rows.mode,
        "vehicle": lambda rows: rows.vehicle,
        "purpose": lambda rows: rows.purpose,
    }
)
