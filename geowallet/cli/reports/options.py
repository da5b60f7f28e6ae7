"""What the owner asks of a report: periods, modes, quotas."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from geowallet.model.calendar import Period
from geowallet.model.errors import BadOptionError, BadPeriodError

if TYPE_CHECKING:
    from geowallet.app.reports.commute import Claim
    from geowallet.vault.store import Vault

FIRST_YEAR, LAST_YEAR = 1980, 2100
"""Years that a trace may lie in: GPS begins in 1980."""

NO_RULE = "none"
"""Says that days are wanted without steps."""


def span_of(vault: Vault, text: str, *, crossing: bool = False) -> Period:
    """Return the period that was asked for, or the newest month with trips.

    Args:
        vault: The open wallet.
        text: As it was written, or "".
        crossing: Whether it may lie in two calendar years, as a British tax year does.

    Raises:
        BadPeriodError: It cannot be read, or lies in two calendar years.
    """
    from geowallet.app.travel.trips import described_trips
    from geowallet.cli.reports.hand_over import today

    if text:
        period = Period.parse(text)
        if period.first.year != period.last.year and not crossing:
            raise BadPeriodError(period=text)
        return period
    trips = described_trips(vault)
    newest = trips[-1].day if trips else today().isoformat()
    return Period.parse(newest[:7])


def year_of(number: int) -> int:
    """Return the calendar year that was asked for; this one for 0.

    Raises:
        BadOptionError: No year of a trace.
    """
    from geowallet.cli.reports.hand_over import today

    if number and not FIRST_YEAR <= number <= LAST_YEAR:
        raise BadOptionError(option="--year", reason=f"{FIRST_YEAR}..{LAST_YEAR}")
    return number or today().year


def claim_of(modes: str, rule: str, quota: str, present_days: int) -> Claim:
    """Return what is to be counted, checked.

    Raises:
        BadOptionError: An unknown mode, or a quota that is not above 0 and at most 100.
    """
    from geowallet.app.reports.commute import SOFT, Claim
    from geowallet.cli.travel.trip import check_word
    from geowallet.model.mobility import Mode
    from geowallet.rules.facts import Facts

    names = [name.strip() for name in modes.split(",") if name.strip()]
    for name in names:
        check_word("--modes", name, list(Mode))
    try:
        percent = Decimal(quota.replace(",", "."))
    except InvalidOperation as error:
        raise BadOptionError(option="--quota", reason="0..100") from error
    if not 0 < percent <= 100 or not 0 <= present_days <= 366:
        raise BadOptionError(option="--quota, --present-days", reason="0..100, 0..366")
    facts = Facts(quota_percent=percent, present_days=present_days or None)
    chosen = frozenset(Mode(name) for name in names) or SOFT
    return Claim(chosen, "" if rule == NO_RULE else rule, facts)
