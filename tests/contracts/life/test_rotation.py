from __future__ import annotations

import datetime as dt
import json

import pytest

from geowallet.contracts.life.rotation import read_rotation, rotation_bytes
from geowallet.crypto.signing import new_private_jwk, public_jwk
from geowallet.model.errors import BadContractError, ContractSignatureError
from tests.contracts.parties import EMPLOYER, EMPLOYER_SIGNING

DAY = dt.date(2026, 11, 3)
NEW_SIGNING = new_private_jwk("sig", b"n" * 32)
NEW_SEALING = public_jwk(new_private_jwk("enc", b"n" * 32))
OLD = (EMPLOYER_SIGNING, EMPLOYER.sealing_jwk)
NEW = (NEW_SIGNING, NEW_SEALING)
BODY = rotation_bytes("Exemple SAS", old=OLD, new=NEW, today=DAY)


def test_both_keys_say_the_change() -> None:
    found = read_rotation(BODY)
    assert (found.old, found.day) == (EMPLOYER, DAY)
    assert found.new.name == "Exemple SAS"
    assert found.new.signing_jwk == public_jwk(NEW_SIGNING)
    assert found.new.sealing_jwk == NEW_SEALING


def test_the_same_key_is_no_change() -> None:
    with pytest.raises(BadContractError):
        rotation_bytes("Exemple SAS", old=OLD, new=OLD, today=DAY)


@pytest.mark.parametrize("signature", ["old_signature", "new_signature"])
def test_one_key_alone_is_not_enough(signature: str) -> None:
    """The signature of one key never stands in the place of the other's."""
    value = json.loads(BODY)
    other = {"old_signature": "new_signature", "new_signature": "old_signature"}[signature]
    with pytest.raises(ContractSignatureError):
        read_rotation(json.dumps(value | {signature: value[other]}).encode())


def test_an_impostor_cannot_take_the_old_keys_place() -> None:
    impostor = new_private_jwk("sig", b"i" * 32)
    forged = rotation_bytes("Exemple SAS", old=(impostor, EMPLOYER.sealing_jwk), new=NEW, today=DAY)
    value = json.loads(forged)
    value["old"]["signing_jwk"] = EMPLOYER.signing_jwk
    with pytest.raises(ContractSignatureError):
        read_rotation(json.dumps(value).encode())


@pytest.mark.parametrize("change", [{"name": "Autre SAS"}, {"day": "2026-11-04"}])
def test_any_change_breaks_the_signatures(change: dict[str, object]) -> None:
    with pytest.raises(ContractSignatureError):
        read_rotation(json.dumps(json.loads(BODY) | change).encode())


def test_nothing_else_may_travel_in_it() -> None:
    with pytest.raises(BadContractError):
        read_rotation(json.dumps(json.loads(BODY) | {"amount": 4}).encode())
    value = json.loads(BODY)
    value["new"]["note"] = "x"
    with pytest.raises(BadContractError):
        read_rotation(json.dumps(value).encode())
