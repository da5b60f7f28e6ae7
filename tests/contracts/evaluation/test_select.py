from __future__ import annotations

import datetime as dt
import math
import random
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.contracts.evaluation.evaluate import evaluate
from geowallet.contracts.evaluation.result import check_result, job_for
from geowallet.contracts.evaluation.rows import Row
from geowallet.contracts.evaluation.select import Selected, select
from geowallet.contracts.terms.catalogue import DRIVING
from geowallet.contracts.terms.measures import Measure
from geowallet.contracts.terms.parts import UNSEEN
from geowallet.contracts.terms.selection import Selection
from geowallet.contracts.terms.syntax import Terms
from geowallet.model.calendar import Period, WorkWeek
from geowallet.model.errors import PeriodCadenceError, PeriodRefusedError
from geowallet.model.mobility import DescribedTrip, Leg
from tests.contracts.parties import (
    HOURS,
    OCTOBER,
    SELECTIONS,
    TRIPS,
    all_terms,
    commute,
    leg,
    mileage,
    trip,
)

NONE_OFF: frozenset[dt.date] = frozenset()
TO_CLIENT = trip("2026-10-01T10:14", "2026-10-01T11:06", [leg("car", 47_300.4)])


def reasons(selected: Selected) -> dict[str, int]:
    return {str(words): count for words, count in selected.left_out}


def why_not(terms: Terms, described: DescribedTrip, off: frozenset[dt.date] = NONE_OFF) -> str:
    selected = select(terms, [described], OCTOBER, days_off=off)
    assert not [*selected.rows, *selected.waiting, *selected.used]
    ((words, count),) = selected.left_out
    assert count == 1
    return str(words)


def test_a_business_trip_in_hours_becomes_one_bare_row() -> None:
    """47,300.4 m is 47,300 m; the month stands for the day, which mileage does not need."""
    selected = select(mileage(), [TO_CLIENT], OCTOBER, days_off=NONE_OFF)
    assert selected.rows == (Row(day="2026-10", mode="", trip=0, metres=47_300, level=0),)
    assert selected.used == ((TO_CLIENT.trip.id, 47_300),)
    assert not [*selected.left_out, *selected.waiting]


def test_every_metre_of_a_trip_has_the_level_that_evidence_gives_the_trip() -> None:
    other = trip("2026-10-02T10:14", "2026-10-02T11:06", [leg("car", 12_000)])
    levels = {TO_CLIENT.trip.id: 1, "t0000000000zz": 3}
    rows = select(mileage(), [TO_CLIENT, other], OCTOBER, days_off=NONE_OFF, levels=levels).rows
    assert {row.metres: row.level for row in rows} == {47_300: 1, 12_000: 0}


def test_the_metres_of_each_day_are_those_of_its_rows() -> None:
    same = trip("2026-10-01T14:00", "2026-10-01T14:30", [leg("car", 700.6), leg("walk", 90)])
    later = trip("2026-10-05T10:00", "2026-10-05T10:30", [leg("car", 12_000)])
    selected = select(mileage(), [later, same, TO_CLIENT], OCTOBER, days_off=NONE_OFF)
    assert selected.metres_by_day == (
        (dt.date(2026, 10, 1), 48_001),
        (dt.date(2026, 10, 5), 12_000),
    )
    assert sum(row.metres for row in selected.rows) == 60_001


def test_half_a_metre_is_rounded_up() -> None:
    short = trip("2026-10-01T10:14", "2026-10-01T10:15", [leg("car", 0.5)])
    assert select(mileage(), [short], OCTOBER, days_off=NONE_OFF).used[0][1] == 1


def test_every_reason_to_stay_has_its_name() -> None:
    car = [leg("car", 5_000)]
    off = frozenset({dt.date(2026, 10, 6)})
    one_car = replace(mileage(), select=replace(mileage().select, vehicles=("AB-123",)))
    stays = {
        "outside the period": trip("2026-11-02T10:00", "2026-11-02T11:00", car),
        "commuting": trip("2026-10-01T10:00", "2026-10-01T11:00", car, purpose="commute"),
        "private": trip("2026-10-01T10:00", "2026-10-01T11:00", car, purpose="private"),
        "other mode": trip("2026-10-01T10:00", "2026-10-01T11:00", [leg("train", 9_000)]),
        "other vehicle": trip("2026-10-01T10:00", "2026-10-01T11:00", car, vehicle="CD-456"),
        "holiday or leave": trip("2026-10-06T10:00", "2026-10-06T11:00", car),
        "outside the hours": trip("2026-10-01T18:00", "2026-10-01T18:31", car),
    }
    assert {name: why_not(one_car, item, off) for name, item in stays.items()} == {
        name: name for name in stays
    }
    assert why_not(commute(), TO_CLIENT) == "business"
    together = select(one_car, list(stays.values()), OCTOBER, days_off=off)
    assert reasons(together) == dict.fromkeys(stays, 1)


