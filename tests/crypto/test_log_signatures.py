from __future__ import annotations

import pytest
from hypothesis import strategies as st

from geowallet.crypto.signing import (
    log_public,
    sign_log,
    verify_log,
)

SECRETS = st.binary(min_size=32, max_size=32)


class TestLogSignatures:
    """Promise: Ed25519 as RFC 8032 defines it."""

    @pytest.mark.parametrize(
        ("seed", "public", "message", "signature"),
        [
            (
                "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
                "",
                (
                    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
                    "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
                ),
            ),
            (
                "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
                "72",
                (
                    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da0"
                    "85ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
                ),
            ),
        ],
    )
    def test_agrees_with_rfc_8032_section_7_1(
        self, seed: str, public: str, message: str, signature: str
    ) -> None:
        data = bytes.fromhex(message)
        assert log_public(bytes.fromhex(seed)).hex() == public
        assert sign_log(data, bytes.fromhex(seed)).hex() == signature
        verify_log(data, bytes.fromhex(signature), bytes.fromhex(public))

    def test_every_flipped_bit_is_refused(self) -> None:
        seed = bytes(range(32))
        signature, public = sign_log(b"entry", seed), log_public(seed)
        for bit in range(512):
            forged = bytearray(signature)
            forged[bit // 8] ^= 1 << bit % 8
            with pytest.raises(ValueError, match="does not fit"):
                verify_log(b"entry", bytes(forged), public)

    def test_a_signature_has_one_spelling(self) -> None:
        """S and S + L sign the same in a lax verifier (RFC 8032 section 5.1.7)."""
        seed, order = bytes(range(32)), 2**252 + 27742317777372353535851937790883648493
        signature = sign_log(b"entry", seed)
        larger = int.from_bytes(signature[32:], "little") + order
        with pytest.raises(ValueError, match="does not fit"):
            verify_log(b"entry", signature[:32] + larger.to_bytes(32, "little"), log_public(seed))

    @pytest.mark.parametrize("public", ["01" + "00" * 31, "00" * 32, "ec" + "ff" * 30 + "7f"])
    def test_a_key_of_small_order_signs_nothing(self, public: str) -> None:
        key = bytes.fromhex(public)
        with pytest.raises(ValueError, match="does not fit"):
            verify_log(b"anything", key + bytes(32), key)

    @pytest.mark.parametrize(("signature", "public"), [(63, 32), (65, 32), (64, 31), (0, 0)])
    def test_other_lengths_are_refused(self, signature: int, public: int) -> None:
        with pytest.raises(ValueError, match="length"):
            verify_log(b"", bytes(signature), bytes(public))

    @pytest.mark.parametrize("seed", [b"", bytes(31), bytes(64)])
    def test_a_seed_of_another_length_is_refused(self, seed: bytes) -> None:
        with pytest.raises(ValueError, match="seed"):
            log_public(seed)
        with pytest.raises(ValueError, match="seed"):
            sign_log(b"", seed)
