"""Open a sealed export with the reader's key.

The rules are stricter than those of the JOSE library beneath: algorithms are
tied to the key before the library sees the file, and only one spelling of
every part is accepted.
"""

from __future__ import annotations

import re
from typing import Any, TypeGuard

from joserfc.errors import JoseError
from joserfc.jwe import decrypt_compact
from joserfc.jwk import ECKey

from geowallet.crypto.canonical import strict_json
from geowallet.crypto.encoding import unb64u
from geowallet.crypto.signing import thumbprint
from geowallet.model.errors import BadExportError, ExportSignatureError, WrongRecipientError
from geowallet.model.words import N_
from geowallet.proofs.sdjwt import EXPORT_TYP, MAX_EXPORT_BYTES
from geowallet.proofs.seal import SEAL_ALG, SEAL_ENC, SealRegistry

MAX_SEALED_BYTES = MAX_EXPORT_BYTES * 4 // 3 + 4_096
"""Base64url of the largest export, with room for the header."""

_MAX_HEADER_BYTES = 1_024
_IV_BYTES = 12
_TAG_BYTES = 16


def open_sealed_export(data: bytes, private_jwk: dict[str, Any]) -> str:
    """Return the SD-JWT in a sealed file; it is still to be verified.

    Args:
        data: The file; line ends after it are forgiven, as editors add them.
        private_jwk: The reader's own sealing key.

    Raises:
        BadExportError: Not a compact JWE of this kind.
        WrongRecipientError: Sealed for another key.
        ExportSignatureError: Changed or damaged.
    """
    text = _text(data)
    header = _checked_header(text)
    if header["kid"] != thumbprint(private_jwk):
        raise WrongRecipientError
    try:
        opened = decrypt_compact(text, ECKey.import_key(private_jwk), registry=SealRegistry())
        plaintext = opened.plaintext or b""
        return plaintext.decode("ascii")
    except (JoseError, ValueError) as error:
        raise ExportSignatureError from error


def _text(data: bytes) -> str:
    body = data[: MAX_SEALED_BYTES + 1].rstrip(b"\r\n")
    if len(data) > MAX_SEALED_BYTES:
        raise BadExportError(reason=N_("it is too long"))
    if not re.fullmatch(rb"[A-Za-z0-9_-]+\.\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", body):
        raise BadExportError(reason=N_("it is not a sealed file in five parts"))
    return body.decode("ascii")


def _checked_header(text: str) -> dict[str, Any]:
    try:
        head, _, iv, ciphertext, tag = text.split(".")
        sizes = (len(unb64u(iv)), len(unb64u(tag)))
        unb64u(ciphertext)
        header = strict_json(unb64u(head), max_bytes=_MAX_HEADER_BYTES, max_depth=2)
    except ValueError as error:
        raise BadExportError(reason=N_("a part of it is not canonical base64url")) from error
    if sizes != (_IV_BYTES, _TAG_BYTES) or not _is_ours(header):
        raise BadExportError(reason=N_("it is sealed by a method that geowallet does not accept"))
    return header


def _is_ours(header: Any) -> TypeGuard[dict[str, Any]]:
    if not isinstance(header, dict) or set(header) != {"alg", "enc", "kid", "cty", "epk"}:
        return False
    epk = header["epk"]
    return (
        (header["alg"], header["enc"], header["cty"]) == (SEAL_ALG, SEAL_ENC, EXPORT_TYP)
        and isinstance(epk, dict)
        and set(epk) == {"kty", "crv", "x", "y"}
        and (epk["kty"], epk["crv"]) == ("EC", "P-256")
        and all(isinstance(epk[axis], str) for axis in "xy")
    )