def test_a_saturday_without_hours_is_outside_them() -> None:
    saturday = trip("2026-10-03T10:00", "2026-10-03T11:00", [leg("car", 5_000)])
    assert why_not(mileage(), saturday) == "outside the hours"


def test_leave_written_in_the_terms_counts_as_well() -> None:
    closed = replace(HOURS, leave=frozenset({dt.date(2026, 10, 1)}))
    terms = replace(mileage(), select=replace(mileage().select, window=closed))
    assert why_not(terms, TO_CLIENT) == "holiday or leave"


def test_the_ends_of_the_hours_are_inside() -> None:
    exact = trip("2026-10-01T08:00", "2026-10-01T18:30", [leg("car", 5_000)])
    early = trip("2026-10-01T07:59:59", "2026-10-01T09:00", [leg("car", 5_000)])
    late = trip("2026-10-01T18:00", "2026-10-01T18:30:01", [leg("car", 5_000)])
    assert select(mileage(), [exact], OCTOBER, days_off=NONE_OFF).used
    assert why_not(mileage(), early) == why_not(mileage(), late) == "outside the hours"


def test_a_trip_across_a_pause_is_not_wholly_inside() -> None:
    pause = WorkWeek((((480, 720), (780, 1080)),) * 5 + ((), ()), "Europe/Paris")
    across = trip("2026-10-01T11:50", "2026-10-01T13:10", [leg("car", 5_000)])
    whole = replace(mileage(), select=replace(mileage().select, window=pause))
    partly = replace(whole, select=replace(whole.select, whole=False))
    assert why_not(whole, across) == "outside the hours"
    assert select(partly, [across], OCTOBER, days_off=NONE_OFF).used


def test_a_trip_that_only_touches_the_hours_is_outside_them_even_where_part_is_enough() -> None:
    terms = replace(mileage(), select=replace(mileage().select, whole=False))
    to_work = trip("2026-10-01T07:30", "2026-10-01T08:00", [leg("car", 5_000)])
    assert why_not(terms, to_work) == "outside the hours"


def test_hours_are_those_of_their_time_zone() -> None:
    """10:14 in Paris is 04:14 in New York, and 01:30 there is the day before."""
    new_york = replace(HOURS, zone="America/New_York")
    terms = replace(mileage(), select=replace(mileage().select, window=new_york))
    assert why_not(terms, TO_CLIENT) == "outside the hours"
    first_of_october = trip("2026-10-01T01:30", "2026-10-01T02:00", [leg("car", 5_000)])
    assert why_not(terms, first_of_october) == "outside the period"


def test_hours_hold_on_the_night_that_summer_time_ends() -> None:
    """25 October 2026: 03:00 becomes 02:00. The hours 00:00 to 04:00 last five hours."""
    night = WorkWeek(((),) * 6 + (((0, 240),),), "Europe/Paris")
    terms = replace(mileage(), select=replace(mileage().select, window=night))
    inside = trip("2026-10-25T01:00", "2026-10-25T03:59", [leg("car", 5_000)])
    assert inside.trip.end_us - inside.trip.start_us == (2 * 60 + 59 + 60) * 60 * 1_000_000
    assert select(terms, [inside], OCTOBER, days_off=NONE_OFF).used


def test_hours_that_end_in_the_doubled_hour_end_at_its_second_pass() -> None:
    night = WorkWeek(((),) * 6 + (((0, 150),),), "Europe/Paris")
    terms = replace(mileage(), select=replace(mileage().select, window=night))
    early = trip("2026-10-25T01:00", "2026-10-25T02:00", [leg("car", 5_000)])
    longer = replace(early.trip, end_us=early.trip.end_us + 80 * 60 * 1_000_000)
    assert select(terms, [replace(early, trip=longer)], OCTOBER, days_off=NONE_OFF).used


def test_only_the_car_leg_of_a_mixed_trip_counts_as_mileage() -> None:
    legs = [leg("walk", 300), leg("car", 5_000), leg("train", 80_000), leg("car", 2_000)]
    mixed = trip("2026-10-01T10:00", "2026-10-01T12:00", legs)
    selected = select(mileage(), [mixed], OCTOBER, days_off=NONE_OFF)
    assert [row.metres for row in selected.rows] == [2_000, 5_000]
    assert selected.used == ((mixed.trip.id, 7_000),)


