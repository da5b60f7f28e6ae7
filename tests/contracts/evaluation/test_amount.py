"""Amounts, worked by hand from the published tables."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from geowallet.app.rulebook import rule, texts
from geowallet.contracts.evaluation.amount import amount_cents, charge_of, figure_of
from geowallet.contracts.evaluation.evaluate import evaluate
from geowallet.contracts.evaluation.job import Charge, Job, Task
from geowallet.contracts.evaluation.rows import Row
from geowallet.contracts.terms.measures import RuleUse
from geowallet.crypto.canonical import sha256_hex
from geowallet.model.calendar import Period
from geowallet.model.errors import AmountRuleError
from geowallet.rules.load import load_rule

YEAR = Period.parse("2025")


def text_of(name: str) -> str:
    return next(text for text in texts().values() if load_rule(text).id == name)


def use(name: str, year: int = 2025, **told: int | bool | str) -> RuleUse:
    text = text_of(name)
    currency = rule(name).currency
    return RuleUse(name, sha256_hex(text.encode()), year, currency, tuple(told.items()))


def charge(name: str, year: int = 2025, **told: int | bool | str) -> Charge:
    return Charge(text_of(name), year, tuple(told.items()))


def test_german_business_kilometres_pay_thirty_cents_each() -> None:
    assert amount_cents(charge("de.dienstreise"), 531_000, 0) == 15_930


def test_a_french_car_of_five_horsepower_follows_the_scale() -> None:
    """BOFiP 2025: 5 CV, 5,001 to 20,000 km: 0.357 d + 1,395 euros."""
    told = charge("fr.bareme_kilometrique.voiture", power_cv=5)
    assert amount_cents(told, 10_000_000, 0) == 496_500
    assert figure_of(told, 10_000_000, 0).currency == "EUR"


def test_british_metres_become_miles() -> None:
    """1,609,344 m are 1,000 miles at 45 pence."""
    assert amount_cents(charge("gb.amap.car"), 1_609_344, 0) == 45_000


def test_days_by_bike_reach_the_second_step() -> None:
    """Decree 2020-543: from 60 days 200 euros; half the quota halves the days needed."""
    assert amount_cents(charge("fr.fmd.fonction_publique"), 0, 60) == 20_000
    assert amount_cents(charge("fr.fmd.fonction_publique", quota_percent=50), 0, 30) == 20_000


def test_a_commute_takes_the_agreed_way_and_the_counted_days() -> None:
    """20 km one way on 10 days at 30 cents, whatever was recorded."""
    told = charge("de.entfernungspauschale.pkw", one_way_m=20_000)
    assert amount_cents(told, 999_000, 10) == 6_000


def test_a_subscription_is_told_in_cents() -> None:
    """CGI 81, 19° ter b (2025): 900 euros in all beside a subscription, 600 without."""
    assert amount_cents(charge("fr.fmd.prive"), 0, 100) == 60_000
    assert amount_cents(charge("fr.fmd.prive", subscription_cents=70_000), 0, 100) == 90_000


def test_the_rule_of_the_terms_is_tried_before_it_is_used() -> None:
    asked = use("de.dienstreise")
    assert charge_of(asked, text_of("de.dienstreise"), YEAR) == charge("de.dienstreise")


@pytest.mark.parametrize(
    ("asked", "period"),
    [
        (replace(use("de.dienstreise"), sha256="ab" * 32), YEAR),
        (replace(use("de.dienstreise"), currency="CHF"), YEAR),
        (replace(use("de.dienstreise"), id="de.anderes"), YEAR),
        (use("de.dienstreise", 2024), YEAR),
        (use("de.dienstreise", 2199), Period.parse("2199")),
        (use("fr.bareme_kilometrique.voiture"), YEAR),  # no power
        (use("de.dienstreise", power_cv=5), YEAR),  # changes nothing
        (use("gb.amap.car"), YEAR),  # a British year begins in April
    ],
)
def test_a_rule_that_does_not_fit_is_refused(asked: RuleUse, period: Period) -> None:
    text = text_of("de.dienstreise" if asked.id.startswith("de.") else asked.id)
    with pytest.raises(AmountRuleError):
        charge_of(asked, text, period)


ROWS = [Row("2025-01-02", "", 0, 250_400, 0), Row("2025-01-03", "", 0, 280_000, 0)]


def test_the_amount_follows_from_the_figure_that_leaves() -> None:
    """530.4 km leave as 530 km: 159.00, which the recipient can find again."""
    job = Job(
        (Task("distance_m", 1_000), Task("amount_cents", 1)), (), (), 0, charge("de.dienstreise")
    )
    assert evaluate(job, ROWS)["totals"] == {"distance_m": 530_000, "amount_cents": 15_900}


def test_without_a_distance_that_leaves_every_metre_counts() -> None:
    job = Job((Task("amount_cents", 1), Task("trips", 1)), (), (), 0, charge("de.dienstreise"))
    assert evaluate(job, ROWS)["totals"]["amount_cents"] == 15_912


def test_an_amount_is_in_no_group_and_keeps_back_with_the_total() -> None:
    job = Job(
        (Task("distance_m", 1), Task("amount_cents", 1)),
        ("month",),
        (("2025-01",),),
        5,
        charge("de.dienstreise"),
    )
    raw = evaluate(job, [replace(row, trip=1) for row in ROWS])
    assert raw["groups"] == [{"key": {"month": "2025-01"}, "values": {"distance_m": None}}]
    assert raw["totals"] == {"distance_m": None, "amount_cents": None}


def test_a_job_with_a_rule_survives_json() -> None:
    job = Job((Task("amount_cents", 1),), (), (), 3, charge("de.dienstreise", 2025, months=3))
    assert Job.from_json(json.loads(json.dumps(job.as_json()))) == job


def test_a_job_without_a_rule_survives_json() -> None:
    job = Job((Task("trips", 1),), (), ())
    assert Job.from_json(json.loads(json.dumps(job.as_json()))) == job


@pytest.mark.parametrize("amount", ["rule", ["text"], ["text", "2025", {}], ["text", 2025, []]])
def test_a_job_with_half_a_rule_is_none(amount: object) -> None:
    value = Job((Task("trips", 1),), (), ()).as_json() | {"amount": amount}
    with pytest.raises(ValueError, match="not a rule"):
        Job.from_json(value)


@pytest.mark.parametrize("count", [-1, "3", None, True])
def test_a_job_keeps_back_a_number_of_trips(count: object) -> None:
    value = Job((Task("trips", 1),), (), ()).as_json() | {"small_cells": count}
    with pytest.raises(ValueError, match="not a number of trips"):
        Job.from_json(value)


def test_what_reads_rules_needs_no_library() -> None:
    code = (
        "import sys; import geowallet.contracts.evaluation.amount;"
        "print({'numpy', 'shapely', 'nacl', 'cryptography', 'msgspec'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
