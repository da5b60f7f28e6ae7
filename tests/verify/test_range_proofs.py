"""An export with range proofs, from its signature to its verdict."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import pytest

from geowallet.contracts.evaluation.result import Result, check_result
from geowallet.crypto.curve import base_times, plus
from geowallet.crypto.encoding import b64u, unb64u
from geowallet.proofs.build import build_export
from geowallet.proofs.commitments import commitment_claims
from geowallet.verify.verifier import verify_export
from tests.proofs.audited import AUDITED, DAYS_M, SEED
from tests.proofs.parties import (
    HOLDER,
    JTI,
    NOW_S,
    NULLIFIER,
    OCTOBER,
    contract_of,
    fixed_salts,
    note,
)

TERMS = replace(
    AUDITED,
    commitments="day_proved",
    min_assurance="L0",
    audit=replace(AUDITED.audit, spot_checks=0),
)
CONTRACT = contract_of(TERMS)
CLAIMS = commitment_claims(TERMS, DAYS_M, seed=SEED, jti=JTI, period="2026-10", random=os.urandom)


def result(metres: int = sum(DAYS_M)) -> Result:
    raw = {
        "totals": {"distance_m": metres},
        "groups": [],
        "share_m": {"L0": metres, "L1": 0, "L2": 0, "L3": 0},
        "share_percent": {"L0": 100, "L1": 0, "L2": 0, "L3": 0},
    }
    return check_result(TERMS, OCTOBER, raw)


def verdict(claims: dict[str, Any], metres: int = sum(DAYS_M)) -> tuple[bool, str]:
    """Whether it is accepted, and the check that failed."""
    text = build_export(
        result(metres),
        CONTRACT,
        checkpoint=note(),
        now_s=NOW_S,
        jti=JTI,
        nullifier=NULLIFIER,
        holder_private_jwk=HOLDER,
        salts=fixed_salts(),
        further=claims,
    )
    found = verify_export(text, CONTRACT, now_s=NOW_S)
    failed = [check.name for check in found.checks if check.outcome == "failed"]
    return found.accepted, "".join(failed)


def moved(day: int, metres: int) -> list[str]:
    points = [unb64u(text) for text in CLAIMS["commitments"]]
    points[day] = plus(points[day], base_times(metres))
    return [b64u(point) for point in points]


def test_an_honest_month_is_accepted() -> None:
    assert verdict(CLAIMS) == (True, "")


def test_a_total_that_the_days_do_not_add_up_to_is_refused() -> None:
    assert verdict(CLAIMS, sum(DAYS_M) - 1) == (False, "commitments")
    assert verdict(CLAIMS | {"commitments": moved(4, -1)}) == (False, "commitments")


def test_a_negative_day_adds_up_and_is_refused_by_its_proof() -> None:
    """200 km are taken from the total by a day without travel."""
    claims = CLAIMS | {"commitments": moved(10, -200_000)}
    assert verdict(claims, sum(DAYS_M) - 200_000) == (False, "range_proofs")


@pytest.mark.parametrize("name", ["commitments", "opening", "range_proofs"])
def test_each_claim_must_be_there(name: str) -> None:
    rest = {key: value for key, value in CLAIMS.items() if key != name}
    accepted, failed = verdict(rest)
    assert not accepted
    assert failed in {"named_claims", "commitments"}


def test_a_proof_of_another_day_is_refused() -> None:
    turned = CLAIMS["range_proofs"][::-1]
    assert verdict(CLAIMS | {"range_proofs": turned}) == (False, "range_proofs")
