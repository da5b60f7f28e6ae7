"""What an evaluation may put out: one closed schema of bounded integers.

The evaluator is not trusted. Whatever it says is checked against the terms:
the groups are those of the terms and the period, all of them and no other, so
that even their number says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.contracts.evaluation.job import Job, Task
from geowallet.contracts.evaluation.rows import LEVELS
from geowallet.contracts.life.offer import terms_digest
from geowallet.contracts.terms.columns import columns, grouped_columns
from geowallet.contracts.terms.periods import check_period, group_keys
from geowallet.model.errors import ResultRefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.contracts.evaluation.figures import Value
    from geowallet.contracts.evaluation.job import Charge
    from geowallet.contracts.terms.columns import Column
    from geowallet.contracts.terms.syntax import Terms
    from geowallet.model.calendar import Period


@dataclass(frozen=True, slots=True)
class Group:
    """Figures of one group: ``key`` grouping to value, ``values`` measure to figure."""

    key: dict[str, str]
    values: dict[str, Value]


@dataclass(frozen=True, slots=True)
class Result:
    """Checked figures of one period.

    A figure is a whole number; `catalogue.INSUFFICIENT` where the data cannot carry
    it; None where it is kept back because too few trips stand behind it.

    Attributes:
        contract_sha256: Digest of the terms.
        period: Days they speak of.
        totals: Measure id to figure; all of them None, or none.
        groups: Every group of the terms in order, those with nothing included.
        share_m: ``L0`` to ``L3`` to metres, which sum to the total distance;
            empty where the terms ask for no distance, None where it is kept back.
        share_percent: ``L0`` to ``L3`` to whole percent of the metres travelled;
            sums to 100, or to 0 where nothing was travelled.
    """

    contract_sha256: str
    period: Period
    totals: dict[str, Value]
    groups: tuple[Group, ...]
    share_m: dict[str, int | None]
    share_percent: dict[str, int]

    def percent_at_least(self, level: str) -> int:
        """Return the percentage of the metres at ``level`` or above."""
        return sum(self.share_percent[name] for name in LEVELS[LEVELS.index(level) :])

    def as_json(self) -> dict[str, Any]:
        """Return the figures as the evaluator gave them."""
        return {
            "totals": dict(self.totals),
            "groups": [{"key": dict(g.key), "values": dict(g.values)} for g in self.groups],
            "share_m": dict(self.share_m),
            "share_percent": dict(self.share_percent),
        }


def job_for(terms: Terms, period: Period, *, charge: Charge | None = None) -> Job:
    """Return what the evaluator is asked, after `check_period`.

    Args:
        terms: What is allowed.
        period: Of one export.
        charge: The rule, where the terms ask for an amount (`amount.charge_of`).

    Raises:
        PeriodRefusedError: As `check_period`.
        PeriodCadenceError: As `check_period`.
    """
    check_period(terms, period)
    tasks = tuple(Task(measure.id, measure.step) for measure in terms.measures)
    return Job(tasks, terms.group_by, group_keys(terms, period), terms.small_cells, charge)


def check_result(terms: Terms, period: Period, raw: Any) -> Result:
    """Return the figures in ``raw``, which the evaluator (or a stranger) gave.

    Raises:
        ResultRefusedError: A name too many or too few, a number that is no
            integer, out of range or off its step, sums that do not hold,
            something kept back that the terms do not keep back.
        PeriodRefusedError: As `check_period`.
        PeriodCadenceError: As `check_period`.
    """
    check_period(terms, period)
    _exact(raw, ("totals", "groups", "share_m", "share_percent"), "result")
    totals = _figures(raw["totals"], terms, period, None, "totals")
    groups = _groups(raw["groups"], terms, period)
    hidden = sum(_is_kept_back(group.values) for group in groups)
    if hidden == 1 and not _is_kept_back(totals):
        raise ResultRefusedError(reason="groups")
    for column in grouped_columns(terms):
        _check_sums(column, totals, groups)
    result = Result(
        contract_sha256=terms_digest(terms),
        period=period,
        totals=totals,
        groups=groups,
        share_m=_share_m(raw["share_m"], terms, totals),
        share_percent=_shares(raw["share_percent"], 1, "share_percent"),
    )
    if sum(result.share_percent.values()) not in (0, 100):
        raise ResultRefusedError(reason="share_percent")
    return result


def _groups(raw: Any, terms: Terms, period: Period) -> tuple[Group, ...]:
    keys = group_keys(terms, period)
    if not isinstance(raw, list) or len(raw) != len(keys):
        raise ResultRefusedError(reason="groups")
    groups = []
    for index, (item, key) in enumerate(zip(raw, keys, strict=True)):
        place = f"groups[{index}]"
        _exact(item, ("key", "values"), place)
        expected = dict(zip(terms.group_by, key, strict=True))
        if item["key"] != expected:
            raise ResultRefusedError(reason=f"{place}.key")
        groups.append(Group(expected, _figures(item["values"], terms, period, expected, place)))
    return tuple(groups)


def _figures(
    raw: Any, terms: Terms, period: Period, key: dict[str, str] | None, place: str
) -> dict[str, Value]:
    """Return the figures of one group, or of the total where ``key`` is None."""
    named = columns(terms) if key is None else grouped_columns(terms)
    _exact(raw, [column.id for column in named], place)
    if terms.small_cells and named and _is_kept_back(raw):
        return dict.fromkeys([column.id for column in named])
    for column in named:
        if not column.allows(raw[column.id], column.limit(period, key or {})):
            raise ResultRefusedError(reason=f"{place}.{column.id}")
    return {column.id: raw[column.id] for column in named}


def _is_kept_back(values: dict[str, Value]) -> bool:
    return bool(values) and all(value is None for value in values.values())


def _check_sums(column: Column, totals: dict[str, Value], groups: Sequence[Group]) -> None:
    total = totals[column.id]
    parts = [group.values[column.id] for group in groups]
    shown = [part for part in parts if isinstance(part, int)]
    if not parts or not column.bounded or not isinstance(total, int):
        return
    low = sum(shown) if column.adds_up else max(shown, default=0)
    high = sum(shown) if len(shown) == len(parts) else total
    if not low <= total <= high:
        raise ResultRefusedError(reason=f"totals.{column.id}")


def _share_m(raw: Any, terms: Terms, totals: dict[str, Value]) -> dict[str, int | None]:
    step = next((m.step for m in terms.measures if m.id == "distance_m"), None)
    if step is None:
        _exact(raw, (), "share_m")
        return {}
    if totals["distance_m"] is None:
        _exact(raw, LEVELS, "share_m")
        if not _is_kept_back(raw):
            raise ResultRefusedError(reason="share_m")
        return dict.fromkeys(LEVELS)
    shares = _shares(raw, step, "share_m")
    if sum(shares.values()) != totals["distance_m"]:
        raise ResultRefusedError(reason="share_m")
    return dict(shares)


def _shares(raw: Any, step: int, place: str) -> dict[str, int]:
    _exact(raw, LEVELS, place)
    for level in LEVELS:
        value = raw[level]
        if type(value) is not int or value < 0 or value % step:
            raise ResultRefusedError(reason=f"{place}.{level}")
    return {level: raw[level] for level in LEVELS}


def _exact(raw: Any, members: Any, place: str) -> None:
    if not isinstance(raw, dict) or set(raw) != set(members):
        raise ResultRefusedError(reason=place)
