"""The published vectors: what every implementation must make of these files."""

from __future__ import annotations

import json

import pytest

from geowallet.contracts.life.grant import Contract, read_contract
from geowallet.model.calendar import Period
from geowallet.model.errors import BadContractError, ContractSignatureError, GeowalletError
from geowallet.verify import jose, standalone
from geowallet.verify.open import open_sealed_export
from geowallet.verify.standalone import STATUS
from geowallet.verify.verdict import Outcome
from geowallet.verify.verifier import verify_export
from tests.verify.published import PUBLISHED
from tests.verify.vectors import VECTORS, Vector

EVERY = pytest.mark.parametrize("vector", VECTORS, ids=[one.name for one in VECTORS])


@EVERY
def test_the_verifier_to_take_away_ends_as_published(vector: Vector) -> None:
    assert outcome(vector) == (vector.expect, vector.check)


@EVERY
def test_geowallet_ends_with_the_same_exit_status(vector: Vector) -> None:
    try:
        contract = read_contract(json.dumps(vector.contract).encode())
    except (BadContractError, ContractSignatureError):
        # It reads contracts more strictly, before it looks at any export.
        assert vector.check in {"papers", "contract_signatures", "contract_digest"}
    else:
        assert exit_status(vector, contract) == STATUS[vector.expect]


def test_every_case_is_published_and_no_other() -> None:
    cases = {(case.name, case.expect, case.check) for case in PUBLISHED}
    assert {(one.name, one.expect, one.check) for one in VECTORS} == cases
    assert len(VECTORS) == len(PUBLISHED) == len({case.name for case in PUBLISHED})


def test_every_status_and_every_check_has_a_vector() -> None:
    assert {one.expect for one in VECTORS} == set(STATUS)
    checks = {one.check for one in VECTORS}
    assert checks >= {"", "papers", "open", "format", *standalone.CHECKS}


def test_strangers_are_given_enough() -> None:
    assert len(VECTORS) >= 120


def outcome(vector: Vector) -> tuple[str, str]:
    try:
        text = jose.opened(vector.sealed, vector.reader)
        standalone.judge(text, vector.contract, vector.now_s, vector.period)
    except jose.RefusedError as refused:
        return refused.status, refused.check
    return "accepted", ""


def exit_status(vector: Vector, contract: Contract) -> int:
    try:
        text = open_sealed_export(vector.sealed, vector.reader)
    except GeowalletError as error:
        return error.exit_status
    period = Period.parse(vector.period) if vector.period else None
    verdict = verify_export(text, contract, now_s=vector.now_s, period=period)
    failed = [check.name for check in verdict.checks if check.outcome is Outcome.FAILED]
    assert failed == ([vector.check] if vector.check else [])
    return verdict.error.exit_status if verdict.error else 0
