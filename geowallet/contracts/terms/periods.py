"""Of which days one export may speak, and into which groups it breaks them down."""

from __future__ import annotations

import calendar
import datetime as dt
from itertools import product
from typing import TYPE_CHECKING

from geowallet.model.calendar import Period
from geowallet.model.errors import PeriodCadenceError, PeriodRefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geowallet.contracts.terms.syntax import Terms


def check_period(terms: Terms, period: Period) -> None:
    """Check that one export may speak of ``period``.

    It is one whole calendar month (or year, as the cadence says), cut at the
    ends of what the terms cover, or all of that. Nothing shorter: the difference
    of two overlapping totals would be the figure of a day.

    Raises:
        PeriodRefusedError: Not inside what the terms cover.
        PeriodCadenceError: Not one month, or one year, or the whole.
    """
    if period.first not in terms.covers or period.last not in terms.covers:
        raise PeriodRefusedError(name=terms.name, period=str(period), allowed=str(terms.covers))
    allowed = next(item for item in periods(terms) if period.first in item)
    if period != allowed:
        raise PeriodCadenceError(name=terms.name, period=str(period), example=str(allowed))


def periods(terms: Terms) -> tuple[Period, ...]:
    """Return every period that an export may speak of, in order; never empty."""
    if terms.cadence == "once":
        return (terms.covers,)
    found = []
    day = terms.covers.first
    while day in terms.covers:
        whole = _whole(day, terms.cadence)
        found.append(Period(day, min(whole.last, terms.covers.last)))
        day = whole.last + dt.timedelta(days=1)
    return tuple(found)


def group_keys(terms: Terms, period: Period) -> tuple[tuple[str, ...], ...]:
    """Return every group of ``period``, one value per grouping; empty without grouping."""
    if not terms.group_by:
        return ()
    values = {
        "day": tuple(str(period.first + dt.timedelta(days=n)) for n in range(length(period))),
        "month": period.months(),
        "mode": terms.select.modes,
        "vehicle": terms.select.vehicles,
        "purpose": terms.select.purposes,
    }
    return tuple(product(*(values[grouping] for grouping in terms.group_by)))


def length(period: Period) -> int:
    """Return the number of its days, both ends included."""
    return (period.last - period.first).days + 1


def days_of(period: Period, key: Mapping[str, str]) -> int:
    """Return how many days of ``period`` a group can have, by its ``day`` or ``month``."""
    if "day" in key:
        return 1
    if "month" not in key:
        return length(period)
    month = _whole(dt.date.fromisoformat(key["month"] + "-01"), "month")
    return length(Period(max(month.first, period.first), min(month.last, period.last)))


def _whole(day: dt.date, cadence: str) -> Period:
    if cadence == "year":
        return Period(day.replace(month=1, day=1), day.replace(month=12, day=31))
    last = calendar.monthrange(day.year, day.month)[1]
    return Period(day.replace(day=1), day.replace(day=last))
