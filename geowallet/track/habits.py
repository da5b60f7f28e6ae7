"""What places look like, by when one is there: home, work, a client. Proposals, never facts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from geowallet.model.calendar import instant_us, local_time, zone_of
from geowallet.model.mobility import PlaceKind
from geowallet.model.words import N_, Phrase, phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.model.calendar import WorkWeek
    from geowallet.model.mobility import Stop

NIGHT_HOURS = (0, 6 * 60)
"""Local minutes of the day in which nearly everyone is at home (French time-use survey,
Insee 2010)."""

USUAL_WEEK = (((9 * 60, 17 * 60),),) * 5 + ((), ())
"""Local hours, Monday to Friday 9 to 17, in which most of the employed work."""

WHOLE_DAY = (0, 24 * 60)
"""Local minutes of a day."""

LUNCH_HOURS = (12 * 60, 14 * 60)
"""Local minutes of the day in which a stay is a meal (French time-use survey, Insee 2010)."""

FEWEST_NIGHTS = 2
"""A single night is a hotel."""

FREE_TIMES = 2.0
"""Who works at night is so many times longer at home than at work on days off."""

MOST_UNUSUAL = 0.69
"""Where nights and days off contradict each other, nothing is likely."""

FEWEST_WORK_DAYS = 3
"""Fewer days are a client."""

FEWEST_CLIENT_DAYS = 2
"""A place seen once is no habit."""

CLIENT_SHARE = 0.8
"""Least share of the time there, lunch left out, that falls into work hours: a shop or a
doctor is also seen in the evening and on Saturday."""

HOUR_US = 3_600_000_000
CLIENT_US = HOUR_US // 2
"""Half an hour of a working day: a delivery is shorter."""

SURE_AFTER = 20
"""Days after which a habit without exception is sure; before, it is likely at most."""


class Guess(NamedTuple):
    """What a place looks like."""

    kind: PlaceKind
    confidence: float
    reason: Phrase


@dataclass(frozen=True, slots=True)
class Habit:
    """When one is at one place.

    Attributes:
        nights: Days of which an hour of the night was spent there.
        work_days: Days of which an hour of the work hours was.
        client_days: Days of which half an hour of them was, lunch left out.
        work_us: Time in work hours.
        night_us: Time in nights.
        meal_us: Time at lunch, on days of work.
        all_us: Time at any hour.
        free_us: Time on days of the week without work hours.
    """

    nights: frozenset[dt.date]
    work_days: frozenset[dt.date]
    client_days: frozenset[dt.date]
    work_us: int
    night_us: int
    meal_us: int
    all_us: int
    free_us: int


def habit(stops: Sequence[Stop], zone: str, work: WorkWeek | None = None) -> Habit:
    """Return when one is at the place of ``stops``.

    Args:
        stops: Of one place.
        zone: IANA zone of nights and days.
        work: The owner's hours; None for those of most people.
    """
    hours = work.hours if work else USUAL_WEEK
    nights: set[dt.date] = set()
    work_days: set[dt.date] = set()
    apart_from_lunch: dict[dt.date, int] = {}
    night_us = work_us = meal_us = free_us = 0
    for stop in stops:
        day = local_time(stop.start_us, zone).date()
        last = local_time(stop.end_us, zone).date()
        while day <= last:
            night = _overlap_us(stop, day, [NIGHT_HOURS], zone)
            night_us += night
            if night >= HOUR_US:
                nights.add(day)
            spans = hours[day.weekday()]
            if not spans:
                free_us += _overlap_us(stop, day, [WHOLE_DAY], zone)
            inside = _overlap_us(stop, day, spans, zone)
            meal = _overlap_us(stop, day, _common(spans, LUNCH_HOURS), zone)
            work_us, meal_us = work_us + inside, meal_us + meal
            apart_from_lunch[day] = apart_from_lunch.get(day, 0) + inside - meal
            if inside >= HOUR_US:
                work_days.add(day)
            day += dt.timedelta(days=1)
    return Habit(
        nights=frozenset(nights),
        work_days=frozenset(work_days),
        client_days=frozenset(d for d, us in apart_from_lunch.items() if us >= CLIENT_US),
        work_us=work_us,
        night_us=night_us,
        meal_us=meal_us,
        all_us=sum(stop.end_us - stop.start_us for stop in stops),
        free_us=free_us,
    )


def guesses(habits: Sequence[Habit]) -> dict[int, Guess]:
    """Return what places look like, by their number.

    At most one looks like home (most nights) and at most one like work (most work
    hours, and not home). Others where one was on several days, half an hour or more,
    and nearly always in work hours, look like clients.
    """
    found: dict[int, Guess] = {}
    everyone = range(len(habits))
    nights = frozenset(day for one in habits for day in one.nights)
    home = max(everyone, key=lambda n: (len(habits[n].nights), habits[n].night_us), default=None)
    if home is not None and len(habits[home].nights) >= FEWEST_NIGHTS:
        by_day = _lived_in_by_day(habits, home)
        if by_day is None:
            found[home] = _home(habits[home], len(nights))
        else:
            found[by_day] = _home_by_day(habits[by_day])
    others = [n for n in everyone if n not in found]
    work_days = frozenset(day for n in others for day in habits[n].work_days)
    work = max(others, key=lambda n: habits[n].work_us, default=None)
    if work is not None and len(habits[work].work_days) >= FEWEST_WORK_DAYS:
        found[work] = _work(habits[work], len(work_days))
    for number in others:
        if number not in found and _is_client(habits[number]):
            found[number] = _client(habits[number])
    return found


def _lived_in_by_day(habits: Sequence[Habit], nightly: int) -> int | None:
    """Return the home of who works at night at ``nightly``: longer there, and on days off."""
    known = habits[nightly]
    found = max(range(len(habits)), key=lambda n: habits[n].free_us)
    seen = habits[found]
    if found == nightly or len(seen.nights) < FEWEST_NIGHTS:
        return None
    longer = seen.all_us - seen.free_us > known.all_us - known.free_us
    return found if longer and seen.free_us >= FREE_TIMES * known.free_us else None


def _home_by_day(seen: Habit) -> Guess:
    text = N_("most time and most days off are spent here, though {nights} nights only")
    return Guess(PlaceKind.HOME, MOST_UNUSUAL, phrase(text, nights=len(seen.nights)))


def _home(seen: Habit, of: int) -> Guess:
    text = N_("{nights} of {total} nights are spent here")
    reason = phrase(text, nights=len(seen.nights), total=of)
    return Guess(PlaceKind.HOME, _share(len(seen.nights), of), reason)


def _work(seen: Habit, of: int) -> Guess:
    text = N_("here in work hours on {days} of {total} weekdays away from home")
    reason = phrase(text, days=len(seen.work_days), total=of)
    return Guess(PlaceKind.WORK, _share(len(seen.work_days), of), reason)


def _is_client(seen: Habit) -> bool:
    counted_us = seen.all_us - seen.meal_us
    in_hours_us = seen.work_us - seen.meal_us
    return (
        len(seen.client_days) >= FEWEST_CLIENT_DAYS
        and not seen.nights
        and in_hours_us >= CLIENT_SHARE * counted_us
    )


def _client(seen: Habit) -> Guess:
    """A doctor is there at these hours too: never surer than likely."""
    days = len(seen.client_days)
    reason = phrase(N_("here on {days} weekdays, in work hours only"), days=days)
    return Guess(PlaceKind.CLIENT, min(days / (days + 2), 0.85), reason)


def _share(days: int, of: int) -> float:
    """Return a cautious share: few days are never sure."""
    return days / of * (days + 1) / (days + 1 + SURE_AFTER / 10) if of else 0.0


def _overlap_us(stop: Stop, day: dt.date, spans: Sequence[tuple[int, int]], zone: str) -> int:
    """Return how much of a stop lies in spans of a day, in minutes after its midnight."""
    midnight = dt.datetime.combine(day, dt.time(), tzinfo=zone_of(zone))
    total = 0
    for span in spans:
        start_us, end_us = (instant_us(midnight + dt.timedelta(minutes=m)) for m in span)
        total += max(min(end_us, stop.end_us) - max(start_us, stop.start_us), 0)
    return total


def _common(spans: Sequence[tuple[int, int]], other: tuple[int, int]) -> list[tuple[int, int]]:
    found = ((max(a, other[0]), min(b, other[1])) for a, b in spans)
    return [(a, b) for a, b in found if a < b]
