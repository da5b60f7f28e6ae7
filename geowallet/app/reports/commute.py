"""Days on which the owner commuted by bike, by car pool or the like, and what they reach."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from geowallet.app import rulebook
from geowallet.app.reports.carpool import CARPOOL, CarpoolTrip, carpool_trips, is_carpool
from geowallet.app.reports.mileage import whole_metres
from geowallet.app.settings import days_off, work_week
from geowallet.app.travel.trips import described_trips
from geowallet.crypto.canonical import digest_of
from geowallet.model.calendar import Period
from geowallet.model.errors import BadRuleForReportError
from geowallet.model.mobility import Mode, PlaceKind, Purpose, Sureness
from geowallet.rules.facts import Facts
from geowallet.rules.fmd import Steps

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from geowallet.model.mobility import DescribedTrip
    from geowallet.rules.rule import Source
    from geowallet.vault.store import Vault

SOFT = frozenset({Mode.BIKE, Mode.E_BIKE, Mode.E_SCOOTER})
"""Modes of the allowance that a trace can tell: own bike, with or without help (Code du
travail, art. L3261-3-1), and own motorised device (same, since 2022). Walking is in no
source that we read."""

WHOLE_YEAR = Facts()
"""Full time, all year."""

STEPS_RULE = "fr.fmd.fonction_publique"
"""Steps of 30, 60 and 100 days: the civil service. Private agreements set their own."""


class DayStatus(StrEnum):
    """Whether a day counts, and if not, why."""

    COUNTED = "counted"
    ONE_WAY = "one_way"
    """Only there, or only back."""
    UNSURE = "unsure"
    """Both ways, and one of them below "likely"."""


@dataclass(frozen=True, slots=True)
class CommuteDay:
    """One day with a commute by a mode of the allowance.

    Attributes:
        day: Local day.
        status: Whether it counts.
        modes: Of its commutes, each once; ``carpool`` for a shared car.
        metres: Of these commutes.
        by_owner: Whether the owner's word decided any of it.
        trips: Their ids: the evidence of the day.
    """

    day: dt.date
    status: DayStatus
    modes: tuple[str, ...]
    metres: int
    by_owner: bool
    trips: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A number of days and what it gives."""

    days: Decimal
    amount: Decimal
    reached: bool


@dataclass(frozen=True, slots=True)
class Commute:
    """The commuting of a year.

    Attributes:
        year: Calendar year.
        until: Last day looked at.
        days: Days with a commute by a mode of the allowance, counted or not.
        steps: Of the rule, lowest first; empty where none was asked for.
        currency: Of the steps.
        rule: Id of the rule, or "".
        source: Of its numbers, or None.
        missing: Whole days to the next step; None after the last, or without steps.
        working_days_left: Days of work after ``until`` to 31 December, without
            holidays and leave; None before work hours are set.
        deadline: By when the declaration must reach HR.
        part_year: Whether presence lowered the days that the steps need.
        carpool: Trips by shared car, commutes or not, with what the registry would ask.
    """

    year: int
    until: dt.date
    days: tuple[CommuteDay, ...]
    steps: tuple[Step, ...]
    currency: str
    rule: str
    source: Source | None
    missing: int | None
    working_days_left: int | None
    deadline: dt.date
    part_year: bool = False
    carpool: tuple[CarpoolTrip, ...] = ()

    @property
    def counted(self) -> tuple[CommuteDay, ...]:
        """The days that count."""
        return tuple(day for day in self.days if day.status is DayStatus.COUNTED)

    def by_month(self) -> tuple[int, ...]:
        """Return how many days count in each of the twelve months."""
        months = Counter(day.day.month for day in self.counted)
        return tuple(months[month] for month in range(1, 13))


@dataclass(frozen=True, slots=True)
class Claim:
    """What the owner wants counted.

    Attributes:
        modes: That count; a car tagged ``carpool`` always does.
        rule: Id of a rule with steps of days, or "" for days alone.
        facts: Work quota and days of presence; the days are filled in.
    """

    modes: frozenset[Mode] = SOFT
    rule: str = STEPS_RULE
    facts: Facts = WHOLE_YEAR


