"""Times of day that get their date from elsewhere in the file, over midnight."""

from __future__ import annotations

from datetime import date

DAY_US = 86_400_000_000
_EPOCH = date(1970, 1, 1).toordinal()


def date_us(year: int, month: int, day: int) -> int:
    """Return microseconds from the epoch to the start of a day in UTC.

    Raises:
        ValueError: No such day.
    """
    return (date(year, month, day).toordinal() - _EPOCH) * DAY_US


def time_of_day_us(text: str) -> int:
    """Return microseconds since midnight of ``hhmmss``, with or without a fraction.

    Raises:
        ValueError: Not a time of day.
    """
    whole, _, fraction = text.partition(".")
    if len(whole) != 6 or not (whole + fraction).isdigit() or not text.isascii():
        raise ValueError("not a time of day")
    hour, minute, second = int(whole[:2]), int(whole[2:4]), int(whole[4:])
    if hour > 23 or minute > 59 or second > 60:
        raise ValueError("not a time of day")
    return (hour * 3_600 + minute * 60 + second) * 1_000_000 + int(fraction[:6].ljust(6, "0"))


class Clock:
    """Follows a stream of times of day from the last date it was told."""

    __slots__ = ("_day_us", "_last_us")

    def __init__(self) -> None:
        self._day_us: int | None = None
        self._last_us: int | None = None

    def begin_day(self, midnight_us: int) -> None:
        """Take a date: the next time of day is of this day, whatever came before."""
        self._day_us = midnight_us

    def set(self, midnight_us: int, time_us: int) -> None:
        """Take a date and the time of day that belongs to it."""
        self._day_us, self._last_us = None, midnight_us + time_us

    def instant_us(self, time_us: int) -> int | None:
        """Return the instant nearest to the last one, or None before the first date.

        A time of day half a day or more behind the last one is of the next day;
        half a day or more ahead, of the day before.
        """
        if self._day_us is not None:
            self.set(self._day_us, time_us)
        if self._last_us is None:
            return None
        midnight_us = self._last_us - self._last_us % DAY_US
        ahead_us = time_us - self._last_us % DAY_US
        if ahead_us <= -DAY_US // 2:
            midnight_us += DAY_US
        elif ahead_us >= DAY_US // 2:
            midnight_us -= DAY_US
        self._last_us = midnight_us + time_us
        return self._last_us
