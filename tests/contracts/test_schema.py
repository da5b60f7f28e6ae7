"""The published schema and the reader, laid beside each other."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from geowallet.contracts.schema import terms_schema
from geowallet.contracts.syntax import Terms, terms_as_json, terms_from_json
from geowallet.contracts.templates import TEMPLATES
from geowallet.model.errors import BadContractError
from tests.contracts.parties import all_terms
from tests.contracts.test_templates import RULE, written

PUBLISHED = Path(__file__).parents[2] / "docs" / "reference" / "terms.schema.json"
JUDGE = Draft202012Validator(terms_schema())

STRICTER = (
    "not a day",
    "not a period of at most ten years",
    "before it was issued",
    "not one printable line",
    "not the name of a vehicle",
    "not a public key",
    "hours or a time zone that do not exist",
    "not in the order that is signed",
    "says the same twice",
    "not a multiple of the step",
    "not above the minimum",
    "the name of something else",
    "not rising to one without end",
    "also within",
    "day and month exclude each other",
    "vehicles are not named",
    "replaces none",
    "an amount is one of a year",
    "no distance to commit to",
    "distances must be to the metre",
    "longer than range proofs",
    "draws without commitments",
    "are exact",
    "for research panels only",
    "commitments show every day",
    "a module sees every group",
)
"""Where the reader refuses what the schema lets pass; nowhere else."""


def refusal(value: Any) -> str:
    try:
        terms_from_json(value)
    except BadContractError as error:
        return str(error.details["reason"])
    return ""


def test_the_published_file_is_the_schema_of_this_code() -> None:
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == terms_schema()


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(terms_schema())


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_every_template_fits_the_schema(name: str) -> None:
    JUDGE.validate(terms_as_json(written(name)))


class TestBoth:
    """Promise: what the reader accepts, the schema accepts."""

    @settings(max_examples=60)
    @given(all_terms())
    def test_any_terms_fit_the_schema(self, terms: Terms) -> None:
        assert JUDGE.is_valid(json.loads(json.dumps(terms_as_json(terms))))


ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    1,
    -1,
    1.5,
    10**12,
    "",
    "x",
    "2026-13-41",
    "ab" * 32,
    [],
    {},
    [[]],
    ["car"],
)


def places_of(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every member and item, at any depth."""
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for name, below in inside:
        found.append((*path, name))
        if isinstance(below, dict | list):
            found += places_of(below, (*path, name))
    return found


def full_terms() -> list[dict[str, Any]]:
    """Terms in which every member has something inside, among two."""
    base = terms_as_json(written("work-hour-mileage"))
    tariff = {
        "currency": "EUR",
        "base_cents": 0,
        "bands": [{"up_to_km": 9, "cents_per_100km": 2}, {"up_to_km": None, "cents_per_100km": 1}],
        "night_percent": 0,
    }
    output = {"id": "score", "minimum": 0, "maximum": 9}
    module = {"sha256": "ab" * 32, "fuel": 1, "memory_pages": 1, "outputs": [output]}
    amount = {
        "id": "amount_cents",
        "step": 1,
        "maximum": 10,
        "rule": {
            "id": RULE.id,
            "sha256": RULE.sha256,
            "year": RULE.year,
            "currency": RULE.currency,
            "parameters": {"power_cv": 5, "electric": False, "method": "linear"},
        },
    }
    yearly = {"cadence": "year", "measures": [*base["measures"], amount]}
    next_one = {"version": 2, "supersedes": "cd" * 32}
    return [
        base | {"tariff": tariff, "module": module} | yearly | next_one,
        terms_as_json(written("research-panel")),
        terms_as_json(written("works-council-audit")),
    ]


def mutants(count: int) -> list[dict[str, Any]]:
    """So many terms, each with one member changed, dropped or added; always the same."""
    die = random.Random(6)  # noqa: S311  no secret
    found = []
    for number in range(count):
        value = copy.deepcopy(full_terms()[number % 3])
        *inner, last = die.choice(places_of(value))
        place: Any = value
        for step in inner:
            place = place[step]
        kind = die.randrange(4)
        if kind == 0 and isinstance(place, dict):
            del place[last]
        elif kind == 1 and isinstance(place, dict):
            place["also"] = die.choice(ODD)
        else:
            place[last] = die.choice(ODD)
        found.append(value)
    return found


def test_the_originals_are_accepted_by_both() -> None:
    for value in full_terms():
        assert refusal(value) == ""
        assert JUDGE.is_valid(value)


@pytest.mark.parametrize("count", [200, pytest.param(20_000, marks=pytest.mark.slow)])
def test_mutated_terms_are_judged_alike_or_more_strictly_by_the_reader(count: int) -> None:
    refused = 0
    for value in mutants(count):
        why = refusal(value)
        if JUDGE.is_valid(value):
            assert not why or any(reason in why for reason in STRICTER), why
        else:
            assert why, "the schema refuses what the reader accepts"
        refused += bool(why)
    assert refused > count // 2
