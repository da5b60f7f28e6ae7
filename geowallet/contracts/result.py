"""What an evaluation may put out: one closed schema of bounded integers.

The evaluator is not trusted. Whatever it says is checked against the terms:
the groups are those of the terms and the period, all of them and no other, so
that even their number says nothing.
"""

from __future__ import annotations

import calendar
import datetime as dt
import math
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from geowallet.contracts.catalogue import adds_up
from geowallet.contracts.offer import terms_digest
from geowallet.contracts.rows import LEVELS, Job, Task
from geowallet.model.calendar import Period
from geowallet.model.errors import PeriodCadenceError, PeriodRefusedError, ResultRefusedError

if TYPE_CHECKING:
    from geowallet.contracts.measures import Measure
    from geowallet.contracts.syntax import Terms


@dataclass(frozen=True, slots=True)
class Group:
    """Figures of one group: ``key`` grouping to value, ``values`` measure to figure."""

    key: dict[str, str]
    values: dict[str, int]


@dataclass(frozen=True, slots=True)
class Result:
    """Checked figures of one period.

    Attributes:
        contract_sha256: Digest of the terms.
        period: Days they speak of.
        totals: Measure id to figure.
        groups: Every group of the terms in order, those with nothing included.
        share_m: ``L0`` to ``L3`` to metres, which sum to the total distance;
            empty where the terms ask for no distance.
        share_percent: ``L0`` to ``L3`` to whole percent of the metres travelled;
            sums to 100, or to 0 where nothing was travelled.
    """

    contract_sha256: str
    period: Period
    totals: dict[str, int]
    groups: tuple[Group, ...]
    share_m: dict[str, int]
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


def check_period(terms: Terms, period: Period) -> None:
    """Check that one export may speak of ``period``.

    It is one whole calendar month (or year, as the cadence says), cut at the
    ends of what the terms cover, or all of that. Nothing shorter: the difference of two
    overlapping totals would be the figure of a day.

    Raises:
        PeriodRefusedError: Not inside what the terms cover.
        PeriodCadenceError: Not one month, or one year.
    """
    if period.first not in terms.covers or period.last not in terms.covers:
        raise PeriodRefusedError(name=terms.name, period=str(period), allowed=str(terms.covers))
    allowed = next(item for item in periods(terms) if period.first in item)
    if period != allowed:
        raise PeriodCadenceError(name=terms.name, period=str(period), example=str(allowed))


def periods(terms: Terms) -> tuple[Period, ...]:
    """Return every period that an export may speak of, in order; never empty."""
    found = []
    day = terms.covers.first
    while day in terms.covers:
        whole = _whole(day, terms.cadence, terms.covers)
        found.append(Period(day, min(whole.last, terms.covers.last)))
        day = whole.last + dt.timedelta(days=1)
    return tuple(found)


def group_keys(terms: Terms, period: Period) -> tuple[tuple[str, ...], ...]:
    """Return every group of ``period``, one value per grouping; empty without grouping."""
    if not terms.group_by:
        return ()
    length = (period.last - period.first).days + 1
    values = {
        "day": tuple(str(period.first + dt.timedelta(days=n)) for n in range(length)),
        "month": period.months(),
        "mode": terms.select.modes,
    }
    return tuple(product(*(values[grouping] for grouping in terms.group_by)))


def job_for(terms: Terms, period: Period) -> Job:
    """Return what the evaluator is asked, after `check_period`.

    Raises:
        PeriodRefusedError: As `check_period`.
        PeriodCadenceError: As `check_period`.
    """
    check_period(terms, period)
    tasks = tuple(Task(measure.id, measure.step) for measure in terms.measures)
    return Job(tasks, terms.group_by, group_keys(terms, period))


def check_result(terms: Terms, period: Period, raw: Any) -> Result:
    """Return the figures in ``raw``, which the evaluator (or a stranger) gave.

    Raises:
        ResultRefusedError: A name too many or too few, a number that is no
            integer, out of range or off its step, sums that do not hold.
        PeriodRefusedError: As `check_period`.
        PeriodCadenceError: As `check_period`.
    """
    check_period(terms, period)
    _exact(raw, ("totals", "groups", "share_m", "share_percent"), "result")
    totals = _figures(raw["totals"], terms, period, (), "totals")
    groups = _groups(raw["groups"], terms, period)
    for measure in terms.measures:
        _check_sums(measure, terms, totals, groups)
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


