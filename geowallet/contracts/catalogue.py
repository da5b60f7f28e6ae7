"""The measures that a contract may name. What is not here cannot leave.

Rounding. Metres are rounded to whole metres per leg (or trip) when it is
selected, summed, and rounded half up to a multiple of the step *once per
group*. The total of a measure that adds up is the sum of its rounded groups, so
that a recipient can redo the addition; without groups the total itself is
rounded. Counts are exact: their step is 1. A measure that does not add up over
modes (a day on which both the bike and the bus were used counts once for each,
and once in all) is counted anew for the total.
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


@dataclass(frozen=True, slots=True)
class MeasureKind:
    """One output of the catalogue.

    Attributes:
        unit: ``m`` or ``count``.
        additive: Whether groups always sum to the total; otherwise only where
            no group is a mode.
        coarsest_step: Largest step a contract may round to.
        reveals: What a reader learns, an English msgid.
        largest: Largest value that a contract may allow.
    """

    unit: str
    additive: bool
    coarsest_step: int
    reveals: str
    largest: int = 1_000_000_000


MEASURES: Mapping[str, MeasureKind] = MappingProxyType(
    {
        "distance_m": MeasureKind(
            "m", additive=True, coarsest_step=100_000, reveals=N_("distance travelled")
        ),
        "trips": MeasureKind(
            "count", additive=False, coarsest_step=1, reveals=N_("number of trips")
        ),
        "days": MeasureKind(
            "count", additive=False, coarsest_step=1, reveals=N_("number of days with a trip")
        ),
    }
)
"""Every measure by its id."""


def adds_up(measure: str, group_by: tuple[str, ...]) -> bool:
    """Say whether the groups of ``measure`` must sum to its total.

    A trip or a day lies in one day and one month, but may have several modes.
    """
    return MEASURES[measure].additive or "mode" not in group_by
