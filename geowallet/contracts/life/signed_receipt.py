"""A wallet's signed word on what it did: that a consent was given or ended, or data erased.

The receipt stays the JSON that it is, and gains the public key that signs it and the
signature. It brings its own key: that nothing was changed since is proved to all, who
said it only to those who know the key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.contracts.life.offer import read_json
from geowallet.contracts.terms.members import Members
from geowallet.contracts.terms.syntax import read_jwk
from geowallet.contracts.words.consent_receipt import SCHEMA_VERSION
from geowallet.crypto.canonical import canonical_bytes
from geowallet.crypto.signing import public_jwk, sign_detached, thumbprint, verify_detached
from geowallet.model.errors import BadContractError, OtherFileError, ReceiptSignatureError
from geowallet.model.words import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

ERASURE, CONSENT = "erasure", "consent"

ERASURE_SCHEMA = "geowallet.erasure/1"
CONSENT_SCHEMA = "geowallet.consent-receipt/1"
RECEIPT_TYP = "geowallet-receipt+jws"
"""Says in the signed header that a receipt was meant, and nothing else."""

_KINDS = {ERASURE_SCHEMA: ERASURE, CONSENT_SCHEMA: CONSENT}


@dataclass(frozen=True, slots=True)
class SignedReceipt:
    """A receipt whose signature fits.

    Attributes:
        kind: `ERASURE` or `CONSENT`.
        key: Thumbprint of the key that signed it.
        said: All that it says, the signer and the signature left out.
    """

    kind: str
    key: str
    said: dict[str, Any]


def sign_receipt(value: Mapping[str, Any], private_jwk: dict[str, Any]) -> dict[str, Any]:
    """Return a receipt with its signer and signature; one of a consent also with its schema.

    Args:
        value: JSON values without fractions.
        private_jwk: The key that signs exports.
    """
    schema = {} if "schema" in value else {"schema": CONSENT_SCHEMA}
    whole = {**schema, **value, "signer": public_jwk(private_jwk)}
    signature = sign_detached(canonical_bytes(whole), private_jwk, RECEIPT_TYP)
    return whole | {"signature": signature}


def is_receipt(schema: str) -> bool:
    """Say whether a file of this schema is a receipt."""
    return schema in _KINDS


def read_receipt(data: bytes) -> SignedReceipt:
    """Read what `sign_receipt` made, and check its signature.

    Raises:
        BadContractError: Not such a file.
        ReceiptSignatureError: It was changed, nobody signed it, or it is about another key
            than its own.
    """
    value = read_json(data)
    members = Members(value, "")
    kind = _KINDS.get(str(members.take("schema")))
    if kind is None:
        raise OtherFileError(reason=N_("its schema is another"))
    signed = {name: item for name, item in value.items() if name != "signature"}
    try:
        signer, signature = read_jwk(members, "signer", "sig"), members.take("signature")
        verify_detached(canonical_bytes(signed), str(signature), signer, RECEIPT_TYP)
    except (ValueError, BadContractError) as error:
        raise ReceiptSignatureError from error
    key = thumbprint(signer)
    said = {name: item for name, item in signed.items() if name != "signer"}
    if kind == CONSENT and _principal(said) != f"urn:geowallet:key:{key}":
        raise ReceiptSignatureError
    return SignedReceipt(kind, key, said)


def _principal(said: dict[str, Any]) -> Any:
    record = said.get("record")
    if said.get("schema_version") != SCHEMA_VERSION or not isinstance(record, dict):
        return None
    return record.get("pii_principal_id")
