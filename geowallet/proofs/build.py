"""Build the signed export: the only document that leaves a wallet."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from geowallet.crypto.signing import thumbprint
from geowallet.proofs.claims import (
    EXPORT_VCT,
    ISSUER_PREFIX,
    JTI_PATTERN,
    MONTH_S,
    NULLIFIER_PATTERN,
    content_claims,
    log_claim,
    rows_of,
)
from geowallet.proofs.sdjwt import pack

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from geowallet.contracts.evaluation.result import Result
    from geowallet.contracts.life.grant import Contract

_NOTHING: Mapping[str, Any] = MappingProxyType({})


def build_export(  # noqa: PLR0913  each argument is one fact of the document
    result: Result,
    contract: Contract,
    *,
    checkpoint: str,
    now_s: int,
    jti: str,
    nullifier: str,
    holder_private_jwk: dict[str, Any],
    salts: Callable[[int], bytes],
    supersedes: str = "",
    further: Mapping[str, Any] = _NOTHING,
) -> str:
    """Return the figures as a signed SD-JWT, every row disclosed.

    It is valid as long as the recipient may keep it, and at least a month.
    With the same arguments only the signature differs from one call to the next.

    Args:
        result: Figures that passed `check_result` under this contract.
        contract: Signed by both.
        checkpoint: Signed note of the evidence log, the leaf of this export
            not yet in it.
        now_s: Seconds since the epoch.
        jti: Id of the export, 32 hex digits.
        nullifier: 64 hex digits, the same for every export of one contract
            and period.
        holder_private_jwk: The signing key whose public half the grant names.
        salts: ``salts(n)`` gives ``n`` fresh random bytes.
        supersedes: ``jti`` of the export that this one replaces, or "".
        further: Claims that other parts make, such as ``evidence``.

    Raises:
        ValueError: An id, a nullifier or a checkpoint of another shape.
    """
    if not re.fullmatch(JTI_PATTERN, jti) or not re.fullmatch(f"({JTI_PATTERN})?", supersedes):
        raise ValueError("the id of an export is 32 hex digits")
    if not re.fullmatch(NULLIFIER_PATTERN, nullifier):
        raise ValueError("a nullifier is 64 hex digits")
    terms = contract.terms
    claims = {
        "iss": ISSUER_PREFIX + thumbprint(holder_private_jwk),
        "vct": EXPORT_VCT,
        "iat": now_s,
        "nbf": now_s,
        "exp": now_s + max(terms.retention_months, 1) * MONTH_S,
        "aud": thumbprint(terms.recipient.signing_jwk),
        "jti": jti,
        "contract_name": terms.name,
        "log": log_claim(checkpoint),
        "nullifier": nullifier,
    }
    claims |= content_claims(result) | dict(further)
    if supersedes:
        claims["supersedes"] = supersedes
    return pack(claims, rows_of(result), private_jwk=holder_private_jwk, salts=salts)
