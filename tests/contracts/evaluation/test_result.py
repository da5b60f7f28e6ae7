from __future__ import annotations

import copy
import datetime as dt
import math
from dataclasses import replace
from typing import Any

import pytest

from geowallet.contracts.evaluation.leak import leak_bits
from geowallet.contracts.evaluation.result import check_result, job_for
from geowallet.contracts.life.offer import terms_digest
from geowallet.contracts.templates.templates import work_hour_mileage
from geowallet.contracts.terms.measures import Measure
from geowallet.contracts.terms.periods import check_period, group_keys, periods
from geowallet.contracts.terms.syntax import Terms
from geowallet.model.calendar import Period
from geowallet.model.errors import PeriodCadenceError, ResultRefusedError
from tests.contracts.parties import HOURS, OCTOBER, commute, mileage, particulars

NO_SHARE = {"L0": 0, "L1": 0, "L2": 0, "L3": 0}

KILOMETRES: dict[str, Any] = {
    "totals": {"distance_m": 412_000},
    "groups": [{"key": {"month": "2026-10"}, "values": {"distance_m": 412_000}}],
    "share_m": NO_SHARE | {"L0": 41_000, "L1": 371_000},
    "share_percent": NO_SHARE | {"L0": 10, "L1": 90},
}

BIKE_DAYS: dict[str, Any] = {
    "totals": {"days": 3},
    "groups": [
        {"key": {"mode": mode}, "values": {"days": days}}
        for mode, days in {"walk": 1, "run": 0, "bike": 3, "e_bike": 0, "e_scooter": 0}.items()
    ],
    "share_m": {},
    "share_percent": NO_SHARE | {"L0": 100},
}


def test_what_the_terms_name_becomes_a_result() -> None:
    result = check_result(mileage(), OCTOBER, KILOMETRES)
    assert result.contract_sha256 == terms_digest(mileage())
    assert result.totals == {"distance_m": 412_000}
    assert result.groups[0].key == {"month": "2026-10"}
    assert result.as_json() == KILOMETRES
    assert check_result(commute(), OCTOBER, BIKE_DAYS).as_json() == BIKE_DAYS


def test_a_level_holds_with_all_above_it() -> None:
    shares = NO_SHARE | {"L0": 10, "L1": 60, "L3": 30}
    result = check_result(mileage(), OCTOBER, KILOMETRES | {"share_percent": shares})
    assert [result.percent_at_least(level) for level in ("L0", "L1", "L2", "L3")] == [
        100,
        90,
        30,
        30,
    ]


def put(raw: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(raw)
    *inner, last = path.split("/")
    place: Any = changed
    for step in inner:
        place = place[int(step) if step.isdigit() else step]
    place[last] = value
    return changed


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("home", "Lyon"),
        ("totals/speed", 130),
        ("totals", []),
        ("totals/distance_m", True),
        ("totals/distance_m", 412_000.0),
        ("totals/distance_m", "412000"),
        ("totals/distance_m", 412_001),
        ("totals/distance_m", 411_000),
        ("totals/distance_m", 413_000),
        ("totals/distance_m", -1_000),
        ("totals/distance_m", 10**9),
        ("groups", {}),
        ("groups", []),
        ("groups", KILOMETRES["groups"] * 2),
        ("groups/0/key", {"month": "2026-11"}),
        ("groups/0/key", {"month": "2026-10", "place": "home"}),
        ("groups/0/also", 1),
        ("groups/0/values/distance_m", 10**9),
        ("groups/0/values/speed", 1),
        ("share_m", {}),
        ("share_m/L4", 0),
        ("share_m/L0", 42_000),
        ("share_m/L0", 41_000.0),
        ("share_percent/L0", 11),
        ("share_percent/L0", -90),
    ],
)
def test_anything_else_is_refused(path: str, value: Any) -> None:
    with pytest.raises(ResultRefusedError):
        check_result(mileage(), OCTOBER, put(KILOMETRES, path, value))


