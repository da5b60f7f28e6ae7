"""The terms of a contract: what they may say, and how they are written.

Deny by default: what the terms do not name does not leave, and a member or a
word that this version does not know is refused, not ignored.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.contracts.evaluation.rows import GROUPINGS
from geowallet.contracts.terms.assurance import assurance_as_json, read_assurance
from geowallet.contracts.terms.measures import DIGEST, measure_as_json, read_measures
from geowallet.contracts.terms.members import Members
from geowallet.contracts.terms.module_terms import module_as_json, read_module
from geowallet.contracts.terms.protection import (
    COMMITMENTS,
    Audit,
    audit_as_json,
    contradictions,
    noise_as_json,
    read_audit,
    read_noise,
    read_small_cells,
)
from geowallet.contracts.terms.selection import read_selection, selection_as_json
from geowallet.contracts.terms.tariff_terms import read_tariff, tariff_as_json
from geowallet.crypto.signing import check_public_jwk
from geowallet.model.calendar import Period

if TYPE_CHECKING:
    import datetime as dt

    from geowallet.contracts.terms.measures import Measure
    from geowallet.contracts.terms.module_terms import Module
    from geowallet.contracts.terms.selection import Selection
    from geowallet.contracts.terms.tariff_terms import Tariff

TERMS_SCHEMA = "geowallet.terms/1"
"""Version of the language; a reader refuses any other."""

TEMPLATES = (
    "work-hour-mileage/1",
    "soft-mobility-commute/1",
    "soft-mobility-public/1",
    "mileage-gb/1",
    "mileage-us/1",
    "mileage-de/1",
    "mileage-be/1",
    "company-car-business/1",
    "company-car-private/1",
    "pay-as-you-drive/1",
    "pay-how-you-drive/1",
    "works-council-audit/1",
    "research-panel/1",
    "none",
)
"""Where terms may come from; ``none`` where they were written by hand."""

CADENCES = ("month", "year", "once")
"""How long one export is: a calendar month, a calendar year, or all that is covered."""

LAST_VERSION = 1_000

LONGEST_COVER_DAYS = 3_660
"""Ten years: a wish without end is not a purpose (GDPR art. 5(1)(b) and (e))."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who asks. The keys are public P-256 JWKs, for ``sig`` and for ``enc``."""

    name: str
    signing_jwk: dict[str, Any]
    sealing_jwk: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Terms:
    """All that a contract says, before anybody has signed.

    Attributes:
        name: Lower case, digits and dashes; also names the files.
        recipient: Who asks.
        purpose: What they say it is for.
        legal_basis: On what they say it rests.
        template: Of `TEMPLATES`.
        select: Which trips count.
        measures: What is counted, at least one.
        group_by: Of `GROUPINGS`; never both month and day.
        cadence: One export is one whole ``month`` or ``year`` of ``covers``, or
            all of it ``once``.
        covers: Days it speaks of.
        expires: Last day on which something may be exported.
        min_assurance: Assurance level that ``min_share_percent`` of the metres
            must have at least.
        min_share_percent: 0 to 100.
        retention_months: How long they promise to keep it.
        issued: Day it was written.
        version: 1 to 1,000; of two with the same name the higher one holds.
        supersedes: Digest (hex) of the terms that these replace, or "".
        small_cells: A group with fewer trips, but some, is kept back; 0 for none.
        epsilon_milli: Thousandths of the epsilon of noise on every figure; 0 for none.
        module: A recipient's own scoring, or None.
        commitments: Of `COMMITMENTS`.
        audit: What the recipient may look behind.
        tariff: What the recipient will charge, or None.
        only_assured: Whether trips below ``min_assurance`` are left out.
        shows_readings: Whether odometer readings leave in the clear.
    """

    name: str
    recipient: Recipient
    purpose: str
    legal_basis: str
    template: str
    select: Selection
    measures: tuple[Measure, ...]
    group_by: tuple[str, ...]
    cadence: str
    covers: Period
    expires: dt.date
    min_assurance: str
    min_share_percent: int
    retention_months: int
    issued: dt.date
    version: int = 1
    supersedes: str = ""
    small_cells: int = 0
    epsilon_milli: int = 0
    module: Module | None = None
    commitments: str = "none"
    audit: Audit = Audit()  # noqa: RUF009  frozen, so one for all is safe
    tariff: Tariff | None = None
    only_assured: bool = False
    shows_readings: bool = False


