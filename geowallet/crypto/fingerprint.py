"""A key in a form that two people can compare by telephone."""

from __future__ import annotations

import hashlib

from geowallet.crypto.encoding import crockford, unb64u

BITS = 60
"""Finding another key with the same fingerprint takes about 2^60 key pairs."""


def fingerprint(thumbprint: str) -> str:
    """Return twelve Crockford symbols in three groups, like ``7K2M-Q9XA-41TD``.

    Args:
        thumbprint: RFC 7638 thumbprint, base64url.

    Raises:
        ValueError: Not the base64url of 32 bytes.
    """
    if len(unb64u(thumbprint)) != hashlib.sha256().digest_size:
        raise ValueError("not a SHA-256 thumbprint")
    digest = hashlib.sha256(thumbprint.encode("ascii")).digest()
    symbols = crockford(int.from_bytes(digest[:8], "big") >> (64 - BITS), BITS // 5)
    return "-".join(symbols[at : at + 4] for at in (0, 4, 8))
