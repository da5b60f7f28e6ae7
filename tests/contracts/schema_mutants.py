"""Terms with one member changed, dropped or added, put to the schema and to the reader.

By command, with as many as wanted: ``python -m tests.contracts.schema_mutants 20000``.
"""

from __future__ import annotations

import copy
import random
import sys
from typing import Any

from jsonschema import Draft202012Validator

from geowallet.contracts.terms.schema import terms_schema
from geowallet.contracts.terms.syntax import terms_as_json, terms_from_json
from geowallet.model.errors import BadContractError
from tests.contracts.templates.test_templates import RULE, written

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


def disagreements(count: int) -> list[str]:
    """What the reader says where it is not stricter than the schema as it may be."""
    found = []
    for value in mutants(count):
        why, fits = refusal(value), JUDGE.is_valid(value)
        if not fits and not why:
            found.append("the schema refuses what the reader accepts")
        elif fits and why and not any(reason in why for reason in STRICTER):
            found.append(why)
    return found


if __name__ == "__main__":
    wrong = disagreements(int(sys.argv[1]))
    sys.stdout.write(f"{sys.argv[1]} terms, {len(wrong)} disagreements\n")
    sys.exit(bool(wrong))
