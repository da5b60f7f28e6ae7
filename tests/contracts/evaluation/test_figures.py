"""Driving and time, worked by hand from rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.contracts.evaluation.evaluate import evaluate
from geowallet.contracts.evaluation.figures import exposure, value_of
from geowallet.contracts.evaluation.job import Job, Task
from geowallet.contracts.evaluation.rows import DRIVEN_LENGTH, EVENTS, Row
from geowallet.contracts.terms.catalogue import DRIVING, INSUFFICIENT, MEASURES
from geowallet.driving.score import score_of
from geowallet.driving.words import EventKind, Strength


def drive(
    driven_km: int, *, dense_km: int = -1, night_km: int = 0, counts: tuple[int, ...] = ()
) -> Row:
    """A row of a car; all of it dense with speeds where nothing else is said."""
    dense = driven_km if dense_km < 0 else dense_km
    events = counts or (0,) * len(EVENTS)
    seen = (driven_km * 1_000, dense * 1_000, dense * 1_000, *events)
    return Row("2026-10", "", 0, driven_km * 1_000, 0, night_m=night_km * 1_000, driven=seen)


CALM = drive(500, night_km=50, counts=(10, 5, 0, 2, 0, 3, 1))
"""Per 100 km: braking (10 * 0.5 + 5) / 5 = 2, acceleration 0.4, cornering (3 + 2) / 5 = 1."""


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        ("braking_rate", 20),
        ("acceleration_rate", 4),
        ("cornering_rate", 10),
        ("night_percent", 10),
        ("measured_percent", 100),
        ("night_distance_m", 50_000),
    ],
)
def test_five_hundred_calm_kilometres(measure: str, value: int) -> None:
    assert value_of(measure, [CALM]) == value


def test_the_score_is_the_public_formula() -> None:
    """0.4 * 84.6 + 0.2 * 93.6 + 0.2 * 97.5 + 0.1 * 90 over 0.9, phone use left out: 89.8."""
    assert value_of("driving_score", [CALM]) == 90
    assert score_of(exposure([CALM])).score == 90


@pytest.mark.parametrize(
    "row", [drive(399), drive(500, dense_km=349), Row("2026-10", "", 0, 500_000, 0)]
)
@pytest.mark.parametrize("measure", ["driving_score", "braking_rate", "cornering_rate"])
def test_too_little_is_said_and_not_a_zero(measure: str, row: Row) -> None:
    assert value_of(measure, [row]) == INSUFFICIENT


@pytest.mark.parametrize("measure", sorted(DRIVING))
def test_no_drive_gives_no_figure(measure: str) -> None:
    assert value_of(measure, []) == INSUFFICIENT


def test_half_of_the_way_measured_closely_is_half() -> None:
    assert value_of("measured_percent", [drive(100, dense_km=51)]) == 51


def test_a_word_passes_the_rounding() -> None:
    job = Job((Task("driving_score", 5), Task("distance_m", 1_000)), (), ())
    raw = evaluate(job, [drive(100)])
    assert raw["totals"] == {"driving_score": INSUFFICIENT, "distance_m": 100_000}


def test_time_adds_up() -> None:
    rows = [Row("", "", 0, 1, 0, seconds=90), Row("", "", 0, 1, 0, seconds=30)]
    assert value_of("duration_s", rows) == 120


def test_events_without_metres_to_count_them_on_are_not_counted() -> None:
    odd = Row("", "", 0, 1, 0, driven=(1_000, 0, 0, *(7,) * len(EVENTS)))
    assert exposure([odd]).counts == ()


def test_a_cornering_needs_no_speeds_of_the_receiver() -> None:
    seen = Row("", "", 0, 1, 0, driven=(1_000, 1_000, 0, *(7,) * len(EVENTS)))
    assert {kind for kind, _, _ in exposure([seen]).counts} == {EventKind.CORNERING}
    assert (EventKind.CORNERING, Strength.ROUGH, 7) in exposure([seen]).counts


COUNT = st.integers(0, 1_000_000)
ROWS = st.lists(
    st.builds(
        Row,
        day=st.just("2026-10-01"),
        mode=st.just("car"),
        trip=st.integers(1, 5),
        metres=COUNT,
        level=st.just(0),
        seconds=COUNT,
        night_m=COUNT,
        driven=st.just(()) | st.tuples(*[COUNT] * DRIVEN_LENGTH),
    ),
    max_size=5,
)


class TestValues:
    """Promise: "Each has unit, range": nothing outside it, whatever the rows."""

    @given(ROWS, st.sampled_from([name for name, kind in MEASURES.items() if kind.grouped]))
    def test_every_value_is_a_count_or_the_one_word(self, rows: list[Row], measure: str) -> None:
        value = value_of(measure, rows)
        if isinstance(value, int):
            assert value >= 0
            if MEASURES[measure].largest == 100:
                assert value <= 100
        else:
            assert value == INSUFFICIENT
            assert MEASURES[measure].may_lack
