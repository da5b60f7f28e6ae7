from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.contracts.life.signed import line_or_nothing, read_signed, schema_of, signed_bytes
from geowallet.crypto.signing import public_jwk
from geowallet.model.errors import (
    BadContractError,
    ContractSignatureError,
    NotJsonError,
    OtherFileError,
    TooDeepError,
)
from tests.contracts.parties import EMPLOYER_SIGNING, HOLDER_SIGNING

SCHEMA, TYP = "geowallet.test/1", "geowallet-test+jws"
FILE = signed_bytes(SCHEMA, {"said": "yes"}, {"signature": (HOLDER_SIGNING, TYP)})


def accepted(data: bytes, key: dict[str, str] = HOLDER_SIGNING, typ: str = TYP) -> str:
    signed = read_signed(data, SCHEMA)
    said = signed.members.line("said", 100)
    signed.members.done()
    signed.check(public_jwk(key), typ, name="x")
    return said


def test_what_was_signed_is_read() -> None:
    assert accepted(FILE) == "yes"


def test_people_can_read_the_file() -> None:
    assert list(json.loads(FILE)) == ["schema", "said", "signature"]


def test_another_key_or_another_meaning_does_not_fit() -> None:
    with pytest.raises(ContractSignatureError):
        accepted(FILE, EMPLOYER_SIGNING)
    with pytest.raises(ContractSignatureError):
        accepted(FILE, typ="geowallet-other+jws")


class TestDamage:
    """Promise: any change to a signed file is refused, or changes nothing of what it says."""

    @settings(max_examples=200)
    @given(st.integers(0, len(FILE) - 1), st.integers(0, 255))
    def test_one_byte(self, at: int, byte: int) -> None:
        try:
            said = accepted(FILE[:at] + bytes([byte]) + FILE[at + 1 :])
        except (BadContractError, ContractSignatureError):
            return
        assert said == "yes"


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", NotJsonError),
        (b"\xff", NotJsonError),
        (b'{"schema": "geowallet.test/1", "schema": "geowallet.test/1"}', NotJsonError),
        (b'{"schema": 1.5}', NotJsonError),
        (b" " * 70_000, NotJsonError),
        (b"[" * 100 + b"]" * 100, TooDeepError),
        (b"[]", BadContractError),
        (b'{"schema": "geowallet.offer/1"}', OtherFileError),
        (b'{"schema": ["geowallet.test/1"]}', OtherFileError),
        (b'{"schema": "geowallet.test/1", "said": "yes"}', BadContractError),
    ],
)
def test_each_damage_has_its_own_code(data: bytes, error: type[BadContractError]) -> None:
    with pytest.raises(BadContractError) as caught:
        accepted(data)
    assert type(caught.value) is error


@pytest.mark.parametrize(
    ("data", "schema"),
    [(FILE, SCHEMA), (b"[]", ""), (b"{}", ""), (b'{"schema": 4}', ""), (b"GPX", "")],
)
def test_a_file_says_what_it_is(data: bytes, schema: str) -> None:
    assert schema_of(data) == schema


@pytest.mark.parametrize("line", ["", "no, thank you"])
def test_a_line_may_be_empty(line: str) -> None:
    body = signed_bytes(SCHEMA, {"said": line}, {"signature": (HOLDER_SIGNING, TYP)})
    assert line_or_nothing(read_signed(body, SCHEMA).members, "said", 20) == line


@pytest.mark.parametrize("line", [" ", "two\nlines", "x" * 21, 4, None])
def test_a_line_must_be_printable(line: object) -> None:
    body = signed_bytes(SCHEMA, {"said": line}, {"signature": (HOLDER_SIGNING, TYP)})
    with pytest.raises(BadContractError):
        line_or_nothing(read_signed(body, SCHEMA).members, "said", 20)
