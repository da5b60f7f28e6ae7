"""Use cases: sign what the wallet says it did, and check what another one signed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geowallet.app.files import read_small
from geowallet.app.sharing.identity import signing_key
from geowallet.contracts.life.signed import schema_of
from geowallet.contracts.life.signed_receipt import (
    SignedReceipt,
    is_receipt,
    read_receipt,
    sign_receipt,
)
from geowallet.crypto.signing import thumbprint
from geowallet.model.errors import UnknownHolderError, VaultDamagedError
from geowallet.verify.open import MAX_SEALED_BYTES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from geowallet.contracts.life.grant import Contract
    from geowallet.vault.store import Vault


def attested(vault: Vault, value: Mapping[str, Any]) -> dict[str, Any]:
    """Return a receipt signed with the owner's key; as it is where that key is damaged.

    What was done is done: a receipt without a signature says more than none.
    """
    try:
        return sign_receipt(value, signing_key(vault))
    except VaultDamagedError:
        return dict(value)


def receipt_in(path: Path) -> bytes | None:
    """Return what a file holds if it says that it is a receipt, else None; nothing is checked.

    Raises:
        SourceMissingError: There is no such file.
    """
    data = read_small(path, MAX_SEALED_BYTES)
    return data if data.lstrip()[:1] == b"{" and is_receipt(schema_of(data)) else None


def check_receipt(data: bytes, contract: Contract | None = None) -> SignedReceipt:
    """Return a receipt after checking its signature.

    Args:
        data: The file.
        contract: Whose holder must have signed it, or None.

    Raises:
        BadContractError: Not such a file.
        ReceiptSignatureError: It was changed.
        UnknownHolderError: Another key than that of the contract's holder signed it.
    """
    found = read_receipt(data)
    if contract and thumbprint(contract.grant.holder.signing_jwk) != found.key:
        raise UnknownHolderError
    return found
