"""Exports under contracts that ask for more: suppression, driving, modules, commitments."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from geowallet.contracts.terms.measures import Measure
from geowallet.contracts.terms.module_terms import Module, ModuleOutput
from geowallet.contracts.terms.protection import Audit
from geowallet.crypto.curve import ORDER, scalar_bytes
from geowallet.crypto.encoding import b64u
from geowallet.crypto.pedersen import commit, opening_at
from tests.proofs.parties import TERMS, contract_of
from tests.verify.cases import Case, Papers, case, made

DISTANCE = Measure("distance_m", 1_000, 20_000_000)
PLAIN = replace(TERMS, min_assurance="L0", min_share_percent=0)
_NO = "contract_mismatch/arithmetic"
_RANGE = "contract_mismatch/ranges"
_UNNAMED = "contract_mismatch/named_claims"
_UNSUMMED = "contract_mismatch/commitments"
_SHAPE = "malformed/identifiers"

ALL_L0 = {"L0": 100, "L1": 0, "L2": 0, "L3": 0}
NONE = {"L0": None, "L1": None, "L2": None, "L3": None}


def share(metres: int | None) -> Papers:
    return {"L0": metres, "L1": 0, "L2": 0, "L3": 0}


SMALL = contract_of(
    replace(
        PLAIN,
        name="small-cells",
        small_cells=5,
        select=replace(TERMS.select, modes=("car", "bike", "bus")),
        measures=(DISTANCE,),
        group_by=("mode",),
    )
)


def small(name: str, ends: str, figures: list[Any], **claims: Any) -> Case:
    """Metres by car, bike and bus, and in all, with small cells; None is kept back."""
    *parts, total = figures
    named = zip(("car", "bike", "bus"), parts, strict=True)
    rows = [{"mode": mode, "distance_m": value} for mode, value in named]
    shares = claims.pop("share_m", NONE if total is None else share(total))
    text = made(SMALL, {"distance_m": total}, rows, share_m=shares, share_percent=ALL_L0, **claims)
    return case(name, ends, text, contract=SMALL)


SUPPRESSED = (
    small("two rows kept back", "accepted", [400_000, None, None, 412_000]),
    small("all kept back", "accepted", [None, None, None, None]),
    small("one row and the total kept back", "accepted", [400_000, 0, None, None]),
    small("nothing kept back", "accepted", [400_000, 12_000, 0, 412_000]),
    small("one row kept back beside the total", _NO, [400_000, 0, None, 412_000]),
    small("rows shown come to more than the total", _NO, [413_000, None, None, 412_000]),
    small("shares of a total kept back", _NO, [400_000, 0, None, None], share_m=share(412_000)),
    small("kept back as a text", _RANGE, [400_000, "none", None, 412_000]),
    small("kept back as a list", _RANGE, [400_000, [], None, 412_000]),
)

TWO = contract_of(
    replace(
        SMALL.terms,
        name="two-measures",
        measures=(Measure("days", 1, 366), Measure("trips", 1, 900)),
        group_by=("day",),
    )
)


def daily(name: str, ends: str, third: list[Any], total: list[Any]) -> Case:
    """Days and trips of each day of October; the first has one trip, the third is given."""
    figures: list[list[Any]] = [[1, 1], [None, None], third, *([[0, 0]] * 28)]
    numbered = [(f"2026-10-{n:02d}", days, trips) for n, (days, trips) in enumerate(figures, 1)]
    rows = [{"day": day, "days": days, "trips": trips} for day, days, trips in numbered]
    whole = {"days": total[0], "trips": total[1]}
    text = made(TWO, whole, rows, share_m=..., share_percent=ALL_L0)
    return case(name, ends, text, contract=TWO)


DAILY = (
    daily("two days kept back", "accepted", [None, None], [9, 20]),
    daily("a day kept back by half", _NO, [None, 2], [9, 20]),
    daily("a total kept back by half", _NO, [None, None], [None, 20]),
    daily("two days in one", _NO, [2, 2], [None, None]),
    daily("more days than the month has", _NO, [None, None], [32, 40]),
)

DRIVING = contract_of(
    replace(
        PLAIN,
        name="pay-how-you-drive",
        measures=(DISTANCE, Measure("driving_score", 1, 100)),
        group_by=(),
        module=Module("ab" * 32, 1_000_000, 16, (ModuleOutput("risk_points", 10, 500),)),
    )
)


def driving(name: str, ends: str, **figures: Any) -> Case:
    """A score and an output of a module beside 412 km."""
    total = {"distance_m": 412_000, "driving_score": 83, "risk_points": 120, **figures}
    shares = share(total["distance_m"] if isinstance(total["distance_m"], int) else 0)
    text = made(DRIVING, total, [], share_m=shares, share_percent=ALL_L0)
    return case(name, ends, text, contract=DRIVING)


SCORED = (
    driving("a score and an output of a module", "accepted"),
    driving("too little data for a score", "accepted", driving_score="insufficient_data"),
    driving("a score above its range", _RANGE, driving_score=101),
    driving("another word for a score", _RANGE, driving_score="unknown"),
    driving("a score kept back without need", _RANGE, driving_score=None),
    driving("too little data for a distance", _RANGE, distance_m="insufficient_data"),
    driving("an output below its range", _RANGE, risk_points=9),
    driving("an output that leaks a place", _RANGE, risk_points=48_853_000),
    driving("a second output", _UNNAMED, home=48_853),
)

COMMITTED = contract_of(
    replace(
        PLAIN,
        name="committed",
        measures=(Measure("distance_m", 1, 20_000_000),),
        group_by=(),
        commitments="day",
        audit=Audit(draws=0, spot_checks=3),
    )
)
_METRES = [412_345 if day == 4 else 0 for day in range(31)]
_OPENINGS = [opening_at(b"o" * 32, day) for day in range(31)]
POINTS = [b64u(commit(*pair)) for pair in zip(_METRES, _OPENINGS, strict=True)]
OPENING = b64u(scalar_bytes(sum(_OPENINGS)))
TRACK = {"root": "cd" * 32, "size": 96 * 33}


def committed(name: str, ends: str, metres: int = 412_345, **claims: Any) -> Case:
    """A commitment for each day of October under a total."""
    usual = {"commitments": POINTS, "opening": OPENING, "track": TRACK, **claims}
    text = made(
        COMMITTED, {"distance_m": metres}, [], share_m=share(metres), share_percent=ALL_L0, **usual
    )
    return case(name, ends, text, contract=COMMITTED)


_SMALL_ORDER = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")
_ABOVE_ORDER = (sum(_OPENINGS) % ORDER + ORDER).to_bytes(32, "little")


def first_day(point: Any) -> dict[str, Any]:
    """The commitments with another first one."""
    return {"commitments": [b64u(point) if isinstance(point, bytes) else point, *POINTS[1:]]}


SUMMED = (
    committed("commitments that add up", "accepted"),
    committed("a metre more than was committed to", _UNSUMMED, 412_346),
    committed("a day's commitment is missing", _UNSUMMED, commitments=POINTS[1:]),
    committed("a day's commitment too many", _UNSUMMED, commitments=[*POINTS, POINTS[0]]),
    committed("a commitment changed for another", _UNSUMMED, **first_day(POINTS[1])),
    committed("a commitment of small order", _UNSUMMED, **first_day(_SMALL_ORDER)),
    committed("a commitment that is zero", _UNSUMMED, **first_day(b"\1" + bytes(31))),
    committed("a commitment off the curve", _UNSUMMED, **first_day(b"\2" + bytes(31))),
    committed("a commitment above the field", _UNSUMMED, **first_day(b"\xff" * 32)),
    committed("a commitment that is a number", _UNSUMMED, **first_day(1)),
    committed("an opening above the order", _UNSUMMED, opening=b64u(_ABOVE_ORDER)),
    committed("an opening that is a number", _UNSUMMED, opening=7),
    committed("no opening", _UNNAMED, opening=...),
    committed("proofs that were not asked for", _UNNAMED, range_proofs=[]),
    committed("a track of another size", _SHAPE, track={**TRACK, "size": 31}),
    committed("a track with a place for a root", _SHAPE, track={**TRACK, "root": "48.853"}),
    committed("a track that is a list", "malformed/named_claims", track=[]),
)

PROVED = contract_of(replace(COMMITTED.terms, name="proved", commitments="day_proved"))


def proved(name: str, ends: str, proofs: Any) -> Case:
    """The same with a range proof for each day, which is looked at from outside."""
    usual = {"commitments": POINTS, "opening": OPENING, "track": TRACK, "range_proofs": proofs}
    text = made(
        PROVED, {"distance_m": 412_345}, [], share_m=share(412_345), share_percent=ALL_L0, **usual
    )
    return case(name, ends, text, contract=PROVED)


PROOFS = (
    proved("a proof is missing", _UNSUMMED, [b64u(bytes(2_560))] * 30),
    proved("a proof of another length", _UNSUMMED, [b64u(bytes(2_559))] * 31),
    proved("proofs that are a text", _UNSUMMED, "proofs"),
)

LEVELLED = contract_of(
    replace(
        TERMS,
        name="levelled",
        min_assurance="L1",
        min_share_percent=80,
        measures=(Measure("days", 1, 31),),
        group_by=(),
    )
)
OUTSIDE: Papers = {"stamps": [{}], "leaves": [[]], "nodes": []}
"""Evidence as it looks from outside; its inside is checked with the reader's anchors."""


