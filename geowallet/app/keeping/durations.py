"""Lengths of time as owners say them: ``90-days``, ``3-months``, ``6-years``."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from geowallet.model.errors import BadDurationError

_UNITS = ("day", "week", "month", "year")
_FORM = re.compile(rf"([1-9]\d{{0,3}})[- ]?({'|'.join(_UNITS)})s?", re.ASCII)

FOREVER = "forever"
"""The word for no end."""

_MOST_YEARS = 1_000


@dataclass(frozen=True, slots=True)
class Duration:
    """A whole number of days, weeks, months or years."""

    count: int
    unit: str

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read ``90-days``, ``1-month`` or ``6 years``.

        Raises:
            BadDurationError: It is none of these, or longer than a thousand years.
        """
        match = _FORM.fullmatch(text)
        if match is None or (match[2] == "year" and int(match[1]) > _MOST_YEARS):
            raise BadDurationError(duration=text[:32])
        return cls(int(match[1]), match[2])

    def __str__(self) -> str:
        return f"{self.count}-{self.unit}{'s' if self.count > 1 else ''}"

    def first_kept(self, today: dt.date) -> dt.date:
        """Return the first day that is kept on ``today``.

        Months and years go as whole months: three months keep at least three and less
        than four. So something goes once a month, and backups are replaced as seldom.
        """
        if self.unit in {"day", "week"}:
            days = self.count * (7 if self.unit == "week" else 1)
            return max(today, dt.date.min + dt.timedelta(days)) - dt.timedelta(days)
        months = self.count * (12 if self.unit == "year" else 1)
        first = max(today.year * 12 + today.month - 1 - months, 12)
        return dt.date(first // 12, first % 12 + 1, 1)
