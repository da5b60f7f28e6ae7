"""Boxes that others sealed: NaCl's secretbox, as OwnTracks phones send it."""

from __future__ import annotations

from nacl.bindings import (
    crypto_secretbox_MACBYTES as TAG_BYTES,
)
from nacl.bindings import (
    crypto_secretbox_open as _open,
)
from nacl.exceptions import CryptoError

KEY_BYTES = 32
NONCE_BYTES = 24


def open_box(key32: bytes, box: bytes) -> bytes:
    """Return the text of a secretbox that carries its nonce in front.

    Args:
        key32: 32 bytes.
        box: Nonce (24 bytes), then tag and ciphertext.

    Raises:
        ValueError: Cut short, or not sealed with this key, or changed since.

    Source:
        XSalsa20-Poly1305, D. J. Bernstein, "Cryptography in NaCl" (2009),
        sections 5 to 10.
    """
    if len(key32) != KEY_BYTES:
        raise ValueError("a key of another length")
    nonce24, sealed = box[:NONCE_BYTES], box[NONCE_BYTES:]
    if len(sealed) < TAG_BYTES:
        raise ValueError("the box is cut short")
    try:
        return _open(sealed, nonce24, key32)
    except CryptoError:
        raise ValueError("the box does not authenticate") from None
