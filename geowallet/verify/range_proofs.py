"""The check of range proofs: it needs libsodium, which the verifier to take away does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geowallet.model.words import N_
from geowallet.proofs.commitments import PROOF_CLAIM, check_proofs
from geowallet.verify.jose import MISMATCH, RefusedError

if TYPE_CHECKING:
    from geowallet.verify.standalone import Export


def check_range_proofs(export: Export) -> None:
    """Return if every day is shown to be 0 or more, or the contract asks for no such proof.

    Raises:
        RefusedError: A proof does not hold.
    """
    if PROOF_CLAIM not in export.claims:
        return
    try:
        check_proofs(export.claims)
    except ValueError as error:
        text = N_("a range proof does not hold: a day may be below zero")
        raise RefusedError(text, MISMATCH, {}) from error
