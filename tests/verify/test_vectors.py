"""The published vectors: what every implementation must make of these files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from geowallet.contracts.grant import read_contract
from geowallet.model.errors import GeowalletError
from geowallet.verify.open import open_sealed_export
from geowallet.verify.verifier import verify_export
from tests.verify.forgeries import SEALS, SIGNED

FILE = json.loads((Path(__file__).parent.parent / "vectors" / "exports.json").read_bytes())
CONTRACT = read_contract(json.dumps(FILE["contract"]).encode())
EXPECT = {
    "verify.signature": "bad_signature",
    "verify.expired": "expired",
    "verify.wrong_recipient": "wrong_recipient",
    "verify.unknown_holder": "unknown_holder",
    "verify.contract_mismatch": "contract_mismatch",
    "verify.malformed": "malformed",
}


@pytest.mark.parametrize("vector", FILE["vectors"], ids=[one["name"] for one in FILE["vectors"]])
def test_ends_as_expected(vector: dict[str, Any]) -> None:
    assert outcome(vector["sealed"]) == vector["expect"]


def test_nothing_in_the_file_is_unknown_and_every_outcome_occurs() -> None:
    assert set(FILE) == {"schema", "now_s", "reader_private_jwk", "contract", "vectors"}
    assert FILE["schema"] == "geowallet.export-vectors/1"
    assert all(set(vector) == {"name", "expect", "sealed"} for vector in FILE["vectors"])
    assert {vector["expect"] for vector in FILE["vectors"]} == {"ok", *EXPECT.values()}


def test_every_known_fault_is_published() -> None:
    published = {(vector["name"], vector["expect"]) for vector in FILE["vectors"]}
    assert {(fault.name, fault.expect) for fault in (*SIGNED, *SEALS)} <= published


def outcome(sealed: str) -> str:
    try:
        text = open_sealed_export(sealed.encode(), FILE["reader_private_jwk"])
    except GeowalletError as error:
        return EXPECT[error.code]
    verdict = verify_export(text, CONTRACT, now_s=FILE["now_s"])
    return "ok" if verdict.error is None else EXPECT[verdict.error.code]
