"""Templates of insurers, and of research: everything that is driven, in a few figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geowallet.contracts.templates.template import ALWAYS, ANY_TIME, Choices, Template, months_of
from geowallet.contracts.terms.measures import Measure
from geowallet.contracts.terms.selection import MODES, PURPOSES, Selection
from geowallet.model.words import N_

if TYPE_CHECKING:
    from geowallet.contracts.templates.template import Particulars
    from geowallet.contracts.terms.syntax import Terms

LONGEST_MONTH_M = 30_000_000
LARGEST_RATE = 10_000
LONGEST_MONTH_S = 2_678_400
MOST_TRIPS = 1_000

PANEL_SMALL_CELLS = 5
PANEL_EPSILON_MILLI = 1_000
"""Figures one step apart are told apart by a factor of e at most."""

PANEL_STEP_M = 1_000
PANEL_STEP_S = 600

_ALL_DRIVEN = ALWAYS | ANY_TIME | {"distance", "month", "mode", "any_vehicle", "vehicle"}
_EVERY_PURPOSE = frozenset({"business", "commute", "private"})


def _driven(choices: Choices) -> Selection:
    """Return every leg by car, of the insured vehicles where they are named."""
    return Selection(
        modes=("car",),
        purposes=PURPOSES,
        vehicles=choices.vehicles,
        window=None,
        whole=False,
        min_sureness="likely",
        unit="leg",
    )


def _pay_as_you_drive(template: Template, particulars: Particulars, choices: Choices) -> Terms:
    """Return terms for the kilometres of each month, and nothing of when or how."""
    most_m = months_of(template, particulars) * LONGEST_MONTH_M
    return template.fill(
        particulars,
        select=_driven(choices),
        measures=(Measure("distance_m", 1_000, most_m),),
        group_by=("month",),
    )


def _pay_how_you_drive(template: Template, particulars: Particulars, choices: Choices) -> Terms:
    """Return terms for kilometres, a public score, and shares, one total a month.

    Events and instants stay; the score says that it lacks data where it does.
    """
    most_m = months_of(template, particulars) * LONGEST_MONTH_M
    return template.fill(
        particulars,
        select=_driven(choices),
        measures=(
            Measure("distance_m", 10_000, most_m),
            Measure("driving_score", 5, 100),
            Measure("night_percent", 10, 100),
            Measure("measured_percent", 10, 100),
        ),
    )


def _research_panel(template: Template, particulars: Particulars, _choices: Choices) -> Terms:
    """Return terms for monthly sums by mode, blurred, small groups kept back."""
    months = months_of(template, particulars)
    return template.fill(
        particulars,
        select=Selection(
            modes=MODES,
            purposes=PURPOSES,
            vehicles=(),
            window=None,
            whole=False,
            min_sureness="unsure",
            unit="leg",
        ),
        measures=(
            Measure("distance_m", PANEL_STEP_M, months * LONGEST_MONTH_M),
            Measure("duration_s", PANEL_STEP_S, months * LONGEST_MONTH_S),
            Measure("trips", 1, months * MOST_TRIPS),
        ),
        group_by=("mode",),
        small_cells=PANEL_SMALL_CELLS,
        epsilon_milli=PANEL_EPSILON_MILLI,
    )


DRIVE = (
    Template(
        "pay-as-you-drive/1",
        "month",
        N_("to charge insurance by the kilometre"),
        N_("the insurance contract"),
        _pay_as_you_drive,
        _ALL_DRIVEN | _EVERY_PURPOSE,
    ),
    Template(
        "pay-how-you-drive/1",
        "month",
        N_("to charge insurance by the manner of driving"),
        N_("the insurance contract"),
        _pay_how_you_drive,
        _ALL_DRIVEN | _EVERY_PURPOSE | {"driving", "night", "closeness", "module"},
    ),
    Template(
        "research-panel/1",
        "month",
        N_("to study how people travel"),
        N_("your consent"),
        _research_panel,
        ALWAYS
        | ANY_TIME
        | _EVERY_PURPOSE
        | {"distance", "durations", "speed", "trips", "month", "mode", "any_mode", "any_vehicle"},
    ),
)
"""Every template of insurers and of research."""