def test_figures_off_their_step_are_refused_although_they_add_up() -> None:
    finer = put(KILOMETRES, "totals/distance_m", 412_001)
    finer = put(finer, "groups/0/values/distance_m", 412_001)
    with pytest.raises(ResultRefusedError, match=r"totals\.distance_m"):
        check_result(mileage(), OCTOBER, put(finer, "share_m/L0", 41_001))


@pytest.mark.parametrize("raw", [None, [], "412 km", 412, {}])
def test_a_result_is_an_object_with_its_members(raw: Any) -> None:
    with pytest.raises(ResultRefusedError):
        check_result(mileage(), OCTOBER, raw)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("totals/days", 2),  # fewer than the days by bike
        ("totals/days", 5),  # more than all modes together
        ("totals/days", 32),
        ("groups/2/values/days", 32),
        ("groups/0/values/days", True),
        ("share_percent/L1", False),
        ("share_m", NO_SHARE),  # metres, which these terms do not ask for
    ],
)
def test_days_that_cannot_be_are_refused(path: str, value: Any) -> None:
    with pytest.raises(ResultRefusedError):
        check_result(commute(), OCTOBER, put(BIKE_DAYS, path, value))


def test_days_of_several_modes_need_not_add_up() -> None:
    for total in (3, 4):
        check_result(commute(), OCTOBER, put(BIKE_DAYS, "totals/days", total))


def _yearly_days(group_by: tuple[str, ...]) -> Terms:
    terms = replace(mileage(), covers=Period(dt.date(2026, 2, 10), dt.date(2026, 4, 5)))
    return replace(terms, cadence="year", group_by=group_by, measures=(Measure("days", 1, 366),))


def test_a_month_cut_by_the_contract_has_only_its_days() -> None:
    """10 to 28 February is 19 days, March 31, 1 to 5 April 5."""
    terms = _yearly_days(("month",))
    (period,) = periods(terms)
    good = {
        "totals": {"days": 55},
        "groups": [
            {"key": {"month": month}, "values": {"days": days}}
            for month, days in (("2026-02", 19), ("2026-03", 31), ("2026-04", 5))
        ],
        "share_m": {},
        "share_percent": NO_SHARE | {"L0": 100},
    }
    check_result(terms, period, good)
    with pytest.raises(ResultRefusedError):
        check_result(terms, period, put(good, "groups/0/values/days", 20))
    with pytest.raises(ResultRefusedError, match=r"totals\.days"):
        check_result(terms, period, put(good, "totals/days", 54))


def test_a_day_has_one_day() -> None:
    terms = _yearly_days(("day",))
    (period,) = periods(terms)
    assert len(group_keys(terms, period)) == 55
    figures = {
        "totals": {"days": 2},
        "groups": [
            {"key": {"day": day}, "values": {"days": 2 if day == "2026-02-10" else 0}}
            for (day,) in group_keys(terms, period)
        ],
        "share_m": {},
        "share_percent": NO_SHARE,
    }
    with pytest.raises(ResultRefusedError, match=r"groups\[0\]\.days"):
        check_result(terms, period, figures)


def test_the_periods_of_a_contract() -> None:
    assert len(periods(mileage())) == 12
    assert periods(mileage())[9] == OCTOBER
    yearly = replace(
        work_hour_mileage(particulars(cadence="year"), window=HOURS),
        covers=Period(dt.date(2025, 6, 15), dt.date(2027, 3, 1)),
    )
    assert [str(period) for period in periods(yearly)] == [
        "2025-06-15..2025-12",
        "2026",
        "2027-01..2027-03-01",
    ]


def test_a_period_that_is_too_short_is_answered_with_the_whole_one() -> None:
    with pytest.raises(PeriodCadenceError) as caught:
        job_for(mileage(), Period.parse("2026-10-05"))
    assert caught.value.details["example"] == "2026-10"


def test_the_job_names_every_group_that_may_come_out() -> None:
    job = job_for(replace(mileage(), group_by=("month", "mode")), OCTOBER)
    assert job.keys == (("2026-10", "car"),)
    assert job_for(replace(mileage(), group_by=()), OCTOBER).keys == ()


