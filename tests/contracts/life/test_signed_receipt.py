from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.contracts.life.signed_receipt import (
    CONSENT,
    ERASURE,
    ERASURE_SCHEMA,
    is_receipt,
    read_receipt,
    sign_receipt,
)
from geowallet.contracts.words.consent_receipt import consent_receipt
from geowallet.crypto.signing import new_private_jwk, thumbprint
from geowallet.model.errors import BadContractError, ReceiptSignatureError
from tests.contracts.parties import EMPLOYER_SIGNING, HOLDER_SIGNING, contract

ERASED = {"schema": ERASURE_SCHEMA, "what": "day", "at_us": 1, "positions": 7, "copies": []}
CONSENTED = consent_receipt(contract())


def body(value: dict[str, Any]) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False).encode()


SIGNED = sign_receipt(ERASED, HOLDER_SIGNING)
FILE = body(SIGNED)


class TestSigned:
    """Promise: "that nothing was changed since is proved to all"."""

    def test_an_erasure_says_what_it_said_and_who_signed(self) -> None:
        found = read_receipt(FILE)
        assert (found.kind, found.key) == (ERASURE, thumbprint(HOLDER_SIGNING))
        assert found.said == ERASED

    def test_a_consent_keeps_its_shape_beside_the_signature(self) -> None:
        found = read_receipt(body(sign_receipt(CONSENTED, HOLDER_SIGNING)))
        assert found.kind == CONSENT
        assert CONSENTED.items() <= found.said.items()

    def test_layout_is_not_what_is_signed(self) -> None:
        assert read_receipt(json.dumps(SIGNED, sort_keys=True).encode()) == read_receipt(FILE)

    @settings(max_examples=60)
    @given(at=st.integers(0, len(FILE) - 1), mask=st.integers(1, 255))
    def test_one_changed_byte_is_refused_or_changes_no_word(self, at: int, mask: int) -> None:
        """Blanks between members mean nothing; every other byte is held by the signature."""
        changed = bytearray(FILE)
        changed[at] ^= mask
        try:
            found = read_receipt(bytes(changed))
        except (ReceiptSignatureError, BadContractError):
            return
        assert (found.said, found.key) == (ERASED, thumbprint(HOLDER_SIGNING))

    def test_every_changed_value_is_refused(self) -> None:
        for name in SIGNED.keys() - {"schema"}:
            with pytest.raises(ReceiptSignatureError):
                read_receipt(body(SIGNED | {name: 8}))
            with pytest.raises(ReceiptSignatureError):
                read_receipt(body({k: v for k, v in SIGNED.items() if k != name}))

    def test_another_signer_in_its_place_is_refused(self) -> None:
        other = sign_receipt(ERASED, EMPLOYER_SIGNING)
        for name in ("signer", "signature"):
            with pytest.raises(ReceiptSignatureError):
                read_receipt(body(SIGNED | {name: other[name]}))

    @pytest.mark.parametrize(
        "value",
        [
            CONSENTED,
            CONSENTED | {"record": []},
            CONSENTED | {"record": {}},
            CONSENTED | {"schema_version": "another"},
        ],
    )
    def test_a_consent_of_somebody_else_is_refused(self, value: dict[str, Any]) -> None:
        stranger = new_private_jwk("sig", b"s" * 32)
        with pytest.raises(ReceiptSignatureError):
            read_receipt(body(sign_receipt(value, stranger)))

    @pytest.mark.parametrize("data", [b"[]", b"{}", b'{"schema": "geowallet.offer/1"}', b"\xff"])
    def test_what_is_no_receipt_is_said(self, data: bytes) -> None:
        with pytest.raises(BadContractError):
            read_receipt(data)

    def test_which_files_are_receipts(self) -> None:
        assert is_receipt(ERASURE_SCHEMA)
        assert not is_receipt("geowallet.offer/1")
