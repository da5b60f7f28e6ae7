"""Entries of a calendar file (RFC 5545), for the hours in which the owner was at work.

The file is hostile as any other: `main` is meant to run in a child with bounded memory and
time (`geowallet.app.travel.calendars`), because no look at a recurrence rule tells how long the
library needs to find out that it never recurs.
"""

from __future__ import annotations

import datetime as dt
import json
import resource
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from geowallet.model.calendar import instant_us, zone_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_BYTES = 16 << 20
"""Of a file: some thirty years of a full calendar."""

MOST_ENTRIES = 20_000
"""Of the window, every recurrence counted: ten in each working day of eight years."""

LONGEST = dt.timedelta(days=31)
"""A longer entry is a season, not an appointment."""

MEMORY_BYTES = 1 << 30
"""Of the child: the library needs some 30 times the file."""

CPU_S = 30
"""Of the child: a full calendar of ten years takes about five."""

RECURRING = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
"""What appointments do. Hourly and faster are alarms, or an attack."""

TIMES = ("DTSTART", "DTEND", "DURATION", "RDATE", "EXDATE", "RECURRENCE-ID")
"""Properties without which it is not known when an entry is."""

LEAVE = (
    "leave",
    "vacation",
    "holiday",
    "holidays",
    "day off",
    "pto",
    "congé",
    "congés",
    "vacances",
    "rtt",
    "férié",
)
"""Words of whole-day entries that are days off, where the file itself does not say so."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One appointment, or one occurrence of it.

    Attributes:
        uid: As the file names it.
        start_us: Beginning, UTC microseconds.
        end_us: End.
        title: Its summary.
        location: Where it is, in the words of the file.
        busy: Whether it takes time: not cancelled, not marked as free.
        days_off: Local days it frees, as ``YYYY-MM-DD``.
    """

    uid: str
    start_us: int
    end_us: int
    title: str
    busy: bool
    days_off: tuple[str, ...] = ()
    location: str = ""


class TooManyError(Exception):
    """More entries than a person has."""


def read_calendar(
    data: bytes, *, first: dt.date, last: dt.date, zone: str, leave: Iterable[str] = LEAVE
) -> tuple[tuple[Entry, ...], int]:
    """Return the entries that begin on days of a window, and how many could not be read.

    Args:
        data: The whole file.
        first: First day.
        last: Last day, included.
        zone: IANA zone of times without one, and of days.
        leave: Words, as titles hold them, of whole-day entries that are days off.

    Raises:
        TooManyError: More than `MOST_ENTRIES`.
        ValueError: Not a calendar.
        ImportError: The extra ``calendar`` is not installed.
    """
    import icalendar  # noqa: PLC0415  an extra
    import recurring_ical_events  # noqa: PLC0415  an extra

    calendar = icalendar.Calendar.from_ical(data)
    if calendar.name != "VCALENDAR":
        raise ValueError("not a calendar")
    parts = calendar.subcomponents
    kept = [part for part in parts if not (_broken(part) or _explodes(part))]
    dropped = len(calendar.subcomponents) - len(kept)
    calendar.subcomponents = kept
    query = recurring_ical_events.of(calendar, skip_bad_series=True)
    words = tuple(word.casefold() for word in leave)
    entries: list[Entry] = []
    for start, stop in _years(first, last):
        for event in query.between(start, stop):
            entry = _entry(event, zone, words)
            if entry is None:
                dropped += 1
            else:
                entries.append(entry)
        if len(entries) > MOST_ENTRIES:
            raise TooManyError
    return tuple(sorted({*entries}, key=lambda e: (e.start_us, e.end_us, e.uid))), dropped