def commute(vault: Vault, year: int, claim: Claim, *, until: dt.date) -> Commute:
    """Return the commuting of ``year`` up to ``until``; later days are days left.

    Raises:
        BadRuleForReportError: The rule has no steps.
        UnknownRuleError: No rule has this id.
        UnknownYearError: It knows nothing of that year.
    """
    last = min(until, dt.date(year, 12, 31))
    period = Period(dt.date(year, 1, 1), max(last, dt.date(year, 1, 1)))
    trips = described_trips(vault, period)
    days = commute_days(trips, claim.modes)
    counted = sum(day.status is DayStatus.COUNTED for day in days)
    steps, currency, source = _steps(claim, year, counted)
    ahead = next((step for step in steps if not step.reached), None)
    return Commute(
        year=year,
        until=last,
        days=days,
        steps=steps,
        currency=currency,
        rule=claim.rule,
        source=source,
        missing=math.ceil(ahead.days) - counted if ahead else None,
        working_days_left=_working_days(vault, last, dt.date(year, 12, 31)),
        deadline=dt.date(year, 12, 31),
        part_year=bool(steps) and claim.facts.present_days is not None,
        carpool=carpool_trips(trips),
    )


def commute_id(found: Commute) -> str:
    """Return a short name of the days: the same evidence, the same name."""
    said = [
        str(found.year),
        *(f"{day.day} {day.status} {' '.join(day.trips)}" for day in found.days),
    ]
    digest = digest_of(said)
    return f"{digest[:4]}-{digest[4:8]}"


def commute_days(
    trips: Iterable[DescribedTrip], modes: frozenset[Mode] = SOFT
) -> tuple[CommuteDay, ...]:
    """Return the days with a commute by ``modes``, in order; a whole day is there and back."""
    by_day: dict[str, list[DescribedTrip]] = {}
    for trip in trips:
        if trip.purpose is Purpose.COMMUTE and _mode_of(trip, modes):
            by_day.setdefault(trip.day, []).append(trip)
    return tuple(_day(day, by_day[day], modes) for day in sorted(by_day))


def _day(day: str, trips: list[DescribedTrip], modes: frozenset[Mode]) -> CommuteDay:
    ways = {_way(trip) for trip in trips}
    sure_ways = {_way(trip) for trip in trips if _is_sure(trip)}
    both = {PlaceKind.HOME, PlaceKind.WORK}
    status = DayStatus.COUNTED if sure_ways >= both else DayStatus.UNSURE
    return CommuteDay(
        day=dt.date.fromisoformat(day),
        status=status if ways >= both else DayStatus.ONE_WAY,
        modes=tuple(sorted({_mode_of(trip, modes) for trip in trips})),
        metres=sum(whole_metres(trip) for trip in trips),
        by_owner=any(trip.by_owner for trip in trips),
        trips=tuple(trip.trip.id for trip in trips),
    )


def _mode_of(trip: DescribedTrip, modes: frozenset[Mode]) -> str:
    """Return the word for how a commute was made, or "" where it does not count."""
    mode = trip.trip.main_leg.mode
    if mode in modes:
        return str(mode)
    return CARPOOL if is_carpool(trip) else ""


def _way(trip: DescribedTrip) -> PlaceKind | None:
    """Return where a commute went: to work, or home."""
    return trip.destination.kind if trip.destination else None


def _is_sure(trip: DescribedTrip) -> bool:
    return Sureness.of(trip.trip.main_leg.confidence).at_least(Sureness.LIKELY)


def _steps(claim: Claim, year: int, counted: int) -> tuple[tuple[Step, ...], str, Source | None]:
    if not claim.rule:
        return (), "", None
    found = rulebook.rule(claim.rule)
    version = found.in_year(year)[-1]
    if not isinstance(version.table, Steps):
        raise BadRuleForReportError(rule=claim.rule)
    steps = version.table.thresholds(claim.facts, year)
    reached = tuple(Step(days, amount, reached=counted >= days) for days, amount in steps)
    return reached, found.currency, version.source


def _working_days(vault: Vault, after: dt.date, last: dt.date) -> int | None:
    week = work_week(vault)
    if week is None:
        return None
    if after >= last:
        return 0
    off = days_off(week, Period(after, last))
    ahead = (after + dt.timedelta(days=n) for n in range(1, (last - after).days + 1))
    return sum(bool(week.hours[day.weekday()]) and day not in off for day in ahead)
