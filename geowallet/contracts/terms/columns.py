"""Every figure that given terms let out, with what is allowed of it.

Measures of the catalogue first, in the order of the terms, then the outputs of a
module. Evaluation, export and verification read the same list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.contracts.terms.catalogue import INSUFFICIENT, MEASURES
from geowallet.contracts.terms.periods import days_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geowallet.contracts.terms.syntax import Terms
    from geowallet.model.calendar import Period


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of the total and, where ``grouped``, of each group.

    Attributes:
        id: Of the measure, or of the module's output.
        step: It is ``minimum`` plus a multiple of this.
        minimum: Smallest value.
        maximum: Largest value of one export.
        adds_up: Whether the groups sum to the total.
        bounded: Whether the total lies between the largest group and their sum.
        grouped: Whether groups have it.
        may_lack: Whether it can be `INSUFFICIENT`.
    """

    id: str
    step: int
    minimum: int
    maximum: int
    adds_up: bool
    bounded: bool
    grouped: bool
    may_lack: bool

    def limit(self, period: Period, key: Mapping[str, str]) -> int:
        """Return the largest value in a group; of the total where ``key`` is empty."""
        return min(self.maximum, days_of(period, key)) if self.id == "days" else self.maximum

    def allows(self, value: object, limit: int) -> bool:
        """Say whether ``value`` is a figure of this column, at most ``limit``."""
        if value == INSUFFICIENT:
            return self.may_lack
        return (
            type(value) is int
            and self.minimum <= value <= limit
            and (value - self.minimum) % self.step == 0
        )


def columns(terms: Terms) -> tuple[Column, ...]:
    """Return every figure of an export under ``terms``, in order."""
    found = []
    for measure in terms.measures:
        kind = MEASURES[measure.id]
        overlaps = kind.overlaps
        found.append(
            Column(
                id=measure.id,
                step=measure.step,
                minimum=0,
                maximum=measure.maximum,
                adds_up=overlaps is not None and not set(overlaps) & set(terms.group_by),
                bounded=overlaps is not None,
                grouped=kind.grouped,
                may_lack=kind.may_lack,
            )
        )
    outputs = terms.module.outputs if terms.module else ()
    return *found, *(_output(output.id, output.minimum, output.maximum) for output in outputs)


def grouped_columns(terms: Terms) -> tuple[Column, ...]:
    """Return the figures that each group has."""
    return tuple(column for column in columns(terms) if column.grouped)


def _output(name: str, minimum: int, maximum: int) -> Column:
    return Column(
        id=name,
        step=1,
        minimum=minimum,
        maximum=maximum,
        adds_up=False,
        bounded=False,
        grouped=True,
        may_lack=False,
    )
