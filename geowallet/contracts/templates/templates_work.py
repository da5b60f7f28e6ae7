"""Templates of employers: mileage, soft mobility, company cars, and a check by a works council."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geowallet.contracts.templates.template import ALWAYS, ANY_TIME, Choices, Template, months_of
from geowallet.contracts.terms.catalogue import AMOUNT
from geowallet.contracts.terms.measures import Measure
from geowallet.contracts.terms.selection import Selection
from geowallet.model.words import N_

if TYPE_CHECKING:
    from geowallet.contracts.templates.template import Particulars
    from geowallet.contracts.terms.syntax import Terms
    from geowallet.model.calendar import WorkWeek

SOFT_MODES = ("walk", "run", "bike", "e_bike", "e_scooter")
"""Foot-powered and light modes. Walking and running are counted apart, by mode:
no text names them for the forfait mobilites durables (Code du travail L3261-3-1)."""

PUBLIC_SERVICE_MODES = ("bike", "e_bike", "e_scooter")
"""What a wallet can see of the modes of decree 2020-543; sharing a car is not among them."""

DAYS_A_YEAR = 366
LONGEST_MONTH_M = 20_000_000
"""20,000 km in a month: more than anyone drives at work, and a bound on what leaves."""

LARGEST_AMOUNT_CENTS = 10_000_000
MILE_STEP_M = 100
"""Fine enough for whole miles."""

CONTRACT_OF_EMPLOYMENT = N_("the employment contract")
_CAR = ALWAYS | {"distance", "month", "mode", "any_vehicle", "vehicle", "purpose"}


def _work_hour_mileage(template: Template, particulars: Particulars, choices: Choices) -> Terms:
    """Return terms for car kilometres of business trips in hours of work, by month.

    Commuting and private trips, other hours, weekends without hours, and
    holidays stay out: an employer may not follow them (CNIL, deliberation
    2015-165), and URSSAF asks for the kilometres of business trips alone.
    """
    return _mileage(template, particulars, choices, step_m=1_000, group_by=("month",))


def _mileage(
    template: Template,
    particulars: Particulars,
    choices: Choices,
    *,
    step_m: int,
    group_by: tuple[str, ...],
) -> Terms:
    distance = Measure("distance_m", step_m, _most_m(template, particulars, step_m))
    return template.fill(
        particulars,
        select=_business(choices),
        measures=(distance, *_amount(choices)),
        group_by=group_by,
    )


def _business(choices: Choices, *, within: tuple[str, ...] = ()) -> Selection:
    return Selection(
        modes=("car",),
        purposes=("business",),
        vehicles=choices.vehicles,
        window=choices.window,
        whole=choices.window is not None,
        min_sureness="likely",
        unit="leg",
        within=within,
    )


def _amount(choices: Choices) -> tuple[Measure, ...]:
    if choices.rule is None:
        return ()
    return (Measure(AMOUNT, 1, LARGEST_AMOUNT_CENTS, choices.rule),)


def _most_m(template: Template, particulars: Particulars, step_m: int) -> int:
    return months_of(template, particulars) * LONGEST_MONTH_M // step_m * step_m


def _by_month_in_miles(template: Template, particulars: Particulars, choices: Choices) -> Terms:
    """Return terms for business kilometres by month, to a hundred metres for miles.

    HMRC pays a year's miles by one table (ITEPA 2003, s. 230); no text asks for hours.
    """
    return _mileage(template, particulars, choices, step_m=MILE_STEP_M, group_by=("month",))


def _by_day_in_miles(template: Template, particulars: Particulars, choices: Choices) -> Terms:
    """Return terms for business kilometres day by day.

    An accountable plan needs the time and the amount of each use (26 CFR 1.274-5T);
    the place and the reason stay with the employee, who keeps them with the receipt.
    """
    return _mileage(template, particulars, choices, step_m=MILE_STEP_M, group_by=("day",))


def _by_day(template: Template, particulars: Particulars, choices: Choices) -> Terms:
    """Return terms for business kilometres day by day, to the kilometre.

    German travel expenses are shown trip by trip (LStR R 9.5); destination and reason
    are written beside the figure by the employee.
    """
    return _mileage(template, particulars, choices, step_m=1_000, group_by=("day",))


def _commute(
    template: Template, particulars: Particulars, choices: Choices, modes: tuple[str, ...]
) -> Terms:
    by_mode = ("mode",) if len(modes) > len(PUBLIC_SERVICE_MODES) else ()
    return template.fill(
        particulars,
        select=Selection(
            modes=modes,
            purposes=("commute",),
            vehicles=(),
            window=choices.window,
            whole=False,
            min_sureness="likely",
            unit="trip",
        ),
        measures=(Measure("days", 1, DAYS_A_YEAR), *_amount(choices)),
        group_by=by_mode,
    )


def _soft_mobility_commute(template: Template, particulars: Particulars, choices: Choices) -> Terms:
    """Return terms for the number of days with a home-work trip by a light mode.

    Days, in all and by mode: no kilometres, no dates. The forfait mobilites
    durables asks for a count of days; proof may be the use of an application.
    """
    return _commute(template, particulars, choices, SOFT_MODES)


def _soft_mobility_public(template: Template, particulars: Particulars, choices: Choices) -> Terms:
    """Return terms for the same number of days in the civil service: one total a year.

    Steps of 30, 60 and 100 days decide (decree 2020-543); nobody needs a month.
    """
    return _commute(template, particulars, choices, PUBLIC_SERVICE_MODES)


def _company_car_business(template: Template, particulars: Particulars, choices: Choices) -> Terms:
    """Return terms for the business days of a company car, each with its kilometres.

    The other half of the logbook is a contract of its own, see `_company_car_private`
    and docs/adr/0020: a selection is one, and the two halves are asked by two rights.
    """
    return _mileage(template, particulars, choices, step_m=1_000, group_by=("day",))


def _company_car_private(template: Template, particulars: Particulars, choices: Choices) -> Terms:
    """Return terms for private use of a company car, commuting with it, as one total.

    No month, no day, no number of trips: a benefit in kind is taxed by the total.
    """
    select = Selection(
        modes=("car",),
        purposes=("commute", "private"),
        vehicles=choices.vehicles,
        window=None,
        whole=False,
        min_sureness="unsure",
        unit="leg",
    )
    distance = Measure("distance_m", 1_000, _most_m(template, particulars, 1_000))
    return template.fill(particulars, select=select, measures=(distance,))


def _works_council_audit(template: Template, particulars: Particulars, choices: Choices) -> Terms:
    """Return terms for one total that a works council can test by lot, day by day unseen.

    Commitments to each day, and ten metres drawn after the export: most forged totals
    are found, and most days stay closed.
    """
    return template.fill(
        particulars,
        select=_business(choices),
        measures=(Measure("distance_m", 1, _most_m(template, particulars, 1)),),
        commitments="day",
        draws=10,
    )


WORK = (
    Template(
        "work-hour-mileage/1",
        "month",
        N_("to pay kilometre allowances"),
        CONTRACT_OF_EMPLOYMENT,
        _work_hour_mileage,
        _CAR | {"business", "amount"},
        needs_hours=True,
    ),
    Template(
        "soft-mobility-commute/1",
        "month",
        N_("to pay the sustainable mobility allowance"),
        CONTRACT_OF_EMPLOYMENT,
        _soft_mobility_commute,
        ALWAYS | ANY_TIME | {"days", "month", "mode", "commute", "any_vehicle", "purpose"},
    ),
    Template(
        "soft-mobility-public/1",
        "year",
        N_("to pay the sustainable mobility allowance of the civil service"),
        N_("decree 2020-543 of 9 May 2020"),
        _soft_mobility_public,
        ALWAYS | ANY_TIME | {"days", "commute", "any_vehicle", "purpose", "amount"},
    ),
    Template(
        "mileage-gb/1",
        "once",
        N_("to pay mileage allowance for business journeys"),
        CONTRACT_OF_EMPLOYMENT,
        _by_month_in_miles,
        _CAR | ANY_TIME | {"business", "amount"},
    ),
    Template(
        "mileage-us/1",
        "month",
        N_("to reimburse business mileage under an accountable plan"),
        CONTRACT_OF_EMPLOYMENT,
        _by_day_in_miles,
        _CAR | ANY_TIME | {"business", "day"},
    ),
    Template(
        "mileage-de/1",
        "month",
        N_("to reimburse travel expenses"),
        CONTRACT_OF_EMPLOYMENT,
        _by_day,
        _CAR | ANY_TIME | {"business", "day"},
    ),
    Template(
        "mileage-be/1",
        "month",
        N_("to pay the flat kilometre allowance"),
        CONTRACT_OF_EMPLOYMENT,
        _work_hour_mileage,
        _CAR | ANY_TIME | {"business", "amount"},
    ),
    Template(
        "company-car-business/1",
        "month",
        N_("to keep the logbook of a company car: business use"),
        CONTRACT_OF_EMPLOYMENT,
        _company_car_business,
        _CAR | ANY_TIME | {"business", "day"},
    ),
    Template(
        "company-car-private/1",
        "year",
        N_("to keep the logbook of a company car: private use"),
        CONTRACT_OF_EMPLOYMENT,
        _company_car_private,
        ALWAYS | ANY_TIME | {"distance", "mode", "commute", "private", "any_vehicle", "vehicle"},
    ),
    Template(
        "works-council-audit/1",
        "year",
        N_("to test what was paid, without following anybody"),
        N_("the agreement with the works council"),
        _works_council_audit,
        ALWAYS
        | ANY_TIME
        | {"distance", "day", "mode", "business", "any_vehicle", "vehicle", "purpose"},
    ),
)
"""Every template of employers."""


def work_hour_mileage(
    particulars: Particulars,
    *,
    window: WorkWeek,
    vehicles: tuple[str, ...] = (),
    step_m: int = 1_000,
) -> Terms:
    """Return terms of ``work-hour-mileage/1`` with another step."""
    choices = Choices(window=window, vehicles=vehicles)
    return _mileage(WORK[0], particulars, choices, step_m=step_m, group_by=("month",))


def soft_mobility_commute(
    particulars: Particulars,
    *,
    modes: tuple[str, ...] = SOFT_MODES,
    window: WorkWeek | None = None,
) -> Terms:
    """Return terms of ``soft-mobility-commute/1`` with other modes."""
    return _commute(WORK[1], particulars, Choices(window=window), modes)
