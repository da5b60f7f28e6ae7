"""Use case: what could be worked out of figures, beside those that left before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geowallet.app.sharing.agreements import contract_of
from geowallet.app.sharing.identity import sealing_key
from geowallet.app.sharing.receipts import receipts
from geowallet.contracts.words.inference import Earlier, inferences
from geowallet.crypto.signing import thumbprint
from geowallet.model.calendar import Period
from geowallet.proofs.claims import read_figures
from geowallet.verify.open import open_sealed_export

if TYPE_CHECKING:
    from geowallet.app.sharing.preparing import Prepared
    from geowallet.contracts.terms.syntax import Terms
    from geowallet.contracts.words.inference import Inference
    from geowallet.vault.store import Vault


def inferred(vault: Vault, prepared: Prepared) -> tuple[Inference, ...]:
    """Return what a reader could work out of what was prepared, with what lessens it.

    Raises:
        VaultDamagedError: A kept export does not authenticate.
    """
    before = earlier(vault, prepared.terms, prepared.period)
    return inferences(prepared.terms, prepared.result, before)


def earlier(vault: Vault, terms: Terms, period: Period) -> tuple[Earlier, ...]:
    """Return the figures that left for days of ``period``, from the owner's own copies.

    Oldest first. An export whose contract the wallet no longer has, or whose copy was
    erased, is left out.
    """
    asking = thumbprint(terms.recipient.signing_jwk)
    key = sealing_key(vault)
    found = []
    for receipt in receipts(vault):
        spoken = Period.parse(receipt.period)
        contract = contract_of(vault, receipt.terms_sha256)
        overlaps = spoken.first <= period.last and period.first <= spoken.last
        if contract is None or not overlaps or not receipt.own_copy:
            continue
        recipient = contract.terms.recipient
        figures = read_figures(open_sealed_export(receipt.own_copy.encode(), key))
        found.append(
            Earlier(
                receipt=receipt.id,
                contract=receipt.contract,
                recipient=recipient.name,
                same_recipient=thumbprint(recipient.signing_jwk) == asking,
                period=spoken,
                totals=figures.result.totals,
            )
        )
    return tuple(found)
