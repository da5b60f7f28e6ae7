"""Use case: which trips of a wallet given terms select, and how they were driven."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from geowallet.app.evidence.levels import grounds
from geowallet.app.intake.sources import fixes_between, sources
from geowallet.app.settings import days_off, named_places, required_work_week, work_week
from geowallet.app.sharing.selecting_columns import columns_tell, select_columns
from geowallet.app.travel.calendars import calendar_days_off, calendars
from geowallet.app.travel.columns import described_columns
from geowallet.app.travel.driving import best_of
from geowallet.app.travel.trips import described_trips
from geowallet.app.vehicles.statements import agreeing
from geowallet.contracts.evaluation.rows import EVENTS, LEVELS
from geowallet.contracts.evaluation.select import select
from geowallet.contracts.terms.parts import UNSEEN, Driven
from geowallet.driving.exposure import drive_of, exposure_of
from geowallet.model.errors import PlacesMissingError
from geowallet.model.mobility import PlaceKind, Purpose

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from geowallet.app.evidence.levels import Grounds
    from geowallet.app.intake.sources import Source
    from geowallet.app.travel.columns import DescribedColumns
    from geowallet.contracts.evaluation.select import Selected
    from geowallet.contracts.terms.syntax import Terms
    from geowallet.model.calendar import Period
    from geowallet.model.mobility import DescribedTrip, Leg
    from geowallet.vault.store import Vault


def trips_for(vault: Vault, terms: Terms, period: Period) -> tuple[DescribedTrip, ...]:
    """Return the trips of ``period`` in the time zone of the terms, none selected yet.

    Raises:
        WorkWeekMissingError: Business trips are asked for, and no hours are set.
        PlacesMissingError: The terms need to know home and work, or a kind of place
            of which none has a name.
    """
    _check_known(vault, terms)
    window = terms.select.window
    return tuple(described_trips(vault, period, zone=window.zone if window else ""))


def selected_for(vault: Vault, terms: Terms, period: Period) -> Selected:
    """Return what ``terms`` select of the wallet's trips; nothing is evaluated or written.

    Raises:
        WorkWeekMissingError: As `trips_for`.
        PlacesMissingError: As `trips_for`.
        PeriodRefusedError: The terms do not cover ``period``.
        PeriodCadenceError: It is not one export.
        VaultDamagedError: Stored fixes do not authenticate.
    """
    return selected_and_grounds(vault, terms, period)[0]


def selected_and_grounds(
    vault: Vault, terms: Terms, period: Period
) -> tuple[Selected, dict[str, Grounds]]:
    """Return the selection, and what each trip above L0 rests on, by its id.

    Raises:
        GeowalletError: As `selected_for`.
    """
    columns = _columns_for(vault, terms, period)
    if columns is not None:
        off = days_off_for(vault, terms, period)
        return select_columns(terms, columns, period, days_off=off), {}
    trips = trips_for(vault, terms, period)
    found = _grounds(vault, terms, trips)
    selected = select(
        terms,
        trips,
        period,
        days_off=days_off_for(vault, terms, period),
        levels={trip_id: one.level for trip_id, one in found.items()},
        driven=driven_by(vault),
    )
    return selected, found


def _grounds(vault: Vault, terms: Terms, trips: Sequence[DescribedTrip]) -> dict[str, Grounds]:
    """Return what the levels rest on, none above the one that the terms ask for."""
    asked = terms.min_assurance
    if asked == LEVELS[0]:
        return {}
    pairs = agreeing(vault, trips) if asked == LEVELS[-1] else {}
    return grounds(vault, [one.trip for one in trips], highest=asked, pairs=pairs)


def _columns_for(vault: Vault, terms: Terms, period: Period) -> DescribedColumns | None:
    """Return the trips as columns where these tell all that the terms ask."""
    _check_known(vault, terms)
    if not columns_tell(terms):
        return None
    window = terms.select.window
    return described_columns(vault, period, zone=window.zone if window else "")


def days_off_for(vault: Vault, terms: Terms, period: Period) -> frozenset[dt.date]:
    """Return the holidays of the terms and the owner's own days off."""
    week = work_week(vault)
    off = days_off(terms.select.window, period) | (week.leave if week else frozenset())
    return off | calendar_days_off(calendars(vault))


def driven_by(vault: Vault) -> Callable[[Leg], Driven]:
    """Return what tells how a leg was driven, from the fixes of its best source.

    Fixes are read when it is asked, and not again for the same leg.
    """

    @cache
    def known() -> Sequence[Source]:
        return sources(vault)

    def driven(leg: Leg) -> Driven:
        fixes = best_of(fixes_between(vault, known(), (leg.start_us, leg.end_us)))
        if fixes is None:
            return UNSEEN
        seen = exposure_of([drive_of(fixes)])
        counts = {(kind, strength): count for kind, strength, count in seen.counts}
        return Driven(
            seen.night_m,
            (
                seen.driven_m,
                seen.dense_m,
                seen.along_m,
                *(counts.get(event, 0) for event in EVENTS),
            ),
        )

    return driven


def _check_known(vault: Vault, terms: Terms) -> None:
    """Refuse to count what the wallet cannot know yet: a zero would look like a figure.

    Business needs both too: without home and work a commute would pass for it. A place
    to be kept out must be known, or trips to it would leave.
    """
    asked = set(terms.select.purposes)
    if Purpose.BUSINESS in asked:
        required_work_week(vault)
    needed = {PlaceKind(kind) for kind in (*terms.select.within, *terms.select.outside)}
    if asked & {Purpose.COMMUTE, Purpose.BUSINESS}:
        needed |= {PlaceKind.HOME, PlaceKind.WORK}
    if not needed <= {place.kind for place in named_places(vault)}:
        raise PlacesMissingError
