"""Checks of what the file says: nothing but what the contract names, and all of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from geowallet.contracts.result import check_result, group_keys
from geowallet.contracts.rows import LEVELS
from geowallet.model.calendar import Period
from geowallet.model.errors import BadExportError, ResultRefusedError
from geowallet.model.words import N_
from geowallet.proofs.claims import (
    JTI_PATTERN,
    NULLIFIER_PATTERN,
    figures_from,
    group_of,
    is_log_reference,
    named_claims,
)
from geowallet.verify.questions import Refusal, is_count, mismatch, refusal, shown_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from geowallet.verify.questions import Case


def check_disclosures(case: Case) -> Refusal | None:
    """Ask whether the rows are those that were signed: each once, none hidden or added."""
    listed = case.claims.get("groups", [])
    if not isinstance(listed, list) or any(not _is_reference(item) for item in listed):
        return _malformed(N_("its list of rows is not one of hashes"))
    signed = [item["..."] for item in listed]
    given = [digest for digest, _ in case.opened.rows]
    if len(set(signed)) < len(signed) or len(set(given)) < len(given):
        return _malformed(N_("a row occurs twice"))
    if set(given) - set(signed):
        return _malformed(N_("a row was not signed"))
    if signed != given:
        return mismatch(N_("rows that the contract names are withheld or in disorder"))
    return None


def check_named_claims(case: Case) -> Refusal | None:
    """Ask whether every member is one that the contract names, and none is missing."""
    must, may = named_claims(case.terms)
    measures = {measure.id for measure in case.terms.measures}
    log = {"origin", "size", "root"}
    objects: list[tuple[Any, Iterable[str], Iterable[str]]] = [(case.claims, must, may)]
    objects += [(case.claims.get("total"), measures, measures)]
    objects += [(case.claims.get("share_percent"), LEVELS, LEVELS)]
    objects += [(case.claims.get("log"), log, log)]
    if "share_m" in may:
        objects += [(case.claims.get("share_m"), LEVELS, LEVELS)]
    row_names = {*case.terms.group_by, *measures}
    objects += [(row, row_names, row_names) for row in case.rows]
    refusals = (_members(*one, contract=case.terms.name) for one in objects)
    return next((found for found in refusals if found), None)


def check_identifiers(case: Case) -> Refusal | None:
    """Ask whether ids are of their fixed shape, so that nothing else hides in them."""
    patterns = {"jti": JTI_PATTERN, "nullifier": NULLIFIER_PATTERN, "supersedes": JTI_PATTERN}
    for name, pattern in patterns.items():
        value = case.claims.get(name)
        if value is None and name not in case.claims:
            continue
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            return _malformed(N_("an id is not written as ids are"))
    return None


def check_groups(case: Case) -> Refusal | None:
    """Ask whether there is one row for each group of the contract, in order."""
    period = Period.parse(case.claims["period"])
    keys = tuple(tuple(row[name] for name in case.terms.group_by) for row in case.rows)
    if keys != group_keys(case.terms, period):
        return mismatch(N_("the rows are not the groups that the contract names"))
    return None


def check_ranges(case: Case) -> Refusal | None:
    """Ask whether every figure is a whole number within its range and on its step."""
    for measure in case.terms.measures:
        for value in _values(case, measure.id):
            if not is_count(value) or value > measure.maximum or value % measure.step:
                return mismatch(
                    N_("{measure} has a value that the contract does not allow"),
                    measure=shown_name(measure.id),
                )
    return None


def check_arithmetic(case: Case) -> Refusal | None:
    """Ask whether totals, rows and shares agree with one another."""
    raw = {name: case.claims.get(name, {}) for name in ("share_m", "share_percent")}
    groups = [group_of(row) for row in case.rows]
    raw |= {
        "totals": case.claims["total"],
        "groups": [{"key": group.key, "values": group.values} for group in groups],
    }
    period = Period.parse(case.claims["period"])
    try:
        check_result(case.terms, period, raw)
    except ResultRefusedError:
        return mismatch(N_("the figures in the file contradict each other"))
    return None


def check_assurance(case: Case) -> Refusal | None:
    """Ask whether enough of the metres have the level that the contract demands."""
    terms = case.terms
    result = figures_from(case.claims, case.rows).result
    if sum(result.share_percent.values()) == 0:
        return None
    found = result.percent_at_least(terms.min_assurance)
    if found < terms.min_share_percent:
        return mismatch(
            N_("only {found} % has assurance {level} or better; the contract asks for {minimum} %"),
            found=found,
            level=terms.min_assurance,
            minimum=terms.min_share_percent,
        )
    return None


def check_log_reference(case: Case) -> Refusal | None:
    """Ask whether the state of the evidence log is well formed; it is not looked up."""
    if not is_log_reference(**case.claims["log"]):
        return _malformed(N_("its reference to the evidence log is not well formed"))
    return None


def _members(
    value: Any, must: Iterable[str], may: Iterable[str], *, contract: str
) -> Refusal | None:
    if not isinstance(value, dict):
        return _malformed(N_("a claim is missing or of another kind"))
    for name in sorted(set(value) - set(may)):
        return mismatch(
            N_("{member} is in the file, but contract {contract} does not name it"),
            member=shown_name(name),
            contract=contract,
        )
    for name in sorted(set(must) - set(value)):
        return mismatch(
            N_("{member} is missing, although contract {contract} names it"),
            member=shown_name(name),
            contract=contract,
        )
    return None


def _values(case: Case, measure: str) -> Iterator[Any]:
    yield case.claims["total"][measure]
    yield from (row[measure] for row in case.rows)
    if measure == "distance_m":
        yield from case.claims["share_m"].values()


def _is_reference(item: Any) -> bool:
    return isinstance(item, dict) and set(item) == {"..."} and isinstance(item["..."], str)


def _malformed(reason: str) -> Refusal:
    return refusal(BadExportError(reason=reason))
