from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest

from geowallet.contracts.life.decline import decline_bytes, read_decline
from geowallet.contracts.life.offer import sign_offer, terms_digest
from geowallet.crypto.signing import public_jwk
from geowallet.model.errors import BadContractError, ContractSignatureError
from tests.contracts.parties import EMPLOYER_SIGNING, HOLDER_SIGNING, commute, mileage

DAY = dt.date(2026, 10, 2)
OFFER = sign_offer(mileage(), EMPLOYER_SIGNING)


def test_a_no_names_the_text_and_holds_no_figure() -> None:
    found = read_decline(decline_bytes(OFFER, HOLDER_SIGNING, today=DAY, reason="too much"))
    assert (found.contract, found.terms_sha256) == ("rhone-mileage", terms_digest(mileage()))
    assert (found.declined, found.reason, found.name) == (DAY, "too much", "")
    assert found.signing_jwk == public_jwk(HOLDER_SIGNING)


def test_a_no_needs_no_reason() -> None:
    found = read_decline(decline_bytes(OFFER, HOLDER_SIGNING, today=DAY, name="Camille"))
    assert (found.reason, found.name) == ("", "Camille")


def test_an_altered_offer_is_not_answered() -> None:
    with pytest.raises(ContractSignatureError):
        decline_bytes(replace(OFFER, terms=commute()), HOLDER_SIGNING, today=DAY)


@pytest.mark.parametrize("reason", ["two\nlines", "x" * 201, " blank"])
def test_a_reason_that_could_not_be_shown_is_not_signed(reason: str) -> None:
    with pytest.raises(BadContractError):
        decline_bytes(OFFER, HOLDER_SIGNING, today=DAY, reason=reason)


@pytest.mark.parametrize(
    "change",
    [
        {"reason": "another"},
        {"declined": "2026-10-03"},
        {"name": "Somebody Else"},
        {"signing_jwk": public_jwk(EMPLOYER_SIGNING)},
        {"terms_sha256": "0" * 64},
    ],
)
def test_any_change_breaks_the_signature(change: dict[str, object]) -> None:
    body = decline_bytes(OFFER, HOLDER_SIGNING, today=DAY)
    with pytest.raises(ContractSignatureError):
        read_decline(json.dumps(json.loads(body) | change).encode())


def test_nothing_else_may_travel_in_it() -> None:
    body = decline_bytes(OFFER, HOLDER_SIGNING, today=DAY)
    with pytest.raises(BadContractError):
        read_decline(json.dumps(json.loads(body) | {"place": "home"}).encode())