def test_an_unsure_leg_waits_while_the_sure_one_counts() -> None:
    legs = [leg("car", 5_000), leg("car", 2_000, confidence=0.69)]
    doubtful = trip("2026-10-01T10:00", "2026-10-01T12:00", legs)
    selected = select(mileage(), [doubtful], OCTOBER, days_off=NONE_OFF)
    assert selected.used == ((doubtful.trip.id, 5_000),)
    assert selected.waiting == (doubtful.trip.id,)
    only = trip("2026-10-02T10:00", "2026-10-02T12:00", [leg("car", 2_000, confidence=0.5)])
    selected = select(mileage(), [only], OCTOBER, days_off=NONE_OFF)
    assert (selected.used, selected.waiting, selected.left_out) == ((), (only.trip.id,), ())


def test_a_commute_counts_as_a_whole_by_its_main_mode() -> None:
    bike = [leg("walk", 200), leg("bike", 6_000), leg("unknown", 100, confidence=0.3)]
    there = trip("2026-10-01T08:02", "2026-10-01T08:26", bike, purpose="commute")
    back = trip("2026-10-01T18:10", "2026-10-01T18:40", [leg("walk", 6_100)], purpose="commute")
    by_train = [leg("bike", 2_000), leg("train", 40_000)]
    train = trip("2026-10-02T08:02", "2026-10-02T08:26", by_train, purpose="commute")
    selected = select(commute(), [train, back, there], OCTOBER, days_off=NONE_OFF)
    assert selected.rows == (
        Row("2026-10-01", "bike", 0, 6_300, 0),
        Row("2026-10-01", "walk", 0, 6_100, 0),
    )
    assert reasons(selected) == {"other mode": 1}
    raw = evaluate(job_for(commute(), OCTOBER), selected.rows)
    result = check_result(commute(), OCTOBER, raw)
    assert result.totals == {"days": 1}
    assert {group.key["mode"]: group.values["days"] for group in result.groups} == {
        "walk": 1,
        "run": 0,
        "bike": 1,
        "e_bike": 0,
        "e_scooter": 0,
    }


def test_a_leg_whose_driving_nobody_saw_is_unseen() -> None:
    asked = replace(mileage(), measures=(Measure("night_percent", 1, 100),))
    (row,) = select(asked, [TO_CLIENT], OCTOBER, days_off=NONE_OFF).rows
    assert (row.night_m, row.driven) == (UNSEEN.night_m, UNSEEN.seen)


def test_days_off_only_count_where_the_terms_name_hours() -> None:
    on_holiday = trip(
        "2026-10-01T08:00", "2026-10-01T08:30", [leg("bike", 6_000)], purpose="commute"
    )
    off = frozenset({dt.date(2026, 10, 1)})
    assert select(commute(), [on_holiday], OCTOBER, days_off=off).used


