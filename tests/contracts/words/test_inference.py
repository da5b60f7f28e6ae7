"""What figures give away, each worked by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from geowallet.contracts.evaluation.result import Group, Result
from geowallet.contracts.terms.measures import Measure
from geowallet.contracts.terms.syntax import Terms
from geowallet.contracts.words.inference import Earlier, inferences
from geowallet.model.calendar import Period
from tests.contracts.parties import OCTOBER, commute, mileage

NO_SHARE = {"L0": 0, "L1": 0, "L2": 0, "L3": 0}


def result(totals: dict[str, Any], rows: dict[str, dict[str, Any]] | None = None) -> Result:
    groups = tuple(Group({"day": day}, dict(values)) for day, values in (rows or {}).items())
    return Result("ab" * 32, OCTOBER, totals, groups, {}, NO_SHARE)


def said(terms: Terms, figures: Result, *earlier: Earlier) -> list[str]:
    return [str(item.text) for item in inferences(terms, figures, earlier)]


def test_figures_of_a_month_alone_give_nothing_away() -> None:
    assert said(mileage(), result({"distance_m": 412_000})) == []


def test_a_way_that_is_travelled_daily_is_a_place() -> None:
    days = {
        f"2026-10-0{n}": {"distance_m": metres}
        for n, metres in ((1, 24_000), (2, 24_000), (3, 9_000), (5, 24_000), (6, 30_000))
    }
    assert said(mileage(), result({"distance_m": 111_000}, days)) == [
        "on 3 of 5 days you travelled the same 24 km: a place you go to"
    ]


def test_two_equal_days_are_chance() -> None:
    days = {
        f"2026-10-0{n}": {"distance_m": metres}
        for n, metres in ((1, 24_000), (2, 24_000), (5, 9_000))
    }
    assert said(mileage(), result({"distance_m": 57_000}, days)) == []


def test_workdays_with_nothing_are_counted_and_weekends_not() -> None:
    """1 October 2026 is a Thursday; the 3rd and 4th are a weekend."""
    days = {f"2026-10-0{n}": {"distance_m": 0} for n in (1, 2, 3, 4)}
    assert said(mileage(), result({"distance_m": 0}, days)) == [
        "2 workdays show nothing: home, ill, on leave, or away by other means"
    ]


def test_groups_of_one_or_two_trips_are_named() -> None:
    days = {f"2026-10-0{n}": {"trips": n} for n in (1, 2, 3)}
    (item,) = inferences(mileage(), result({"trips": 6}, days))
    assert str(item.text) == "2 groups hold one or two trips: their figures are those of a trip"
    assert "small_cells" in str(item.hint)


@pytest.mark.parametrize(
    ("totals", "km"),
    [({"distance_m": 240_000, "days": 10}, 12), ({"distance_m": 240_000, "trips": 20}, 12)],
)
def test_the_way_to_work_is_a_division_away(totals: dict[str, int], km: int) -> None:
    asked = tuple(Measure(name, 1, 1_000_000) for name in totals)
    terms = replace(commute(), measures=asked, group_by=())
    assert said(terms, result(dict(totals))) == [f"you live about {km} km from work, by dividing"]


@pytest.mark.parametrize(
    "totals",
    [{"days": 10}, {"distance_m": 0, "days": 0}, {"distance_m": None, "days": None}],
)
def test_no_division_without_both(totals: dict[str, Any]) -> None:
    assert said(replace(commute(), group_by=()), result(totals)) == []


def before(period: str, *, same: bool = True, metres: int = 400_000) -> Earlier:
    return Earlier(
        "e41c-77b0", "km", "Exemple SAS", same, Period.parse(period), {"distance_m": metres}
    )


def test_the_same_reader_can_subtract() -> None:
    (item,) = inferences(mileage(), result({"distance_m": 412_000}), [before("2026-10")])
    told = str(item.text).replace("\N{NO-BREAK SPACE}", " ")
    assert told == "less receipt e41c-77b0 (km, 2026-10): distance travelled, 12000 m"
    assert str(item.hint).startswith("they have that receipt")


@pytest.mark.parametrize("period", ["2026-10", "2026", "2026-09-15..2026-10-31"])
def test_the_same_reader_can_subtract_from_what_came_before(period: str) -> None:
    """A second contract over a day less gives that day away as surely as one over a day more."""
    earlier = before(period, metres=450_000)
    (item,) = inferences(mileage(), result({"distance_m": 412_000}), [earlier])
    said_of = f"receipt e41c-77b0 (km, {Period.parse(period)})"
    assert str(item.text) == f"{said_of} less this: distance travelled, 38000\N{NO-BREAK SPACE}m"


def test_another_reader_would_have_to_ask() -> None:
    (item,) = inferences(
        mileage(), result({"distance_m": 412_000}), [before("2026-10", same=False)]
    )
    assert str(item.hint) == "only if they ask Exemple SAS, who has that receipt"


@pytest.mark.parametrize(
    "earlier",
    [before("2026-09"), before("2026-10-15..2026-11-15"), before("2026-10", metres=412_000)],
)
def test_no_difference_no_word(earlier: Earlier) -> None:
    assert said(mileage(), result({"distance_m": 412_000}), earlier) == []


def test_what_is_kept_back_cannot_be_subtracted() -> None:
    assert said(mileage(), result({"distance_m": None}), before("2026-10")) == []
