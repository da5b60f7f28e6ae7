"""Trips cut in two or made one, column by column: the same as `geowallet.track.reshape`.

Few trips of many are touched. Those are made into objects and given to the same functions
as there; all others stay the columns that they are.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.trip_columns import columns_of
from geowallet.track.reshape import (
    PAUSE_SLACK_US,
    SHORTEST_PART_US,
    falls_into,
    parts_nothing,
    reshaped,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.model.mobility import Trip
    from geowallet.model.trip_columns import TripColumns
    from geowallet.track.reshape import Cut, Join


def cut_columns(trips: TripColumns, cuts: Sequence[Cut]) -> TripColumns:
    """Return trips with every cut made; ``trips`` begin one after the other."""
    inside: defaultdict[int, list[Cut]] = defaultdict(list)
    latest_us = np.maximum.accumulate(trips.end_us)
    for cut in cuts:
        first = int(np.searchsorted(latest_us, cut.at_us + SHORTEST_PART_US))
        last = int(np.searchsorted(trips.start_us, cut.at_us - SHORTEST_PART_US, side="right"))
        for number in range(first, last):
            if falls_into(cut.at_us, trips.bare(number)):
                inside[number].append(cut)
    return _replaced(
        trips,
        {
            (number, number + 1): reshaped([trips.with_legs(number)], own, ())
            for number, own in inside.items()
        },
    )


def joined_columns(trips: TripColumns, joins: Sequence[Join]) -> TripColumns:
    """Return trips with every join made; ``trips`` begin one after the other."""
    linked: dict[int, Join] = {}
    for join in joins:
        longest_us = 2 * (join.to_us - join.from_us) + PAUSE_SLACK_US
        first = int(np.searchsorted(trips.start_us, join.from_us))
        last = int(np.searchsorted(trips.start_us, join.to_us + longest_us, side="right"))
        for number in range(max(first, 1), last):
            if parts_nothing(join, trips.bare(number - 1), trips.bare(number)):
                linked[number] = join
    runs: list[list[int]] = []
    for number in sorted(linked):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return _replaced(
        trips,
        {
            (run[0] - 1, run[-1] + 1): reshaped(
                [trips.with_legs(number) for number in (run[0] - 1, *run)],
                (),
                [linked[number] for number in run],
            )
            for run in runs
        },
    )


def _replaced(trips: TripColumns, runs: dict[tuple[int, int], tuple[Trip, ...]]) -> TripColumns:
    """Return trips with others in the place of some runs, each from a number to before another."""
    if not runs:
        return trips
    kept = np.ones(len(trips), dtype=bool)
    for first, after in runs:
        kept[first:after] = False
    places = [first for (first, _), others in runs.items() for _ in others]
    others = columns_of([trip for found in runs.values() for trip in found])
    numbers = np.concatenate((np.flatnonzero(kept), np.arange(len(others)) + len(trips)))
    order = np.argsort(np.concatenate((np.flatnonzero(kept), places)), kind="stable")
    return trips.joined(others).ordered(numbers[order])
