"""Events: forces that pass a threshold."""

from __future__ import annotations

import numpy as np
import pytest

from geowallet.driving.events import events_of
from geowallet.driving.forces import Forces
from geowallet.driving.words import EventKind, Strength


def forces(along: list[float], across: list[float] | None = None) -> Forces:
    n = len(along)
    return Forces(
        time_us=np.arange(n, dtype=np.int64) * 1_000_000,
        step_m=np.full(n - 1, 10.0),
        dense=np.ones(n - 1, dtype=np.bool_),
        has_speeds=True,
        along_mps2=np.array(along, dtype=np.float64),
        across_mps2=np.array(across if across is not None else [0.0] * n),
    )


@pytest.mark.parametrize(
    ("along", "kind", "strength"),
    [
        (-1.0, EventKind.BRAKING, Strength.LIGHT),
        (-1.79, EventKind.BRAKING, Strength.LIGHT),
        (-1.8, EventKind.BRAKING, Strength.STRONG),
        (-2.4, EventKind.BRAKING, Strength.ROUGH),
        (2.0, EventKind.ACCELERATION, Strength.STRONG),
        (2.5, EventKind.ACCELERATION, Strength.ROUGH),
    ],
)
def test_a_threshold_is_reached_when_it_is_met(
    along: float, kind: EventKind, strength: Strength
) -> None:
    (event,) = events_of(forces([0, along, 0]))
    assert (event.kind, event.strength, event.magnitude_mps2) == (kind, strength, abs(along))
    assert event.time_us == 1_000_000


def test_below_its_least_threshold_nothing_is_an_event() -> None:
    assert events_of(forces([-0.99, 1.99, 0], [1.99, 0, 0])) == ()


def test_peaks_within_three_seconds_are_one_event_at_the_highest() -> None:
    found = events_of(forces([0, -1.5, 0, 0, -2.0, 0, 0, 0, -1.2]))
    assert [(e.time_us // 1_000_000, e.magnitude_mps2) for e in found] == [(4, 2.0), (8, 1.2)]


def test_cornering_is_counted_beside_braking_in_time_order() -> None:
    found = events_of(forces([0, 0, 0, -1.2, 0], [0, 2.3, 0, 0, 0]))
    assert [event.kind for event in found] == [EventKind.CORNERING, EventKind.BRAKING]
    assert found[0].strength is Strength.ROUGH


def test_what_was_not_measured_is_no_event() -> None:
    nan = float("nan")
    assert events_of(forces([nan] * 3, [nan] * 3)) == ()
