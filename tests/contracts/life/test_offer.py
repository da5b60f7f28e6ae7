from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.contracts.life.grant import contract_bytes, read_contract
from geowallet.contracts.life.offer import (
    MAX_FILE_BYTES,
    Offer,
    offer_bytes,
    read_offer,
    sign_offer,
    terms_digest,
)
from geowallet.contracts.terms.syntax import Terms
from geowallet.model.errors import BadContractError, ContractSignatureError
from tests.contracts.parties import (
    EMPLOYER_SEALING,
    EMPLOYER_SIGNING,
    HOLDER_SIGNING,
    all_terms,
    commute,
    contract,
    mileage,
)

OFFER = offer_bytes(sign_offer(mileage(), EMPLOYER_SIGNING))
CONTRACT = contract_bytes(contract())


@settings(max_examples=25)
@given(all_terms())
def test_an_offer_survives_its_file(terms: Terms) -> None:
    offer = sign_offer(terms, EMPLOYER_SIGNING)
    assert read_offer(offer_bytes(offer)) == offer


def test_people_can_read_the_file() -> None:
    value = json.loads(OFFER)
    assert list(value) == ["schema", "terms", "signature"]
    assert value["schema"] == "geowallet.offer/1"
    assert value["terms"]["purpose"] == "to pay kilometre allowances"
    assert OFFER.count(b"\n") > 30


class TestDamage:
    """Promise: any change to an offer or a contract is refused, or changes nothing."""

    @settings(max_examples=200)
    @given(st.integers(0, len(OFFER) - 1), st.integers(0, 255))
    def test_one_byte_of_an_offer(self, at: int, byte: int) -> None:
        damaged = OFFER[:at] + bytes([byte]) + OFFER[at + 1 :]
        try:
            read = read_offer(damaged)
        except (BadContractError, ContractSignatureError):
            return
        assert offer_bytes(read) == OFFER

    @settings(max_examples=200)
    @given(st.integers(0, len(CONTRACT) - 1), st.integers(0, 255))
    def test_one_byte_of_a_contract(self, at: int, byte: int) -> None:
        damaged = CONTRACT[:at] + bytes([byte]) + CONTRACT[at + 1 :]
        try:
            read = read_contract(damaged)
        except (BadContractError, ContractSignatureError):
            return
        assert contract_bytes(read) == CONTRACT

    @settings(max_examples=50)
    @given(st.integers(0, len(CONTRACT) - 2))
    def test_a_file_cut_short(self, length: int) -> None:
        with pytest.raises(BadContractError):
            read_contract(CONTRACT[:length])
        with pytest.raises(BadContractError):
            read_offer(CONTRACT[:length])


def _edited(**members: Any) -> bytes:
    return json.dumps(json.loads(OFFER) | members).encode()


def test_another_figure_is_another_offer() -> None:
    terms = json.loads(OFFER)["terms"]
    terms["measures"][0]["step"] = 1
    with pytest.raises(ContractSignatureError) as caught:
        read_offer(_edited(terms=terms))
    assert caught.value.details == {"file": "rhone-mileage"}


def test_the_signature_of_another_offer_does_not_fit() -> None:
    with pytest.raises(ContractSignatureError):
        read_offer(_edited(signature=sign_offer(commute(), EMPLOYER_SIGNING).signature))


def test_a_grant_is_no_offer() -> None:
    """The same key may sign both; the type in the signed header keeps them apart."""
    with pytest.raises(ContractSignatureError):
        read_offer(_edited(signature=json.loads(CONTRACT)["grant_signature"]))


def test_only_the_key_that_the_terms_name_can_sign() -> None:
    with pytest.raises(ContractSignatureError):
        sign_offer(mileage(), HOLDER_SIGNING)
    with pytest.raises(ValueError, match="not for signatures"):
        sign_offer(mileage(), EMPLOYER_SEALING)


def test_terms_that_nobody_would_accept_are_not_signed() -> None:
    with pytest.raises(BadContractError):
        sign_offer(replace(mileage(), group_by=("home",)), EMPLOYER_SIGNING)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b"PK\x03\x04",
        b'{"schema": NaN}',
        b"[" * 5_000,
        OFFER[:-2] + b', "signature": ""}',
        OFFER + b" " * MAX_FILE_BYTES,
        _edited(also=1),
        _edited(schema="geowallet.offer/2"),
        _edited(signature=7),
        CONTRACT,
    ],
)
def test_what_is_no_offer_is_refused(data: bytes) -> None:
    with pytest.raises(BadContractError):
        read_offer(data)


def test_the_digest_is_that_of_the_terms_alone() -> None:
    first, second = (sign_offer(mileage(), EMPLOYER_SIGNING) for _ in range(2))
    assert isinstance(first, Offer)
    assert terms_digest(first.terms) == terms_digest(second.terms)
    assert terms_digest(first.terms) != terms_digest(commute())
