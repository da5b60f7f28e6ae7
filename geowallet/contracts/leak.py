"""How much one export can say at most, counted in bits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from geowallet.contracts.columns import columns
from geowallet.contracts.periods import group_keys
from geowallet.contracts.rows import LEVELS

if TYPE_CHECKING:
    from geowallet.contracts.columns import Column
    from geowallet.contracts.syntax import Terms
    from geowallet.model.calendar import Period


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


def _values(column: Column, terms: Terms, period: Period, key: dict[str, str]) -> int:
    """Return how many values one figure can have, words and null among them."""
    numbers = (column.limit(period, key) - column.minimum) // column.step + 1
    return numbers + column.may_lack + (terms.small_cells > 0)
