"""Checks of who signed the file, for whom, under which contract, and when."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from geowallet.contracts.grant import contract_bytes, read_contract
from geowallet.contracts.offer import terms_digest
from geowallet.contracts.result import check_period
from geowallet.crypto.signing import thumbprint, verify_detached
from geowallet.model.calendar import Period
from geowallet.model.errors import (
    BadContractError,
    BadExportError,
    BadPeriodError,
    ContractSignatureError,
    ExportExpiredError,
    ExportSignatureError,
    PeriodCadenceError,
    PeriodRefusedError,
    UnknownHolderError,
)
from geowallet.model.words import N_
from geowallet.proofs.claims import EXPORT_VCT, ISSUER_PREFIX
from geowallet.proofs.sdjwt import EXPORT_TYP, HASH_NAME
from geowallet.verify.questions import Refusal, is_count, mismatch, refusal

if TYPE_CHECKING:
    from geowallet.verify.questions import Case

SKEW_S = 300
"""How far the clocks of two honest computers may differ."""

WEST_S = 12 * 3_600
"""The last day of a contract ends last at UTC-12."""

EAST_S = 14 * 3_600
"""Its first day begins first at UTC+14."""

LATEST_S = 253_402_300_799
"""The end of the year 9999, beyond which there are no dates."""


def check_signature(case: Case) -> Refusal | None:
    """Ask whether the key that the contract pins signed these bytes with ES256."""
    holder = case.contract.grant.holder.signing_jwk
    if case.opened.header.get("kid") != thumbprint(holder):
        return refusal(UnknownHolderError())
    try:
        verify_detached(case.opened.payload, case.opened.detached, holder, EXPORT_TYP)
    except ValueError:
        return refusal(ExportSignatureError())
    return None


def check_type(case: Case) -> Refusal | None:
    """Ask whether it is an export of this version, in the holder's own name."""
    claims = case.claims
    issuer = ISSUER_PREFIX + thumbprint(case.contract.grant.holder.signing_jwk)
    hashes = claims.get("_sd_alg", HASH_NAME)
    if (claims.get("vct"), claims.get("iss"), hashes) != (EXPORT_VCT, issuer, HASH_NAME):
        return _malformed(N_("it is not an export of a version that is known here"))
    return None


def check_audience(case: Case) -> Refusal | None:
    """Ask whether it was made for the recipient of the contract."""
    if case.claims.get("aud") != thumbprint(case.terms.recipient.signing_jwk):
        return mismatch(N_("the file was made for another recipient"))
    return None


def check_contract_digest(case: Case) -> Refusal | None:
    """Ask whether it was made under this contract, word for word."""
    named = (case.claims.get("contract"), case.claims.get("contract_name"))
    if named != (terms_digest(case.terms), case.terms.name):
        return mismatch(N_("the file was made under another contract"))
    return None


def check_contract_signatures(case: Case) -> Refusal | None:
    """Ask whether both signatures under the contract hold."""
    try:
        read_contract(contract_bytes(case.contract))
    except (BadContractError, ContractSignatureError) as error:
        return refusal(error)
    return None


def check_dates(case: Case) -> Refusal | None:
    """Ask whether it is valid now, and was made while the contract was in force."""
    dates = [case.claims.get(name, -1) for name in ("iat", "nbf", "exp")]
    if not all(is_count(date) for date in dates):
        return _malformed(N_("a date is missing"))
    issued_s, not_before_s, expires_s = dates
    if max(issued_s, not_before_s, expires_s) > LATEST_S or issued_s > not_before_s:
        return _malformed(N_("its dates contradict each other"))
    if expires_s <= case.now_s:
        return refusal(ExportExpiredError(date=str(_day(expires_s))))
    if max(issued_s, not_before_s) > case.now_s + SKEW_S:
        return _malformed(N_("it is dated in the future"))
    accepted, expires = case.contract.grant.accepted, case.terms.expires
    if not (accepted <= _day(issued_s + EAST_S) and _day(issued_s - WEST_S) <= expires):
        return mismatch(N_("the file was made when the contract was not in force"))
    return None


def check_period_covered(case: Case) -> Refusal | None:
    """Ask whether it speaks of one period of the contract, and of the one asked for."""
    text = case.claims.get("period")
    try:
        period = Period.parse(text if isinstance(text, str) else "")
        check_period(case.terms, period)
    except (BadPeriodError, PeriodRefusedError, PeriodCadenceError):
        return mismatch(N_("the period is not one that the contract covers"))
    if str(period) != text or case.period not in (None, period):
        return mismatch(N_("the file speaks of another period"))
    return None


def _malformed(reason: str) -> Refusal:
    return refusal(BadExportError(reason=reason))


def _day(time_s: int) -> dt.date:
    return dt.datetime.fromtimestamp(max(time_s, 0), tz=dt.UTC).date()
