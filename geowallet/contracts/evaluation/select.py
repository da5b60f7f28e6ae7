"""Which trips a contract lets the evaluator see. Nothing is selected by default.

This is the last place that knows instants and places. What it hands on are
rows, cut down to what the measures and groupings of the terms need.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from geowallet.contracts.evaluation.rows import LEVELS
from geowallet.contracts.terms.parts import UNSEEN, Driven, Needs, parts_of, row_of
from geowallet.contracts.terms.periods import check_period
from geowallet.model.calendar import instant_us, local_time, zone_of
from geowallet.model.words import N_, Phrase, phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from geowallet.contracts.evaluation.rows import Row
    from geowallet.contracts.terms.selection import Selection
    from geowallet.contracts.terms.syntax import Terms
    from geowallet.model.calendar import Period, WorkWeek
    from geowallet.model.mobility import DescribedTrip, Leg

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
        waiting: Ids of trips of which a part is not sure enough, in order of time.
        used: Trip ids with their metres, in order of time.
        metres_by_day: Local days with the metres of their rows, in order; days without
            rows are not among them.
        used_on: The local day of each trip of ``used``.
    """

    rows: Sequence[Row]
    left_out: tuple[tuple[Phrase, int], ...]
    waiting: tuple[str, ...]
    used: tuple[tuple[str, int], ...]
    metres_by_day: tuple[tuple[dt.date, int], ...] = ()
    used_on: tuple[dt.date, ...] = ()


def select(  # noqa: PLR0913  each but the first two is a fact of its own, by name
    terms: Terms,
    trips: Sequence[DescribedTrip],
    period: Period,
    *,
    days_off: frozenset[dt.date],
    levels: Mapping[str, int] = _NO_LEVELS,
    driven: Callable[[Leg], Driven] | None = None,
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
        driven: How a leg was driven; asked only where the terms need it.

    Raises:
        PeriodRefusedError: ``period`` is not covered.
        PeriodCadenceError: ``period`` is not one month, or one year.
    """
    check_period(terms, period)
    reasons: Counter[str] = Counter()
    taken = _Taken(terms, levels, driven or _nothing_seen)
    least = LEVELS.index(terms.min_assurance) if terms.only_assured else DECLARED
    for described in sorted(trips, key=lambda item: (item.trip.start_us, item.trip.id)):
        reason = _why_not(terms.select, described, period, days_off)
        if reason is None and levels.get(described.trip.id, DECLARED) < least:
            reason = N_("below the level that is asked for")
        if reason is None:
            taken.add(described)
        else:
            reasons[reason] += 1
    return taken.selected(tuple((phrase(text), n) for text, n in reasons.most_common()))


class _Taken:
    """What the terms take, trip by trip."""

    def __init__(
        self, terms: Terms, levels: Mapping[str, int], driven: Callable[[Leg], Driven]
    ) -> None:
        self._selection, self._needs = terms.select, Needs.of(terms)
        self._levels, self._driven = levels, driven
        self._rows: list[Row] = []
        self._waiting: list[str] = []
        self._used: list[tuple[str, int]] = []
        self._days: list[dt.date] = []

    def add(self, described: DescribedTrip) -> None:
        """Take the parts of a trip that are named and sure; one that has others waits."""
        parts = parts_of(self._selection, described)
        named = [part for part in parts if part.mode in self._selection.modes]
        sure = [part for part in named if part.is_sure(self._selection)]
        if len(sure) < len(named):
            self._waiting.append(described.trip.id)
        if not sure:
            return
        self._used.append((described.trip.id, sum(part.metres for part in sure)))
        self._days.append(_day(self._selection, described))
        self._rows += [
            row_of(
                self._needs,
                part,
                described,
                day=self._days[-1],
                ordinal=len(self._used),
                level=self._levels.get(described.trip.id, DECLARED),
                driven=self._driven,
            )
            for part in sure
        ]

    def selected(self, left_out: tuple[tuple[Phrase, int], ...]) -> Selected:
        """Return all that was taken, beside what was left out."""
        by_day: Counter[dt.date] = Counter()
        for day, (_, metres) in zip(self._days, self._used, strict=True):
            by_day[day] += metres
        return Selected(
            rows=tuple(sorted(self._rows)),
            left_out=left_out,
            waiting=tuple(self._waiting),
            used=tuple(self._used),
            metres_by_day=tuple(sorted(by_day.items())),
            used_on=tuple(self._days),
        )


def _why_not(
    selection: Selection, described: DescribedTrip, period: Period, days_off: frozenset[dt.date]
) -> str | None:
    """Return the first reason why the trip stays, or None."""
    day = _day(selection, described)
    window = selection.window
    checks = (
        (day not in period, N_("outside the period")),
        (described.purpose not in selection.purposes, OTHER_PURPOSE[described.purpose]),
        (
            not any(part.mode in selection.modes for part in parts_of(selection, described)),
            N_("other mode"),
        ),
        (
            bool(selection.vehicles) and described.vehicle not in selection.vehicles,
            N_("other vehicle"),
        ),
        (
            bool(selection.within) and not _ends(described) & set(selection.within),
            N_("other places"),
        ),
        (bool(_ends(described) & set(selection.outside)), N_("a place that is kept out")),
        (
            window is not None and day in days_off | window.leave,
            N_("holiday or leave"),
        ),
        (
            window is not None and not is_inside(window, _span(described), whole=selection.whole),
            N_("outside the hours"),
        ),
    )
    return next((reason for holds, reason in checks if holds), None)


def _day(selection: Selection, described: DescribedTrip) -> dt.date:
    if selection.window is None:
        return dt.date.fromisoformat(described.day)
    return local_time(described.trip.start_us, selection.window.zone).date()


def is_inside(window: WorkWeek, span_us: tuple[int, int], *, whole: bool) -> bool:
    """Say whether a stretch of time lies in the hours of the day on which it begins.

    Args:
        window: The hours.
        span_us: First and last instant.
        whole: Whether it must lie wholly in one span; otherwise it need only overlap one.
    """
    start_us, end_us = span_us
    for first_us, last_us in _spans_us(window, local_time(start_us, window.zone).date()):
        if first_us <= start_us and end_us <= last_us:
            return True
        if not whole and max(first_us, start_us) < min(last_us, end_us):
            return True
    return False


def _span(described: DescribedTrip) -> tuple[int, int]:
    return described.trip.start_us, described.trip.end_us


def _spans_us(window: WorkWeek, day: dt.date) -> Iterator[tuple[int, int]]:
    """Yield the hours of ``day`` as instants, so that summer time cannot stretch them."""
    midnight = dt.datetime.combine(day, dt.time(), tzinfo=zone_of(window.zone))
    for start, end in window.hours[day.weekday()]:
        first = midnight + dt.timedelta(minutes=start)
        last = (midnight + dt.timedelta(minutes=end)).replace(fold=1)
        yield instant_us(first), instant_us(last)


def _ends(described: DescribedTrip) -> set[str]:
    """Return the kinds of the named places at its ends."""
    return {place.kind.value for place in (described.origin, described.destination) if place}


def _nothing_seen(_leg: Leg) -> Driven:
    return UNSEEN


OTHER_PURPOSE = {
    "commute": N_("commuting"),
    "business": N_("business"),
    "private": N_("private"),
}
