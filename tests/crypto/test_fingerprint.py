from __future__ import annotations

import base64
import hashlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.crypto.encoding import b64u
from geowallet.crypto.fingerprint import fingerprint

CROCKFORD_OF_RFC_4648 = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)


class TestFingerprint:
    """Promise: "twelve Crockford symbols in three groups"."""

    @given(st.binary(min_size=32, max_size=32))
    @settings(max_examples=40)
    def test_is_the_first_60_bits_of_the_hash(self, digest: bytes) -> None:
        thumbprint = b64u(digest)
        hashed = hashlib.sha256(thumbprint.encode()).digest()
        other_base32 = base64.b32encode(hashed).decode()[:12]
        plain = other_base32.translate(CROCKFORD_OF_RFC_4648)
        shown = fingerprint(thumbprint)
        assert re.fullmatch(r"\w{4}-\w{4}-\w{4}", shown)
        assert shown.replace("-", "") == plain

    @pytest.mark.parametrize("thumbprint", ["", "Zg", b64u(bytes(31)), b64u(bytes(32)) + "=", "é"])
    def test_refuses_what_is_no_thumbprint(self, thumbprint: str) -> None:
        with pytest.raises(ValueError, match=r"thumbprint|base64url"):
            fingerprint(thumbprint)
