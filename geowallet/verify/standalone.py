"""Verify an export of geowallet with nothing but Python 3.11 and `cryptography`.

This is the verifier: `geowallet verify` runs it. With `jose` it imports nothing else of
geowallet; `geowallet verify --write-verifier FILE` writes the two as one file that a
stranger can take away, read, and run::

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
import re
import sys
import time
from dataclasses import dataclass
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

from geowallet.verify.jose import (
    BROKEN,
    MALFORMED,
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

STATUS = {"accepted": 0, MALFORMED: 3, "bad_signature": 21, "expired": 22, "wrong_recipient": 23}
STATUS |= {"unknown_holder": 23, MISMATCH: 25, "contract_malformed": 3, "contract_signature": 21}
"""Every outcome by its stable name, and the exit status of the program."""

LATEST_S, DAY_S, HOUR_S, SKEW_S = 253_402_300_799, 86_400, 3_600, 300
LEVELS = {"L0", "L1", "L2", "L3"}
ALWAYS = {"iss", "vct", "iat", "nbf", "exp", "aud", "jti", "contract", "contract_name", "period"}
ALWAYS |= {"total", "share_percent", "log", "nullifier"}
OVERLAP = {"distance_m": (), "trips": ("mode",), "days": ("mode",)}
"""Measures, and the groupings over which one cannot be added: a day may have two modes."""


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
    measures: dict[str, Any]
    now_s: int
    asked: str


def judge(text: str, contract: dict[str, Any], now_s: int, asked: str = "") -> Export:
    """Return the export in ``text``, if it passes every check.

    Args:
        text: What `opened` gave.
        contract: A contract file as JSON, from the reader's own papers.
        now_s: The present, seconds since the epoch.
        asked: The period that was asked for; "" for any that the contract covers.

    Raises:
        RefusedError: The first check that it fails.
    """
    terms, holder = contract["terms"], contract["grant"]["holder"]["signing_jwk"]
    measures = {measure["id"]: measure for measure in terms["measures"]}
    name = "format"
    try:
        export = Export(*unpacked(text), contract, terms, holder, measures, now_s, asked)
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
    refuse("a date is missing", MALFORMED, not all(map(_is_count, dates)))
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


def check_disclosures(export: Export) -> None:
    """Refuse rows that are not those that were signed: each once, none hidden or added."""
    listed, given = export.claims.get("groups", []), export.digests
    items = listed if isinstance(listed, list) else []
    signed = [str(item.get("...")) for item in items if isinstance(item, dict)]
    odd = listed != [{"...": one} for one in signed]
    refuse("its list of rows is not one of hashes", MALFORMED, odd)
    twice = len(set(signed)) < len(signed) or len(set(given)) < len(given)
    refuse("a row occurs twice", MALFORMED, twice)
    refuse("a row was not signed", MALFORMED, bool(set(given) - set(signed)))
    refuse("rows that the contract names are withheld or in disorder", MISMATCH, signed != given)


def check_named_claims(export: Export) -> None:
    """Refuse a member that the contract does not name, and the lack of one that it names."""
    claims, measures = export.claims, set(export.measures)
    must = ALWAYS | ({"groups", "_sd_alg"} if export.terms["group_by"] else set())
    must |= {"share_m"} if "distance_m" in measures else set()
    _members(claims, must, must | {"supersedes"}, export)
    _members(claims["total"], measures, measures, export)
    _members(claims["log"], {"origin", "size", "root"}, {"origin", "size", "root"}, export)
    for name in sorted({"share_m", "share_percent"} & must):
        _members(claims[name], LEVELS, LEVELS, export)
    for row in export.rows:
        _members(row, names := {*export.terms["group_by"], *measures}, names, export)


def check_identifiers(export: Export) -> None:
    """Refuse ids that are not of their fixed shape: nothing else hides in them."""
    for name, digits in (("jti", 32), ("nullifier", 64), ("supersedes", 32)):
        value = export.claims.get(name, "0" * digits)
        odd = not isinstance(value, str) or not re.fullmatch(f"[0-9a-f]{{{digits}}}", value)
        refuse("an id is not written as ids are", MALFORMED, odd)


def check_groups(export: Export) -> None:
    """Refuse rows that are not one for each group of the contract, in order."""
    values = {"day": _days(export), "month": sorted({day[:7] for day in _days(export)})}
    values["mode"] = export.terms["select"]["modes"]
    names = export.terms["group_by"]
    keys = [list(key) for key in product(*(values[name] for name in names)) if names]
    other = [[row[name] for name in names] for row in export.rows] != keys
    refuse("the rows are not the groups that the contract names", MISMATCH, other)


def check_ranges(export: Export) -> None:
    """Refuse a figure that is no whole number within its range and on its step."""
    for name, measure in export.measures.items():
        values = [place[name] for place in (export.claims["total"], *export.rows)]
        values += export.claims["share_m"].values() if name == "distance_m" else ()
        allowed = range(0, measure["maximum"] + 1, measure["step"])
        odd = not all(type(value) is int and value in allowed for value in values)
        text = N_("{measure} has a value that the contract does not allow")
        refuse(text, MISMATCH, odd, measure=_shown(name))


def check_arithmetic(export: Export) -> None:
    """Refuse totals, rows and shares that contradict one another."""
    claims, group_by = export.claims, set(export.terms["group_by"])
    percents = claims["share_percent"].values()
    good = all(map(_is_count, percents)) and sum(percents) in (0, 100)
    for name in export.measures:
        total, parts = claims["total"][name], [row[name] for row in export.rows]
        low = max(parts, default=0) if group_by & set(OVERLAP[name]) else sum(parts)
        good &= not group_by or low <= total <= sum(parts)
    if "share_m" in claims:
        good &= sum(claims["share_m"].values()) == claims["total"]["distance_m"]
    for place in (claims["total"], *export.rows):
        within = place.get("day", place.get("month", ""))
        days = sum(day.startswith(within) for day in _days(export))
        good &= place.get("days", 0) <= days
    refuse("the figures in the file contradict each other", MISMATCH, not good)


def check_assurance(export: Export) -> None:
    """Refuse less assurance than the contract demands, unless nothing was travelled."""
    shares, demand = export.claims["share_percent"], export.terms["assurance"]
    level, minimum = demand["level"], demand["share_percent"]
    found = sum(share for name, share in shares.items() if name >= level)
    text = N_("only {found} % has assurance {level} or better; the contract asks for {minimum} %")
    weak = sum(shares.values()) > 0 and found < minimum
    refuse(text, MISMATCH, weak, found=found, level=level, minimum=minimum)


def check_log_reference(export: Export) -> None:
    """Refuse a state of the evidence log that is not well formed; it is not looked up."""
    log = export.claims["log"]
    shape = r"geowallet/[0-9a-f]{32} [A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]="
    texts = isinstance(log["origin"], str) and isinstance(log["root"], str)
    good = texts and re.fullmatch(shape, f"{log['origin']} {log['root']}")
    good = good and _is_count(log["size"]) and log["size"]
    refuse("its reference to the evidence log is not well formed", MALFORMED, not good)


CHECKS = {name[6:]: check for name, check in globals().copy().items() if name[:6] == "check_"}
"""Every check by its stable name, in this order; each may rely on those before it."""


def periods(terms: dict[str, Any]) -> dict[str, tuple[dt.date, dt.date]]:
    """Return every period that an export may speak of, by the one way to write it."""
    first, last = (dt.date.fromisoformat(terms["covers"][name]) for name in ("first", "last"))
    found = {}
    while first <= last:
        month = 12 if terms["cadence"] == "year" else first.month
        whole = first.replace(month=month, day=calendar.monthrange(first.year, month)[1])
        found[_period_text(first, min(whole, last))] = (first, min(whole, last))
        first = whole + dt.timedelta(days=1)
    return found


def main(arguments: list[str]) -> int:
    """Print the outcome for the files in ``arguments``, and return its exit status."""
    sealed, reader, contract = (Path(name).read_bytes() for name in arguments[:3])
    said: dict[str, Any] = {"status": "accepted"}
    try:
        text = opened(sealed, json.loads(reader))
        export = judge(text, json.loads(contract), int(time.time()), *arguments[3:])
        said |= {"claims": export.claims, "rows": export.rows}
    except RefusedError as refused:
        said = {"status": refused.status, "check": refused.check, "reason": str(refused)}
    except (KeyError, TypeError, ValueError, AttributeError):
        said = {
            "status": "contract_malformed",
            "check": "files",
            "reason": "unusable key or contract",
        }
    sys.stdout.write(json.dumps(said, indent=1, ensure_ascii=False) + "\n")
    return STATUS[said["status"]]


def _members(value: Any, must: set[str], may: set[str], export: Export) -> None:
    refuse("a claim is missing or of another kind", MALFORMED, not isinstance(value, dict))
    for text, names in (
        (N_("{member} is in the file, but contract {contract} does not name it"), set(value) - may),
        (N_("{member} is missing, although contract {contract} names it"), must - set(value)),
    ):
        name = _shown(min(names, default=""))
        refuse(text, MISMATCH, bool(names), member=name, contract=export.terms["name"])


def _shown(name: str) -> str:
    """Return the name of a member, unless it could hide a value."""
    return (
        f'"{name}"' if re.fullmatch(r"[A-Za-z_]{1,32}", name) else N_("a member with an odd name")
    )


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**53


def _days(export: Export) -> list[str]:
    first, last = periods(export.terms)[export.claims["period"]]
    return [str(first + dt.timedelta(days=n)) for n in range((last - first).days + 1)]


def _epoch_s(day: str) -> int:
    return (dt.date.fromisoformat(day) - dt.date(1970, 1, 1)).days * DAY_S


def _period_text(first: dt.date, last: dt.date) -> str:
    next_day = last + dt.timedelta(days=1)
    if (first.month, first.day, next_day.month, next_day.day) == (1, 1, 1, 1):
        return str(first)[:4]
    start = str(first)[: 7 if first.day == 1 else 10]
    end = str(last)[: 7 if next_day.day == 1 else 10]
    return str(first) if first == last else start if start == end else f"{start}..{end}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
