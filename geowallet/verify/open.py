"""Open a sealed export with the reader's key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geowallet.verify import jose
from geowallet.verify.refusals import refusal

if TYPE_CHECKING:
    from typing import Final

MAX_SEALED_BYTES: Final = jose.MAX_SEALED_BYTES
"""Base64url of the largest export, with room for the header."""


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
    try:
        return jose.opened(data, private_jwk)
    except jose.RefusedError as refused:
        raise refusal(refused).error from refused