class TestLeakBits:
    """Promise: an upper bound; unlike a route, it cannot grow with the track."""

    def test_worked_by_hand(self) -> None:
        """One month: 20,001 totals; their split over 4 levels; the split of 100 or 0."""
        split = math.log2(math.comb(20_003, 3))
        expected = math.log2(20_001) + split + math.log2(math.comb(103, 3) + 1)
        assert leak_bits(mileage(), OCTOBER) == pytest.approx(expected)

    def test_counts_are_bounded_by_the_days_of_the_month(self) -> None:
        """Five modes and a total, 0 to 31 each."""
        expected = 6 * math.log2(32) + math.log2(math.comb(103, 3) + 1)
        assert leak_bits(commute(), OCTOBER) == pytest.approx(expected)

    def test_coarser_is_less_and_finer_groups_are_more(self) -> None:
        exact, coarse = mileage(step_m=1), mileage(step_m=10_000)
        assert leak_bits(coarse, OCTOBER) < leak_bits(exact, OCTOBER)
        by_day = replace(mileage(), group_by=("day",))
        assert leak_bits(mileage(), OCTOBER) < leak_bits(by_day, OCTOBER)

    def test_a_total_without_groups_is_counted_once(self) -> None:
        ungrouped = replace(mileage(), group_by=())
        assert leak_bits(ungrouped, OCTOBER) == pytest.approx(leak_bits(mileage(), OCTOBER))


def test_an_export_for_once_speaks_of_all_that_is_covered() -> None:
    """A British tax year: 6 April to 5 April."""
    tax_year = Period(dt.date(2026, 4, 6), dt.date(2027, 4, 5))
    terms = replace(mileage(), covers=tax_year, cadence="once")
    assert periods(terms) == (tax_year,)
    with pytest.raises(PeriodCadenceError):
        check_period(terms, OCTOBER)


KEEPS_BACK = replace(commute(), small_cells=3)
MODES_OF = ("walk", "run", "bike", "e_bike", "e_scooter")


def kept(days: list[Any], total: Any) -> dict[str, Any]:
    return BIKE_DAYS | {
        "totals": {"days": total},
        "groups": [
            {"key": {"mode": mode}, "values": {"days": value}}
            for mode, value in zip(MODES_OF, days, strict=True)
        ],
    }


class TestKeptBack:
    def test_two_groups_or_all_of_it(self) -> None:
        for raw in (kept([None, None, 5, 0, 0], 7), kept([None, 0, 0, 0, 0], None)):
            assert check_result(KEEPS_BACK, OCTOBER, raw).as_json() == raw

    @pytest.mark.parametrize(
        ("days", "total"),
        [
            ([None, 0, 5, 0, 0], 7),  # one alone: 7 - 5 undoes it
            ([None, None, 5, 0, 0], 4),  # less than what is shown
            ([None, None, "insufficient_data", 0, 0], 7),
        ],
    )
    def test_what_subtraction_undoes_is_refused(self, days: list[Any], total: Any) -> None:
        with pytest.raises(ResultRefusedError):
            check_result(KEEPS_BACK, OCTOBER, kept(days, total))

    def test_nothing_is_kept_back_unasked(self) -> None:
        with pytest.raises(ResultRefusedError):
            check_result(commute(), OCTOBER, kept([None, None, 5, 0, 0], 7))

    def test_shares_of_a_total_that_is_kept_back_are_kept_back_too(self) -> None:
        terms = replace(mileage(), small_cells=3)
        null = {"distance_m": None}
        raw = KILOMETRES | {
            "totals": null,
            "groups": [{"key": {"month": "2026-10"}, "values": null}],
            "share_m": dict.fromkeys(NO_SHARE),
        }
        assert check_result(terms, OCTOBER, raw).as_json() == raw
        with pytest.raises(ResultRefusedError, match="share_m"):
            check_result(terms, OCTOBER, raw | {"share_m": NO_SHARE})
