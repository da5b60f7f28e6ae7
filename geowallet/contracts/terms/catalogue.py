"""The measures that a contract may name. What is not here cannot leave.

Rounding. Metres are rounded to whole metres and times to whole seconds per leg (or
trip) when it is selected, summed, and rounded half up to a multiple of the step
*once per group*. The total of a measure that adds up is the sum of its rounded
groups, so that a recipient can redo the addition; without groups the total itself is
rounded. Counts are exact: their step is 1. A count that does not add up over some
grouping (a day on which both the bike and the bus were used counts once for each,
and once in all) is counted anew for the total. Scores, rates and shares are computed
anew for each group and for the total. An amount is one of the whole export, found
from its figures as they leave wherever they leave, so that it can be found again.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from geowallet.model.words import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

AMOUNT = "amount_cents"
"""The measure that a rule gives."""

INSUFFICIENT = "insufficient_data"
"""Stands for a score or a rate that the data cannot carry: said, never a 0."""


@dataclass(frozen=True, slots=True)
class MeasureKind:
    """One output of the catalogue.

    Attributes:
        unit: ``m``, ``s``, ``count``, ``points``, ``percent``, ``cents`` or
            ``per_1000_km``.
        reveals: What a reader learns, an English msgid.
        coarsest_step: Largest step a contract may round to.
        largest: Largest value that a contract may allow.
        overlaps: Groupings over which the same thing counts in several groups, so
            that groups do not sum to the total; None where groups say nothing of it.
        grouped: Whether groups have it; otherwise it stands beside the total alone.
        may_lack: Whether it can be `INSUFFICIENT`.
    """

    unit: str
    reveals: str
    coarsest_step: int = 1
    largest: int = 1_000_000_000
    overlaps: tuple[str, ...] | None = ()
    grouped: bool = True
    may_lack: bool = False


def _rate(reveals: str) -> MeasureKind:
    return MeasureKind("per_1000_km", reveals, 1_000, 100_000, overlaps=None, may_lack=True)


def _share(reveals: str) -> MeasureKind:
    return MeasureKind("percent", reveals, 50, 100, overlaps=None, may_lack=True)


MEASURES: Mapping[str, MeasureKind] = MappingProxyType(
    {
        "distance_m": MeasureKind("m", N_("distance travelled"), 100_000),
        "trips": MeasureKind("count", N_("number of trips"), overlaps=("mode",)),
        "days": MeasureKind(
            "count", N_("number of days with a trip"), overlaps=("mode", "vehicle", "purpose")
        ),
        "duration_s": MeasureKind("s", N_("time spent travelling"), 86_400),
        "night_distance_m": MeasureKind("m", N_("distance travelled after dark"), 100_000),
        "driving_score": MeasureKind(
            "points", N_("how smoothly you drive"), 50, 100, overlaps=None, may_lack=True
        ),
        "braking_rate": _rate(N_("how often you brake hard")),
        "acceleration_rate": _rate(N_("how often you accelerate hard")),
        "cornering_rate": _rate(N_("how often you corner hard")),
        "night_percent": _share(N_("how much of the way you drive after dark")),
        "measured_percent": _share(N_("how much of the way is measured closely")),
        AMOUNT: MeasureKind(
            "cents", N_("an amount of money by a rule"), 100_000, overlaps=None, grouped=False
        ),
    }
)
"""Every measure by its id."""

DRIVING = frozenset(name for name, kind in MEASURES.items() if kind.may_lack)
"""Measures that need events and closely measured metres."""


def adds_up(measure: str, group_by: tuple[str, ...]) -> bool:
    """Say whether the groups of ``measure`` must sum to its total.

    A trip or a day lies in one day and one month, but may have several modes.
    """
    overlaps = MEASURES[measure].overlaps
    return overlaps is not None and not set(overlaps) & set(group_by)