def levelled(name: str, ends: str, percent: int, **claims: Any) -> Case:
    """Nine days, so much of whose metres are said to be at L1."""
    shares = {"L0": 100 - percent, "L1": percent, "L2": 0, "L3": 0}
    text = made(LEVELLED, {"days": 9}, [], share_m=..., share_percent=shares, **claims)
    return case(name, ends, text, contract=LEVELLED)


_GROUNDLESS = "contract_mismatch/evidence"
LEVELS = (
    levelled("too little assurance", "contract_mismatch/assurance", 79, evidence=OUTSIDE),
    levelled("a demanded level without evidence", _GROUNDLESS, 90),
    levelled("evidence without a level", _GROUNDLESS, 0, evidence=OUTSIDE),
    levelled("evidence that is a list", _GROUNDLESS, 90, evidence=[]),
    levelled("evidence with a member more", _GROUNDLESS, 90, evidence={**OUTSIDE, "place": 1}),
    levelled(
        "evidence whose leaves are a text", _GROUNDLESS, 90, evidence={**OUTSIDE, "leaves": ""}
    ),
    levelled(
        "more stamps than any month has",
        _GROUNDLESS,
        90,
        evidence={**OUTSIDE, "stamps": [{}] * 401},
    ),
)

SIGNED = {
    level: contract_of(
        replace(
            TERMS,
            name=f"asks-{level.lower()}",
            min_assurance=level,
            min_share_percent=80,
            measures=(Measure("days", 1, 31),),
            group_by=(),
        )
    )
    for level in ("L1", "L2", "L3")
}
DEVICES: Papers = {"devices": [{}]}
READINGS: Papers = {"readings": [["", ""]]}


