"""How much one export can say at most, counted in bits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from geowallet.contracts.evaluation.cells import SLOT_MINUTES
from geowallet.contracts.evaluation.rows import LEVELS
from geowallet.contracts.life.sightings import LONGEST_WINDOW_MINUTES
from geowallet.contracts.terms.columns import columns
from geowallet.contracts.terms.periods import group_keys

if TYPE_CHECKING:
    from geowallet.contracts.terms.columns import Column
    from geowallet.contracts.terms.syntax import Terms
    from geowallet.model.calendar import Period


MOST_SQUARES = 40
"""More than the widest circle of a sighting touches, anywhere that one may lie."""

MOST_PADDED = 8
"""Different padded numbers of marks that a quarter hour can show."""


def leak_bits(terms: Terms, period: Period) -> float:
    """Return an upper bound, in bits, of what one export of ``period`` can say.

    The sum of log2 of the number of possible values of every figure that does
    not follow from the others. Unlike a route, it cannot grow with the track.
    """
    keys = [dict(zip(terms.group_by, key, strict=True)) for key in group_keys(terms, period)]
    bits = math.log2(math.comb(100 + len(LEVELS) - 1, len(LEVELS) - 1) + 1)
    for column in columns(terms):
        places = list(keys) if column.grouped else []
        if not places or not column.adds_up:
            places.append({})
        bits += sum(math.log2(_values(column, terms, period, key)) for key in places)
        if column.id == "distance_m":
            steps = column.maximum // column.step
            bits += math.log2(math.comb(steps + len(LEVELS) - 1, len(LEVELS) - 1))
    return bits


def draw_bits(terms: Terms, period: Period) -> float:
    """Return an upper bound of what one drawn metre of ``period`` opens: a day, and two sums."""
    days = (period.last - period.first).days + 1
    maximum = next(measure.maximum for measure in terms.measures if measure.id == "distance_m")
    return math.log2(days) + 2 * math.log2(maximum + 1)


def sighting_bits() -> float:
    """Return an upper bound of what one spot check opens.

    A contradiction, empty quarter hours, or one quarter hour of the window with one
    square of the circle and the padded number of marks beside it.
    """
    quarter_hours = LONGEST_WINDOW_MINUTES // SLOT_MINUTES + 1
    return math.log2(2 + quarter_hours * MOST_SQUARES * MOST_PADDED)


def _values(column: Column, terms: Terms, period: Period, key: dict[str, str]) -> int:
    """Return how many values one figure can have, words and null among them."""
    numbers = (column.limit(period, key) - column.minimum) // column.step + 1
    return numbers + column.may_lack + (terms.small_cells > 0)
