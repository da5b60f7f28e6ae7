"""What an export says, claim by claim (docs/reference/export-format.md).

Everything is an integer or a text of a fixed shape, so that nothing else can
travel inside: no place, no hour, no free text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.contracts.evaluation.result import Group, Result
from geowallet.contracts.evaluation.rows import GROUPINGS
from geowallet.contracts.terms.catalogue import MEASURES
from geowallet.crypto.canonical import MAX_INT
from geowallet.crypto.signing import thumbprint
from geowallet.model.calendar import Period
from geowallet.model.errors import BadExportError, BadPeriodError
from geowallet.model.words import N_
from geowallet.proofs.sdjwt import unpack

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from geowallet.contracts.terms.syntax import Terms

EXPORT_VCT = "urn:geowallet:export:1"
"""Type and version of the export; a change of meaning gets another number."""

ISSUER_PREFIX = "urn:geowallet:"
"""Stands before the thumbprint of the holder's signing key in ``iss``."""

JTI_PATTERN = r"[0-9a-f]{32}"
NULLIFIER_PATTERN = r"[0-9a-f]{64}"

LOG_ORIGIN_PATTERN = r"geowallet/[0-9a-f]{32}"
LOG_ROOT_PATTERN = r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]="
"""32 bytes in the one canonical spelling: the last symbol has two unused bits."""

ALWAYS = (
    *("iss", "vct", "iat", "nbf", "exp", "aud", "jti", "contract", "contract_name", "period"),
    *("total", "share_percent", "log", "nullifier"),
)
"""Claims of every export."""

MONTH_S = 31 * 86_400
"""A month of retention, counted generously."""


@dataclass(frozen=True, slots=True)
class LogReference:
    """The state of the holder's evidence log when the export was signed.

    Attributes:
        origin: Name of the log.
        size: Number of its entries.
        root: Root hash, base64.
    """

    origin: str
    size: int
    root: str


@dataclass(frozen=True, slots=True)
class Figures:
    """What an export says to a person.

    Attributes:
        contract_name: Name of the contract.
        result: The figures themselves.
        jti: Id of this export, 32 hex digits.
        issued_s: When it was signed, seconds since the epoch.
        expires_s: Until when it can be relied on.
        log: State of the evidence log.
        nullifier: The same for every export of one contract and period.
        supersedes: Id of the export that this one replaces, or "".
        changes: How often the period was changed since it left first.
    """

    contract_name: str
    result: Result
    jti: str
    issued_s: int
    expires_s: int
    log: LogReference
    nullifier: str
    supersedes: str = ""
    changes: int = 0

    @property
    def receipt(self) -> str:
        """Short id for people, such as ``e41c-77b0``."""
        return receipt_id(self.jti)


def receipt_id(jti: str) -> str:
    """Return the short form of the id of an export."""
    return f"{jti[:4]}-{jti[4:8]}"


def named_claims(terms: Terms) -> tuple[frozenset[str], frozenset[str]]:
    """Return the claims that an export under ``terms`` must have, and may have."""
    must = set(ALWAYS)
    if terms.group_by:
        must |= {"groups", "_sd_alg"}
    if any(measure.id == "distance_m" for measure in terms.measures):
        must.add("share_m")
    if terms.commitments != "none":
        must |= {"commitments", "opening"}
    if terms.commitments == "day_proved":
        must.add("range_proofs")
    if terms.audit.spot_checks:
        must.add("track")
    may = must | {"supersedes", "changes_after_close"}
    if terms.min_assurance != "L0":
        may |= {"evidence"}
    return frozenset(must), frozenset(may)


def content_claims(result: Result) -> dict[str, Any]:
    """Return the claims that carry figures, the rows apart."""
    claims: dict[str, Any] = {
        "contract": result.contract_sha256,
        "period": str(result.period),
        "total": dict(result.totals),
        "share_percent": dict(result.share_percent),
    }
    if result.share_m:
        claims["share_m"] = dict(result.share_m)
    return claims


def shown_claims(terms: Terms, result: Result) -> dict[str, Any]:
    """Return the claims that an export would carry, but for those that signing gives.

    Canonical JSON of each member is, byte for byte, what is signed; the rows of
    ``groups`` are signed by their digests, and travel beside.
    """
    claims = {
        **content_claims(result),
        "vct": EXPORT_VCT,
        "aud": thumbprint(terms.recipient.signing_jwk),
        "contract_name": terms.name,
    }
    return claims | ({"groups": rows_of(result)} if terms.group_by else {})


def rows_of(result: Result) -> list[dict[str, Any]]:
    """Return one object a group: its key and its figures."""
    return [{**group.key, **group.values} for group in result.groups]


def group_of(row: Mapping[str, Any]) -> Group:
    """Return what `rows_of` made a row of."""
    figures = {name: value for name, value in row.items() if name not in GROUPINGS}
    return Group(_in_order(row, GROUPINGS), _figures(figures))


def log_claim(note: str) -> dict[str, str | int]:
    """Return the claim ``log``: the first three lines of the holder's own signed checkpoint.

    Raises:
        ValueError: Not a checkpoint whose origin is that of a wallet.
    """
    match note.partition("\n\n")[0].split("\n"):
        case [origin, size, root] if is_log_reference(origin, int(size), root):
            return {"origin": origin, "size": int(size), "root": root}
        case _:
            raise ValueError("not a checkpoint of a wallet")


def is_log_reference(origin: Any, size: Any, root: Any) -> bool:
    """Say whether the three values can be the state of a wallet's log."""
    return (
        (type(origin), type(size), type(root)) == (str, int, str)
        and re.fullmatch(LOG_ORIGIN_PATTERN, origin) is not None
        and 0 < size <= MAX_INT
        and re.fullmatch(LOG_ROOT_PATTERN, root) is not None
    )


def issuer_of(sd_jwt: str) -> str:
    """Return the thumbprint that an export or an answer names as its signer's; unverified.

    Raises:
        BadExportError: Not written as exports are.
    """
    return str(unpack(sd_jwt).claims.get("iss", "")).removeprefix(ISSUER_PREFIX)


def read_figures(sd_jwt: str) -> Figures:
    """Return what an export of one's own says; strangers' go through `verify`.

    Raises:
        BadExportError: Not an export.
    """
    opened = unpack(sd_jwt)
    try:
        return figures_from(opened.claims, [row for _, row in opened.rows])
    except (KeyError, TypeError, AttributeError, BadPeriodError) as error:
        raise BadExportError(reason=N_("a claim is missing or of another kind")) from error


def figures_from(claims: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Figures:
    """Return the figures in claims and rows that were checked."""
    result = Result(
        contract_sha256=claims["contract"],
        period=Period.parse(claims["period"]),
        totals=_figures(claims["total"]),
        groups=tuple(group_of(row) for row in rows),
        share_m=dict(claims.get("share_m", {})),
        share_percent=dict(claims["share_percent"]),
    )
    return Figures(
        contract_name=claims["contract_name"],
        result=result,
        jti=claims["jti"],
        issued_s=claims["iat"],
        expires_s=claims["exp"],
        log=LogReference(**claims["log"]),
        nullifier=claims["nullifier"],
        supersedes=claims.get("supersedes", ""),
        changes=claims.get("changes_after_close", 0),
    )


def _figures(members: Mapping[str, Any]) -> dict[str, Any]:
    """Return figures in the order of the catalogue, a module's outputs after them by name."""
    return _in_order(members, [*MEASURES, *sorted(set(members) - set(MEASURES))])


def _in_order(members: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: members[name] for name in names if name in members}
