from __future__ import annotations

import datetime as dt
import json

import pytest

from geowallet.contracts.life.withdrawal import check_withdrawal, read_withdrawal, withdrawal_bytes
from geowallet.crypto.signing import thumbprint
from geowallet.model.errors import BadContractError, ContractSignatureError
from tests.contracts.parties import EMPLOYER_SIGNING, HOLDER_SIGNING, commute, contract

DAY = dt.date(2026, 11, 3)
JTI = "0f" * 16
CONTRACT = contract()
BODY = withdrawal_bytes(CONTRACT, HOLDER_SIGNING, today=DAY, delete=[JTI])


def test_an_end_names_the_contract_the_holder_and_what_to_delete() -> None:
    found = check_withdrawal(BODY, CONTRACT)
    assert found == read_withdrawal(BODY)
    assert (found.contract, found.terms_sha256) == ("rhone-mileage", CONTRACT.sha256)
    assert found.holder == thumbprint(HOLDER_SIGNING)
    assert (found.withdrawn, found.delete) == (DAY, (JTI,))


def test_only_the_holder_can_end_it() -> None:
    with pytest.raises(ContractSignatureError):
        withdrawal_bytes(CONTRACT, EMPLOYER_SIGNING, today=DAY, delete=[])


def test_it_ends_no_other_contract() -> None:
    with pytest.raises(BadContractError):
        check_withdrawal(BODY, contract(commute()))


@pytest.mark.parametrize(
    "change", [{"withdrawn": "2026-11-04"}, {"delete": []}, {"contract": "other"}]
)
def test_any_change_breaks_the_signature(change: dict[str, object]) -> None:
    with pytest.raises(ContractSignatureError):
        check_withdrawal(json.dumps(json.loads(BODY) | change).encode(), CONTRACT)


@pytest.mark.parametrize(
    "delete", [[JTI, JTI], ["0f" * 15], ["0F" * 16], [4], "all", [f"{n:032x}" for n in range(401)]]
)
def test_exports_are_named_by_their_full_id_once(delete: object) -> None:
    with pytest.raises(BadContractError):
        read_withdrawal(json.dumps(json.loads(BODY) | {"delete": delete}).encode())


def test_nothing_else_may_travel_in_it() -> None:
    with pytest.raises(BadContractError):
        read_withdrawal(json.dumps(json.loads(BODY) | {"total": 4}).encode())
