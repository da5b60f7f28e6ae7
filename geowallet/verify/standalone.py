"""Verify an export of geowallet with nothing but Python 3.11 and `cryptography`.

This is the verifier that `geowallet verify` runs. It imports nothing else of geowallet than
its own parts `content`, `jose` and `points`; `geowallet verify --write-verifier FILE` writes
the four as one file that a stranger can take away, read, and run::

    python verifier.py EXPORT READER CONTRACT [PERIOD]

EXPORT is the file that was received, READER one's own private sealing key (JWK), CONTRACT
one's own copy of what both sides signed: an export chooses neither its key nor its terms.
The figures are printed if every check passes, else the first check that fails, and why.
In words, in the same order: docs/reference/export-format.md.
"""

from __future__ import annotations

import calendar
import datetime as dt
import json
import sys
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from geowallet.verify.content import (
    check_arithmetic,
    check_assurance,
    check_commitments,
    check_disclosures,
    check_evidence,
    check_groups,
    check_identifiers,
    check_log_reference,
    check_named_claims,
    check_ranges,
    is_count,
)
from geowallet.verify.jose import (
    BROKEN,
    MALFORMED,
    MAX_SEALED_BYTES,
    MISMATCH,
    N_,
    RefusedError,
    b64u,
    canonical,
    opened,
    refuse,
    signs,
    thumbprint,
    unpacked,
)
from geowallet.verify.points import add_up

STATUS = {"accepted": 0, MALFORMED: 3, "bad_signature": 21, "expired": 22, "wrong_recipient": 23}
STATUS |= {"unknown_holder": 23, MISMATCH: 25, "contract_malformed": 3, "contract_signature": 21}
"""Every outcome by its stable name, and the exit status of the program."""

LATEST_S, DAY_S, HOUR_S, SKEW_S = 253_402_300_799, 86_400, 3_600, 300


@dataclass(frozen=True, slots=True)
class Export:
    """A file taken apart, and by what it is judged."""

    token: str
    header: dict[str, Any]
    claims: dict[str, Any]
    digests: list[str]
    rows: list[Any]
    contract: dict[str, Any]
    terms: dict[str, Any]
    holder: dict[str, str]
    figures: dict[str, Any]
    now_s: int
    asked: str
    add_up: Any = add_up

    @property
    def days(self) -> list[str]:
        """Every day of the period, which `check_period` has seen."""
        first, last = periods(self.terms)[self.claims["period"]]
        return [str(first + dt.timedelta(days=n)) for n in range((last - first).days + 1)]


def judge(
    text: str, contract: dict[str, Any], now_s: int, asked: str = "", sums: Any = add_up
) -> Export:
    """Return the export in ``text``, if it passes every check.

    Args:
        text: What `opened` gave.
        contract: A contract file as JSON, from the reader's own papers.
        now_s: The present, seconds since the epoch.
        asked: The period that was asked for; "" for any that the contract covers.
        sums: Says of commitments what `points.add_up` does, perhaps faster.

    Raises:
        RefusedError: The first check that it fails.
    """
    name = "papers"
    try:
        terms, holder, figures = _papers(contract)
        name = "format"
        export = Export(*unpacked(text), contract, terms, holder, figures, now_s, asked, sums)
        for name, check in CHECKS.items():  # noqa: B007  the name is that of a failure
            check(export)
    except RefusedError as refused:
        refused.check = name
        raise
    return export


def check_signature(export: Export) -> None:
    """Refuse what the holder's key did not sign, these very bytes, with ES256."""
    stranger = export.header.get("kid") != thumbprint(export.holder)
    refuse(
        "the file is signed by a key that is not the one in the contract",
        "unknown_holder",
        stranger,
    )
    head, payload, signature = export.token.split(".")
    signed = signs(f"{head}..{signature}", payload, export.holder, "dc+sd-jwt")
    refuse(BROKEN, "bad_signature", not signed)


def check_type(export: Export) -> None:
    """Refuse what is no export of this version, in the holder's own name."""
    said = [export.claims.get("vct"), export.claims.get("iss")]
    said += [export.claims.get("_sd_alg", "sha-256")]
    ours = ["urn:geowallet:export:1", "urn:geowallet:" + thumbprint(export.holder), "sha-256"]
    refuse("it is not an export of a version that is known here", MALFORMED, said != ours)


def check_audience(export: Export) -> None:
    """Refuse what was made for another recipient than that of the contract."""
    recipient = thumbprint(export.terms["recipient"]["signing_jwk"])
    other = export.claims.get("aud") != recipient
    refuse("the file was made for another recipient", MISMATCH, other)


def check_contract_digest(export: Export) -> None:
    """Refuse what was made under other terms than these, word for word."""
    ours = [sha256(canonical(export.terms)).hexdigest(), export.terms["name"]]
    other = [export.claims.get("contract"), export.claims.get("contract_name")] != ours
    refuse("the file was made under another contract", MISMATCH, other)


def check_contract_signatures(export: Export) -> None:
    """Refuse a contract that either side did not sign."""
    contract, terms, grant = export.contract, export.terms, export.contract["grant"]
    payloads = [b64u(canonical(value)) for value in (terms, grant)]
    recipient = terms["recipient"]["signing_jwk"]
    both = signs(contract["signature"], payloads[0], recipient, "geowallet-offer+jws")
    both &= signs(contract["grant_signature"], payloads[1], export.holder, "geowallet-grant+jws")
    text, name = N_("{file}: the signature does not fit what is written"), terms["name"]
    refuse(text, "contract_signature", not both, file=name)
    days = [terms["issued"], grant["accepted"], terms["expires"]]
    other = grant["terms_sha256"] != export.claims["contract"] or sorted(days) != days
    refuse(
        "its two signatures are not under the same terms, or not in the right order",
        "contract_malformed",
        other,
    )


