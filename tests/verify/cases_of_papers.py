"""A good export, judged by papers, keys, moments or periods that are not its own."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from geowallet.crypto.signing import public_jwk
from geowallet.proofs.seal import seal_for
from tests.proofs.parties import (
    COMMUTE,
    HOLDER_SEAL,
    NOW_S,
    STRANGER,
    STRANGER_SEAL,
    TERMS,
    commute_days,
    contract_of,
    export_of,
)
from tests.verify.cases import Case, case, papers
from tests.verify.forgeries_of_headers import MIRRORED
from tests.verify.forging import GOOD, READER

DAY_S = 86_400
RENEWED = contract_of(replace(TERMS, retention_months=35))
STRANGERS = contract_of(holder=STRANGER)
ENDED = contract_of(replace(TERMS, expires=dt.date(2026, 10, 31)))

_DIGEST = "contract_mismatch/contract_digest"
_SIGNATURES = "contract_signature/contract_signatures"
_SHAPE = "contract_malformed/papers"

SWAPPED = (
    case("judged by a renewed contract", _DIGEST, contract=RENEWED),
    case(
        "judged by another contract",
        _DIGEST,
        contract=contract_of(COMMUTE),
    ),
    case(
        "judged by the same terms of another holder", "unknown_holder/signature", contract=STRANGERS
    ),
    case(
        "terms changed after both signed",
        _DIGEST,
        papers=papers(lambda file: file["terms"].update(retention_months=1)),
    ),
    case(
        "an offer that its recipient did not sign",
        _SIGNATURES,
        papers=papers(lambda file: file.update(signature=file["grant_signature"])),
    ),
    case(
        "a grant that its holder did not sign",
        _SIGNATURES,
        papers=papers(lambda file: file["grant"].update(accepted="2026-09-26")),
    ),
    case(
        "a grant of other terms",
        _SIGNATURES,
        papers=papers(lambda file: file["grant"].update(terms_sha256="0" * 64)),
    ),
    case(
        "a contract without signatures",
        _SIGNATURES,
        papers=papers(lambda file: file.update(signature="", grant_signature="")),
    ),
    case("a contract that is a list", _SHAPE, papers=b"[]"),
    case(
        "a contract without terms",
        _SHAPE,
        papers=papers(lambda f: f.pop("terms")),
    ),
    case(
        "a contract without the holder's key",
        _SHAPE,
        papers=papers(lambda file: file["grant"]["holder"].pop("signing_jwk")),
    ),
)
ASKED = (
    case("the period that was asked for", "accepted", period="2026-10"),
    case("another period than the one asked for", "contract_mismatch/period", period="2026-11"),
    case("a year was asked for", "contract_mismatch/period", period="2026"),
    case("read on the last second", "accepted", now_s=NOW_S + 36 * 31 * DAY_S - 1),
    case("read a second too late", "expired/dates", now_s=NOW_S + 36 * 31 * DAY_S),
    case("read by a clock five minutes behind", "accepted", now_s=NOW_S - 300),
    case("read by a clock further behind", "malformed/dates", now_s=NOW_S - 301),
    case("read by another recipient", "wrong_recipient/open", reader=STRANGER_SEAL),
    case(
        "made after the contract had ended",
        "contract_mismatch/dates",
        export_of(contract=ENDED),
        contract=ENDED,
    ),
    case("the signature's mirror image", "accepted", MIRRORED),
    case("replaces an earlier export", "accepted", export_of(supersedes="0" * 32)),
    case(
        "days alone, without rows",
        "accepted",
        export_of(commute_days(), contract_of(COMMUTE)),
        contract=contract_of(COMMUTE),
    ),
)


def _own_copy() -> bytes:
    return seal_for(GOOD, public_jwk(HOLDER_SEAL)).encode()


def _with_line_end() -> bytes:
    return seal_for(GOOD, READER).encode() + b"\r\n"


PAPERS: tuple[Case, ...] = (
    *SWAPPED,
    *ASKED,
    replace(case("the owner's own copy", "accepted", reader=HOLDER_SEAL), forge=_own_copy),
    replace(case("a line end that an editor added", "accepted"), forge=_with_line_end),
)
"""Cases that differ in what they are judged by."""
