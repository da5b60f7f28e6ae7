"""Text and numbers to instants, and what they say about their zone.

`parse_instant` takes what ``datetime.fromisoformat`` takes (fast), then the
spellings met in real files: blanks for ``T``, slashes, a comma before the
fraction, a zone name in brackets, second 60, hour 24.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from geowallet.model.fixes import TimeKind

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  subtracted from naive values only
_SHORTEST = len("20260301T0800")
"""A date alone is not an instant."""

_ODD = re.compile(
    r"(?P<year>\d{4})[-/.: ](?P<month>\d{1,2})[-/.: ](?P<day>\d{1,2})[T_, ]\s*"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,](?P<fraction>\d+))?)?"
    r"\s*(?P<zone>Z|UTC|GMT|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?)?\s*(?:\[[\w/+-]+\])?",
    re.ASCII | re.IGNORECASE,
)

_SECOND_US = 1_000_000


def parse_instant(text: str) -> tuple[int, TimeKind]:
    """Microseconds since the epoch, and the kind of time.

    A `TimeKind.NAIVE` value is the wall clock counted as if it were UTC: shift
    it by its zone before use.

    Raises:
        ValueError: Not a date with a time of day; the text is not repeated.
    """
    text = text.strip()
    if len(text) < _SHORTEST:
        raise ValueError("not an instant")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _odd_instant(text)
    zone = moment.tzinfo
    since = moment.replace(tzinfo=None) - _EPOCH
    time_us = (since.days * 86_400 + since.seconds) * _SECOND_US + since.microseconds
    if zone is None:
        return time_us, TimeKind.NAIVE
    if zone is UTC:
        return time_us, TimeKind.UTC
    return time_us - _offset_us(moment), TimeKind.OFFSET


def _offset_us(moment: datetime) -> int:
    offset = moment.utcoffset() or timedelta()
    return offset // timedelta(microseconds=1)


def _odd_instant(text: str) -> tuple[int, TimeKind]:
    match = _ODD.fullmatch(text)
    if match is None:
        raise ValueError("not an instant")
    day = datetime(int(match["year"]), int(match["month"]), int(match["day"]))  # noqa: DTZ001
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second)):
        raise ValueError("not a time of day")
    fraction_us = int((match["fraction"] or "0")[:6].ljust(6, "0"))
    time_us = ((day - _EPOCH).days * 86_400 + hour * 3_600 + minute * 60 + second) * _SECOND_US
    return _shifted(time_us + fraction_us, match["zone"])


def _shifted(time_us: int, zone: str | None) -> tuple[int, TimeKind]:
    if zone is None:
        return time_us, TimeKind.NAIVE
    digits = re.sub(r"[^\d+-]", "", zone)
    if not digits:
        return time_us, TimeKind.UTC
    number = digits[1:]
    hours, minutes = (int(number), 0) if len(number) <= 2 else (int(number[:-2]), int(number[-2:]))
    sign = -1 if digits[0] == "-" else 1
    offset = timezone(sign * timedelta(hours=hours, minutes=minutes)).utcoffset(None)
    return time_us - offset // timedelta(microseconds=1), TimeKind.OFFSET


def epoch_us(value: float) -> int:
    """Microseconds from an epoch number in seconds, ms, us or ns, told apart by size.

    Raises:
        ValueError: Too small to be an epoch of any recorded trace (a day count,
            a time since switch-on), or not finite.
    """
    size = abs(value)
    if not 1e8 <= size < 1e19:
        raise ValueError("not an epoch")
    for limit, scale in _EPOCH_SCALES:
        if size < limit:
            return value * scale if isinstance(value, int) else round(value * scale)
    return int(value // 1000)


_EPOCH_SCALES = ((1e11, 1_000_000), (1e14, 1_000), (1e17, 1))
"""Seconds reach 1e11 in the year 5138; milliseconds are past it since 1973."""


def local_to_utc_us(local_us: int, zone: ZoneInfo) -> int:
    """UTC microseconds of a wall-clock value; the earlier one where the clock was set back.

    Raises:
        ValueError: Outside the years of the calendar.
    """
    try:
        moment = (_EPOCH + timedelta(microseconds=local_us)).replace(tzinfo=zone)
        return local_us - _offset_us(moment)
    except OverflowError as error:
        raise ValueError("outside the calendar") from error
