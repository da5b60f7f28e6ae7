"""The names below are those of the vocabulary file that W3C publishes with ODRL 2.2."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from geowallet.contracts.life.offer import terms_digest
from geowallet.contracts.terms.module_terms import Module
from geowallet.contracts.terms.syntax import Terms
from geowallet.contracts.words.odrl import odrl_policy
from geowallet.crypto.signing import thumbprint
from tests.contracts.parties import EMPLOYER_SIGNING, HOLDER_SIGNING, all_terms, contract, mileage

POLICIES = {"Agreement", "Assertion", "Offer", "Privacy", "Request", "Set", "Ticket"}
LEFT_OPERANDS = {
    "absolutePosition",
    "absoluteSpatialPosition",
    "absoluteTemporalPosition",
    "absoluteSize",
    "count",
    "dateTime",
    "delayPeriod",
    "deliveryChannel",
    "device",
    "elapsedTime",
    "event",
    "fileFormat",
    "industry",
    "language",
    "media",
    "meteredTime",
    "payAmount",
    "percentage",
    "product",
    "purpose",
    "recipient",
    "relativePosition",
    "relativeSpatialPosition",
    "relativeTemporalPosition",
    "relativeSize",
    "resolution",
    "spatial",
    "spatialCoordinates",
    "system",
    "systemDevice",
    "timeInterval",
    "unitOfCount",
    "version",
    "virtualLocation",
}
OPERATORS = {
    "eq",
    "gt",
    "gteq",
    "hasPart",
    "isA",
    "isAllOf",
    "isAnyOf",
    "isNoneOf",
    "isPartOf",
    "lt",
    "lteq",
    "neq",
}
ACTIONS = {"read", "delete", "use"}
PAGE = Path(__file__).parents[3] / "docs" / "reference" / "contract-views.md"


def objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for item in value.values() if isinstance(value, dict) else value:
        if isinstance(item, dict | list):
            yield from objects(item)


def check_shape(policy: dict[str, Any]) -> None:
    """What the Information Model requires of a policy, as far as this view goes."""
    assert policy["@type"] in POLICIES
    assert policy["uid"]
    for rule in (*policy["permission"], *policy["prohibition"]):
        assert rule["target"]["uid"]
        assert rule["assignee"]["uid"]
        assert ("assigner" in rule) == (policy["@type"] == "Agreement")
    for one in objects(policy):
        if "action" in one:
            assert one["action"] in ACTIONS
        if "leftOperand" in one:
            assert set(one) == {"leftOperand", "operator", "rightOperand"}
            operand = one["leftOperand"]
            assert operand in LEFT_OPERANDS or operand.startswith("gw:")
            assert one["operator"] in OPERATORS


def operands(policy: dict[str, Any]) -> dict[str, Any]:
    return {
        one["leftOperand"]: one["rightOperand"]
        for one in objects(policy)
        if "leftOperand" in one and one["leftOperand"] != "dateTime"
    }


@settings(max_examples=100)
@given(all_terms())
def test_every_policy_has_the_published_shape(terms: Terms) -> None:
    policy = odrl_policy(terms)
    check_shape(policy)
    assert json.loads(json.dumps(policy)) == policy
    assert policy["@type"] == "Request"
    assert len(policy["permission"]) == len(terms.measures)


def test_an_accepted_contract_is_an_agreement_between_keys() -> None:
    agreed = contract()
    policy = odrl_policy(agreed.terms, agreed.grant)
    check_shape(policy)
    assert policy["@type"] == "Agreement"
    assert policy["uid"] == f"urn:geowallet:contract:{agreed.sha256}"
    (rule,) = policy["permission"]
    assert rule["assigner"]["uid"] == f"urn:geowallet:key:{thumbprint(HOLDER_SIGNING)}"
    assert rule["assignee"]["uid"] == f"urn:geowallet:key:{thumbprint(EMPLOYER_SIGNING)}"
    assert rule["assignee"]["gw:name"] == "Exemple SAS"


def test_the_terms_are_found_again_in_it() -> None:
    said = operands(odrl_policy(mileage()))
    assert said["purpose"] == "to pay kilometre allowances"
    assert said["timeInterval"] == {"@value": "P1M", "@type": "xsd:duration"}
    assert said["elapsedTime"]["@value"] == "P36M"
    assert (said["gw:measure"], said["gw:step"]) == ("distance_m", 1_000)
    assert (said["gw:mode"], said["gw:tripPurpose"]) == (["car"], ["business"])
    assert said["gw:hours"]["whole"] is True


def test_the_track_may_not_be_used() -> None:
    (rule,) = odrl_policy(mileage())["prohibition"]
    digest = terms_digest(mileage())
    assert rule["action"] == "use"
    assert rule["target"]["uid"] == f"urn:geowallet:track:{digest}"


@pytest.mark.parametrize(
    ("changes", "operand", "value"),
    [
        ({"cadence": "once"}, "count", 1),
        ({"small_cells": 5}, "gw:tripsInGroup", 5),
        ({"epsilon_milli": 500}, "gw:noiseEpsilonMilli", 500),
        (
            {"min_assurance": "L1", "min_share_percent": 80},
            "gw:assurance",
            {"level": "L1", "percent": 80},
        ),
        ({"group_by": ()}, "gw:groupBy", None),
    ],
)
def test_what_the_terms_do_not_ask_is_not_said(
    changes: dict[str, object], operand: str, value: object
) -> None:
    terms = replace(mileage(), **changes)  # type: ignore[arg-type]  # by name
    assert operands(odrl_policy(terms)).get(operand) == value
    plain = operands(odrl_policy(mileage()))
    assert (operand in plain) == (operand == "gw:groupBy")


def test_a_module_is_named_by_its_hash_and_hours_only_where_there_are_any() -> None:
    whenever = replace(mileage().select, window=None)
    module = Module("ab" * 32, fuel=10, memory_pages=1, outputs=())
    said = operands(odrl_policy(replace(mileage(), select=whenever, module=module)))
    assert said["gw:moduleSha256"] == "ab" * 32
    assert "gw:hours" not in said


@settings(max_examples=60)
@given(all_terms())
def test_every_word_of_it_is_in_the_reference(terms: Terms) -> None:
    policy = odrl_policy(terms, contract().grant)
    page = set(re.findall(r"`([\w:]+)`", PAGE.read_text(encoding="utf-8")))
    named = {one["leftOperand"] for one in objects(policy) if "leftOperand" in one}
    assert named <= page
