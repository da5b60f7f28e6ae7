from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from geowallet.contracts.terms.amend import FIXED, amended
from geowallet.contracts.terms.syntax import Terms, terms_as_json
from geowallet.contracts.words.facts import unusual
from geowallet.model.errors import BadContractError
from tests.contracts.parties import all_terms, mileage


def test_an_object_is_amended_and_a_list_replaced() -> None:
    change = {"group_by": ["mode"], "small_cells": 3, "select": {"places": {"outside": ["home"]}}}
    terms = amended(mileage(), change)
    assert terms.group_by == ("mode",)
    assert terms.small_cells == 3
    assert terms.select.outside == ("home",)
    assert terms.select.modes == mileage().select.modes


def test_what_is_more_than_usual_is_still_said_to_be() -> None:
    assert [fact.id for fact in unusual(amended(mileage(), {"group_by": ["day"]}))] == ["day"]


def test_null_becomes_an_object() -> None:
    tariff = {
        "currency": "EUR",
        "base_cents": 100,
        "bands": [{"up_to_km": None, "cents_per_100km": 5}],
        "night_percent": 0,
    }
    assert amended(mileage(), {"tariff": tariff}).tariff is not None


@pytest.mark.parametrize("member", FIXED)
def test_what_the_desk_gives_is_not_written_by_hand(member: str) -> None:
    with pytest.raises(BadContractError, match="given by the desk"):
        amended(mileage(), {member: terms_as_json(mileage())[member]})


@pytest.mark.parametrize(
    "change", [None, [], "x", {"home": 1}, {"group_by": "day"}, {"select": {"modes": []}}]
)
def test_nonsense_is_refused(change: Any) -> None:
    with pytest.raises(BadContractError):
        amended(mileage(), change)


class TestAmended:
    """Promise: nothing else changes."""

    @settings(max_examples=20)
    @given(all_terms())
    def test_no_change_is_no_change(self, terms: Terms) -> None:
        assert amended(terms, {}) == terms
        assert amended(terms, {"select": {}, "covers": {}}) == terms
