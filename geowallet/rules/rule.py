"""A rule of law: its versions, each with the days on which it holds and its source."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.model.errors import UnknownYearError

if TYPE_CHECKING:
    from decimal import Decimal

    from geowallet.rules.commute import Commute
    from geowallet.rules.fmd import Ceiling, Steps
    from geowallet.rules.scale import Scale

    Table = Scale | Commute | Steps | Ceiling


@dataclass(frozen=True, slots=True)
class Source:
    """Where the numbers were read.

    Attributes:
        title: Of the text, in its own language.
        url: Of the page that was read.
        kind: ``primary`` for the official text, ``secondary`` for any other.
    """

    title: str
    url: str
    kind: str

    def __str__(self) -> str:
        return f"{self.title} ({self.kind}), {self.url}"


@dataclass(frozen=True, slots=True)
class Version:
    """What the law says from one day to another.

    Attributes:
        valid_from: First day.
        valid_until: Last day for which the source was seen to say so, not the day
            on which the law ends.
        checked_on: When somebody last compared the numbers with the source.
        source: Where they stand.
        table: The numbers.
    """

    valid_from: dt.date
    valid_until: dt.date
    checked_on: dt.date
    source: Source
    table: Table


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with all its versions.

    Attributes:
        id: Such as ``fr.bareme_kilometrique.voiture``.
        title: In the language of the law; never translated.
        currency: ISO 4217.
        unit: What is counted: ``km``, ``mi`` or ``day``.
        rounding: Amounts are rounded to a multiple of it, half up.
        year_starts: Month and day on which its year begins.
        payroll_lag_years: How many years later payroll uses a year's table.
        versions: In order of time, never two on one day.
    """

    id: str
    title: str
    currency: str
    unit: str
    rounding: Decimal
    year_starts: tuple[int, int]
    payroll_lag_years: int
    versions: tuple[Version, ...]

    def first_day(self, year: int) -> dt.date:
        """Return the day on which the rule's year begins."""
        return dt.date(year, *self.year_starts)

    def last_day(self, year: int) -> dt.date:
        """Return the last day of the rule's year, which may fall in the next."""
        return self.first_day(year + 1) - dt.timedelta(days=1)

    def years(self) -> tuple[int, ...]:
        """Return every year of which something is known, rising."""
        first = self.versions[0].valid_from.year - 1
        last = self.versions[-1].valid_until.year
        return tuple(year for year in range(first, last + 1) if self._touching(year))

    def in_year(self, year: int) -> tuple[Version, ...]:
        """Return the versions that hold on some day of the rule's year.

        Raises:
            UnknownYearError: There is none; it says which years are known.
        """
        found = self._touching(year)
        if not found:
            raise UnknownYearError(rule=self.id, year=str(year), known=spans(self.years()))
        return found

    def for_payroll(self, year: int) -> tuple[Version, ...]:
        """Return the versions that payroll uses in a calendar year.

        Raises:
            UnknownYearError: As `in_year`.
        """
        return self.in_year(year - self.payroll_lag_years)

    def _touching(self, year: int) -> tuple[Version, ...]:
        if not dt.MINYEAR < year < dt.MAXYEAR:
            return ()
        first, last = self.first_day(year), self.last_day(year)
        return tuple(v for v in self.versions if v.valid_from <= last and first <= v.valid_until)


def spans(years: tuple[int, ...]) -> str:
    """Return years as people write them: ``2019-2021, 2023``."""
    parts: list[list[int]] = []
    for year in years:
        if parts and year == parts[-1][1] + 1:
            parts[-1][1] = year
        else:
            parts.append([year, year])
    return ", ".join(f"{a}-{b}" if a != b else str(a) for a, b in parts)