def terms_from_json(value: Any) -> Terms:
    """Read terms, exactly as `terms_as_json` writes them.

    Raises:
        BadContractError: Anything missing, unknown, out of range, or that
            contradicts itself; it says which member.
    """
    top = Members(value, "terms")
    top.constant("schema", TERMS_SCHEMA)
    assurance = read_assurance(top.inside("assurance"))
    terms = Terms(
        name=top.matching("name", r"[a-z0-9][a-z0-9-]{0,39}"),
        recipient=_recipient(top.inside("recipient")),
        purpose=top.line("purpose", 200),
        legal_basis=top.line("legal_basis", 200),
        template=top.choice("template", TEMPLATES),
        select=read_selection(top.inside("select")),
        measures=read_measures(top),
        group_by=top.choices("group_by", GROUPINGS, least=0),
        cadence=top.choice("cadence", CADENCES),
        covers=_covers(top.inside("covers")),
        expires=top.date("expires"),
        min_assurance=assurance.level,
        min_share_percent=assurance.share_percent,
        retention_months=top.integer("retention_months", 1, 120),
        issued=top.date("issued"),
        version=top.integer("version", 1, LAST_VERSION),
        supersedes=_supersedes(top),
        small_cells=read_small_cells(top),
        epsilon_milli=read_noise(top),
        module=read_module(top),
        commitments=top.choice("commitments", COMMITMENTS),
        audit=read_audit(top),
        tariff=read_tariff(top),
        only_assured=assurance.only,
        shows_readings=assurance.readings,
    )
    top.done()
    for member, why in contradictions(terms):
        raise top.refusal(why, member)
    if terms_as_json(terms) != value:
        raise top.refusal("not in the order that is signed")
    return terms


def terms_as_json(terms: Terms) -> dict[str, Any]:
    """Return the terms as JSON values, the bytes of which are signed."""
    return {
        "schema": TERMS_SCHEMA,
        "name": terms.name,
        "version": terms.version,
        "supersedes": terms.supersedes or None,
        "recipient": {
            "name": terms.recipient.name,
            "signing_jwk": dict(terms.recipient.signing_jwk),
            "sealing_jwk": dict(terms.recipient.sealing_jwk),
        },
        "purpose": terms.purpose,
        "legal_basis": terms.legal_basis,
        "template": terms.template,
        "select": selection_as_json(terms.select),
        "measures": [measure_as_json(measure) for measure in terms.measures],
        "group_by": list(terms.group_by),
        "small_cells": terms.small_cells,
        "noise": noise_as_json(terms.epsilon_milli),
        "module": module_as_json(terms.module),
        "commitments": terms.commitments,
        "audit": audit_as_json(terms.audit),
        "tariff": tariff_as_json(terms.tariff),
        "cadence": terms.cadence,
        "covers": {"first": str(terms.covers.first), "last": str(terms.covers.last)},
        "expires": str(terms.expires),
        "assurance": assurance_as_json(terms),
        "retention_months": terms.retention_months,
        "issued": str(terms.issued),
    }


def read_jwk(members: Members, member: str, use: str) -> dict[str, Any]:
    """Return the public key in ``member``, made for ``use`` (``sig`` or ``enc``).

    Raises:
        BadContractError: Not such a key.
    """
    value = members.take(member)
    if not isinstance(value, dict) or not all(type(text) is str for text in value.values()):
        raise members.refusal("not a public key", member)
    try:
        jwk = check_public_jwk(value)
    except ValueError as error:
        raise members.refusal("not a public key", member) from error
    if jwk["use"] != use:
        raise members.refusal("a key for another use", member)
    return jwk


def _recipient(members: Members) -> Recipient:
    recipient = Recipient(
        name=members.line("name", 100),
        signing_jwk=read_jwk(members, "signing_jwk", "sig"),
        sealing_jwk=read_jwk(members, "sealing_jwk", "enc"),
    )
    members.done()
    return recipient


def _supersedes(members: Members) -> str:
    value = members.take("supersedes")
    if value is None:
        return ""
    if type(value) is not str or not re.fullmatch(DIGEST, value):
        raise members.refusal("neither a digest nor null", "supersedes")
    return value


def _covers(members: Members) -> Period:
    covers = Period(members.date("first"), members.date("last"))
    members.done()
    if not 0 <= (covers.last - covers.first).days < LONGEST_COVER_DAYS:
        raise members.refusal("not a period of at most ten years")
    return covers
