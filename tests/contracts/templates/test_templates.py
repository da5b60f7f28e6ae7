"""Every template, as an organisation would send it."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest

from geowallet.contracts.life.offer import offer_bytes, read_offer, sign_offer
from geowallet.contracts.templates.templates import TEMPLATES, Choices
from geowallet.contracts.terms.measures import RuleUse
from geowallet.contracts.terms.periods import periods
from geowallet.contracts.terms.syntax import TEMPLATES as NAMED
from geowallet.contracts.terms.syntax import Terms, terms_as_json, terms_from_json
from geowallet.contracts.words.explain import explain
from geowallet.contracts.words.facts import unusual
from geowallet.crypto.canonical import canonical_bytes
from geowallet.model.calendar import Period
from tests.contracts.parties import EMPLOYER_SIGNING, HOURS, particulars

RULE = RuleUse("fr.bareme_kilometrique.voiture", "ab" * 32, 2026, "EUR", (("power_cv", 5),))


def written(name: str, choices: Choices | None = None) -> Terms:
    template = TEMPLATES[name]
    chosen = choices or Choices(window=HOURS if template.needs_hours else None)
    return template.terms(replace(particulars(), cadence=""), chosen)


def test_the_language_names_every_template_and_no_other() -> None:
    assert {template.id for template in TEMPLATES.values()} | {"none"} == set(NAMED)


@pytest.mark.parametrize("name", sorted(TEMPLATES))
class TestEachTemplate:
    def test_gives_terms_that_every_reader_accepts(self, name: str) -> None:
        terms = written(name)
        value = json.loads(canonical_bytes(terms_as_json(terms)))
        assert terms_from_json(value) == terms
        assert terms.template == TEMPLATES[name].id
        assert terms.cadence == TEMPLATES[name].cadence
        assert periods(terms)

    def test_can_be_signed_and_is_small(self, name: str) -> None:
        body = offer_bytes(sign_offer(written(name), EMPLOYER_SIGNING))
        assert read_offer(body).terms == written(name)
        assert len(body) < 5_000

    def test_lets_nothing_out_that_is_unusual_for_it(self, name: str) -> None:
        assert unusual(written(name)) == ()
        shown = {
            str(label): [str(clause) for clause in said] for label, said in explain(written(name))
        }
        assert "all of it is usual for this purpose" in shown["LEAVES"]

    def test_says_so_where_more_is_asked(self, name: str) -> None:
        dated = replace(written(name), group_by=("day",), commitments="none")
        trips = replace(dated, select=replace(dated.select, purposes=("private",)))
        assert unusual(trips)

    def test_names_vehicles_where_they_are_given(self, name: str) -> None:
        terms = written(name, Choices(window=HOURS, vehicles=("clio",)))
        by_car = terms.select.modes == ("car",)
        assert terms.select.vehicles == (("clio",) if by_car else ())
        assert unusual(terms) == ()


def test_an_amount_is_measured_where_a_rule_is_given() -> None:
    year = replace(particulars(), cadence="year")
    terms = TEMPLATES["work-hour-mileage"].terms(year, Choices(window=HOURS, rule=RULE))
    assert [measure.id for measure in terms.measures] == ["distance_m", "amount_cents"]
    assert terms_from_json(terms_as_json(terms)).measures[1].rule == RULE
    assert unusual(terms) == ()


def test_a_british_tax_year_is_one_export() -> None:
    year = replace(
        particulars(), cadence="", covers=Period(dt.date(2026, 4, 6), dt.date(2027, 4, 5))
    )
    terms = TEMPLATES["mileage-gb"].terms(year)
    assert periods(terms) == (year.covers,)
    assert terms.measures[0].maximum == 13 * 20_000_000  # April twice


def test_the_two_halves_of_a_company_car_do_not_meet() -> None:
    business, private = written("company-car-business"), written("company-car-private")
    assert not set(business.select.purposes) & set(private.select.purposes)
    assert business.group_by == ("day",)
    assert private.group_by == ()
    assert private.cadence == "year"


def test_a_panel_is_blurred_and_keeps_small_groups_back() -> None:
    terms = written("research-panel")
    assert (terms.small_cells, terms.epsilon_milli) == (5, 1_000)
    assert "day" not in terms.group_by


def test_a_works_council_draws_by_lot_over_commitments() -> None:
    terms = written("works-council-audit")
    assert (terms.commitments, terms.audit.draws, terms.group_by) == ("day", 10, ())
