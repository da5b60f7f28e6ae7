"""Which groups are kept back because too few trips stand behind them. Standard library only."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet


def kept_back(
    groups: Sequence[AbstractSet[int]], whole: int, least: int
) -> tuple[frozenset[int], bool]:
    """Return the positions of the groups to keep back, and whether the total is too.

    A group is kept back where it has some trips, but fewer than ``least``. The total
    less the groups that are shown gives the sum of the others: so at least two are
    kept back, with at least ``least`` trips between them. Where one more is needed,
    it is the smallest that may be shown; where there is none, or where the total
    itself has too few trips, the total is kept back.

    Args:
        groups: The trips of each group; a trip of two modes is in both. A group
            without trips may be shown.
        whole: How many trips there are in all.
        least: 0 keeps nothing back.
    """
    small = frozenset(n for n, trips in enumerate(groups) if 0 < len(trips) < least)
    if 0 < whole < least:
        return small, True
    between = {trip for n in small for trip in groups[n]}
    if not small or (len(small) > 1 and len(between) >= least):
        return small, False
    rest = [(len(trips), n) for n, trips in enumerate(groups) if len(trips) >= least]
    if not rest:
        return small, True
    return small | {min(rest)[1]}, False
