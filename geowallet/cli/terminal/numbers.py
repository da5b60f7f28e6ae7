"""Numbers, dates and durations as the reader's language writes them.

Babel is imported where it is used: help must not wait for it.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from geowallet.cli.terminal.language import _, language
from geowallet.model.calendar import local_time

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from geowallet.model.calendar import Period

NO_BREAK = "\N{NO-BREAK SPACE}"


def km(metres: float) -> str:
    """Return kilometres with one decimal and the unit: ``5,224.0 km``, ``5 224,0 km``."""
    return f"{kilometres(metres)}{NO_BREAK}km"


def kilometres(metres: float) -> str:
    """Return kilometres with one decimal, without the unit, for a column."""
    from babel.numbers import format_decimal

    return format_decimal(metres / 1000, format="#,##0.0", locale=language)


def count(number: int) -> str:
    """Return an integer with its thousands set apart."""
    from babel.numbers import format_decimal

    return format_decimal(number, locale=language)


def decimal(number: float, places: int) -> str:
    """Return a number with so many decimals: ``1,234.5``, ``1 234,5``."""
    from babel.numbers import format_decimal

    return format_decimal(number, format=f"#,##0.{'0' * places}", locale=language)


def money(amount: Decimal, currency: str) -> str:
    """Return an amount with its cents and its currency: ``€5,679.00``, ``5 679,00 €``."""
    from babel.numbers import format_currency

    return format_currency(amount, currency, locale=language)


def exact(number: Decimal) -> str:
    """Return a rate or a limit with all its decimals, and its thousands set apart."""
    from babel.numbers import format_decimal

    places = max(0, -int(number.as_tuple().exponent))
    return format_decimal(number, format=f"#,##0.{'0' * places}", locale=language)


def percent(share: float) -> str:
    """Return a share (0 to 1) in whole percent, rounded down: never surer than it is."""
    return f"{int(share * 100 + 1e-9)}{NO_BREAK}%"


def day(date: dt.date) -> str:
    """Return a full date in words: ``5 Oct 2026``, ``5 oct. 2026``."""
    from babel.dates import format_date

    text = format_date(date, format="d MMM y", locale=language)
    # "1er mai": the first of a month is an ordinal in French, and only the first.
    return f"1er{text[1:]}" if language == "fr" and date.day == 1 else text


def weekday(date: dt.date) -> str:
    """Return a short day of the month for a column: ``Mon 05``, ``lun. 05``."""
    from babel.dates import format_date

    return format_date(date, format="EEE dd", locale=language)


def period_words(period: Period) -> str:
    """Return a period as people say it: a month or a year by name, else its two days."""
    text = str(period)
    if len(text) == len("2026-10"):
        return month(text)
    if len(text) == len("2026"):
        return text
    return _("{first} to {last}", first=day(period.first), last=day(period.last))


def month(text: str) -> str:
    """Return ``2026-10`` as ``October 2026`` or ``octobre 2026``."""
    from babel.dates import format_skeleton

    first = dt.date.fromisoformat(f"{text}-01")
    return format_skeleton("yMMMM", first, locale=language)


def month_name(first: dt.date) -> str:
    """Return a month by its first day: ``May``, ``mai``; ``6 May`` where that is no 1st."""
    from babel.dates import format_date

    return format_date(first, format="LLLL" if first.day == 1 else "d MMMM", locale=language)


def clock(time_us: int, zone: str) -> str:
    """Return the local time of day, ``08:02``."""
    return local_time(time_us, zone).strftime("%H:%M")


def moment(time_us: int, zone: str) -> str:
    """Return a local date and time in words."""
    from babel.dates import format_datetime

    return format_datetime(local_time(time_us, zone), "EEE d MMM y, HH:mm", locale=language)


def enumeration(words: Sequence[str]) -> str:
    """Return words as a list: ``a, b and c``; empty for none."""
    from babel.lists import format_list

    return format_list(list(words), locale=language)
