from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest

from geowallet.contracts.life.acknowledgement import (
    Acknowledgement,
    acknowledgement_bytes,
    check_acknowledgement,
    read_acknowledgement,
)
from geowallet.crypto.signing import public_jwk
from geowallet.model.errors import BadContractError, ContractSignatureError
from tests.contracts.parties import EMPLOYER_SIGNING, HOLDER_SIGNING

SAID = Acknowledgement(
    "rhone-mileage", "1a" * 32, "0f" * 16, "2b" * 32, "received", dt.date(2026, 11, 3)
)
BODY = acknowledgement_bytes(SAID, EMPLOYER_SIGNING)


def test_the_word_of_a_recipient_is_read_as_it_was_signed() -> None:
    assert check_acknowledgement(BODY, public_jwk(EMPLOYER_SIGNING)) == SAID
    assert read_acknowledgement(BODY) == SAID


def test_somebody_elses_word_does_not_fit() -> None:
    with pytest.raises(ContractSignatureError):
        check_acknowledgement(BODY, public_jwk(HOLDER_SIGNING))


@pytest.mark.parametrize("change", [{"act": "deleted"}, {"day": "2026-11-04"}, {"jti": "0e" * 16}])
def test_any_change_breaks_the_signature(change: dict[str, object]) -> None:
    body = json.dumps(json.loads(BODY) | change).encode()
    with pytest.raises(ContractSignatureError):
        check_acknowledgement(body, public_jwk(EMPLOYER_SIGNING))


def test_an_unknown_act_is_not_signed() -> None:
    with pytest.raises(BadContractError):
        acknowledgement_bytes(replace(SAID, act="sold"), EMPLOYER_SIGNING)


def test_nothing_else_may_travel_in_it() -> None:
    with pytest.raises(BadContractError):
        read_acknowledgement(json.dumps(json.loads(BODY) | {"amount": 4}).encode())