_WEAK = "contract_mismatch/assurance"


def signed(
    name: str, ends: str, level: str, of: str, evidence: Papers, *, percent: int = 90
) -> Case:
    """Nine days, so much of whose metres is said to be at a level, and a contract that asks one."""
    shares = {"L0": 100 - percent, "L1": 0, "L2": 0, "L3": 0} | {of: percent}
    contract = SIGNED[level]
    more = {"evidence": evidence, "share_percent": shares}
    return case(name, ends, made(contract, {"days": 9}, [], share_m=..., **more), contract=contract)


ABOVE = (
    signed("too little signed by devices", _WEAK, "L2", "L2", {**OUTSIDE, **DEVICES}, percent=79),
    signed(
        "too little read by others",
        _WEAK,
        "L3",
        "L3",
        {**OUTSIDE, **DEVICES, **READINGS},
        percent=79,
    ),
    signed("too little beside flags", _WEAK, "L1", "L1", {**OUTSIDE, "flags": []}, percent=79),
    signed("L1 where L2 is asked", _WEAK, "L2", "L1", OUTSIDE),
    signed("L2 where L3 is asked", _WEAK, "L3", "L2", {**OUTSIDE, **DEVICES}),
    signed("L2 without devices", _GROUNDLESS, "L2", "L2", OUTSIDE),
    signed("L2 by an empty list", _GROUNDLESS, "L2", "L2", {**OUTSIDE, "devices": []}),
    signed("L2 by a text", _GROUNDLESS, "L2", "L2", {**OUTSIDE, "devices": "van-1"}),
    signed("L2 by more than any", _GROUNDLESS, "L2", "L2", {**OUTSIDE, "devices": [{}] * 401}),
    signed("devices without L2", _GROUNDLESS, "L2", "L1", {**OUTSIDE, **DEVICES}),
    signed("L3 without readings", _GROUNDLESS, "L3", "L3", {**OUTSIDE, **DEVICES}),
    signed("L3 without devices", _GROUNDLESS, "L3", "L3", {**OUTSIDE, **READINGS}),
    signed(
        "L3 by more readings than any",
        _GROUNDLESS,
        "L3",
        "L3",
        {**OUTSIDE, **DEVICES, "readings": [["", ""]] * 101},
    ),
    signed("readings without L3", _GROUNDLESS, "L3", "L2", {**OUTSIDE, **DEVICES, **READINGS}),
    signed("L2 where L1 is asked", _GROUNDLESS, "L1", "L2", {**OUTSIDE, **DEVICES}),
    signed("L3 where L2 is asked", _GROUNDLESS, "L2", "L3", {**OUTSIDE, **DEVICES, **READINGS}),
    signed("flags that are no list", _GROUNDLESS, "L1", "L1", {**OUTSIDE, "flags": {}}),
    signed("more flags than any", _GROUNDLESS, "L1", "L1", {**OUTSIDE, "flags": [{}] * 33}),
    signed("stamps that are none", _GROUNDLESS, "L1", "L1", {**OUTSIDE, "stamps": []}),
)

