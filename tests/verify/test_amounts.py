"""Amounts that a reader computes again, worked by hand: 412 km at 30 cents are 123.60."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geowallet.app.rulebook import rule, text_of, texts
from geowallet.contracts.evaluation.result import check_result
from geowallet.contracts.terms.measures import Measure, RuleUse
from geowallet.contracts.terms.syntax import Terms
from geowallet.crypto.canonical import sha256_hex
from geowallet.model.errors import ContractMismatchError
from geowallet.rules.load import load_rule
from geowallet.verify.amounts import Footing
from geowallet.verify.verdict import Outcome, Verdict
from geowallet.verify.verifier import verify_export
from tests.proofs.parties import NOW_S, OCTOBER, TERMS, contract_of, export_of, mileage

DISTANCE, DAYS = Measure("distance_m", 1_000, 20_000_000), Measure("days", 1, 31)


def use(name: str, **told: int | bool | str) -> RuleUse:
    text = next(text for text in texts().values() if load_rule(text).id == name)
    return RuleUse(name, sha256_hex(text.encode()), 2026, rule(name).currency, (*told.items(),))


def terms(used: RuleUse, *others: Measure, step: int = 1, small_cells: int = 0) -> Terms:
    amount = Measure("amount_cents", step, 100_000_000, used)
    asked = replace(TERMS, measures=(*others, amount), group_by=(), small_cells=small_cells)
    return replace(asked, cadence="once", covers=OCTOBER)


def verdict(
    asked: Terms, cents: int | None, *, text: str | None = None, hidden: bool = False
) -> Verdict:
    """What a reader finds who has the rule, or the ``text`` given in its stead."""
    figures = {"distance_m": 412_000, "days": 9, "amount_cents": cents}
    totals = {one.id: None if hidden else figures[one.id] for one in asked.measures}
    whole = mileage()
    shares = whole.share_m if "distance_m" in totals else {}
    raw = {
        "totals": totals,
        "groups": [],
        "share_m": dict.fromkeys(shares) if hidden else shares,
        "share_percent": whole.share_percent,
    }
    contract = contract_of(asked)
    sent = export_of(check_result(asked, OCTOBER, raw), contract)
    sha256 = next(measure.rule.sha256 for measure in asked.measures if measure.rule)
    rule_text = text_of(sha256) if text is None else text
    return verify_export(sent, contract, now_s=NOW_S, rule_text=rule_text)


BUSINESS = use("de.dienstreise")


def test_an_amount_that_follows_is_said_to() -> None:
    seen = verdict(terms(BUSINESS, DISTANCE), 12_360)
    assert (seen.accepted, seen.amount) == (True, Footing.FOLLOWS)
    assert verdict(terms(BUSINESS, DISTANCE, step=100), 12_400).amount is Footing.FOLLOWS


@pytest.mark.parametrize("cents", [12_361, 12_359, 0, 1_236_000])
def test_a_wrong_amount_under_a_right_signature_is_refused(cents: int) -> None:
    seen = verdict(terms(BUSINESS, DISTANCE), cents)
    assert isinstance(seen.error, ContractMismatchError)
    assert [one.name for one in seen.checks if one.outcome is Outcome.FAILED] == ["amount"]
    assert seen.figures is None
    assert "de.dienstreise" in str(seen.error)


def test_days_and_a_way_that_the_terms_fix_are_enough() -> None:
    """20 km one way at 38 cents (German law from 2026) on 9 days are 68.40."""
    commute = use("de.entfernungspauschale.pkw", one_way_m=20_000)
    assert verdict(terms(commute, DAYS), 6_840).amount is Footing.FOLLOWS
    assert not verdict(terms(commute, DAYS), 6_841).accepted


def test_without_the_metres_nothing_is_computed_and_that_is_said() -> None:
    assert verdict(terms(BUSINESS, DAYS), 99).amount is Footing.FIGURES_UNSAID


def test_without_the_rule_nothing_is_computed_and_that_is_said() -> None:
    unknown = replace(BUSINESS, sha256="ab" * 32)
    seen = verdict(terms(unknown, DISTANCE), 99)
    assert (seen.accepted, seen.amount) == (True, Footing.RULE_UNKNOWN)


def test_another_file_in_the_place_of_the_rule_is_no_rule() -> None:
    cheaper = text_of(BUSINESS.sha256).replace("0.3", "0.2")
    assert not verdict(terms(BUSINESS, DISTANCE), 12_360, text=cheaper).accepted


def test_what_is_kept_back_has_no_amount_to_compute() -> None:
    seen = verdict(terms(BUSINESS, DISTANCE, small_cells=5), None, hidden=True)
    assert (seen.accepted, seen.amount) == (True, None)


def test_an_export_without_an_amount_says_nothing_of_one() -> None:
    contract = contract_of(TERMS)
    assert verify_export(export_of(), contract, now_s=NOW_S).amount is None