@pytest.mark.parametrize(
    ("period", "error"),
    [
        ("2027-01", PeriodRefusedError),
        ("2025-12..2026-01", PeriodRefusedError),
        ("2026-10-01", PeriodCadenceError),
        ("2026-10..2026-11", PeriodCadenceError),
        ("2026", PeriodCadenceError),
    ],
)
def test_nothing_is_selected_for_a_period_that_the_terms_do_not_name(
    period: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        select(mileage(), [TO_CLIENT], Period.parse(period), days_off=NONE_OFF)


def is_named(terms: Terms, item: DescribedTrip, part: Leg, off: frozenset[dt.date]) -> bool:
    """Say, slowly and minute by minute, whether the terms name this leg."""
    asked = terms.select
    start, end = (
        dt.datetime.fromtimestamp(us / 1e6, ZoneInfo(asked.window.zone if asked.window else "UTC"))
        for us in (item.trip.start_us, item.trip.end_us)
    )
    day = start.date() if asked.window else dt.date.fromisoformat(item.day)
    named = OCTOBER.first <= day <= OCTOBER.last and item.purpose.value in asked.purposes
    mode = item.trip.main_leg.mode if asked.unit == "trip" else part.mode
    named = named and mode.value in asked.modes
    if asked.vehicles:
        named = named and item.vehicle in asked.vehicles
    ends = {place.kind.value for place in (item.origin, item.destination) if place}
    named = named and (not asked.within or bool(ends & set(asked.within)))
    named = named and not ends & set(asked.outside)
    if asked.window:
        named = named and day not in off and day not in asked.window.leave
        named = named and _in_hours(asked, start, end)
    surest = item.trip.main_leg if asked.unit == "trip" else part
    floor = {"sure": 0.9, "likely": 0.7, "unsure": 0.0}[asked.min_sureness]
    return named and surest.confidence >= floor


def _in_hours(asked: Selection, start: dt.datetime, end: dt.datetime) -> bool:
    assert asked.window is not None
    midnight = start.replace(hour=0, minute=0, second=0, fold=0)
    for first, last in asked.window.hours[start.weekday()]:
        opens = (midnight + dt.timedelta(minutes=first)).timestamp()
        closes = (midnight + dt.timedelta(minutes=last)).replace(fold=1).timestamp()
        if opens <= start.timestamp() and end.timestamp() <= closes:
            return True
        overlap = min(closes, end.timestamp()) - max(opens, start.timestamp())
        if not asked.whole and overlap > 0:
            return True
    return False


OFF = st.frozensets(st.dates(dt.date(2026, 9, 28), dt.date(2026, 11, 2)), max_size=4)


class TestSelect:
    """Promise: "what it does not name does not exist"."""

    @settings(max_examples=70)
    @given(all_terms(), TRIPS, OFF)
    def test_no_trip_is_used_that_the_terms_do_not_name(
        self, terms: Terms, trips: list[DescribedTrip], off: frozenset[dt.date]
    ) -> None:
        expected = {}
        for item in trips:
            parts = [part for part in item.trip.legs if is_named(terms, item, part, off)]
            if terms.select.unit == "trip" and parts:
                expected[item.trip.id] = math.floor(item.trip.distance_m + 0.5)
            elif parts:
                expected[item.trip.id] = sum(math.floor(p.distance_m + 0.5) for p in parts)
        assert dict(select(terms, trips, OCTOBER, days_off=off).used) == expected

    @settings(max_examples=40)
    @given(all_terms(), TRIPS, OFF)
    def test_each_trip_is_used_waits_or_is_left_out(
        self, terms: Terms, trips: list[DescribedTrip], off: frozenset[dt.date]
    ) -> None:
        selected = select(terms, trips, OCTOBER, days_off=off)
        kept = {name for name, _ in selected.used} | {*selected.waiting}
        assert len(kept) + sum(reasons(selected).values()) == len(trips)
        assert sum(row.metres for row in selected.rows) == sum(m for _, m in selected.used)

    @settings(max_examples=30)
    @given(all_terms(), TRIPS, OFF, st.integers(0, 2**32))
    def test_the_order_of_trips_does_not_matter(
        self, terms: Terms, trips: list[DescribedTrip], off: frozenset[dt.date], seed: int
    ) -> None:
        shuffled = random.Random(seed).sample(trips, len(trips))  # noqa: S311  no secret
        assert select(terms, trips, OCTOBER, days_off=off) == select(
            terms, shuffled, OCTOBER, days_off=off
        )

    @settings(max_examples=70)
    @given(all_terms(), SELECTIONS, TRIPS, OFF)
    def test_terms_that_allow_more_use_no_less(
        self, terms: Terms, more: Selection, trips: list[DescribedTrip], off: frozenset[dt.date]
    ) -> None:
        narrow = replace(terms, select=replace(terms.select, unit="leg"))
        either = narrow.select
        wide = replace(
            either,
            modes=tuple({*either.modes, *more.modes}),
            purposes=tuple({*either.purposes, *more.purposes}),
            vehicles=either.vehicles if more.whole else (),
            whole=either.whole and more.whole,
            min_sureness="unsure" if more.whole else either.min_sureness,
        )
        few = dict(select(narrow, trips, OCTOBER, days_off=off).used)
        many = dict(select(replace(terms, select=wide), trips, OCTOBER, days_off=frozenset()).used)
        assert all(many[name] >= metres for name, metres in few.items())

    @settings(max_examples=40)
    @given(all_terms(), TRIPS)
    def test_what_is_evaluated_fits_the_closed_schema(
        self, terms: Terms, trips: list[DescribedTrip]
    ) -> None:
        roomy = tuple(replace(m, maximum=m.step * 10**8) for m in terms.measures)
        terms = replace(terms, measures=roomy, module=None)
        selected = select(terms, trips, OCTOBER, days_off=NONE_OFF)
        raw = evaluate(job_for(terms, OCTOBER), selected.rows)
        assert check_result(terms, OCTOBER, raw).as_json() == raw

    @settings(max_examples=30)
    @given(all_terms(), TRIPS)
    def test_a_row_says_no_more_than_the_measures_need(
        self, terms: Terms, trips: list[DescribedTrip]
    ) -> None:
        asked = {measure.id for measure in terms.measures} | set(terms.group_by)
        for row in select(terms, trips, OCTOBER, days_off=NONE_OFF).rows:
            module = terms.module is not None
            assert (len(row.day) == 10) == (bool(asked & {"days", "day"}) or module)
            assert (row.day == "") == (not asked & {"days", "day", "month"} and not module)
            assert (row.mode == "") == ("mode" not in asked and not module)
            counted = "trips" in asked or terms.small_cells > 0 or module
            assert (row.trip == 0) == (not counted)
            assert (row.driven == ()) == (not asked & DRIVING and not module)
            assert module or (row.purpose, row.vehicle) == ("", "")
            assert module or row.seconds == 0 or "duration_s" in asked
