"""Sealed bytes: authenticated encryption with context, and padding that hides sizes."""

from __future__ import annotations

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_ABYTES as TAG_BYTES,
)
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt as _decrypt,
)
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_encrypt as _encrypt,
)
from nacl.exceptions import CryptoError

KEY_BYTES = 32
NONCE_BYTES = 24

PAD_FLOOR_BYTES = 512
"""Shortest padded text: short records all look alike."""


def seal(key32: bytes, plaintext: bytes, *, aad: bytes, nonce24: bytes) -> bytes:
    """Return ``nonce24`` followed by the ciphertext and its tag: 40 bytes longer.

    Args:
        key32: 32 bytes.
        plaintext: Any bytes; pad them first where their length tells something.
        aad: What the ciphertext is and where it belongs; not stored, needed
            again to open.
        nonce24: 24 fresh random bytes, never used twice with one key.

    Raises:
        ValueError: Key or nonce of another length.

    Source:
        XChaCha20-Poly1305 IETF, draft-irtf-cfrg-xchacha-03. It does not commit
        to its key: whoever tries several keys on one text needs a commitment
        beside it (as `geowallet.crypto.keys` has).
    """
    _check_lengths(key32, nonce24)
    return nonce24 + _encrypt(plaintext, aad, nonce24, key32)


def open_sealed(key32: bytes, sealed: bytes, *, aad: bytes) -> bytes:
    """Return the plaintext of what `seal` made with the same key and ``aad``.

    Raises:
        ValueError: Any bit of the key, ``sealed`` or ``aad`` differs.
    """
    nonce24, ciphertext = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    _check_lengths(key32, nonce24)
    if len(ciphertext) < TAG_BYTES:
        raise ValueError("sealed bytes are cut short")
    try:
        return _decrypt(ciphertext, aad, nonce24, key32)
    except CryptoError:
        raise ValueError("sealed bytes do not authenticate") from None


def padded_length(length: int) -> int:
    """Return the length that a text of ``length`` bytes is padded to.

    At least one byte more, at least `PAD_FLOOR_BYTES`, at most 12 % more above
    that; all lengths share few results, so that a size says little.

    Source:
        Padmé: Nikitin et al. (2019), "Reducing Metadata Leakage from Encrypted
        Files and Communication with PURBs", PoPETs 2019(4), section 4.
    """
    marked = max(length + 1, PAD_FLOOR_BYTES)
    exponent = marked.bit_length() - 1
    mask = (1 << (exponent - exponent.bit_length())) - 1
    return (marked + mask) & ~mask


def pad(plaintext: bytes) -> bytes:
    """Return ``plaintext``, a byte 0x80 and zeros, up to its `padded_length`."""
    return (plaintext + b"\x80").ljust(padded_length(len(plaintext)), b"\0")


def unpad(padded: bytes) -> bytes:
    """Return what `pad` was given.

    Raises:
        ValueError: `pad` makes no such bytes.
    """
    marked = padded.rstrip(b"\0")
    if not marked.endswith(b"\x80") or padded_length(len(marked) - 1) != len(padded):
        raise ValueError("bytes are not padded")
    return marked[:-1]


def _check_lengths(key32: bytes, nonce24: bytes) -> None:
    if len(key32) != KEY_BYTES:
        raise ValueError("the key is not 32 bytes long")
    if len(nonce24) != NONCE_BYTES:
        raise ValueError("the nonce is not 24 bytes long")
