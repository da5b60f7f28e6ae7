"""An engine that is not ours, for what must be told before it replaces ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from geowallet.app.travel import derive, engine, slices
from geowallet.model.mobility import Mode, Trip
from geowallet.model.provenance import Algorithm
from geowallet.track.pipeline import Analysis, analyse

Change = Callable[[Sequence[Trip]], Sequence[Trip]]


def install(patch: pytest.MonkeyPatch, change: Change) -> None:
    """Put another engine in the place of ours: its trips are ours, changed."""

    def changed(*arguments: object, **named: object) -> Analysis:
        found = analyse(*arguments, **named)  # type: ignore[arg-type]  # handed on as it came
        return replace(found, trips=tuple(change(found.trips)))

    patch.setattr(slices, "analyse", changed)
    patch.setattr(derive, "analyse", changed)
    patch.setattr(engine, "algorithms", lambda _: (Algorithm("other", "2", "0" * 64),))


def slower(found: Sequence[Trip]) -> list[Trip]:
    """The first trip of each day is a bus, the second a kilometre longer, the last not there."""
    made = []
    for number, trip in enumerate(found):
        leg = trip.legs[0]
        if number % 4 == 0:
            leg = replace(leg, mode=Mode.BUS, confidence=0.8)
        if number % 4 == 1:
            leg = replace(leg, distance_m=leg.distance_m + 1_000)
        if number % 4 != 3:
            made.append(replace(trip, legs=(leg, *trip.legs[1:])))
    return made
