"""Periods, work weeks, and local days."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from geowallet.model.errors import BadPeriodError, BadWorkWeekError, BadZoneError
from geowallet.model.words import N_

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Names of the days, Monday first, as `datetime.date.weekday` counts."""

_JOURS = ("lun", "mar", "mer", "jeu", "ven", "sam", "dim")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Whole local days, both ends included.

    Attributes:
        first: First day.
        last: Last day, not before the first.
    """

    first: dt.date
    last: dt.date

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read ``2026``, ``2026-10``, ``2026-10-05``, or two of them as ``A..B``.

        Raises:
            BadPeriodError: It is none of these, or ends before it begins.
        """
        first, _, last = text.partition("..")
        period = cls(_bounds(first, text)[0], _bounds(last or first, text)[1])
        if period.last < period.first:
            raise BadPeriodError(period=text)
        return period

    def __str__(self) -> str:
        for form in ("%Y", "%Y-%m", "%Y-%m-%d"):
            text = self.first.strftime(form)
            if _bounds(text, text) == (self.first, self.last):
                return text
        return f"{_shortest_start(self.first)}..{_shortest_end(self.last)}"

    def __contains__(self, day: dt.date) -> bool:
        return self.first <= day <= self.last

    def months(self) -> tuple[str, ...]:
        """Return the months it touches, as ``YYYY-MM``, in order."""
        start = self.first.year * 12 + self.first.month - 1
        stop = self.last.year * 12 + self.last.month - 1
        return tuple(f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(start, stop + 1))


@dataclass(frozen=True, slots=True)
class WorkWeek:
    """Hours of work in local time, with the days that are not worked.

    Attributes:
        hours: Seven tuples, Monday first, of ``(start, end)`` minutes after
            local midnight, ascending, 0 to 1,440.
        zone: IANA time zone.
        holidays: Country (ISO 3166-1 alpha-2) or subdivision as ``FR`` or
            ``FR-57``, "" for none.
        leave: Days off, beside the holidays.

    Raises:
        BadWorkWeekError: Not seven days, or hours that overlap.
        BadZoneError: An unknown zone.
    """

    hours: tuple[tuple[tuple[int, int], ...], ...]
    zone: str
    holidays: str = ""
    leave: frozenset[dt.date] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        if len(self.hours) != len(WEEKDAYS):
            raise BadWorkWeekError(reason=N_("seven days are needed"))
        for spans in self.hours:
            flat = [minute for span in spans for minute in span]
            rising = all(a < b for a, b in pairwise(flat))
            if not rising or any(not 0 <= minute <= 1440 for minute in flat):
                raise BadWorkWeekError(reason=N_("hours must rise from 00:00 to 24:00"))
        zone_of(self.zone)


@dataclass(frozen=True, slots=True, order=True)
class Busy:
    """An interval of the owner's calendar.

    Attributes:
        start_us: Beginning, UTC microseconds.
        end_us: End, not before it.
        chosen: Whether the owner picked it by a word, as one of work.
        title: What it is called, or "" where titles are not kept.
        label: Keyed mark that says which entry it is, and to nobody else what.
        clients: Names of places of clients that its title or place names.
    """

    start_us: int
    end_us: int
    chosen: bool = False
    title: str = ""
    label: str = ""
    clients: tuple[str, ...] = ()


@lru_cache(maxsize=64)
def weekday_of(name: str) -> int:
    """Return the number of a day, Monday 0, by its short name in English or French.

    Raises:
        ValueError: No day.
    """
    short = name.casefold().rstrip(".")
    return (_JOURS if short in _JOURS else WEEKDAYS).index(short)


def zone_of(name: str) -> ZoneInfo:
    """Return the IANA time zone ``name``.

    Raises:
        BadZoneError: No such zone.
    """
    if not re.fullmatch(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}", name):
        raise BadZoneError
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise BadZoneError from error


def local_time(time_us: int, zone: str) -> dt.datetime:
    """Return the local wall clock at ``time_us`` (UTC microseconds) in ``zone``."""
    utc = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=time_us)
    return utc.astimezone(zone_of(zone))


def instant_us(when: dt.datetime) -> int:
    """Return an aware ``when`` as UTC microseconds since the epoch, exactly."""
    return (when - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)


def _bounds(text: str, whole: str) -> tuple[dt.date, dt.date]:
    match = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", text, flags=re.ASCII)
    if not match:
        raise BadPeriodError(period=whole)
    year, month, day = (int(part) if part else 0 for part in match.groups())
    try:
        first = dt.date(year, month or 1, day or 1)
    except ValueError as error:
        raise BadPeriodError(period=whole) from error
    if day:
        return first, first
    month = month or 12
    return first, dt.date(year, month, calendar.monthrange(year, month)[1])


def _shortest_start(day: dt.date) -> str:
    return day.strftime("%Y-%m") if day.day == 1 else day.isoformat()


def _shortest_end(day: dt.date) -> str:
    last = calendar.monthrange(day.year, day.month)[1]
    return day.strftime("%Y-%m") if day.day == last else day.isoformat()
