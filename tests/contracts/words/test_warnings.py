from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from geowallet.contracts.templates.templates import TEMPLATES, Choices
from geowallet.contracts.terms.measures import Measure
from geowallet.contracts.terms.module_terms import Module, ModuleOutput
from geowallet.contracts.terms.protection import Audit
from geowallet.contracts.terms.syntax import Terms
from geowallet.contracts.words.warnings import warnings
from geowallet.model.calendar import Period
from tests.contracts.parties import HOURS, all_terms, commute, mileage, particulars


def codes(terms: Terms) -> list[str]:
    return [one.code for one in warnings(terms)]


def module(most: int) -> Module:
    return Module("0f" * 32, 1_000, 1, (ModuleOutput("score", 0, most),))


FINE = replace(mileage(step_m=100), group_by=("day",))
DAYS_BY_MODE = replace(mileage(), group_by=("day", "mode"))
UNSURE = replace(mileage().select, min_sureness="unsure")
EVERYTHING = tuple(Measure(id_, 1, 1_000_000_000) for id_ in ("distance_m", "trips", "days"))


@pytest.mark.parametrize("terms", [mileage(), commute(), replace(mileage(), group_by=("day",))])
def test_what_is_usual_is_not_warned_of(terms: Terms) -> None:
    assert codes(terms) == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_template_says_more_than_a_figure_needs(name: str) -> None:
    terms = TEMPLATES[name].terms(particulars(), Choices(window=HOURS, vehicles=("AB-123",)))
    assert not {"many_bits", "wide_range", "wide_output", "single_trips"} & set(codes(terms))


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        (FINE, "fine_days"),
        (DAYS_BY_MODE, "single_trips"),
        (replace(mileage(), measures=EVERYTHING, group_by=("day", "mode")), "many_bits"),
        (replace(mileage(), module=module(1_000)), "wide_output"),
        (replace(mileage(), measures=EVERYTHING[:1]), "wide_range"),
        (replace(mileage(), select=UNSURE), "unsure"),
        (replace(mileage(), audit=Audit(0, 1)), "spot_checks"),
        (replace(mileage(), covers=Period.parse("2020..2024")), "long_cover"),
        (replace(mileage(), retention_months=61), "long_retention"),
    ],
)
def test_each_is_warned_of_by_its_code(terms: Terms, code: str) -> None:
    assert code in codes(terms)


@pytest.mark.parametrize(
    "terms",
    [
        replace(FINE, measures=(Measure("distance_m", 1_000, 20_000_000),)),
        replace(DAYS_BY_MODE, small_cells=3),
        replace(mileage(), module=module(999)),
        replace(mileage(), retention_months=60),
        replace(mileage(), measures=(Measure("distance_m", 1_000, 62_000_000),)),
    ],
)
def test_the_limits_are_where_they_are_said_to_be(terms: Terms) -> None:
    assert codes(terms) == []


@settings(max_examples=60)
@given(all_terms())
def test_any_terms_can_be_weighed(terms: Terms) -> None:
    found = warnings(terms)
    assert len({one.code for one in found}) == len(found)
    assert all(str(one.text) for one in found)
