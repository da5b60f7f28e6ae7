"""Use case: what would leave under terms, found without signing or writing anything.

Preview and export run the same `prepare`; an export then only signs, seals and
writes what was shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geowallet.app.evidence.levels import STAMPED, grounds
from geowallet.app.settings import days_off, named_places, required_work_week, work_week
from geowallet.app.sharing.receipts import receipts
from geowallet.app.travel.calendars import calendar_days_off, calendars
from geowallet.app.travel.trips import described_trips
from geowallet.contracts.offer import terms_digest
from geowallet.contracts.result import check_result, job_for, leak_bits
from geowallet.contracts.select import select
from geowallet.evaluator.host import run
from geowallet.model.errors import PlacesMissingError
from geowallet.model.mobility import PlaceKind, Purpose

if TYPE_CHECKING:
    from geowallet.app.evidence.levels import Grounds
    from geowallet.contracts.result import Result
    from geowallet.contracts.select import Selected
    from geowallet.contracts.syntax import Terms
    from geowallet.model.calendar import Period
    from geowallet.vault.store import Vault


@dataclass(frozen=True, slots=True)
class Prepared:
    """What would leave, and what would not.

    Attributes:
        terms: The terms applied.
        period: Days it speaks of.
        selected: Rows, and what was left out or waits, with the reasons.
        result: The checked figures: exactly what leaves.
        bits: Upper bound of what the figures reveal.
        new_recipient: Whether nothing was ever exported under these terms.
        grounds: What each trip above L0 rests on, by its id; empty where the
            terms ask for no level.
    """

    terms: Terms
    period: Period
    selected: Selected
    result: Result
    bits: float
    new_recipient: bool
    grounds: dict[str, Grounds] = field(default_factory=dict)


def prepare(vault: Vault, terms: Terms, period: Period) -> Prepared:
    """Select, evaluate in the confined process, and check: nothing is written.

    Raises:
        WorkWeekMissingError: Business trips are asked for, and no hours are set.
        PlacesMissingError: Commutes are asked for, or kept apart, and home or
            work has no name.
        PeriodRefusedError: The terms do not cover ``period``.
        SandboxError: The evaluation cannot be confined here.
        ResultRefusedError: The evaluation gave what the terms do not name.
    """
    job = job_for(terms, period)
    _check_purposes(vault, terms)
    week, window = work_week(vault), terms.select.window
    off = days_off(window, period) | (week.leave if week else frozenset())
    off |= calendar_days_off(calendars(vault))
    trips = described_trips(vault, period, zone=window.zone if window else "")
    found = grounds(vault, [one.trip for one in trips]) if terms.min_assurance != "L0" else {}
    levels = dict.fromkeys(found, STAMPED)
    selected = select(terms, trips, period, days_off=off, levels=levels)
    raw = run(job.as_json(), [row.as_json() for row in selected.rows])
    result = check_result(terms, period, raw)
    before = any(receipt.terms_sha256 == terms_digest(terms) for receipt in receipts(vault))
    bits = leak_bits(terms, period)
    return Prepared(terms, period, selected, result, bits, not before, found)


def _check_purposes(vault: Vault, terms: Terms) -> None:
    """Refuse to count what the wallet cannot know yet: a zero would look like a figure.

    Business needs both too: without home and work a commute would pass for it.
    """
    asked = set(terms.select.purposes)
    if Purpose.BUSINESS in asked:
        required_work_week(vault)
    kinds = {place.kind for place in named_places(vault)}
    if (
        asked & {Purpose.COMMUTE, Purpose.BUSINESS}
        and not {
            PlaceKind.HOME,
            PlaceKind.WORK,
        }
        <= kinds
    ):
        raise PlacesMissingError
