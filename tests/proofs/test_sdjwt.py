from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.crypto.encoding import b64u, unb64u
from geowallet.crypto.signing import thumbprint
from geowallet.model.errors import BadExportError
from geowallet.proofs.sdjwt import MAX_EXPORT_BYTES, digest, pack, unpack
from tests.proofs.parties import HOLDER, fixed_salts

ROWS = st.lists(
    st.dictionaries(
        st.text(max_size=8), st.integers(-(10**9), 10**9) | st.text(max_size=8), max_size=4
    ),
    max_size=6,
)


def test_the_digest_is_that_of_the_standards_own_example() -> None:
    """RFC 9901 section 4.2.3, the disclosure of the claim family_name."""
    example = "WyI2cU1RdlJMNWhhaiIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
    assert digest(example) == "uutlBuYeMDyjLLTpf6Jxi7yNkEF35jdyWMn9U7b_RYY"


def test_the_digest_of_an_array_element_is_that_of_the_standards_own_example() -> None:
    """RFC 9901 section 4.2.3, the disclosure of the element FR."""
    example = "WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0"
    assert digest(example) == "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs"


class TestPack:
    """Promise: "the signed SD-JWT with every row disclosed"."""

    @given(ROWS)
    def test_what_goes_in_comes_out(self, rows: list[dict[str, int | str]]) -> None:
        opened = unpack(pack({"n": 1}, rows, private_jwk=HOLDER, salts=fixed_salts()))
        assert [row for _, row in opened.rows] == rows
        assert [one["..."] for one in opened.claims.get("groups", [])] == [
            hashed for hashed, _ in opened.rows
        ]

    def test_equal_rows_have_different_digests(self) -> None:
        rows = [{"days": 0}, {"days": 0}]
        opened = unpack(pack({}, rows, private_jwk=HOLDER, salts=fixed_salts()))
        assert opened.rows[0][0] != opened.rows[1][0]

    def test_every_row_takes_128_bits_of_salt(self) -> None:
        asked: list[int] = []

        def salts(n: int) -> bytes:
            asked.append(n)
            return bytes(n)

        pack({}, [{"days": 0}, {"days": 1}], private_jwk=HOLDER, salts=salts)
        assert asked == [16, 16]

    def test_without_rows_it_is_an_ordinary_jwt_with_a_tilde(self) -> None:
        text = pack({"n": 1}, [], private_jwk=HOLDER, salts=fixed_salts())
        assert text.count("~") == 1
        assert text.endswith("~")
        opened = unpack(text)
        assert opened.claims == {"n": 1}
        assert opened.header == {"alg": "ES256", "kid": thumbprint(HOLDER), "typ": "dc+sd-jwt"}

    def test_a_fraction_cannot_be_signed(self) -> None:
        with pytest.raises(ValueError, match="float"):
            pack({"n": 0.5}, [], private_jwk=HOLDER, salts=fixed_salts())


def test_a_text_past_the_limit_is_not_taken_apart() -> None:
    with pytest.raises(BadExportError):
        unpack("A" * (MAX_EXPORT_BYTES + 1))


def test_more_rows_than_any_contract_has_are_refused() -> None:
    text = pack({}, [], private_jwk=HOLDER, salts=fixed_salts())
    with pytest.raises(BadExportError, match="rows between tildes"):
        unpack(text + (b64u(b'["c2FsdCBzYWx0IHNhbHQgIQ",0]') + "~") * 6_001)


def test_the_signed_bytes_are_canonical() -> None:
    text = pack({"b": 1, "a": 2}, [], private_jwk=HOLDER, salts=fixed_salts())
    assert unb64u(text.split(".")[1]) == b'{"a":2,"b":1}'


def text_of(header: bytes = b"{}", payload: bytes = b"{}", *disclosures: bytes) -> str:
    return "~".join([f"{b64u(header)}.{b64u(payload)}.AA", *map(b64u, disclosures), ""])


SALT = b64u(bytes(16))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a.b.c", "between tildes"),
        ("a.b~", "between tildes"),
        (text_of()[:-1] + "~x", "between tildes"),
        (text_of(b"{}", b"[]"), "not a JSON object"),
        (text_of(b"1"), "not a JSON object"),
        (text_of(b"{}", b"{"), "not strict JSON"),
        (text_of(b"{}", b'{"a": 1, "a": 1}'), "not strict JSON"),
        ("e30.e31.AA~", "canonical base64url"),
        (text_of(b"{}", b"{}", b"{}"), "a salt and a value"),
        (text_of(b"{}", b"{}", b'["only"]'), "a salt and a value"),
        (text_of(b"{}", b"{}", b"[1, 2]"), "a salt and a value"),
        (text_of(b"{}", b"{}", b'["AAAA", 1]'), "a salt and a value"),
    ],
)
def test_what_is_no_export_is_not_taken_apart(text: str, reason: str) -> None:
    with pytest.raises(BadExportError, match=reason):
        unpack(text)


def test_a_row_is_what_stands_behind_its_salt() -> None:
    opened = unpack(text_of(b"{}", b"{}", f'["{SALT}", 7]'.encode()))
    assert [value for _, value in opened.rows] == [7]
