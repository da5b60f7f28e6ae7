"""Checks of what an export says: all that the contract names, and nothing else.

Part of the verifier, see `standalone`. What is allowed follows from the terms, so that a
new contract needs no new verifier.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import product
from typing import TYPE_CHECKING, Any

from geowallet.verify.jose import MALFORMED, MISMATCH, N_, refuse, unb64u

if TYPE_CHECKING:
    from geowallet.verify.standalone import Export

LEVELS = {"L0", "L1", "L2", "L3"}
ALWAYS = {"iss", "vct", "iat", "nbf", "exp", "aud", "jti", "contract", "contract_name", "period"}
ALWAYS |= {"total", "share_percent", "log", "nullifier"}
OVERLAP = {name: set[str]() for name in ("distance_m", "duration_s", "night_distance_m")}
OVERLAP |= {"trips": {"mode"}, "days": {"mode", "purpose", "vehicle"}}
"""Measures that add up, and over which groups one does not: a day may have two modes."""

TOTAL_ONLY = {"amount_cents"}
MAY_LACK = {"driving_score", "night_percent", "measured_percent", "braking_rate"}
MAY_LACK |= {"acceleration_rate", "cornering_rate"}
"""Measures for which there may be too little data, which is then said."""


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
    claims, terms, figures = export.claims, export.terms, set(export.figures)
    named = {"groups": terms["group_by"], "_sd_alg": terms["group_by"]}
    named |= {"share_m": "distance_m" in figures, "changes_after_close": "supersedes" in claims}
    named |= dict.fromkeys(("commitments", "opening"), terms["commitments"] != "none")
    named |= {"range_proofs": terms["commitments"] == "day_proved"}
    named |= {"track": terms["audit"]["spot_checks"]}
    must = ALWAYS | {name for name, asked in named.items() if asked}
    evidence = {"evidence"} if terms["assurance"]["level"] != "L0" else set()
    _members(claims, must, must | evidence | {"supersedes"}, export)
    shapes = {"total": figures, "share_m": LEVELS, "share_percent": LEVELS}
    shapes |= {"log": {"origin", "size", "root"}, "track": {"root", "size"}}
    for name in sorted(set(shapes) & must):
        _members(claims[name], shapes[name], shapes[name], export)
    for row in export.rows:
        _members(row, names := {*terms["group_by"], *figures - TOTAL_ONLY}, names, export)


def check_identifiers(export: Export) -> None:
    """Refuse ids that are not of their fixed shape: nothing else hides in them."""
    ids = [(export.claims.get(name, "0" * 32), 32) for name in ("jti", "supersedes")]
    track = export.claims.get("track", {"root": "0" * 64, "size": 96 * (len(export.days) + 2)})
    ids += [(export.claims["nullifier"], 64), (track["root"], 64)]
    good = all(isinstance(one, str) and re.fullmatch(f"[0-9a-f]{{{n}}}", one) for one, n in ids)
    good = good and track["size"] == 96 * (len(export.days) + 2)
    changes = export.claims.get("changes_after_close", 0)
    good = good and is_count(changes) and changes <= 1_000_000
    refuse("an id is not written as ids are", MALFORMED, not good)


def check_groups(export: Export) -> None:
    """Refuse rows that are not one for each group of the contract, in order."""
    select, names, days = export.terms["select"], export.terms["group_by"], export.days
    values = {"day": days, "month": sorted({day[:7] for day in days}), "mode": select["modes"]}
    values |= {"purpose": select["purposes"], "vehicle": select["vehicles"]}
    keys = [list(key) for key in product(*(values[name] for name in names)) if names]
    other = [[row[name] for name in names] for row in export.rows] != keys
    refuse("the rows are not the groups that the contract names", MISMATCH, other)


def check_ranges(export: Export) -> None:
    """Refuse a figure that is no whole number within its range and on its step."""
    for name, figure in export.figures.items():
        values = [place[name] for place in (export.claims["total"], *export.rows) if name in place]
        values += export.claims["share_m"].values() if name == "distance_m" else ()
        allowed = range(figure.get("minimum", 0), figure["maximum"] + 1, figure["step"])
        words: list[str | None] = [None] if export.terms["small_cells"] else []
        words += ["insufficient_data"] if name in MAY_LACK else []
        odd = not all(v in (allowed if type(v) is int else words) for v in values)
        text = N_("{measure} has a value that the contract does not allow")
        refuse(text, MISMATCH, odd, measure=_shown(name))


def check_arithmetic(export: Export) -> None:
    """Refuse totals, rows and shares that contradict one another."""
    claims, group_by, total = export.claims, set(export.terms["group_by"]), export.claims["total"]
    percents = claims["share_percent"].values()
    good = all(map(is_count, percents)) and sum(percents) in (0, 100)
    places = [{name: row[name] for name in export.figures if name in row} for row in export.rows]
    shown = [place for place in places if None not in place.values()]
    hidden, shares = len(places) - len(shown), claims.get("share_m", total)
    whole = [set(place.values()) == {None} for place in (*places, total, shares)]
    good &= whole == [None in place.values() for place in (*places, total, shares)]
    good &= whole[-1] == whole[-2] and (hidden != 1 or whole[-1])
    if "share_m" in claims and good and not whole[-1]:
        good = sum(shares.values()) == total["distance_m"]
    for name in export.figures.keys() & OVERLAP.keys():
        parts, most = [place[name] for place in shown], total[name]
        if group_by and most is not None:
            low = max(parts, default=0) if group_by & OVERLAP[name] else sum(parts)
            good &= low <= most and (hidden > 0 or most <= sum(parts))
    days = {
        "": len(export.days),
        **dict.fromkeys(export.days, 1),
        **Counter(day[:7] for day in export.days),
    }
    for place in (total, *export.rows) if "days" in total else ():
        good &= (place["days"] or 0) <= days[place.get("day", place.get("month", ""))]
    refuse("the figures in the file contradict each other", MISMATCH, not good)


def check_commitments(export: Export) -> None:
    """Refuse commitments, one for each day, that do not add up to the total distance."""
    texts = [export.claims.get(name, []) for name in ("commitments", "range_proofs")]
    if not texts[0] and export.terms["commitments"] == "none":
        return
    lists = all(isinstance(one, list) and all(isinstance(t, str) for t in one) for one in texts)
    counts = {len(export.days)} if export.terms["commitments"] == "day_proved" else {0}
    good = lists and len(texts[0]) == len(export.days) and {len(texts[1])} == counts
    good = good and {len(unb64u(text)) for text in texts[1]} <= {2_560}
    points = [unb64u(text) for text in texts[0]] if good else []
    opening = export.claims["opening"]
    good = good and isinstance(opening, str)
    good = good and export.add_up(points, export.claims["total"]["distance_m"], unb64u(opening))
    refuse("the commitments of its days do not add up to its total", MISMATCH, not good)


def check_evidence(export: Export) -> None:
    """Refuse a level that no evidence carries, and evidence that carries none.

    Its stamps are for a program that knows the authorities; here it is looked at from outside.
    """
    evidence = export.claims.get("evidence", {})
    shares = (export.claims["share_percent"], export.claims.get("share_m", {}))
    above = {name for share in shares for name in share if share[name]} - {"L0"}
    most = {"stamps": 400, "leaves": 4_000, "nodes": 200_000} if above else {}
    most |= {"devices": 400} if above & {"L2", "L3"} else {}
    most |= {"readings": 100} if "L3" in above else {}
    good = bool(above) == ("evidence" in export.claims) and isinstance(evidence, dict)
    good = good and set(evidence) - {"flags"} == set(most)
    good &= max(above, default="L0") <= export.terms["assurance"]["level"]
    for name, limit in (most | {"flags": 32}).items() if good else ():
        found = evidence.get(name, [])
        good &= isinstance(found, list) and len(found) <= limit
        good &= name in {"nodes", "flags"} or bool(found)
    refuse("its levels are not those that its evidence carries", MISMATCH, not good)


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
    good = good and is_count(log["size"]) and log["size"]
    refuse("its reference to the evidence log is not well formed", MALFORMED, not good)


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


def is_count(value: Any) -> bool:
    """Say whether a value is a whole number, 0 or more; true and false are none."""
    return type(value) is int and 0 <= value < 2**53
