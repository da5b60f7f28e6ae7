from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.crypto.envelope import (
    PAD_FLOOR_BYTES,
    open_sealed,
    pad,
    padded_length,
    seal,
    unpad,
)

KEY = bytes(range(32))
NONCE = bytes(range(24))
SEALED = seal(KEY, b"12 km", aad=b"trip|7|1", nonce24=NONCE)


class TestSeal:
    """Promise: "any bit of the key, sealed or aad differs" is a refusal."""

    def test_agrees_with_the_vector_of_the_xchacha_draft_appendix_a_3_1(self) -> None:
        plaintext = (
            b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip "
            b"for the future, sunscreen would be it."
        )
        key, nonce = bytes(range(0x80, 0xA0)), bytes(range(0x40, 0x58))
        aad = bytes.fromhex("50515253c0c1c2c3c4c5c6c7")
        sealed = seal(key, plaintext, aad=aad, nonce24=nonce)
        assert sealed[:24] == nonce
        assert sealed[24:40].hex() == "bd6d179d3e83d43b9576579493c0e939"
        assert sealed[-16:].hex() == "c0875924c1c7987947deafd8780acf49"
        assert open_sealed(key, sealed, aad=aad) == plaintext

    @given(st.binary(max_size=100), st.binary(max_size=20))
    @settings(max_examples=30)
    def test_opens_to_what_was_sealed_and_is_40_bytes_longer(
        self, plaintext: bytes, aad: bytes
    ) -> None:
        sealed = seal(KEY, plaintext, aad=aad, nonce24=NONCE)
        assert open_sealed(KEY, sealed, aad=aad) == plaintext
        assert len(sealed) == len(plaintext) + 40

    def test_every_flipped_bit_is_refused(self) -> None:
        for bit in range(8 * len(SEALED)):
            forged = bytearray(SEALED)
            forged[bit // 8] ^= 1 << bit % 8
            with pytest.raises(ValueError, match="authenticate"):
                open_sealed(KEY, bytes(forged), aad=b"trip|7|1")

    def test_every_truncation_is_refused(self) -> None:
        for length in range(len(SEALED)):
            with pytest.raises(ValueError, match=r"short|nonce|authenticate"):
                open_sealed(KEY, SEALED[:length], aad=b"trip|7|1")

    def test_one_byte_more_is_refused(self) -> None:
        with pytest.raises(ValueError, match="authenticate"):
            open_sealed(KEY, SEALED + b"\0", aad=b"trip|7|1")

    @pytest.mark.parametrize("aad", [b"", b"trip|7|2", b"trip|8|1", b"trip|7|1\0"])
    def test_it_opens_only_where_it_belongs(self, aad: bytes) -> None:
        with pytest.raises(ValueError, match="authenticate"):
            open_sealed(KEY, SEALED, aad=aad)

    def test_another_key_does_not_open_it_and_no_cause_is_shown(self) -> None:
        with pytest.raises(ValueError, match="authenticate") as caught:
            open_sealed(bytes(32), SEALED, aad=b"trip|7|1")
        assert caught.value.__cause__ is None

    @pytest.mark.parametrize("key", [b"", bytes(31), bytes(33)])
    def test_a_key_of_another_length_is_refused(self, key: bytes) -> None:
        with pytest.raises(ValueError, match="key"):
            seal(key, b"", aad=b"", nonce24=NONCE)
        with pytest.raises(ValueError, match="key"):
            open_sealed(key, SEALED, aad=b"")

    @pytest.mark.parametrize("nonce", [b"", bytes(12), bytes(25)])
    def test_a_nonce_of_another_length_is_refused(self, nonce: bytes) -> None:
        with pytest.raises(ValueError, match="nonce"):
            seal(KEY, b"", aad=b"", nonce24=nonce)


class TestPad:
    """Promise: "at least 512 bytes, at most 12 % more; all lengths share few results"."""

    @pytest.mark.parametrize(
        ("length", "padded"),
        [(0, 512), (511, 512), (512, 544), (1000, 1024), (1024, 1088), (9_999, 10_240)],
    )
    def test_worked_by_hand(self, length: int, padded: int) -> None:
        # 10,000 bytes: 2^13 <= 10,000, 13 has 4 digits, so 13 - 4 = 9 low bits are cleared.
        assert padded_length(length) == padded

    @given(st.binary(max_size=3_000))
    @settings(max_examples=60)
    def test_unpad_undoes_pad(self, plaintext: bytes) -> None:
        padded = pad(plaintext)
        assert len(padded) == padded_length(len(plaintext))
        assert unpad(padded) == plaintext

    @given(st.integers(0, 2**40))
    @settings(max_examples=100)
    def test_costs_at_most_an_eighth(self, length: int) -> None:
        padded = padded_length(length)
        assert length < padded
        assert padded == PAD_FLOOR_BYTES or padded <= 1.12 * (length + 1)

    def test_a_hundred_thousand_lengths_become_few(self) -> None:
        assert len({padded_length(length) for length in range(100_000)}) < 150

    @given(st.integers(PAD_FLOOR_BYTES, 2**40))
    @settings(max_examples=100)
    def test_agrees_with_the_definition_in_the_paper(self, marked: int) -> None:
        exponent = math.floor(math.log2(marked))
        low_bits = exponent - (math.floor(math.log2(exponent)) + 1)
        assert padded_length(marked - 1) == math.ceil(marked / 2**low_bits) * 2**low_bits

    @pytest.mark.parametrize(
        "padded",
        [
            b"",
            b"\x80",
            bytes(512),
            b"a" * 512,
            b"\x80".ljust(511, b"\0"),
            b"\x80".ljust(544, b"\0"),
            b"\x80".ljust(512, b"\0") + b"\1",
        ],
    )
    def test_refuses_what_pad_never_makes(self, padded: bytes) -> None:
        with pytest.raises(ValueError, match="padded"):
            unpad(padded)