def main() -> None:
    """Read a request and a file from stdin, and write the entries as JSON to stdout.

    The request is one line of JSON with ``first``, ``last``, ``zone`` and ``leave``.
    """
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    asked = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read(MOST_BYTES + 1)
    first, last = (dt.date.fromisoformat(asked[key]) for key in ("first", "last"))
    answer: dict[str, Any] = {"too_many": True}
    with suppress(TooManyError):
        entries, dropped = read_calendar(
            data, first=first, last=last, zone=asked["zone"], leave=asked["leave"]
        )
        answer = {"entries": [asdict(entry) for entry in entries], "dropped": dropped}
    json.dump(answer, sys.stdout)


def _explodes(part: Any) -> bool:
    """Say whether an entry recurs faster than appointments do, or since before there were any."""
    rules = part.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        frequency = {str(word).upper() for word in rule.get("FREQ", [])}
        clock = [*rule.get("BYHOUR", []), *rule.get("BYMINUTE", []), *rule.get("BYSECOND", [])]
        start = part.get("DTSTART")
        if not frequency <= RECURRING or len(clock) > 3:
            return True
        if start is not None and getattr(start.dt, "year", 0) < 1970:
            return True
    return False


def _broken(part: Any) -> bool:
    """Say whether an entry has a time that cannot be read, or no beginning.

    One without a beginning would spoil all others; the rest would be left out unsaid.
    """
    from icalendar import vBroken, vDDDTypes  # noqa: PLC0415  an extra

    if part.name != "VEVENT":
        return False
    times = [part.get(name, ()) for name in TIMES]
    said = [time for some in times for time in (some if isinstance(some, list | tuple) else [some])]
    broken = any(isinstance(time, vBroken) for time in said)
    return broken or not isinstance(part.get("DTSTART"), vDDDTypes)


def _years(first: dt.date, last: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    """Yield the window in pieces, so that what explodes is noticed in the first."""
    while first <= last:
        after = min(first + dt.timedelta(days=366), last + dt.timedelta(days=1))
        yield first, after
        first = after


def _entry(event: Any, zone: str, leave: tuple[str, ...]) -> Entry | None:
    """Return one occurrence, or None where its times cannot be read."""
    start = event.get("DTSTART")
    if start is None:
        return None
    begins, stop = start.dt, event.get("DTEND")
    ends = stop.dt if stop is not None else begins
    whole_days = not isinstance(begins, dt.datetime)
    start_us, end_us = _instant(begins, zone), _instant(ends, zone)
    if end_us < start_us:
        return None
    title, location = (" ".join(str(event.get(n, "")).split()) for n in ("SUMMARY", "LOCATION"))
    free = str(event.get("TRANSP", "")).upper() == "TRANSPARENT"
    status = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper()
    cancelled = str(event.get("STATUS", "")).upper() == "CANCELLED"
    off: tuple[str, ...] = ()
    if whole_days and not cancelled and (status == "OOF" or _names(title, leave)):
        off = tuple(_days(begins, ends))
    short = end_us - start_us <= LONGEST / dt.timedelta(microseconds=1)
    busy = not (whole_days or free or cancelled or status == "FREE") and short
    return Entry(str(event.get("UID", "")), start_us, end_us, title, busy, off, location)


def _instant(when: Any, zone: str) -> int:
    if not isinstance(when, dt.datetime):
        when = dt.datetime.combine(when, dt.time())
    return instant_us(when if when.tzinfo else when.replace(tzinfo=zone_of(zone)))


def _days(first: dt.date, after: dt.date) -> Iterator[str]:
    """Yield the days of a whole-day entry; its end is not included, as RFC 5545 has it."""
    count = max((after - first).days, 1)
    for number in range(min(count, 366)):
        yield (first + dt.timedelta(days=number)).isoformat()


def _names(title: str, words: tuple[str, ...]) -> bool:
    """Say whether one of the words stands in a title, as a whole word."""
    plain = "".join(char if char.isalnum() else " " for char in title.casefold())
    return any(f" {word} " in f" {' '.join(plain.split())} " for word in words)


if __name__ == "__main__":
    main()
