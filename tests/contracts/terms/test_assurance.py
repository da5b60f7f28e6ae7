from __future__ import annotations

from dataclasses import replace

import jsonschema
import pytest

from geowallet.contracts.evaluation.select import select
from geowallet.contracts.terms.schema import terms_schema
from geowallet.contracts.terms.syntax import Terms, terms_as_json, terms_from_json
from geowallet.contracts.words.explain import deductions, explain
from geowallet.contracts.words.odrl import odrl_policy
from geowallet.model.calendar import Period
from geowallet.model.errors import BadContractError
from tests.contracts.parties import leg, mileage, trip

OCTOBER = Period.parse("2026-10")


def asks(level: str, percent: int = 100, *, only: bool = False, readings: bool = False) -> Terms:
    return replace(
        mileage(),
        min_assurance=level,
        min_share_percent=percent,
        only_assured=only,
        shows_readings=readings,
    )


class TestDemand:
    """Promise: what is asked beside a level is written only where it is asked, and fits it."""

    @pytest.mark.parametrize(
        "terms",
        [
            asks("L1", 80),
            asks("L2", only=True),
            asks("L3", 0, readings=True),
            asks("L3", only=True, readings=True),
        ],
    )
    def test_reads_what_it_writes_as_the_schema_says(self, terms: Terms) -> None:
        written = terms_as_json(terms)
        assert terms_from_json(written) == terms
        jsonschema.validate(written, terms_schema())
        more = set(written["assurance"]) - {"level", "share_percent"}
        assert more == {
            name
            for name, asked in (("only", terms.only_assured), ("readings", terms.shows_readings))
            if asked
        }

    @pytest.mark.parametrize(
        "terms",
        [
            asks("L0", only=True),
            asks("L2", 99, only=True),
            asks("L2", 80, readings=True),
        ],
    )
    def test_a_demand_that_contradicts_itself_is_refused(self, terms: Terms) -> None:
        with pytest.raises(BadContractError):
            terms_from_json(terms_as_json(terms))

    @pytest.mark.parametrize("member", ["only", "readings"])
    @pytest.mark.parametrize("value", [False, 1, None])
    def test_no_other_way_to_write_it(self, member: str, value: object) -> None:
        written = terms_as_json(asks("L3"))
        written["assurance"][member] = value
        with pytest.raises(BadContractError):
            terms_from_json(written)

    def test_the_views_say_so(self) -> None:
        sections = explain(asks("L2", only=True))
        said = {str(clause) for _, clauses in sections for clause in clauses}
        assert "trips that no registered device signed count for nothing" in said
        open_ = asks("L3", 0, readings=True)
        assert "how much the vehicle is driven in all, by anybody" in map(str, deductions(open_))
        rule = odrl_policy(open_)["permission"][0]
        (found,) = (one for one in rule["constraint"] if one["leftOperand"] == "gw:assurance")
        assert found["rightOperand"] == {"level": "L3", "percent": 0, "readings": True}


def test_trips_below_the_level_are_left_out_and_counted() -> None:
    trips = [
        trip(f"2026-10-0{day}T10:14", f"2026-10-0{day}T11:06", [leg("car", 47_300)])
        for day in (6, 7)
    ]
    levels = {trips[0].trip.id: 2, trips[1].trip.id: 1}
    for terms, used in ((asks("L2", only=True), 1), (asks("L2"), 2)):
        found = select(terms, trips, OCTOBER, days_off=frozenset(), levels=levels)
        assert len(found.used) == used
        reasons = {str(why): count for why, count in found.left_out}
        assert reasons == ({} if used == 2 else {"below the level that is asked for": 1})
