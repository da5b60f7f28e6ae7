"""The terms of a contract: what they may say, and how they are written.

Deny by default: what the terms do not name does not leave, and a member or a
word that this version does not know is refused, not ignored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.contracts.catalogue import MEASURES
from geowallet.contracts.hours import read_window, window_as_json
from geowallet.contracts.members import Members, is_line
from geowallet.contracts.rows import GROUPINGS, LEVELS
from geowallet.crypto.signing import check_public_jwk
from geowallet.model.calendar import Period
from geowallet.model.mobility import Mode, Purpose, Sureness

if TYPE_CHECKING:
    import datetime as dt

    from geowallet.model.calendar import WorkWeek

TERMS_SCHEMA = "geowallet.terms/1"
"""Version of the language; a reader refuses any other."""

TEMPLATES = ("work-hour-mileage/1", "soft-mobility-commute/1", "none")
"""Where terms may come from; ``none`` where they were written by hand."""

CADENCES = ("month", "year")
"""How long one export is."""

UNITS = ("leg", "trip")
"""What is selected: each leg by its own mode, or whole trips by their main mode."""

MODES = tuple(mode.value for mode in Mode if mode is not Mode.UNKNOWN)
"""Modes that terms may name."""

LONGEST_COVER_DAYS = 3_660
"""Ten years: a wish without end is not a purpose (GDPR art. 5(1)(b) and (e))."""

LARGEST_MAXIMUM = 1_000_000_000
"""Metres, trips or days of one export."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who asks. The keys are public P-256 JWKs, for ``sig`` and for ``enc``."""

    name: str
    signing_jwk: dict[str, Any]
    sealing_jwk: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which trips count.

    Attributes:
        modes: Mode ids, at least one.
        purposes: Purpose ids, at least one.
        vehicles: Ids of the holder's vehicles; empty for any.
        window: Hours outside which nothing counts, or None for any hour.
        whole: Whether a trip must lie wholly inside one span of the hours;
            otherwise it is enough that it overlaps one.
        min_sureness: Below it a trip waits for its owner.
        unit: Of `UNITS`.
    """

    modes: tuple[str, ...]
    purposes: tuple[str, ...]
    vehicles: tuple[str, ...]
    window: WorkWeek | None
    whole: bool
    min_sureness: str
    unit: str = "leg"


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure asked for.

    Attributes:
        id: Of the catalogue.
        step: It is rounded to multiples of this.
        maximum: Largest total of one export, a multiple of ``step``.
    """

    id: str
    step: int
    maximum: int


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
        group_by: Of ``month``, ``day``, ``mode``; never both month and day.
        cadence: One export is one whole ``month`` or ``year`` of ``covers``.
        covers: Days it speaks of.
        expires: Last day on which something may be exported.
        min_assurance: Assurance level that ``min_share_percent`` of the metres
            must have at least.
        min_share_percent: 0 to 100.
        retention_months: How long they promise to keep it.
        issued: Day it was written.
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


def terms_from_json(value: Any) -> Terms:
    """Read terms, exactly as `terms_as_json` writes them.

    Raises:
        BadContractError: Anything missing, unknown, out of range, or that
            contradicts itself; it says which member.
    """
    top = Members(value, "terms")
    top.constant("schema", TERMS_SCHEMA)
    assurance = top.inside("assurance")
    terms = Terms(
        name=top.matching("name", r"[a-z0-9][a-z0-9-]{0,39}"),
        recipient=_recipient(top.inside("recipient")),
        purpose=top.line("purpose", 200),
        legal_basis=top.line("legal_basis", 200),
        template=top.choice("template", TEMPLATES),
        select=_selection(top.inside("select")),
        measures=_measures(top),
        group_by=top.choices("group_by", GROUPINGS, least=0),
        cadence=top.choice("cadence", CADENCES),
        covers=_covers(top.inside("covers")),
        expires=top.date("expires"),
        min_assurance=assurance.choice("level", LEVELS),
        min_share_percent=assurance.integer("share_percent", 0, 100),
        retention_months=top.integer("retention_months", 1, 120),
        issued=top.date("issued"),
    )
    assurance.done()
    top.done()
    if {"day", "month"} <= set(terms.group_by):
        raise top.refusal("day and month exclude each other", "group_by")
    if terms.expires < terms.issued:
        raise top.refusal("before it was issued", "expires")
    if terms_as_json(terms) != value:
        raise top.refusal("not in the order that is signed")
    return terms


def terms_as_json(terms: Terms) -> dict[str, Any]:
    """Return the terms as JSON values, the bytes of which are signed."""
    select = terms.select
    return {
        "schema": TERMS_SCHEMA,
        "name": terms.name,
        "recipient": {
            "name": terms.recipient.name,
            "signing_jwk": dict(terms.recipient.signing_jwk),
            "sealing_jwk": dict(terms.recipient.sealing_jwk),
        },
        "purpose": terms.purpose,
        "legal_basis": terms.legal_basis,
        "template": terms.template,
        "select": {
            "unit": select.unit,
            "modes": list(select.modes),
            "purposes": list(select.purposes),
            "vehicles": list(select.vehicles),
            "window": None if select.window is None else window_as_json(select.window),
            "whole": select.whole,
            "min_sureness": select.min_sureness,
        },
        "measures": [
            {"id": measure.id, "step": measure.step, "maximum": measure.maximum}
            for measure in terms.measures
        ],
        "group_by": list(terms.group_by),
        "cadence": terms.cadence,
        "covers": {"first": str(terms.covers.first), "last": str(terms.covers.last)},
        "expires": str(terms.expires),
        "assurance": {"level": terms.min_assurance, "share_percent": terms.min_share_percent},
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


def _selection(members: Members) -> Selection:
    selection = Selection(
        modes=members.choices("modes", MODES, least=1),
        purposes=members.choices("purposes", [purpose.value for purpose in Purpose], least=1),
        vehicles=members.each("vehicles", _vehicle, least=0, most=20),
        window=read_window(members),
        whole=members.flag("whole"),
        min_sureness=members.choice("min_sureness", [word.value for word in Sureness]),
        unit=members.choice("unit", UNITS),
    )
    members.done()
    return selection


def _vehicle(value: Any) -> str:
    if not is_line(value, 32):
        raise ValueError("not the name of a vehicle")
    return str(value)


def _measures(members: Members) -> tuple[Measure, ...]:
    values = members.each("measures", lambda item: item, least=1, most=len(MEASURES))
    measures = tuple(
        _measure(Members(item, f"{members.path}.measures[{n}]")) for n, item in enumerate(values)
    )
    if len({measure.id for measure in measures}) < len(measures):
        raise members.refusal("says the same twice", "measures")
    return measures


def _measure(members: Members) -> Measure:
    name = members.choice("id", MEASURES)
    measure = Measure(
        id=name,
        step=members.integer("step", 1, MEASURES[name].coarsest_step),
        maximum=members.integer("maximum", 1, LARGEST_MAXIMUM),
    )
    members.done()
    if measure.maximum % measure.step:
        raise members.refusal("not a multiple of the step", "maximum")
    return measure


def _covers(members: Members) -> Period:
    covers = Period(members.date("first"), members.date("last"))
    members.done()
    if not 0 <= (covers.last - covers.first).days < LONGEST_COVER_DAYS:
        raise members.refusal("not a period of at most ten years")
    return covers
