"""Public holidays by country and subdivision."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from geowallet.model.errors import RuleDataError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

SAME_DAYS = {"FR-67": "FR-6AE", "FR-68": "FR-6AE"}
"""Bas-Rhin and Haut-Rhin have the days of Alsace (ISO 3166-2:FR lists all three)."""

YEARS = range(1970, 2200)
"""Years that are answered; holidays are set by law, and laws change."""


def public_holidays(code: str, years: Iterable[int]) -> frozenset[dt.date]:
    """Return the public holidays of ``years``.

    All of them, also those that fall on a weekend. In France they are the
    eleven days of the law, worked or not; in Moselle and Alsace (``FR-57``,
    ``FR-67``, ``FR-68``) Good Friday and 26 December too. (Good Friday is only
    given where a town has a Protestant or a mixed church: left in everywhere,
    so that a day is rather left out of an export than let out.)

    Args:
        code: Country (ISO 3166-1 alpha-2) or subdivision, such as ``FR``,
            ``FR-57``, ``GB-ENG``, ``DE-BY``; "" for none at all.
        years: Calendar years.

    Raises:
        RuleDataError: An unknown country or subdivision, or a year outside `YEARS`.

    Source:
        France: Code du travail, art. L3133-1; Alsace and Moselle: art. L3134-13.
        Dates: the library ``holidays``, category "public".
    """
    wanted = sorted(set(years))
    if not code or not wanted:
        return frozenset()
    if wanted[0] not in YEARS or wanted[-1] not in YEARS:
        raise RuleDataError(rule="holidays", reason="no data for that year")
    if not re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", code, flags=re.ASCII):
        raise RuleDataError(rule="holidays", reason="not a country code such as FR or FR-57")
    country, _, subdivision = SAME_DAYS.get(code, code).partition("-")
    from holidays import country_holidays  # noqa: PLC0415  250 countries: only when asked

    try:
        found = country_holidays(country, subdiv=subdivision or None, years=wanted)
    except NotImplementedError as error:
        raise RuleDataError(rule=f"holidays {code}", reason="unknown country or region") from error
    return frozenset(day for day in found if day.year in wanted)
