from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from geowallet.contracts.life.grant import (
    GRANT_TYP,
    accept,
    check_current,
    contract_bytes,
    read_contract,
)
from geowallet.contracts.life.offer import Offer, sign_offer, terms_digest
from geowallet.contracts.terms.syntax import Terms
from geowallet.crypto.canonical import canonical_bytes
from geowallet.crypto.signing import public_jwk, sign_detached
from geowallet.model.errors import (
    BadContractError,
    ContractExpiredError,
    ContractNotYetError,
    ContractSignatureError,
)
from tests.contracts.parties import (
    EMPLOYER_SIGNING,
    HOLDER_SEALING,
    HOLDER_SIGNING,
    all_terms,
    commute,
    contract,
    mileage,
)


def accepted(offer: Offer, today: dt.date, *, name: str = "Camille Martin") -> object:
    return accept(
        offer,
        holder_name=name,
        holder_private_jwk=HOLDER_SIGNING,
        holder_sealing_public=public_jwk(HOLDER_SEALING),
        today=today,
    )


def file_with_grant(**changes: Any) -> bytes:
    """Return a contract file whose grant was changed and signed again by the holder."""
    value = json.loads(contract_bytes(contract()))
    value["grant"] |= changes
    value["grant_signature"] = sign_detached(
        canonical_bytes(value["grant"]), HOLDER_SIGNING, GRANT_TYP
    )
    return json.dumps(value).encode()


@settings(max_examples=15)
@given(all_terms())
def test_a_contract_survives_its_file(terms: Terms) -> None:
    made = accept(
        sign_offer(terms, EMPLOYER_SIGNING),
        holder_name="Camille Martin",
        holder_private_jwk=HOLDER_SIGNING,
        holder_sealing_public=public_jwk(HOLDER_SEALING),
        today=terms.expires,
    )
    assert read_contract(contract_bytes(made)) == made
    assert made.sha256 == terms_digest(terms)


def test_an_altered_offer_cannot_be_accepted() -> None:
    offer = sign_offer(mileage(), EMPLOYER_SIGNING)
    wider = replace(offer, terms=replace(offer.terms, group_by=("day",)))
    with pytest.raises(ContractSignatureError):
        accepted(wider, dt.date(2026, 10, 1))


def test_an_offer_stands_from_its_issue_to_its_end() -> None:
    offer = sign_offer(mileage(), EMPLOYER_SIGNING)
    accepted(offer, dt.date(2026, 1, 2))
    accepted(offer, dt.date(2027, 12, 31))
    with pytest.raises(ContractNotYetError, match="2026-01-02"):
        accepted(offer, dt.date(2026, 1, 1))
    with pytest.raises(ContractExpiredError, match="2027-12-31"):
        accepted(offer, dt.date(2028, 1, 1))


def test_a_name_that_cannot_be_read_is_not_signed() -> None:
    offer = sign_offer(mileage(), EMPLOYER_SIGNING)
    with pytest.raises(BadContractError, match=r"grant\.holder\.name"):
        accepted(offer, dt.date(2026, 10, 1), name="Camille\u202e")


def test_a_contract_holds_from_the_day_it_was_accepted_to_its_end() -> None:
    check_current(contract(), dt.date(2026, 10, 1))
    check_current(contract(), dt.date(2027, 12, 31))
    for day in (dt.date(2026, 9, 30), dt.date(2025, 1, 1)):
        with pytest.raises(ContractNotYetError):
            check_current(contract(), day)
    with pytest.raises(ContractExpiredError):
        check_current(contract(), dt.date(2028, 1, 1))


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"terms_sha256": terms_digest(commute())}, "grant.terms_sha256: of other terms"),
        ({"terms_sha256": "AB"}, "grant.terms_sha256"),
        ({"accepted": "2028-01-01"}, "grant.accepted: not while the offer stood"),
        ({"accepted": "2026-01-01"}, "grant.accepted: not while the offer stood"),
        ({"accepted": "yesterday"}, "grant.accepted: not a day"),
        ({"holder": None}, "grant.holder: not an object"),
        ({"also": 1}, "grant: a member that does not exist"),
    ],
)
def test_a_grant_that_does_not_belong_is_refused_although_it_is_signed(
    changes: dict[str, Any], named: str
) -> None:
    with pytest.raises(BadContractError) as caught:
        read_contract(file_with_grant(**changes))
    assert named in str(caught.value.details["reason"])


def test_a_holder_with_a_member_too_many_is_refused() -> None:
    holder = json.loads(contract_bytes(contract()))["grant"]["holder"]
    with pytest.raises(BadContractError, match="holder"):
        read_contract(file_with_grant(holder=holder | {"home": "Lyon"}))


def test_a_grant_signed_by_nobody_or_by_the_wrong_key_is_refused() -> None:
    value = json.loads(contract_bytes(contract()))
    forged = sign_detached(canonical_bytes(value["grant"]), EMPLOYER_SIGNING, GRANT_TYP)
    for signature in (forged, value["signature"], "x..y"):
        with pytest.raises(ContractSignatureError):
            read_contract(json.dumps(value | {"grant_signature": signature}).encode())


def test_an_offer_file_is_no_contract() -> None:
    value = json.loads(contract_bytes(contract()))
    with pytest.raises(BadContractError):
        read_contract(json.dumps({"schema": value["schema"], "terms": value["terms"]}).encode())