def check_dates(export: Export) -> None:
    """Refuse what is not valid now, or was made while the contract was not in force."""
    dates = [export.claims.get(name) for name in ("iat", "nbf", "exp")]
    refuse("a date is missing", MALFORMED, not all(map(is_count, dates)))
    issued_s, not_before_s, expires_s = (int(date or 0) for date in dates)
    odd = max(issued_s, not_before_s, expires_s) > LATEST_S or issued_s > not_before_s
    refuse("its dates contradict each other", MALFORMED, odd)
    date = str(dt.datetime.fromtimestamp(expires_s, tz=dt.UTC).date())
    refuse("the file was valid until {date}", "expired", expires_s <= export.now_s, date=date)
    future = not_before_s > export.now_s + SKEW_S
    refuse("it is dated in the future", MALFORMED, future)
    # A day begins first at UTC+14 and ends last at UTC-12.
    begins_s = _epoch_s(export.contract["grant"]["accepted"]) - 14 * HOUR_S
    ends_s = _epoch_s(export.terms["expires"]) + DAY_S + 12 * HOUR_S
    out = not begins_s <= issued_s < ends_s
    refuse("the file was made when the contract was not in force", MISMATCH, out)


def check_period(export: Export) -> None:
    """Refuse what does not speak of one whole period of the contract, the one asked for."""
    said = export.claims.get("period")
    unknown = not isinstance(said, str) or said not in periods(export.terms)
    refuse("the period is not one that the contract covers", MISMATCH, unknown)
    other = export.asked not in ("", said)
    refuse("the file speaks of another period", MISMATCH, other)


_IN_ORDER = (
    *(check_signature, check_type, check_audience, check_contract_digest),
    *(check_contract_signatures, check_dates, check_period, check_disclosures),
    *(check_named_claims, check_identifiers, check_groups, check_ranges, check_arithmetic),
    *(check_commitments, check_evidence, check_assurance, check_log_reference),
)
CHECKS = {check.__name__.removeprefix("check_"): check for check in _IN_ORDER}
"""Every check by its stable name, in this order; each may rely on those before it."""

LATER = {"amount_cents": "amount", "evidence": "stamps", "range_proofs": "range_proofs"}
"""Checks that `geowallet verify` alone makes, by the claim that they look at."""


def periods(terms: dict[str, Any]) -> dict[str, tuple[dt.date, dt.date]]:
    """Return every period that an export may speak of, by the one way to write it."""
    first, last = (dt.date.fromisoformat(terms["covers"][name]) for name in ("first", "last"))
    found = {}
    while first <= last:
        if terms["cadence"] == "once":
            return {_period_text(first, last): (first, last)}
        month = 12 if terms["cadence"] == "year" else first.month
        whole = first.replace(month=month, day=calendar.monthrange(first.year, month)[1])
        found[_period_text(first, min(whole, last))] = (first, min(whole, last))
        first = whole + dt.timedelta(days=1)
    return found


def _papers(contract: Any) -> tuple[dict[str, Any], dict[str, str], dict[str, Any]]:
    """Return terms, the holder's key and figures by id, if the contract has what checks rely on."""
    try:
        terms, holder = contract["terms"], contract["grant"]["holder"]["signing_jwk"]
        outputs = terms["module"]["outputs"] if terms["module"] else []
        figures = {one["id"]: {"step": 1, **one} for one in (*terms["measures"], *outputs)}
        allowed = [range(one["maximum"] // one["step"]) for one in figures.values()]
        keys = [thumbprint(jwk) for jwk in (holder, terms["recipient"]["signing_jwk"])]
        good = periods(terms) and allowed and all(keys)
    except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError):
        good = False
    refuse("the contract is not one of this version", "contract_malformed", not good)
    return terms, holder, figures


def main(arguments: list[str]) -> int:
    """Print the outcome for the files in ``arguments``, and return its exit status."""
    try:
        sealed, reader, contract = (_read(name) for name in arguments[:3])
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n{__doc__}")
        return 2
    said: dict[str, Any] = {"status": "accepted"}
    try:
        text = opened(sealed, json.loads(reader))
        export = judge(text, json.loads(contract), int(time.time()), *arguments[3:])
        carried = {*export.claims, *export.claims["total"]}
        unseen = sorted(check for claim, check in LATER.items() if claim in carried)
        said |= {"not_checked": unseen, "claims": export.claims, "rows": export.rows}
    except RefusedError as refused:
        said = {"status": refused.status, "check": refused.check, "reason": str(refused)}
    except (KeyError, TypeError, ValueError):
        said = {"status": "contract_malformed", "check": "papers", "reason": "no such JSON"}
    sys.stdout.write(json.dumps(said, indent=1, ensure_ascii=False) + "\n")
    return STATUS[said["status"]]


def _read(name: str) -> bytes:
    with Path(name).open("rb") as file:
        return file.read(MAX_SEALED_BYTES + 1)


def _epoch_s(day: str) -> int:
    return (dt.date.fromisoformat(day) - dt.date(1970, 1, 1)).days * DAY_S


def _period_text(first: dt.date, last: dt.date) -> str:
    next_day = last + dt.timedelta(days=1)
    if (first, next_day) == (dt.date(first.year, 1, 1), dt.date(first.year + 1, 1, 1)):
        return str(first)[:4]
    start = str(first)[: 7 if first.day == 1 else 10]
    end = str(last)[: 7 if next_day.day == 1 else 10]
    return str(first) if first == last else start if start == end else f"{start}..{end}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
