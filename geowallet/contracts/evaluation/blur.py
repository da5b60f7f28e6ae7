"""Noise on figures before they leave, drawn by whoever calls; pure.

Each figure that does not follow from others is drawn anew around itself, counted in
steps; sums are taken of what was drawn, so that a recipient can redo the addition. What
is drawn is then forced into its range, which no reader can undo. Words and what is kept
back stay as they are, and terms with noise have no amount (`protection`). Shares by
level follow from the drawn total and the percentages.

What it promises: two values of one figure that lie one step apart are told apart by a
factor of at most e to the epsilon, two that lie n steps apart by n times as much. It
blurs single trips, not whether somebody travels at all.

Source:
    Chatzikokolakis, Andrés, Bordenabe, Palamidessi (2013), "Broadening the Scope of
    Differential Privacy Using Metrics", PETS, section 2: the metric is the distance in
    steps. Ghosh, Roughgarden, Sundararajan (2012), the geometric mechanism on integers.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from geowallet.contracts.evaluation.evaluate import rest_to_weakest
from geowallet.contracts.evaluation.result import Group
from geowallet.contracts.evaluation.rows import LEVELS
from geowallet.contracts.terms.columns import columns

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geowallet.contracts.evaluation.figures import Value
    from geowallet.contracts.evaluation.result import Result
    from geowallet.contracts.terms.columns import Column
    from geowallet.contracts.terms.syntax import Terms

    Draw = Callable[[str, int], int]


def blurred(terms: Terms, result: Result, draw: Draw) -> Result:
    """Return ``result`` with every figure drawn anew; still what `check_result` accepts.

    Args:
        terms: Under which it was checked.
        result: True figures.
        draw: ``draw(place, steps)`` gives a whole number around ``steps``, the same for
            the same two. A place names one figure, such as ``2026-10 bike/trips``.
    """
    groups = [Group(dict(group.key), dict(group.values)) for group in result.groups]
    totals = dict(result.totals)
    for column in columns(terms):
        _blur_groups(column, result, groups, draw)
        shown = [group.values[column.id] for group in groups]
        totals[column.id] = _total(column, result, shown, draw)
    return replace(
        result, totals=totals, groups=tuple(groups), share_m=_share_m(terms, result, totals)
    )


def _blur_groups(column: Column, result: Result, groups: Sequence[Group], draw: Draw) -> None:
    """Draw one column of every group; together they stay within the largest total."""
    room = column.maximum
    for group, true in zip(groups, result.groups, strict=True):
        value = true.values[column.id]
        if isinstance(value, int):
            place = f"{' '.join(group.key.values())}/{column.id}"
            limit = column.limit(result.period, group.key)
            limit = min(limit, room) if column.adds_up else limit
            drawn = _drawn(column, value, limit, place, draw)
            room -= drawn
            group.values[column.id] = drawn


def _total(column: Column, result: Result, shown: Sequence[Value], draw: Draw) -> Value:
    true = result.totals[column.id]
    numbers = [value for value in shown if isinstance(value, int)]
    if not isinstance(true, int):
        return true
    if column.adds_up and numbers and len(numbers) == len(shown):
        return sum(numbers)
    limit = column.limit(result.period, {})
    if not column.adds_up:
        drawn = _drawn(column, true, limit, f"total/{column.id}", draw)
        if not column.bounded or not numbers:
            return drawn
        high = sum(numbers) if len(numbers) == len(shown) else limit
        return min(max(drawn, *numbers), high, limit)
    seen = [g.values[column.id] for g in result.groups]
    hidden = true - sum(value for value in seen if isinstance(value, int))
    rest = limit - sum(numbers)
    return sum(numbers) + _drawn(column, hidden, rest, f"kept back/{column.id}", draw)


def _drawn(column: Column, value: int, limit: int, place: str, draw: Draw) -> int:
    """Return a value drawn around ``value``, on the step and within the range."""
    steps = draw(place, (value - column.minimum) // column.step)
    most = max(limit - column.minimum, 0) // column.step
    return column.minimum + min(max(steps, 0), most) * column.step


def _share_m(terms: Terms, result: Result, totals: dict[str, Value]) -> dict[str, int | None]:
    total = totals.get("distance_m")
    step = next((measure.step for measure in terms.measures if measure.id == "distance_m"), 1)
    if not isinstance(total, int):
        return result.share_m
    floors = [total * result.share_percent[level] // 100 // step * step for level in LEVELS]
    return dict(rest_to_weakest(floors, total))
