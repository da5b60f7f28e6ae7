"""Seal a signed export for one reader: compact JWE, ECDH-ES on P-256 and A256GCM.

The choice is that of OpenID4VC HAIP 1.0, section 7 (response encryption), so
that a stock JOSE library opens it.
"""

from __future__ import annotations

from typing import Any

from joserfc.jwe import JWERegistry, encrypt_compact
from joserfc.jwk import ECKey

from geowallet.crypto.signing import check_public_jwk, thumbprint
from geowallet.proofs.sdjwt import EXPORT_TYP, MAX_EXPORT_BYTES

SEAL_ALG = "ECDH-ES"
"""Key agreement (RFC 7518, section 4.6): the agreed key encrypts directly."""

SEAL_ENC = "A256GCM"
"""Content encryption (RFC 7518, section 5.3)."""


class SealRegistry(JWERegistry):
    """The two algorithms of a seal, no other, and room for a whole export."""

    max_ciphertext_length = MAX_EXPORT_BYTES * 4 // 3 + 4

    def __init__(self) -> None:
        super().__init__(algorithms=(SEAL_ALG, SEAL_ENC))


def seal_for(sd_jwt: str, public_jwk: dict[str, Any]) -> str:
    """Return ``sd_jwt`` encrypted to one reader, as a compact JWE.

    Args:
        sd_jwt: The signed export.
        public_jwk: The reader's sealing key (``use`` "enc").

    Raises:
        ValueError: Not a P-256 sealing key, or the export is too long.
    """
    key = check_public_jwk(public_jwk)
    if key["use"] != "enc" or len(sd_jwt) > MAX_EXPORT_BYTES:
        raise ValueError("a sealing key and an export of at most 2 MiB are needed")
    header = {"alg": SEAL_ALG, "enc": SEAL_ENC, "kid": thumbprint(key), "cty": EXPORT_TYP}
    return encrypt_compact(header, sd_jwt, ECKey.import_key(key), registry=SealRegistry())
