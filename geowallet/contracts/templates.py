"""Ready terms for what people are usually asked, and what is usual in each.

A template asks for the least that its purpose needs. Whoever asks for more can
write it, and `geowallet.contracts.explain` says that it is more than usual.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from geowallet.contracts.measures import Measure
from geowallet.contracts.selection import Selection
from geowallet.contracts.syntax import Recipient, Terms
from geowallet.model.words import N_

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from geowallet.model.calendar import Period, WorkWeek

WORK_HOUR_MILEAGE = "work-hour-mileage/1"
SOFT_MOBILITY_COMMUTE = "soft-mobility-commute/1"

SOFT_MODES = ("walk", "run", "bike", "e_bike", "e_scooter")
"""Foot-powered and light modes. Walking and running are counted apart, by mode:
no text names them for the forfait mobilites durables (Code du travail L3261-3-1)."""

MONTHS_A_YEAR = 12
DAYS_A_YEAR = 366
LONGEST_MONTH_M = 20_000_000
"""20,000 km in a month: more than anyone drives at work, and a bound on what leaves."""

USUAL: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        WORK_HOUR_MILEAGE: frozenset(
            {
                "identity",
                "assurance",
                "log",
                "distance",
                "month",
                "mode",
                "business",
                "any_vehicle",
                "vehicle",
                "purpose",
            }
        ),
        SOFT_MOBILITY_COMMUTE: frozenset(
            {
                "identity",
                "assurance",
                "log",
                "days",
                "month",
                "mode",
                "commute",
                "any_vehicle",
                "any_hour",
                "weekends",
                "holidays",
                "purpose",
            }
        ),
    }
)
"""Facts (`geowallet.contracts.facts`) that a purpose usually needs, by template."""


@dataclass(frozen=True, slots=True)
class Particulars:
    """What every template leaves open.

    Attributes:
        recipient: Who asks.
        name: Of the contract, as `Terms.name`.
        covers: Days it speaks of.
        issued: Day it is written.
        expires: Last day on which something may be exported.
        cadence: ``month`` or ``year``: how long one export is.
        purpose: What it is for; "" for the words of the template.
        legal_basis: On what it rests; "" for the words of the template.
        min_assurance: Level that ``min_share_percent`` of the metres must have.
        min_share_percent: 0 to 100.
        retention_months: 1 to 120.
    """

    recipient: Recipient
    name: str
    covers: Period
    issued: dt.date
    expires: dt.date
    cadence: str = "month"
    purpose: str = ""
    legal_basis: str = ""
    min_assurance: str = "L0"
    min_share_percent: int = 0
    retention_months: int = 36


def work_hour_mileage(
    particulars: Particulars,
    *,
    window: WorkWeek,
    vehicles: tuple[str, ...] = (),
    step_m: int = 1_000,
) -> Terms:
    """Return terms for car kilometres of business trips in hours of work, by month.

    Commuting and private trips, other hours, weekends without hours, and
    holidays stay out: an employer may not follow them (CNIL, deliberation
    2015-165), and URSSAF asks for the kilometres of business trips alone.
    """
    months = MONTHS_A_YEAR if particulars.cadence == "year" else 1
    maximum = months * LONGEST_MONTH_M // step_m * step_m
    return _terms(
        particulars,
        template=WORK_HOUR_MILEAGE,
        purpose=N_("to pay kilometre allowances"),
        legal_basis=N_("the employment contract"),
        select=Selection(
            modes=("car",),
            purposes=("business",),
            vehicles=vehicles,
            window=window,
            whole=True,
            min_sureness="likely",
            unit="leg",
        ),
        measures=(Measure("distance_m", step_m, maximum),),
        group_by=("month",),
    )


def soft_mobility_commute(
    particulars: Particulars,
    *,
    modes: tuple[str, ...] = SOFT_MODES,
    window: WorkWeek | None = None,
) -> Terms:
    """Return terms for the number of days with a home-work trip by a light mode.

    Days, in all and by mode: no kilometres, no dates. The forfait mobilites
    durables asks for a count of days; proof may be the use of an application.
    """
    return _terms(
        particulars,
        template=SOFT_MOBILITY_COMMUTE,
        purpose=N_("to pay the sustainable mobility allowance"),
        legal_basis=N_("the employment contract"),
        select=Selection(
            modes=modes,
            purposes=("commute",),
            vehicles=(),
            window=window,
            whole=False,
            min_sureness="likely",
            unit="trip",
        ),
        measures=(Measure("days", 1, DAYS_A_YEAR),),
        group_by=("mode",),
    )


def _terms(  # noqa: PLR0913  the parts in which templates differ, each by name
    particulars: Particulars,
    *,
    template: str,
    purpose: str,
    legal_basis: str,
    select: Selection,
    measures: tuple[Measure, ...],
    group_by: tuple[str, ...],
) -> Terms:
    return Terms(
        name=particulars.name,
        recipient=particulars.recipient,
        purpose=particulars.purpose or purpose,
        legal_basis=particulars.legal_basis or legal_basis,
        template=template,
        select=select,
        measures=measures,
        group_by=group_by,
        cadence=particulars.cadence,
        covers=particulars.covers,
        expires=particulars.expires,
        min_assurance=particulars.min_assurance,
        min_share_percent=particulars.min_share_percent,
        retention_months=particulars.retention_months,
        issued=particulars.issued,
    )
