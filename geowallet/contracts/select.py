"""Which trips a contract lets the evaluator see. Nothing is selected by default.

This is the last place that knows instants and places. What it hands on are
rows, cut down to what the measures and groupings of the terms need.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from geowallet.contracts.result import check_period
from geowallet.contracts.rows import Row
from geowallet.model.calendar import instant_us, local_time, zone_of
from geowallet.model.mobility import Sureness
from geowallet.model.words import N_, Phrase, phrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from geowallet.contracts.selection import Selection
    from geowallet.contracts.syntax import Terms
    from geowallet.model.calendar import Period, WorkWeek
    from geowallet.model.mobility import DescribedTrip, Leg, Mode

DECLARED = 0
"""Level of a trip that no evidence by others speaks for: L0, declared."""

_NO_LEVELS: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Selected:
    """What one export would rest on.

    A trip with several legs may be used for some and wait for others. A trip
    that is neither used nor waiting is left out, for the first reason that holds.

    Attributes:
        rows: For the evaluator, sorted.
        left_out: Why trips stay, and how many, most first.
        waiting: Trips of which a part is not sure enough, in order of time.
        used: Trip ids with their metres, in order of time.
        metres_by_day: Local days with the metres of their rows, in order; days without
            rows are not among them.
    """

    rows: tuple[Row, ...]
    left_out: tuple[tuple[Phrase, int], ...]
    waiting: tuple[DescribedTrip, ...]
    used: tuple[tuple[str, int], ...]
    metres_by_day: tuple[tuple[dt.date, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """A leg, or a whole trip, that counts as one."""

    mode: Mode
    confidence: float
    metres: int


def select(
    terms: Terms,
    trips: Sequence[DescribedTrip],
    period: Period,
    *,
    days_off: frozenset[dt.date],
    levels: Mapping[str, int] = _NO_LEVELS,
) -> Selected:
    """Return what ``terms`` let out of ``trips``; their order does not matter.

    A trip belongs to the local day on which it starts, in the time zone of the
    hours where the terms name hours.

    Args:
        terms: What is allowed.
        trips: Any trips, once each.
        period: One export, see `check_period`.
        days_off: Public holidays and leave; they count where the terms name hours.
        levels: Assurance level (0 to 3) by trip id; `DECLARED` where there is none.

    Raises:
        PeriodRefusedError: ``period`` is not covered.
        PeriodCadenceError: ``period`` is not one month, or one year.
    """
    check_period(terms, period)
    rows: list[Row] = []
    reasons: Counter[str] = Counter()
    waiting: list[DescribedTrip] = []
    used: list[tuple[str, int]] = []
    by_day: Counter[dt.date] = Counter()
    for described in sorted(trips, key=lambda item: (item.trip.start_us, item.trip.id)):
        reason = _why_not(terms.select, described, period, days_off)
        if reason is not None:
            reasons[reason] += 1
            continue
        named = [part for part in _parts(terms.select, described) if _is_named(terms, part)]
        sure = [part for part in named if _is_sure(terms, part)]
        if len(sure) < len(named):
            waiting.append(described)
        if sure:
            used.append((described.trip.id, sum(part.metres for part in sure)))
            day = _day(terms.select, described)
            by_day[day] += used[-1][1]
            level = levels.get(described.trip.id, DECLARED)
            rows += [_row(terms, day, part, ordinal=len(used), level=level) for part in sure]
    left_out = tuple((phrase(text), n) for text, n in reasons.most_common())
    metres_by_day = tuple(sorted(by_day.items()))
    return Selected(tuple(sorted(rows)), left_out, tuple(waiting), tuple(used), metres_by_day)


def _why_not(
    selection: Selection, described: DescribedTrip, period: Period, days_off: frozenset[dt.date]
) -> str | None:
    """Return the first reason why the trip stays, or None."""
    day = _day(selection, described)
    window = selection.window
    checks = (
        (day not in period, N_("outside the period")),
        (described.purpose not in selection.purposes, _OTHER_PURPOSE[described.purpose]),
        (
            not any(part.mode in selection.modes for part in _parts(selection, described)),
            N_("other mode"),
        ),
        (
            bool(selection.vehicles) and described.vehicle not in selection.vehicles,
            N_("other vehicle"),
        ),
        (
            window is not None and day in days_off | window.leave,
            N_("holiday or leave"),
        ),
        (
            window is not None and not _is_inside(window, described, whole=selection.whole),
            N_("outside the hours"),
        ),
    )
    return next((reason for holds, reason in checks if holds), None)


def _day(selection: Selection, described: DescribedTrip) -> dt.date:
    if selection.window is None:
        return dt.date.fromisoformat(described.day)
    return local_time(described.trip.start_us, selection.window.zone).date()


def _is_inside(window: WorkWeek, described: DescribedTrip, *, whole: bool) -> bool:
    start_us, end_us = described.trip.start_us, described.trip.end_us
    for first_us, last_us in _spans_us(window, local_time(start_us, window.zone).date()):
        if first_us <= start_us and end_us <= last_us:
            return True
        if not whole and max(first_us, start_us) < min(last_us, end_us):
            return True
    return False


def _spans_us(window: WorkWeek, day: dt.date) -> Iterator[tuple[int, int]]:
    """Yield the hours of ``day`` as instants, so that summer time cannot stretch them."""
    midnight = dt.datetime.combine(day, dt.time(), tzinfo=zone_of(window.zone))
    for start, end in window.hours[day.weekday()]:
        first = midnight + dt.timedelta(minutes=start)
        last = (midnight + dt.timedelta(minutes=end)).replace(fold=1)
        yield instant_us(first), instant_us(last)


def _parts(selection: Selection, described: DescribedTrip) -> list[_Part]:
    trip = described.trip
    if selection.unit == "trip":
        return [_part(trip.main_leg, trip.distance_m)]
    return [_part(leg, leg.distance_m) for leg in trip.legs]


def _part(leg: Leg, distance_m: float) -> _Part:
    return _Part(leg.mode, leg.confidence, math.floor(distance_m + 0.5))


def _is_named(terms: Terms, part: _Part) -> bool:
    return part.mode in terms.select.modes


def _is_sure(terms: Terms, part: _Part) -> bool:
    return Sureness.of(part.confidence).at_least(Sureness(terms.select.min_sureness))


def _row(terms: Terms, day: dt.date, part: _Part, *, ordinal: int, level: int) -> Row:
    measures = {measure.id for measure in terms.measures}
    text = ""
    if "days" in measures or "day" in terms.group_by:
        text = day.isoformat()
    elif "month" in terms.group_by:
        text = day.isoformat()[:7]
    return Row(
        day=text,
        mode=part.mode.value if "mode" in terms.group_by else "",
        trip=ordinal if "trips" in measures else 0,
        metres=part.metres,
        level=level,
    )


_OTHER_PURPOSE = {
    "commute": N_("commuting"),
    "business": N_("business"),
    "private": N_("private"),
}
