"""Dates as people write them, day first or month first, which only the whole column can tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from geowallet.connectors.fields.instants import parse_instant
from geowallet.connectors.fields.months import month_of

if TYPE_CHECKING:
    from geowallet.model.fixes import TimeKind

_WRITTEN = re.compile(
    r"(?P<a>\d{1,2})(?P<mark>[/.-])(?P<b>\d{1,2})(?P=mark)(?P<c>\d{4}|\d{2})[ T,]\s*"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?P<rest>:\d{1,2}(?:[.,]\d+)?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{1,2}:?(?:\d{2})?)?",
    re.ASCII,
)

_NAMED = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?(?P<day>\d{1,2})[ -](?P<month>[^\W\d_]{3,10})\.?[ -]"
    r"(?P<year>\d{4}),?\s+"
    r"(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
)

DATE_ORDERS = ("dmy", "mdy", "ymd")


class OrderNeededError(ValueError):
    """A date that can be read in two ways, and nothing yet tells which."""


def order_shown_by(text: str) -> str | None:
    """Return the order that this one date proves, or None.

    With a year of two digits nothing is proved: 24/06/15 may be 2024 or 2015.
    """
    match = _WRITTEN.fullmatch(text.strip())
    if match is None or len(match["c"]) == 2:
        return None
    first, second = int(match["a"]), int(match["b"])
    if first > 12 >= second:
        return "dmy"
    return "mdy" if second > 12 >= first else None


def written_instant(text: str, order: str | None) -> tuple[int, TimeKind]:
    """Return an instant as `parse_instant`, from a date such as 31/12/2026 8:05 pm.

    Args:
        text: Date and time of day; points between the parts mean day first.
        order: One of `DATE_ORDERS`, or None if it is not known yet.

    Raises:
        OrderNeededError: ``order`` is None and the date can be read in two ways.
        ValueError: Not such a date.
    """
    match = _WRITTEN.fullmatch(text.strip())
    if match is None:
        raise ValueError("not a written date")
    a, b, c = match["a"], match["b"], match["c"]
    if order is None and match["mark"] == ".":
        order = "dmy"
    if order is None and (a != b or len(c) == 2):
        raise OrderNeededError
    if order == "ymd":
        if len(c) == 4:
            raise ValueError("the year is last")
        year, month, day = a, b, c
    else:
        year, month, day = (c, a, b) if order == "mdy" else (c, b, a)
    hour = _hour(int(match["hour"]), match["half"])
    clock = f"{hour:02d}:{match['minute']}{match['rest'] or ''}{match['zone'] or ''}"
    return parse_instant(f"{_century(year)}-{month.zfill(2)}-{day.zfill(2)} {clock}")


def named_month_instant(text: str) -> tuple[int, TimeKind] | None:
    """Return an instant as `parse_instant` from "Mon, 04 May 2026 08:00:10 GMT", else None.

    Raises:
        ValueError: It looks like one, but there is no such month or day.
    """
    match = _NAMED.fullmatch(text.strip())
    if match is None:
        return None
    day = f"{match['year']}-{month_of(match['month']):02d}-{int(match['day']):02d}"
    return parse_instant(f"{day} {match['clock'].zfill(5)}{match['zone'] or ''}")


def _hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError("not an hour of half a day")
    return hour % 12 + (12 if half[0] in "Pp" else 0)


def _century(year: str) -> str:
    """Return four digits; two digits mean 1980 (when GPS began) to 2079."""
    if len(year) == 4:
        return year
    number = int(year)
    return str(number + (1900 if number >= 80 else 2000))