MANY = contract_of(
    replace(
        PLAIN,
        name="by-purpose",
        select=replace(TERMS.select, purposes=("business", "commute"), vehicles=("zoe", "bike 1")),
        measures=(Measure("days", 1, 31), Measure("trips", 1, 900)),
        group_by=("purpose", "vehicle"),
    )
)
_KEYS = [(p, v) for p in ("business", "commute") for v in ("zoe", "bike 1")]


def many(name: str, ends: str, days: list[int], trips: list[int], total: tuple[int, int]) -> Case:
    """Days and trips by purpose and vehicle: trips add up, days may overlap."""
    figures = zip(_KEYS, days, trips, strict=True)
    rows = [{"purpose": p, "vehicle": v, "days": d, "trips": t} for (p, v), d, t in figures]
    whole = {"days": total[0], "trips": total[1]}
    text = made(MANY, whole, rows, share_m=..., share_percent=ALL_L0)
    return case(name, ends, text, contract=MANY)


GROUPED = (
    many("days that overlap", "accepted", [3, 2, 4, 0], [6, 4, 9, 0], (5, 19)),
    many("fewer days than one row", _NO, [3, 2, 4, 0], [6, 4, 9, 0], (3, 19)),
    many("trips that do not add up", _NO, [3, 2, 4, 0], [6, 4, 9, 0], (5, 18)),
)

TERMS_CASES: tuple[Case, ...] = (
    *SUPPRESSED,
    *DAILY,
    *SCORED,
    *SUMMED,
    *PROOFS,
    *LEVELS,
    *ABOVE,
    *GROUPED,
)
"""Cases under other contracts."""
