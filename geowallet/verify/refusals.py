"""From the names of the standalone verifier to our errors, and to words for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.model.errors import (
    BadContractError,
    BadExportError,
    ContractMismatchError,
    ContractSignatureError,
    ExportExpiredError,
    ExportSignatureError,
    GeowalletError,
    UnknownAnchorError,
    UnknownHolderError,
    UnknownSignerError,
    WrongRecipientError,
)
from geowallet.model.words import Phrase

if TYPE_CHECKING:
    from geowallet.verify.jose import RefusedError


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a check failed: for the exit status, and for people."""

    error: GeowalletError
    note: Phrase


def refusal(refused: RefusedError) -> Refusal:
    """Return what the command line says of a file that the standalone verifier refused."""
    values = tuple(refused.values.items())
    match refused.status:
        case "malformed":
            error: GeowalletError = BadExportError(reason=refused.text)
        case "contract_malformed":
            error = BadContractError(reason=refused.text)
        case "contract_mismatch":
            return Refusal(ContractMismatchError(reason=str(refused)), Phrase(refused.text, values))
        case status:
            error = _BY_STATUS[status](**refused.values)
    return Refusal(error, Phrase(error.text, tuple(error.details.items())))


_BY_STATUS: dict[str, type[GeowalletError]] = {
    "bad_signature": ExportSignatureError,
    "wrong_recipient": WrongRecipientError,
    "unknown_holder": UnknownHolderError,
    "expired": ExportExpiredError,
    "contract_signature": ContractSignatureError,
    "unknown_anchor": UnknownAnchorError,
    "unknown_signer": UnknownSignerError,
}