def leak_bits(terms: Terms, period: Period) -> float:
    """Return an upper bound, in bits, of what one export of ``period`` can say.

    The sum of log2 of the number of possible values of every figure that does
    not follow from the others. Unlike a route, it cannot grow with the track.
    """
    keys = group_keys(terms, period)
    bits = math.log2(math.comb(100 + len(LEVELS) - 1, len(LEVELS) - 1) + 1)
    for measure in terms.measures:
        places: list[tuple[str, ...]] = list(keys)
        if not keys or not adds_up(measure.id, terms.group_by):
            places.append(())
        bits += sum(
            math.log2(_limit(measure, terms, period, key) // measure.step + 1) for key in places
        )
        if measure.id == "distance_m":
            steps = measure.maximum // measure.step
            bits += math.log2(math.comb(steps + len(LEVELS) - 1, len(LEVELS) - 1))
    return bits


def _whole(day: dt.date, cadence: str, covers: Period) -> Period:
    if cadence == "once":
        return covers
    if cadence == "year":
        return Period(day.replace(month=1, day=1), day.replace(month=12, day=31))
    last = calendar.monthrange(day.year, day.month)[1]
    return Period(day.replace(day=1), day.replace(day=last))


def _limit(measure: Measure, terms: Terms, period: Period, key: tuple[str, ...]) -> int:
    """Return the largest figure in the group ``key``, or of the total where it is ()."""
    if measure.id != "days":
        return measure.maximum
    within = dict(zip(terms.group_by, key, strict=False))
    if "day" in within:
        return 1
    bounds = (
        _whole(dt.date.fromisoformat(within["month"] + "-01"), "month", period)
        if "month" in within
        else period
    )
    first, last = max(bounds.first, period.first), min(bounds.last, period.last)
    return min(measure.maximum, (last - first).days + 1)


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
        groups.append(Group(expected, _figures(item["values"], terms, period, key, place)))
    return tuple(groups)


def _figures(
    raw: Any, terms: Terms, period: Period, key: tuple[str, ...], place: str
) -> dict[str, int]:
    _exact(raw, [measure.id for measure in terms.measures], place)
    for measure in terms.measures:
        limit = _limit(measure, terms, period, key)
        _check_integer(raw[measure.id], measure.step, limit, f"{place}.{measure.id}")
    return {measure.id: raw[measure.id] for measure in terms.measures}


def _check_sums(
    measure: Measure, terms: Terms, totals: dict[str, int], groups: tuple[Group, ...]
) -> None:
    if not groups:
        return
    parts = [group.values[measure.id] for group in groups]
    exact = adds_up(measure.id, terms.group_by)
    low = sum(parts) if exact else max(parts)
    if not low <= totals[measure.id] <= sum(parts):
        raise ResultRefusedError(reason=f"totals.{measure.id}")


def _share_m(raw: Any, terms: Terms, totals: dict[str, int]) -> dict[str, int]:
    step = next((m.step for m in terms.measures if m.id == "distance_m"), None)
    if step is None:
        _exact(raw, (), "share_m")
        return {}
    shares = _shares(raw, step, "share_m")
    if sum(shares.values()) != totals["distance_m"]:
        raise ResultRefusedError(reason="share_m")
    return shares


def _shares(raw: Any, step: int, place: str) -> dict[str, int]:
    _exact(raw, LEVELS, place)
    for level in LEVELS:
        _check_integer(raw[level], step, None, f"{place}.{level}")
    return {level: raw[level] for level in LEVELS}


def _exact(raw: Any, members: Any, place: str) -> None:
    if not isinstance(raw, dict) or set(raw) != set(members):
        raise ResultRefusedError(reason=place)


def _check_integer(value: Any, step: int, limit: int | None, place: str) -> None:
    good = type(value) is int and value >= 0 and value % step == 0
    if not good or (limit is not None and value > limit):
        raise ResultRefusedError(reason=place)
