"""Mandatory fields are those that the W3C guide on ISO/IEC TS 27560:2023 lists as such."""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from pathlib import Path
from typing import Any

from geowallet.contracts.words.consent_receipt import NOT_STATED, consent_receipt
from geowallet.contracts.words.facts import leaving
from geowallet.crypto.signing import thumbprint
from tests.contracts.parties import EMPLOYER_SIGNING, HOLDER_SIGNING, commute, contract

MANDATORY = {
    "record": {"schema_version", "record_id", "pii_principal_id"},
    "processing": {"privacy_notice", "language"},
    "purpose": {
        "purpose",
        "pii_information",
        "pii_controllers",
        "storage_locations",
        "retention_period",
        "jurisdiction",
        "recipient_third_parties",
        "withdrawal_method",
    },
    "information": {"pii_type"},
    "party": {"party_id", "party_address", "party_name", "party_contact", "party_type"},
    "event": {"event_time", "validity_duration", "entity_id", "event_type", "event_state"},
}
PAGE = Path(__file__).parents[3] / "docs" / "reference" / "contract-views.md"
RECEIPT = consent_receipt(contract())
RECORD = RECEIPT["record"]
(PURPOSE,) = RECORD["pii_processing"]["purposes"]


def fields(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*(fields(item) for item in value.values()))
    return set().union(*(fields(item) for item in value)) if isinstance(value, list) else set()


def test_every_mandatory_field_is_there() -> None:
    assert set(RECEIPT) == {"schema_version", "receipt_id", "record"}
    assert set(RECORD) >= MANDATORY["record"]
    assert set(RECORD["pii_processing"]) >= MANDATORY["processing"]
    assert set(PURPOSE) >= MANDATORY["purpose"]
    assert all(set(one) >= MANDATORY["information"] for one in PURPOSE["pii_information"])
    assert all(set(one) >= MANDATORY["party"] for one in RECORD["party_identification"])
    assert all(set(one) >= MANDATORY["event"] for one in RECORD["consent_events"])


def test_it_is_json() -> None:
    assert json.loads(json.dumps(RECEIPT)) == RECEIPT


def test_its_ids_are_the_same_each_time_and_of_this_contract() -> None:
    assert consent_receipt(contract()) == RECEIPT
    ids = {RECEIPT["receipt_id"], RECORD["record_id"]}
    assert len({uuid.UUID(one) for one in ids}) == 2
    other = consent_receipt(contract(commute()))
    assert not ids & {other["receipt_id"], other["record"]["record_id"]}


def test_it_says_what_leaves_for_whom_and_how_to_stop() -> None:
    facts = [fact.id for fact in leaving(contract().terms)]
    assert [one["pii_attribute_id"] for one in PURPOSE["pii_information"]] == facts
    assert PURPOSE["lawful_basis"] == "the employment contract"
    assert PURPOSE["retention_period"] == "P36M"
    assert PURPOSE["withdrawal_method"] == "geowallet contract withdraw rhone-mileage"
    assert PURPOSE["pii_controllers"] == [f"urn:geowallet:key:{thumbprint(EMPLOYER_SIGNING)}"]
    assert RECORD["pii_principal_id"] == f"urn:geowallet:key:{thumbprint(HOLDER_SIGNING)}"


def test_what_no_terms_hold_is_not_made_up() -> None:
    assert PURPOSE["storage_locations"] == [NOT_STATED]
    assert PURPOSE["jurisdiction"] == NOT_STATED
    assert {one["party_address"] for one in RECORD["party_identification"]} == {NOT_STATED}


def test_a_withdrawal_is_an_event_of_its_own() -> None:
    (given,) = RECORD["consent_events"]
    assert (given["event_time"], given["event_state"]) == ("2026-10-01", "given")
    assert given["validity_duration"] == "2026-10-01/2027-12-31"
    ended = consent_receipt(contract(), withdrawn=dt.date(2026, 11, 3))
    *_, last = ended["record"]["consent_events"]
    assert (last["event_time"], last["event_state"]) == ("2026-11-03", "withdrawn")
    assert last["validity_duration"] == "P0D"


def test_it_speaks_the_readers_language() -> None:
    said = consent_receipt(contract(), language="fr", words=str.upper)
    assert said["record"]["pii_processing"]["language"] == "fr"
    (purpose,) = said["record"]["pii_processing"]["purposes"]
    assert all(one["pii_type"].isupper() for one in purpose["pii_information"])


def test_every_field_is_in_the_reference() -> None:
    page = set(re.findall(r"`([\w:]+)`", PAGE.read_text(encoding="utf-8")))
    sections = {"record", "pii_processing", "purposes", "party_identification", "consent_events"}
    assert fields(RECEIPT) - sections <= page
