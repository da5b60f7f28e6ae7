"""The owner signs a level that the evidence beside it does not reach."""

from __future__ import annotations

from dataclasses import replace

from geowallet.crypto.notes import Checkpoint, sign_checkpoint
from geowallet.proofs.build import build_export
from geowallet.proofs.evidence import evidence_claim
from tests.proofs.parties import HOLDER, JTI, NOW_S, NULLIFIER, fixed_salts
from tests.redteam.conftest import Ends
from tests.verify.signed_exports import VAN, Signed, asks, claim, runs
from tests.verify.test_evidence import (
    CONTRACT,
    DAY_S,
    FIRST_S,
    LOG_SEED,
    ORIGIN,
    TREE,
    WITNESS,
    checked,
    cosigned,
    mileage,
)


def test_a_share_that_is_too_high(ends: Ends) -> None:
    """One file of one day was seen; every metre of the month is said to rest on it."""
    metres: dict[str, int | None] = {"L0": 0, "L1": 412_000, "L2": 0, "L3": 0}
    percent = {"L0": 0, "L1": 100, "L2": 0, "L3": 0}
    text = build_export(
        replace(mileage(), share_m=metres, share_percent=percent),
        CONTRACT,
        checkpoint=sign_checkpoint(Checkpoint(ORIGIN, 42, TREE.root), LOG_SEED),
        now_s=NOW_S,
        jti=JTI,
        nullifier=NULLIFIER,
        holder_private_jwk=HOLDER,
        salts=fixed_salts(),
        further={"evidence": evidence_claim(TREE, [cosigned(10, FIRST_S + DAY_S)], (3,))},
    )
    found = checked(text, WITNESS)
    ends("accepted" if found is not None and found.days == 1 else "refused")


def test_a_share_of_l2_that_is_too_high(ends: Ends) -> None:
    """One file of a pinned device was seen; every metre of the month is said to come from it."""
    every = Signed(asks("L2", 100), {"L0": 0, "L1": 0, "L2": 412_000, "L3": 0})
    found = every.checked(claim(runs(3)), VAN)
    ends("accepted" if found.level == "L2" else "refused")
