"""Use case: open again what was exported, from the copy that was sealed to the owner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.app.sharing.agreements import contract_of
from geowallet.app.sharing.identity import sealing_key
from geowallet.app.sharing.tracing import find_receipt
from geowallet.model.errors import ErasedCopyError
from geowallet.proofs.claims import read_figures
from geowallet.verify.open import open_sealed_export

if TYPE_CHECKING:
    from geowallet.app.sharing.receipts import Receipt
    from geowallet.contracts.life.grant import Contract
    from geowallet.proofs.claims import Figures
    from geowallet.vault.store import Vault


@dataclass(frozen=True, slots=True)
class OwnCopy:
    """An export as its recipient reads it."""

    receipt: Receipt
    figures: Figures
    contract: Contract


def own_copy(vault: Vault, shortened: str) -> OwnCopy:
    """Return the figures of an export by its receipt, as they left.

    Raises:
        NoReceiptError: This wallet made no such export.
        AmbiguousNameError: It made several that begin so.
        ErasedCopyError: Its copy or its contract was erased since.
    """
    receipt = find_receipt(vault, shortened)
    contract = contract_of(vault, receipt.terms_sha256)
    if not receipt.own_copy or contract is None:
        raise ErasedCopyError(name=receipt.id)
    sd_jwt = open_sealed_export(receipt.own_copy.encode(), sealing_key(vault))
    return OwnCopy(receipt, read_figures(sd_jwt), contract)
