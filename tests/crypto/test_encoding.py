from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.crypto.encoding import CROCKFORD, b64u, crockford, unb64u, uncrockford


class TestBase64url:
    """Promise: "the bytes that text writes, if it is their only spelling"."""

    @pytest.mark.parametrize(
        ("data", "text"),
        [
            (b"", ""),
            (b"f", "Zg"),
            (b"fo", "Zm8"),
            (b"foo", "Zm9v"),
            (b"foob", "Zm9vYg"),
            (b"\xfb\xff\xfe", "-__-"),
            (bytes([3, 236, 255, 224, 193]), "A-z_4ME"),
        ],
    )
    def test_writes_as_rfc_4648_and_rfc_7515_appendix_c(self, data: bytes, text: str) -> None:
        assert b64u(data) == text
        assert unb64u(text) == data

    @pytest.mark.parametrize(
        "text",
        ["Zg==", "Zg=", "Z", "Zm9vY", "Zh", "Zm9", "+__+", "Zm 9v", "Zm9v\n", "Zé", "=", "\x00"],
    )
    def test_refuses_every_other_spelling(self, text: str) -> None:
        with pytest.raises(ValueError, match="base64url"):
            unb64u(text)

    @given(st.binary(max_size=70))
    @settings(max_examples=60)
    def test_reads_what_it_writes(self, data: bytes) -> None:
        assert unb64u(b64u(data)) == data

    @given(st.text("AZaz09-_+/= \n", max_size=8) | st.text(max_size=8))
    @settings(max_examples=150)
    def test_what_it_reads_it_writes_the_same(self, text: str) -> None:
        try:
            data = unb64u(text)
        except ValueError:
            return
        assert b64u(data) == text


class TestCrockford:
    """Promise: "exactly so many symbols, highest first; O reads as 0, I and L as 1"."""

    def test_leaves_out_the_letters_that_look_like_others(self) -> None:
        assert len(CROCKFORD) == len(set(CROCKFORD)) == 32
        assert not set("ILOU") & set(CROCKFORD)

    @pytest.mark.parametrize(
        ("number", "symbols", "text"),
        [(0, 0, ""), (0, 2, "00"), (31, 1, "Z"), (32, 2, "10"), (1234, 4, "016J")],
    )
    def test_worked_by_hand(self, number: int, symbols: int, text: str) -> None:
        assert crockford(number, symbols) == text
        assert uncrockford(text) == number

    @pytest.mark.parametrize(("number", "symbols"), [(32, 1), (-1, 4), (1, 0)])
    def test_refuses_a_number_that_does_not_fit(self, number: int, symbols: int) -> None:
        with pytest.raises(ValueError, match="fit"):
            crockford(number, symbols)

    @pytest.mark.parametrize("text", ["U", "u", "-", " ", "*", "é", "\u0661"])  # Arabic-Indic 1
    def test_refuses_a_foreign_symbol(self, text: str) -> None:
        with pytest.raises(ValueError, match="Crockford"):
            uncrockford(text)

    def test_forgives_capitals_and_lookalikes(self) -> None:
        assert uncrockford("oOiIlLzZ") == uncrockford("001111ZZ")

    @given(st.integers(0, 2**60 - 1))
    @settings(max_examples=60)
    def test_reads_what_it_writes(self, number: int) -> None:
        assert uncrockford(crockford(number, 12)) == number
