from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.bindings import crypto_secretbox

from geowallet.crypto.secretbox import open_box

KEY = bytes(range(32))
NONCE = bytes(24)


def box(text: bytes, key: bytes = KEY) -> bytes:
    return NONCE + crypto_secretbox(text, NONCE, key)


class TestOpenBox:
    """Promise: "the text of a secretbox that carries its nonce in front"."""

    @given(st.binary(max_size=200))
    def test_gives_back_what_libsodium_sealed(self, text: bytes) -> None:
        assert open_box(KEY, box(text)) == text

    @given(st.integers(0, 63), st.integers(1, 255))
    def test_a_changed_byte_opens_nothing(self, at: int, change: int) -> None:
        sealed = bytearray(box(b"twenty-four bytes of it!"))
        sealed[at] ^= change
        with pytest.raises(ValueError, match="authenticate"):
            open_box(KEY, bytes(sealed))


def test_another_key_opens_nothing() -> None:
    with pytest.raises(ValueError, match="authenticate"):
        open_box(bytes(32), box(b"text"))


@pytest.mark.parametrize("length", [0, 23, 24, 39])
def test_a_box_without_a_whole_tag_is_cut_short(length: int) -> None:
    with pytest.raises(ValueError, match="cut short"):
        open_box(KEY, box(b"")[:length])


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="length"):
        open_box(b"short", box(b"text"))
