"""Receipts of a consent and of an erasure, as their reader checks them: without a desk."""

from __future__ import annotations

import json
from typing import Any

import pytest

from geowallet.contracts.life.signed_receipt import ERASURE_SCHEMA, sign_receipt
from geowallet.contracts.words.consent_receipt import consent_receipt
from geowallet.crypto.signing import new_private_jwk
from tests.cli.conftest import Done, Terminal
from tests.contracts.parties import HOLDER_SIGNING, contract

ERASED = {"schema": ERASURE_SCHEMA, "positions": 7, "at_us": 1_780_000_000_000_000}


def check(terminal: Terminal, value: dict[str, Any], key: Any = HOLDER_SIGNING) -> Done:
    path = terminal.folder / "receipt.json"
    path.write_text(json.dumps(sign_receipt(value, key)))
    return terminal("verify", "receipt.json")


class TestFromAWallet:
    def test_both_kinds_are_signed_and_one_changed_byte_is_refused(self, lived: Terminal) -> None:
        consent = lived("contract", "show", "km", "--receipt")
        (lived.folder / "consent.json").write_text(consent.out)
        erase = ("vault", "erase", "--day", "2026-05-05", "--confirm", "2026-05-05")
        assert lived(*erase, "--receipt", "erased.json").status == 0
        keys = set()
        for name in ("consent.json", "erased.json"):
            done = lived("verify", name, "--contract", "km.contract", "--json")
            assert done.status == 0, done.err
            keys.add(done.records[0]["key"])
            path = lived.folder / name
            path.write_text(path.read_text().replace("2", "3", 1))
            done = lived("verify", name)
            assert (done.status, "[receipt.signature]" in done.err) == (21, True)
        assert len(keys) == 1

    def test_a_contract_of_somebody_else_is_not_its_signers(self, lived: Terminal) -> None:
        (lived.folder / "receipt.json").write_text(
            json.dumps(sign_receipt(ERASED, new_private_jwk("sig", b"s" * 32)))
        )
        done = lived("verify", "receipt.json", "--contract", "km.contract")
        assert (done.status, "[verify.unknown_holder]" in done.err) == (23, True)


class TestShown:
    def test_what_a_consent_says(self, terminal: Terminal) -> None:
        done = check(terminal, consent_receipt(contract(), withdrawn=contract().terms.expires))
        assert done.status == 0
        assert "given on 1 Oct 2026" in done.out
        assert "withdrawn on 31 Dec 2027" in done.out
        assert "compare it with whoever signed it" in done.out

    @pytest.mark.parametrize(
        ("more", "line"),
        [
            ({"confirmed": True}, "confirmed in the wallet"),
            ({"confirmed": 1}, "NOT confirmed"),
            ({"at_us": None}, "NOT confirmed"),
            ({"positions": "7"}, "NOT confirmed"),
        ],
    )
    def test_what_an_erasure_says_and_what_is_odd_is_left_out(
        self, terminal: Terminal, more: dict[str, Any], line: str
    ) -> None:
        done = check(terminal, ERASED | more)
        assert done.status == 0, done.err
        assert line in done.out
        assert ("7 positions, on 28 May 2026" in done.out) == ("confirmed" in more)

    @pytest.mark.parametrize(
        "events", [7, [7], [{}], [{"event_time": "2026-10-01", "event_state": []}]]
    )
    def test_odd_events_are_left_out(self, terminal: Terminal, events: object) -> None:
        said = consent_receipt(contract())
        done = check(terminal, said | {"record": said["record"] | {"consent_events": events}})
        assert (done.status, "given on" in done.out) == (0, False)
